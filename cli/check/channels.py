"""Say by which channels notices leave, and send a letter to try one."""

from argparse import Namespace
from collections.abc import Mapping
from typing import Any

from cli.check.findings import Findings
from cli.framework import error_messages
from cli.framework.context import Context
from cli.framework.services import ProgramServices
from core import clock
from core.errors import Conflict
from notifications.channels.message import DeliveryRefused, Message


def check_channels(found: Findings, services: ProgramServices, given: Namespace, context: Context) -> None:
    """Name the channels by which notices leave, and try one where somebody asks for it."""
    _ = context.words
    names = ("inbox", *(name for name in services.channels if name != "inbox"))
    found.ok(_("通知渠道：{names}").format(names=_("、").join(names)))
    if "smtp" not in services.channels:
        found.warn(_("没有配置邮件，通知只进站内收件箱"))
    if given.send is not None:
        _send(found, services.channels, given.send, given.to or services.settings.mail_from, context)


def _send(found: Findings, channels: Mapping[str, Any], name: str, address: str, context: Context) -> None:
    """Send a test letter over a channel and say what the other side answered."""
    _ = context.words
    channel = channels.get(name)
    if name == "inbox":
        found.ok(_("站内收件箱不经过别处，不用试发"))
        return
    if channel is None:
        found.fail(error_messages.sentence(Conflict("channel_not_configured", channel=name), _))
        return
    now = clock.now()
    try:
        channel.send(Message(f"check:{now.isoformat()}", address, "test", {}, now))
    except DeliveryRefused as refusal:
        found.fail(_("{name} 没有发出：{reason}").format(name=name, reason=refusal.reason))
    else:
        found.ok(_("{name} 已发给 {address}").format(name=name, address=address))
