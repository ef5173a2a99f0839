"""Test mails with a real server."""

import pytest

from core.i18n import translator
from notifications.channels.message import DeliveryRefused, Message
from notifications.channels.registry import configured_channels
from notifications.channels.smtp import SmtpChannel
from notifications.kinds import Wording
from tests.notifications.post_office import FACTS, NOW, free_port, post_office
from tests.patience import PATIENCE

WORDING = Wording(translator("zh"), {"irrigation": "农田灌溉"})
SENDER = "回音·马鞍乡 <huiyin@example.org>"


def letter(address: str = "zuzhang@example.org", **facts: str) -> Message:
    return Message("SL-2026-0041:2:assigned:7:smtp", address, "assigned", FACTS | facts, NOW)


def channel(url: str) -> SmtpChannel:
    return SmtpChannel(url, SENDER, WORDING, timeout=PATIENCE)


def refusal(url: str, sent: Message) -> DeliveryRefused:
    with pytest.raises(DeliveryRefused) as refused:
        channel(url).send(sent)
    return refused.value


def test_chinese_subject_sender_and_text_arrive_whole() -> None:
    with post_office() as office:
        channel(office.url).send(letter())
    mail = office.mails[0]
    assert mail["Subject"] == "SL-2026-0041 交给你们办理"
    assert mail["From"].addresses[0].display_name == "回音·马鞍乡"
    assert mail["To"] == "zuzhang@example.org"
    assert mail.get_content().splitlines()[0] == (
        "杉岭村的一件「农田灌溉」事项交由你们单位办理，请接收，并在 2026-03-23 前答复。"
    )


def test_the_same_letter_has_the_same_message_id() -> None:
    with post_office() as office:
        channel(office.url).send(letter())
        channel(office.url).send(letter())
    assert [mail["Message-ID"] for mail in office.mails] == [
        "<SL-2026-0041.2.assigned.7.smtp@example.org>"
    ] * 2


def test_a_mail_says_that_a_program_sent_it_and_when() -> None:
    with post_office() as office:
        channel(office.url).send(letter())
    assert office.mails[0]["Auto-Submitted"] == "auto-generated"
    assert office.mails[0]["Date"].datetime == NOW


@pytest.mark.parametrize(
    ("answer", "permanent"), [("550 no such person", True), ("451 try again later", False)]
)
def test_an_address_is_refused_for_good_or_for_now(answer: str, permanent: bool) -> None:
    with post_office() as office:
        office.refusals["zuzhang@example.org"] = answer
        refused = refusal(office.url, letter())
    assert (refused.reason, refused.permanent) == (answer, permanent)


@pytest.mark.parametrize(("answer", "permanent"), [("554 refused as junk", True), ("452 no space", False)])
def test_a_text_is_refused_for_good_or_for_now(answer: str, permanent: bool) -> None:
    with post_office() as office:
        office.end_of_data = answer
        refused = refusal(office.url, letter())
    assert (refused.reason, refused.permanent) == (answer, permanent)


def test_a_server_that_is_down_may_be_tried_again() -> None:
    refused = refusal(f"smtp://127.0.0.1:{free_port()}", letter())
    assert not refused.permanent
    assert "ConnectionRefusedError" in refused.reason


def test_a_server_that_refuses_our_password_may_be_tried_again() -> None:
    with post_office() as office:
        refused = refusal(f"smtp://user:wrong@127.0.0.1:{office.port}", letter())
    assert not refused.permanent


def test_an_unencrypted_server_is_not_taken_for_an_encrypted_one() -> None:
    with post_office() as office:
        refused = refusal(f"smtp+starttls://127.0.0.1:{office.port}", letter())
    assert (refused.permanent, office.mails) == (False, [])


@pytest.mark.parametrize(
    "address",
    [
        "zuzhang@example.org\r\nBcc: all@example.org",
        "zuzhang@example.org\nSubject: other",
        "zuzhang@example.org, all@example.org",
        "zuzhang@example.org>\r\nRCPT TO:<all@example.org",
        "组长 <zuzhang@example.org>",
        "组长@example.org",
        "zuzhang",
        "",
    ],
)
def test_what_is_not_one_plain_address_is_never_sent(address: str) -> None:
    with post_office() as office:
        refused = refusal(office.url, letter(address))
    assert (refused.permanent, office.mails) == (True, [])


def test_line_ends_in_a_fact_begin_no_header() -> None:
    with post_office() as office:
        channel(office.url).send(letter(number="SL-1\r\nBcc: all@example.org\r\n\r\nhello"))
    mail = office.mails[0]
    assert mail["Bcc"] is None
    assert mail["Subject"] == "SL-1 Bcc: all@example.org hello 交给你们办理"


def test_a_line_of_one_dot_does_not_end_the_mail() -> None:
    with post_office() as office:
        channel(office.url).send(letter(village="杉岭\n.\nQUIT\n"))
    assert "QUIT" in office.mails[0].get_content()


def test_a_password_is_not_shown() -> None:
    assert "secret" not in repr(channel("smtp://user:secret@mail.example.org"))


def test_only_what_has_settings_is_a_channel() -> None:
    settings = {"mail_from": SENDER, "public_url": "", "language": "zh", "categories": {}}
    assert configured_channels(smtp_url="", **settings) == {}  # type: ignore[arg-type]
    assert set(configured_channels(smtp_url="smtp://localhost", **settings)) == {"smtp"}  # type: ignore[arg-type]
