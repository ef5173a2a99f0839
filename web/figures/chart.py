"""Draw 声与回音: how many matters came in and how many were answered; the gap is who still waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from reports.overview import Point

#: Units of the drawing: its height without the days below, and where the lines begin and end.
TOP, BOTTOM, LEFT = 20.0, 210.0, 6.0
#: Labels at the end of the two lines need so much room not to touch each other.
APART = 25.0
NICE = (1, 2, 5)
MOST_LINES = 4


@dataclass(frozen=True)
class Chart:
    """Coordinates for the template; `grid` are heights with their numbers, `days` places with their days."""

    width: float
    end: float
    received: str
    answered: str
    gap: str
    grid: list[tuple[float, int]]
    days: list[tuple[float, str, int]]
    last: tuple[float, float]
    labels: tuple[float, float, float]


def chart(points: Sequence[Point], *, end: float, width: float) -> Chart | None:
    """Lay out the points over `end` units of a drawing `width` wide; None when there is nothing to draw."""
    if len(points) < 2:
        return None
    most = max(point.received for point in points)
    span = (points[-1].day - points[0].day).days
    places = [LEFT + (end - LEFT) * (point.day - points[0].day).days / span for point in points]

    def height(value: int) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * value / max(most, 1), 1)

    received = [(round(x, 1), height(point.received)) for x, point in zip(places, points, strict=True)]
    answered = [(round(x, 1), height(point.answered)) for x, point in zip(places, points, strict=True)]
    upper, lower = received[-1][1], answered[-1][1]
    middle = len(points) // 2
    return Chart(
        width=width,
        end=end,
        received=_line(received),
        answered=_line(answered),
        gap=_line([*received, *reversed(answered)]),
        grid=[(height(value), value) for value in _grid(most)],
        days=[
            (received[index][0], ("start", "middle", "end")[place], index)
            for place, index in enumerate((0, middle, len(points) - 1))
            if len(points) > 2 or place != 1
        ],
        last=(upper, lower),
        labels=_labels(upper, lower),
    )


def _labels(upper: float, lower: float) -> tuple[float, float, float]:
    """Return the heights of three labels beside the ends of the lines, so that none covers another."""
    first = upper + 2
    third = max(lower + 10, first + 2 * APART)
    if third > BOTTOM:
        third, first = BOTTOM, min(first, BOTTOM - 2 * APART)
    return first, (first + third) / 2, third


def _grid(most: int) -> list[int]:
    """Return a few round numbers up to the most."""
    step = 1
    scale = 1
    while most / step > MOST_LINES:
        step = next((factor * scale for factor in NICE if most / (factor * scale) <= MOST_LINES), 0)
        scale *= 10
        step = step or scale
    return list(range(step, most + 1, step))


def _line(points: Sequence[tuple[float, float]]) -> str:
    """Write points as SVG does; those that repeat the one before are left out."""
    kept = points[:1] if not points else [points[0], *(b for a, b in pairwise(points) if a != b)]
    return " ".join(f"{x},{y}" for x, y in kept)
