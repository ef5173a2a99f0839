"""Test how texts are looked up."""

from pathlib import Path

import pytest

from core.i18n import Translator, catalogue, mark, translator


def test_chinese_is_the_message_itself() -> None:
    assert translator("zh")("办理") == "办理"


def test_english_comes_from_the_catalogue() -> None:
    assert translator("en")("办理") == "handling"


def test_a_text_that_is_missing_stays_chinese() -> None:
    assert Translator({})("办理") == "办理"


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="fr"):
        translator("fr")


def test_marking_a_text_changes_nothing() -> None:
    assert mark("办理") == "办理"


def test_entries_marked_fuzzy_or_empty_are_not_used(tmp_path: Path) -> None:
    place = tmp_path / "en" / "LC_MESSAGES" / "messages.po"
    place.parent.mkdir(parents=True)
    place.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "好"\nmsgstr "good"\n\n#, fuzzy\nmsgid "坏"\nmsgstr "perhaps"\n\nmsgid "空"\nmsgstr ""\n',
        encoding="utf-8",
    )
    translate = Translator(catalogue("en", tmp_path))
    assert [translate(text) for text in ("好", "坏", "空")] == ["good", "坏", "空"]
