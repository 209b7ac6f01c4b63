"""sage100 keeps every promise of RecordSource and ControlTotals, in both kinds of ledger."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import pytest

from hub.plugins.sage100 import Sage100
from hub.plugins.sage100.reader import Reader
from hub.sdk import ConfigError, HubError, KeySweep, Money, RecordSource, SourceAuthError, SourceUnavailable
from hub.sdk.records import Invoice
from hub.sdk.testing import ControlTotalsConformance, RecordSourceConformance, read_records, run_source
from tests.sage_company import SageBase, fill
from tests.support.sage import in_sage, source

PASSWORD = "canary-sage-4711"


def company(folder: Path, without: Sequence[str] = ()) -> SageBase:
    """A small company in `folder`, made once."""
    path = folder / "sage.db"
    known = path.exists()
    base = SageBase(f"sqlite:///{path}", without)
    if not known:
        fill(base, 150)
        shop(base)
    base.close()
    return base


def shop(base: SageBase) -> None:
    """Documents and payments of Gestion commerciale."""
    if "F_DOCENTETE" not in base.tables:
        return
    head = {"DO_Domaine": 0, "DO_Tiers": "C00001", "DO_Date": "2026-10-05"}
    base.add("F_DOCENTETE", [
        {**head, "DO_Type": 6, "DO_Piece": "FC001", "DO_TotalTTC": "1200.000000", "DO_TotalHTNet": "1000.000000"},
        {**head, "DO_Type": 7, "DO_Piece": "FC002", "DO_TotalTTC": "300.000000", "DO_TotalHTNet": "250.000000"},
        {**head, "DO_Type": 7, "DO_Piece": "FC003", "DO_TotalTTC": "90.000000", "DO_Provenance": 2},
        {**head, "DO_Type": 1, "DO_Piece": "BC001", "DO_TotalTTC": "777.000000"},
        {**head, "DO_Domaine": 1, "DO_Type": 6, "DO_Piece": "FF001", "DO_TotalTTC": "55.000000"},
    ])  # fmt: skip
    part = {"DO_Domaine": 0, "DO_Type": 6, "DO_Piece": "FC001"}
    base.add("F_DOCREGL", [
        {**part, "DR_No": 1, "DR_Date": "2026-11-05", "DR_Montant": "600.000000"},
        {**part, "DR_No": 2, "DR_Date": "2026-12-05", "DR_Montant": "0.000000", "DR_Equil": 1},
        {**part, "DR_No": 3, "DO_Type": 7, "DO_Piece": "FC002", "DR_Date": "2026-11-20", "DR_Montant": "300.000000"},
    ])  # fmt: skip
    paid = {"CT_NumPayeur": "C00001", "RG_Date": "2026-11-06", "N_Reglement": 2}
    base.add("F_CREGLEMENT", [
        {**paid, "RG_No": 51, "RG_Montant": "650.000000", "RG_Libelle": "VIR FC001", "RG_Piece": "R51"},
        {**paid, "RG_No": 52, "RG_Montant": "40.000000", "RG_Type": 1},
        {**paid, "RG_No": 53, "RG_Montant": "20.000000", "RG_TypeReg": 2},
    ])  # fmt: skip
    base.add("F_REGLECH", [{**part, "RG_No": 51, "DR_No": 1, "RC_Montant": "600.000000"}])


def failing(base: SageBase, folder: Path, url: str) -> Sage100:
    """The connector with another address."""
    return source(base, folder, url=url, password=PASSWORD, timeout_s=5)


class TestAccounting(RecordSourceConformance):
    """Entries of Comptabilité."""

    small_pages_units = 60

    def make_source(self, tmp_path: Path) -> RecordSource:
        return source(company(tmp_path), tmp_path)

    def make_source_with_bad(self, tmp_path: Path) -> RecordSource:
        base = company(tmp_path)
        base.change("F_ECRITUREC", {"EC_No": 3}, silent=True, EC_Jour=31, JM_Date="2026-02-01")
        base.close()
        return source(base, tmp_path)

    def failures(self, tmp_path: Path) -> Iterable[tuple[RecordSource, type[HubError]]]:
        base = company(tmp_path)
        yield source(base, tmp_path, url=f"sqlite:///{tmp_path}/nowhere/sage.db"), SourceUnavailable
        yield failing(base, tmp_path, "nosuch+driver://u@h/d"), ConfigError
        other = SageBase(f"sqlite:///{tmp_path / 'other.db'}", without=["F_ECRITUREC"])
        other.close()
        yield source(other, tmp_path), ConfigError
        old = SageBase(f"sqlite:///{tmp_path / 'old.db'}", without=["F_ECRITUREC.EC_RefPiece"])
        old.close()
        yield source(old, tmp_path), ConfigError

    def secrets(self) -> Sequence[str]:
        return [PASSWORD]


class TestCommercial(RecordSourceConformance):
    """Documents and payments of Gestion commerciale: a credit note, an order and a purchase are no invoice."""

    expected_total = Money(minor=150_000, currency="EUR")
    total_kind = "invoice"

    def make_source(self, tmp_path: Path) -> RecordSource:
        return source(company(tmp_path), tmp_path, ledger="commercial")

    def make_source_with_bad(self, tmp_path: Path) -> RecordSource:
        base = company(tmp_path)
        base.change("F_DOCENTETE", {"DO_Piece": "FC002"}, silent=True, DO_Date="1753-01-01")
        base.close()
        return source(base, tmp_path, ledger="commercial")


class TestBalances(ControlTotalsConformance):
    """Debits less credits."""

    on = date(2026, 11, 30)

    def make_source(self, tmp_path: Path) -> Sage100:
        return source(company(tmp_path), tmp_path)


def test_a_balance_knows_its_day(tmp_path: Path) -> None:
    """The accounting date is the month's first day plus EC_Jour − 1, not EC_Date: the next day's lines are left out."""
    base = company(tmp_path)
    base.add("F_ECRITUREC", [
        {"EC_No": 5_000 + day, "JO_Num": "VE", "JM_Date": "2026-12-01", "EC_Jour": day, "EC_Date": "2026-01-01",
         "CG_Num": "41100000", "CT_Num": "C00001", "EC_Montant": "1.000000"}
        for day in (9, 10, 11)
    ])  # fmt: skip
    balances = [in_sage(base, tmp_path, date(2026, 12, day))["C00001"] for day in (8, 10, 11)]
    assert [200, 100] == [balances[1] - balances[0], balances[2] - balances[1]]
    base.close()


@pytest.mark.parametrize("ledger", ["accounting", "commercial"])
def test_the_sweep_lists_exactly_what_is_read(tmp_path: Path, ledger: str) -> None:
    """Every ref that a complete run gives, each once, and no other."""
    made = source(company(tmp_path), tmp_path, ledger=ledger)
    assert isinstance(made, KeySweep)
    for stream in made.streams():
        assert stream.swept
        read = [unit.ref for unit in run_source(made, stream.name)]
        assert sorted(read) == sorted(made.sweep(stream.name))


def test_columns_that_an_older_version_lacks_are_done_without(tmp_path: Path) -> None:
    """An old Sage without tax numbers, currencies or references is read all the same."""
    absent = ["F_COMPTET.CT_Siret", "F_COMPTET.N_Risque", "F_ECRITUREC.EC_Reference", "F_ECRITUREC.N_Devise",
              "F_ECRITUREC.EC_Devise", "P_DOSSIER.D_DebutExo02"]  # fmt: skip
    made = source(company(tmp_path, absent), tmp_path)
    for stream in made.streams():
        units = run_source(made, stream.name)
        assert units
        assert {} == made.map_page(stream.name, units).rejected


def test_only_select_is_ever_sent(tmp_path: Path) -> None:
    """Whatever the connector is asked for, every statement on the wire begins with SELECT and holds no second one."""
    import sqlalchemy as sa

    made = source(base := company(tmp_path), tmp_path)
    sent: list[str] = []
    engine = made._database.engine
    sa.event.listen(engine, "before_cursor_execute", lambda *seen: sent.append(seen[2]))
    for stream in made.streams():
        cursor = None
        for _ in range(2):  # a first run and an incremental one
            page = made.fetch(stream.name, cursor, 5_000)
            assert page.last
            cursor = page.cursor
            base.change("F_ECRITUREC", {"EC_No": 1}, EC_Intitule=f"x{len(sent)}")
            base.change("F_COMPTET", {"CT_Num": "C00001"}, CT_Ville=f"x{len(sent)}")
        assert list(made.sweep(stream.name))
    assert list(made.control_totals(date(2026, 11, 30)))
    assert len(sent) > 20
    assert {"SELECT"} == {statement.split()[0] for statement in sent}
    assert not [statement for statement in sent if ";" in statement]
    base.close()


def test_anything_but_select_is_stopped(tmp_path: Path) -> None:
    """The gate before the wire holds for statements that this connector would never write."""
    import sqlalchemy as sa

    made = source(base := company(tmp_path), tmp_path)
    for statement in ("UPDATE F_COMPTET SET CT_Num = 'x'", "SELECT 1; DELETE FROM F_COMPTET", "EXEC sp_who"):
        with pytest.raises(HubError, match="HUB-SAGE-019"), made._database.engine.connect() as connection:
            connection.execute(sa.text(statement))
    assert 0 == base.value("SELECT COUNT(*) FROM F_COMPTET WHERE CT_Num = 'x'")
    base.close()


def test_a_cursor_of_another_connector_is_refused(tmp_path: Path) -> None:
    """Words instead of a guess."""
    with pytest.raises(ConfigError, match="HUB-SAGE-008"):
        source(company(tmp_path), tmp_path).fetch("sales", '{"v": 7}', 10)


def test_a_password_in_the_url_is_refused() -> None:
    """It belongs into the environment."""
    from pydantic import ValidationError

    from hub.plugins.sage100 import Sage100Config

    with pytest.raises(ValidationError, match="take the password out"):
        Sage100Config(plugin="sage100", url="mssql+pytds://u:canary@h/d", seller="S")


def test_a_batch_label_is_held_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A number shared by very many lines is no invoice number: one held unit that stands for all of them."""
    import hub.plugins.sage100.reader as reader

    monkeypatch.setattr(reader, "MOST_ROWS", 3)
    base = company(tmp_path)
    base.add("F_ECRITUREC", [
        {"EC_No": 6_000 + n, "JO_Num": "VE", "JM_Date": "2026-12-01", "EC_Jour": 1, "EC_RefPiece": "VE  0123",
         "CG_Num": "41100000", "CT_Num": "C00001", "EC_Montant": "1.000000"}
        for n in range(4)
    ])  # fmt: skip
    held = [unit for unit in run_source(source(base, tmp_path), "sales") if unit.rejected]
    assert [("HUB-SAGE-024", 4)] == [(unit.rejected.code, unit.lines) for unit in held if unit.rejected]
    base.close()
    assert Reader is reader.Reader


