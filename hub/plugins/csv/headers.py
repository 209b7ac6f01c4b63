"""Which column is what: the `[columns]` setting first, then canonical names, then synonyms.

Headers are compared folded: without case, accents, dots, blanks or °.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence

from hub.plugins.csv.faults import refused
from hub.plugins.csv.vocabulary import FIELDS, REQUIRED

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss"})
# N°, No., Num., Numéro: one word before what is numbered.
_NUMBER_OF = re.compile(r"^(?:numerode|numero|num|no)(?=facture|client|piece|compte|document|tva|siren|siret|commande)")
_BARE_AMOUNT = frozenset({"montant", "montantfacture", "amount", "totalamount", "invoiceamount"})
_BARE_REFERENCE = frozenset({"reference", "ref"})
#: A whole amount with tax, in other words than those of the vocabulary; nothing that is open, paid or taken off.
_WITH_TAX = re.compile(
    r"(?:montant|total|prix|somme|net|facture)(?:montant|total|general|global|facture|net|apayer|document|piece|dela)*"
    r"ttc(?:eur|euros?)?|ttc(?:total|facture|piece|document|eur|euros?)"
    r"|(?:total|gross|invoice)?(?:amount|total)(?:incl|including)(?:vat|tax|taxes)"
)
_NOT_WORD = re.compile(r"[^a-z0-9]+")
#: Words between words, which one program writes and the next leaves out: ``Date de l'opération``, ``Date opération``.
_SMALL_WORDS = re.compile(r"(?i)(?<!\w)(?:de|du|des|la|le|les|[dl]['’])(?:\s+|(?<=['’]))(?=\w)")


def fold(text: str) -> str:
    """The header without case, accents, blanks and punctuation: ``N° Facture`` -> ``nfacture``."""
    bare = text.casefold().translate(_LIGATURES).replace("°", "").replace("º", "")
    return _NUMBER_OF.sub("n", _NOT_WORD.sub("", unicodedata.normalize("NFKD", bare)))


def _bare(text: str) -> str:
    """The header folded without its small words: ``Montant de l'opération`` -> ``montantoperation``."""
    return fold(_SMALL_WORDS.sub("", text))


_FOLDED = {
    kind: {name: tuple(dict.fromkeys(map(fold, (name, *words)))) for name, words in fields.items()}
    for kind, fields in FIELDS.items()
}
#: What a synonym is without its small words, by its folded form.
_BARE = {fold(word): _bare(word) for fields in FIELDS.values() for words in fields.values() for word in words}


def resolve(kind: str, headers: Sequence[str], told: Mapping[str, str]) -> dict[str, int]:
    """Canonical name -> position in `headers`, for the fields found; each position serves one field.

    `told` (the `[columns]` setting) goes first, then canonical names, then synonyms, best first: each as it is written,
    else without small words.
    """
    folded = [fold(header) for header in headers]
    first = {word: position for position, word in reversed(list(enumerate(folded))) if word}
    bare = {word: at for at, word in reversed(list(enumerate(map(_bare, headers)))) if word} | first
    found: dict[str, int] = {}
    for name, header in told.items():
        if fold(header) in first:
            found[name] = first[fold(header)]
    taken = set(found.values())
    for rank_is_own in (True, False):
        for name, words in _FOLDED[kind].items():
            for word in words[:1] if rank_is_own else words[1:]:
                at = first.get(word, None if rank_is_own else bare.get(_BARE[word]))
                if name not in found and name not in told and at is not None and at not in taken:
                    found[name] = at
                    taken.add(at)
    if kind == "invoices" and "total" not in told:
        _prefer_total_with_tax(folded, found, taken)
    if kind == "receipts" and "bank_ref" not in told:
        _text_called_reference(folded, found)
    return found


def _prefer_total_with_tax(folded: Sequence[str], found: dict[str, int], taken: set[int]) -> None:
    """``Montant`` alone does not say whether tax is in it: a column beside it that does is the total."""
    doubtful = folded[found["total"]] in _BARE_AMOUNT if "total" in found else "debit" not in found
    position = next((at for at, word in enumerate(folded) if at not in taken and _WITH_TAX.fullmatch(word)), None)
    if doubtful and position is not None:
        found["total"] = position


def _text_called_reference(folded: Sequence[str], found: dict[str, int]) -> None:
    """``Référence`` beside a label is the bank's; where there is no label it is what the payer wrote."""
    if "remittance" not in found and "bank_ref" in found and folded[found["bank_ref"]] in _BARE_REFERENCE:
        found["remittance"] = found.pop("bank_ref")


def missing(kind: str, found: Mapping[str, int]) -> list[str]:
    """The required fields that `found` lacks, each with its alternatives: ``total or debit+credit``."""
    return [
        " or ".join(choices)
        for choices in REQUIRED[kind]
        if not any(all(part in found for part in choice.split("+")) for choice in choices)
    ]


def check(kind: str, headers: Sequence[str], told: Mapping[str, str], where: str) -> dict[str, int]:
    """`resolve`, and refuse what leaves a doubt.

    Raises:
        FileRefused: a required column is missing, a told header is not there, or a needed header stands twice.
    """
    folded = [fold(header) for header in headers]
    shown = list(headers)
    for name, header in told.items():
        if fold(header) not in folded:
            raise refused(
                "HUB-CSV-010",
                where,
                headers=shown,
                name=name,
                header=header,
                kind=kind,
                near=_near(header, headers),
            )
    found = resolve(kind, headers, told)
    lacking = missing(kind, found)
    if lacking:
        raise refused(
            "HUB-CSV-001",
            where,
            headers=shown,
            missing=", ".join(lacking),
            found=_list(headers),
            kind=kind,
            near=_near(lacking[0].split(" or ")[0], headers),
            example=f'{lacking[0].split(" ")[0]} = "My header"',
        )
    times = Counter(folded)
    for name, position in found.items():
        if times[folded[position]] > 1:
            header = headers[position]
            raise refused("HUB-CSV-009", where, headers=shown, header=header, count=times[folded[position]], name=name)
    return found


def _near(word: str, headers: Sequence[str]) -> str:
    by_fold = {fold(header): header for header in headers if fold(header)}
    near = [by_fold[key] for key in difflib.get_close_matches(fold(word), by_fold, 2, 0.6)]
    return f"; nearest: {', '.join(map(repr, near))}" if near else ""


def _list(headers: Sequence[str]) -> str:
    shown = [header[:40] for header in headers[:40] if header.strip()]
    return ", ".join(shown) + (", …" if len(headers) > 40 else "") or "none"
