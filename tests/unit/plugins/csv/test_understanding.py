"""Headers, settings, mapping rules and what is said of a file."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError

from hub.plugins.csv import CsvConfig, hub_register
from hub.plugins.csv.dates import form_of, read_date, told_form
from hub.plugins.csv.faults import FAULTS
from hub.plugins.csv.headers import check, fold, resolve
from hub.plugins.csv.sniff import decimal_mark
from hub.plugins.csv.source import CsvSource
from hub.plugins.csv.vocabulary import FIELDS, REQUIRED
from hub.sdk import ConnectorConfig, Registry, SourceUnavailable
from hub.sdk.records import KINDS
from hub.sdk.roles import BulkMap, FileCheck, Prepares, RecordSource
from tests.unit.plugins.csv.tables import REPO, read, source_of


def test_it_is_registered() -> None:
    """Under its name, with its roles and the settings that its mapping depends on."""
    registry = Registry()
    hub_register(registry)
    connector = registry.get("csv")
    assert [RecordSource, BulkMap, FileCheck, Prepares] == list(connector.roles)
    assert set(connector.mapping_fields) <= set(CsvConfig.model_fields)


def test_roles_are_played(tmp_path: Path) -> None:
    """The object has what its roles ask for."""
    source = source_of(tmp_path, invoices=tmp_path / "x.csv")
    assert isinstance(source, RecordSource)
    assert isinstance(source, BulkMap)
    assert isinstance(source, FileCheck)
    assert ["invoices"] == [stream.name for stream in source.streams()]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"columns": {"invoice": {}}}, "did you mean 'invoices'"),
        ({"columns": {"invoices": {"numbr": "x"}}}, "did you mean 'number'"),
        ({"encoding": "utf-16"}, "line by line"),
        ({"encoding": "klingon"}, "no known encoding"),
        ({"currency": "FRF"}, "ISO 4217"),
        ({"date_format": "soon"}, "dd/mm/yyyy"),
        ({"delimiter": "::"}, "delimiter"),
        ({"mode": "maybe"}, "mode"),
    ],
)
def test_settings_are_checked(settings: dict[str, object], said: str) -> None:
    """Before anything is read, with the nearest name."""
    with pytest.raises(ValidationError, match=said):
        CsvConfig(plugin="csv", **settings)  # type: ignore[arg-type]


def test_canonical_names_are_understood() -> None:
    """Every canonical name finds its own field, in every kind."""
    for kind, fields in FIELDS.items():
        assert {name: at for at, name in enumerate(fields)} == resolve(kind, list(fields), {})
        for choices in REQUIRED[kind]:
            assert all(part in fields for choice in choices for part in choice.split("+"))


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("N° Facture", "number"), ("Numéro de pièce", "number"), ("REF. FACTURE", "number"), ("Pièce", "number"),
        ("Date de pièce", "issued_on"), ("Date d’émission", "issued_on"), ("ÉCHÉANCE", "due_on"), ("Échu le", "due_on"),
        ("CompAuxNum", "debtor_id"), ("N° compte tiers", "debtor_id"), ("Raison sociale", "debtor_name"),
        ("Montant H.T.", "total_excl_tax"), ("T.V.A.", "tax"), ("Net à payer", "total"), ("Reste dû", "open_amount"),
        ("Solde", "open_amount"), ("Réglé", "paid"), ("TVA intracommunautaire", "vat_number"), ("Courriel", "email"),
    ],
)  # fmt: skip
def test_french_headers(header: str, name: str) -> None:
    """The synonyms of formats.md §7, however they are typed."""
    assert {name: 0} == resolve("invoices", [header], {})


def test_better_synonyms_win() -> None:
    """`Référence` is the number only when nothing better is there; `[columns]` beats all."""
    assert {"number": 1} == resolve("invoices", ["Référence", "N° facture"], {})
    assert 0 == resolve("invoices", ["Référence", "N° facture"], {"number": "reference"})["number"]

    assert {"number": 1} == resolve("invoices", ["Référence", "Numéro"], {})


def test_small_words_of_a_header_do_not_count() -> None:
    """Programs write `Date du document` or `Date document`; of one field, the better word counts."""
    told = ["Numéro du document", "Date du document", "Montant net à payer", "Date facturation", "Référence"]
    assert {"number": 0, "issued_on": 3, "total": 2} == resolve("invoices", told, {})
    assert {"issued_on": 0, "due_on": 2} == resolve("invoices", ["Date document", "Date du doc", "Date échéance"], {})
    assert {"due_on": 1} == resolve("invoices", ["Dates", "Date de l’échéance"], {})
    assert {"remittance": 0} == resolve("receipts", ["Libellé de l'opération"], {})
    assert {} == resolve("receipts", ["De la", "Des"], {})


def test_the_nearest_headers_are_named() -> None:
    """A person sees which header was probably meant."""
    with pytest.raises(Exception, match=r"HUB-CSV-001.*number.*nearest: 'nummber'"):
        check("invoices", ["nummber", "debtor_id", "issued_on", "total"], {}, "f.csv")


def test_fold() -> None:
    """Case, accents, ligatures, dots, degrees and blanks do not count."""
    assert "nfacture" == fold(" N° Facture ") == fold("No. facture") == fold("NUMÉRO DE FACTURE")
    assert "coeur" == fold("Cœur")


@pytest.mark.parametrize(
    ("texts", "form"),
    [
        (["13/01/2026", "02/03/2026"], "dmy"),
        (["01/13/2026", "02/03/2026"], "mdy"),
        (["01/02/2026"], "open"),
        (["13/01/2026", "01/13/2026"], None),
        (["2026-01-13"], ""),
        (["20260113"], ""),
        ([], ""),
        (["130126"], None),
        (["310199"], "ddmmyy"),
        (["991231"], "yymmdd"),
    ],
)
def test_forms_of_dates(texts: list[str], form: str | None) -> None:
    """What a column proves, leaves open, or contradicts."""
    assert form == form_of(texts)[0]


def test_told_forms() -> None:
    """Settings as people write them."""
    forms = {
        "dd/mm/yyyy": "dmy", "jj/mm/aaaa": "dmy", "%m/%d/%Y": "mdy", "mm-dd-yy": "mdy", "ddmmyy": "ddmmyy",
        "yymmdd": "yymmdd", "%y%m%d": "yymmdd", "yyyy-mm-dd": "dmy",
    }  # fmt: skip
    assert forms == {told: told_form(told) for told in forms}
    assert "2026-12-31" == read_date("12/31/2026", "mdy")
    assert read_date("31/12/2026", "mdy") is None
    assert ("1999-12-31", "2026-01-02") == (read_date("311299", "ddmmyy"), read_date("260102", "yymmdd"))


@pytest.mark.parametrize(
    ("text", "mark"),
    [("1,5", ","), ("1.5", "."), ("1.234", "?"), ("1,234", "?"), ("1.234,5", ","), ("1,234.5", "."), ("12", ""),
     ("1.234.567", ","), ("0.125", "."), ("1234.567", "."), ("abc", ""), ("1 234,56 €", ","), ("12.34.5", "")],
)  # fmt: skip
def test_decimal_marks(text: str, mark: str) -> None:
    """What one amount proves of its column."""
    assert mark == decimal_mark(text)


def test_what_the_books_say_is_settled(tmp_path: Path) -> None:
    """Total less open amount, also when that is nothing; an empty cell is no word; the day if one is given."""
    head = "number;debtor_id;issued_on;total;open_amount;paid_on\n"
    result = read(tmp_path, head + "A;C;13/01/2026;10,00;4,00;\nB;C;13/01/2026;10,00;10,00;\nD;C;13/01/2026;10,00;;\n"
                  "E;C;13/01/2026;10,00;0,00;20/01/2026\n")  # fmt: skip
    found = [(one.settled_minor, one.settled_on and one.settled_on.day) for one in result.of("invoice")]
    assert [(600, None), (0, None), (None, None), (1000, 20)] == found


def test_paid_column(tmp_path: Path) -> None:
    """`Montant réglé` says the same from the other side; the open amount goes before it."""
    head = "number;debtor_id;issued_on;Montant TTC;Montant réglé"
    result = read(tmp_path, head + "\nA;C;13/01/2026;10,00;4,00\n")
    assert [400] == [one.settled_minor for one in result.of("invoice")]
    result = read(tmp_path, head + ";Reste à payer\nA;C;13/01/2026;10,00;4,00;1,00\n")
    assert [900] == [one.settled_minor for one in result.of("invoice")]


def test_a_ledger_of_debits_and_credits(tmp_path: Path) -> None:
    """A debit is an invoice, a credit a credit note; Sens says the same with one amount."""
    result = read(tmp_path, "Pièce;Tiers;Date;Débit;Crédit\nA;C;13/01/2026;10,00;\nB;C;13/01/2026;;4,00\n")
    assert ["invoice", "credit_note"] == [one.kind for one in result.records]
    result = read(tmp_path, "Pièce;Tiers;Date;Montant;Sens\nA;C;13/01/2026;10,00;D\nB;C;13/01/2026;4,00;C\n")
    assert ["invoice", "credit_note"] == [one.kind for one in result.records]


def test_an_invoice_and_a_credit_note_may_share_a_number(tmp_path: Path) -> None:
    """Two units."""
    result = read(
        tmp_path, "number;debtor_id;issued_on;total;type;open_amount\n"
        "1;C;13/01/2026;10,00;FA;0\n1;C;13/01/2026;10,00;AV;0\n"
    )  # fmt: skip
    assert 2 == len({unit.ref for unit in result.units})


def test_stubs_are_given_once_a_page(tmp_path: Path) -> None:
    """With the first row that says it; another mention of the same debtor is another stub."""
    head = "number;debtor_id;debtor_name;siren;issued_on;total\n"
    body = "".join(f"F{i};C{i % 2};Nom {i % 2};123 456 789;13/01/2026;1,00\n" for i in range(6))
    result = read(tmp_path, head + body + "F9;C1;Autre nom;;13/01/2026;1,00\n")
    assert ["Nom 0", "Nom 1", "Autre nom"] == [one.name for one in result.of("debtor")]
    assert "123456789" == result.of("debtor")[0].siren


def test_a_name_serves_as_code(tmp_path: Path) -> None:
    """A list of invoices with nothing but the debtor's name."""
    result = read(tmp_path, "Facture;Client;Date;Montant TTC\nA;Dupont;13/01/2026;1,00\n")
    assert "Dupont" == result.of("invoice")[0].debtor_id


