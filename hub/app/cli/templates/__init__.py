"""Files that the command line writes for people: the configuration, the beginning of a connector."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from string import Template


def template(name: str) -> str:
    """The text of a template, as it stands."""
    return files(__name__).joinpath(name).read_text(encoding="utf-8")


def filled(folder: str, values: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The files of a folder of templates, by relative path, with ``$name`` replaced in paths and texts.

    A template's name ends in ``.txt``, so that no tool takes it for a real module.
    """
    yield from _walk(files(__name__).joinpath(folder), "", values)


def _walk(folder: Traversable, path: str, values: dict[str, str]) -> Iterator[tuple[str, str]]:
    for entry in sorted(folder.iterdir(), key=lambda found: found.name):
        if entry.is_dir():
            yield from _walk(entry, f"{path}{entry.name}/", values)
        elif entry.name.endswith(".txt"):
            name = Template(f"{path}{entry.name.removesuffix('.txt')}").substitute(values)
            yield name, Template(entry.read_text(encoding="utf-8")).substitute(values)
