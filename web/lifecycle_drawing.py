"""Draw a life cycle: the open states in a row, those at the end below, an arrow for each way between them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from workflow import labels
from workflow.model import Definition

BOX, HEIGHT, GAP = 132.0, 56.0, 56.0
UPPER, LOWER = 96.0, 300.0
LEFT = 12.0


@dataclass(frozen=True)
class Box:
    """A state with the place of its upper left corner."""

    code: str
    name: str
    x: float
    y: float


@dataclass(frozen=True)
class Arrow:
    """A way from one state to another, as SVG writes it, with the names of the steps that go it."""

    path: str
    words: str
    back: bool


@dataclass(frozen=True)
class Drawing:
    """The whole drawing; width and height are units of its view box."""

    width: float
    height: float
    boxes: Sequence[Box]
    arrows: Sequence[Arrow]


def drawing(definition: Definition, language: str) -> Drawing:
    """Lay a definition out; the order of the states in its file is the order in the drawing."""
    rows = (
        [code for code, state in definition.states.items() if not state.final],
        [code for code, state in definition.states.items() if state.final],
    )
    boxes = {
        code: Box(code, labels.state(definition, code, language), LEFT + index * (BOX + GAP), y)
        for row, y in zip(rows, (UPPER, LOWER), strict=True)
        for index, code in enumerate(row)
    }
    ways: dict[tuple[str, str], list[str]] = defaultdict(list)
    for step in definition.steps.values():
        for source in step.sources:
            ways[source, step.target].append(labels.action(definition, step.name, language))
    arrows = [
        _arrow(boxes[source], boxes[target], " · ".join(names)) for (source, target), names in ways.items()
    ]
    widest = max(len(row) for row in rows)
    return Drawing(LEFT + widest * (BOX + GAP), LOWER + HEIGHT + 24, list(boxes.values()), arrows)


def _arrow(source: Box, target: Box, words: str) -> Arrow:
    """Draw a way: straight to a neighbour, in a bow over others, down to an end and up again."""
    middle, goal = source.x + BOX / 2, target.x + BOX / 2
    if source.code == target.code:
        top = source.y - 44
        ends = f"M{middle - 20} {source.y}", f"{middle + 20} {source.y}"
        return Arrow(f"{ends[0]}C{middle - 30} {top} {middle + 30} {top} {ends[1]}", words, back=False)
    if source.y != target.y:
        down = source.y < target.y
        start, end = (source.y + HEIGHT, target.y) if down else (source.y, target.y + HEIGHT)
        shift, half = (-14 if down else 14), (start + end) / 2
        begin, finish = middle + shift, goal + shift
        return Arrow(f"M{begin} {start}C{begin} {half} {finish} {half} {finish} {end}", words, back=not down)
    back = target.x < source.x
    if not back and abs(target.x - source.x) <= BOX + GAP + 1:
        level = source.y + HEIGHT / 2
        return Arrow(f"M{source.x + BOX} {level}H{target.x}", words, back=False)
    edge, lift = (source.y + HEIGHT, 30) if back else (source.y, -40)
    far = edge + lift + (12 if back else -12) * (abs(target.x - source.x) // (BOX + GAP))
    return Arrow(f"M{middle} {edge}C{middle} {far} {goal} {far} {goal} {edge}", words, back=back)
