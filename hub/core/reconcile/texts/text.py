"""Reading bank text: one folded alphabet, and the stretches that are surely not invoice numbers.

Banks upper-case labels, strip accents, cut words between pieces and mix in dates, amounts, telephone and
account numbers. Everything here is linear in the length of the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date
from itertools import pairwise

from hub.core.reconcile.texts.words import (
    CREDIT_NOTE_WORDS,
    IBAN_LENGTHS,
    INVOICE_WORDS,
    LABEL_WORDS,
    ORDER_WORDS,
    OTHER_NUMBER_WORDS,
    PART_WORDS,
    STATEMENT_WORDS,
)

LONGEST_TEXT = 120_000  # characters read of one text; the longest remittance seen is 100 KB
MOST_TOKENS = 12_000
_LONGEST_NUMBER = 60  # characters of a number that is looked for as it was written
_LABEL = 31  # characters of the label of CFONB 120, of which longer lines may be the rest
_LABELS = (62, 93)  # lines of a label that a reader put together, since the next one began with a blank
WIDTHS = frozenset((31, 35, 65, 70, 140))  # lengths at which banks cut
_BEGINS_A_PURPOSE = frozenset(
    word
    for word in INVOICE_WORDS | STATEMENT_WORDS | PART_WORDS | CREDIT_NOTE_WORDS | ORDER_WORDS | OTHER_NUMBER_WORDS
    if len(word) > 2  # a shorter one may be the end of a word that was cut
)
_LEAST_WORD = 6  # letters of a word of payments that is known again when a break cut it in two
CUT_LABEL = min(WIDTHS) - 1  # it may have lost a blank at its end
PURPOSE = "MOTIF "  # before a purpose that was taken out of a label: it announces a bare number

_SPECIAL = {
    "œ": "oe",
    "Œ": "OE",
    "æ": "ae",
    "Æ": "AE",
    "ß": "ss",
    "ø": "o",
    "Ø": "O",
    "ł": "l",
    "Ł": "L",
    "€": " EUR ",
    "°": " ",
    "º": " ",
    "’": "'",
    "‘": "'",
    "–": "-",
    "—": "-",
    "−": "-",
    "‐": "-",
    "‑": "-",
}
_SPECIAL_TABLE = str.maketrans(_SPECIAL)
# The accented letters of western Europe in one step: nearly all that is not ASCII in French labels.
_WESTERN = {chr(code): unicodedata.normalize("NFKD", chr(code))[0] for code in range(0xC0, 0x180)}
_TABLE = str.maketrans({k: v for k, v in _WESTERN.items() if v.isascii()} | _SPECIAL | {"\u00a0": " ", "\u202f": " "})


def fold(text: str) -> str:
    """Upper case ASCII of `text`: accents dropped, ligatures opened, invisible marks removed.

    What has no ASCII counterpart becomes a blank, so that an emoji separates words.
    """
    if text.isascii():
        return text.upper()
    text = text.translate(_TABLE)
    if text.isascii():
        return text.upper()
    out: list[str] = []
    for char in unicodedata.normalize("NFKD", text.translate(_SPECIAL_TABLE)):
        if char < "\x80":
            out.append(char)
        elif unicodedata.category(char) not in ("Mn", "Cf"):
            out.append(" ")
    return "".join(out).upper()


def join_pieces(folded: str) -> str:
    """Pieces put together again: without a blank where a piece fills the bank's width, else with one.

    A piece shorter than the others lost the blank at its end. A width is one where banks cut, or one that two pieces
    fill: else they are fields, and the longest is a name ("VIREMENT DE DURAND SARL", "LOYER", "REFERENCE : 4711").
    Nor is anything glued to the word that begins a purpose: "VIR SEPA RECU /DE PATISSERIE GA", "RELEVE N 5935"; but the
    halves of a word of payments are glued wherever it was cut.
    """
    pieces = folded.split("\n")
    if len(pieces) > 1 and pieces[0][:CUT_LABEL] == pieces[1][:CUT_LABEL]:
        pieces = once(folded).split("\n")
    sizes = list(map(len, pieces[:-1]))
    width = max(sizes, default=0)
    cut = width in WIDTHS or width in _LABELS or (len(pieces) > 2 and sizes.count(width) > 1)
    out: list[str] = []
    for piece, after in pairwise(pieces):
        full = cut and (len(piece) == width >= 20 or (len(piece) == _LABEL and not out))
        glued = (full and after.split(" ", 1)[0] not in _BEGINS_A_PURPOSE) or _is_one_word(piece, after)
        out.append(piece if glued else piece + " ")
    return "".join(out) + pieces[-1]


def _is_one_word(piece: str, after: str) -> bool:
    """Whether what ends a piece and what begins the next are the halves of a word of payments: "ES", "COMPTE"."""
    word = piece[piece.rfind(" ") + 1 :] + after.split(" ", 1)[0]
    return len(word) >= _LEAST_WORD and word in LABEL_WORDS


def once(folded: str) -> str:
    """A text without its first piece where that is what the bank left of the second: a label, repeated in full."""
    first, _, rest = folded.partition("\n")
    return rest if len(first) >= CUT_LABEL and rest.startswith(first) else folded


def fills_its_room(text: str) -> bool:
    """Whether a text, or its last piece, ends where a bank cuts: what came behind is lost.

    A purpose that was taken out of a label may have lost a blank at its end as well.
    """
    purpose = text.removeprefix(PURPOSE)
    pieces = purpose.split("\n")
    last = len(pieces[-1])
    full = last in WIDTHS or (purpose is not text and last + 1 in WIDTHS)
    return full and last >= max(map(len, pieces))


def compact(number: str) -> str:
    """`number` with only its letters and digits, folded: "F-2026/00123" and "f 2026 00123" become one."""
    if number.isalnum() and number.isascii():
        return number.upper()
    short = number.replace("-", "").replace("/", "").replace(" ", "").replace(".", "").replace("_", "")
    if short.isalnum() and short.isascii():
        return short.upper()
    return "".join(c for c in fold(number) if c.isalnum())


def as_written(number: str, texts: Iterable[tuple[str, str]]) -> str:
    """A compact number as one of the texts has it, folded: "FA-2026/00123"; as it is when none has it in one piece."""
    pattern = re.compile("[^A-Z0-9]{0,3}".join(map(re.escape, number[:_LONGEST_NUMBER])))
    for _, text in texts:
        found = pattern.search(fold(text[:LONGEST_TEXT]))
        if found is not None:
            return " ".join(found[0].split())
    return number


_DIGIT = re.compile(r"\d")
_RUN = re.compile(r"([A-Z]+|[0-9]+)")


def runs(folded: str) -> tuple[list[str], list[str]]:
    """The runs of letters and of digits of a folded text, in order, and the gap before each ("" when glued)."""
    parts = _RUN.split(folded)
    del parts[2 * MOST_TOKENS + 1 :]
    return parts[1::2], parts[0:-1:2]


_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_MONTH = r"(?:0?[1-9]|1[0-2])"
_SHORTEST_IBAN = min(IBAN_LENGTHS.values())
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}")
_NOT_A_NUMBER = re.compile(  # none of them begins behind a digit: said first, it spares most of the work
    r"(?<!\d)(?=[\d+E])(?:"
    r"(?P<due>(?:(?<=\bECH )|(?<=\bECH\. )|(?<=\bECHEANCE )|(?<=\bECHEANCE DU )|(?<=\bECH DU ))"
    r"\d\d(?:[/.-]?\d\d){2}(?:\d\d)?(?![\dA-Z/,-]))"
    rf"|(?P<date>(?<![\d/.-]){_DAY}([/.-]){_MONTH}\3(?:20\d\d|\d\d)(?![\d/-])"
    rf"|(?<=\d/){_DAY}\.{_MONTH}\.(?:20\d\d|\d\d)(?![\d/-])"
    rf"|(?<![\dA-Z/.-])20\d\d([/.-])(?:0[1-9]|1[0-2])\4(?:0[1-9]|[12]\d|3[01])(?![\d/-])"
    r"|(?<=\bDU )(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])20\d\d(?![\dA-Z/,-]))"
    r"|(?P<phone>(?<![\dA-Z/-])(?<!\d[ .])(?<!FACT )(?<!FACTURE )(?:\+33 ?|0033 ?|0)[1-9]"
    r"(?:([ .-])\d\d(?:\6\d\d){3}(?!\6\d\d(?!\d))|\d{8})(?![\dA-Z]))"
    r"|(?P<amount>(?<![\dA-Z/,-])(?!0\d)\d{1,3}(?:[ .]\d{3})*,\d{2}(?!\d)(?: ?EUR(?:OS?)?\b)?|"
    r"(?<![\dA-Z/,-])(?<!\d\.)(?!0\d)\d{1,8}[.,]\d{2}(?![\d/-]|[.,]\d)(?: ?EUR(?:OS?)?\b)?"
    r"|(?<![\dA-Z/-])\d+ ?(?:EUR|EUROS?)\b(?! ?\d)|\bEUR ?\d+(?:[.,]\d{2})?(?!\d))"
    r"|(?P<share>(?<![\dA-Z/-])\d{1,3}(?:[.,]\d{1,2})? ?(?:%|PCT\b|P\. ?CENT\b|POUR ?CENT\b)"
    r"|(?:(?<=\bECH )|(?<=ACOMPTE )|(?<=ACPTE )|(?<=VERSEMENT )|(?<=VERS )|(?<=VERS\. )|(?<=ECHEANCE ))"
    r"\d{1,2}/\d{1,2}(?![\d/]))"
    r"|(?P<ordinal>(?<![\dA-Z/-])\d{1,2} ?(?:ERE?|EME|NDE?)\b))"
)


_LISTED = re.compile(r"(\d{4,}),\d\d")
_DOTTED = re.compile(r"(\d{3,})\.(\d\d)")


def _hide_iban(found: re.Match[str]) -> str:
    """The stretch with its IBAN hidden, and what stands behind the IBAN left; unchanged when it is none."""
    text = found.group()
    length = IBAN_LENGTHS.get(text[:2])
    if length is None:
        return text
    plain = text.replace(" ", "")[:length]
    if len(plain) < length or int("".join([str(int(c, 36)) for c in plain[4:] + plain[:4]])) % 97 != 1:
        return text
    end = 0
    while length:
        length -= text[end] != " "
        end += 1
    return "#" * end + text[end:]


def due_day(text: str) -> date | None:
    """The day of a due date in figures, day first: "310126", "31/01/2026"; None when it is none of this century."""
    digits = "".join(c for c in text if c.isdigit())
    year = digits[4:] if len(digits) == 8 else f"20{digits[4:]}"
    try:
        return date(int(year), int(digits[2:4]), int(digits[:2])) if year.startswith("20") else None
    except ValueError:
        return None


def mask(
    folded: str, known: Callable[[str, str], bool] = lambda digits, tail: False
) -> tuple[str, list[tuple[str, str]]]:
    """Hide dates, amounts, shares, telephone and account numbers.

    `known` tells an invoice's number: "26050026,43" is no amount where 26050026 is one, it begins a list; nor is
    "41588.31" where 41588-31 is one: then it is asked for 41588 and its tail 31.

    Returns the text with each hidden stretch replaced by as many "#", and what was hidden as (kind, text).
    """
    hidden: list[tuple[str, str]] = []
    if not _DIGIT.search(folded):
        return folded, hidden

    def hide(found: re.Match[str]) -> str:
        if found.lastgroup == "phone" and known(found.group(), ""):
            return found.group()
        if found.lastgroup == "date" and found.group().isdigit() and known(found.group(), ""):
            return found.group()
        if found.lastgroup == "due" and (due_day(found.group()) is None or known(found.group(), "")):
            return found.group()
        if found.lastgroup == "amount":
            if (listed := _LISTED.fullmatch(found.group())) and known(listed.group(1), ""):
                return found.group()
            if (dotted := _DOTTED.fullmatch(found.group())) and known(dotted.group(1), dotted.group(2)):
                return found.group()
        hidden.append((found.lastgroup or "amount", found.group()))
        return "#" * len(found.group())

    if len(folded) >= _SHORTEST_IBAN:
        folded = _IBAN.sub(_hide_iban, folded)
    return _NOT_A_NUMBER.sub(hide, folded), hidden
