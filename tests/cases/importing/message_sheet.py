"""Write a small sheet of an online message board, with the traps that real ones have."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from cases.importing.column_map import read_map
from core.tables.writer import write_rows

HEADINGS = ("留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "答复意见", "答复时间")
MAP = read_map(Path(__file__).resolve().parents[3] / "config" / "maps" / "message-board.toml")
ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
LONG = "渠" * 9_000 + "。"
BEYOND_BMP = "𠮷家湾的水渠"

PLAIN: Mapping[str, Any] = {
    "留言编号": 2001,
    "留言用户": "U001",
    "留言主题": "水渠塌了",
    "留言时间": "2019/4/25 9:32:09",
    "留言详情": "枫树垭的水渠塌了一段，下田浇不上水。",
    "答复意见": "已经修好，放过水了。",
    "答复时间": "2019/5/10 14:56:53",
}
BLANK: Mapping[str, Any] = {}

#: Every trap on a row of its own; all of them can be read.
TRAPS: tuple[Mapping[str, Any], ...] = (
    PLAIN,
    {**PLAIN, "留言编号": 2002, "留言时间": datetime(2019, 4, 24, 16, 3, 40)},
    {**PLAIN, "留言编号": 2003, "答复时间": date(2019, 5, 9)},
    {**PLAIN, "留言编号": 2004, "答复时间": "2019/5/9"},
    BLANK,
    {
        **PLAIN,
        "留言编号": 2005,
        "留言主题": "\t\t路灯\u00a0不亮",
        "留言详情": "\u3000\u3000路灯\u200b坏了。_x000D_\n黑。",
    },
    {**PLAIN, "留言编号": 2006, "留言详情": LONG},
    {**PLAIN, "留言编号": 2007, "留言详情": BEYOND_BMP},
    BLANK,
    {**PLAIN, "留言编号": 2008},
    {**PLAIN, "留言编号": 2009, "答复意见": None, "答复时间": None},
    {**PLAIN, "留言编号": 2010, "留言详情": "井水\x07浑了。"},
    {**PLAIN, "留言编号": 2011, "留言用户": None},
)
READABLE = sum(bool(row) for row in TRAPS)

#: Rows that cannot be read, with the column and the code of what is wrong.
REFUSED: tuple[tuple[Mapping[str, Any], str, str], ...] = (
    ({**PLAIN, "留言编号": None}, "留言编号", "required"),
    ({**PLAIN, "留言编号": 3001, "留言时间": "上个月"}, "留言时间", "not_a_time"),
    ({**PLAIN, "留言编号": 3002, "留言时间": "2019/2/30 9:00:00"}, "留言时间", "not_a_time"),
    ({**PLAIN, "留言编号": 3003, "留言时间": 43580.25}, "留言时间", "not_a_time"),
    ({**PLAIN, "留言编号": 3004, "留言时间": "2030/1/1 9:00:00"}, "留言时间", "in_the_future"),
    ({**PLAIN, "留言编号": 3005, "答复时间": "2019/4/25 9:00:00"}, "答复时间", "before_received"),
    ({**PLAIN, "留言编号": 3006, "答复时间": None}, "答复时间", "required"),
    ({**PLAIN, "留言编号": 3007, "答复意见": "\u200b \u3000"}, "答复意见", "required"),
    ({**PLAIN, "留言编号": 3008, "留言主题": None, "留言详情": "\x07"}, "留言详情", "required"),
    ({**PLAIN, "留言编号": 3009, "留言详情": "渠" * 20_001}, "留言详情", "too_long"),
)


def write(place: Path, rows: Iterable[Mapping[str, Any]]) -> Path:
    """Write rows under the headings of the board."""
    write_rows(place, HEADINGS, ([row.get(heading) for heading in HEADINGS] for row in rows))
    return place
