"""How payers and banks write: names, numbers, lists, labels. Everything drawn from many templates."""

from __future__ import annotations

import unicodedata
from random import Random

from tests.benchmarks.reconciliation.world import Debtor, Item

MONTHS = "JANVIER FEVRIER MARS AVRIL MAI JUIN JUILLET AOUT SEPTEMBRE OCTOBRE NOVEMBRE DECEMBRE".split()
_SHORTER = {
    "SOCIETE": "STE",
    "ETABLISSEMENTS": "ETS",
    "SAINT": "ST",
    "TRANSPORTS": "TPTS",
    "SERVICES": "SCES",
    "CONSTRUCTION": "CONST",
    "MENUISERIE": "MENUIS",
    "DISTRIBUTION": "DISTRIB",
    "INDUSTRIE": "IND",
    "ELECTRICITE": "ELEC",
    "BATIMENT": "BAT",
}


def plain(text: str) -> str:
    """Upper case without accents, as French banks print."""
    text = text.replace("œ", "oe").replace("Œ", "OE")
    return "".join(c for c in unicodedata.normalize("NFKD", text.upper()) if not unicodedata.combining(c))


def payer_name(rng: Random, name: str) -> str:
    """The debtor's name as its bank writes it."""
    draw = rng.random()
    if draw < 0.3:
        return name
    text = plain(name).replace("&", rng.choice(("ET", "&", " ET ")))
    words = text.replace("'", rng.choice(("'", " "))).split()
    if draw > 0.55:
        kept = [w for w in words if w not in ("SARL", "SAS", "SA", "EURL", "SASU", "SNC", "SCI", "STE", "ETS")]
        words = kept or words
    if draw > 0.8:
        words = [_SHORTER.get(w, w) for w in words]
    if 0.7 < draw < 0.78:
        words = [rng.choice(("STE", "SARL", "SAS", "ETS")), *words]
    text = " ".join(words)
    return text[: rng.choice((24, 31, 35, 70))].strip()


def number_as_printed(rng: Random, number: str) -> str:
    """The number, or the number without its separators or with others."""
    draw = rng.random()
    if draw < 0.55:
        return number
    if draw < 0.75:
        return number.replace("-", "").replace("/", "")
    if draw < 0.85:
        return number.replace("-", " ").replace("/", " ")
    return number.replace("-", rng.choice(("/", ".", "_"))).replace("/", rng.choice(("-", "/")))


def number_loosely(rng: Random, number: str) -> str:
    """The number with something lost: letters, zeros, year; still at least four telling characters."""
    runs, run = [], ""
    for char in number:
        if char.isalnum() and (not run or run[-1].isdigit() == char.isdigit()):
            run += char
        else:
            runs.append(run)
            run = char if char.isalnum() else ""
    runs = [r for r in [*runs, run] if r]
    letters = runs[0] if runs[0].isalpha() else ""
    digits = [r for r in runs if r.isdigit()]
    counter = digits[-1].lstrip("0")
    draw = rng.random()
    word = rng.choice(
        (
            "FACT ",
            "FACTURE ",
            "FA ",
            "F ",
            "FAC.",
            "N°",
            "FACT N ",
            "VOTRE FACTURE ",
            "REF ",
            "FACTURE NO ",
            "INV ",
            "FCT ",
        )
    )
    if draw < 0.3 and letters:
        return word + letters + counter
    if draw < 0.55 and len(digits) > 1:
        return word + digits[0] + rng.choice(("-", "/", " ", "")) + (counter if rng.random() < 0.5 else digits[-1])
    if draw < 0.7:
        return f"{word}{letters}{''.join(digits)}"
    if draw < 0.85:
        return "FACT" + letters + "".join(digits)
    return word + "".join(digits)


def counter_of(number: str) -> str:
    """The counter of a number without leading zeros."""
    tail = ""
    for char in reversed(number):
        if not char.isdigit():
            break
        tail = char + tail
    return tail[-6:].lstrip("0") or "0"


def misprint(rng: Random, text: str) -> str:
    """One digit wrong, lost, doubled or exchanged with its neighbour."""
    spots = [i for i, c in enumerate(text) if c.isdigit()][-4:]
    at = rng.choice(spots)
    draw = rng.random()
    if draw < 0.4:
        return text[:at] + str((int(text[at]) + rng.randrange(2, 9)) % 10) + text[at + 1 :]
    if draw < 0.6:
        return text[:at] + text[at + 1 :]
    if draw < 0.75:
        return text[:at] + text[at] + text[at:]
    at = spots[-2]
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def lookalikes(rng: Random, text: str) -> str:
    """Zeros written O, ones written I, eights written B."""
    swap = {"0": "O", "1": "I", "8": "B"}
    return "".join(swap[c] if c in swap and rng.random() < 0.6 else c for c in text)


def number_list(rng: Random, items: list[Item]) -> str:
    """Several numbers in one text: repeated in full, shortened after the first, joined in many ways."""
    joint = rng.choice((" ", ", ", " ET ", "/", " + ", "; ", ",", " - "))
    numbers = [i.number for i in items]
    draw = rng.random()
    if draw < 0.5:
        form = rng.choice((str, lambda n: n.replace("-", "").replace("/", "")))
        return joint.join(form(n) for n in numbers)
    if draw < 0.75:
        short = [numbers[0]] + [counter_of(n).zfill(3) for n in numbers[1:]]
        return rng.choice((" ", ", ", " ET ", " + ")).join(short)
    word = rng.choice(("FACT ", "FACTURES ", "FACTS ", "FA ", "NOS FACT "))
    return word + rng.choice((" ", ", ", " ET ", " + ")).join(counter_of(n).zfill(4) for n in numbers)


def decorate(rng: Random, core: str, debtor: Debtor) -> str:
    """Words around the reference: greetings of the bank, the payer's name, dates, telephone, own numbers."""
    front = (
        "",
        "",
        "VIR ",
        "VIR SEPA ",
        "VIREMENT RECU ",
        "VIR INST ",
        "REGLEMENT ",
        "RGT ",
        "PAIEMENT ",
        "PAIEMENT FACTURE ",
        "REGLT FACT ",
    )
    back = (
        "",
        "",
        "",
        "",
        f" DU {rng.randrange(1, 29):02d}/{rng.randrange(1, 13):02d}/2026",
        f" CLIENT {rng.randrange(1000, 9999)}",
        f" TEL 0{rng.randrange(1, 6)} {rng.randrange(10, 99)} {rng.randrange(10, 99)} "
        f"{rng.randrange(10, 99)} {rng.randrange(10, 99)}",
        f" VOTRE CDE {rng.randrange(10**4, 10**6)}",
        f" {rng.randrange(100, 9999)},{rng.randrange(10, 99)} EUR",
        " MERCI",
        " 🙂",
        f" DOSSIER {rng.randrange(10**3, 10**6)}",
        f" {plain(debtor.name)}",
    )
    return rng.choice(front) + core + rng.choice(back)


def pieces(rng: Random, text: str) -> str:
    """Cut a text into pieces of the bank's width, perhaps in the middle of a word."""
    if len(text) < 36 or rng.random() < 0.6:
        return text
    width = rng.choice((31, 35, 70))
    return "\n".join(text[i : i + width] for i in range(0, len(text), width))
