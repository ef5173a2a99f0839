"""Say why a file could not be read as a table, and how to save it so that it can."""

from collections.abc import Mapping, Sequence
from typing import Any

from config.marked_text import COMMA
from core.i18n import Translate
from core.i18n import mark as _

#: The fields of a refusal that are about the file, or about what was wanted of it.
FIELDS = ("file", "sheet")
MOST_SHEETS = 5

#: By code; braces hold facts of the refusal.
SENTENCES: Mapping[str, str] = {
    "cell_too_far": _(
        "工作表「{sheet}」的 {column}{row} 有内容，离表格太远（最多 {most} 行），请删去那里的内容再存"
    ),
    "cut_off": _("文件不完整，最后一个字只有一半，请重新导出或重新复制"),
    "damaged_text": _("第 {line} 行有坏掉的 UTF-8 字符，请重新导出"),
    "empty_file": _("这是空文件"),
    "heading_repeated": _("有几列都叫“{heading}”（{columns}），不知道读哪一列，请只留一列，或者改名"),
    "headings_missing": _("找不到表头"),
    "locked_by_password": _("文件有密码，请先在表格软件里去掉密码再存"),
    "markup": _("这其实是网页（HTML 或 XML），请用表格软件打开，另存为 .xlsx"),
    "no_sheets": _("csv 没有工作表，请去掉 --sheet"),
    "no_such_sheet": _("没有叫“{missing}”的工作表可读；文件里有：{sheets}"),
    "not_a_table": _("不是能读的 xlsx 或 csv 表格，或者已损坏、不完整"),
    "old_workbook": _("这是旧格式 .xls，请用表格软件打开，另存为 .xlsx"),
    "other_workbook": _("这是 .ods 或 .xlsb，请用表格软件打开，另存为 .xlsx"),
    "quote_in_field": _("第 {line} 行有一格中间出现引号；有引号的格要整格放在引号里，里面的引号写两个"),
    "quote_not_closed": _("第 {line} 行的引号没有合上，后面的行都会被当成这一格，请改正"),
    "semicolon_separated": _("格与格之间是分号，请另存为 .xlsx，或者逗号分隔的 CSV UTF-8"),
    "tab_separated": _("格与格之间是制表符，请另存为 .xlsx，或者逗号分隔的 CSV UTF-8"),
    "text_after_quote": _("第 {line} 行的引号后面还有字；请看这一格或前面一格的引号有没有合上"),
    "too_large": _("文件太大，请分成几个"),
    "too_much_work": _("文件太复杂，读不完；请只留要导入的工作表，另存为新的 .xlsx"),
    "unknown_encoding": _("编码读不懂，请用表格软件另存为 .xlsx，或者 CSV UTF-8"),
    "unpacks_too_large": _("文件解开后太大，请另存为新的 .xlsx"),
    "wide_comma_separated": _("格与格之间是全角逗号，请另存为 .xlsx，或者半角逗号分隔的 CSV UTF-8"),
}


def sentence(code: str, facts: Mapping[str, Any], translate: Translate) -> str:
    """Say what a code of `SENTENCES` means, and of missing headings where and what stands there instead."""
    if code == "headings_missing":
        found = [_of_sheet(sheet, translate) for sheet in facts["sheets"][:MOST_SHEETS]]
        return "\n".join([translate(SENTENCES[code]), *found])
    shown = {name: _listed(value, translate) for name, value in facts.items()}
    name = f" ({shown['name']})" if "name" in shown else ""
    return translate(SENTENCES[code]).format(**shown) + name


def _of_sheet(sheet: Mapping[str, Any], translate: Translate) -> str:
    _ = translate
    facts = {
        "sheet": sheet["sheet"],
        "row": sheet["row"],
        "missing": _listed(sheet["missing"], _),
        "found": _listed(sheet["found"], _) or _("（空）"),
    }
    if sheet["sheet"]:
        return _("工作表「{sheet}」缺：{missing}；第 {row} 行写的是：{found}").format(**facts)
    return _("缺：{missing}；第 {row} 行写的是：{found}").format(**facts)


def _listed(value: object, translate: Translate) -> str:
    if isinstance(value, str) or not isinstance(value, Sequence):
        return str(value)
    return translate(COMMA).join(str(one) for one in value)