def test_a_label_that_looks_like_json(tmp_path: Path) -> None:
    """The rows of a page are written together and cut apart: what a text says is no cut."""
    base = company(tmp_path)
    odd = 'x"]],[["y'
    base.add("F_ECRITUREC", [
        {"EC_No": 6_000 + n, "JO_Num": "VE", "JM_Date": "2026-12-01", "EC_Jour": 1, "EC_RefPiece": f"ODD{n}",
         "CG_Num": "41100000", "CT_Num": "C00001", "EC_Montant": "1.000000", "EC_Intitule": text}
        for n, text in enumerate(["plain", "]],[[", odd])
    ])  # fmt: skip
    found = [record for one in read_records(source(base, tmp_path)) for record in one.records]
    labels = {record.label for record in found if isinstance(record, Invoice) and record.number.startswith("ODD")}
    assert {"plain", "]],[[", odd} == labels
    base.close()


class TestServer:
    """Against sockets that behave badly, through python-tds."""

    def url(self, port: int) -> str:
        pytest.importorskip("pytds", reason="the extra `sage100` is not installed")
        return f"mssql+pytds://reader@127.0.0.1:{port}/BIJOU"

    def test_nobody_listens(self, tmp_path: Path) -> None:
        """A closed port: out of reach, with what to check."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        made = failing(company(tmp_path), tmp_path, self.url(port))
        with pytest.raises(SourceUnavailable) as caught:
            made.fetch("sales", None, 10)
        assert caught.value.code in ("HUB-SAGE-001", "HUB-SAGE-002")
        assert PASSWORD not in str(caught.value)

    def test_a_silent_server(self, tmp_path: Path) -> None:
        """A server that takes the connection and says nothing: given up after the time allowed."""
        with socket.create_server(("127.0.0.1", 0)) as server:
            made = failing(company(tmp_path), tmp_path, self.url(server.getsockname()[1]))
            with pytest.raises(SourceUnavailable, match="HUB-SAGE-002"):
                made.fetch("sales", None, 10)

    def test_a_refused_login(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """SQL Server's error 18456, as the driver tells it: the operator must act."""
        pytds = pytest.importorskip("pytds", reason="the extra `sage100` is not installed")

        def refuse(*_: object, **__: object) -> None:
            raise pytds.LoginError("Login failed for user 'reader'.")

        monkeypatch.setattr(pytds, "connect", refuse)
        made = failing(company(tmp_path), tmp_path, self.url(1433))
        with pytest.raises(SourceAuthError, match=r"HUB-SAGE-003.*grant_read_only"):
            made.fetch("sales", None, 10)
