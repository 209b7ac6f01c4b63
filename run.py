#!/usr/bin/env python3
"""Do all the set-up, then the job: `python3 run.py demo`, `test`, `lint`, `hub ARGS…` or `lock`.

    demo [ARGS…]     a small French company, end to end (`hub demo`)
    test [ARGS…]     the test suite; ARGS go to pytest and replace the default `-n 2`
    lint [--fix]     style, types, layers, locks; --fix corrects and formats what it can
    hub ARGS…        any hub command, in the folder you are in
    lock [ARGS…]     make the locks again with uv; ARGS go to uv, for instance --upgrade

Needs Python 3.11 or later and nothing else: the standard library only. The environment lives in `.venv`
beside this file and holds exactly what a hashed lock names. It is made again when that lock, this folder's
place or the Python version changes; a job that finds it ready starts at once.
"""

import sys

OLDEST_PYTHON = (3, 11)

# First of all, and in syntax that Python 3.6 can still read: an old interpreter refuses in a sentence, not in
# a traceback. Below, whatever 3.11 offers and 3.6 can parse is welcome.
if sys.version_info < OLDEST_PYTHON:
    sys.exit(
        "run.py needs Python {}.{} or later and this is Python {}.{}: run it with a newer one, "
        "for instance `python3.11 run.py demo`.".format(*OLDEST_PYTHON, *sys.version_info[:2])
    )

import contextlib
import hashlib
import importlib.util
import json
import os
import platform
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, NamedTuple, NoReturn

ROOT = Path(__file__).resolve().parent
WINDOWS = sys.platform == "win32"

# What each level holds beyond the core: to add an extra, name it here and run `python3 run.py lock`.
DEMO_EXTRAS = ("bank", "excel", "jobs", "metrics", "postgres", "web")
TEST_EXTRAS = (*DEMO_EXTRAS, "dev", "postgres-test", "sage100", "test")


class Level(NamedTuple):
    """A set of packages, in order: each level contains the ones before it, at the same versions."""

    name: str
    lock: str
    extras: tuple[str, ...]
    seconds: int  # a first installation with pip on a slow machine


LEVELS = {
    "demo": Level("demo", "requirements.lock", DEMO_EXTRAS, 40),
    "test": Level("test", "requirements-test.lock", TEST_EXTRAS, 80),
}
# The level that each command needs; `lock` works on files alone.
COMMANDS = {"demo": "demo", "test": "test", "lint": "test", "hub": "demo", "lock": None}
STAMP, MARK = "stamp.json", "made-by-run.py"
LOCK_OPTIONS = (
    *("--universal", "--python-version", "3.11", "--only-binary", ":all:", "--generate-hashes"),
    *("--no-emit-index-url", "--no-header", "--no-annotate", "--quiet"),
)
LOCK_HEADER = "# Made by `python3 run.py lock` from pyproject.toml and build.in. Do not edit.\n"


class Refusal(Exception):
    """The job cannot be done; the text tells the person at the keyboard why, and how to mend it."""


class InstallerFailed(Refusal):
    """uv or pip gave up; another installer may do better."""


def say(text: str) -> None:
    """Tell what is going on, on stderr: stdout belongs to the job."""
    print(f"run.py: {text}", file=sys.stderr, flush=True)


# --- what is there, and what is missing -----------------------------------------------------------


class Stamp(NamedTuple):
    """What `.venv` holds. Written last, removed first: an interrupted installation leaves none that fits."""

    level: str
    base: str  # this folder and this Python: a virtual environment cannot be moved to others
    lock: str  # digest of the lock of `level`
    project: str  # digest of what an editable installation copies: names, versions, commands, entry points


def digest(*paths: Path) -> str:
    """The SHA-256 of some files, in this order; an absent file counts as empty."""
    total = hashlib.sha256()
    for path in paths:
        total.update(hashlib.sha256(path.read_bytes() if path.exists() else b"").digest())
    return total.hexdigest()


def guests(root: Path) -> list[Path]:
    """The connectors of `plugins_contrib`, each a project of its own."""
    return sorted(path.parent for path in root.glob("plugins_contrib/*/pyproject.toml"))


def wanted_stamp(root: Path, level: str) -> Stamp:
    """The stamp that a finished installation of `level` would carry now."""
    python = f"{sys.implementation.cache_tag} {platform.machine()}"
    project = [root / "pyproject.toml", root / "hub" / "__init__.py"]
    project += [guest / "pyproject.toml" for guest in guests(root)]
    return Stamp(level, f"{root} {python}", digest(root / LEVELS[level].lock), digest(*project))


