"""What traffic costs in memory: large bodies, and connections that do nothing."""

import http.client
import resource
import socket
import ssl
import threading

import pytest
import requests

from running_platform import RunningPlatform, wait_until

MEGABYTE = 1 << 20


def resident(platform):
    """Bytes of memory of the platform's process."""
    with open(f"/proc/{platform.process.pid}/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


class Sink:
    """Takes any body without keeping it, and says how long it was."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with connection:
            buffer = bytearray(MEGABYTE)
            head = b""
            while b"\r\n\r\n" not in head:
                piece = connection.recv(65536)
                if not piece:
                    return
                head += piece
            head, _, rest = head.partition(b"\r\n\r\n")
            length = int(next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")).split(b":")[1])
            done = len(rest)
            while done < length:
                count = connection.recv_into(buffer)
                if not count:
                    return
                done += count
            body = b"%d" % done
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(body), body))

    def close(self):
        self.listener.close()


@pytest.fixture(scope="module")
def own_platform(tmp_path_factory):
    running = RunningPlatform(tmp_path_factory.mktemp("memory") / "data").start()
    yield running
    running.stop()


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_gigabyte_passes_without_being_kept(own_platform, scheme):
    sink = Sink()
    client = own_platform.client()
    api = client.publish_new(f"Upload{scheme}", sink.url)
    headers = {"Authorization": f"Bearer {client.subscribed_token(api, f'Uploaders {scheme}')}"}

    def connect():
        if scheme == "http":
            return http.client.HTTPConnection("localhost", 8280 + own_platform.offset, timeout=600)
        context = ssl.create_default_context(cafile=own_platform.certificate)
        return http.client.HTTPSConnection("localhost", 8243 + own_platform.offset, timeout=600, context=context)

    def upload(megabytes):
        def pieces():
            block = b"x" * MEGABYTE
            for _ in range(megabytes):
                peaks.append(resident(own_platform))
                yield block
        connection = connect()
        size = {"Content-Length": str(megabytes * MEGABYTE)}
        connection.request("POST", f"/upload{scheme}/1.0.0/x", body=pieces(), headers={**headers, **size})
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (200, b"%d" % (megabytes * MEGABYTE))
        connection.close()

    peaks = []
    upload(64)
    before = max(peaks)
    peaks = []
    upload(1024)
    growth = max(peaks) - before
    print(f"1 GB over {scheme}: grew by {growth / MEGABYTE:.1f} MB")
    assert growth < 10 * MEGABYTE
    sink.close()


@pytest.mark.slow
def test_ten_thousand_idle_connections(own_platform, backend):
    count = 10_000
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < count + 1000:
        pytest.skip(f"the system allows {hard} open files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with open(f"/proc/{own_platform.process.pid}/limits") as file:
        files = int(next(line for line in file if line.startswith("Max open files")).split()[3])
    if files < count + 1000:
        resource.prlimit(own_platform.process.pid, resource.RLIMIT_NOFILE, (hard, hard))
    request = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
    connections = []

    def open_some(number):
        for _ in range(number):
            connection = socket.create_connection(("127.0.0.1", 8280 + own_platform.offset))
            connection.sendall(request)
            assert connection.recv(4096).startswith(b"HTTP/1.1 200 ")
            connections.append(connection)

    open_some(500)
    before = resident(own_platform)
    open_some(count - 500)
    used = resident(own_platform) - before
    print(f"{count} idle connections: {used / (count - 500) / 1024:.1f} KB each")
    assert used / (count - 500) < 20 * 1024
    # They are alive.
    connections[0].sendall(request)
    assert connections[0].recv(4096).startswith(b"HTTP/1.1 200 ")
    for connection in connections:
        connection.close()
    wait_until(lambda: requests.get(own_platform.gateway, timeout=30).status_code == 200, what="the gateway")
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
