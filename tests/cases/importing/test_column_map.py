from pathlib import Path

import pytest

from cases.importing.column_map import DEFAULT_MAP, ImportMap, read_map
from core.errors import Invalid

MAPS = Path(__file__).resolve().parents[3] / "config" / "maps"
COLUMNS = '[columns]\nid = "编号"\nreceived = "时间"\nown_words = "内容"\n'


def written(tmp_path: Path, text: str) -> Path:
    place = tmp_path / "map.toml"
    place.write_text(text, encoding="utf-8")
    return place


def test_the_map_that_comes_along_can_be_read() -> None:
    form = read_map(MAPS / DEFAULT_MAP)
    assert set(form.headings()) == {
        "留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "答复意见", "答复时间",
    }  # fmt: skip


def test_a_cell_of_the_sheet_may_stand_for_a_code(tmp_path: Path) -> None:
    form = read_map(
        written(
            tmp_path,
            f'source = "board"\n{COLUMNS}category = "类别"\n'
            '[defaults]\ncategory = "industry"\n[values.category]\n"道路" = "roads"\n',
        )
    )
    assert [form.choice("category", cell) for cell in ("道路", "roads", "")] == ["roads", "roads", "industry"]


def test_an_option_takes_the_place_of_a_default() -> None:
    form = ImportMap("board", {}, ("内容",), {"village": "YY", "unit": "committee-YY"}, {})
    changed = form.with_defaults(village="GG", unit=None)
    assert changed.defaults == {"village": "GG", "unit": "committee-YY"}


@pytest.mark.parametrize(
    ("text", "place", "code"),
    [
        (COLUMNS, "source", "required"),
        (f'source = " "\n{COLUMNS}', "source", "required"),
        ('source = "board"\n[columns]\nid = "编号"\nreceived = "时间"\n', "columns.own_words", "required"),
        ('source = "board"\n[columns]\nid = "编号"\nown_words = "内容"\n', "columns.received", "required"),
        ('source = "board"\n[columns]\nreceived = "时间"\nown_words = "内容"\n', "columns.id", "required"),
        (f'source = "board"\n{COLUMNS}reply = "答复"\n', "columns.replied", "required"),
        (f'source = "board"\n{COLUMNS}replied = "答复时间"\n', "columns.reply", "required"),
        (f'source = "board"\n{COLUMNS}votes = "点赞"\n', "columns.votes", "unknown"),
        (f'source = "board"\n{COLUMNS}kind = 3\n', "columns.kind", "wrong_type"),
        ('source = "board"\ncolumns = "编号"\n', "columns", "not_a_table"),
        (f'source = "board"\n{COLUMNS}[defaults]\ncolour = "red"\n', "defaults.colour", "unknown"),
        (
            f'source = "board"\n{COLUMNS}[defaults]\nconfidential = "no"\n',
            "defaults.confidential",
            "wrong_type",
        ),
        (f'source = "board"\n{COLUMNS}[values]\nkind = "problem"\n', "values.kind", "wrong_type"),
        (f'source = "board"\nlines = 3\n{COLUMNS}', "lines", "unknown"),
        ("source = ", "map", "not_a_map"),
    ],
)
def test_a_bad_map_is_refused_with_the_place(tmp_path: Path, text: str, place: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_map(written(tmp_path, text))
    assert refusal.value.errors[place] == [code]


def test_a_map_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as refusal:
        read_map(tmp_path / "none.toml")
    assert refusal.value.errors == {"map": ["no_such_file"]}
