"""Company names as banks write them: without accents, cut, abbreviated, with or without the legal form."""

from __future__ import annotations

import re

from hub.core.reconcile.texts.text import fold
from hub.core.reconcile.texts.words import ABBREVIATIONS, LEGAL_FORMS, SMALL_WORDS

_DOTTED = re.compile(r"\b[A-Z](?:\.[A-Z])+\b\.?")  # "S.A.R.L.", "e.K" where the bank cut the last dot
_WHOLE_FORM = re.compile(r"\b(?:[A-Z]\.){2,}(?:[A-Z]\b)?")  # "S.A" may be what a cut left of "S.A.S": it tells no form
_SPACED = re.compile(r"\b(S A S U|S A R L|E U R L|S A S|S N C|S C I|G I E|S A)\b")
_AMPERSANDS = re.compile(r"(?<![A-Z0-9])[A-Z](?: ?& ?[A-Z])+(?![A-Z0-9])")  # "C&A", "R & D": one word
_HOSPITAL = re.compile(r"\bCENTRE HOSPITALIER\b")
_CO_OWNERS = re.compile(r"\bSYND(?:IC|ICAT)? (?:DES? )?COPRO[A-Z]*")
_KEEPER = re.compile(r"(?<![A-Z0-9])(?:C/O|CHEZ)(?![A-Z0-9])")
_REMARK = re.compile(r"(?<=.)\([^()]*\)")
_WORD = re.compile(r"[A-Z0-9]+")
_SAME_FORM = {"SOCIETE": "STE", "SOC": "STE", "ETABLISSEMENTS": "ETS", "ETABLISSEMENT": "ETS", "ETABL": "ETS"}
_NOISE = LEGAL_FORMS | SMALL_WORDS


def name_words(name: str) -> tuple[str, ...]:
    """The words of `name` that tell companies apart, in order: "Éts. Durand & Fils SARL" -> DURAND, FILS.

    A name made of nothing but legal forms and small words keeps all of them.
    """
    return words_of_folded(fold(name))


def words_of_folded(folded: str) -> tuple[str, ...]:
    """`name_words` of a name that is folded already."""
    if "." in folded:
        folded = _DOTTED.sub(lambda found: found.group().replace(".", "") + " ", folded)
    if "&" in folded:
        folded = _AMPERSANDS.sub(lambda found: found.group().replace(" ", "").replace("&", ""), folded)
    if " " in folded and len(folded) > 3:
        folded = _SPACED.sub(lambda found: found.group().replace(" ", ""), folded)
    if "HOSPITALIER" in folded:
        folded = _HOSPITAL.sub("CH", folded)
    if "COPRO" in folded:
        folded = _CO_OWNERS.sub("SDC", folded)
    words = _WORD.findall(folded)
    return _telling(words)


def without_keeper(folded: str) -> str:
    """A folded name without who keeps its post or its purse: "SDC 14 rue Thiers c/o Foncia" is no Foncia."""
    kept = _KEEPER.split(folded, maxsplit=1)[0].rstrip(" -,(") if "C/O" in folded or " CHEZ " in folded else folded
    return kept or folded


def without_remarks(folded: str) -> str:
    """A folded name without what its seller put in brackets behind it: a town, an agency, a former name."""
    return " ".join(_REMARK.sub(" ", folded).split()) or folded


def full_words(folded: str) -> tuple[str, ...]:
    """All words of a folded name, legal forms and small ones too, in order; "&" and "et" apart."""
    return tuple([word for word in _WORD.findall(folded) if word != "ET"])


_NAMELIKE = re.compile(
    r"(?<![A-Z0-9])(?:[A-Z](?:\.[A-Z])+\.?|[A-Z](?: ?& ?[A-Z])+|[A-Z]+\d[A-Z0-9]*|\d+[A-Z][A-Z0-9]*)(?![A-Z0-9])"
)
_NOT_ALNUM = re.compile(r"[^A-Z0-9]")


def odd_words(folded: str) -> list[str]:
    """What may be a word of a name and is no plain word: initials with dots or "&", digits and letters mixed."""
    if "." in folded or "&" in folded:
        return [_NOT_ALNUM.sub("", found) for found in _NAMELIKE.findall(folded)]
    return [word for word in _WORD.findall(folded) if not word.isalpha() and not word.isdigit()]


def shortened(words: list[str]) -> list[str]:
    """Words of a label with "CENTRE HOSPITALIER" and "SYNDICAT DES COPROPRIETAIRES" as names have them: CH, SDC."""
    if "HOSPITALIER" in words:
        words = " ".join(words).replace("CENTRE HOSPITALIER", "CH").split()
    if "SYNDICAT" in words:
        words = _CO_OWNERS.sub("SDC", " ".join(words)).split()
    return words


def form_of_folded(folded: str) -> str:
    """The legal forms in a folded name, "" when it has none: what tells "Durand SAS" from "Durand SARL"."""
    if "." in folded:
        folded = _WHOLE_FORM.sub(lambda found: found.group().replace(".", "") + " ", folded)
    folded = _SPACED.sub(lambda found: found.group().replace(" ", ""), folded)
    found = [word for word in _WORD.findall(folded) if word in LEGAL_FORMS]
    return " ".join(sorted({_SAME_FORM.get(word, word) for word in found})) if found else ""


def _telling(words: list[str]) -> tuple[str, ...]:
    telling = tuple([ABBREVIATIONS.get(w, w) for w in words if w not in _NOISE])
    if words and words[0] == "M" and _is_title(words, telling[1:]):
        return telling[1:]
    return telling or tuple(words)


def _is_title(words: list[str], others: tuple[str, ...]) -> bool:
    """Whether the M that a name begins with is "Monsieur": before "Mme", or two words that are no initials."""
    if not others or not all(word.isalpha() and len(word) > 1 for word in others):
        return False
    return len(others) > 1 or "MME" in words


def iban_key(iban: str) -> str:
    """An IBAN without blanks, upper case."""
    return iban.replace(" ", "").upper()
