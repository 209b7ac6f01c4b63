"""The whole ledger of a company: its files in order, understood together, kept in a temporary data base."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import blake2b
from typing import Final

from hub.plugins.fec import lettering, lumps, opening
from hub.plugins.fec.accounts import debtor_of
from hub.plugins.fec.config import FecConfig
from hub.plugins.fec.doubts import Doubts
from hub.plugins.fec.facts import BY_CODE, Doc
from hub.plugins.fec.faults import FileRefused, refused, unavailable
from hub.plugins.fec.files import Ledger, find, look
from hub.plugins.fec.gathering import contiguous, gathered
from hub.plugins.fec.intake import Intake, Scattered
from hub.plugins.fec.net import Carried
from hub.plugins.fec.order import Image, Order
from hub.plugins.fec.scratch import Scratch
from hub.plugins.fec.terms import due_dates, fold_number
from hub.sdk import RecordRejected

#: Months.
_HALF: Final = 6


class Books:
    """Everything that the files say of debtors. Made anew from the files; the same files give the same books.

    Attributes:
        digest: of the content of all files and of the companion file: names the books.
        notes: files left aside, and why; a year that has no opening; a mark that is no code of lettering.
        names: of the files that count, by the number that documents carry.
        by_piece: PieceRef numbers the invoices; else journal and entry do.
        number: the number of a document, as an expression of its row.
    """

    def __init__(self, config: FecConfig, ledgers: Sequence[Ledger]) -> None:
        self._config = config
        self.notes: list[str] = []
        self.names: dict[int, str] = {}
        self.by_piece, self.number = True, "number"
        self.has_due_dates = config.due_dates is not None
        self.scratch = Scratch()
        self.scratch.db.create_function("fold", 1, fold_number, deterministic=True)
        self.scratch.db.create_function("debtor_of", 1, debtor_of, deterministic=True)
        self._period = self._until = ""  # the month in which the year begins; the last day that was read
        self._number = 0
        self._goes_on = False  # a year was read
        self._sold_to: set[str] = set()
        self._elsewhere: Counter[str] = Counter()
        self.images: list[Image] = []
        whole = blake2b(digest_size=16)
        for ledger in ledgers:
            try:
                dialect = look(ledger, config.encoding)
                whole.update(f"{ledger.name}\0{dialect.digest}\0".encode())
                self.images.append(Image(ledger, dialect))
            except FileRefused as refusal:
                whole.update(f"{ledger.name}\0{ledger.size}\0{refusal.refusal.code}\0".encode())
                self._hold_file(ledger, refusal.refusal)
        self._agree_on_encoding()
        if config.due_dates is not None:
            rows = list(due_dates(config.due_dates, config.currency))
            whole.update(repr(rows).encode())
            self.scratch.many("INSERT INTO due VALUES (?,?,?,?)", rows)
            self.scratch.do("CREATE INDEX due_by_key ON due (key)")
        try:
            whole.update(self._read_all().encode())
        except sqlite3.OperationalError as error:  # the disk is full
            raise unavailable("HUB-FEC-035", "temporary files", name="temporary files", detail=str(error)) from error
        self.digest = whole.hexdigest()

    @classmethod
    def open(cls, config: FecConfig) -> Books:
        """The books as the files are now."""
        return cls(config, find(config.files))

    def balances(self, on: str) -> Iterator[tuple[str, int]]:
        """Debits less credits of each debtor's accounts up to the end of `on` (ISO), zero left out.

        When nobody owes anything one zero is told, of the first debtor: no answer would leave older balances standing.
        """
        rows = self.scratch.rows(
            """SELECT debtor, sum(amount) FROM part WHERE day <= ? GROUP BY debtor HAVING sum(amount) <> 0
            ORDER BY debtor""",
            on,
        )
        told = False
        for debtor, total in rows:
            told = True
            yield str(debtor), int(total)
        if not told:
            first = next(iter(self.scratch.rows("SELECT min(debtor) FROM part WHERE day <= ?", on)), (None,))[0]
            if first is not None:
                yield str(first), 0

    def _agree_on_encoding(self) -> None:
        """A file whose few letters do not say in which encoding it is written is written like the others."""
        letters = {one.dialect.encoding for one in self.images if one.dialect.sure} - {"utf-8", "utf-8-sig"}
        for image in self.images:
            if not image.dialect.sure and len(letters) == 1:
                image.dialect = replace(image.dialect, encoding=min(letters))

    def _read_all(self) -> str:
        """Read every file; returns the order of age of the files where it counted, so that the digest knows it."""
        order = Order(self.scratch, self._config.currency, self._hold_file)
        years = order.years(self.images)
        self.notes += order.notes
        for year in years:
            self._read_year(year, last=year is years[-1])
        self._finish()
        return order.by_age(self.images)

    def _read_year(self, year: Sequence[Image], *, last: bool) -> None:
        """The files of one year, its opening joined to the years before, its lettering settled."""
        first = self._number + 1
        taken: list[Intake] = []
        for image in year:
            self._number += 1
            self.names[self._number] = image.ledger.name
            try:
                taken.append(self._read(image, min(one.first for one in year)))
            except FileRefused as refusal:
                self._hold_file(image.ledger, refusal.refusal)
        self.scratch.flush()
        if not taken:
            return
        self._as_one(first)
        carried = [line for intake in taken for line in intake.carried]
        self._begin_period(carried)
        if self._goes_on:
            if not carried:
                doubts = Doubts(self.scratch, self._config, year[0].ledger.name)
                if _may_be_another_year(self._period, year[0].first) and (
                    note := doubts.miss_opening(self._number, year[0].first)
                ):
                    self.notes.append(note)
            else:  # its lines are the balance, its opening included
                self.scratch.do("DELETE FROM raw WHERE file < ?", first)
            self._carry_forward(taken, carried)
            self._as_one(first)
        self._goes_on = True
        self._until = max(image.last for image in year)
        for code, lines in lettering.forget_empty_codes(self.scratch, self._number):
            files = ", ".join(image.ledger.name for image in year)[:200]
            self.notes.append(
                f"{files} (EcritureLet {code} is read as none: what bears it does not come to zero; lines: {lines})"
            )
        lettering.letter(self.scratch, self._number, self._period, first=first, last=last)

    def _as_one(self, first: int) -> None:
        """What was read of the files since `first` belongs together: a code of one is matched in another."""
        if first < self._number:
            self.scratch.do("UPDATE part SET file = ? WHERE file >= ?", self._number, first)

    def _read(self, image: Image, begins: str) -> Intake:
        """One file into the temporary data base; its year begins on that day, if it is known."""
        mark = self.scratch.mark()
        reader = image.reader(self._config.currency)
        intake = Intake(self.scratch, self._config, self._number, reader, carries=self._goes_on, begins=begins)
        try:
            intake.take(contiguous(reader.batches()), scattered=self._config.unbalanced == "take")
        except Scattered:
            self.scratch.rewind(mark)
            intake = Intake(self.scratch, self._config, self._number, reader, carries=self._goes_on, begins=begins)
            intake.take(gathered(self.scratch, reader, intake.opens), scattered=True)
        if not intake.lines:
            raise refused("HUB-FEC-006", image.ledger.name)
        intake.close()
        self._sold_to |= intake.sold_to
        self._elsewhere.update(intake.elsewhere)
        return intake

    def _carry_forward(self, taken: Sequence[Intake], carried: list[Carried]) -> None:
        db = self.scratch
        db.do("CREATE INDEX IF NOT EXISTS part_by_debtor ON part (debtor, file)")
        if not carried:  # the file goes on where the one before ended
            db.do("UPDATE part SET file = ? WHERE rest <> 0 AND file < ?", self._number, self._number)
            return
        intake = next(one for one in taken if one.carried)
        name, begins = self.names[intake.number], min(line[6] for line in carried)
        carried, unknown = lumps.share_out(db, self._number, carried)
        found = opening.join(db, self._number, self._period, carried)
        doubts = Doubts(db, self._config, name)
        hole = doubts.miss_year(self._until, begins, [one.minor for one in found]) or doubts.miss_names(unknown)
        kind = "opening_difference" if hole is None else "held"
        for debtor, account, amount, day, line in found:
            sign = 1 if amount > 0 else -1
            called, naming = intake.names.get(debtor, (debtor, BY_CODE))
            doc = Doc(kind, sign, debtor, called, "", day, day, "", line, 0, True, naming=naming)
            doc.parts = {(account, "", ""): abs(amount)}
            if hole is not None:
                doc.piece, doc.label = hole
            db.add(intake.number, doc, f"{day}/{debtor}/{kind}", "", name)
        db.flush()

    def _begin_period(self, carried: list[Carried]) -> None:
        """Groups of lettering are named by the month in which their year begins. A year begins with an opening: a file
        without one goes on with the year before it."""
        if not self._period or carried:
            first = self.scratch.one("SELECT min(day) FROM part WHERE file = ?", self._number) or "9"
            self._period = min([first, *(line[6] for line in carried)])[:7]

    def _finish(self) -> None:
        """Names that are unique, and what was matched across debtors."""
        db = self.scratch
        db.flush()
        doubts = Doubts(db, self._config, ", ".join(self.names.values())[:200])
        doubts.prove(self._number)
        if self._sold_to and db.one("SELECT 1 FROM part LIMIT 1") is None:
            doubts.hold_without_debtors(self._sold_to)
        elif sums := +self._elsewhere:
            doubts.hold_elsewhere(sums)
        _make_unique(db, "ref", "ref", "", "ref || '#' || n")
        self._number_documents()
        db.do("CREATE INDEX settled_by_doc ON settled (doc)")
        rows = list(
            db.rows(
                """SELECT s.grp, d.debtor, sum(d.sign * s.amount), max(s.day) FROM settled s JOIN doc d ON d.id = s.doc
                WHERE s.grp IN (SELECT grp FROM across) GROUP BY s.grp, d.debtor HAVING sum(d.sign * s.amount) <> 0"""
            )
        )
        for group, debtor, net, day in rows:
            db.add_across(group, debtor, net, day)
        db.flush()

    def _number_documents(self) -> None:
        """The numbers of invoices and credit notes: PieceRef where it numbers them, else journal and entry."""
        db, how, unique = self.scratch, self._config.invoice_number, False
        where = "WHERE kind IN ('invoice', 'credit_note')"
        if how == "auto":
            many, pieces, all_, carried = next(
                db.rows(
                    f"""SELECT count(nullif(piece_key, '')), count(DISTINCT nullif(piece_key, '')), count(*),
                        (SELECT 1 FROM doc {where} AND opening LIMIT 1)
                    FROM doc {where} AND NOT opening"""  # noqa: S608 - words of our own
                )
            )
            unique = pieces == all_ and not carried
            how = "piece" if many * 2 >= all_ and pieces * 4 >= many * 3 else "entry"
        self.by_piece = how == "piece"
        by_piece = "piece_key <> ''" if self.by_piece else "opening AND piece_key <> ''"
        self.number = f"ifnull(number, CASE WHEN {by_piece} THEN piece ELSE entry END)"
        key = f"CASE WHEN {by_piece} THEN piece_key ELSE upper(replace(entry, ' ', '')) END"
        entry = f"{self.number} || ' (' || entry || ')'"
        if not unique and _make_unique(db, "number", f"kind, {key}, substr(issued, 1, 4)", where, entry):
            same = f"kind, fold({self.number}), substr(issued, 1, 4)"
            _make_unique(db, "number", same, where, f"{self.number} || ' #' || n")

    def _hold_file(self, ledger: Ledger, refusal: RecordRejected) -> None:
        try:
            with ledger.path.open("rb") as stream:
                head = stream.read(4_096)
        except OSError:
            head = b""
        body = head.decode("utf-8", "backslashreplace").replace("\0", "\\0")
        self.scratch.hold(f"file/{ledger.name}", body, ledger.name, refusal, 1)


def _may_be_another_year(begins: str, day: str) -> bool:
    """True when a file that begins on `day` may be the year after the one that begins in the month `begins`: another
    calendar year, or half a year later, since the first entry of a debtor may come months after his year began."""
    months = 12 * (int(day[:4]) - int(begins[:4] or 0)) + int(day[5:7]) - int(begins[5:7] or 0)
    return day[:4] != begins[:4] or months >= _HALF


def _make_unique(db: Scratch, column: str, same: str, where: str, name: str) -> bool:
    """Give the second and later rows of equal `same` another `name`; says whether there were any. Nearly always none:
    that is asked first."""
    if db.one(f"SELECT 1 FROM doc {where} GROUP BY {same} HAVING count(*) > 1 LIMIT 1") is None:  # noqa: S608 - words of our own
        return False
    changed = db.rows(
        f"""UPDATE doc SET {column} = {name} FROM (
            SELECT id AS other, row_number() OVER (PARTITION BY {same} ORDER BY id) AS n FROM doc {where}
        ) WHERE other = doc.id AND n > 1 RETURNING doc.id"""  # noqa: S608 - words of our own
    )
    db.many("INSERT OR IGNORE INTO renamed VALUES (?)", list(changed))
    return True
