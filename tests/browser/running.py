"""The program with its sample township, and a real browser to look at it."""

import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests import postgres
from tests.notifications.post_office import free_port
from tests.patience import PATIENCE

ROOT = Path(__file__).resolve().parent.parent.parent
#: The first is the same browser without windows and all that belongs to them, and takes a third less time.
PROGRAMS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
#: Nothing that would ask the net for anything; a container has no sandbox of its own to give.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE, DESK, NARROW = (390, 844), (1366, 900), (320, 800)
#: What is done by hand is done at the size at which most do it, and at the other one in the proof; every page
#: is opened at both (test_everybody).
_LATER = pytest.mark.proof
ON_A_PHONE = pytest.mark.parametrize(
    "size", [pytest.param(PHONE, id="phone"), pytest.param(DESK, id="desk", marks=_LATER)]
)
AT_A_DESK = pytest.mark.parametrize(
    "size", [pytest.param(PHONE, id="phone", marks=_LATER), pytest.param(DESK, id="desk")]
)
USER = re.compile(r"^  (\S+) +(\S+)$", re.MULTILINE)
SETUP_CODE = re.compile(r"请打开 (\S+)/setup，用开户码 (\S+) 建")


@dataclass(frozen=True)
class Sample:
    """A running sample: where it answers, and the password of each of its people."""

    address: str
    passwords: dict[str, str]


@contextmanager
def sample(folder: Path) -> Iterator[Sample]:
    """Run `app.py run --demo` in an empty folder, and end it afterwards."""
    with program(folder, "--demo") as (address, said):
        yield Sample(address, dict(USER.findall(said)))


@contextmanager
def empty(folder: Path, **settings: str) -> Iterator[tuple[Sample, str]]:
    """Run `app.py run` in an empty folder as somebody does the first time; give the code it prints, too."""
    with program(folder, **settings) as (address, said):
        found = SETUP_CODE.search(said)
        assert found is not None, said
        assert found[1] == address
        yield Sample(address, {}), found[2]


@contextmanager
def program(folder: Path, *options: str, **settings: str) -> Iterator[tuple[str, str]]:
    """Run the program on a free port with a folder of its own; give its address and what it has said."""
    port = free_port()
    environ = {name: value for name, value in os.environ.items() if not name.startswith("HUIYIN_")}
    environ |= {"HUIYIN_DATA_DIR": str(folder), "PYTHONUTF8": "1"}
    environ |= {f"HUIYIN_{name.upper()}": value for name, value in settings.items()}
    said = folder / "said.txt"
    with said.open("w", encoding="utf-8") as out:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "app.py"), "run", *options, "--port", str(port)],
            env=environ,
            cwd=ROOT,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _await(process, f"{address}/readyz", said)
            yield address, said.read_text(encoding="utf-8")
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE)


def _await(process: "subprocess.Popen[bytes]", address: str, said: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the program ended: {said.read_text(encoding='utf-8')}")
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the program did not become ready")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser of the system; raise RuntimeError where there is none."""
    found = next((path for path in map(shutil.which, PROGRAMS) if path), None)
    if found is None:
        raise RuntimeError(
            "no Chromium: install it with `apt-get install chromium-headless-shell fonts-noto-cjk`"
        )
    with sync_playwright() as playwright:
        # What stands at another moment (cli.moments) is the program: the browser keeps the clock it has.
        browser = playwright.chromium.launch(
            executable_path=found, args=list(ARGUMENTS), env=dict(postgres.on_time())
        )
        yield browser
        browser.close()


def opened(
    browser: Browser,
    running: Sample,
    *,
    size: tuple[int, int] = DESK,
    dark: bool = False,
    language: str = "zh-CN",
) -> BrowserContext:
    """Return a browser of its own, as somebody has who was never here before."""
    context = browser.new_context(
        base_url=running.address,
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if dark else "light",
        locale=language,
        reduced_motion="reduce",  # what is looked at is how a page ends up, not a colour on its way
    )
    context.set_default_timeout(60_000)
    return context


def signed_in(context: BrowserContext, running: Sample, username: str, *, own: bool = False) -> Page:
    """Sign somebody in, on a device of their `own` or a shared one, and give the first page they land on."""
    page = context.new_page()
    page.goto("/sign-in")
    if own:
        page.check("[name=own_device]")
    page.fill("[name=username]", username)
    page.fill("[name=password]", running.passwords[username])
    page.click("main button.primary")
    page.wait_for_url(lambda address: "/sign-in" not in address)
    return page
