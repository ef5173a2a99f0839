"""待办: what a unit has to do, the most pressing first."""

from datetime import date
from typing import cast

from flask import Response, request

from accounts.permissions import Permission
from cases import worklists
from cases.rows import Row
from cases.worklists import COUNTED, Worklist, pressing_on
from core.i18n import mark as _
from web.call import Visit
from web.case_rows import CaseRow, Item, case_rows
from web.entry import Pages, whoever
from web.rendering import page

worklist_pages = Pages("worklist", __name__)
ONLY = ("unaccepted", "under_way")


@worklist_pages.shows("/todo", enter=whoever(Permission.CASES_ACT))
def worklist(visit: Visit) -> Response:
    """Show what is with the person's unit; the most urgent fact is the title."""
    only = request.args.get("only")
    only = only if only in ONLY else None
    found = worklists.worklist(
        visit.session, actor=visit.actor, rules=visit.rules, calendar=visit.calendar, now=visit.now, only=only
    )
    groups = [*found.groups, found.owed_replies]
    owed = {item["number"] for item in found.owed_replies.items}

    def day_of(item: Item, beside: Row) -> date | None:
        """Give the day that puts a case into its group: of the word that is owed, or of the matter."""
        if item["number"] in owed:
            return cast("date | None", item["reply_due_on"])
        return pressing_on(item, beside.accept_on)

    rows = iter(case_rows(visit, [item for group in groups for item in group.items], day_of))
    shown = [(group, sorted((next(rows) for _ in group.items), key=_day)) for group in groups]
    return page(
        "worklist/worklist.html",
        title=title_of(visit, found),
        work=found,
        only=only,
        groups=shown,
        most=COUNTED,
        units=[],
    )


def title_of(visit: Visit, found: Worklist) -> str:
    """Say the most urgent thing."""
    late, soon, later = (group.count for group in found.groups)
    if late:
        return visit.say(_("{n} 件超期，先答复这几件"), n=late)
    if soon:
        return visit.say(_("{n} 件快到期"), n=soon)
    if found.owed_replies.count:
        return visit.say(_("{n} 件该回话了"), n=found.owed_replies.count)
    return visit.say(_("{n} 件在办，都还有时间"), n=later) if later else visit.translate(_("待办清了"))


def _day(row: CaseRow) -> date:
    return row.pill.day or date.max
