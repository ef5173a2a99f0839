"""The first start makes its environment, later ones go straight on, and what fails is said in a sentence."""

import ast
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import NamedTuple

import pytest

from core import bootstrap, environment
from tests.patience import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
#: A program that says where it runs and with which package, and ends with a code of its own.
PROGRAM = """
import os, sys
from core import bootstrap
if __name__ == "__main__":
    bootstrap.enter(os.path.dirname(os.path.abspath(__file__)), sys.argv[1:])
import ditch
print(os.path.basename(sys.prefix), ditch.VERSION, *sys.argv[1:])
sys.exit(7)
"""


class Clone:
    """A fresh clone of a small program that needs one package, and a place where packages come from."""

    def __init__(self, folder: Path) -> None:
        self.root, self.shop = folder / "村 clone", folder / "shop"
        self.shop.mkdir(parents=True)
        (self.root / "core").mkdir(parents=True)
        for module in ("__init__", "bootstrap", "child_process", "front_end", "environment"):
            shutil.copy(ROOT / "core" / f"{module}.py", self.root / "core")
        (self.root / "app.py").write_text(PROGRAM, encoding="utf-8")
        self.need("1.0")

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    def need(self, version: str) -> None:
        """Let the program need a version of the package, and put it where it can be had."""
        wheel = self.shop / f"ditch-{version}-py3-none-any.whl"
        folder = f"ditch-{version}.dist-info"
        parts = {
            "ditch.py": f"VERSION = '{version}'\n",
            f"{folder}/METADATA": f"Metadata-Version: 2.1\nName: ditch\nVersion: {version}\n",
            f"{folder}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            f"{folder}/RECORD": "",
        }
        with zipfile.ZipFile(wheel, "w") as archive:
            for name, text in parts.items():
                archive.writestr(zipfile.ZipInfo(name), text)  # without a time, so that it has one hash
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        for name in (bootstrap.RUNNING, bootstrap.TESTING):
            (self.root / name).write_text(
                f"ditch=={version} \\\n    --hash=sha256:{digest}\n", encoding="utf-8"
            )

    def install(self, name: str) -> None:
        """Leave a package in the environment that the program does not pin."""
        (site,) = self.venv.rglob("site-packages")
        (site / f"{name}-1.0.dist-info").mkdir()
        record = f"{name}-1.0.dist-info"
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
        (site / record / "METADATA").write_text(metadata, encoding="utf-8")
        (site / record / "INSTALLER").write_text("pip\n", encoding="utf-8")
        files = "".join(f"{record}/{one},,\n" for one in ("METADATA", "INSTALLER", "RECORD"))
        (site / record / "RECORD").write_text(files, encoding="utf-8")

    def start(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Start the program with a Python that has no packages."""
        return subprocess.run(
            self.command(*arguments), env=self.environ(), capture_output=True, text=True, check=False
        )

    def command(self, *arguments: str) -> list[str]:
        base = getattr(sys, "_base_executable", sys.executable)
        return [base, "-s", str(self.root / "app.py"), *arguments]

    def environ(self) -> dict[str, str]:
        """Let pip look into the shop alone, as somebody with a mirror of their own would."""
        own = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": self.shop.as_uri(), "PYTHONUTF8": "1"}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
        return {**kept, **own, "PIP_CONFIG_FILE": os.devnull}


class Beginning(NamedTuple):
    """A clone that was started for the first time, by several people at once, and what they saw."""

    clone: Clone
    said: list[str]
    told: list[str]
    codes: list[int]


@pytest.fixture(scope="module")
def beginning(tmp_path_factory: pytest.TempPathFactory) -> Beginning:
    clone = Clone(tmp_path_factory.mktemp("first"))
    together = [
        subprocess.Popen(
            clone.command("run", "--port", "80 80"),
            env=clone.environ(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    outputs = [one.communicate(timeout=PATIENCE) for one in together]
    return Beginning(
        clone,
        [said for said, _ in outputs],
        [told for _, told in outputs],
        [one.returncode for one in together],
    )


@pytest.fixture
def clone(beginning: Beginning, tmp_path: Path) -> Clone:
    """Return a clone of one's own that was started before."""
    own = Clone(tmp_path)
    shutil.copytree(beginning.clone.venv, own.venv, symlinks=True, copy_function=shared)
    return own


def shared(source: str, target: str) -> object:
    """Share the file of a package, which installers replace and never write into; copy what is our own."""
    if f"{os.sep}site-packages{os.sep}" in source:
        os.link(source, target)
    else:
        shutil.copy2(source, target)
    return target


def test_the_first_start_makes_the_environment_and_goes_on_inside(beginning: Beginning) -> None:
    assert beginning.said[0] == ".venv 1.0 run --port 80 80\n"


def test_the_exit_code_of_the_program_passes_through(beginning: Beginning) -> None:
    assert beginning.codes[0] == 7


def test_starts_at_the_same_time_all_succeed(beginning: Beginning) -> None:
    assert len(set(beginning.said)) == 1


def test_one_of_several_starts_makes_the_environment_and_the_others_wait(beginning: Beginning) -> None:
    told = "".join(beginning.told)
    assert (told.count(environment.PREPARING), told.count(environment.WAITING)) == (1, 2)


def packages(venv: Path) -> set[str]:
    return {
        place.name.partition("-")[0]
        for place in venv.rglob("site-packages/*")
        if place.name.endswith(".dist-info")
    }


def test_the_environment_holds_what_is_pinned_and_nothing_that_installs(beginning: Beginning) -> None:
    assert packages(beginning.clone.venv) == {"ditch"}
    assert not [*(beginning.clone.venv / "bin").glob("pip*")]


def test_what_an_earlier_version_left_to_install_with_goes_at_the_next_change(clone: Clone) -> None:
    for name in ("pip", "setuptools"):
        clone.install(name)
    clone.need("2.0")
    assert clone.start().stdout == ".venv 2.0\n"
    assert packages(clone.venv) == {"ditch"}


def test_the_environment_of_the_tests_keeps_what_developers_install_with(clone: Clone) -> None:
    clone.install("pip")
    clone.need("2.0")
    assert clone.start("test").stdout == ".venv 2.0 test\n"
    assert packages(clone.venv) == {"ditch", "pip"}


def test_the_second_start_goes_straight_on(clone: Clone) -> None:
    shutil.rmtree(clone.shop)
    done = clone.start("run")
    assert (done.stdout, done.stderr, done.returncode) == (".venv 1.0 run\n", "", 7)


def test_changed_requirements_are_installed_at_the_next_start(clone: Clone) -> None:
    clone.need("2.0")
    assert clone.start().stdout == ".venv 2.0\n"


def test_the_packages_of_the_tests_hold_those_of_the_program(clone: Clone) -> None:
    clone.need("2.0")
    assert clone.start("test").stdout == ".venv 2.0 test\n"
    shutil.rmtree(clone.shop)
    assert clone.start().stdout == ".venv 2.0\n"


def test_an_environment_left_half_made_is_made_anew(clone: Clone) -> None:
    (clone.venv / environment.UNFINISHED).touch()
    (clone.venv / bootstrap.STAMP).unlink()
    Path(bootstrap.python_of(str(clone.venv))).unlink()
    assert clone.start().stdout == ".venv 1.0\n"


def test_an_environment_made_for_another_python_is_made_anew(clone: Clone) -> None:
    stamp = clone.venv / bootstrap.STAMP
    here = "python {}.{}".format(*sys.version_info[:2])
    stamp.write_text(stamp.read_text(encoding="ascii").replace(here, "python 3.9"), encoding="ascii")
    assert clone.start().stdout == ".venv 1.0\n"


def test_a_package_that_cannot_be_had_is_said_in_a_sentence(clone: Clone) -> None:
    clone.need("2.0")
    shutil.rmtree(clone.shop)
    done = clone.start()
    assert done.stderr.strip().endswith(environment.NO_PACKAGES)
    assert (done.stdout, done.returncode) == ("", 1)


def test_a_package_with_another_content_than_pinned_is_refused(clone: Clone) -> None:
    clone.need("2.0")
    with zipfile.ZipFile(clone.shop / "ditch-2.0-py3-none-any.whl", "a") as archive:
        archive.writestr("more.py", "")
    done = clone.start()
    assert (done.stdout, done.returncode) == ("", 1)


def test_after_a_failure_the_next_start_tries_again(clone: Clone) -> None:
    clone.need("2.0")
    aside = clone.shop.rename(clone.shop.with_name("closed"))
    clone.start()
    aside.rename(clone.shop)
    assert clone.start().stdout == ".venv 2.0\n"


def test_a_python_without_venv_is_told_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    with pytest.raises(environment.EnvironmentRefused, match="apt install python3-venv"):
        environment.provision(Clone(tmp_path).root, bootstrap.RUNNING)


def test_a_folder_that_cannot_be_written_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(environment.EnvironmentRefused, match="No environment can be made in"):
        environment.provision(tmp_path / "missing", bootstrap.RUNNING)


def test_an_old_python_is_told_which_one_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer; this is 3\.9"):
        bootstrap.enter(str(tmp_path), [])


@pytest.mark.parametrize(
    "file",
    [
        "app.py",
        "core/__init__.py",
        "core/bootstrap.py",
        "core/child_process.py",
        "core/front_end.py",
    ],
)
def test_an_old_python_can_read_as_far_as_that_sentence(file: str) -> None:
    assert ast.parse((ROOT / file).read_text(encoding="utf-8"), feature_version=(3, 7))


@pytest.mark.parametrize(
    ("folder", "has_it"),
    [
        ("Ditch_Water-1.0.dist-info", True),
        ("ditch.water-1.0.dist-info", True),
        ("ditch_water-1.1.dist-info", False),
        ("ditch-1.0.dist-info", False),
    ],
)
def test_an_interpreter_with_every_pinned_package_is_used_as_it_is(
    tmp_path: Path, folder: str, has_it: bool
) -> None:
    (tmp_path / folder).mkdir()
    pinned = tmp_path / "requirements.txt"
    pinned.write_text(
        "# made by hand\n"
        "ditch-water==1.0 \\\n    --hash=sha256:00\n"
        "windows-only==2.0 ; sys_platform == 'win32' \\\n    --hash=sha256:00\n",
        encoding="utf-8",
    )
    assert bootstrap.has_all(str(pinned), [str(tmp_path), str(tmp_path / "missing")]) is has_it
