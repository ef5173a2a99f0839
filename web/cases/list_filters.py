"""Read the filters of the list of cases from its address, and say them as a sentence."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from accounts.registers import unit_list
from cases import vocabulary
from cases.queries.filter_values import validate
from core.i18n import mark as _
from web.framework.request_context import PageRequest
from wsgi.schemas.request_schemas import CaseList
from wsgi.schemas.validation_errors import load_strictly

SHAPE = CaseList()
#: What says once what was done; it is no filter.
SAID = frozenset({"done", "number"})
#: The words of filters that are true or false: first for true, then for false.
BOTH: Mapping[str, tuple[str, str]] = {
    "overdue": (_("超期"), _("没有超期")),
    "taken_up": (_("不含没人动过的导入件"), _("导入后还没人动过")),
    "answered": (_("有了回音"), _("还在等回音")),
    "on_time": (_("按时答复"), _("没有按时答复")),
    "reopened": (_("重新办过"), _("没有重新办过")),
    "counted": ("", _("作废、并案、撤回的")),
    "open": (_("在办"), _("办完了")),
    "resolved": (_("已办结"), _("没有办结")),
    "in_hand": (_("已落实"), _("没有落实")),
    "judged": (_("按时与否已知"), _("按时与否未知")),
    "extended": (_("延过期"), _("没有延过期")),
    "later_judged": (_("重办的按时与否已知"), _("重办的按时与否未知")),
    "later_on_time": (_("重办的按时答复"), _("重办的没有按时答复")),
    "unreachable": (_("有人联系不上"), _("都联系得上")),
    "revisited": (_("回访过"), _("没有回访")),
    "rated": (_("已评满意不满意"), _("还没有评")),
    "content": (_("满意或基本满意"), _("不满意")),
}
CODES: Mapping[str, str] = {
    "kind": "kind",
    "outcome": "outcome",
    "rating": "rating",
    "last_outcome": "outcome",
}
UNDECIDED = _("说了，还没有结果")


@dataclass(frozen=True)
class Filters:
    """The filters of a list: as the address has them, as the query takes them, and in words."""

    given: Mapping[str, Any]
    query: Mapping[str, Any]
    sort: str
    cursor: str | None
    words: Mapping[str, str]


def read(page_request: PageRequest, arguments: MultiDict[str, str]) -> Filters:
    """Read the filters of an address; raise Invalid for one that there is not or that reaches too far."""
    given = load_strictly(
        SHAPE, {name: value for name, value in arguments.items() if value and name not in SAID}
    )
    sort, cursor = given.pop("sort"), given.pop("cursor", None)
    given.pop("limit")
    query = validate(page_request.session, actor=page_request.actor, rules=page_request.rules, filters=given)
    return Filters(given, query, sort, cursor, in_words(page_request, given, query))


def in_words(page_request: PageRequest, given: Mapping[str, Any], query: Mapping[str, Any]) -> dict[str, str]:
    """Say each filter in words, in the order of a sentence: where, what about, whose, and how it stands."""
    found: dict[str, str] = {}
    if "village" in query:
        found["village"] = query["village"].name
    if "category" in given:
        found["category"] = page_request.called("category", given["category"])
    if "owner" in given:
        name = unit_list.find_name(page_request.session, given["owner"])
        found["owner"] = page_request.say(_("{unit}在办"), unit=name or given["owner"])
    if "state" in given:
        found["state"] = page_request.called("state", given["state"])
    for name, group in CODES.items():
        if name in given:
            code = given[name]
            found[name] = (
                page_request.translate(UNDECIDED)
                if code == vocabulary.UNDECIDED
                else page_request.called(group, code)
            )
    for name, (yes, no) in BOTH.items():
        if name in given and (yes if given[name] else no):
            found[name] = page_request.translate(yes if given[name] else no)
    for name, sentence in (
        ("due_before", _("{day} 以前到期")),
        ("received_from", _("{day} 起收到")),
        ("received_to", _("到 {day} 收到")),
        ("answered_to", _("到 {day} 有了回音")),
    ):
        if name in given:
            found[name] = page_request.say(sentence, day=page_request.day(given[name]))
    if "q" in given:
        found["q"] = page_request.say(_("含「{words}」"), words=given["q"])
    return found
