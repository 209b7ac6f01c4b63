"""How the fourth hand's payers write a reason, and what eight banks make of it: one label, cut, split, in capitals."""

from __future__ import annotations

import re
from random import Random

from tests.benchmarks.reconciliation.fourth_hand_firms import plain

_WORDS = {
    "FR": (
        "S/FACT ",
        "REGLT FACT ",
        "FACT ",
        "fact n°",
        "PAIEMENT FACTURE ",
        "Fact.",
        "n/règlement facture ",
        "",
        "FC",
        "VOTRE FRE ",
    ),
    "DE": ("RE ", "Rechnung ", "Rg.-Nr. ", "RECHNR ", ""),
    "GB": ("INV ", "Invoice ", "payment inv. ", "yr inv ", ""),
}
_SILENT = {
    "FR": ("", "REGLEMENT", "VOTRE FACTURE", "NOTRE REGLEMENT", "PAIEMENT FOURNISSEUR", "FACTURE", "S/FACT"),
    "DE": ("", "ZAHLUNG", "RECHNUNG", "SEPA-UEBERWEISUNG"),
    "GB": ("", "PAYMENT", "INVOICE", "FASTER PAYMENT"),
}
_MONTHS = "JANVIER FEVRIER MARS AVRIL MAI JUIN JUILLET AOUT SEPTEMBRE OCTOBRE NOVEMBRE DECEMBRE".split()
_DIGITS = re.compile(r"\d+")


def number(rng: Random, printed: str, habit: int) -> str:
    """A number as one firm writes it."""
    if habit == 1:
        return "".join(c for c in printed if c.isalnum())
    if habit == 2:
        return re.sub(r"[-/]", " ", printed)
    if habit == 3:
        return re.sub(r"(?<!\d)0+(?=\d)", "", printed)
    if habit == 4:
        return printed.replace("/", "-") if "/" in printed else printed.replace("-", "/")
    if habit == 5:
        return printed.replace("-", ".").replace("/", ".") if rng.random() < 0.4 else printed
    return printed.lower() if habit == 6 else printed


def without_year(printed: str, year: int) -> str:
    """A number without its year: "2026/000123" -> "000123", "F-26-1234" -> "F-1234" or "1234"."""
    for written in (f"{year}/", f"-{year % 100:02d}"):
        if written in printed:
            return printed.replace(written, "", 1)
    return printed


def named(rng: Random, country: str, written: str) -> str:
    """A word that announces, and the number."""
    return f"{rng.choice(_WORDS[country])}{written}"


def silent(rng: Random, country: str) -> str:
    """A text that names nothing."""
    return rng.choice(_SILENT[country])


def month(rng: Random, year: int, number_of_month: int, *, rent: bool = False) -> str:
    """A month, by its name or in digits."""
    name = _MONTHS[number_of_month - 1]
    if rent:
        return rng.choice(
            (
                f"LOYER {name}",
                f"ABONNEMENT {name} {year}",
                f"ECHEANCE {number_of_month:02d}/{year}",
                f"MAINTENANCE {name}",
            )
        )
    return rng.choice(
        (
            f"FACT DE {name}",
            f"VOS FACTURES {name} {year}",
            f"RELEVE {name}",
            f"FACTURES DU MOIS DE {name}",
            f"RLV {number_of_month:02d}/{year % 100:02d}",
        )
    )


def several(rng: Random, country: str, numbers: list[str]) -> str:
    """A list: in full, or the ends of the later ones."""
    joint = rng.choice((" ", ",", " + ", "/", " - ", " ET ", ";"))
    if rng.random() < 0.4 and "/" not in joint:
        shared = 0
        while len({n[: shared + 1] for n in numbers}) == 1 and len({len(n) for n in numbers}) == 1:
            shared += 1
        ends = [n[min(shared, len(n) - 2) :] for n in numbers[1:]]
        if all(e.isdigit() for e in ends) and len({len(n) for n in numbers}) == 1 and shared > 1:
            return f"{rng.choice(('FACTS ', 'FA ', ''))}{joint.join([numbers[0], *ends])}"
    return f"{rng.choice(_WORDS[country])}{joint.join(numbers)}"


def ranged(rng: Random, first: str, last: str) -> str:
    """From a number to another one, the second perhaps only its counter."""
    end = last if rng.random() < 0.5 else (_DIGITS.findall(last)[-1].lstrip("0") if last[-1].isdigit() else last)
    return rng.choice(("FA {} A {}", "FACT {} AU {}", "DU N {} AU N {}", "FACTURES {} à {}")).format(first, end)


def shown_name(rng: Random, name: str, width: int) -> str:
    """A name as a bank has it: in capitals, perhaps without its legal form, cut."""
    text = plain(name) if rng.random() < 0.8 else name
    if rng.random() < 0.2:
        text = re.sub(r"^(?:SARL|SAS|EURL|SCI|ETS|STE) | (?:SARL|SAS|GMBH|LTD)$", "", text)
    if rng.random() < 0.15:
        text = re.sub(r"^M\. ", "MR ", text.replace("-", " "))
    return text[:width].strip()


def label(rng: Random, bank: int, name: str, reason: str) -> str:
    """One label of a bank that gives no name apart; `bank` is the habit of the payer's bank, ours writes around it."""
    ref = f"{rng.randrange(10**9):09d}" if rng.random() < 0.5 else "NOTPROVIDED"
    forms = (
        "VIR SEPA RECU /DE {n} /MOTIF {r} /REF {f}", "VIR RECU {f} DE: {n} MOTIF: {r}",
        "VIREMENT EN VOTRE FAVEUR {n} {r}",
        "VIR {n} {r}", "VIREMENT DE {n} {r} REFERENCE : {f}", "VIRT {n} {r}", "VIR INST DE {n} {r}", "VIR SEPA {n} {r}",
    )  # fmt: skip
    return plain(forms[bank].format(n=name, r=reason, f=ref)).strip()


def cut(rng: Random, text: str) -> str:
    """A label as statements carry it: whole, in pieces of 31 or 35, or only its first 31, 35 or 140 characters."""
    draw = rng.random()
    if draw < 0.4 or len(text) <= 31:
        return text[:140]
    if draw < 0.85:
        width = rng.choice((31, 35))
        return "\n".join(text[i : i + width] for i in range(0, min(len(text), 140), width))
    return text[: rng.choice((31, 35, 140, 140))]
