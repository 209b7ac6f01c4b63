"""The house holds itself: who imports whom, what is documented, and spellings that may never change."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import sqlalchemy as sa

from hub.core.store.record_tables import RECORD_TABLES
from hub.core.store.revision import HEAD
from hub.core.store.tables import whole_metadata
from hub.sdk import errors
from hub.sdk.records import KINDS
from hub.sdk.roles import ROLES

ROOT = Path(__file__).resolve().parents[2]
CODE = re.compile(r"HUB-[A-Z]+-\d{3}")
#: Written in hub/ without being raised: the pattern shown by the conformance kit.
NO_CODES = {"HUB-ABC-123"}


def modules(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    """The modules below some folders, parsed, by their path from the root."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "templates" not in path.parts:
                yield str(path.relative_to(ROOT)), parsed(path)


@cache
def parsed(path: Path) -> ast.Module:
    """A module's tree."""
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> set[str]:
    """Absolute names of the modules that a module imports, anywhere in it."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            found.add("." * node.level + (node.module or ""))
    return found


def test_arrows_point_down() -> None:
    """The contracts of .importlinter are kept; a room that they do not know fails as well."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert 0 == done.returncode, done.stdout + done.stderr
    assert " 0 broken" in done.stdout


def test_plugins_import_only_the_sdk() -> None:
    """Of the hub, a plugin sees hub.sdk and itself: ours, those of others here, and the example in the docs."""
    for path, tree in modules("hub/plugins", "plugins_contrib", "tests/samples/guest_plugin"):
        own = ".".join(Path(path).parts[:3])
        for name in imported(tree):
            assert not name.startswith("."), f"{path} imports {name}: write absolute names"
            if name == "hub" or name.startswith("hub."):
                assert name.startswith(("hub.sdk", own)), f"{path} imports {name}"


def test_guests_need_nothing_but_the_sdk() -> None:
    """A guest is written with the standard library, pydantic and hub.sdk, its tests also with pytest, httpx and respx:
    not with what else our environment happens to hold, nor with our own tests."""
    for path, tree in modules("plugins_contrib"):
        project = ROOT.joinpath(*Path(path).parts[:2])
        own = {entry.stem for entry in (*project.iterdir(), *project.joinpath("tests").glob("*.py"))}
        allowed = {*sys.stdlib_module_names, *own, "hub", "pydantic"}
        if Path(path).parts[2] == "tests":
            allowed |= {"pytest", "httpx", "respx"}
        assert set() == {name.split(".")[0] for name in imported(tree)} - allowed, path


def documented() -> dict[str, list[str]]:
    """Where each code is explained: the lines of tables, and headings, that begin with it."""
    found: dict[str, list[str]] = defaultdict(list)
    for page in [ROOT / "docs" / "errors.md", *sorted((ROOT / "docs" / "errors").glob("*.md"))]:
        text = page.read_text(encoding="utf-8")
        for match in re.finditer(r"^(?:\| `|#+ )(HUB-[A-Z]+-\d{3})\b(.*(?:\n(?![#|]).*)*)", text, re.MULTILINE):
            found[match[1]].append(f"{page.name}: {match[2]}")
    return found


def test_every_error_code_is_explained_once_with_an_example() -> None:
    """Codes in hub/ and codes in docs/errors are the same; each has one place, an example and a remedy."""
    used = {
        code
        for path in (ROOT / "hub").rglob("*.py")
        if "templates" not in path.parts
        for code in CODE.findall(path.read_text(encoding="utf-8"))
    } - NO_CODES
    pages = documented()
    assert set() == used - pages.keys(), "used, but not explained"
    assert set() == pages.keys() - used, "explained, but not used"
    assert {} == {code: places for code, places in pages.items() if len(places) != 1}, "explained more than once"
    for code, [place] in pages.items():
        shown = place.count("`") >= 2 or "\n" in place.strip()
        assert shown, f"{code} has no example: {place}"
        assert all(cell.strip() for cell in place.split("|")[1:-1]), f"{code} has an empty cell"