def test_sellers(tmp_path: Path) -> None:
    """Of the row, else of the setting, else MAIN; an empty cell is held unless the setting names a seller."""
    head = "number;seller;debtor_id;issued_on;total\nA;ACME;C;13/01/2026;1,00\nB;;C;13/01/2026;1,00\n"
    assert ["HUB-CSV-014"] == read(tmp_path, head).codes
    assert ["ACME", "X"] == [one.seller for one in read(tmp_path, head, seller="X").of("invoice")]
    plain = read(tmp_path, "number;debtor_id;issued_on;total\nA;C;13/01/2026;1,00\n")
    assert "MAIN" == plain.of("invoice")[0].seller


def test_currencies_decide_decimals(tmp_path: Path) -> None:
    """EUR, JPY and TND in one column."""
    head = "number;debtor_id;issued_on;total;currency\n"
    result = read(tmp_path, head + "A;C;13/01/2026;1,5;EUR\nB;C;13/01/2026;15;JPY\nD;C;13/01/2026;1,555;TND\n")
    assert [150, 15, 1555] == [one.total_minor for one in result.of("invoice")]


def test_receipts_with_letters_and_signs(tmp_path: Path) -> None:
    """A final C is money in, D money out; a negative amount is money out."""
    result = read(tmp_path, "Date;Montant\n31/01/2026;1,00 C\n31/01/2026;2,00 D\n31/01/2026;-3,00\n", "receipts")
    assert ["receipt", "disbursement", "disbursement"] == [one.kind for one in result.records]
    assert [100, 200, 300] == [one.amount_minor for one in result.records]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "table",
    [
        "Date de l'opération;Nom de la contrepartie;Montant;Devise\n31-01-2026;DURAND SARL;1,00;EUR\n",
        "Date operation;Contrepartie;Montant operation en euro\n31/01/2026;DURAND SARL;1,00\n",
        "Date de l'opération (UTC);Date de l'opération (locale);Montant total (TTC);Devise;Nom de la contrepartie\n"
        "30-01-2026 23:30:00;31-01-2026 00:30:00;1,00;EUR;DURAND SARL\n",
    ],
)
def test_exports_of_banks(tmp_path: Path, table: str) -> None:
    """The headers that banks put above what their site exports."""
    [one] = read(tmp_path, table, "receipts").of("receipt")
    assert (date(2026, 1, 31), 100, "DURAND SARL") == (one.received_on, one.amount_minor, one.payer_name)


