"""The connector keeps every promise of RecordSource, and tells what Dolibarr tells."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx
from fake_dolibarr import API, KEY, FakeDolibarr, sample
from hub_dolibarr import Dolibarr, DolibarrConfig
from hub_dolibarr.values import day

from hub.sdk import HubError, Money, RawUnit, RecordRejected, RecordSource, SourceAuthError, SourceUnavailable
from hub.sdk.records import Record
from hub.sdk.testing import RecordSourceConformance, make_context, pages, read_records, run_source, without_pauses

ADDRESS = "https://erp.test/dolibarr"


def connector(folder: Path, transport: httpx.BaseTransport, **settings: Any) -> Dolibarr:
    given = {"plugin": "dolibarr", "address": ADDRESS, "api_key": KEY, "seller": "ACME", **settings}
    return Dolibarr(DolibarrConfig.model_validate(given), make_context(folder, transport=transport))


def over(folder: Path, fake: FakeDolibarr, **settings: Any) -> Dolibarr:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.path.startswith(f"/dolibarr{API}/"), request.url.path
        assert "GET" == request.method
        url = request.url.copy_with(path=request.url.path.removeprefix("/dolibarr"))
        return fake.handle(httpx.Request("GET", url, headers=request.headers))

    return connector(folder, httpx.MockTransport(answer), **settings)


def answering(folder: Path, *answers: httpx.Response | Exception) -> Dolibarr:
    """A connector to a server that gives these answers, the last one again and again."""
    router = respx.MockRouter(assert_all_called=False)
    router.get(url__startswith=ADDRESS).mock(side_effect=[*answers, *[answers[-1]] * 50])
    return connector(folder, httpx.MockTransport(router.handler))


def broken(folder: Path, **fields: Any) -> Dolibarr:
    """The sample with fields of invoice 6 replaced."""
    fake = sample()
    fake.told[6] = fields
    return over(folder, fake)


class TestDolibarr(RecordSourceConformance):
    """Against a Dolibarr in memory."""

    expected_refs_count = 20
    total_kind = "receipt"
    expected_total = Money(minor=1_083_00, currency="EUR")

    def make_source(self, tmp_path: Path) -> RecordSource:
        return over(tmp_path, sample())

    def make_source_with_bad(self, tmp_path: Path) -> RecordSource:
        return broken(tmp_path, total_ttc="six hundred")

    def failures(self, tmp_path: Path) -> Iterable[tuple[RecordSource, type[HubError]]]:
        yield over(tmp_path, sample(), api_key=f"{KEY}-old"), SourceAuthError
        for status in (401, 403):
            yield answering(tmp_path, httpx.Response(status, text=f"key {KEY}")), SourceAuthError
        for status in (429, 500, 503):
            yield answering(tmp_path, httpx.Response(status)), SourceUnavailable
        yield answering(tmp_path, httpx.ReadTimeout("late")), SourceUnavailable
        yield answering(tmp_path, httpx.Response(200, text='[{"id": "1", "na')), SourceUnavailable
        yield answering(tmp_path, httpx.Response(200, text="<html>Warning: mysqli")), SourceUnavailable
        yield answering(tmp_path, httpx.Response(200, json={"success": {"code": 200}})), SourceUnavailable
        yield answering(tmp_path, httpx.Response(200, json=[{"rowid": "1"}])), SourceUnavailable

    def secrets(self) -> Sequence[str]:
        return [KEY, "never-kept"]


class TestOldDolibarr(RecordSourceConformance):
    """A version that says 404 for an empty list, gives fewer rows than asked, and does not tell dates of change."""

    expected_refs_count = 20

    def make_source(self, tmp_path: Path) -> RecordSource:
        fake = sample()
        fake.empty_is_404, fake.most = True, 4
        for row in (*fake.invoices.values(), *fake.third_parties.values()):
            del row["date_modification"]
        return over(tmp_path, fake)


@pytest.fixture(autouse=True)
def _no_pauses() -> Iterable[None]:
    with without_pauses():
        yield


def records(source: RecordSource, kind: str = "") -> list[Record]:
    return [one for mapped in read_records(source) for one in mapped.records if kind in ("", one.kind)]


def by_invoice(fake: FakeDolibarr, folder: Path) -> dict[int, Sequence[Record]]:
    """The records of each invoice, by its id in Dolibarr."""
    source = over(folder, fake)
    return {int(unit.ref): source.map("invoices", unit) for unit in run_source(source, "invoices")}


def lines(found: Sequence[Record]) -> list[tuple[str, str, int]]:
    return [(r.target, r.document_number, r.amount_minor) for r in found if r.kind == "settlement_line"]


def test_what_is_open_is_what_dolibarr_says(tmp_path: Path) -> None:
    """For each document of the sample: its total less its settlement lines is what remains to pay."""
    fake = sample()
    found = records(over(tmp_path, fake))
    for document in [one for one in found if one.kind in ("invoice", "credit_note")]:
        number = document.number
        row = next(row for row in fake.invoices.values() if row["ref"] == number)
        gone = sum(minor for target, name, minor in lines(found) if name == number and target == document.kind)
        rest = document.total_minor - gone
        if row["status"] != "1":
            assert 0 == rest, number
        elif row["multicurrency_code"] == "EUR":
            assert abs(int(100 * fake.remains(int(row["id"])))) == rest, number
    assert 27_50 == sum(m for t, n, m in lines(found) if n == "FA2605-0014" and t == "invoice")


def test_one_payment_of_two_invoices(tmp_path: Path) -> None:
    """Two receipts of one batch, each settled with its invoice."""
    parts = [one for one in records(over(tmp_path, sample()), "receipt") if one.batch_ref == "PAY2605-0001"]
    assert [(p.source_key, p.amount_minor) for p in parts] == [("PAY2605-0001/2", 100_00), ("PAY2605-0001/3", 360_00)]


def test_each_way_of_settling(tmp_path: Path) -> None:
    """Credit note, deposit, excess, loss, discount, and a payment that came back."""
    found = by_invoice(sample(), tmp_path)
    told = {number: lines(records) for number, records in found.items()}
    assert told[1] == told[4] == told[5] == told[7] == []
    assert [("invoice", "FA2605-0006", 60_00), ("credit_note", "AV2605-0005", 60_00)] == told[6]
    assert [("invoice", "FA2605-0008", 200_00), ("write_off", "FA2605-0008", 200_00)] == told[8][2:]
    assert [("invoice", "FA2605-0009", 2_00), ("write_off", "FA2605-0009", 2_00)] == told[9][2:]
    assert [("invoice", "FA2605-0011", 200_00), ("other", "deposit FA2605-0010", 200_00)] == told[11]
    assert [("invoice", "FA2605-0012", 80_00), ("receipt", "PAY2605-0005/12", 100_00)] == told[12]
    assert [("invoice", "FA2605-0013", 20_00), ("other", "excess FA2605-0012", 20_00)] == told[13]
    assert [("credit_note", "AV2605-0015", 24_00)] == told[16]
    assert told[17] == [
        ("receipt", "PAY2605-0007/17", 70_00),
        ("invoice", "FA2605-0017", 30_00),
        ("receipt", "PAY2605-0009/17", 30_00),
    ]
    [entry] = [one for one in found[12] if one.kind == "ledger_entry"]
    assert ("excess FA2605-0012", -20_00) == (entry.entry_id, entry.effect_minor)
    [back] = [one for one in found[17] if one.kind == "disbursement"]
    assert 70_00 == back.amount_minor


def dollars(total: str) -> dict[str, str]:
    """The fields of a document in dollars."""
    return {
        "multicurrency_code": "USD", "multicurrency_total_ttc": total, "multicurrency_total_ht": total,
        "multicurrency_total_tva": "0.00000000",
    }  # fmt: skip


def test_a_credit_note_in_another_currency_is_used_in_it(tmp_path: Path) -> None:
    """Dolibarr tells a discount in its main currency only: the credit note is asked for its own, whole or in part, on
    an invoice of either currency."""
    fake = FakeDolibarr()
    fake.third_party(1, "Dupont")
    fake.invoice(1, "100", **dollars("110.00000000"))
    fake.credit_note(2, "-20", status="2", **dollars("-22.00000000"))
    fake.discount(1, 2, "20", on=1)
    fake.credit_note(3, "-60", status="2", **dollars("-66.00000000"))
    fake.invoice(4, "100")
    fake.discount(2, 3, "40", on=4)
    fake.invoice(5, "100", lines=[{"id": "9", "fk_remise_except": "3"}])
    fake.discount(3, 3, "20", line=9)
    found = [one for one in records(over(tmp_path, fake)) if one.kind == "settlement_line"]
    assert {
        ("invoice", "FA2605-0001", 22_00, "USD"), ("credit_note", "AV2605-0002", 22_00, "USD"),
        ("invoice", "FA2605-0004", 40_00, "EUR"), ("credit_note", "AV2605-0003", 44_00, "USD"),
        ("credit_note", "AV2605-0003", 22_00, "USD"),
    } == {(one.target, one.document_number, one.amount_minor, one.currency) for one in found}  # fmt: skip


def test_a_credit_note_that_was_paid_back(tmp_path: Path) -> None:
    """Money that leaves settles it."""
    fake = sample()
    fake.pay(7, "-12", "PAY2605-0010")
    assert [("credit_note", "AV2605-0007", 12_00)] == lines(by_invoice(fake, tmp_path)[7])


def test_customers(tmp_path: Path) -> None:
    """SIREN and SIRET without blanks, the public buyer, and no supplier."""
    first, second = records(over(tmp_path, sample()), "debtor")
    assert ("732829320", "73282932000074", "FR44732829320") == (first.siren, first.siret, first.vat_number)
    assert ("public", 5_000_00) == (second.category, second.credit_limit_minor)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"date": None}, "HUB-DOL-003"),
        ({"type": "invoice"}, "HUB-DOL-003"),
        ({"socid": "Dupont"}, "HUB-DOL-003"),
        ({"total_ttc": "600.005"}, "HUB-DOL-003"),
        ({"remaintopay": "600"}, "HUB-DOL-004"),
    ],
)
def test_what_cannot_be_understood_is_held(tmp_path: Path, fields: dict[str, Any], code: str) -> None:
    """One invoice only, with its number in the place."""
    [held] = [one.rejected for one in read_records(broken(tmp_path, **fields)) if one.rejected is not None]
    assert code == held.code
    assert "FA2605-0006" in held.where


def test_more_paid_back_than_paid(tmp_path: Path) -> None:
    """What cannot be is not guessed at."""
    fake = sample()
    fake.pay(1, "-5", "PAY2605-0011")
    [held] = [one.rejected for one in read_records(over(tmp_path, fake)) if one.rejected is not None]
    assert "HUB-DOL-005" == held.code


def test_numbers_may_be_numbers_or_texts(tmp_path: Path) -> None:
    """Versions differ in it; binary noise of PHP is no cent."""
    fake = FakeDolibarr()
    fake.invoice(1, "70.10", status=1, socid=1, type=0)
    fake.told[1] = {"id": 1, "total_ttc": 70.099999999999994, "total_ht": 58.42, "remaintopay": 70.1}
    [invoice] = records(over(tmp_path, fake), "invoice")
    assert 70_10 == invoice.total_minor


@pytest.mark.parametrize(
    "told", [1777845600, "1777845600", 1777852800, 1777888800, "2026-05-04", "2026-05-04 12:00:00"]
)
def test_a_day_is_the_same_in_each_zone(told: object) -> None:
    """Midnight in Paris, Dakar and Tahiti."""
    assert date(2026, 5, 4) == day(told)


def test_a_mistyped_address_is_told_from_an_empty_list(tmp_path: Path) -> None:
    """A 404 of the API is no 404 of a list."""
    source = answering(tmp_path, httpx.Response(404, json={"error": {"code": 404, "message": "Not Found"}}))
    with pytest.raises(HubError) as caught:
        source.fetch("invoices", None, 10)
    assert "HUB-DOL-001" == caught.value.code


def test_a_busy_server_is_asked_again_and_its_pause_obeyed(tmp_path: Path) -> None:
    """A short pause is waited out, a long one goes to the hub; a refused key is not tried twice."""
    ready = httpx.Response(200, json=[])
    router = respx.MockRouter()
    route = router.get(url__startswith=ADDRESS).mock(side_effect=[httpx.Response(500), ready, ready])
    assert connector(tmp_path, httpx.MockTransport(router.handler)).fetch("invoices", None, 10).last
    assert 3 == route.call_count
    with pytest.raises(SourceUnavailable) as caught:
        answering(tmp_path, httpx.Response(429, headers={"Retry-After": "600"})).fetch("invoices", None, 10)
    assert 600 == caught.value.retry_after_s
    router = respx.MockRouter()
    route = router.get(url__startswith=ADDRESS).mock(return_value=httpx.Response(403))
    with pytest.raises(SourceAuthError):
        connector(tmp_path, httpx.MockTransport(router.handler)).fetch("invoices", None, 10)
    assert 1 == route.call_count


def test_invoices_of_many_lines_are_asked_for_in_smaller_lots(tmp_path: Path) -> None:
    """An answer larger than the hub reads is asked for again in parts."""
    fake = sample()

    def answer(request: httpx.Request) -> httpx.Response:
        if int(request.url.params.get("limit", 0)) > 20:
            return httpx.Response(200, content=b" " * (10 * 1024 * 1024 + 1))
        url = request.url.copy_with(path=request.url.path.removeprefix("/dolibarr"))
        return fake.handle(httpx.Request("GET", url, headers=request.headers))

    source = connector(tmp_path, httpx.MockTransport(answer))
    assert [str(n) for n in range(1, 18)] == [unit.ref for unit in run_source(source, "invoices")]


def next_run(source: RecordSource, cursor: str | None) -> tuple[list[RawUnit], str | None]:
    run = list(pages(source, "invoices", 7, cursor))
    return [unit for page in run for unit in page.units], run[-1].cursor


def test_what_no_date_of_change_tells(tmp_path: Path) -> None:
    """A payment added, changed and deleted leaves the invoice's row as it was, and is found all the same."""
    fake = sample()
    fake.tick()
    _, cursor = next_run(over(tmp_path, fake), None)
    fake.pay(1, "20", "PAY2606-0001")
    units, cursor = next_run(over(tmp_path, fake), cursor)
    assert "1" in {unit.ref for unit in units}
    fake.payments[-1]["num"] = "another number"
    units, cursor = next_run(over(tmp_path, fake), cursor)
    assert b"another number" in next(unit.body for unit in units if unit.ref == "1")
    fake.delete_payment("PAY2606-0001")
    units, cursor = next_run(over(tmp_path, fake), cursor)
    assert not json.loads(next(unit.body for unit in units if unit.ref == "1"))["payments"]
    assert [] == next_run(over(tmp_path, fake), cursor)[0]


