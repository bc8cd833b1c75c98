"""Stops a process and lets it go on, so that it finds work in batches of a known size."""
import os
import signal
import time
from pathlib import Path


class Freezer:
    """How many events one turn of an event loop finds depends on how fast the machine and its neighbours are. A gateway that sleeps while
    its peers prepare a batch always finds the whole batch."""

    def __init__(self, pid):
        self.pid = pid

    def freeze(self):
        os.kill(self.pid, signal.SIGSTOP)
        before = None
        deadline = time.monotonic() + 60
        while True:
            now = [self._state(task) for task in Path(f"/proc/{self.pid}/task").iterdir()]
            # A traced thread also looks stopped for a moment at each system call: it sleeps for good when nothing moved between two looks.
            if now == before and all(state in "tT" for state, _, _ in now):
                return
            if time.monotonic() > deadline:
                raise TimeoutError("the gateway did not stop within a minute")
            before = now
            time.sleep(0.001)

    def thaw(self):
        os.kill(self.pid, signal.SIGCONT)

    @staticmethod
    def _state(task):
        """State letter, and how often the thread gave the processor up by itself or was made to."""
        found = dict(line.split(":\t", 1) for line in (task / "status").read_text().splitlines() if ":\t" in line)
        return found["State"][0], found["voluntary_ctxt_switches"], found["nonvoluntary_ctxt_switches"]
