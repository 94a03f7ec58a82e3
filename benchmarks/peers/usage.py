"""What a server and the processes that it has started use while something is measured."""
import contextlib
import os
import pathlib
import threading
import time

TICK = os.sysconf("SC_CLK_TCK")


def family(pid):
    """The process and all that descend from it."""
    found = [pid]
    for parent in found:
        with contextlib.suppress(OSError):
            for task in os.listdir(f"/proc/{parent}/task"):
                found += map(int, pathlib.Path(f"/proc/{parent}/task/{task}/children").read_text().split())
    return found


def processor_seconds(pid):
    """Its own user and system time, and that of children that it has waited for."""
    try:
        return sum(map(int, pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[11:15])) / TICK
    except OSError:
        return 0.0


def peak_memory(pid):
    """Bytes (VmHWM)."""
    with contextlib.suppress(OSError):
        for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


class Usage:
    """As a context: afterwards `seconds` of processor time and the most `memory` in bytes, all processes together."""

    # Looking costs time itself, the server's too.
    PAUSE = 0.1

    def __init__(self, pid):
        self.pid, self.memory, self.seconds = pid, 0, 0.0
        self._ended = threading.Event()

    def __enter__(self):
        self._before = family(self.pid)
        for pid in self._before:
            with contextlib.suppress(OSError):
                pathlib.Path(f"/proc/{pid}/clear_refs").write_text("5")  # The peak begins anew (proc(5)).
        self._begun = self._total()
        self._watcher = threading.Thread(target=self._watch)
        self._watcher.start()
        return self

    def __exit__(self, *_):
        self._ended.set()
        self._watcher.join()
        self._settle()
        self.seconds = self._total() - self._begun

    def _total(self):
        return sum(processor_seconds(pid) for pid in family(self.pid))

    def _look(self):
        self.memory = max(self.memory, sum(peak_memory(pid) for pid in family(self.pid)))

    def _watch(self):
        while not self._ended.wait(self.PAUSE):
            self._look()

    def _settle(self):
        """Whoever served this client alone has to be gone, and waited for, before its time can be read."""
        self._look()
        for _ in range(500):
            if set(family(self.pid)) <= set(self._before):
                return
            time.sleep(0.01)
