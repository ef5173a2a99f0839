"""Read what a county decided in files: life cycle, deadlines, categories and days of its own."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from pathlib import Path

from config.county_days import CalendarFile, read_days
from config.marked_text import MarkedText
from config.marked_text import mark as _
from config.questions import Question, read_questions
from config.reading import ConfigProblem, Table, document
from config.vocabulary import CaseKind, IntakeChannel, UnitKind, Urgency

UNITS = frozenset({"wd", "cd"})
DAYS_UNIT = MarkedText(_("天数单位"))

#: The lengths that the verbs about cases ask for by name.
PERIODS = (
    "triage",
    "triage_short",
    "accept",
    "reply",
    "reply_escalated",
    "return",
    "escalation",
    "escalation_urgent",
    "raise",
    "triage_urgent",
    "accept_urgent",
    "send_down",
    "word",
)
MOST_DAYS = 3660


@dataclass(frozen=True)
class ClockLength:
    """The length of a clock: so many working days (`wd`) or calendar days (`cd`)."""

    days: int
    unit: str


#: Lengths that files written before them do not have; those that are given count.
PERIODS_BY_DEFAULT = {
    "triage_urgent": ClockLength(1, "cd"),
    "accept_urgent": ClockLength(1, "cd"),
    "send_down": ClockLength(5, "wd"),
    "word": ClockLength(60, "cd"),
}


@dataclass(frozen=True)
class ProfileRow:
    """One row of the table of handling deadlines; the first that fits a matter is its profile."""

    code: str
    zh: str
    en: str
    days: int
    unit: str
    extensions: int
    extension_days: int
    extension_unit: str
    urgencies: frozenset[str]
    kinds: frozenset[str]
    channels: frozenset[str]
    by_category: bool

    @property
    def conditional(self) -> bool:
        """Return whether anything must hold for the row to fit."""
        return bool(self.urgencies or self.kinds or self.channels or self.by_category)


@dataclass(frozen=True)
class CategoryRow:
    """One kind of matter, the profile it follows, the kind of unit it usually goes to, and what is asked."""

    code: str
    zh: str
    en: str
    profile: str
    owner: str
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True)
class Tables:
    """Everything a county decided in files, as plain data; the engine reads the text of the life cycle."""

    workflow_text: str
    workflow_name: str
    profiles: Mapping[str, ProfileRow]
    periods: Mapping[str, ClockLength]
    categories: Mapping[str, CategoryRow]
    calendar: tuple[CalendarFile, ...]


class BadTables(Exception):
    """Carry every problem of the files, each with its place."""

    def __init__(self, problems: list[ConfigProblem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


def read(folder: Path) -> Tables:
    """Read all files of a configuration folder; raise BadTables with every problem when any is wrong."""
    problems: list[ConfigProblem] = []
    workflow = document(folder / "workflow.toml", problems)
    deadlines = document(folder / "deadlines.toml", problems).read()
    categories = document(folder / "categories.toml", problems).read()
    deadlines.only("periods", "profiles")
    deadlines.no_empty()
    categories.no_empty()
    periods, profiles = _periods(deadlines), _profiles(deadlines)
    kinds_of_matter = _categories(categories, profiles)
    if not problems:
        _check_named(deadlines, profiles, {row.profile for row in kinds_of_matter.values()})
    calendar = read_days(folder / "calendar", problems)
    if problems:
        raise BadTables(problems)
    return Tables(
        workflow_text=workflow.text,
        workflow_name=workflow.name,
        profiles=profiles,
        periods=periods,
        categories=kinds_of_matter,
        calendar=calendar,
    )


def _periods(table: Table) -> dict[str, ClockLength]:
    found = dict(PERIODS_BY_DEFAULT)
    for name, row in table.tables("periods"):
        row.known(name, PERIODS, MarkedText(_("期限名称")))
        row.only("days", "unit")
        found[name] = ClockLength(
            row.integer("days", least=1, most=MOST_DAYS), row.choice("unit", UNITS, DAYS_UNIT)
        )
    for name in PERIODS:
        if name not in found:
            table.problem(MarkedText(_("缺少期限「{name}」"), {"name": name}), "periods")
    return found


def _profiles(table: Table) -> dict[str, ProfileRow]:
    found: dict[str, ProfileRow] = {}
    rows = list(table.rows("profiles"))
    for index, row in enumerate(rows):
        profile = _profile(row)
        if profile.code in found:
            row.problem(MarkedText(_("期限档「{code}」写了两次"), {"code": profile.code}), "code")
        if index < len(rows) - 1 and not profile.conditional:
            row.problem(MarkedText(_("只有最后一档可以不写 when 和 by_category：它什么都管")))
        if index == len(rows) - 1 and profile.conditional:
            row.problem(MarkedText(_("最后一档必须什么都管：不要写 when 和 by_category")))
        found[profile.code] = profile
    if not rows:
        table.problem(MarkedText(_("一档期限也没有")), "profiles")
    return found


def _profile(row: Table) -> ProfileRow:
    row.only(
        "code",
        "zh",
        "en",
        "days",
        "unit",
        "when",
        "by_category",
        "extensions",
        "extension_days",
        "extension_unit",
    )
    when = row.table("when")
    when.only("urgency", "kind", "channel")
    extensions = row.integer("extensions", least=0, most=10, default=0)
    if not extensions and ("extension_days" in row.data or "extension_unit" in row.data):
        row.problem(MarkedText(_("写了能延多久，没有写能延几次")), "extensions")
    return ProfileRow(
        code=row.code(row.text("code"), "code"),
        zh=row.text("zh"),
        en=row.text("en"),
        days=row.integer("days", least=1, most=MOST_DAYS),
        unit=row.choice("unit", UNITS, DAYS_UNIT),
        extensions=extensions,
        extension_days=row.integer("extension_days", least=1, most=MOST_DAYS) if extensions else 0,
        extension_unit=row.choice("extension_unit", UNITS, DAYS_UNIT) if extensions else "",
        urgencies=frozenset(when.words("urgency", tuple(Urgency), MarkedText(_("紧急程度代码")))),
        kinds=frozenset(when.words("kind", tuple(CaseKind), MarkedText(_("诉求类型代码")))),
        channels=frozenset(when.words("channel", tuple(IntakeChannel), MarkedText(_("渠道代码")))),
        by_category=row.boolean("by_category"),
    )


def _categories(table: Table, profiles: Mapping[str, ProfileRow]) -> dict[str, CategoryRow]:
    table.only("categories")
    reachable = {code for code, profile in profiles.items() if profile.by_category or not profile.conditional}
    found = {}
    for code, row in table.tables("categories"):
        row.only("zh", "en", "profile", "owner", "questions")
        found[row.code(code)] = CategoryRow(
            code=code,
            zh=row.text("zh"),
            en=row.text("en"),
            profile=row.choice("profile", reachable, MarkedText(_("按类别定的期限档"))),
            owner=row.choice("owner", tuple(UnitKind), MarkedText(_("单位类别代码"))),
            questions=read_questions(row),
        )
    if not found:
        table.problem(MarkedText(_("一个类别也没有")))
    _check_names(table, found)
    return found


def _check_names(table: Table, categories: Mapping[str, CategoryRow]) -> None:
    """Note in each language two categories of one name, which nobody could tell apart."""
    for language in ("zh", "en"):
        first: dict[str, str] = {}
        for code, row in categories.items():
            name = getattr(row, language)
            if name in first:
                facts = {"words": name, "other": first[name]}
                reason = MarkedText(_("「{words}」已经是 {other} 的叫法，分不清"), facts)
                table.document.problem(("categories", code, language), reason)
            first.setdefault(name, code)


def _check_named(table: Table, profiles: Mapping[str, ProfileRow], named: Set[str]) -> None:
    """Note each profile that is for some categories and that none of them has."""
    for at, (code, profile) in enumerate(profiles.items()):
        if profile.by_category and code not in named:
            reason = MarkedText(
                _("categories.toml 里没有类别用期限档 {code}：让一类用它，或者去掉这一档"), {"code": code}
            )
            table.document.problem(("profiles", at), reason)