def many(count: int) -> FakeDolibarr:
    """Old paid invoices, a few open ones, spread over many blocks."""
    fake = FakeDolibarr()
    for number in range(1, count + 1):
        done = number % 50 != 0
        fake.invoice(number, "12", status="2" if done else "1", date_modification=fake.now - 90 * 86_400 + number)
    fake.set(count, ref_client="touched")
    return fake


def test_a_run_looks_only_where_something_may_have_changed(tmp_path: Path) -> None:
    """Old and closed invoices are not asked for again, and only the blocks that changed are given."""
    fake = many(450)
    _, cursor = next_run(over(tmp_path, fake), None)
    fake.asked.clear()
    fake.set(50, status="2")
    units, cursor = next_run(over(tmp_path, fake), cursor)
    assert ["50"] == [unit.ref for unit in units]
    assert len(fake.asked) <= 3
    fake.set(7, status="1")  # reopened after months
    units, cursor = next_run(over(tmp_path, fake), cursor)
    assert "7" in {unit.ref for unit in units}
    assert [] == next_run(over(tmp_path, fake), cursor)[0]


def test_what_changes_while_it_is_read_comes_with_the_next_run(tmp_path: Path) -> None:
    """An invoice behind us is changed, one before us deleted, one added: nothing is lost, nothing read twice."""
    fake = many(250)

    def meanwhile(path: str, params: object) -> None:
        if len(fake.asked) == 3:
            fake.set(1, ref_client="changed behind us")
            del fake.invoices[101]
            fake.invoice(251, "12")

    fake.before = meanwhile
    units, cursor = next_run(over(tmp_path, fake), None)
    refs = [unit.ref for unit in units]
    assert sorted(set(refs), key=int) == refs
    assert {"100", "102", "251"} <= set(refs)
    fake.before = None
    units, _ = next_run(over(tmp_path, fake), cursor)
    assert b"changed behind us" in next(unit.body for unit in units if unit.ref == "1")


