"""Make the environment of every process that the program starts, and name how the system ends one.

A child learns what a system needs, and what the thing it is there for needs besides: never the settings of
the program, among which its keys and passwords are. Standard library only: the first start needs it.
"""

from __future__ import annotations

import fnmatch
import os
import signal
from collections.abc import Iterable, Mapping

#: All that every process learns of ours: where the system keeps its libraries. It is all that one has which
#: opens the files of strangers.
SURROUNDINGS = ("LD_LIBRARY_PATH", "PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR")
#: Besides, for pip and npm: the user's own settings of both, and the way to where packages come from.
INSTALLING = (
    *("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "COMSPEC", "PATHEXT", "XDG_*"),
    *("LANG", "LC_*", "PYTHONUTF8"),
    *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"),
    *("PIP_*", "npm_config_*", "NPM_CONFIG_*"),
)
#: Besides, for the programs of PostgreSQL: how its server is reached, but no password.
POSTGRES = (
    *("HOME", "APPDATA", "LANG", "LC_*", "PGHOST", "PGHOSTADDR", "PGPORT", "PGUSER", "PGDATABASE"),
    *("PGSSL*", "PGGSS*", "PGKRBSRVNAME", "PGCHANNELBINDING", "PGREQUIREAUTH", "PGREQUIREPEER"),
    *("PGSERVICE", "PGSERVICEFILE", "PGSYSCONFDIR", "PGPASSFILE", "PGCONNECT_TIMEOUT", "PGOPTIONS", "KRB5*"),
)
#: Besides, for tests and what checks the program, which developers start.
TESTING = (
    *INSTALLING,
    *("CI", "TERM", "COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "TZ", "DISPLAY", "LD_PRELOAD"),
    *("FAKETIME*", "MODEL_LIVES", "PYTEST_*", "HYPOTHESIS_*", "PLAYWRIGHT_*", "PYTHONPATH"),
)
#: Besides, for the program itself when it is started from a terminal; its settings it is given apart.
TERMINAL = ("LANG", "LC_*", "TERM", "COLUMNS", "LINES")
#: How the system ends a process that used up its time, or the memory of the machine; Windows has neither.
KILLED_STATUSES = frozenset(
    -getattr(signal, name) for name in ("SIGXCPU", "SIGKILL") if hasattr(signal, name)
)


def surroundings(besides: Iterable[str] = (), also: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of a process: what is named here of our own, and what it is given by value.

    A name may end with `*` for all that begin so.
    """
    names = (*SURROUNDINGS, *besides)
    kept = {
        name: value
        for name, value in os.environ.items()
        if any(fnmatch.fnmatchcase(name, one) for one in names)
    }
    return {**kept, **(also or {})}


def same_surroundings() -> dict[str, str]:
    """Return our own environment, whole: for the program alone, when another interpreter goes on with it."""
    return dict(os.environ)
