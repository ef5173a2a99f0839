"""Give the channels that an installation has settings for."""

from collections.abc import Mapping

from core.i18n import translator
from notifications.channels.message import Channel
from notifications.channels.smtp import SmtpChannel
from notifications.kinds import Wording


def configured_channels(
    *, smtp_url: str, mail_from: str, public_url: str, language: str, categories: Mapping[str, str]
) -> dict[str, Channel]:
    """Return each configured channel by its name; `categories` maps codes to names in that language."""
    wording = Wording(translator(language), categories, public_url)
    channels: dict[str, Channel] = {}
    if smtp_url:
        channels["smtp"] = SmtpChannel(smtp_url, mail_from, wording)
    return channels