def test_a_call_that_fails_loses_nothing(tmp_path: Path) -> None:
    """The same object, asked again after a failure in the middle of a run, goes on where it stood."""
    fake = many(250)
    source = over(tmp_path, fake)
    first = source.fetch("invoices", None, 60)

    def down(path: str, params: object) -> None:
        raise httpx.ConnectError("down")

    fake.before = down
    second = source.fetch("invoices", first.cursor, 60)  # the rest of the block is at hand
    with pytest.raises(SourceUnavailable):
        source.fetch("invoices", second.cursor, 60)
    fake.before = None
    rest = run_source(source, "invoices", 60, second.cursor)
    read = [unit.ref for unit in (*first.units, *second.units, *rest)]
    assert list(map(str, range(1, 251))) == read


def test_a_restored_backup_is_read_whole(tmp_path: Path) -> None:
    """The newest change is older than before: what was newer is gone or was undone."""
    fake = many(150)
    _, cursor = next_run(over(tmp_path, fake), None)
    fake.invoices[150]["date_modification"] = fake.now - 86_400
    assert 150 == len(next_run(over(tmp_path, fake), cursor)[0])


def test_another_company_of_the_same_dolibarr(tmp_path: Path) -> None:
    """With `entity`, shared invoices of the others are left alone and the header says whose we want."""
    fake = sample()
    fake.invoices[2]["entity"] = "2"
    assert "2" in {unit.ref for unit in run_source(over(tmp_path, fake), "invoices")}
    assert "2" not in {unit.ref for unit in run_source(over(tmp_path, fake, entity=1), "invoices")}
    router = respx.MockRouter()
    route = router.get(url__startswith=ADDRESS, headers={"DOLAPIENTITY": "3"}).respond(json=[])
    connector(tmp_path, httpx.MockTransport(router.handler), entity=3).fetch("invoices", None, 5)
    assert route.called


