"""Files over the interface: one at a time, typed by content, seen by who sees their case."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image

from api.application import attach_services
from cases.configuration.case_rules import CountyRules
from cases.models.case import Case
from config.settings import Settings
from core.files import pictures
from core.files.scanner import Scanner
from core.persistence.db import Database
from tests.api.conftest import Caller, Clock
from tests.core.files.clamd import SIGNATURE, clamd
from tests.pictures import from_a_phone, picture

pytestmark = pytest.mark.one_database

Call = Callable[[str], Caller]
MakeCase = Callable[..., Case]
PDF = b"%PDF-1.4 \xe6\xb0\xb4"
PNG = picture("PNG")


def test_a_document_is_stored_and_given_back(call: Call) -> None:
    stored = call("zuyuan").upload(PDF, "合同.pdf", "application/pdf")
    told = stored.json
    assert (stored.status_code, told["type"], told["size"]) == (201, "application/pdf", len(PDF))
    assert call("zuyuan").get(f"/attachments/{told['id']}").data == PDF


def test_a_photo_of_a_phone_is_given_back_upright_and_without_its_place(call: Call) -> None:
    told = call("zuyuan").upload(from_a_phone((80, 40)), "渠.jpg", "image/jpeg").json
    data = call("zuyuan").get(f"/attachments/{told['id']}").data
    assert told["size"] == len(data)
    with Image.open(io.BytesIO(data)) as shown:
        assert (shown.size, dict(shown.getexif())) == ((40, 80), {})


@pytest.mark.parametrize(
    ("content", "reason"),
    [(picture("PNG")[:40], "damaged_picture"), (b"\x89PNG\r\n\x1a\n<script>", "damaged_picture")],
)
def test_a_picture_that_cannot_be_opened_is_refused(call: Call, content: bytes, reason: str) -> None:
    refused = call("zuyuan").upload(content, "a.png", "image/png")
    assert (refused.status_code, refused.json["errors"]) == (422, {"file": [reason]})


def test_while_too_many_pictures_are_written_one_is_told_to_come_again_in_a_moment(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "MOST_WAITING", 0.05)
    with pictures.PROCESS_SLOTS, pictures.PROCESS_SLOTS:
        refused = call("zuyuan").upload(PNG, "a.png", "image/png")
        assert call("zuyuan").upload(PDF, "a.pdf", "application/pdf").status_code == 201
    assert (refused.status_code, refused.json["code"], refused.json["detail"]) == (
        503,
        "busy",
        "同时送来的照片太多。请稍等片刻，用同一幂等键重试。",
    )
    assert refused.headers["Retry-After"] == "10" == str(refused.json["facts"]["retry_after"])
    assert call("zuyuan").upload(PNG, "a.png", "image/png").status_code == 201


def test_a_picture_that_takes_too_long_is_called_so(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST_SECONDS", 0.001)
    refused = call("zuyuan").upload(PNG, "a.png", "image/png")
    assert (refused.status_code, refused.json["errors"]) == (422, {"file": ["picture_takes_too_long"]})


def test_a_file_is_to_be_saved_and_never_shown_in_place(call: Call) -> None:
    stored = call("zuyuan").upload(PDF, "账目.pdf", "application/pdf").json["id"]
    headers = call("zuyuan").get(f"/attachments/{stored}").headers
    assert headers["Content-Disposition"].startswith("attachment;")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == (
        "sandbox; default-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    )


@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (b"<svg onload=alert(1)>", "a.svg", "image/svg+xml"),
        (b"<html>", "a.jpg", "image/jpeg"),
        (PNG, "a.jpg", "image/jpeg"),
        (PNG, "a.exe", "application/octet-stream"),
    ],
)
def test_a_file_of_another_type_is_refused(call: Call, content: bytes, name: str, media_type: str) -> None:
    refused = call("zuyuan").upload(content, name, media_type)
    assert (refused.status_code, refused.json["code"]) == (415, "unsupported_type")


@pytest.mark.parametrize("size", [10 * 1024 * 1024 + 1, 12 * 1024 * 1024])
def test_a_file_above_ten_megabytes_is_too_large(call: Call, size: int) -> None:
    refused = call("zuyuan").upload(PDF.ljust(size, b" "), "a.pdf", "application/pdf")
    assert (refused.status_code, refused.json["code"]) == (413, "too_large")


def test_a_file_of_ten_megabytes_is_taken(call: Call) -> None:
    content = PDF.ljust(10 * 1024 * 1024, b" ")
    assert call("zuyuan").upload(content, "a.pdf", "application/pdf").status_code == 201


def part(content: bytes, disposition: str) -> bytes:
    return f"--b\r\nContent-Disposition: form-data; {disposition}\r\n\r\n".encode() + content + b"\r\n"


ONE = part(PDF, 'name="file"; filename="a.pdf"')


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        (b"", "file"),
        (ONE + ONE, "file"),
        (ONE + part(PDF, 'name="other"; filename="b.pdf"'), "file"),
        (ONE + part(b"SL-2026-0001", 'name="case"'), "case"),
        (ONE + part(b"SL-2026-0001", "x=y"), ""),
        (part(b"", 'name="file"; filename="a.pdf"'), "file"),
    ],
    ids=["none", "two", "two names", "something beside it", "something without a name", "empty"],
)
def test_it_is_exactly_one_file(call: Call, parts: bytes, field: str) -> None:
    refused = call("zuyuan").raw("/attachments", parts + b"--b--\r\n", "multipart/form-data; boundary=b")
    assert (refused.status_code, field in refused.json.get("errors", {})) == (422, True)


def test_another_body_than_multipart_is_not_taken(call: Call) -> None:
    assert call("zuyuan").raw("/attachments", PDF, "application/pdf").status_code == 415


def test_strangers_and_readers_cannot_upload(call: Call) -> None:
    assert call("jiandu").upload(PDF, "a.pdf", "application/pdf").status_code == 403
    call("zuyuan").token = "hy_" + "A" * 43
    assert call("zuyuan").upload(PDF, "a.pdf", "application/pdf").status_code == 401


def test_until_a_case_takes_it_up_only_its_sender_sees_a_file(call: Call, a_case: MakeCase) -> None:
    case = a_case()
    stored = call("zuyuan").upload(PDF, "a.pdf", "application/pdf").json["id"]
    assert call("cunwei-sl").get(f"/attachments/{stored}").status_code == 404
    hung = call("zuyuan").act(case, "attach", attachments=[stored])
    assert hung.json["attachments"] == [
        {"id": stored, "type": "application/pdf", "size": len(PDF), "name": "a.pdf"}
    ]
    assert call("cunwei-sl").get(f"/attachments/{stored}").status_code == 200
    assert call("cunwei-yy").get(f"/attachments/{stored}").status_code == 404


def test_a_file_that_another_uploaded_cannot_be_hung_on_a_case(call: Call, a_case: MakeCase) -> None:
    stored = call("zuyuan").upload(PDF, "a.pdf", "application/pdf").json["id"]
    refused = call("zuzhang").act(a_case(), "attach", attachments=[stored])
    assert (refused.status_code, refused.json["errors"]) == (422, {"attachments": ["unknown_attachment"]})


def test_a_program_is_told_of_a_virus_and_of_a_scanner_that_is_silent(
    call: Call,
    app: Flask,
    town: Database,
    rules: CountyRules,
    settings: Settings,
    clock: Clock,
    tmp_path: Path,
) -> None:
    def scanned(address: str) -> None:
        own = rules.with_services(scanner=Scanner(address, seconds=0.2))
        attach_services(app, db=town, rules=own, settings=settings, now=clock)

    member = call("zuyuan")
    before = member.upload(PDF + SIGNATURE, "a.pdf", "application/pdf").json["id"]
    with clamd(tmp_path) as fake:
        scanned(fake.address)
        refused = member.upload(PDF + SIGNATURE, "a.pdf", "application/pdf")
        assert (refused.status_code, refused.json["errors"]) == (422, {"file": ["infected"]})
        assert member.upload(PDF, "a.pdf", "application/pdf").status_code == 201
        kept_back = member.get(f"/attachments/{before}")
        assert (kept_back.status_code, kept_back.json["facts"]) == (403, {"reason": "infected"})
    scanned(f"unix://{tmp_path}/nowhere")
    for answer in (member.upload(PDF, "a.pdf", "application/pdf"), member.get(f"/attachments/{before}")):
        assert (answer.status_code, answer.json["facts"]) == (503, {"reason": "scanner_silent"})
        assert "查病毒" in answer.json["detail"]
