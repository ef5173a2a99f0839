"""Run a certified provider of OpenID Connect, which is a package of npm, and walk through its pages.

Its packages are pinned beside it and are installed into the environment of the tests, once for each state of
the pins; what the pages of the program are built of knows nothing of them.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin

from config.openid import OpenIdSettings
from core import child_process, environment
from tests.accounts.openid.provider import DISCOVERY
from tests.notifications.post_office import free_port
from tests.rules.sources import ROOT

HERE = Path(__file__).parent / "real"
FILES = ("package.json", "package-lock.json", "provider.mjs")
CLIENT, SECRET = "huiyin", "between the provider of the tests and us"
FORM = re.compile(r'<form[^>]*action="([^"]+)"')
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


def installed() -> tuple[list[str], Path]:
    """Return how Node.js is called, and the folder with the provider and its packages."""
    venv = ROOT / ".venv"
    found = environment.find_node(ROOT, venv)
    assert found is not None, environment.NO_NODE
    node, npm = found
    pins = hashlib.sha256(b"\0".join((HERE / name).read_bytes() for name in FILES)).hexdigest()[:16]
    place = venv / f"provider-{pins}"
    if not place.exists():
        aside = Path(tempfile.mkdtemp(prefix="provider-", dir=venv))
        for name in FILES:
            shutil.copy(HERE / name, aside)
        command = [*npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
        surroundings = child_process.surroundings(child_process.INSTALLING)
        subprocess.run(command, cwd=aside, env=surroundings, check=True, stdout=subprocess.DEVNULL)
        try:
            os.replace(aside, place)
        except OSError:  # another run was first, and has the same
            shutil.rmtree(aside)
    return node, place


@contextmanager
def real_provider(site: str, port: int | None = None) -> Iterator[OpenIdSettings]:
    """Run the provider for a site, whose address it sends people back to."""
    node, place = installed()
    port = port or free_port()
    said = {"port": port, "client": CLIENT, "secret": SECRET}
    said |= {"back": f"{site}/sign-in/openid", "left": f"{site}/sign-in"}
    with subprocess.Popen(
        [*node, "provider.mjs", json.dumps(said)],
        cwd=place,
        env=child_process.surroundings(child_process.TESTING),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            assert any(line.strip() == "ready" for line in process.stdout)
            issuer = f"http://127.0.0.1:{port}"
            yield OpenIdSettings(issuer, CLIENT, SECRET, "preferred_username", "县统一门户", ())
        finally:
            process.terminate()


def time_at(settings: OpenIdSettings) -> datetime:
    """Return what time it is at the provider, whose tokens have its hours."""
    with urllib.request.urlopen(settings.issuer + DISCOVERY) as answered:
        return parsedate_to_datetime(answered.headers["Date"])


class _StayHere(urllib.request.HTTPRedirectHandler):
    """Follow what stays at the provider; what leads back to the site is given back."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        if not newurl.startswith(self.issuer):
            fp.close()
            raise _LedBack(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class _LedBack(Exception):
    """Say where the provider sends somebody to who is done there."""


class AtProvider:
    """Somebody's browser at the provider, with the cookies that it keeps there."""

    def __init__(self, settings: OpenIdSettings) -> None:
        self._opener = urllib.request.build_opener(
            _StayHere(settings.issuer), urllib.request.HTTPCookieProcessor(CookieJar())
        )

    def go(self, address: str, who: str) -> str:
        """Open an address there, fill in what is asked for, and return where one is sent to at the end."""
        sent = None
        for _ in range(6):
            try:
                with self._opener.open(address, sent) as answered:
                    text, here = answered.read().decode(), answered.url
            except _LedBack as led:
                return str(led)
            action = FORM.search(text)
            assert action is not None, text
            filled = {**dict(HIDDEN.findall(text)), "login": who, "password": "any", "logout": "yes"}
            address, sent = urljoin(here, action[1]), urlencode(filled).encode()
        raise AssertionError("the provider asks again and again")
