"""Counts what a request costs the gateway, in units that do not depend on how busy or how fast the machine is."""
import os
import re
import signal
import struct
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from . import programs
from .lockstep import LockstepBackend, LockstepLoad
from .lockstep_clients import CLIENTS

# Requests that the gateway finds at a time.
BATCH = 32
APIS, RESOURCES, TOKENS = 1000, 10, 200
# Every token is verified once, every API has been called, and every buffer has its size before the counting starts.
WARM_UP = 2048
REQUESTS = 4096

# Seeded hash tables and string functions chosen by processor would make the figures differ from run to run and from machine to machine.
STEADY = {
    "SWIFT_DETERMINISTIC_HASHING": "1",
    "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX512F,-AVX512VL,-AVX512BW,-ERMS,-FSRM:glibc.malloc.arena_max=1",
}


@dataclass(frozen=True)
class Scale:
    """How much the gateway knows."""
    apis: int = APIS
    resources: int = RESOURCES
    # Besides the one that calls: each has a key and a subscription.
    applications: int = 0


class CountedGateway:
    """A gateway process with a load, under a tool or alone."""

    def __init__(self, program, directory, mode, transport, prefix=(), environment=None, scale=Scale()):
        self.backend = LockstepBackend()
        upstream = f"http://127.0.0.1:{self.backend.port}/size1024"
        carrier = "tls" if transport == "h2" else transport
        command = [*prefix, program, "serve", directory, upstream, mode, scale.apis, scale.resources, 0, carrier, 1]
        command += [scale.applications] if scale.applications else []
        self.process = subprocess.Popen(
            [str(part) for part in command], env={**os.environ, **STEADY, **(environment or {})}, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True)
        port = self._wait_until_ready(command)
        tokens = Path(directory, "tokens.txt").read_text().split() if mode == "managed" else []
        self.load = LockstepLoad(
            port, self.process.pid, self.backend, client=CLIENTS[transport], batch=BATCH, apis=scale.apis, resources=scale.resources,
            tokens=tokens)
        # Once around, so that no counter is met for the first time while it is counted.
        self.load.run(max(WARM_UP, min(scale.apis, len(self.load.requests))))

    def _wait_until_ready(self, command):
        for line in self.process.stdout:
            if line.startswith("ready on "):
                return int(line.split()[-1])
        raise RuntimeError(f"{' '.join(map(str, command))} did not start")

    def run(self):
        return self.load.run(REQUESTS)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.load.close()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def instructions(program, directory, mode, transport, scale=Scale()):
    """User instructions a request, by callgrind."""
    output = Path(directory, f"callgrind-{transport}-{mode}.out")
    tool = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={output}", "-q"]
    with CountedGateway(program, directory, mode, transport, tool, scale=scale) as gateway:
        control(gateway, "--zero")
        count = gateway.run()
        control(gateway, "--dump")
    return total(Path(f"{output}.1")) / count


def control(gateway, command):
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run(["callgrind_control", command, str(gateway.process.pid)], check=True, timeout=120, **quiet)


def total(dump):
    return int(re.search(r"^(?:totals|summary): (\d+)", dump.read_text(), re.M).group(1))


def mallocs(program, directory, mode, transport):
    """Calls of malloc and its like a request, by a library that is loaded before the C library."""
    library, counter = Path(directory, "malloc_counter.so"), Path(directory, "mallocs")
    programs.run("gcc", "-O2", "-shared", "-fPIC", "-o", library, Path(__file__).parent / "malloc_counter.c")
    counter.write_bytes(bytes(8))
    read = lambda: struct.unpack("Q", counter.read_bytes())[0]
    with CountedGateway(
        program, directory, mode, transport, environment={"LD_PRELOAD": str(library), "MALLOC_COUNT_FILE": str(counter)}
    ) as gateway:
        before = read()
        count = gateway.run()
        return (read() - before) / count


def system_calls(program, directory, mode, transport):
    """System calls a request, by strace."""
    output = Path(directory, f"strace-{transport}-{mode}.out")
    with CountedGateway(program, directory, mode, transport) as gateway:
        tracer = subprocess.Popen(["strace", "-f", "-c", "-o", str(output), "-p", str(gateway.process.pid)], stderr=subprocess.DEVNULL)
        wait_for_tracer(gateway.process.pid, tracer)
        count = gateway.run()
        tracer.send_signal(signal.SIGINT)
        tracer.wait(60)
    return sum(calls_made(output.read_text())) / count


# Calls in which threads sleep. Freezing the process interrupts them, which the table counts as an error.
SLEEPS = {"epoll_wait", "futex", "restart_syscall", "rt_sigsuspend"}


def calls_made(table):
    """The calls of each kind in strace's table, without those that only freezing brought about."""
    for line in table.splitlines():
        found = re.match(r"\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(\d+)?\s+(\w+)$", line)
        if found and found[3] != "total":
            yield int(found[1]) - (int(found[2] or 0) if found[3] in SLEEPS else 0)


def wait_for_tracer(pid, tracer):
    """Until every thread of the process is traced."""
    deadline = time.monotonic() + 60
    while any("TracerPid:\t0" in task.read_text() for task in Path(f"/proc/{pid}/task").glob("*/status")):
        if tracer.poll() is not None:
            raise RuntimeError("strace may not trace the gateway; does the container allow ptrace?")
        if time.monotonic() > deadline:
            raise TimeoutError("strace did not attach to the gateway within a minute")
        time.sleep(0.01)