@pytest.mark.parametrize(
    "table",
    [
        '="0001234";01/01/2026;31/01/2026;1;31/01/2026;1,00 EUR\n\n'
        "Date de l'opération;Libellé;Détail de l'écriture;Montant de l'opération;Devise\n"
        "31/01/2026;VIR RECU    4711;VIR RECU    4711S DE: DURAND SARL MOTIF: F12;1,00;EUR\n",
        "Date;Libellé;Montant(EUROS)\n31/01/2026;VIR RECU    4711S DE: DURAND SARL MOTIF: F12;1,00\n",
    ],
)
def test_the_whole_text_of_a_bank(tmp_path: Path, table: str) -> None:
    """Where a bank gives a short label and the whole text, the whole text counts."""
    [one] = read(tmp_path, table, "receipts").of("receipt")
    assert (date(2026, 1, 31), 100) == (one.received_on, one.amount_minor)
    assert "VIR RECU    4711S DE: DURAND SARL MOTIF: F12" == one.remittance


def test_a_reference_without_a_label_is_what_the_payer_wrote(tmp_path: Path) -> None:
    """Beside a label it is the bank's own; a bank that gives payer and reference gives no other text."""
    alone = "Date;Contrepartie;Montant;Référence\n31/01/2026;DURAND SARL;1,00;FACT 4711\n"
    [one] = read(tmp_path, alone, "receipts").of("receipt")
    assert ("FACT 4711", None) == (one.remittance, one.bank_ref)
    beside = "Date;Libellé;Montant;Référence\n31/01/2026;FACT 4711;1,00;0815\n"
    [one] = read(tmp_path, beside, "receipts").of("receipt")
    assert ("FACT 4711", "0815") == (one.remittance, one.bank_ref)


