"""Fill in the fields of each step and act of a story, from what the case is like at that moment."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.configuration.case_rules import CountyRules
from cases.intake.submission import DoorReply, Intake
from cases.lifecycle.action_values import ComplainantEntry
from cases.models.case import Case, Clock, Complainant
from demo import texts
from demo.planning import Story
from demo.sample_households import SampleHousehold
from demo.scenarios import ScenarioAction
from workflow.definition.vocabulary import Outcome, Rating, ReplyChannel

Values = dict[str, Any]
REPLY_CHANNELS = (
    *(ReplyChannel.DOOR.value,) * 3,
    *(ReplyChannel.FIELD.value, ReplyChannel.PHONE.value, ReplyChannel.MEETING.value),
)
OFFLINE_FOR = timedelta(hours=5)
MORE_DAYS = 8  # working days of an extension; the profile of a village allows ten
PROMISE = timedelta(days=75)


@dataclass(frozen=True)
class Scene:
    """The moment of one step: the story, the case's number, who else is there, and what day it is."""

    session: Session
    rules: CountyRules
    rng: Random
    story: Story
    step: ScenarioAction
    number: str
    now: datetime
    other: str = ""

    @property
    def today(self) -> date:
        """Return the local day."""
        return self.now.astimezone(self.rules.zone).date()

    @property
    def committee(self) -> str:
        """Return the committee of the story's village."""
        return f"committee-{self.story.village}"

    def people(self) -> list[Complainant]:
        """Return the complainants of the case as they stand now."""
        return list(
            self.session.scalars(
                select(Complainant)
                .join(Case, Case.id == Complainant.case_id)
                .where(Case.number == self.number)
                .order_by(Complainant.id)
            )
        )


def build_intake(story: Story, step: ScenarioAction, now: datetime, answers: Mapping[str, Any]) -> Intake:
    """Return the submission that a story begins with; `answers` are those that its category asks for."""
    village_unit = f"committee-{story.village}"
    reply = None
    if step.say == "door":
        text = texts.ANSWERED_ON_VISIT[story.serial % len(texts.ANSWERED_ON_VISIT)].format(reply=story.answer)
        reply = DoorReply(outcome=story.matter.outcome, channel=ReplyChannel.DOOR.value, text=text)
    return Intake(
        village=story.village,
        category=story.matter.category,
        kind=story.matter.kind,
        own_words=story.words,
        client_ref=f"demo-{story.serial:04d}",
        complainants=tuple(_person(story, home) for home in story.homes[: story.shape.complainants]),
        urgency=story.shape.urgency,
        channel=story.channel,
        recorded_at=now - OFFLINE_FOR if step.say == "offline" else None,
        happened_at=now - OFFLINE_FOR if step.say == "offline" else None,
        named_units=(village_unit,) if story.shape.identity == "confidential" else (),
        reply=reply,
        answers=answers,
    )


def build_fields(scene: Scene) -> list[Values]:
    """Return the fields of the step, once for each time that it is to be taken."""
    return FILLED[scene.step.action](scene)


def _person(story: Story, home: SampleHousehold) -> ComplainantEntry:
    if story.shape.identity == "anonymous":
        return ComplainantEntry()
    return ComplainantEntry(household=home.key, confidential=story.shape.identity == "confidential")


def _nothing(scene: Scene) -> list[Values]:
    return [{}]


def _because(reason: str) -> Callable[[Scene], list[Values]]:
    return lambda scene: [{"reason": reason}]


def _assign(scene: Scene) -> list[Values]:
    units = {"": scene.committee, "past the committee": "township-MA"}
    return [{"unit": units.get(scene.step.say, scene.step.say)}]


def _return(scene: Scene) -> list[Values]:
    return [{"reason": scene.rng.choice(texts.NOT_OURS), "unit": "county-water"}]


def _reassign(scene: Scene) -> list[Values]:
    return [{"reason": texts.ANOTHER_UNIT, "unit": "county-water"}]


def _escalate(scene: Scene) -> list[Values]:
    county = scene.step.who == "xiangzhen"
    return [
        {
            "unit": "leading-group" if county else "township-MA",
            "reason": scene.rng.choice(texts.REPORT_REASONS),
            "report": {
                "number": f"{scene.today.year}〕{scene.story.serial} 号",
                "addressee": "示范县走访工作领导小组" if county else "马鞍乡人民政府",
                "sent_on": scene.today,
            },
        }
    ]


def _replies(scene: Scene, text: str) -> list[Values]:
    channel = (
        ReplyChannel.NOTICE_BOARD.value
        if scene.step.say == "notice board"
        else scene.rng.choice(REPLY_CHANNELS)
    )
    return [
        {"complainant": person.id, "channel": channel, "text": text}
        for person in scene.people()
        if not person.unreachable
    ]


