"""Say what is wrong with a setting."""

from config.marked_text import MarkedText


class SettingProblem(MarkedText):
    """What is wrong with a setting: a sentence to be translated, and what stands in its braces."""


Problems = list[MarkedText]


class BadSettings(Exception):
    """Carry every problem of the settings, one sentence each."""

    def __init__(self, problems: Problems) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems
