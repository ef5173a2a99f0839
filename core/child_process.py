"""Name what a process may have that opens the files of strangers, and how the system ends it."""

import os
import signal

#: All that the process learns of ours: where the system keeps its libraries. It must not see the secret key.
SURROUNDINGS = ("LD_LIBRARY_PATH", "PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR")
#: How the system ends a process that used up its time, or the memory of the machine; Windows has neither.
KILLED_STATUSES = frozenset(
    -getattr(signal, name) for name in ("SIGXCPU", "SIGKILL") if hasattr(signal, name)
)


def surroundings() -> dict[str, str]:
    """Return the environment of such a process."""
    return {name: os.environ[name] for name in SURROUNDINGS if name in os.environ}
