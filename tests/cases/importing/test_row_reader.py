from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from cases.importing.row_reader import moment_of, tidy

ZONE = ZoneInfo("Asia/Shanghai")


def local(*parts: int) -> datetime:
    year, month, day, *clock = parts
    hour, minute, second = (*clock, 0, 0, 0)[:3]
    return datetime(year, month, day, hour, minute, second, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2019/4/25 9:32:09", local(2019, 4, 25, 9, 32, 9)),
        ("2019-04-25T09:32:09", local(2019, 4, 25, 9, 32, 9)),
        ("2019年4月25日 9:32", local(2019, 4, 25, 9, 32)),
        ("２０１９／４／２５\u3000９：３２：０９", local(2019, 4, 25, 9, 32, 9)),
        ("2018/4/24", local(2018, 4, 24)),
        (datetime(2019, 4, 24, 16, 3, 40), local(2019, 4, 24, 16, 3, 40)),
        (date(2019, 5, 9), local(2019, 5, 9)),
        (datetime(2019, 4, 24, 8, tzinfo=UTC), local(2019, 4, 24, 16)),
        ("2019/2/30 9:00:00", None),
        ("2019/4/25 25:00:00", None),
        ("昨天", None),
        ("20190425", None),
        (43580.25, None),
        (43580, None),
        (True, None),
    ],
)
def test_a_time_is_read_however_it_is_written(cell: object, moment: datetime | None) -> None:
    assert moment_of(cell, ZONE) == moment


def test_a_day_alone_is_not_before_the_receipt_of_that_day() -> None:
    received = local(2018, 4, 24, 15, 30)
    assert moment_of("2018/4/24", ZONE, received) == received


def test_a_day_before_the_receipt_stays_before_it() -> None:
    assert moment_of("2018/4/23", ZONE, local(2018, 4, 24, 15)) == local(2018, 4, 23)


@pytest.mark.parametrize(
    ("cell", "text", "mended"),
    [
        ("水渠塌了。", "水渠塌了。", []),
        ("\u3000\u3000水渠塌了。\u00a0", "水渠塌了。", []),
        ("水\t渠\u3000塌\u00a0了", "水\t渠\u3000塌 了", []),
        ("水\u200b渠\ufeff", "水渠", ["invisible_removed"]),
        ("一_x000D_\n二", "一\n二", ["line_end_restored"]),
        ("一\r\n二\r三", "一\n二\n三", []),
        ("水\x00渠\x07", "水渠", ["control_removed"]),
        ("_x0007_水渠", "水渠", ["line_end_restored"]),
        ("𠮷家湾", "𠮷家湾", []),
        ("水" * 9_500, "水" * 9_500, []),
    ],
)
def test_words_stay_as_they_are_but_for_what_nobody_can_see(cell: str, text: str, mended: list[str]) -> None:
    assert tidy(cell) == (text, mended)
