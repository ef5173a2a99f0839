"""Name the registers and what is wrong with one, as people know them: by code, user name and household."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from accounts.models import Area, Unit, User
from config.marked_text import MarkedText
from config.marked_text import mark as _
from roster.models import Household

#: What is wrong, by the reason that `accounts.history.verify_chains` found.
FAULTS: Mapping[str, str] = {
    "entry_missing": _("{subject}：第 {seq} 条登记之前缺了一条"),
    "not_linked": _("{subject}：第 {seq} 条登记接不上前一条"),
    "unknown_key": _("{subject}：第 {seq} 条登记用的密钥这里没有"),
    "entry_changed": _("{subject}：第 {seq} 条登记被改过"),
    "row_without_history": _("{subject}：没有登记记录"),
    "row_changed": _("{subject}：在第 {seq} 条登记之后被改过"),
    "row_missing": _("{subject}：不见了，最后是第 {seq} 条登记"),
}
SUBJECTS: Mapping[str, str] = {
    "area": _("区域 {name}"),
    "unit": _("单位 {name}"),
    "user": _("用户 {name}"),
    "household": _("名册里的 {name}"),
    "setting": _("设置 {name}"),
    "people": _("个人信息 {name}"),
}
CODES: Mapping[str, InstrumentedAttribute[str]] = {
    "area": Area.code,
    "unit": Unit.code,
    "user": User.username,
    "household": Household.key,
}


def subject(session: Session, kind: str, subject_id: str) -> MarkedText:
    """Return the words for what a register entry is about; its number where the row is gone."""
    code = CODES.get(kind)
    name: str | None = None
    if code is not None and subject_id.isdecimal():
        name = session.scalar(select(code).where(code.class_.id == int(subject_id)))
    if kind not in SUBJECTS:
        return MarkedText(_("登记 {kind} {name}"), {"kind": kind, "name": subject_id})
    return MarkedText(SUBJECTS[kind], {"name": name or subject_id})
