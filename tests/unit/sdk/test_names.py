"""The public names of `hub.sdk` are loaded on demand; what is loaded is what type checkers are told."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import hub.sdk


def _declared() -> dict[str, str]:
    tree = ast.parse(Path(hub.sdk.__file__).read_text(encoding="utf-8"))
    guarded = next(node for node in tree.body if isinstance(node, ast.If))
    names = {}
    for node in guarded.body:
        assert isinstance(node, ast.ImportFrom)
        assert node.module is not None
        names.update({alias.name: node.module for alias in node.names})
    return names


def test_each_name_is_the_one_that_its_part_defines() -> None:
    declared = _declared()
    assert {f"hub.sdk.{part}" for part in hub.sdk._PART_OF.values()} == set(declared.values())
    assert {name: f"hub.sdk.{part}" for name, part in hub.sdk._PART_OF.items()} == declared
    for name, module in declared.items():
        assert getattr(hub.sdk, name) is getattr(sys.modules[module], name)
        assert name in dir(hub.sdk)


def test_an_unknown_name_is_refused_as_by_any_module() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Monies'"):
        hub.sdk.Monies  # noqa: B018


def test_importing_the_package_loads_no_part() -> None:
    said = subprocess.run(
        [sys.executable, "-c", "import hub.sdk, sys; print([n for n in sys.modules if n.startswith('hub.sdk.')])"],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert said.stdout.strip() == "[]"