def read_stamp(root: Path) -> Stamp | None:
    """The stamp found, or None when there is none that can be read."""
    try:
        found = Stamp(**json.loads((root / ".venv" / STAMP).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return found if found.level in LEVELS else None


def plan(root: Path, level: str) -> str:
    """What must be done before a job of `level` can start.

    Returns:
        `ready` (nothing), `project` (install ourselves again), `upgrade` (add the packages of `level`) or
        `rebuild` (start from an empty `.venv`: a package taken out of the lock must not linger).
    """
    found = read_stamp(root)
    if found is None or not script(root, "python").exists():
        return "rebuild"
    now = wanted_stamp(root, found.level)
    if (found.base, found.lock) != (now.base, now.lock):
        return "rebuild"
    order = list(LEVELS)
    if order.index(found.level) < order.index(level):
        return "upgrade"
    return "ready" if found == now and script(root, "hub").exists() else "project"


def script(root: Path, name: str) -> Path:
    """Where `.venv` keeps a command."""
    return root / ".venv" / ("Scripts" if WINDOWS else "bin") / (name + ".exe" if WINDOWS else name)


# --- installing -----------------------------------------------------------------------------------


def clean_environment(root: Path, inherited: Mapping[str, str]) -> dict[str, str]:
    """The environment variables of installers and jobs: those of the caller, `.venv` activated.

    Settings that would send packages elsewhere, or make Python look elsewhere, are dropped. So is
    PYTHONDONTWRITEBYTECODE: without cached bytecode each start compiles the libraries again, for seconds.
    """
    dropped = ("PYTHONHOME", "PYTHONDONTWRITEBYTECODE", "PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT")
    env = {name: value for name, value in inherited.items() if name not in dropped}
    env["VIRTUAL_ENV"] = str(root / ".venv")
    env["PATH"] = os.pathsep.join([str(script(root, "python").parent), env.get("PATH", os.defpath)])
    return env


def run_quietly(argv: Sequence[str], root: Path) -> None:
    """Run an installer without its chatter; show a sign of life every 15 seconds.

    Raises:
        InstallerFailed: the text ends with the last lines it wrote.
    """
    started = time.monotonic()
    with tempfile.TemporaryFile() as log:
        env = clean_environment(root, os.environ)
        job = subprocess.Popen(argv, cwd=root, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            while job.poll() is None:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    job.wait(timeout=15)
                    break
                say(f"  still at it after {time.monotonic() - started:.0f} s")
        except KeyboardInterrupt:
            job.terminate()
            job.wait()
            raise
        if job.returncode:
            log.seek(0)
            said = log.read().decode("utf-8", "replace").splitlines()[-25:]
            raise InstallerFailed("\n".join([f"{shown(argv)} failed. It said:", *said]))


def shown(argv: Sequence[str]) -> str:
    """The beginning of a command, short enough to be read in a message."""
    return " ".join([Path(argv[0]).name, *argv[1:5]])


def base_python() -> str:
    """The interpreter to build with; not the one in `.venv`, which may be about to be removed."""
    own: str = getattr(sys, "_base_executable", None) or sys.executable
    return own


def make_venv(root: Path, uv: str | None) -> None:
    """Replace `.venv` by an empty environment.

    Raises:
        Refusal: this Python has no `venv`, or the `.venv` found is not ours to remove.
    """
    venv, mark = root / ".venv", root / ".venv" / MARK
    if venv.exists() and not mark.exists():
        raise Refusal(f"{venv} was not made by run.py: move or remove it, then run again.")
    if not uv and not importlib.util.find_spec("ensurepip"):
        raise Refusal(
            "this Python cannot make virtual environments: install its venv package (on Debian and Ubuntu "
            "`apt install python{}.{}-venv`), then run again.".format(*sys.version_info[:2])
        )
    if venv.exists():
        shutil.rmtree(venv)
    venv.mkdir()
    mark.touch()  # before anything else, so that an interrupted start is recognised as ours
    say(f"making .venv with Python {platform.python_version()}")
    with_uv = [uv or "uv", "venv", "--allow-existing", "--python", base_python(), str(venv)]
    run_quietly(with_uv if uv else [base_python(), "-I", "-m", "venv", str(venv)], root)


def installer(root: Path, uv: str | None) -> list[str]:
    """The beginning of an install command: uv when it is there, else the pip of `.venv`."""
    python = str(script(root, "python"))
    if uv:
        return [uv, "pip", "install", "--python", python]
    # No compilation: pip would compile every module, on one core. The few that are used are compiled, and
    # kept, when they are first imported; uv does the same.
    return [python, "-I", "-m", "pip", "install", "--quiet", "--no-input", "--no-compile"]


def install_packages(root: Path, level: Level, uv: str | None) -> None:
    """Bring `.venv` to exactly the versions of a lock, each archive checked against its digest."""
    lock = root / level.lock
    count = len(re.findall(r"^\S+==", lock.read_text(encoding="utf-8"), re.MULTILINE))
    duration = "a few seconds" if uv else f"about {level.seconds} s"
    say(f"installing the {count} packages of {level.lock} ({duration}, this once)")
    run_quietly([*installer(root, uv), "--require-hashes", "--only-binary", ":all:", "-r", str(lock)], root)


def install_ourselves(root: Path, level: Level, uv: str | None) -> None:
    """Make `hub` importable from this folder; for tests, the guests of `plugins_contrib` as well."""
    projects = [root, *(guests(root) if level.name == "test" else [])]
    say("installing the hub itself")
    editable = [word for project in projects for word in ("--editable", str(project))]
    run_quietly([*installer(root, uv), "--no-deps", "--no-build-isolation", *editable], root)


def install(root: Path, level: Level, uv: str | None) -> None:
    """Do what `plan` asks for. Called with the preparation lock held."""
    step = plan(root, level.name)
    if step == "ready":
        return
    found = read_stamp(root)
    if not uv and not any((root / ".venv").glob("[Ll]ib/**/site-packages/pip")):
        step = "rebuild"  # made by uv, which brings no pip, and uv has gone since
    elif found and step == "project":
        level = LEVELS[found.level]  # stay at the level reached
    (root / ".venv" / STAMP).unlink(missing_ok=True)
    if step == "rebuild":
        with hold(root / ".venv.in-use", "a command still runs from .venv: waiting for it to end"):
            make_venv(root, uv)
    if step in ("rebuild", "upgrade"):
        install_packages(root, level, uv)
    install_ourselves(root, level, uv)
    stamp = json.dumps(wanted_stamp(root, level.name)._asdict(), indent=1)
    (root / ".venv" / STAMP).write_text(stamp, encoding="utf-8")


def install_somehow(root: Path, level: Level) -> None:
    """Install with uv when there is one, and with pip when there is none or uv fails.

    The second try matters where only pip was told about a mirror or a proxy.
    """
    uv = shutil.which("uv")
    if uv:
        try:
            return install(root, level, uv)
        except InstallerFailed as failure:
            say(f"{failure}\nrun.py: trying again with pip")
    try:
        return install(root, level, None)
    except InstallerFailed as failure:
        hint = "If the packages could not be reached, check the network and pip's settings; then run again."
        raise Refusal(f"{failure}\n{hint}") from failure


def hold(path: Path, waiting: str, shared: bool = False) -> IO[bytes]:
    """Lock a file, waiting as long as needed; say `waiting` if that is not at once.

    Returns:
        The open file. Closing it, or the end of the process, gives the lock back.
    """
    handle = path.open("ab")
    if sys.platform == "win32":  # no shared locks there: a rebuild does not wait for running commands
        import msvcrt

        while not shared:
            with contextlib.suppress(OSError):  # gives up every ten seconds
                msvcrt.locking(handle.fileno(), msvcrt.LK_LOCK, 1)
                break
        return handle
    import fcntl

    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        say(waiting)
        fcntl.flock(handle, kind)
    return handle


def prepare(root: Path, level: Level) -> IO[bytes]:
    """Make `.venv` ready for a job of this level.

    Returns:
        A lock to keep while the job runs: nobody rebuilds `.venv` under it.
    """
    started = time.monotonic()
    for attempt in range(3):
        in_use = hold(root / ".venv.in-use", "another run.py rebuilds .venv: waiting for it", shared=True)
        if plan(root, level.name) == "ready":
            if attempt:
                say(f"ready after {time.monotonic() - started:.0f} s")
            return in_use
        in_use.close()
        with hold(root / ".venv.lock", "another run.py is preparing .venv: waiting for it"):
            install_somehow(root, level)
    raise Refusal("the files that .venv is made from keep changing: run again when they are at rest.")


# --- the jobs -------------------------------------------------------------------------------------


def become(argv: list[str], root: Path, in_use: IO[bytes]) -> NoReturn:
    """Turn this process into the job: its exit status and its signals are then the job's own."""
    env = clean_environment(root, os.environ)
    # What the hub prints as the next command can then be typed as it stands.
    env["HUB_COMMAND"] = f"python3 {os.path.relpath(root / 'run.py')} hub"
    if WINDOWS:
        sys.exit(subprocess.run(argv, env=env).returncode)
    os.set_inheritable(in_use.fileno(), True)
    os.execve(argv[0], argv, env)


def lint(root: Path, args: Sequence[str]) -> int:
    """Run every check, even after one has failed, so that one run shows all there is to mend."""
    fix = "--fix" in args
    sources = [name for name in ("hub", "run.py", "plugins_contrib") if holds_python(root / name)]
    checks = {
        "style": ["ruff", "check", *(["--fix"] if fix else []), "."],
        "format": ["ruff", "format", *([] if fix else ["--check"]), "."],
        "types": ["mypy", *sources],
        "layers": ["lint-imports", "--no-logo"],
    }
    env, failed = clean_environment(root, os.environ), []
    for name, (tool, *rest) in checks.items():
        say(f"{name}: {tool}")
        if subprocess.run([str(script(root, tool)), *rest], cwd=root, env=env).returncode:
            failed.append(name)
    say("locks and places")
    faults = faults_of_locks(root) + faults_of_tracked_files(root)
    for fault in faults:
        print(fault)
    failed += ["locks and places"] if faults else []
    say(f"failed: {', '.join(failed)}" if failed else "all checks passed")
    return 1 if failed else 0


def holds_python(path: Path) -> bool:
    """Whether there is something to check: mypy refuses an empty folder."""
    return path.is_file() or any(path.rglob("*.py"))


def faults_of_locks(root: Path) -> list[str]:
    """A lock names packages, versions and digests: an address in it would bind everybody to one machine."""
    return [
        f"{level.lock}:{number}: a lock must hold no address or option: {line.strip()!r}"
        for level in LEVELS.values()
        for number, line in enumerate((root / level.lock).read_text(encoding="utf-8").splitlines(), start=1)
        if "://" in line or re.match(r"\s*-(?!-hash=)", line)
    ]


# A home, a working folder or a package registry. Written so that this file does not match itself.
PRIVATE_PLACE = re.compile(rb"(?m)(?:^|[^\w./-])/(?:home|root|work|Users)/\w|py(?:pi|thonhosted)\.org")


def faults_of_tracked_files(root: Path) -> list[str]:
    """What is committed, or about to be, names no folder of somebody's machine and no package registry."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    found = subprocess.run(listing, cwd=root, capture_output=True)
    if found.returncode:
        say("not a git clone: places in tracked files are not checked")
        return []
    faults = []
    for name in sorted(filter(None, found.stdout.decode("utf-8").split("\0"))):
        content = (root / name).read_bytes() if (root / name).is_file() else b""
        for match in PRIVATE_PLACE.finditer(content):
            line = content.count(b"\n", 0, match.end()) + 1
            faults.append(f"{name}:{line}: names a private place: {match.group().decode().strip()!r}")
    return faults


def make_locks(root: Path, args: Sequence[str]) -> int:
    """Write the locks again, the largest first: the smaller ones then take the same versions."""
    uv = shutil.which("uv")
    if not uv:
        raise Refusal("the locks are made with uv: install it (`pip install uv`), then run again.")
    constraints: list[str] = []
    for level in reversed(LEVELS.values()):
        say(f"resolving {level.lock}")
        extras = [word for extra in level.extras for word in ("--extra", extra)]
        command = [uv, "pip", "compile", *LOCK_OPTIONS, *constraints, *extras, *args, "-o", level.lock]
        status = subprocess.run([*command, "pyproject.toml", "build.in"], cwd=root).returncode
        if status:
            return status
        path = root / level.lock
        path.write_text(LOCK_HEADER + path.read_text(encoding="utf-8"), encoding="utf-8")
        constraints += ["--constraints", level.lock]
    faults = faults_of_locks(root)
    print(*faults, sep="\n", end="\n" if faults else "")
    return 1 if faults else 0


def main(argv: Sequence[str]) -> int:
    """Prepare what the command needs, then run it.

    Returns:
        The exit status: the job's own; 2 when it cannot start.
    """
    command, args = (argv[0], list(argv[1:])) if argv else ("", [])
    if command in ("", "-h", "--help"):
        print(__doc__)
        return 0 if command else 2
    if command not in COMMANDS:
        raise Refusal(f"there is no command {command!r}: choose one of {', '.join(COMMANDS)}.")
    level = COMMANDS[command]
    if level is None:
        return make_locks(ROOT, args)
    in_use = prepare(ROOT, LEVELS[level])
    if command == "lint":
        return lint(ROOT, args)
    if command == "test":
        os.chdir(ROOT)
        job = [str(script(ROOT, "python")), "-m", "pytest", *(args or ["-n", "2", "--dist", "worksteal"])]
    else:
        job = [str(script(ROOT, "hub")), *(["demo"] if command == "demo" else []), *args]
    become(job, ROOT, in_use)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Refusal as refusal:
        say(str(refusal))
        sys.exit(2)
    except OSError as error:
        say(f"{error}: mend that, then run again.")
        sys.exit(2)
    except KeyboardInterrupt:
        say("interrupted; run again to go on.")
        sys.exit(130)
