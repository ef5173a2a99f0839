import gc
import subprocess
import sys
from collections.abc import Iterator

import pytest

from core import memory_tuning


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    """Give back to the collector what a test takes from it."""
    yield
    gc.unfreeze()
    gc.freeze()  # what the tests share is searched no more than before


def test_what_was_made_before_is_no_longer_searched_and_garbage_before_it_is_gone() -> None:
    made: list[list[int]] = [[] for _ in range(1000)]
    loop: list[object] = []
    loop.append(loop)
    number = id(loop)
    del loop
    memory_tuning.freeze()
    assert gc.get_freeze_count() > len(made)
    searched = {id(one) for one in gc.get_objects()}
    assert id(made) not in searched
    assert number not in searched


def test_nothing_is_searched_while_a_program_is_loaded_and_what_was_is_not_afterwards() -> None:
    with memory_tuning.loading():
        assert not gc.isenabled()
        loaded: list[list[int]] = [[] for _ in range(1000)]
    assert gc.isenabled()
    assert id(loaded) not in {id(one) for one in gc.get_objects()}


def test_a_program_that_cannot_be_loaded_is_searched_all_the_same() -> None:
    with pytest.raises(ImportError), memory_tuning.loading():
        raise ImportError("nowhere")
    assert gc.isenabled()


#: Eight threads that hold memory of their own at the same time, and how many heaps their process has then.
THREADS = """
import ctypes, threading
from core import memory_tuning

if {shared}:
    assert memory_tuning.share_heaps()
gate = threading.Barrier(9)

def hold():
    held = [bytes(600 + place) for place in range(2000)]
    gate.wait()
    gate.wait()

threads = [threading.Thread(target=hold) for _ in range(8)]
for thread in threads:
    thread.start()
gate.wait()
libc = ctypes.CDLL(None)
libc.open_memstream.restype = ctypes.c_void_p
text, size = ctypes.c_char_p(), ctypes.c_size_t()
stream = libc.open_memstream(ctypes.byref(text), ctypes.byref(size))
libc.malloc_info(0, ctypes.c_void_p(stream))
libc.fclose(ctypes.c_void_p(stream))
print(text.value.count(b"<heap nr="))
gate.wait()
"""


def heaps(*, shared: bool) -> int:
    code = THREADS.replace("{shared}", str(shared))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="the heaps are those of glibc")
def test_threads_share_two_heaps_where_each_would_take_its_own() -> None:
    assert heaps(shared=False) > memory_tuning.ARENAS
    assert heaps(shared=True) == memory_tuning.ARENAS