def _resolve(scene: Scene) -> list[Values]:
    again = scene.step.say == "again"
    text = scene.rng.choice(texts.EXPLAINED_AGAIN) if again else scene.story.answer
    outcome = scene.story.matter.outcome
    values: Values = {"outcome": outcome, "replies": _replies(scene, text)}
    if outcome == Outcome.PLANNED:
        values["promised_on"] = scene.today + PROMISE
    return [values]


def _reply(scene: Scene) -> list[Values]:
    text = scene.rng.choice(texts.INTERIM)
    return [{**said, "final": False} for said in _replies(scene, text)]


def _confirm(scene: Scene) -> list[Values]:
    people = scene.people()[:1] if scene.step.say == "first" else scene.people()
    return [_asked(scene, person) for person in people]


def _asked(scene: Scene, person: Complainant) -> Values:
    fair = scene.rng.random() < 0.3
    words = scene.rng.choice(texts.FAIR if fair else texts.SATISFIED)
    return {
        "complainant": person.id,
        "heard": True,
        "rating": (Rating.FAIR if fair else Rating.SATISFIED).value,
        "words": words,
    }


def _reopen(scene: Scene) -> list[Values]:
    words = scene.rng.choice(texts.DISSATISFIED)
    return [{"reason": words, "words": words, "complainant": scene.people()[0].id}]


def _unreachable(scene: Scene) -> list[Values]:
    return [{"complainant": person.id, "text": texts.NOT_REACHED} for person in scene.people()]


def _attempt(scene: Scene) -> list[Values]:
    mode = scene.step.say
    return [
        {"complainant": person.id, "mode": mode, "words": texts.ATTEMPTS[mode]} for person in scene.people()
    ]


def _ask_for_time(scene: Scene) -> list[Values]:
    return [{"due_on": _later(scene), "reason": scene.rng.choice(texts.MORE_TIME)}]


def _later(scene: Scene) -> date:
    """Return the present handling date and eight working days more."""
    due_on = scene.session.scalars(
        select(Clock.due_on)
        .join(Case, Case.id == Clock.case_id)
        .where(Case.number == scene.number, Clock.clock == "handling")
    ).one()
    return scene.rules.services.calendars.current(scene.session).add(due_on, MORE_DAYS)


def _suspend(scene: Scene) -> list[Values]:
    calendar = scene.rules.services.calendars.current(scene.session)
    return [{"until": calendar.add(scene.today, int(scene.step.say)), "reason": texts.PAUSE}]


def _decline(scene: Scene) -> list[Values]:
    reason, text = texts.DECLINE_REASONS[scene.story.serial % len(texts.DECLINE_REASONS)]
    return [{"reason": reason, "replies": _replies(scene, text)}]


def _withdraw(scene: Scene) -> list[Values]:
    return [{"words": scene.rng.choice(texts.WITHDRAWN), "recorded_by": "zuyuan"}]


def _merge(scene: Scene) -> list[Values]:
    return [{"into": scene.other, "reason": texts.SAME_MATTER}]


def _void(scene: Scene) -> list[Values]:
    return [{"reason": texts.MIS_ENTRY[scene.story.serial % len(texts.MIS_ENTRY)]}]


def _join(scene: Scene) -> list[Values]:
    words = scene.rng.choice(texts.ALSO).format(words=scene.story.words)
    return [{"complainant": {"household": scene.story.homes[-1].key}, "own_words": words}]


def _amend(scene: Scene) -> list[Values]:
    return [{"field": "kind", "value": "help", "reason": texts.SLIP_OF_THE_PEN}]


def _note(scene: Scene) -> list[Values]:
    return [{"text": scene.rng.choice(texts.NOTES)}]


def _new_slip(scene: Scene) -> list[Values]:
    return [{"complainant": scene.people()[0].id, "reason": texts.LOST_SLIP}]


FILLED: Mapping[str, Callable[[Scene], list[Values]]] = {
    "assign": _assign,
    "accept": _nothing,
    "return": _return,
    "escalate": _escalate,
    "send_down": _because(texts.SEND_DOWN),
    "reassign": _reassign,
    "resolve": _resolve,
    "reply": _reply,
    "confirm": _confirm,
    "reopen": _reopen,
    "close_reviewed": _because(texts.REVIEWED),
    "attempt": _attempt,
    "unreachable": _unreachable,
    "request_extension": _ask_for_time,
    "extend": _ask_for_time,
    "refuse_extension": _because(texts.NO_MORE_TIME),
    "suspend": _suspend,
    "resume": _because(""),
    "request_reject": _decline,
    "reject": _decline,
    "refuse_reject": _because(texts.ACCEPT_REASON),
    "withdraw": _withdraw,
    "merge": _merge,
    "unmerge": _because(texts.NOT_THE_SAME),
    "void": _void,
    "join": _join,
    "amend": _amend,
    "note": _note,
    "reissue_receipt": _new_slip,
}