def test_every_error_class_is_explained() -> None:
    """docs/errors.md says what the hub does with each class."""
    page = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    classes = {name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, Exception)}
    assert set() == {name for name in classes if f"| `{name}` |" not in page}


def test_a_code_has_one_meaning() -> None:
    """The same code in two modules is the same error: raised with one class only."""
    classes: dict[str, set[str]] = defaultdict(set)
    for _, tree in modules("hub"):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                for keyword in node.keywords:
                    if keyword.arg == "code" and isinstance(keyword.value, ast.Constant):
                        classes[str(keyword.value.value)].add(node.func.id)
    assert {} == {code: names for code, names in classes.items() if len(names) > 1}


def public(body: list[ast.stmt], prefix: str = "") -> Iterator[tuple[str, ast.FunctionDef | ast.ClassDef]]:
    """Public classes and functions of a module, and the public methods of its public classes."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield f"{prefix}{node.name}", node
            if isinstance(node, ast.ClassDef):
                yield from public(node.body, f"{prefix}{node.name}.")


#: Methods of classes that are not ours: their documentation says what they promise.
FOREIGN = {"connect_tcp", "filter", "handle_request", "read"}


def test_what_is_public_says_what_it_promises() -> None:
    """Every module, public class and function of hub.sdk and hub.core has a docstring, and every method: its own, or
    that of the role or class whose promise it keeps. Properties are read like fields."""
    silent, promised = [], set(FOREIGN)
    for path, tree in modules("hub/sdk", "hub/core"):
        if ast.get_docstring(tree) is None:
            silent.append(("", path))
        for name, node in public(tree.body):
            if ast.get_docstring(node) is not None:
                promised.add(name.rpartition(".")[2] if "." in name else "")
            elif not any(isinstance(mark, ast.Name) and mark.id == "property" for mark in node.decorator_list):
                silent.append((node.name if "." in name else "", f"{path}: {name}"))
    assert [] == [place for name, place in silent if not name or name not in promised]


#: Where a float may stand, and why: none of it is money.
FLOATS = {
    "hub/core/reconcile": "likelihoods and similarity of names",
    "hub/core/store/offered.py": "weights of evidence",
    "hub/core/host/process.py": "seconds to wait",
    "hub/core/jobs": "seconds",
    "hub/core/store/leases.py": "seconds",
    "hub/core/host/spawn.py": "seconds to wait",
    "hub/sdk/transport.py": "seconds",
    "hub/sdk/http_network.py": "seconds",
    "hub/sdk/http_answer.py": "seconds",
    "hub/sdk/http_rules.py": "seconds",
    "hub/sdk/errors.py": "seconds until a retry",
    "hub/sdk/context.py": "seconds",
    "hub/sdk/testing/fakes.py": "seconds",
    "hub/core/ledger/indicators.py": "ratios and days, for display",
    "hub/core/services/exports/indicators.py": "ratios and days, for display",
    "hub/core/services/exports/writers.py": "JSON numbers of indicators and confidences",
    "hub/sdk/redaction.py": "tells numbers from texts in a log record",
}


def test_money_is_never_a_float() -> None:
    """No `float` in the engine and the SDK outside the list above; no floating or decimal column in any table."""
    found = set()
    for path, tree in modules("hub/core", "hub/sdk"):
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        if "float" in names and not any(path.startswith(allowed) for allowed in FLOATS):
            found.add(path)
    assert set() == found
    columns = [column for table in whole_metadata().sorted_tables for column in table.columns]
    assert [] == [str(column) for column in columns if isinstance(column.type, sa.Numeric)]
    money = [column for column in columns if column.name.endswith("_minor")]
    assert {"BIGINT"} == {str(column.type) for column in money}
    alone = [str(c) for c in money if not any(other.name.endswith("currency") for other in c.table.columns)]
    assert [] == alone


def test_stored_spellings_are_frozen() -> None:
    """What stands in data bases is never spelled otherwise: kinds, roles, keys, and the words of each state."""
    assert (
        "seller debtor invoice credit_note instalment receipt disbursement bank_statement payout_line remittance_line "
        "settlement_line control_total document dispute promise payment_plan_step contact_event ledger_entry"
    ).split() == list(KINDS)
    roles = (
        "RecordSource BulkMap ControlTotals KeySweep LedgerWriter EventReceiver CollectionReports FileCheck Prepares"
    )
    assert roles.split() == list(ROLES)
    words = {}
    for table in whole_metadata().sorted_tables:
        for check in table.constraints:
            text = str(check.sqltext) if isinstance(check, sa.CheckConstraint) else ""
            if len(found := re.findall(r"'(\w+)'", text)) > 1:
                words[f"{table.name}.{text.strip('(').split(' ')[0]}"] = found
    assert words == {
        "run.state": ["running", "complete", "incomplete", "failed"],
        "raw_unit.state": ["mapped", "held", "discarded", "withdrawn", "settled"],
        "held.state": ["open", "mended", "discarded"],
        "allocation.nature": ["money", "discount", "bank_fee", "rounding", "write_off", "exchange"],
        "allocation.origin": ["auto", "confirmed"],
        "receipt_verdict.verdict": ["unapplied", "not_a_receipt", "return"],
        "sighting.origin": ["auto", "confirmed"],
        "party_decision.act": ["same", "different", "alone"],
        "hub_user.role": ["reader", "controller", "approver", "administrator"],
    }
    keys = {name: " ".join(table.key) for name, table in RECORD_TABLES.items()}
    assert keys == {
        "seller": "seller",
        "debtor": "seller debtor_id",
        "invoice": "kind seller number_key issue_year",
        "instalment": "seller invoice_number due_on rank",
        "receipt": "source_key",
        "disbursement": "source_key",
        "bank_statement": "source_key",
        "payout_line": "payout_id charge_id",
        "remittance_line": "remittance_id line",
        "settlement_line": "seller settlement_id line",
        "control_total": "seller debtor_id balance_on currency",
        "document": "seller document_id",
        "dispute": "seller dispute_id",
        "promise": "seller promise_id",
        "payment_plan_step": "seller plan_id step",
        "contact_event": "seller event_id",
        "ledger_entry": "seller entry_id",
    }


def test_the_newest_migration_is_the_one_the_code_asks_for() -> None:
    """`revision.HEAD` is told without alembic; it must be the head of the migrations."""
    from hub.core.store.migrate import head

    assert head() == HEAD


def test_roles_are_small() -> None:
    """A role has one to three methods; what a connector cannot do is a role it lacks."""
    for name, role in ROLES.items():
        methods = [method for method in vars(role) if not method.startswith("_")]
        assert 1 <= len(methods) <= 3, f"{name} has {len(methods)} methods"


def test_core_code_never_asks_whether_it_is_under_test() -> None:
    """No mention of the test runner in the engine, and nothing connects or reads when it is imported."""
    for path, tree in modules("hub/core", "hub/app"):
        assert "pytest" not in imported(tree), path
        calls = Counter(
            ast.unparse(node.value.func)
            for node in tree.body
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
        )
        allowed = {"main", "sys.exit"} if path.endswith("__main__.py") else set()
        if "migrations" not in path:
            assert set(calls) <= allowed, f"{path} calls {set(calls)} when imported"


@pytest.mark.parametrize("module", ["hub.app.cli", "hub.core.store", "hub.sdk"])
def test_nothing_is_opened_on_import(module: str, tmp_path: Path) -> None:
    """Importing a room makes no file and needs no configuration."""
    script = f"import {module}"
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, check=True, timeout=120, env={"PYTHONPATH": str(ROOT)})
    assert [] == list(tmp_path.iterdir())
