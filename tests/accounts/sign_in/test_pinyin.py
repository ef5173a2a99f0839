"""Names as a neighbour types them."""

from accounts.sign_in.pinyin import spellings


def test_a_place_is_typed_with_and_without_what_kind_it_is_and_by_every_reading() -> None:
    assert {"杉岭村", "杉岭", "shanlingcun", "shanling"} <= spellings(["杉岭村"])
    assert {"chongqing", "zhongqing"} <= spellings(["重庆市"])


def test_what_is_too_short_or_a_code_stands_in_too_many_words() -> None:
    assert spellings(["阿", "A1", "", "123"]) == frozenset()


def test_a_long_name_has_no_more_readings_than_can_be_held() -> None:
    assert len(spellings(["重" * 60])) <= 9
