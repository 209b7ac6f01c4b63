"""Fuzz the reader of tables: `python -m tests.fuzz.csv --seconds 600`.

An input is a file: its first byte chooses the kind of table, its second the name (plain, gzip, ZIP, spreadsheet), the
rest is the content. Every input must give records that are valid and refusals with words (`survive`), the same units in
pages of any size and the same records from stored bodies. With atheris its coverage leads; without it (``--plain``) a
seeded mutator of our own works on the kept corpus, `tests/fuzz/corpus/csv/`. An input that breaks a promise is written
there, its path is printed and the exit status is 1.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import random
import sys
import tempfile
import time
import traceback
from pathlib import Path

from hub.plugins.csv import CsvConfig
from hub.plugins.csv.config import STREAMS
from hub.plugins.csv.source import CsvSource
from hub.sdk import HubError, RawUnit
from hub.sdk.columns import validate_columns
from hub.sdk.testing import make_context

CORPUS = Path(__file__).parent / "corpus" / "csv"
#: Longest input: the reader's own size limits are tested apart, and small inputs find more.
MAX_BYTES = 4_000
MAX_SECONDS = 10.0
NAMES = ("t.csv", "t.csv.gz", "t.zip", "t.xlsx", "t.ods", "t.xls", "t.csv", "t.csv")
TOKENS = [
    *(b";", b"\t", b",", b"|", b'"', b'""', b"\n", b"\r\n", b"\r", b"\x00", b"\x1f", b"\x1e", b"=", b"Total"),
    *(b"\xef\xbb\xbf", b"\xff\xfe", b"\xe9", b"\xc3\xa9", b"\x82", b"\xc2\xa0", b"\xe2\x80\xa8", b"1E+5", b"-", b"( )"),
    *(
        b"1.234",
        b"1,23",
        b"12/31/2026",
        b"31/12/2026",
        b"20261231",
        b"311226",
        b"46000",
        b"EUR",
        b"JPY",
        b"avoir",
        b"C",
    ),
    *(b"number", b"debtor_id", b"issued_on", b"total", b"open_amount", b"received_on", b"amount", b"9" * 30),
]
HEADERS = {
    "debtors": b"debtor_id;name;iban;currency;credit_limit",
    "invoices": b"number;debtor_id;debtor_name;issued_on;due_on;total;open_amount;type;currency",
    "instalments": b"invoice_number;due_on;amount",
    "receipts": b"receipt_id;received_on;amount;remittance;original_amount;original_currency",
    "payouts": b"payout_id;charge_id;gross;fee;net",
    "settlements": b"invoice_number;type;receipt_id;settled_on;amount",
    "control_totals": b"debtor_id;balance_on;balance;currency",
    "remittances": b"remittance_id;dated_on;invoice_number;type;amount;debtor_id",
}


def survive(data: bytes, folder: Path) -> None:
    """Read one input in every way; AssertionError or anything but a HubError is a broken promise."""
    if len(data) < 2:
        return
    stream = STREAMS[data[0] % len(STREAMS)]
    path = folder / NAMES[data[1] % len(NAMES)]
    path.write_bytes(data[2:])
    start = time.process_time()
    try:
        whole = _units(path, stream, 5_000)
    except HubError as error:
        _has_words(error)
        return
    finally:
        assert time.process_time() - start < MAX_SECONDS, f"{time.process_time() - start:.1f} s"
    for limit in (1, 3):
        assert whole == _units(path, stream, limit), f"other units in pages of {limit}"
    source = _source(path, stream)
    stored = source.map_page(stream, [unit for unit in whole if unit.rejected is None])
    for columns in stored.columns:
        _, faults = validate_columns(columns.kind, len(columns.unit), columns.values)
        assert not faults, f"{columns.kind}: {faults}"
    dict(source.describe(str(path)))


def _source(path: Path, stream: str) -> CsvSource:
    return CsvSource(CsvConfig.model_validate({"plugin": "csv", stream: path}), make_context(path.parent))


def _units(path: Path, stream: str, limit: int) -> list[RawUnit]:
    source, cursor, units = _source(path, stream), None, []
    while True:
        page = source.fetch(stream, cursor, limit)
        found = list(page.units)
        assert len(found) <= limit
        mapped = source.map_page(stream, page.units)
        for refusal in mapped.rejected.values():
            _has_words(refusal)
        for unit in found:
            assert unit.ref
            assert unit.place
            unit.layout.encode()
        units += [RawUnit(u.ref, u.body, u.layout, u.place, None, u.lines) for u in found if u.rejected is None]
        assert page.cursor != cursor, "the run never ends"
        cursor = page.cursor
        if page.last:
            return units


def _has_words(error: HubError) -> None:
    assert error.code.startswith("HUB-"), error
    assert error.what, error.code
    assert error.where, error.code
    assert error.mend, error.code


def mutated(data: bytes, rng: random.Random, pool: list[bytes]) -> bytes:
    """A neighbour of `data`: bytes changed, pieces moved, doubled, lost, crossed with another input."""
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 3, 8))):
        at = rng.randrange(len(out) + 1)
        end = min(len(out), at + rng.choice((1, 1, 2, 6, 20, 80)))
        match rng.randrange(6):
            case 0:
                out[at:end] = bytes(rng.randrange(256) for _ in range(end - at))
            case 1 | 2:
                out[at:at] = rng.choice(TOKENS)
            case 3:
                del out[at:end]
            case 4:
                out[at:at] = out[at:end] * rng.choice((1, 2, 30))
            case _:
                other = rng.choice(pool)
                out[at:] = other[rng.randrange(len(other) + 1) :]
    return bytes(out[:MAX_BYTES])


def seeds() -> list[bytes]:
    """The kept corpus, and a header of each kind."""
    kept = [path.read_bytes() for path in sorted(CORPUS.glob("*.bin"))]
    return kept + [bytes([at, 0]) + HEADERS[stream] + b"\n" for at, stream in enumerate(STREAMS)]


def keep(data: bytes) -> Path:
    """Store an input that broke a promise."""
    CORPUS.mkdir(parents=True, exist_ok=True)
    path = CORPUS / f"broke-{hashlib.sha256(data).hexdigest()[:12]}.bin"
    path.write_bytes(data)
    return path


def run_plain(seconds: float, seed: int, folder: Path) -> int:
    """Mutate the corpus until the time is over; the number of inputs, or -1 after a broken promise."""
    rng, pool, count = random.Random(seed), seeds(), 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        data = pool[count] if count < len(pool) else mutated(rng.choice(pool), rng, pool)
        try:
            survive(data, folder)
        except Exception:
            traceback.print_exc()
            print(f"kept as {keep(data)}")
            return -1
        count += 1
    return count


def run_atheris(seconds: float, folder: Path) -> None:
    """Let atheris lead; it ends the process itself."""
    import atheris

    def one(data: bytes) -> None:
        try:
            survive(data, folder)
        except Exception:
            print(f"kept as {keep(data)}")
            raise

    corpus = folder / "corpus"
    corpus.mkdir()
    for data in seeds():
        (corpus / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
    # Only the reader is instrumented: following pydantic and hypothesis would cost nine tenths of the runs.
    for name in [name for name in sys.modules if name.startswith("hub.plugins.csv")]:
        del sys.modules[name]
    with atheris.instrument_imports(include=["hub.plugins.csv"]):
        config = importlib.import_module("hub.plugins.csv.config")
        reader = importlib.import_module("hub.plugins.csv.source")
    globals().update(CsvConfig=config.CsvConfig, CsvSource=reader.CsvSource)
    limits = [f"-max_total_time={int(seconds)}", f"-max_len={MAX_BYTES}", "-timeout=15", "-rss_limit_mb=1024"]
    atheris.Setup([sys.argv[0], str(corpus), *limits], one)
    atheris.Fuzz()


def main() -> int:
    """Fuzz, and say how many inputs survived."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--plain", action="store_true", help="our own mutator, without atheris")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        if not asked.plain:
            try:
                run_atheris(asked.seconds, Path(name))
            except ImportError:
                print("atheris is not installed: using the plain mutator")
        count = run_plain(asked.seconds, asked.seed, Path(name))
    print(f"{count} inputs, seed {asked.seed}: " + ("a promise is broken" if count < 0 else "all survived"))
    return 1 if count < 0 else 0


if __name__ == "__main__":
    raise SystemExit(main())
