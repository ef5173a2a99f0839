"""How the processes of a run share the tests: module by module and database by database.

What tests of one module set up stays with the process that has done it. All that look at the same browser and
the same running program stay together, and so do those that share one environment.
"""

from xdist.scheduler.loadscope import LoadScopeScheduling

#: Folders whose tests share what takes long to start.
TOGETHER = ("tests/browser",)
KINDS = ("sqlite", "postgresql")


def share_of(nodeid: str) -> str:
    """Return the name under which a test stays together with others."""
    path, _, test = nodeid.partition("::")
    for folder in TOGETHER:
        if path.startswith(f"{folder}/"):
            return folder
    kind = next((kind for kind in KINDS if kind in test.partition("[")[2]), "")
    return f"{path} {kind}".strip()


class Sharing(LoadScopeScheduling):  # type: ignore[misc]
    """Give each process whole shares, the largest first."""

    def _split_scope(self, nodeid: str) -> str:
        return share_of(nodeid)
