"""run.py: what it installs, when, and what it says when it cannot."""

import ast
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]


def load_run_py():
    """The module, read from its file: the suite may run without `.venv`."""
    spec = importlib.util.spec_from_file_location("run_py", ROOT / "run.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


run = load_run_py()
DEMO, TEST = run.LEVELS["demo"], run.LEVELS["test"]


@pytest.fixture
def house(tmp_path):
    """A folder with all that run.py looks at, in a place with a space and an accent."""
    root = tmp_path / "my hub à moi"
    (root / "hub").mkdir(parents=True)
    (root / "hub" / "__init__.py").write_text('__version__ = "1"\n')
    (root / "pyproject.toml").write_text("[project]\n")
    (root / DEMO.lock).write_text("pluggy==1.7.0\n")
    (root / TEST.lock).write_text("pluggy==1.7.0\npytest==9.2.0\n")
    return root


def pretend_installed(root, level):
    """Leave what a finished installation of `level` leaves."""
    for name in ("python", "hub"):
        run.script(root, name).parent.mkdir(parents=True, exist_ok=True)
        run.script(root, name).touch()
    stamp = run.wanted_stamp(root, level)
    (root / ".venv" / run.STAMP).write_text(json.dumps(stamp._asdict()))


@pytest.fixture
def installers(monkeypatch):
    """Record the installers' command lines instead of running them; without uv unless a test adds it."""
    calls = []
    monkeypatch.setattr(run, "run_quietly", lambda argv, root: calls.append(list(argv)))
    monkeypatch.setattr(run.shutil, "which", lambda name: None)
    return calls


class TestOldPython:
    """An interpreter that is too old refuses in one sentence."""

    def test_the_file_can_be_read_by_python_3_6(self):
        """Otherwise the refusal itself would be a syntax error."""
        ast.parse((ROOT / "run.py").read_text(encoding="utf-8"), feature_version=(3, 6))

    def test_nothing_but_sys_is_imported_before_the_refusal(self):
        """A module that old versions lack would end in a traceback."""
        body = ast.parse((ROOT / "run.py").read_text(encoding="utf-8")).body
        refusal = next(place for place, node in enumerate(body) if isinstance(node, ast.If))
        before = [ast.unparse(node) for node in body[1:refusal]]
        assert ["import sys", "OLDEST_PYTHON = (3, 11)"] == before

    def test_the_refusal_names_both_versions_and_the_way_out(self):
        """Run under a pretended Python 3.9."""
        program = f"import runpy, sys; sys.version_info = (3, 9, 18); runpy.run_path({str(ROOT / 'run.py')!r})"
        found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
        assert 1 == found.returncode
        assert 1 == len(found.stderr.splitlines())
        assert re.search(r"needs Python 3\.11 .* is Python 3\.9: .*python3\.11 run\.py demo", found.stderr)


class TestPlan:
    """What must be done before a job starts."""

    def test_a_fresh_clone_is_built(self, house):
        """There is no .venv yet."""
        assert "rebuild" == run.plan(house, "demo")

    @pytest.mark.parametrize("installed", ["demo", "test"])
    def test_an_installed_level_is_ready(self, house, installed):
        """The second run starts its job at once."""
        pretend_installed(house, installed)
        assert "ready" == run.plan(house, installed)

    def test_the_test_level_serves_the_demo(self, house):
        """It contains the demo's packages, whatever becomes of the demo's own lock."""
        pretend_installed(house, "test")
        (house / DEMO.lock).write_text("pluggy==1.8.0\n")
        assert "ready" == run.plan(house, "demo")

    def test_the_demo_level_is_completed_for_tests(self, house):
        """Packages are added in place."""
        pretend_installed(house, "demo")
        assert "upgrade" == run.plan(house, "test")

    @pytest.mark.parametrize("asked", ["demo", "test"])
    def test_a_changed_lock_rebuilds(self, house, asked):
        """A package taken out of the lock must not linger."""
        pretend_installed(house, "demo")
        (house / DEMO.lock).write_text("pluggy==1.8.0\n")
        assert "rebuild" == run.plan(house, asked)

    @pytest.mark.parametrize("name", ["pyproject.toml", "hub/__init__.py"])
    def test_a_changed_project_installs_only_ourselves(self, house, name):
        """A new entry point or version does not download anything."""
        pretend_installed(house, "test")
        (house / name).write_text("# changed\n")
        assert "project" == run.plan(house, "demo")

    def test_a_new_guest_is_installed(self, house):
        """plugins_contrib is found by entry points, which exist once it is installed."""
        pretend_installed(house, "test")
        (house / "plugins_contrib" / "acme").mkdir(parents=True)
        (house / "plugins_contrib" / "acme" / "pyproject.toml").write_text("[project]\n")
        assert "project" == run.plan(house, "test")

    def test_a_moved_folder_rebuilds(self, house):
        """An environment holds absolute paths: a copy would run the code of the original."""
        pretend_installed(house, "demo")
        moved = house.with_name("moved")
        shutil.copytree(house, moved)
        assert "rebuild" == run.plan(moved, "demo")

    def test_another_python_rebuilds(self, house, monkeypatch):
        """Compiled packages fit one minor version."""
        pretend_installed(house, "demo")
        monkeypatch.setattr(run.sys.implementation, "cache_tag", "cpython-399")
        assert "rebuild" == run.plan(house, "demo")

    def test_a_lost_interpreter_rebuilds(self, house):
        """The system's Python was upgraded away: the link leads nowhere."""
        pretend_installed(house, "demo")
        run.script(house, "python").unlink()
        assert "rebuild" == run.plan(house, "demo")

    @pytest.mark.parametrize("text", ["", "{", "[]", '{"level": "demo"}', '{"level": ["x"]}'])
    def test_an_unreadable_stamp_rebuilds(self, house, text):
        """Nothing is known of what .venv holds."""
        pretend_installed(house, "demo")
        (house / ".venv" / run.STAMP).write_text(text)
        assert "rebuild" == run.plan(house, "demo")


class TestInstall:
    """The steps, without the network."""

    def test_a_fresh_clone_gets_the_lock_then_ourselves(self, house, installers):
        """Packages are checked against digests; our own build fetches nothing."""
        run.install_somehow(house, DEMO)
        made, packages, ourselves = installers
        assert ["-m", "venv"] == made[2:4]
        assert {"--require-hashes", "--only-binary", str(house / DEMO.lock)} <= set(packages)
        assert ["--no-deps", "--no-build-isolation", "--editable", str(house)] == ourselves[-4:]
        assert run.wanted_stamp(house, "demo") == run.read_stamp(house)

    def test_a_failure_leaves_no_stamp(self, house, monkeypatch):
        """The next run starts from nothing instead of trusting half an installation."""
        pretend_installed(house, "demo")
        (house / ".venv" / run.MARK).touch()

        def fail(argv, root):
            raise run.InstallerFailed("no network")

        monkeypatch.setattr(run, "run_quietly", fail)
        monkeypatch.setattr(run.shutil, "which", lambda name: None)
        with pytest.raises(run.Refusal, match="no network\nIf the packages could not be reached"):
            run.install_somehow(house, TEST)
        assert "rebuild" == run.plan(house, "demo")

    def test_pip_is_tried_when_uv_fails(self, house, monkeypatch, capsys):
        """Only pip may have been told about the company's mirror."""
        tools = []

        def uv_fails(argv, root):
            tools.append(Path(argv[0]).name)
            if tools[-1] == "uv":
                raise run.InstallerFailed("uv says no")

        monkeypatch.setattr(run, "run_quietly", uv_fails)
        monkeypatch.setattr(run.shutil, "which", lambda name: "/opt/bin/uv")
        run.install_somehow(house, DEMO)
        assert ["uv", Path(run.base_python()).name] == tools[:2]
        assert "uv says no" in capsys.readouterr().err
        assert "ready" != run.plan(house, "test")

    def test_a_venv_of_somebody_else_is_left_alone(self, house, installers):
        """It may hold a contributor's own work."""
        (house / ".venv").mkdir()
        with pytest.raises(run.Refusal, match=r"was not made by run\.py: move or remove it"):
            run.install_somehow(house, DEMO)
        assert (house / ".venv").exists()

    def test_a_python_without_venv_is_explained(self, house, installers, monkeypatch):
        """Debian and Ubuntu cut it out of python3."""
        monkeypatch.setattr(run.importlib.util, "find_spec", lambda name: None)
        with pytest.raises(run.Refusal, match=r"`apt install python3\.\d+-venv`\), then run again\.$"):
            run.install_somehow(house, DEMO)

    def test_a_reinstallation_of_ourselves_keeps_the_level(self, house, installers):
        """`demo` after `test` with a changed pyproject must not forget the test packages."""
        pretend_installed(house, "test")
        (house / ".venv" / "lib" / "python3" / "site-packages" / "pip").mkdir(parents=True)
        (house / "pyproject.toml").write_text("# changed\n")
        run.install_somehow(house, DEMO)
        assert 1 == len(installers)
        assert "test" == run.read_stamp(house).level

    def test_the_installer_speaks_only_when_it_fails(self, house, capfd):
        """Then its last lines are shown."""
        run.run_quietly([sys.executable, "-c", "print('downloading')"], house)
        assert ("", "") == capfd.readouterr()
        with pytest.raises(run.InstallerFailed, match=r"failed\. It said:\nhash differs$"):
            run.run_quietly([sys.executable, "-c", "print('hash differs'); raise SystemExit(1)"], house)

    def test_settings_that_lead_elsewhere_are_dropped(self, house):
        """A caller's PYTHONHOME or PIP_TARGET would install into another place."""
        caller = {"PIP_TARGET": "/x", "PYTHONHOME": "/y", "LANG": "fr_FR", "PATH": "/bin"}
        env = run.clean_environment(house, caller)
        assert {"LANG", "PATH", "VIRTUAL_ENV"} == set(env)
        assert [str(run.script(house, "python").parent), "/bin"] == env["PATH"].split(os.pathsep)


class TestOneAtATime:
    """Two runs started together do not spoil each other's .venv."""

    def test_a_second_installer_waits_for_the_first(self, house, capsys):
        """It says so, then goes on when the first ends."""
        program = "import sys, time; sys.path.insert(0, sys.argv[1]); import run; from pathlib import Path\n"
        program += "lock = run.hold(Path(sys.argv[2]), ''); print('held', flush=True); time.sleep(0.3)"
        argv = [sys.executable, "-c", program, str(ROOT), str(house / "lock")]
        with subprocess.Popen(argv, stdout=subprocess.PIPE) as first:
            first.stdout.readline()
            run.hold(house / "lock", "waiting for the other").close()
            assert 0 == first.wait()
        assert "run.py: waiting for the other\n" == capsys.readouterr().err

    def test_commands_share_what_a_rebuild_takes_alone(self, house, capsys):
        """Any number of hub commands may run at once."""
        with (
            run.hold(house / "lock", "waiting", shared=True),
            run.hold(house / "lock", "waiting", shared=True),
        ):
            pass
        assert "" == capsys.readouterr().err


class TestJobs:
    """Which program a command becomes."""

    @pytest.fixture
    def job(self, monkeypatch):
        """Call main and return the words of the program it becomes, with the level prepared."""
        monkeypatch.setattr(run, "prepare", lambda root, level: level)
        monkeypatch.setattr(run, "become", lambda argv, root, level: seen.extend([level.name, *argv[1:]]))
        monkeypatch.chdir(ROOT)
        seen = []

        def call(*argv):
            run.main(argv)
            return seen

        return call

    def test_the_suite_runs_on_two_cores(self, job):
        """Unless arguments say otherwise."""
        assert ["test", "-m", "pytest", "-n", "2", "--dist", "worksteal"] == job("test")

    def test_arguments_of_the_suite_go_through(self, job):
        """They replace the default."""
        assert ["test", "-m", "pytest", "-k", "money and not long"] == job("test", "-k", "money and not long")

    def test_the_demo_is_a_hub_command(self, job):
        """With its own arguments."""
        assert ["demo", "demo", "--serve"] == job("demo", "--serve")

    def test_any_hub_command_runs(self, job):
        """Even --help belongs to the hub then."""
        assert ["demo", "--help"] == job("hub", "--help")

    def test_an_unknown_command_names_the_known_ones(self):
        """And installs nothing."""
        with pytest.raises(run.Refusal, match="no command 'sync': choose one of demo, test, lint, hub, lock"):
            run.main(["sync"])

    def test_help_needs_no_installation(self, capsys):
        """The usage is the text at the top of the file."""
        assert 0 == run.main(["--help"])
        assert "hub ARGS" in capsys.readouterr().out


class TestRepository:
    """What is committed fits every machine."""

    def pins(self, level):
        """Distribution -> version, as locked."""
        text = (ROOT / level.lock).read_text(encoding="utf-8")
        return dict(re.findall(r"^([a-z0-9.-]+)(?:\[[a-z,]+\])?==(\S+)", text, re.MULTILINE))

    def test_locks_hold_no_address(self):
        """Where packages come from is the machine's affair."""
        assert [] == run.faults_of_locks(ROOT)

    def test_an_address_in_a_lock_is_found(self, house):
        """An index or a direct address, with its line."""
        (house / DEMO.lock).write_text("--index-url x\npluggy==1.7.0 \\\n    --hash=sha256:00\nb @ https:" + "//b\n")
        assert [1, 4] == [int(fault.split(":")[1]) for fault in run.faults_of_locks(house)]

    def test_a_private_place_is_found(self, house):
        """A home folder, or a registry's host; an address whose path looks alike is left alone."""
        text = "cd /" + "home/alice\nsee https://example.com/" + "home/page\nfrom files.python" + "hosted.org\n"
        (house / "notes.md").write_text(text)
        subprocess.run(["git", "init", "-q"], cwd=house, check=True)
        found = [fault.rsplit(":", 2)[0] for fault in run.faults_of_tracked_files(house)]
        assert ["notes.md:1", "notes.md:3"] == found

    def test_levels_contain_each_other(self):
        """The demo's packages are in the test lock at the same versions: an upgrade in place only adds."""
        assert set(DEMO.extras) <= set(TEST.extras)
        assert self.pins(DEMO).items() <= self.pins(TEST).items()

    @pytest.mark.parametrize("level", [DEMO, TEST], ids=lambda level: level.name)
    def test_locks_hold_what_pyproject_asks_for(self, level):
        """Somebody who changes a dependency must run `python3 run.py lock`."""
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
        asked = [*project["build-system"]["requires"], *project["project"]["dependencies"]]
        for extra in level.extras:
            asked += project["project"]["optional-dependencies"][extra]
        pins = self.pins(level)
        for requirement in map(Requirement, asked):
            version = pins.get(canonicalize_name(requirement.name))
            assert version, f"{requirement.name} is not in {level.lock}"
            assert version in requirement.specifier

    def test_the_build_asks_for_the_same_backend_twice(self):
        """pyproject's build requirement is locked through build.in."""
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
        lines = (ROOT / "build.in").read_text(encoding="utf-8").splitlines()
        assert project["build-system"]["requires"] == [line for line in lines if line and line[0] != "#"]


@pytest.mark.long
def test_a_newcomer_clones_and_runs(tmp_path):
    """From a clone in a folder with a space to the hub's help, with nothing installed by hand."""
    clone = tmp_path / "my hub"
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.run(listing, cwd=ROOT, capture_output=True, check=True, text=True).stdout.split("\0"):
        if name and (ROOT / name).is_file():
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, clone / name)
    for _ in ("first", "second"):
        found = subprocess.run([sys.executable, "run.py", "hub", "--help"], cwd=clone, capture_output=True, text=True)
        assert 0 == found.returncode, found.stderr
    assert "" == found.stderr  # the second run had nothing to prepare
