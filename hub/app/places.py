"""Which files a section points to, and whether another one points there too: a ledger must not be doubled."""

from __future__ import annotations

import glob
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hub.sdk.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Places:
    """Where one section reads. `paths`: setting and path as configured, ``invoices=/data/invoices.csv``, in order."""

    section: str
    key: str
    plugin: str
    paths: tuple[str, ...]


def paths_of(config: Any) -> Iterator[tuple[str, Path]]:
    """The paths among a connector's settings, with the name of the setting."""
    for name in type(config).model_fields:
        value = getattr(config, name)
        for path in value if isinstance(value, list | tuple) else [value]:
            if isinstance(path, Path):
                yield name, path


def shared(one: Sequence[str], other: Sequence[str]) -> str | None:
    """A file or folder that both point to in the same setting; None when there is none."""
    mine, theirs = _files(one), _files(other)
    common = sorted(mine & theirs)
    return common[0].partition("=")[2] if common else None


def _files(paths: Sequence[str]) -> set[str]:
    """The paths themselves and the files that they give now."""
    found: set[str] = set()
    for entry in paths:
        name, _, text = entry.partition("=")
        path = Path(text)
        found.add(entry)
        if path.is_dir():
            files = [file for file in path.rglob("*") if file.is_file() and not file.name.startswith(".")]
        else:
            files = [Path(file) for file in glob.glob(text, recursive=True)]
        found.update(f"{name}={file}" for file in files)
    return found


def refuse_doubles(wanted: Places, others: Sequence[Places], known: Mapping[str, tuple[str, tuple[str, ...]]]) -> None:
    """Refuse a section that would bring a second time what another one brings, or brought under another name.

    Args:
        others: the other sections of the configuration, those that are not enabled left out.
        known: plugin and paths by key of the connectors that the data base has met and nobody configures any more.

    Raises:
        ConfigError: with the other one's name, and what to write.
    """
    where = f"[connector.{wanted.section}]"
    for other in others:
        place = shared(wanted.paths, other.paths) if other.plugin == wanted.plugin else None
        if place is not None and other.key != wanted.key:
            raise ConfigError(
                code="HUB-CFG-030",
                what=f"[connector.{other.section}] reads {place} too: everything in it would be there twice",
                where=where,
                mend="give each section files of its own, or remove one of the two",
            )
        if other.key == wanted.key:
            raise ConfigError(
                code="HUB-CFG-031",
                what=f"[connector.{other.section}] has the same id, {wanted.key!r}",
                where=where,
                mend="give each section an id of its own; the one that was there first keeps it",
            )
    for key, (plugin, paths) in sorted(known.items()):
        place = shared(wanted.paths, paths) if plugin == wanted.plugin else None
        if place is not None:
            raise ConfigError(
                code="HUB-CFG-032",
                what=f"{place} was read by connector {key!r}, which is not configured any more: under the new name "
                "everything in it would be there twice",
                where=where,
                mend=f'if the section was renamed, write id = "{key}" in it; then its ledger goes on',
            )
