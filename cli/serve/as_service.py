"""Run a command as the service does: with its settings, and as its user.

Run by root as `python -m cli.serve.as_service FILE USER COMMAND…`. The file is the one that systemd reads for
the service (`EnvironmentFile=`). A shell that reads it as its own would run what stands in a value.
"""

import os
import pwd
import re
import sys
from pathlib import Path

from core import child_process
from core.files.private import OTHERS

BLANK = " \t\r"
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

UNREADABLE = """\
{place} 第 {line} 行不是 名称=值，或者引号、反斜杠写得有歧义。
Line {line} of {place} is not NAME=value, or its quotes or backslashes can be read in more than one way."""
OPEN = """\
{place} 里有密钥，别人也能用。请运行 chmod go= {place}
{place} holds keys, and others can use it. Run chmod go= {place}"""
NOT_ALLOWED = """\
{place}：{reason}。请用 sudo 运行。
{place}: {reason}. Run it with sudo."""


class SettingsUnreadable(ValueError):
    """Say which line of a file of settings cannot be read, counted from 1."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def read_settings(text: str) -> dict[str, str]:
    """Read lines of NAME=value as systemd does; nothing in a value is ever run or filled in.

    What systemd and a reader could take for different values (a backslash, a quote that does not enclose the
    whole value) is refused: raises SettingsUnreadable.
    """
    found = {}
    for number, written in enumerate(text.split("\n"), start=1):
        line = written.strip(BLANK)
        if line and line[0] not in "#;":
            name, equals, value = (part.strip(BLANK) for part in line.partition("="))
            if not equals or not NAME.fullmatch(name):
                raise SettingsUnreadable(number)
            found[name] = _value(value, number)
    return found


def _value(written: str, line: int) -> str:
    quote = written[:1]
    if quote not in ("'", '"'):
        inner = written
    elif len(written) > 1 and written.endswith(quote) and quote not in written[1:-1]:
        inner = written[1:-1]
    else:
        raise SettingsUnreadable(line)
    if "\\" in inner and quote != "'":
        raise SettingsUnreadable(line)
    return inner


def become(user: str) -> dict[str, str]:
    """Go on as a user for good; give what the environment says of them.

    Raises KeyError for nobody of that name, PermissionError for whoever may not.
    """
    known = pwd.getpwnam(user)
    if os.geteuid() != known.pw_uid:
        os.initgroups(user, known.pw_gid)
        os.setgid(known.pw_gid)
        os.setuid(known.pw_uid)
    return {"HOME": known.pw_dir, "USER": user, "LOGNAME": user}


def main(arguments: list[str]) -> int:
    """Become the user and the command; give an exit code only when that cannot be."""
    place, user, *command = arguments
    try:
        settings = read_settings(Path(place).read_text(encoding="utf-8"))
        if os.stat(place).st_mode & OTHERS:
            print(OPEN.format(place=place), file=sys.stderr)
        own = {**become(user), "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    except SettingsUnreadable as error:
        print(UNREADABLE.format(place=place, line=error.line), file=sys.stderr)
        return 1
    except (OSError, KeyError, UnicodeDecodeError) as error:
        print(NOT_ALLOWED.format(place=place, reason=error), file=sys.stderr)
        return 1
    os.execve(
        sys.executable,
        [sys.executable, "app.py", *command],
        child_process.surroundings(child_process.TERMINAL, {**own, **settings}),
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
