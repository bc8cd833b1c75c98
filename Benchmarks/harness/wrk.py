"""The load: wrk with a script that spreads requests over APIs, resources and tokens."""
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

SCRIPT = Path(__file__).resolve().parent / "load.lua"


@dataclass
class Outcome:
    """What a run of wrk brought: requests answered, how many of them badly, latencies in microseconds, and its length in microseconds."""
    requests: int
    errors: int
    median: int
    slowest: int
    duration: int


def run(address, connections, seconds, *, apis, resources, tokens=None, core=None, zipf=False):
    """Loads a server. With `zipf` the first APIs are called much more often than the others (Zipf's law, exponent 1)."""
    environment = {
        **os.environ, "BENCH_APIS": str(apis), "BENCH_RESOURCES": str(resources), "BENCH_TOKENS": str(tokens or ""),
        "BENCH_ZIPF": "1" if zipf else ""}
    pinned = ["taskset", "-c", core] if core else []
    command = [*pinned, "wrk", "-t1", f"-c{connections}", f"-d{max(1, seconds)}s", "-s", str(SCRIPT), address]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    found = re.search(r"RESULT (\d+) (\d+) (\d+) (\d+) (\d+)", done.stderr)
    if not found:
        raise RuntimeError(f"wrk failed: {done.stderr or done.stdout}")
    return Outcome(*map(int, found.groups()))
