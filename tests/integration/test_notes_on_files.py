"""What a run says of files beside its counts: columns and files that are not read. It holds nothing up."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.core.sync import RunReport
from tests.support.hubs import counted, make_hub, sync

LEDGER = '[connector.ledger]\nplugin = "csv"\ninvoices = "in*.csv"\nmode = "snapshot"\nmissing = "withdrawn"\n'
HEAD = "number;debtor_id;issued_on;total"

pytestmark = pytest.mark.usefixtures("in_process")


def _told(report: RunReport) -> list[str]:
    return [sentence for stream in report.streams for sentence in stream.news]


def test_a_new_layout_is_told_once(tmp_path: Path) -> None:
    """Also in a snapshot, where a file left alone keeps rows from counting as missing: a sentence does not."""
    hub = make_hub(tmp_path, f"sqlite:///{tmp_path}/hub.db", LEDGER)
    rows = [f"F{n};C;{n % 28 + 1:02d}/09/2026;{n},00;x;y" for n in range(1, 30)]
    (tmp_path / "in1.csv").write_text("\n".join([f"{HEAD};Relance;Code APE", *rows]) + "\n")
    assert ["in1.csv (columns that are not read: Relance, Code APE)"] == _told(sync(hub, "ledger"))
    assert [] == _told(sync(hub, "ledger"))
    (tmp_path / "in1.csv").write_text("\n".join([f"{HEAD};Relance;Code APE", *rows[:-1]]) + "\n")
    report = sync(hub, "ledger")
    assert ([], 1) == (_told(report), counted(report)["missing"])
    (tmp_path / "in1.csv").write_text("\n".join([f"{HEAD};Relance;Escompte TTC", *rows[:-2]]) + "\n")
    report = sync(hub, "ledger")
    assert ["in1.csv (columns that are not read: Relance, Escompte TTC)"] == _told(report)
    assert 1 == counted(report)["missing"]


def test_what_is_read_whole_says_nothing(tmp_path: Path) -> None:
    """Columns without a header are no columns."""
    hub = make_hub(tmp_path, f"sqlite:///{tmp_path}/hub.db", LEDGER)
    (tmp_path / "in1.csv").write_text(f"{HEAD};;\nF1;C;01/09/2026;1,00;;\n")
    assert [] == _told(sync(hub, "ledger"))


def test_a_file_whose_capitals_differ_is_named(tmp_path: Path) -> None:
    """Old programs write EXPORT.CSV; the glob does not find it, and nobody would notice. It is named at each run."""
    hub = make_hub(tmp_path, f"sqlite:///{tmp_path}/hub.db", LEDGER.replace("in*.csv", "exports/in*.csv"))
    (tmp_path / "exports").mkdir()
    for name, number in (("in1.csv", 1), ("IN2.CSV", 2)):
        (tmp_path / "exports" / name).write_text(f"{HEAD}\nF{number};C;01/09/2026;1,00\n")
    said = ["IN2.CSV (left alone: its capitals are not those of in*.csv)"]
    assert (said, said) == (_told(sync(hub, "ledger")), _told(sync(hub, "ledger")))
    both = LEDGER.replace('"in*.csv"', '["exports/in*.csv", "exports/*.CSV"]')
    assert [] == _told(sync(make_hub(tmp_path, f"sqlite:///{tmp_path}/hub.db", both), "ledger"))


def test_a_copy_that_did_not_change_is_no_news(tmp_path: Path) -> None:
    """Browsers name downloads Export (1).csv: these brackets say nothing."""
    hub = make_hub(tmp_path, f"sqlite:///{tmp_path}/hub.db", LEDGER.replace('mode = "snapshot"\n', ""))
    (tmp_path / "in (1).csv").write_text(f"{HEAD}\nF1;C;01/09/2026;1,00\n")
    assert [] == _told(sync(hub, "ledger"))
    report = sync(hub, "ledger")
    assert (["in (1).csv"], []) == (report.streams[0].skipped, _told(report))