def test_refs_that_exist(tmp_path: Path) -> None:
    """For finding what was deleted."""
    fake = sample()
    del fake.invoices[7]
    source = over(tmp_path, fake)
    assert [str(n) for n in range(1, 18) if n != 7] == list(source.sweep("invoices"))
    assert ["1", "2", "3"] == list(source.sweep("customers"))


def test_a_row_without_meaning_is_no_progress(tmp_path: Path) -> None:
    """A server that ignores the filter would be read for ever."""
    same = httpx.Response(200, json=[{"id": "1", "name": "Dupont", "date_modification": 5}])
    with pytest.raises(SourceUnavailable):
        run_source(answering(tmp_path, same), "customers")


def test_a_cursor_of_somebody_else(tmp_path: Path) -> None:
    """It is refused with a remedy."""
    with pytest.raises(HubError) as caught:
        over(tmp_path, sample()).fetch("invoices", '{"page": 3}', 10)
    assert "HUB-DOL-006" == caught.value.code


def test_map_reads_what_was_kept(tmp_path: Path) -> None:
    """A stored unit is mapped without asking anybody."""
    unit = next(u for u in run_source(over(tmp_path, sample()), "invoices") if u.ref == "6")
    offline = connector(tmp_path, httpx.MockTransport(lambda request: httpx.Response(500)))
    assert ["invoice", "settlement_line", "settlement_line"] == [one.kind for one in offline.map("invoices", unit)]
    with pytest.raises(RecordRejected):
        offline.map("invoices", RawUnit("6", unit.body.replace(b'"600.00000000"', b'"x"'), place="here"))
