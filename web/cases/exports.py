"""Give a list of cases out as a table for the office, without any person in it."""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from flask import Response, current_app, request
from werkzeug.datastructures import MultiDict

from accounts.access.permissions import Permission
from accounts.security_log import shown
from accounts.security_log.shown import Event
from cases.models.case import Case
from cases.queries.case_list import list_cases
from core.i18n import PROVISIONAL
from core.i18n import mark as _
from core.tables.writer import write_rows
from web.cases import list_filters
from web.cases.bulk_actions import BESIDE, selected_cases
from web.framework.blueprint import PageBlueprint, requires
from web.framework.rendering import label
from web.framework.request_context import SAMPLE_MARK, PageRequest
from wsgi.quotas import charging

exports = PageBlueprint("exports", __name__)
MOST_ROWS = 5000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Said in the last row, so that nobody takes a part for the whole.
MORE = _("只导出了前 {n} 件，还有更多。请加上条件，分几次导出。")
HEADINGS = (
    _("编号"),
    _("{level.village}"),
    _("类别"),
    _("性质"),
    _("原话"),
    _("状态"),
    _("第几次办"),
    _("谁在办"),
    _("收到"),
    _("最迟"),
    PROVISIONAL,
    _("超期"),
    _("有了回音"),
    _("结果"),
)


@exports.get("/cases/export", enter=requires(Permission.CASES_READ))
def export(page_request: PageRequest) -> Response:
    """Return the chosen cases, or else all that the filters keep, as a table without any person in it."""
    chosen = [number for number, _version in selected_cases(request.args)]
    given = [(name, value) for name, value in request.args.items() if name not in BESIDE]
    asked = list_filters.read(page_request, MultiDict(given))
    found = list_cases(
        page_request.session,
        actor=page_request.actor,
        rules=page_request.rules,
        filters={} if chosen else asked.query,
        where=[Case.number.in_(chosen)] if chosen else (),
        now=page_request.now,
        sort=asked.sort,
        limit=MOST_ROWS,
    )
    shown.note(Event.EXPORT, [item["number"] for item in found.items])
    rows = list(_rows(page_request, found.items))
    charging.charge_export(
        page_request.services, user_id=page_request.actor.user_id, rows=len(rows), now=page_request.now
    )
    if found.next is not None:
        rows.append([page_request.say(MORE, n=MOST_ROWS)])
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "cases.xlsx"
        headings = [page_request.translate(words) for words in HEADINGS]
        title = page_request.translate(SAMPLE_MARK) if page_request.services.is_sample() else ""
        write_rows(place, headings, rows, title=title)
        content = place.read_bytes()
    response = current_app.response_class(content, mimetype=XLSX)
    name = f"huiyin-{page_request.today.isoformat()}.xlsx"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _rows(page_request: PageRequest, items: Sequence[dict[str, Any]]) -> Iterator[list[object]]:
    """Lay cases out as cells, in the order of the headings."""
    yes, no = page_request.translate(_("是")), page_request.translate(_("否"))
    for item in items:
        yield [
            item["number"],
            item["village_name"],
            label("category", item["category"]),
            label("kind", item["kind"]),
            page_request.shown(item["own_words"]),
            label("state", item["state"]),
            item["round"],
            item["owner_name"] or "",
            item["received_at"].astimezone(page_request.rules.zone).date(),
            item["due_on"] or "",
            yes if page_request.is_provisional(item["due_on"]) else no,
            yes if item["overdue"] else no,
            yes if item["answered"] else no,
            label("outcome", item["outcome"]) if item["outcome"] else "",
        ]
