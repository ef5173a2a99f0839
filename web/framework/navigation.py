"""Say where each role can go, and where it lands (design.md section 5)."""

from collections.abc import Mapping
from dataclasses import dataclass

from accounts.access.permissions import Permission, Role
from core.i18n import mark as _
from web.framework.request_context import PageRequest


@dataclass(frozen=True)
class NavigationEntry:
    """One entry of the top bar or of the tabs: where it leads, its words and its picture."""

    endpoint: str
    words: str
    icon: str
    permission: Permission | None = None


OVERVIEW = NavigationEntry("dashboard.index", _("总览"), "chart", Permission.RATES_READ)
VILLAGES = NavigationEntry("villages.index", _("{level.village}情"), "flag", Permission.RATES_READ)
INBOX = NavigationEntry("worklist.worklist", _("待办"), "inbox", Permission.CASES_ACT)
CASES = NavigationEntry("cases.index", _("事项"), "list", Permission.CASES_READ)
REGISTER = NavigationEntry("register.form", _("登记"), "plus", Permission.CASES_REGISTER)
ADMINISTRATION = NavigationEntry("administration.overview", _("管理"), "check", Permission.USERS_MANAGE)
AREAS = NavigationEntry("areas.index", _("区域"), "map", Permission.AREAS_MANAGE)
UNITS = NavigationEntry("units.index", _("单位"), "house", Permission.AREAS_MANAGE)
PEOPLE = NavigationEntry("people.index", _("人员"), "people", Permission.USERS_MANAGE)
READS = NavigationEntry("reads.index", _("谁看过"), "search", Permission.AUDIT_READ)
CHECKING = NavigationEntry("verification.index", _("核对"), "check", Permission.AUDIT_READ)
WORKING_DAYS = NavigationEntry("working_days.index", _("日历"), "clock", Permission.CALENDAR_EDIT)

#: What each role sees in its bar; the first one is where it lands.
BARS: Mapping[Role, tuple[NavigationEntry, ...]] = {
    Role.LEADER: (OVERVIEW, CASES, VILLAGES),
    Role.AUDITOR: (OVERVIEW, CASES, VILLAGES, READS),
    Role.COMMITTEE: (INBOX, CASES, REGISTER, VILLAGES),
    Role.TEAM_LEADER: (INBOX, CASES, REGISTER, OVERVIEW),
    Role.COORDINATOR: (INBOX, CASES, OVERVIEW, VILLAGES),
    Role.DEPARTMENT: (INBOX, CASES),
    Role.MEMBER: (CASES, REGISTER),
    Role.GUEST: (REGISTER,),
    Role.ADMIN: (ADMINISTRATION, AREAS, UNITS, PEOPLE, WORKING_DAYS),
    Role.SYSTEM_ADMIN: (AREAS, UNITS, WORKING_DAYS),
    Role.SECURITY_ADMIN: (PEOPLE, ADMINISTRATION),
    Role.AUDIT_ADMIN: (CHECKING, READS),
}
MOST = 6


def entries(page_request: PageRequest) -> list[NavigationEntry]:
    """Return the entries of somebody's bar, those of all the roles together, each once."""
    if page_request.who is None:
        return []
    held = page_request.who.actor.roles
    found = [place for role, bar in BARS.items() if role.value in held for place in bar]
    allowed = [
        place for place in dict.fromkeys(found) if not place.permission or page_request.may(place.permission)
    ]
    return allowed[:MOST]


def landing(page_request: PageRequest) -> str:
    """Return the endpoint of the first page of somebody who is signed in."""
    places = entries(page_request)
    return places[0].endpoint if places else "profile.overview"
