"""Read the further questions that a category asks whoever takes a matter down."""

from dataclasses import dataclass

from config.marked_text import MarkedText
from config.marked_text import mark as _
from config.reading import Table

KINDS = frozenset({"text", "number", "choice", "yes_no", "date"})
#: More of them nobody answers at a door.
MOST_QUESTIONS = 10
FEWEST_CHOICES, MOST_CHOICES = 2, 20


@dataclass(frozen=True)
class Option:
    """One of the answers that a question of choice allows."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True)
class Question:
    """One question: its key, its words, what kind of answer it takes, and whether it must be answered."""

    key: str
    zh: str
    en: str
    kind: str
    required: bool = False
    choices: tuple[Option, ...] = ()


#: What the villager wants done (诉求): asked about every matter, whatever its category.
ASKS_FOR = Question("asks_for", "他想怎么办", "what is asked for", "text")


def read_questions(category: Table) -> tuple[Question, ...]:
    """Read the `questions` of a category, noting every problem."""
    rows = list(category.rows("questions"))
    if len(rows) > MOST_QUESTIONS:
        category.problem(MarkedText(_("追问超过 {most} 个"), {"most": MOST_QUESTIONS}), "questions")
    found: dict[str, Question] = {}
    for row in rows:
        question = _question(row)
        if question.key == ASKS_FOR.key:
            reason = MarkedText(_("「{key}」每个类别都问，请换一个 key"), {"key": question.key})
            row.problem(reason, "key")
        elif question.key in found:
            row.problem(MarkedText(_("追问「{key}」写了两次"), {"key": question.key}), "key")
        found[question.key] = question
    return tuple(found.values())


def _question(row: Table) -> Question:
    row.only("key", "zh", "en", "kind", "required", "choices")
    kind = row.choice("kind", KINDS, MarkedText(_("追问类型")))
    options = list(row.rows("choices"))
    if kind == "choice" and not FEWEST_CHOICES <= len(options) <= MOST_CHOICES:
        facts = {"least": FEWEST_CHOICES, "most": MOST_CHOICES}
        row.problem(MarkedText(_("选择题有 {least} 到 {most} 个选项"), facts), "choices")
    if kind in KINDS - {"choice"} and "choices" in row.data:
        row.problem(MarkedText(_("只有 choice 类型的追问才有选项")), "choices")
    return Question(
        key=_code(row, "key"),
        zh=row.text("zh"),
        en=row.text("en"),
        kind=kind,
        required=row.boolean("required"),
        choices=_choices(options),
    )


def _choices(rows: list[Table]) -> tuple[Option, ...]:
    found: dict[str, Option] = {}
    for one in rows:
        one.only("code", "zh", "en")
        code = _code(one, "code")
        if code in found:
            one.problem(MarkedText(_("选项「{code}」写了两次"), {"code": code}), "code")
        found[code] = Option(code, one.text("zh"), one.text("en"))
    return tuple(found.values())


def _code(row: Table, key: str) -> str:
    code = row.text(key)
    if code:
        row.code(code, key)
    return code
