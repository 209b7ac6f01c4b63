"""Every sample is read with the totals that its source states, or held with a place and a remedy."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.plugins.bank_statements.golden import golden_of, samples, understood
from tests.unit.plugins.bank_statements.made import OWN, SHARED

#: Sample of others -> (received, left) in minor units by currency, codes of what is held. The figures were added up by
#: hand from the files; PROVENANCE.md names their faults.
EXPECTED: dict[str, tuple[dict[str, tuple[int, int]], list[str]]] = {
    "cfonb120/simple-test.txt": ({}, []),
    "cfonb120/complex-test.txt": ({"EUR": (0, 2279 + 2011 + 500000 + 11775 + 5025)}, []),
    "cfonb120/test-unused-parts.txt": ({}, []),
    "cfonb120/operation.txt": ({}, ["HUB-BANK-023"]),
    "cfonb120/operation_already_defined.txt": ({}, ["HUB-BANK-023"]),
    "cfonb120/invalid_date.txt": ({}, ["HUB-BANK-027", "HUB-BANK-023"]),
    "camt/camt052.v2.xml": ({}, ["HUB-BANK-004"]),
    "camt/camt053.v2.minimal.xml": ({}, ["HUB-BANK-022"]),
    "camt/camt053.v2.multi.statement.xml": ({"EUR": (885, 700)}, []),
    "camt/camt053.v2.with-party-ids.xml": ({}, ["HUB-BANK-022"]),
    "camt/camt053.v4.xml": ({}, ["HUB-BANK-022"]),
    "camt/camt053.v8.xml": ({}, ["HUB-BANK-022"]),
    "camt/camt053_duplicate_same_day.xml": ({"EUR": (0, 900)}, []),
    "camt/camt053_garbled_amount.xml": ({}, ["HUB-BANK-030"]),
    "camt/camt054.v4.xml": ({}, []),
    "camt/statement_ac04.xml": ({"EUR": (248050, 0)}, ["HUB-BANK-032"]),
    "mt940/abnamro.sta": ({}, ["HUB-BANK-020", "HUB-BANK-020"]),
    "mt940/citi.txt": ({"USD": (0, 21239 + 36928 + 56108)}, []),
    "mt940/cmxl.sta": ({"EUR": (300000, 80000), "PLN": (2004000, 1000000)}, ["HUB-BANK-027"]),
    "mt940/february_30.sta": ({"EUR": (0, 600)}, []),
    "mt940/generic.sta": ({"EUR": (0, 2000)}, []),
    "mt940/ing.sta": ({}, ["HUB-BANK-020"]),
    "mt940/multiline.sta": ({"EUR": (0, 500)}, ["HUB-BANK-023"]),
    "mt940/overly_long_details.sta": ({}, ["HUB-BANK-020"]),
    "mt940/rabobank-iban.sta": ({"EUR": (0, 7000)}, []),
    "mt940/sepa_snippet.sta": ({"EUR": (5099005 + 2 * 15455193, 150000)}, ["HUB-BANK-020"]),
    "mt940/triodos.sta": ({}, ["HUB-BANK-020"]),
    "ofx/bank_medium.ofx": ({"CAD": (0, 660 + 31667 + 2200)}, []),
    "ofx/checking.ofx": ({"USD": (1, 3451 + 2500)}, []),
    "ofx/decimal_error.ofx": ({}, ["HUB-BANK-030"]),
    "ofx/error_message.ofx": ({}, ["HUB-BANK-013"]),
    "ofx/multiple_accounts.ofx": ({}, []),
    "ofx/ofx-v102-empty-tags.ofx": ({}, ["HUB-BANK-033"]),
    "ofx/suncorp.ofx": ({"AUD": (0, 1685)}, []),
}


@pytest.mark.parametrize("file", samples(), ids=lambda file: file.name)
def test_a_sample_gives_what_it_gave(file: Path) -> None:
    """Units, refs, records and refusals of each sample are kept as JSON with readable differences."""
    assert json.loads(golden_of(file).read_text(encoding="utf-8")) == understood(file)


@pytest.mark.skipif(not SHARED.is_dir(), reason=f"{SHARED} is not there: samples of others are not read")
@pytest.mark.parametrize("name", EXPECTED)
def test_a_sample_of_others_has_its_totals(name: str) -> None:
    """Money received and money that left agree with the file; a faulty one is held by a known code, with its place."""
    totals, codes = EXPECTED[name]
    told = understood(SHARED / name)
    found: dict[str, list[int]] = {}
    for unit in told["units"]:
        for record in unit.get("records", ()):
            if record["kind"] == "bank_statement":
                continue
            side = found.setdefault(record["currency"], [0, 0])
            side[record["kind"] == "disbursement"] += record["amount_minor"]
    held = [unit["held"] for unit in told["units"] if "held" in unit]
    assert totals == {currency: tuple(pair) for currency, pair in found.items()}
    assert codes == [one["code"] for one in held]
    assert all(one["where"].startswith(Path(name).name) for one in held)


def test_every_sample_of_others_has_totals() -> None:
    """No sample is forgotten."""
    if not SHARED.is_dir():
        pytest.skip(f"{SHARED} is not there: samples of others are not read")
    here = {f"{file.parent.name}/{file.name}" for file in samples() if file.parent != OWN}
    assert here == set(EXPECTED)
