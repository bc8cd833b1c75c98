"""SIGTERM under load: no request fails, and what runs is answered."""

import http.client
import signal
import socket
import threading
import time

import pytest
import requests

from running_platform import Backend, RunningPlatform, wait_until


class Caller(threading.Thread):
    """Calls again and again as a client behind a load balancer does: on a kept connection, and on a new one only while the node is ready."""

    def __init__(self, port, token, is_ready, pause):
        super().__init__(daemon=True)
        self.port, self.headers, self.is_ready, self.pause = port, {"Authorization": f"Bearer {token}"}, is_ready, pause
        self.statuses, self.failure, self.was_told = [], None, False

    def run(self):
        try:
            while self.is_ready():
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
                while self._call(connection):
                    time.sleep(self.pause)
                connection.close()
        except Exception as failure:
            self.failure = failure

    def _call(self, connection):
        connection.request("GET", "/marathon/1.0.0/x", headers=self.headers)
        answer = connection.getresponse()
        answer.read()
        self.statuses.append(answer.status)
        closes = answer.getheader("Connection") == "close"
        self.was_told = self.was_told or closes
        return not closes


def accepts(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
        return True
    except ConnectionRefusedError:
        return False


@pytest.fixture
def slow_backend():
    upstream = Backend()
    release, entered = threading.Event(), threading.Event()
    handler = upstream.server.RequestHandlerClass
    answer = handler.answer

    def slow(self):
        if self.path.endswith("/slow"):
            entered.set()
            release.wait(30)
        answer(self)

    handler.do_GET = slow
    upstream.release, upstream.entered = release, entered
    yield upstream
    release.set()
    upstream.close()


def test_no_request_fails_when_the_platform_stops(tmp_path, slow_backend):
    platform = RunningPlatform(tmp_path / "data", environment={"MARTLET_SERVER_SHUTDOWN_DELAY": "5"}).start()
    client = platform.client()
    api = client.publish_new("Marathon", slow_backend.url)
    token = client.subscribed_token(api, "Runners")
    check = f"{platform.management}/api/am/gateway/v2/server-startup-healthcheck"
    statuses = []
    told = threading.Event()

    def watch():
        while not told.is_set():
            try:
                statuses.append(requests.get(check, verify=platform.certificate, timeout=5).status_code)
            except requests.ConnectionError:
                return
            if statuses[-1] != 200:
                told.set()

    threading.Thread(target=watch, daemon=True).start()
    callers = [Caller(8280 + platform.offset, token, lambda: not told.is_set(), pause) for pause in (0, 0.001, 0.01, 0.1)]
    for caller in callers:
        caller.start()
    slow = []
    runner = threading.Thread(
        target=lambda: slow.append(requests.get(f"{platform.gateway}/marathon/1.0.0/slow", headers=callers[0].headers, timeout=60)))
    runner.start()
    assert slow_backend.entered.wait(20)
    wait_until(lambda: all(len(caller.statuses) > 5 for caller in callers))
    before = [len(caller.statuses) for caller in callers]

    platform.process.send_signal(signal.SIGTERM)
    for caller in callers:
        caller.join(60)
    assert statuses[-1] == 503 and set(statuses) == {200, 503}
    # The ports of the gateway are closed, and the node still waits for the slow request.
    wait_until(lambda: not accepts(8280 + platform.offset))
    assert platform.process.poll() is None and not slow
    assert requests.get(check, verify=platform.certificate, timeout=5).status_code == 503
    slow_backend.release.set()
    runner.join(20)
    assert platform.process.wait(30) == 0
    assert slow[0].status_code == 200 and slow[0].headers["Connection"] == "close"
    for caller, count in zip(callers, before):
        assert caller.failure is None and set(caller.statuses) == {200} and caller.was_told
        assert len(caller.statuses) > count
    platform.output.close()


def test_what_does_not_end_in_time_is_cut_off(tmp_path, slow_backend):
    platform = RunningPlatform(tmp_path / "data", environment={"MARTLET_SERVER_SHUTDOWN_TIME_LIMIT": "1"}).start()
    client = platform.client()
    api = client.publish_new("Sprint", slow_backend.url)
    token = client.subscribed_token(api, "Sprinters")
    outcome = []

    def call():
        try:
            outcome.append(requests.get(f"{platform.gateway}/sprint/1.0.0/slow", headers={"Authorization": f"Bearer {token}"}, timeout=60))
        except requests.ConnectionError as error:
            outcome.append(error)

    runner = threading.Thread(target=call)
    runner.start()
    assert slow_backend.entered.wait(20)
    begin = time.monotonic()
    assert platform.stop() == 0
    runner.join(20)
    assert isinstance(outcome[0], requests.ConnectionError) and 1 <= time.monotonic() - begin < 15


def test_idle_clients_that_say_nothing_hold_nothing_up(tmp_path, backend):
    """Pooled connections of clients, to the gateway and to the REST APIs, whose owners do not look at them until they need them."""
    platform = RunningPlatform(tmp_path / "data").start()
    client = platform.client()
    client.deploy(client.create_api("Dozing", backend.url))
    with requests.Session() as session:
        for url in (f"{platform.gateway_https}/dozing/1.0.0/x", f"{platform.management}/health"):
            session.get(url, verify=platform.certificate)
        platform.process.terminate()
        # Each listener gives them a second.
        assert platform.process.wait(8) == 0
