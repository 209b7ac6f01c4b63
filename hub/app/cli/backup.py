"""`hub backup`: one file from which the hub can be made again."""

from __future__ import annotations

from pathlib import Path

import click

from hub.app.cli.group import common, pass_session, with_json
from hub.app.cli.session import Session


@click.command("backup", short_help="Write one file from which the hub can be made again.")
@click.option("--out", type=click.Path(path_type=Path), help="The file [default: backups/hub-TIME.zip].")
@with_json
@common
@pass_session
def command(session: Session, out: Path | None) -> int:
    """Write one file from which the hub can be made again, while the hub works on.

    It holds every fact, its evidence and the journal, as they were at one instant, and hub.toml for reference. Secrets
    are not in it: they never stand in hub.toml. What it holds is confidential: keep it like the data base itself.
    """
    from hub.app.cli.progress import counting
    from hub.app.cli.words import count
    from hub.app.restoring import backup

    with counting("backup", "rows") as tell:
        path, manifest = backup(session.hub, out, tell)
    if session.json:
        from hub.app.cli.table import show_json
        from hub.app.cli.words import iso_moment

        show_json(
            {
                "file": str(path),
                "bytes": path.stat().st_size,
                "rows": manifest.rows,
                "schema": manifest.revision,
                "made_at": iso_moment(manifest.made_at),
                "digest": manifest.digest,
            }
        )
        return 0
    size = max(1, path.stat().st_size // 1024)
    click.echo(f"{path}: {count(manifest.rows)} rows, {count(size)} KiB, digest {manifest.digest[:16]}")
    return 0
