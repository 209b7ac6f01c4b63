"""From raw units to records, straight in columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from operator import itemgetter
from typing import Any

from hub.plugins.fec.config import FecConfig
from hub.plugins.fec.facts import DOCUMENTS
from hub.plugins.fec.faults import rejected as refusal
from hub.plugins.fec.scratch import FIELD
from hub.plugins.fec.units import HEAD, LIST, PAIR
from hub.sdk import Columns, MappedPage, RawUnit, RecordRejected
from hub.sdk.money import split_minor
from hub.sdk.records import KINDS

#: Raised whenever the same unit gives other records.
MAPPING_VERSION = 3
MAPPING_FIELDS = ("seller", "terms", "payment_terms")

_DEBTOR = f"debtor{FIELD}"
#: What a settlement line calls what it settles; every other kind is "other".
_TARGETS = {kind: kind for kind in (*DOCUMENTS, "receipt", "write_off")}
#: Characters of a reference.
_REF = 200
_ORDER = list(KINDS)


class Told:
    """The first lines of some units by columns: ``told["piece"]`` is that of each. `units`: their places in the page;
    `books`: the currency of their books."""

    def __init__(self, units: list[int], books: list[str], columns: Mapping[str, list[str]]) -> None:
        self.units, self.books, self._columns = units, books, columns
        self._pick: Callable[[list[str]], Sequence[str]] | None = None

    @classmethod
    def of(cls, units: list[int], heads: Sequence[str], books: list[str]) -> Told:
        """The first lines taken apart, all at once: each has as many fields."""
        cells = FIELD.join(heads).split(FIELD)
        return cls(units, books, {name: cells[at :: len(HEAD)] for at, name in enumerate(HEAD)})

    def __getitem__(self, name: str) -> list[str]:
        column = self._columns[name]
        return column if self._pick is None else list(self._pick(column))

    def __len__(self) -> int:
        return len(self.units)

    def only(self, places: Sequence[int]) -> Told:
        """The same of some of the units; their columns are picked when they are asked for."""
        some = Told([self.units[at] for at in places], [self.books[at] for at in places], self._columns)
        some._pick = itemgetter(*places) if len(places) > 1 else itemgetter(slice(places[0], places[0] + 1))
        return some


class Mapper:
    """Units to columns, in the settings of one connector."""

    def __init__(self, config: FecConfig) -> None:
        self._seller = config.seller
        self._terms, self._any_terms = config.terms, config.payment_terms

    def page(self, units: Sequence[RawUnit], known: Mapping[str, list[str]] | None = None) -> MappedPage:
        """The records of `units`, kinds in their order.

        Args:
            known: the first lines of all units by columns, when they are facts and the columns are still at hand.
        """
        if known is not None:
            return MappedPage(self._facts(Told([*range(len(units))], [units[0].layout] * len(units), known)), {})
        heads = [unit.body.partition(b"\n")[0].decode() for unit in units]
        rejected: dict[int, RecordRejected] = {}
        debtors: list[int] = []
        facts: list[int] = []
        for at, (unit, head) in enumerate(zip(units, heads, strict=True)):
            fields = head.count(FIELD) + 1
            if unit.rejected is not None:
                rejected[at] = unit.rejected
            elif fields == len(HEAD):
                facts.append(at)
            elif fields == 3 and head.startswith(_DEBTOR):
                debtors.append(at)
            else:
                rejected[at] = refusal("HUB-FEC-036", unit.place or unit.ref)
        columns = [self._debtors(debtors, [heads[at] for at in debtors])] if debtors else []
        if facts:
            columns += self._facts(Told.of(facts, [heads[at] for at in facts], [units[at].layout for at in facts]))
        return MappedPage(columns, rejected)

    def _debtors(self, units: list[int], heads: Sequence[str]) -> Columns:
        _, codes, names = zip(*(head.split(FIELD) for head in heads), strict=True)
        values = {
            "seller": [self._seller] * len(units),
            "debtor_id": _refs(codes),
            "name": [name[:500] for name in names],
            "payment_terms": [self._terms.get(code, self._any_terms) for code in codes],
        }
        return Columns("debtor", units, values)

    def _facts(self, told: Told) -> list[Columns]:
        places: dict[str, list[int]] = {"invoice": [], "credit_note": [], "receipt": [], "": []}
        for at, kind in enumerate(told["kind"]):
            places[kind if kind in places else ""].append(at)
        columns: list[Columns] = []
        for kind, chosen in places.items():
            if chosen:
                some = told if len(chosen) == len(told) else told.only(chosen)
                of_kind = {"receipt": self._receipts, "": self._entries}.get(kind)
                columns += self._documents(kind, some) if of_kind is None else of_kind(some)
        columns += self._settled(told)
        return sorted(columns, key=lambda one: _ORDER.index(one.kind))

    def _documents(self, kind: str, told: Told) -> list[Columns]:
        count, numbers, currencies = len(told), _refs(told["number"]), told["currency"]
        values: dict[str, list[Any]] = {
            "seller": [self._seller] * count,
            "number": numbers,
            "debtor_id": _refs(told["debtor"]),
            "issued_on": told["issued"],
            "currency": told.books,
            "total_minor": list(map(int, told["total"])),
            "total_excl_tax_minor": _maybe(told["net"]),
            "tax_minor": _maybe(told["tax"]),
            "book_total_minor": [None] * count,
            "book_currency": [None] * count,
            "label": [label[:500] or None for label in told["label"]],
        }
        if any(currencies):
            values["currency"], amounts = list(told.books), told["amount"]
            for at, currency in enumerate(currencies):
                if currency:
                    of_books = {"book_total_minor": values["total_minor"][at], "book_currency": told.books[at]}
                    own = {"total_minor": int(amounts[at]), "currency": currency}
                    for name, value in {**of_books, **own, "total_excl_tax_minor": None, "tax_minor": None}.items():
                        values[name][at] = value
        if kind != "invoice":
            return [Columns(kind, told.units, values)]
        values["due_on"] = [due.partition(PAIR)[0] if due and LIST not in due else None for due in told["due"]]
        values["payment_ref"] = [
            piece[:500] if piece and piece != number else None
            for piece, number in zip(told["piece"], told["number"], strict=True)
        ]
        return [Columns(kind, told.units, values), *self._instalments(told, values)]

    def _instalments(self, told: Told, values: dict[str, list[Any]]) -> list[Columns]:
        """Of the invoices for which the companion file has several due dates."""
        rows = []
        for at, due in enumerate(told["due"]):
            if LIST not in due:
                continue
            dates = [pair.split(PAIR) for pair in due.split(LIST)]
            said = [int(amount) if amount else 0 for _, amount in dates]
            total = values["total_minor"][at]
            amounts = said if all(amount for _, amount in dates) else split_minor(total, [1] * len(dates))
            for rank, ((day, _), amount) in enumerate(zip(dates, amounts, strict=True), 1):
                rows.append(
                    (told.units[at], self._seller, values["number"][at], day, rank, amount, values["currency"][at])
                )
        if not rows:
            return []
        units, *columns = map(list, zip(*rows, strict=True))
        names = ("seller", "invoice_number", "due_on", "rank", "amount_minor", "currency")
        return [Columns("instalment", units, dict(zip(names, columns, strict=True)))]

    def _receipts(self, told: Told) -> list[Columns]:
        keys, pieces = _refs(told["ref"]), _refs(told["piece"])
        values: dict[str, list[Any]] = {
            "source_key": keys,
            "receipt_id": [piece or key for piece, key in zip(pieces, keys, strict=True)],
            "debtor_id": _refs(told["debtor"]),
            "account": [bank or None for bank in _refs(told["bank"])],
            "seller": [self._seller] * len(told),
            "received_on": told["day"],
            "amount_minor": list(map(int, told["total"])),
            "currency": told.books,
            "remittance": [label or None for label in told["label"]],
            "bank_ref": [piece[:500] or None for piece in told["piece"]],
            "original_amount_minor": _maybe(told["amount"]),
            "original_currency": [currency or None for currency in told["currency"]],
        }
        return [Columns("receipt", told.units, values)]

    def _entries(self, told: Told) -> list[Columns]:
        values: dict[str, list[Any]] = {
            "seller": [self._seller] * len(told),
            "entry_id": _refs(told["ref"]),
            "debtor_id": _refs(told["debtor"]),
            "booked_on": told["day"],
            "category": told["kind"],
            "effect_minor": [
                -int(total) if minus else int(total) for minus, total in zip(told["minus"], told["total"], strict=True)
            ],
            "currency": told.books,
            "document_number": [piece or None for piece in _refs(told["piece"])],
            "label": [label[:500] or None for label in told["label"]],
        }
        return [Columns("ledger_entry", told.units, values)]

    def _settled(self, told: Told) -> list[Columns]:
        """One settlement line per group that holds a fact. A foreign document is settled in its own currency."""
        settled = told["settled"]
        places = [at for at, one in enumerate(settled) if one]
        if not places:
            return []
        whole = LIST.join([settled[at] for at in places])
        if whole.count(LIST) >= len(places):  # some are in several groups
            places = [at for at in places for _ in range(settled[at].count(LIST) + 1)]
        cells = whole.replace(LIST, PAIR).split(PAIR)
        names, days, facts = cells[::3], cells[1::3], told.only(places)
        kinds, refs = facts["kind"], facts["ref"]
        lines, minors, currencies = list(map(_line, refs)), list(map(int, cells[2::3])), facts.books
        for at in range(1, len(places)):
            if places[at] == places[at - 1] and names[at] == names[at - 1]:
                # Settled further in a later file, on another day.
                lines[at] = _line(f"{refs[at]}{PAIR}{days[at]}")
        if any(told["currency"]):
            before, known = -1, 0  # of one document in several groups: together they come to all of it
            for at, (kind, currency, amount, total) in enumerate(
                zip(kinds, facts["currency"], facts["amount"], facts["total"], strict=True)
            ):
                if currency and kind in DOCUMENTS:
                    known = known if places[at] == before else 0
                    done = _share(known, int(amount), int(total))
                    before, known = places[at], known + minors[at]
                    currencies[at], minors[at] = currency, _share(known, int(amount), int(total)) - done
        documents = [kind in DOCUMENTS for kind in kinds]
        values: dict[str, list[Any]] = {
            "seller": [self._seller] * len(places),
            "settlement_id": _refs(names),
            "line": lines,
            "debtor_id": _refs(facts["debtor"]),
            "settled_on": days,
            "target": [_TARGETS.get(kind, "other") for kind in kinds],
            "document_number": _refs([
                number if is_one else ref for number, ref, is_one in zip(facts["number"], refs, documents, strict=True)
            ]),
            "document_issued_on": [
                issued if is_one else None for issued, is_one in zip(facts["issued"], documents, strict=True)
            ],
            "amount_minor": minors,
            "currency": currencies,
        }  # fmt: skip
        return [Columns("settlement_line", facts.units, values)]


def _line(name: str) -> int:
    """A number that stays the same when lines are added to the group: two units never claim one."""
    return int.from_bytes(blake2b(name.encode(), digest_size=6).digest(), "big") + 1


def _share(minor: int, amount: int, total: int) -> int:
    """How much of `amount` so much of `total` is, to the nearest."""
    return (2 * minor * amount + total) // (2 * total)


def _maybe(texts: Sequence[str]) -> list[int | None]:
    return [int(text) if text else None for text in texts]


def _refs(texts: Sequence[str]) -> list[str]:
    """Each text short enough to be a reference."""
    return [text if len(text) <= _REF else short_ref(text) for text in texts]


def short_ref(text: str) -> str:
    """A reference short enough to be one: a longer one keeps its beginning and a digest."""
    return text if len(text) <= _REF else f"{text[:180]}…{blake2b(text.encode(), digest_size=8).hexdigest()}"
