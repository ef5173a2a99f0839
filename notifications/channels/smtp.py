"""Send notices as e-mail over SMTP."""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from urllib.parse import unquote, urlsplit

from notifications.channels.message import DeliveryRefused, Message
from notifications.kinds import Wording

TIMEOUT = 10  # seconds for each answer of the server
PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
#: One plain address; whatever could begin another header or another recipient is left out.
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,190}")
UNSAFE = re.compile(r"[^A-Za-z0-9-]")


@dataclass(frozen=True)
class SmtpChannel:
    """A mail server: `smtp://`, `smtp+starttls://` or `smtps://`, with user and password where needed.

    `sender` is an address, or a name with an address in angle brackets.
    """

    url: str = field(repr=False)
    sender: str
    wording: Wording
    timeout: float = TIMEOUT

    def send(self, letter: Message) -> None:
        """Send one mail; raise Refused with what the server said.

        An address the server refuses for good (5xx) is given up at once; everything else may be tried again.
        """
        message = self.compose(letter)
        try:
            with self._server() as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code, text = next(iter(error.recipients.values()))
            raise DeliveryRefused(_said(code, text), permanent=code >= 500) from None
        except smtplib.SMTPDataError as error:
            raise DeliveryRefused(
                _said(error.smtp_code, error.smtp_error), permanent=error.smtp_code >= 500
            ) from None
        except smtplib.SMTPResponseException as error:
            raise DeliveryRefused(_said(error.smtp_code, error.smtp_error), permanent=False) from None
        except (smtplib.SMTPException, OSError) as error:
            raise DeliveryRefused(f"{type(error).__name__}: {error}"[:300], permanent=False) from None

    def compose(self, letter: Message) -> EmailMessage:
        """Write the mail; raise Refused for an address that is not one plain address (threats.md T49)."""
        if not ADDRESS.fullmatch(letter.address):
            raise DeliveryRefused("not an address", permanent=True)
        name, address = parseaddr(self.sender)
        message = EmailMessage(policy=SMTP)
        message["From"] = Address(name, addr_spec=address)
        message["To"] = Address(addr_spec=letter.address)
        # A village's name comes from a sheet: what looks like a line end in it must not begin a header.
        title = self.wording.title(letter.kind, letter.facts, sample=letter.sample)
        message["Subject"] = " ".join(title.split())
        message["Date"] = format_datetime(letter.written_at)
        message["Message-ID"] = f"<{UNSAFE.sub('.', letter.key)}@{address.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(self.wording.body(letter.kind, letter.facts))
        return message

    @contextmanager
    def _server(self) -> Iterator[smtplib.SMTP]:
        parts = urlsplit(self.url)
        host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                host, port, timeout=self.timeout, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(host, port, timeout=self.timeout)
        with server:
            if parts.scheme == "smtp+starttls":
                server.starttls(context=ssl.create_default_context())
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            yield server


def _said(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {' '.join(words.split())}"[:300]
