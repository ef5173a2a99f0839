"""Name what others on the machine could open of an installation, and the command that closes it."""

import shlex
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from cli.check.findings import Findings
from cli.framework.context import Context
from cli.framework.services import ProgramServices
from core.files import private

#: So many places are named one by one for each folder; the others are counted, and closed with it.
MOST_NAMED = 20


def check_places(found: Findings, services: ProgramServices, context: Context) -> None:
    """Name every file and folder of the installation that group or others may use.

    What somebody can get at must be mended; what a folder above keeps everybody from is only to be known, for
    it is open as soon as it is moved.
    """
    for root in _roots(services):
        places = private.find_open(root)
        for one in islice(places, MOST_NAMED):
            _name(found, one, context)
        rest = list(places)
        if rest:
            _count(found, root, rest, context)


def _roots(services: ProgramServices) -> Iterator[Path]:
    """Yield the folder of data, and a database that lies elsewhere with all that lies beside it."""
    folder = services.settings.data_dir.absolute()
    yield folder
    if services.db.is_sqlite:
        database = Path(str(services.db.url.database)).absolute()
        if folder not in database.parents:
            yield from sorted(database.parent.glob(f"{database.name}*"))


def _name(found: Findings, one: private.OpenPlace, context: Context) -> None:
    _ = context.words
    say = found.fail if one.reached else found.warn
    say(
        _("{place} 别人也能用（权限 {mode}），里面是个人资料或密钥。请运行 {command}").format(
            place=one.place, mode=f"{one.mode:03o}", command=f"chmod go= {shlex.quote(str(one.place))}"
        )
    )


def _count(found: Findings, root: Path, rest: list[private.OpenPlace], context: Context) -> None:
    _ = context.words
    say = found.fail if any(one.reached for one in rest) else found.warn
    say(
        _("{place} 里还有 {count} 处别人也能用。请运行 {command}").format(
            place=root, count=len(rest), command=f"chmod -R go= {shlex.quote(str(root))}"
        )
    )
