"""Answers that the gateway keeps, as callers and the endpoint see them."""

import http.server
import json
import threading
import time

import pytest
import requests

from running_platform import wait_until


class Shelf(http.server.BaseHTTPRequestHandler):
    """Counts its calls, and answers as the path says."""

    protocol_version = "HTTP/1.1"
    calls = []

    def do_GET(self):
        Shelf.calls.append((self.command, self.path, dict(self.headers.items())))
        body = json.dumps({"call": len(Shelf.calls), "language": self.headers.get("Accept-Language")}).encode()
        if self.path.startswith("/tagged") and self.headers.get("If-None-Match") == '"1"':
            self.send_response(304)
            self.send_header("ETag", '"1"')
            self.end_headers()
            return
        self.send_response(200)
        if self.path.startswith("/tagged"):
            self.send_header("ETag", '"1"')
            self.send_header("Cache-Control", "max-age=1")
        if self.path.startswith("/languages"):
            self.send_header("Vary", "Accept-Language")
        if self.path.startswith("/private"):
            self.send_header("Cache-Control", "private")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_HEAD = do_PUT = do_GET

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def shelf():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Shelf)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def api(administrator, shelf):
    return administrator.publish_new("Stacks", shelf, responseCachingEnabled=True, cacheTimeout=60)


@pytest.fixture(scope="module")
def call(platform, administrator, api):
    token = administrator.subscribed_token(api, "Archivists")

    def call(path, method="GET", token=token, **headers):
        Shelf.calls.clear()
        headers = {"Authorization": f"Bearer {token}", **{name.replace("_", "-"): value for name, value in headers.items()}}
        answer = requests.request(method, f"{platform.gateway}/stacks/1.0.0{path}", headers=headers, timeout=30)
        answer.calls = list(Shelf.calls)
        return answer
    return call


def test_the_endpoint_is_called_once(call):
    first = call("/once?a=1")
    second = call("/once?a=1")
    assert first.status_code == second.status_code == 200
    assert first.content == second.content
    assert (len(first.calls), len(second.calls)) == (1, 0)
    assert "Age" not in first.headers and int(second.headers["Age"]) <= 30
    assert first.headers["activityid"] != second.headers["activityid"]
    assert len(call("/once?a=2").calls) == 1
    assert call("/once?a=1", "HEAD").calls == []


def test_every_request_is_checked_and_callers_share_answers(administrator, api, call):
    call("/shared")
    assert call("/shared", token="wrong").status_code == 401
    other = administrator.subscribed_token(api, "Other archivists")
    answer = call("/shared", token=other)
    assert (answer.status_code, answer.calls) == (200, [])


def test_answers_for_one_caller_or_one_language_only(call):
    call("/private")
    assert len(call("/private").calls) == 1
    assert call("/languages", Accept_Language="de").json()["language"] == "de"
    assert call("/languages", Accept_Language="en").json()["language"] == "en"
    answer = call("/languages", Accept_Language="de")
    assert answer.calls == [] and answer.json()["language"] == "de"
    call("/cookies", Cookie="a=b")
    assert len(call("/cookies", Cookie="a=b").calls) == 1


def test_old_answers_are_asked_for_again_by_their_tag(call):
    first = call("/tagged")
    assert call("/tagged").calls == []
    assert call("/tagged", If_None_Match='"1"').status_code == 304
    time.sleep(1.1)
    second = call("/tagged")
    assert [headers.get("If-None-Match") for _, _, headers in second.calls] == ['"1"']
    assert second.status_code == 200 and second.content == first.content


def test_a_change_forgets_the_answer(call):
    call("/changed")
    assert call("/changed").calls == []
    assert call("/changed", "PUT").status_code == 200
    assert len(call("/changed").calls) == 1


def test_a_new_revision_begins_anew(administrator, api, call):
    call("/revised")
    assert call("/revised").calls == []
    administrator.deploy(api)
    assert len(call("/revised").calls) == 1


def test_events_tell_kept_answers(platform, call):
    call("/events")
    request = call("/events").headers["activityid"]
    log = next(platform.data.glob("**/analytics.log"))
    wait_until(lambda: request in log.read_text(), what="the event")
    event = next(json.loads(line) for line in log.read_text().splitlines() if request in line)
    assert event["responseCacheHit"] is True and event["proxyResponseCode"] == 200
