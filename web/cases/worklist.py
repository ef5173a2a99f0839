"""待办: what a unit has to do, the most pressing first."""

from dataclasses import dataclass
from datetime import date
from typing import cast
from urllib.parse import parse_qs, urlsplit

from flask import Response, request, url_for

from accounts.access.permissions import Permission
from cases.queries import worklist as case_worklist
from cases.queries.list_columns import CaseListColumns
from cases.queries.worklist import Worklist, pressing_on
from core.i18n import mark as _
from core.paging import COUNTED
from web.cases.rows import CaseRow, Item, case_rows
from web.framework.blueprint import PageBlueprint, requires
from web.framework.rendering import page
from web.framework.request_context import PageRequest
from workflow.definition.vocabulary import CaseState
from workflow.working_days import SOON

worklist_pages = PageBlueprint("worklist", __name__)
ONLY = ("unaccepted", "under_way")


@dataclass(frozen=True)
class WorklistHeader:
    """What stands over the list: the title, and how many there are of what."""

    found: Worklist
    title: str
    only: str | None
    most: int = COUNTED


@worklist_pages.get("/todo", enter=requires(Permission.CASES_ACT))
def worklist(page_request: PageRequest) -> Response:
    """Show what is with the person's unit; the most urgent fact is the title."""
    head = _head(page_request, request.args.get("only"))
    groups = [*head.found.groups, head.found.owed_replies]
    owed = {item["number"] for item in head.found.owed_replies.items}

    def day_of(item: Item, beside: CaseListColumns) -> date | None:
        """Return the day that puts a case into its group: of the word that is owed, or of the matter."""
        if item["number"] in owed:
            return cast("date | None", item["reply_due_on"])
        return owner_due_on(item, beside)

    rows = iter(case_rows(page_request, [item for group in groups for item in group.items], day_of))
    return page(
        "worklist/worklist.html",
        work=head,
        groups=[(group, sorted((next(rows) for _ in group.items), key=_day)) for group in groups],
        units=[],
        soon_days=SOON,
        legend=[
            state.code
            for state in page_request.rules.definition.states.values()
            if not state.final or state.stage == CaseState.CLOSED
        ],
    )


def owner_due_on(item: Item, beside: CaseListColumns) -> date | None:
    """Return the day by which the owner of a case owes something first."""
    return pressing_on(item, beside.accept_on)


def header_at(page_request: PageRequest, address: str) -> WorklistHeader | None:
    """Return what stands now over the list at an address; None for the address of another page."""
    parts = urlsplit(address)
    if parts.path != url_for("worklist.worklist"):
        return None
    return _head(page_request, parse_qs(parts.query).get("only", [None])[0])


def _head(page_request: PageRequest, asked: str | None) -> WorklistHeader:
    only = asked if asked in ONLY else None
    found = case_worklist.worklist(
        page_request.session,
        actor=page_request.actor,
        rules=page_request.rules,
        calendar=page_request.calendar,
        now=page_request.now,
        only=only,
    )
    return WorklistHeader(found, title_of(page_request, found), only)


def title_of(page_request: PageRequest, found: Worklist) -> str:
    """Say the most urgent thing."""
    late, soon, later = (group.count for group in found.groups)
    if late:
        return page_request.say(_("{n} 件超期，先答复这几件"), n=late)
    if soon:
        return page_request.say(_("{n} 件快到期"), n=soon)
    if found.owed_replies.count:
        return page_request.say(_("{n} 件该回话了"), n=found.owed_replies.count)
    return (
        page_request.say(_("{n} 件在办，都还有时间"), n=later)
        if later
        else page_request.translate(_("待办清了"))
    )


def _day(row: CaseRow) -> date:
    return row.pill.day or date.max
