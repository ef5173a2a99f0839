"""What is sealed opens for its own place, under its own key and as it was written, and in no other way."""

import base64
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Unavailable
from core.sealing import key_file
from core.sealing.personal_keys import NotOpened, PersonalKeys
from core.sealing.sealed_columns import SEALED, SealedDocument, SealedString, SealedText

FIRST, SECOND = "the first key of these tests, which is long", "the second key of these tests, also long"
PLACES = st.builds(
    lambda column, row: f"{column}.{row}",
    st.sampled_from(["complainants.name", "complainants.phone", "history.personal"]),
    st.integers(1, 9),
)
KEYS = PersonalKeys([FIRST])


@given(st.text(), PLACES)
def test_what_is_sealed_for_a_place_opens_there(text: str, place: str) -> None:
    sealed = KEYS.seal(text, place)
    assert (KEYS.open(sealed, place), sealed.key_id) == (text, KEYS.present.id)
    assert sealed != KEYS.seal(text, place)


@given(st.text(min_size=1), PLACES, PLACES)
def test_what_is_moved_to_another_table_column_or_row_does_not_open(
    text: str, place: str, other: str
) -> None:
    sealed = KEYS.seal(text, place)
    if place == other:
        assert KEYS.open(sealed, other) == text
        return
    with pytest.raises(NotOpened):
        KEYS.open(sealed, other)


@given(st.text(), st.data())
def test_what_was_changed_in_any_of_its_bytes_does_not_open(text: str, data: st.DataObject) -> None:
    sealed = KEYS.seal(text, "complainants.name.1").stored
    head, content = sealed[:13], bytearray(base64.b64decode(sealed[13:]))
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    changed = SealedText(head + base64.b64encode(content).decode())
    with pytest.raises(NotOpened):
        KEYS.open(changed, "complainants.name.1")


@pytest.mark.parametrize("rest", ["", "x", "====", base64.b64encode(b"short").decode(), "ä"])
def test_what_is_no_ciphertext_at_all_does_not_open(rest: str) -> None:
    with pytest.raises(NotOpened):
        KEYS.open(SealedText(f"{SEALED}{KEYS.present.id}{rest}"), "complainants.name.1")


def test_without_its_key_nothing_opens_and_the_key_is_named() -> None:
    sealed = KEYS.seal("田某", "complainants.name.1")
    with pytest.raises(Unavailable) as refused:
        PersonalKeys([SECOND]).open(sealed, "complainants.name.1")
    assert refused.value.facts == {"reason": "personal_key_missing", "key_id": KEYS.present.id}
    assert PersonalKeys([SECOND, FIRST]).open(sealed, "complainants.name.1") == "田某"


def test_nothing_can_be_sealed_without_any_key(tmp_path: Path) -> None:
    with pytest.raises(Unavailable) as refused:
        PersonalKeys(place=tmp_path / "personal.key")
    assert refused.value.facts == {"reason": "no_personal_key"}


def test_what_an_earlier_version_wrote_in_the_clear_is_read_as_it_stands() -> None:
    assert KEYS.open(SealedText("田某"), "complainants.name.1") == "田某"


def test_a_digest_is_one_of_its_key_and_its_use() -> None:
    both = PersonalKeys([SECOND, FIRST])
    assert KEYS.digests("phone", "13800002046") == both.digests("phone", "13800002046")[1:]
    told = {*both.digests("phone", "2046"), *both.digests("phone end", "2046")}
    assert len(told) == 4
    assert all(len(one) == 32 for one in told)


def test_keys_of_a_file_are_seen_by_every_process_as_soon_as_they_change(tmp_path: Path) -> None:
    place = tmp_path / "data" / "personal.key"
    key_file.make(place)
    key_file.make(place)  # which leaves the one that is there
    one, other = PersonalKeys(place=place), PersonalKeys(place=place)
    former = one.present.id
    assert place.stat().st_mode & 0o777 == 0o600
    key_file.add(place)
    assert (one.present.id, len(one.ids)) == (former, 2)  # known, and not sealed with yet
    key_file.put_first(place, 1)
    assert other.present.id != former
    assert one.open(other.seal("田某", "complainants.name.1"), "complainants.name.1") == "田某"
    assert one.ids == other.ids == PersonalKeys(key_file.read(place)).ids
    assert place.stat().st_mode & 0o777 == 0o600


def test_keys_that_were_given_are_no_affair_of_the_file(tmp_path: Path) -> None:
    key_file.make(tmp_path / "personal.key")
    assert PersonalKeys([FIRST], place=tmp_path / "personal.key").ids == KEYS.ids


@pytest.mark.parametrize("column", [SealedString(), SealedDocument()])
def test_a_column_takes_nothing_in_the_clear(column: SealedString | SealedDocument) -> None:
    sealed = KEYS.seal("田某", "complainants.name.1")
    assert column.process_bind_param(sealed, None) == sealed.stored  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        column.process_bind_param("田某", None)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        column.process_bind_param([["reason", "00", "田某"]], None)  # type: ignore[arg-type]
