"""The load of HTTP/2: h2load with requests spread over APIs and resources."""
import random
import re
import subprocess
import time
from pathlib import Path

from .wrk import Outcome

TARGETS = 4000


def run(address, connections, streams, seconds, *, directory, apis, resources, core):
    """Loads a server; each connection has `streams` requests under way at any time."""
    log = Path(directory, "h2load.log")
    log.unlink(missing_ok=True)
    command = ["h2load", "-t1", f"-c{connections}", f"-m{streams}", f"-D{max(1, seconds)}", "--log-file", log]
    targets = _targets(address, directory, apis, resources)
    began = time.monotonic()
    done = subprocess.run(["taskset", "-c", core, *command, "-i", targets], capture_output=True, text=True)
    length = (time.monotonic() - began) * 1e6
    counts = re.search(r"(\d+) done, (\d+) succeeded, (\d+) failed, (\d+) errored", done.stdout)
    if not counts or "Application protocol: h2" not in done.stdout:
        raise RuntimeError(f"h2load failed: {done.stderr or done.stdout}")
    finished, good = int(counts[1]), int(counts[2])
    # The log has a line a request: when it began, its status, and the microseconds that it took.
    times = sorted(int(line.split()[2]) for line in log.read_text().splitlines()) or [0]
    return Outcome(good, finished - good, times[len(times) // 2], times[len(times) * 99 // 100], int(length))


def _targets(address, directory, apis, resources):
    """A file of addresses that h2load takes one after the other."""
    chosen = random.Random(1)
    lines = (
        f"{address}/api{chosen.randrange(apis)}/1.0.0/resource{chosen.randrange(resources)}/{chosen.randrange(1, 99999)}\n"
        for _ in range(TARGETS))
    path = Path(directory, "h2load-targets.txt")
    path.write_text("".join(lines))
    return path
