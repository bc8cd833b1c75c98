"""A Redis server of its own for a test, and a client for it."""

import shutil
import socket
import subprocess
import tempfile

from running_platform import wait_until


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class RedisServer:
    def __init__(self, *arguments):
        assert shutil.which("redis-server"), "install the Debian package redis-server"
        self.directory = tempfile.mkdtemp(prefix="martlet-redis-")
        self.port = free_port()
        self.arguments = arguments
        self.process = None

    def start(self):
        """Starts it, empty."""
        arguments = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", self.directory, *self.arguments]
        self.process = subprocess.Popen(["redis-server", *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until(self._listens, what="the Redis server")
        return self

    def _listens(self):
        try:
            return self.command("PING") == "PONG"
        except OSError:
            return False

    def stop(self):
        """Ends it at once; what it held is gone."""
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def close(self):
        self.stop()
        shutil.rmtree(self.directory)

    def command(self, *words):
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            encoded = [word.encode() for word in words]
            connection.sendall(b"*%d\r\n" % len(encoded) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in encoded))
            return self._read(connection.makefile("rb"))

    def _read(self, stream):
        line = stream.readline()
        kind, rest = line[:1], line[1:-2]
        if kind == b"*":
            return [self._read(stream) for _ in range(int(rest))]
        if kind == b"$":
            return None if rest == b"-1" else stream.read(int(rest) + 2)[:-2].decode()
        assert kind != b"-", rest
        return int(rest) if kind == b":" else rest.decode()

    def keys(self, part):
        return {key for key in self.command("KEYS", "*") if part in key}

    def counts(self, part, without=frozenset()):
        """The counts by node of the one key that holds `part`, beside those in `without`; empty if there is none."""
        keys = list(self.keys(part) - without)
        assert len(keys) <= 1, keys
        fields = self.command("HGETALL", keys[0]) if keys else []
        return {name: int(value) for name, value in zip(fields[::2], fields[1::2])}


class RedisCluster:
    """Three Redis servers that share out the slots of a Redis Cluster."""

    SLOTS = [(0, 5460), (5461, 10922), (10923, 16383)]

    def __init__(self):
        self.buses = [free_port() for _ in self.SLOTS]
        self.servers = [
            RedisServer("--cluster-enabled", "yes", "--cluster-config-file", "nodes.conf", "--cluster-node-timeout", "1000", "--cluster-port", str(bus))
            for bus in self.buses]

    def start(self):
        for number, (server, slots) in enumerate(zip(self.servers, self.SLOTS), 1):
            server.start()
            assert server.command("CLUSTER", "SET-CONFIG-EPOCH", str(number)) == "OK"
            assert server.command("CLUSTER", "ADDSLOTSRANGE", *map(str, slots)) == "OK"
        for server in self.servers[1:]:
            assert server.command("CLUSTER", "MEET", "127.0.0.1", str(self.servers[0].port), str(self.buses[0])) == "OK"
        wait_until(lambda: all("cluster_state:ok" in server.command("CLUSTER", "INFO") for server in self.servers), what="the cluster")
        return self

    def close(self):
        for server in self.servers:
            server.close()

    def keys(self, part):
        """The keys that hold `part`, server by server."""
        return [server.keys(part) for server in self.servers]
