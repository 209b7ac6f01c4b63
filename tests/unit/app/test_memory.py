"""Freed memory goes back to the system: measured in a process of its own, since arenas are a process's."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

_PROGRAM = """
from pathlib import Path
import threading
from hub.app import memory

def resident():
    words = Path("/proc/self/statm").read_text().split()
    return int(words[1]) * 4096 // 2**20

assert memory.share_arenas()
before, held = resident(), []
lock = threading.Lock()

def work():
    mine = [bytes(2000) for _ in range(4000)]  # by malloc, in the thread's arena
    with lock:
        held.append((mine, bytes(600)))

threads = [threading.Thread(target=work) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
peak = resident()
held = [last for _, last in held]  # what lies last stays, so nothing shrinks by itself
memory.give_back()
print(before, peak, resident())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="mallopt and malloc_trim are of the GNU C library")
def test_freed_memory_goes_back_to_the_system() -> None:
    ran = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, timeout=60, check=True)
    before, peak, after = map(int, ran.stdout.split())
    assert peak > before + 50  # MiB: 64 were held
    assert after < before + 15