def test_receipts_have_the_seller_that_is_told(tmp_path: Path) -> None:
    """As invoices do: an export of a bank names none. Where none is told they may pay any seller's invoices."""
    table = "Date;Libellé;Montant\n31/01/2026;FACT 4711;1,00\n31/01/2026;FRAIS;-1,00\n"
    for told in ({}, {"seller": "ACME"}):
        result = read(tmp_path, table, "receipts", **told)
        assert {told.get("seller")} == {one.seller for one in (*result.of("receipt"), *result.of("disbursement"))}


def test_one_file_described(tmp_path: Path) -> None:
    """All that a person needs to confirm, as plain values."""
    path = tmp_path / "factures.csv"
    path.write_text("Titre\nN° facture;Code client;Date facture;Total TTC;Bidule\nA;C;13/01/2026;1,50;x\nB;C;?;1;x\n")
    found = source_of(tmp_path, invoices=path).describe(str(path))
    assert "utf-8" == found["encoding"]
    assert ";" == found["delimiter"]
    assert {"Total TTC": ","} == found["decimal_marks"]
    assert ["Bidule"] == found["ignored_headers"]
    assert "due_on" in found["fields_without_column"]
    assert (2, 2, 1) == (found["header_line"], found["rows"], found["held"])
    assert "2026-01-13" == found["first_records"][0]["issued_on"]
    assert "factures.csv:4:Date facture" in found["first_refusals"][0]
    with pytest.raises(SourceUnavailable):
        source_of(tmp_path, invoices=path).describe(str(tmp_path / "nope.csv"))


def test_a_stranger_described(tmp_path: Path) -> None:
    """A file of no stream is tried as each kind; one that fits none tells why."""
    path = tmp_path / "other.csv"
    path.write_text("receipt_id;received_on;amount\nR;13/01/2026;1,50\n")
    source = source_of(tmp_path, invoices=tmp_path / "nothing.csv")
    assert "receipts" == source.describe(str(path))["kind"]
    path.write_text("foo;bar\n1;2\n")
    assert "HUB-CSV-001" in source.describe(str(path))["refused"]


def test_codes_are_documented() -> None:
    """Each code has its place on the page of errors, with an example; the page knows no other."""
    page = (REPO / "docs" / "errors" / "csv.md").read_text(encoding="utf-8")
    assert set(FAULTS) == set(re.findall(r"^\| `(HUB-CSV-\d{3})`", page, re.MULTILINE))


def test_settings_are_documented() -> None:
    """Each setting and each canonical column stands on the connector's page."""
    page = (REPO / "docs" / "connectors" / "csv.md").read_text(encoding="utf-8")
    for name in CsvConfig.model_fields:
        if name not in ConnectorConfig.model_fields:  # those of every connector stand in docs/operating.md
            assert f"`{name}`" in page, name
    for kind, fields in FIELDS.items():
        for name in fields:
            assert f"`{name}`" in page, f"{kind}.{name}"


def test_kinds_of_records_are_in_loading_order(tmp_path: Path) -> None:
    """Whom first, then what."""
    path = tmp_path / "invoices.csv"
    path.write_text(
        "number;debtor_id;debtor_name;issued_on;total;open_amount\nA;C;N;13/01/2026;-1,00;0\nB;C;N;13/01/2026;1;0\n"
    )
    source: CsvSource = source_of(tmp_path, invoices=path)
    page = source.fetch("invoices", None, 10)
    kinds = [columns.kind for columns in source.map_page("invoices", page.units).columns]
    assert kinds == sorted(kinds, key=list(KINDS).index)
    assert date(2026, 1, 13) == source.map("invoices", page.units[0])[1].issued_on  # type: ignore[attr-defined]
