"""Put the parts of a life cycle into tables, for the page that people read."""

from collections.abc import Iterable, Mapping, Sequence

from workflow.deadlines import ClockRule, Profile
from workflow.definition.model import Act, ActionRule, ClockDef, Definition, Rung, Step
from workflow.guards import GUARDS
from workflow.texts import labels


def states(definition: Definition) -> str:
    """Return the states with who owns a case in them."""
    rows = []
    for code, state in definition.states.items():
        kinds = ", ".join(sorted(state.unit_kinds)) or "–"
        owner = labels.name("owner_rule", state.owner, "en") if state.owner else "–"
        rows.append(
            (f"`{code}`", state.zh, "final" if state.final else "open", owner, kinds, state.clock or "–")
        )
    return _table(
        ("state", "中文", "kind", "owner", "units that may own it", "`due_on` is the date of"), rows
    )


def steps(definition: Definition) -> str:
    """Return the steps with who may take them and what they do to the clocks."""
    rows = [
        (f"`{step.name}`", step.zh, _way(step), _who(step), _questions(step), _changes(step), _fields(step))
        for step in definition.steps.values()
    ]
    return _table(("step", "中文", "from → to", "who", "guards", "clocks", "takes"), rows)


def acts(definition: Definition) -> str:
    """Return the acts, which leave the state as it is."""
    rows = [
        (f"`{act.name}`", act.zh, _sources(act, definition), _who(act), _questions(act), _fields(act))
        for act in definition.acts.values()
    ]
    return _table(("act", "中文", "in", "who", "guards", "takes"), rows)


def _way(step: Step) -> str:
    return f"{', '.join(step.sources) or '–'} → {step.target}"


def _sources(act: Act, definition: Definition) -> str:
    return "any state" if len(act.sources) == len(definition.states) else ", ".join(act.sources)


def _who(act: Act) -> str:
    """Return a line for each row; the states stand there only where the rows differ in them."""
    differ = len({row.sources for row in act.rows}) > 1
    return "<br/>".join(_row(row, act.sources if differ else ()) for row in act.rows)


def _row(row: ActionRule, order: Sequence[str]) -> str:
    states = [code for code in order if code in row.sources]
    roles = [labels.name("role", code, "en") for code in labels.ROLES if code in row.roles]
    relations = [labels.name("relation", code, "en") for code in row.relations]
    guards = f" ({', '.join(row.guards)})" if row.guards else ""
    start = f"{', '.join(states)}: " if states else ""
    return f"{start}{', '.join(roles)}; {' or '.join(relations)}{guards}"


def _questions(act: Act) -> str:
    return ", ".join(act.guards) or "–"


def _changes(step: Step) -> str:
    return (
        "<br/>".join(f"{clock} {labels.name('change', how, 'en')}" for clock, how in step.clocks.items())
        or "–"
    )


def _fields(act: Act) -> str:
    """Return what an action takes; of one of the county's own also to whom it goes and who is told."""
    taken = ", ".join(f"{field['name']}{'' if field['required'] else '?'}" for field in act.fields) or "–"
    more = [f"hands to {act.hands_to}"] if act.hands_to else []
    more += [f"tells {', '.join(act.tells)}"] if act.tells else []
    return "; ".join((taken, *more))


def clocks(definition: Definition) -> str:
    """Return the clocks and the rungs that fire from their dates."""
    rows = [
        (
            f"`{clock.name}`",
            clock.zh,
            ", ".join(_rung_of(rung, definition.rungs[rung.code]) for rung in clock.ladder),
            _length(clock),
        )
        for clock in definition.clocks.values()
    ]
    return _table(("clock", "中文", "ladder", "length"), rows)


def _rung_of(rung: Rung, general: Rung) -> str:
    """Name a rung of a clock, with its day where it fires on another than that of the ladder."""
    return f"{rung.code} ({_side(rung)})" if rung.days != general.days else rung.code


def _length(clock: ClockDef) -> str:
    """Return how long a clock of the county's own runs; the others have theirs below, by period."""
    return f"{clock.length.days} {clock.length.unit}" if clock.length is not None else "below"


def lengths(periods: Mapping[str, ClockRule]) -> str:
    """Return the named lengths."""
    return _table(
        ("period", "length"), [(f"`{name}`", f"{rule.days} {rule.unit}") for name, rule in periods.items()]
    )


def handling(profiles: Mapping[str, Profile]) -> str:
    """Return the profiles in the order in which they are tried."""
    rows = []
    for profile in profiles.values():
        extension = f"{profile.extensions} × ≤ {profile.extension_days} {profile.extension_unit}"
        rows.append(
            (
                f"`{profile.code}`",
                profile.zh,
                _when(profile),
                f"{profile.days} {profile.unit}",
                extension if profile.extensions else "none",
            )
        )
    return _table(("profile", "中文", "fits", "length", "extension"), rows)


def _when(profile: Profile) -> str:
    conditions = [
        f"{name} {' or '.join(sorted(values))}"
        for name, values in (
            ("urgency", profile.urgencies),
            ("kind", profile.kinds),
            ("channel", profile.channels),
        )
        if values
    ]
    if profile.by_category:
        conditions.append("categories of this profile")
    return ", ".join(conditions) or "everything else"


def ladder(definition: Definition) -> str:
    """Return the rungs, lowest first."""
    ordered = sorted(definition.rungs.values(), key=lambda rung: rung.days)
    return _table(("rung", "中文", "day"), [(f"`{rung.code}`", rung.zh, _day(rung)) for rung in ordered])


def _side(rung: Rung) -> str:
    return f"{abs(rung.days)} wd {'before' if rung.days < 0 else 'after'}"


def _day(rung: Rung) -> str:
    text = f"{_side(rung)} the date"
    if rung.longer_than:
        text += f"; not on clocks of {rung.longer_than} wd or less"
    if rung.urgent_any_day:
        text += "; urgent: every day counts"
    return text


def guards() -> str:
    """Return the guards and what each asks."""
    rows = [(f"`{name}`", (guard.__doc__ or "").splitlines()[0]) for name, guard in GUARDS.items()]
    return _table(("guard", "question"), rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
