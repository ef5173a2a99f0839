"""Say which commands there are about what is kept of people."""

from typing import Any

from cli.people import export, retention
from core.i18n import Translate


def add(commands: Any, translate: Translate) -> None:
    """Add `people forget` and `people export`."""
    _ = translate
    title = _("群众的个人信息")
    inner = commands.add_parser("people", help=title, description=title).add_subparsers(required=True)
    retention.add(inner, translate)
    export.add(inner, translate)
