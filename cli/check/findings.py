"""Collect what a check found: what is in order, what to know, and what is wrong."""

from dataclasses import dataclass, field

OK, WARNING, PROBLEM = "ok", "warning", "problem"


@dataclass
class Findings:
    """The findings of a check, in order; only problems make it fail."""

    lines: list[tuple[str, str]] = field(default_factory=list)

    def ok(self, text: str) -> None:
        """Note that something is in order."""
        self.lines.append((OK, text))

    def warn(self, text: str) -> None:
        """Note something that somebody ought to know and that works all the same."""
        self.lines.append((WARNING, text))

    def fail(self, text: str) -> None:
        """Note something that must be mended."""
        self.lines.append((PROBLEM, text))

    @property
    def failed(self) -> bool:
        """Return whether anything must be mended."""
        return any(level == PROBLEM for level, _ in self.lines)
