"""Lay out the states of a life cycle and the steps between them, for whatever definition is running.

States stand below each other. A step leaves its state at a line of its own, with its words on it, runs in a
lane of its own and comes back with an arrow: downwards on the right, upwards on the left.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from workflow.definition.model import Definition

#: Units of the drawing: between lanes and lines, and around.
LANE, LINE, GAP, TOP = 12, 26, 22, 10
BEGINNING = ""


@dataclass(frozen=True)
class Room:
    """How much room words take: in a box, on a way back, on a way on."""

    box: int
    back: int
    on: int


#: English words are longer than Chinese ones.
ROOMS = {"zh": Room(130, 100, 190), "en": Room(190, 100, 300)}


@dataclass(frozen=True)
class Box:
    """A state at its place."""

    code: str
    y: float
    height: float
    final: bool


@dataclass(frozen=True)
class Arrow:
    """Steps from one state to another: the line, the head at its end, and where the words stand."""

    path: str
    head: str
    words_x: float
    words_y: float
    anchor: str
    steps: tuple[str, ...]


@dataclass(frozen=True)
class Diagram:
    """Everything that the template draws."""

    width: float
    height: float
    left: float
    box_width: float
    boxes: list[Box]
    arrows: list[Arrow]


@dataclass
class _Way:
    source: str
    target: str
    steps: tuple[str, ...]
    right: bool
    lane: int = 0
    start: float = 0
    end: float = 0


def diagram(definition: Definition, language: str) -> Diagram:
    """Lay out a definition, with room for the words of a language."""
    room = ROOMS[language]
    order = [BEGINNING, *definition.states]
    ways = _ways(definition, order)
    boxes, lines = _boxes(definition, order, ways)
    for way in ways:
        way.start, way.end = lines[way.source].pop(0), lines[way.target].pop(0)
    lanes = {side: _lanes([way for way in ways if way.right == side]) for side in (False, True)}
    left = room.back + lanes[False] * LANE + LANE
    right = left + room.box
    return Diagram(
        width=right + room.on + lanes[True] * LANE + LANE,
        height=boxes[-1].y + boxes[-1].height + TOP,
        left=left,
        box_width=room.box,
        boxes=boxes,
        arrows=[_arrow(way, left, right, room) for way in ways],
    )


def _ways(definition: Definition, order: list[str]) -> list[_Way]:
    """Put the steps between the same two states together, those that start further up first."""
    found: dict[tuple[str, str], list[str]] = {}
    for step in definition.steps.values():
        for source in step.sources or (BEGINNING,):
            found.setdefault((source, step.target), []).append(step.name)
    place = {code: number for number, code in enumerate(order)}
    pairs = sorted(found, key=lambda pair: (place[pair[0]], place[pair[1]]))
    return [
        _Way(source, target, tuple(found[source, target]), place[source] <= place[target])
        for source, target in pairs
    ]


def _boxes(
    definition: Definition, order: list[str], ways: Iterable[_Way]
) -> tuple[list[Box], dict[str, list[float]]]:
    """Return each state so much height that every line that leaves or reaches it has its own."""
    number = dict.fromkeys(order, 0)
    for way in ways:
        number[way.source] += 1
        number[way.target] += 1
    boxes: list[Box] = []
    lines: dict[str, list[float]] = {}
    y = float(TOP)
    for code in order:
        height = max(2, number[code] + 1) * float(LINE)
        final = code != BEGINNING and definition.states[code].final
        boxes.append(Box(code, y, height, final))
        lines[code] = [y + LINE * (place + 1) for place in range(number[code])]
        y += height + GAP
    return boxes, lines


def _lanes(ways: list[_Way]) -> int:
    """Assign each way the innermost lane that nothing else uses over its height; give the number of lanes."""
    taken: list[list[tuple[float, float]]] = []
    for way in sorted(ways, key=lambda one: abs(one.end - one.start)):
        low, high = sorted((way.start, way.end))
        lane = 0
        while lane < len(taken) and any(low < bottom and top < high for top, bottom in taken[lane]):
            lane += 1
        if lane == len(taken):
            taken.append([])
        taken[lane].append((low, high))
        way.lane = lane
    return len(taken)


def _arrow(way: _Way, left: float, right: float, room: Room) -> Arrow:
    side = 1 if way.right else -1
    edge = right if way.right else left
    bend = edge + side * ((room.on if way.right else room.back) + way.lane * LANE)
    return Arrow(
        path=f"M{edge} {way.start}H{bend}V{way.end}H{edge + side * 9}",
        head=f"M{edge} {way.end}l{side * 10} -5v10z",
        words_x=edge + side * 14,
        words_y=way.start - 6,
        anchor="start" if way.right else "end",
        steps=way.steps,
    )
