"""Examine whether every open matter has a way on for somebody who is there."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.intake.ways_on import check_ways_on
from cases.models.case import Case
from cases.responsibility.dead_ends import count_villages, dead_ends_in_words, load_register
from cli.check.findings import Findings
from cli.framework.context import Context
from cli.framework.services import ProgramServices
from config.marked_text import MarkedText
from config.marked_text import mark as _
from workflow.definition.model import Definition


def check_register(found: Findings, services: ProgramServices, context: Context) -> None:
    """Walk the running life cycle, and those of older open matters, for the people of the register.

    What lacks somebody is a warning, for registers are filled in by and by. A life cycle in which even people
    of every role could not go on is a problem, unless it is only that of older matters, which keep theirs.
    """
    with services.db.reading() as session:
        register = load_register(session)
        running = services.rules.definition
        older = _older_definitions(session, services, running)
    before = len(found.lines)
    for definition in (running, *older):
        in_itself = _in_itself(definition)
        for sentence in in_itself or dead_ends_in_words(definition, register):
            said = sentence if definition is running else _of_version(definition, sentence)
            (found.fail if in_itself and definition is running else found.warn)(
                said.in_words(context.county_words)
            )
    if len(found.lines) > before:
        return
    walked = count_villages(running, register)
    if walked:
        sound = MarkedText(_("没办完的事都有往下走的路，{n} 个{level.village}都核过"), {"n": walked})
    else:
        sound = MarkedText(_("没办完的事都有往下走的路；还没有能收件的{level.village}，只按角色核过"))
    found.ok(sound.in_words(context.county_words))


def _in_itself(definition: Definition) -> list[MarkedText]:
    """Return what is dead whoever there is."""
    sentences: list[MarkedText] = []
    check_ways_on(definition, lambda _path, sentence: sentences.append(sentence))
    return sentences


def _older_definitions(session: Session, services: ProgramServices, running: Definition) -> list[Definition]:
    """Return the other life cycles under which open matters are, the oldest first."""
    digests = session.scalars(
        select(Case.workflow_hash).where(~Case.final, Case.workflow_hash != running.hash).distinct()
    ).all()
    known = services.rules.services.definitions
    return sorted((known.get(session, digest) for digest in digests), key=lambda one: (one.name, one.version))


def _of_version(definition: Definition, sentence: MarkedText) -> MarkedText:
    facts = {"name": definition.name, "version": definition.version, "sentence": sentence}
    return MarkedText(_("按流程 {name} 第 {version} 版办的旧事：{sentence}"), facts)
