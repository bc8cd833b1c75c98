"""Servers that do one job take turns under the same load."""
import statistics
from dataclasses import dataclass
from pathlib import Path

from . import h2load, handshakes, peers, wrk
from .servers import LOAD_CORE, Server, free_port

APIS, RESOURCES, TOKENS = 1000, 10, 200


@dataclass(frozen=True)
class Job:
    """What the servers of a contest have to do."""
    managed: bool
    size: int
    connections: int
    tls: bool = False
    # New connections, a request each, one after the other: "full", or "resumed" sessions. Empty: connections are kept.
    handshakes: str = ""
    # Whether it is about several loops in one process.
    scaling: bool = False
    # Requests that each connection has under way, by HTTP/2; 0 for HTTP/1.1, where it is one.
    streams: int = 0
    apis: int = APIS

    @property
    def resources(self):
        return RESOURCES if self.apis > 1 else 1

    @property
    def title(self):
        size = f"{self.size // 1024} KB" if self.size else "0 B"
        if self.handshakes:
            return f"HTTPS, {self.handshakes} handshakes"
        if self.streams:
            return f"HTTP/2, {size}, {self.connections} connections of {self.streams} streams"
        kind = "Two loops" if self.scaling else "Managed" if self.managed else "HTTPS" if self.tls else "Proxy"
        return f"{kind}, {size}, {self.connections} connections" + (", one API" if self.apis == 1 else "")


class Contest:
    """The servers of one job, started; `run` measures them."""

    def __init__(self, job, directory, backend, gateway, envoy):
        self.job, self.directory, self.backend = job, str(directory), backend
        self.tokens = Path(directory, "tokens.txt")
        self.servers, self.rounds = [], {}
        try:
            self._start(gateway, envoy)
        except BaseException:
            self.stop()
            raise

    def _start(self, gateway, envoy):
        job = self.job
        if job.tls:
            self._martlet("martlet", gateway, "tls")
            buffer = "64k" if job.size > 8192 else "8k"
            self._add("nginx", lambda site: peers.nginx(site, buffer, tls=True, http2=job.streams > 0))
            if job.streams and envoy:
                self._add("envoy", lambda site: peers.envoy(envoy, site, tls=True))
            return
        self._martlet("martlet", gateway, "nio")
        self._martlet("martlet epoll", gateway, "epoll")
        if job.scaling:
            self._martlet("martlet, two loops", gateway, "nio", 2)
            self._martlet("martlet epoll, two loops", gateway, "epoll", 2)
            return
        if job.managed:
            self._add("nginx with Lua", peers.nginx_lua)
        self._add("nginx", peers.nginx)
        if not job.managed and job.size > 8192:
            self._add("nginx, 64 KB buffers", lambda site: peers.nginx(site, "64k"))
        self._add("haproxy", lambda site: peers.haproxy(site, job.managed))
        if envoy:
            self._add("envoy", lambda site: peers.envoy(envoy, site, job.managed))

    def _martlet(self, title, gateway, carrier, loops=1):
        upstream = f"http://127.0.0.1:{self.backend.port}/size{self.job.size}"
        mode = "managed" if self.job.managed else "plain"
        self._add(
            title,
            lambda site: [gateway, "serve", self.directory, upstream, mode, self.job.apis, self.job.resources, site.port, carrier, loops])

    def _add(self, title, command):
        site = peers.Site(self.directory, self.backend.port, self.job.size, free_port(), self.job.apis)
        headers = {"Authorization": "Bearer " + self.tokens.read_text().split()[0]} if self.job.managed else {}
        self.servers.append(Server(title, command(site), site.port, self.directory, headers, self.job.tls))
        self.rounds[title] = []

    def run(self, rounds, seconds):
        for server in self.servers:
            self._load(server, 1)
        for _ in range(rounds):
            for server in self.servers:
                self.rounds[server.title].append(self._load(server, seconds))

    def results(self):
        """For each server its rounds, memory and start."""
        return [
            {"title": server.title, "rounds": self.rounds[server.title], "idle": server.idle,
             "loaded": server.resident_megabytes(), "start": server.first_answer}
            for server in self.servers]

    def stop(self):
        for server in self.servers:
            server.stop()

    def _load(self, server, seconds):
        if self.job.handshakes:
            return self._handshakes(server, max(1, seconds))
        before = server.nanoseconds()
        found = self._requests(f"{'https' if self.job.tls else 'http'}://127.0.0.1:{server.port}", seconds)
        return cost(server, found, server.nanoseconds() - before)

    def _requests(self, address, seconds):
        spread = {"apis": self.job.apis, "resources": self.job.resources, "core": LOAD_CORE}
        if self.job.streams:
            return h2load.run(address, self.job.connections, self.job.streams, seconds, directory=self.directory, **spread)
        tokens = self.tokens if self.job.managed else None
        return wrk.run(address, self.job.connections, seconds, tokens=tokens, **spread)

    def _handshakes(self, server, seconds):
        before = server.nanoseconds()
        times = handshakes.run(server.port, seconds, resumes=self.job.handshakes == "resumed", core=int(LOAD_CORE))
        used = server.nanoseconds() - before
        slowest = sorted(times)[int(len(times) * 0.99)]
        return {
            "cpu": used / len(times) / 1000, "p50": statistics.median(times) * 1000, "p99": slowest * 1000,
            "rate": len(times) / seconds}


def cost(server, found, nanoseconds):
    """The figures of a round: CPU microseconds a request, latencies in milliseconds, requests a second."""
    if found.errors or not found.requests:
        raise RuntimeError(f"{server.title}: {found.errors} failed of {found.requests}")
    return {
        "cpu": nanoseconds / found.requests / 1000, "p50": found.median / 1000, "p99": found.slowest / 1000,
        "rate": found.requests / found.duration * 1e6}


def ratio(mine, theirs, key="cpu"):
    """Median, least and greatest of the paired rounds' ratios."""
    pairs = [one[key] / other[key] for one, other in zip(mine["rounds"], theirs["rounds"])]
    return statistics.median(pairs), min(pairs), max(pairs)
