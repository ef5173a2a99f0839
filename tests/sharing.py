"""How the processes of a run share the tests: module by module and database by database.

What tests of one module set up stays with the process that has done it. All that look at the same browser and
the same running program stay together, and so do those that share one environment.
"""

from typing import Any

from xdist.scheduler.loadscope import LoadScopeScheduling

#: Folders whose tests share what takes long to start.
TOGETHER = ("tests/browser",)
#: Few tests that take long, for they start processes or play months; they begin first, so that no process
#: of a run is left alone with them at the end.
LONG = (
    "tests/browser",
    "tests/model",
    "tests/cli/serve",
    "tests/faults",
    "tests/races",
    "tests/api/framework/test_specification.py",
    "tests/bench",
    "tests/demo",
    "tests/stories",
    "tests/workflow/ways_on/test_walk.py",
    "tests/reports/test_tally_queries.py",
    "tests/rules/test_caches.py",
    "tests/rules/test_open_actions.py",
    "tests/rules/test_own_steps.py",
    "tests/rules/test_own_walks.py",
    "tests/rules/test_unused.py",
)
KINDS = ("sqlite", "postgresql")


def share_of(nodeid: str) -> str:
    """Return the name under which a test stays together with others."""
    path, _, test = nodeid.partition("::")
    for folder in TOGETHER:
        if path.startswith(f"{folder}/"):
            return folder
    kind = next((kind for kind in KINDS if kind in test.partition("[")[2]), "")
    return f"{path} {kind}".strip()


def takes_long(share: str) -> bool:
    """Return whether the tests of a share take long, however few they are."""
    return share.startswith(LONG)


class Sharing(LoadScopeScheduling):  # type: ignore[misc]
    """Assign whole shares to the processes: those that take long first, then those of many tests."""

    def _assign_work_unit(self, node: Any) -> None:
        first = min(self.workqueue, key=lambda share: not takes_long(share))
        self.workqueue.move_to_end(first, last=False)
        super()._assign_work_unit(node)

    def _split_scope(self, nodeid: str) -> str:
        return share_of(nodeid)
