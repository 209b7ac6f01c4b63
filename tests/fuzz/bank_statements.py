"""Fuzz the statement readers: `python -m tests.fuzz.bank_statements --seconds 600`.

Every input must give units or refusals with words, under no settings and under the most permissive ones (`survive`).
With atheris the readers are instrumented and its coverage leads; without it (``--plain``) a seeded mutator of our own
works on the kept corpus, `tests/fuzz/corpus/bank_statements/`: the smallest samples of each format and every input that
once broke a reader. An input that breaks a promise is written there, its path is printed and the exit status is 1.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import shutil
import sys
import tempfile
import time
import traceback
from pathlib import Path

CORPUS = Path(__file__).parent / "corpus" / "bank_statements"
#: Longest input: the readers' own size limits are tested apart, and small inputs find more.
MAX_BYTES = 20_000
TOKENS = [
    *(b"01", b"04", b"05", b"07", b"{", b"}", b"EUR2", b"LIB", b"LC2", b"MMO"),
    *(
        b":20:",
        b":25:",
        b":28C:",
        b":60F:",
        b":60M:",
        b":61:",
        b":62F:",
        b":62M:",
        b":86:",
        b"\n-\n",
        b"?20",
        b"//",
        b"RC",
    ),
    *(b"<Ntry>", b"</Ntry>", b"<Stmt>", b"</Stmt>", b"<TxDtls>", b"</TxDtls>", b"<Amt Ccy='EUR'>", b"OPBD", b"ITBD"),
    *(b"<STMTTRN>", b"</STMTTRN>", b"<TRNAMT>", b"<FITID>", b"<STMTRS>", b"</STMTRS>", b"<LEDGERBAL>", b"<![CDATA["),
    *(
        b"!Type:Bank\n",
        b"^\n",
        b"D",
        b"T",
        b"\x00",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"&#0;",
        b"<!DOCTYPE",
        b"\r",
        b"9" * 30,
    ),
]


def mutated(data: bytes, rng: random.Random, pool: list[bytes]) -> bytes:
    """A neighbour of `data`: bytes changed, pieces moved, doubled, lost, crossed with another input."""
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 3, 8))):
        at = rng.randrange(len(out) + 1)
        end = min(len(out), at + rng.choice((1, 1, 2, 6, 14, 120, 121)))
        match rng.randrange(7):
            case 0:
                out[at:end] = bytes(rng.randrange(256) for _ in range(end - at))
            case 1:
                out[at:at] = rng.choice(TOKENS)
            case 2:
                del out[at:end]
            case 3:
                out[at:at] = out[at:end] * rng.choice((1, 2, 30))
            case 4 if out:
                out[at % len(out)] ^= 1 << rng.randrange(8)
            case 5:
                other = rng.choice(pool)
                cut = rng.randrange(len(other) + 1)
                out[at:] = other[cut : cut + MAX_BYTES]
            case _:
                lines = bytes(out).split(b"\n")
                rng.shuffle(lines) if rng.random() < 0.2 else lines.insert(
                    rng.randrange(len(lines) + 1), rng.choice(lines)
                )
                out = bytearray(b"\n".join(lines))
    return bytes(out[:MAX_BYTES])


class Target:
    """One input at a time, in one scratch folder."""

    def __init__(self, scratch: Path) -> None:
        from tests.unit.plugins.bank_statements.survive import OPEN, PLAIN, outcome

        self._folder, self._settings, self._outcome = scratch / "in", (PLAIN, OPEN), outcome
        self.tried = 0

    def __call__(self, data: bytes) -> None:
        """Try `data`; a broken promise is kept in the corpus and raised."""
        self.tried += 1
        try:
            for settings in self._settings:
                self._outcome(self._folder, data, settings)
        except Exception:
            path = CORPUS / f"broke-{hashlib.sha256(data).hexdigest()[:12]}"
            path.write_bytes(data)
            print(f"a promise is broken by {path}", file=sys.stderr)
            raise


def corpus() -> list[bytes]:
    """The kept inputs."""
    return [path.read_bytes()[:MAX_BYTES] for path in sorted(CORPUS.iterdir())]


def plain(target: Target, seconds: float, seed: int) -> None:
    """Random mutation of the corpus for `seconds`."""
    rng, pool = random.Random(seed), corpus()
    for data in pool:
        target(data)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        target(mutated(rng.choice(pool), rng, pool))


def guided(target: Target, seconds: float, seed: int) -> None:
    """atheris: coverage of the readers leads. Ends the process."""
    import atheris

    with atheris.instrument_imports(include=["hub.plugins.bank_statements"]):
        from hub.plugins.bank_statements import camt, camt_map, cfonb, cfonb_map, mt940, mt940_map, ofx, qif  # noqa: F401
    rng, pool = random.Random(seed), corpus()

    def mutate(data: bytes, max_size: int, step: int) -> bytes:
        ours = mutated(data, random.Random(step), pool) if rng.random() < 0.7 else atheris.Mutate(data, max_size)
        return ours[:max_size]

    found = Path(tempfile.mkdtemp(prefix="fuzz-found-"))  # what atheris keeps while it runs
    arguments = [f"-max_total_time={int(seconds)}", f"-max_len={MAX_BYTES}", f"-seed={seed}", "-rss_limit_mb=1024"]
    arguments += ["-timeout=30", "-print_final_stats=1", f"-artifact_prefix={found}/"]
    atheris.Setup([sys.argv[0], *arguments, str(found), str(CORPUS)], target, custom_mutator=mutate)
    atheris.Fuzz()


def main() -> int:
    """Fuzz for the asked seconds. 0: no promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--plain", action="store_true", help="our own mutator, even if atheris is installed")
    options = parser.parse_args()
    scratch = Path(tempfile.mkdtemp(prefix="fuzz-"))
    target = Target(scratch)
    try:
        import atheris  # noqa: F401
    except ImportError:
        options.plain = True
    try:
        if not options.plain:
            guided(target, options.seconds, options.seed)
        plain(target, options.seconds, options.seed)
    except Exception:
        traceback.print_exc()
        return 1
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    print(f"{target.tried} inputs in {options.seconds:g} s, no promise broken")
    return 0


if __name__ == "__main__":
    sys.exit(main())
