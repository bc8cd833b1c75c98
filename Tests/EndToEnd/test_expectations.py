"""Clients that send their bodies only after they were told to (`Expect: 100-continue`)."""

import socket
import ssl
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import h2.connection
import h2.events
import pytest

BODY = b"x" * 1_500_000


class Upstream:
    """Answers with the length of the body; invites it, or says nothing, or declines it."""

    def __init__(self, manner="invites"):
        upstream = self
        self.requests = []

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_expect_100(self):
                if manner == "invites":
                    return super().handle_expect_100()
                if manner == "declines":
                    self.send_response(413)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    self.close_connection = True
                return manner != "declines"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                upstream.requests.append((dict(self.headers.items()), len(body)))
                answer = str(len(body)).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture(scope="module")
def upstreams():
    running = {manner: Upstream(manner) for manner in ("invites", "is silent", "declines")}
    yield running
    for upstream in running.values():
        upstream.close()


@pytest.fixture(scope="module")
def tokens(administrator, upstreams):
    application = administrator.create_application("Patient callers")
    for name, manner in (("Inviting", "invites"), ("Silent", "is silent"), ("Declining", "declines")):
        administrator.subscribe(administrator.publish_new(name, upstreams[manner].url), application)
    # Its policy collects bodies.
    collecting = administrator.publish_new("Collecting", upstreams["is silent"].url, apiPolicies={
        "request": [{"policyName": "jsonValidator", "policyVersion": "v1", "parameters": {"maxJsonDepth": "3"}}], "response": [], "fault": []})
    administrator.subscribe(collecting, application)
    return administrator.application_token(administrator.generate_keys(application))


def connect(platform, scheme, protocols=("http/1.1",)):
    address = urlsplit(platform.gateway if scheme == "http" else platform.gateway_https)
    connection = socket.create_connection((address.hostname, address.port), timeout=60)
    if scheme == "https":
        context = ssl.create_default_context(cafile=platform.certificate)
        context.set_alpn_protocols(list(protocols))
        connection = context.wrap_socket(connection, server_hostname="localhost")
    return connection


def head(path, token=None, length=5, content_type="text/plain"):
    lines = [f"POST {path} HTTP/1.1", "Host: localhost", f"Content-Length: {length}", f"Content-Type: {content_type}", "Expect: 100-continue"]
    return "\r\n".join(lines + ([f"Authorization: Bearer {token}"] if token else []) + ["", ""]).encode()


def read_head(connection):
    received = b""
    while b"\r\n\r\n" not in received:
        part = connection.recv(1)
        assert part, received
        received += part
    return received.decode()


def read_all(connection):
    received = b""
    while part := connection.recv(65536):
        received += part
    return received.decode()


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("name", ["inviting", "silent"])
def test_an_accepted_client_is_told_to_send(platform, tokens, scheme, name):
    with connect(platform, scheme) as connection:
        for _ in range(2):
            connection.sendall(head(f"/{name}/1.0.0/x", tokens))
            assert read_head(connection) == "HTTP/1.1 100 Continue\r\n\r\n"
            connection.sendall(b"hello")
            answer = read_head(connection)
            assert answer.startswith("HTTP/1.1 200 OK\r\n"), answer
            assert connection.recv(1) == b"5"


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_refused_client_is_answered_without_its_body(platform, tokens, scheme):
    with connect(platform, scheme) as connection:
        connection.sendall(head("/inviting/1.0.0/x"))
        answer = read_all(connection)
        assert answer.startswith("HTTP/1.1 401 ") and "100 Continue" not in answer
        # Whether the body will come is not known, so the connection is of no further use.
        assert "\r\nconnection: close\r\n" in answer.lower()


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_what_the_upstream_declines_is_declined(platform, tokens, scheme):
    with connect(platform, scheme) as connection:
        connection.sendall(head("/declining/1.0.0/x", tokens))
        answer = read_all(connection)
        assert answer.startswith("HTTP/1.1 413 ") and "100 Continue" not in answer


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_client_over_its_quota_is_refused_without_its_body(platform, administrator, upstreams, scheme):
    policy = f"OneACall{scheme}"
    limit = {"type": "REQUESTCOUNTLIMIT", "requestCount": {"requestCount": 1, "timeUnit": "days", "unitTime": 1}}
    administrator.post("/api/am/admin/v4/throttling/policies/application", {"policyName": policy, "displayName": policy, "description": "", "defaultLimit": limit})
    api = administrator.publish_new(f"Rationed{scheme}", upstreams["invites"].url)
    token = administrator.subscribed_token(api, f"Rationed {scheme} callers", application_policy=policy)
    path = f"/rationed{scheme}/1.0.0/x"
    with connect(platform, scheme) as connection:
        connection.sendall(head(path, token))
        assert read_head(connection) == "HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"hello")
        assert read_head(connection).startswith("HTTP/1.1 200 ")
        assert connection.recv(1) == b"5"
        connection.sendall(head(path, token))
        answer = read_all(connection)
        assert answer.startswith("HTTP/1.1 429 ") and "100 Continue" not in answer


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_body_that_a_policy_wants_is_invited_by_the_gateway_and_goes_on_without_expectation(platform, tokens, upstreams, scheme):
    with connect(platform, scheme) as connection:
        connection.sendall(head("/collecting/1.0.0/x", tokens, 7, "application/json"))
        assert read_head(connection) == "HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b'{"a":1}')
        assert read_head(connection).startswith("HTTP/1.1 200 ")
    headers, length = upstreams["is silent"].requests[-1]
    assert length == 7 and "Expect" not in headers and headers["Content-Length"] == "7"


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("name", ["inviting", "silent"])
def test_curl_sends_a_large_body(platform, tokens, tmp_path, scheme, name):
    base = platform.gateway if scheme == "http" else platform.gateway_https
    answer = curl(platform, tmp_path, f"{base}/{name}/1.0.0/x", "-H", f"Authorization: Bearer {tokens}")
    assert answer.stdout == str(len(BODY)).encode()
    assert b"> Expect: 100-continue" in answer.stderr and b"< HTTP/1.1 100 Continue" in answer.stderr


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_curl_is_refused_before_it_has_sent_a_large_body(platform, tmp_path, scheme):
    base = platform.gateway if scheme == "http" else platform.gateway_https
    answer = curl(platform, tmp_path, f"{base}/inviting/1.0.0/x", "-w", "%{http_code} %{size_upload}", "-o", "/dev/null")
    assert answer.stdout == b"401 0"
    assert b"< HTTP/1.1 100 Continue" not in answer.stderr


def curl(platform, folder, url, *arguments):
    (folder / "body").write_bytes(BODY)
    # The wait is longer than the gateway's own, so that it is the gateway that ends it.
    command = ["curl", "-sv", "--http1.1", "--noproxy", "*", "--cacert", platform.certificate, "--expect100-timeout", "30", "--data-binary", f"@{folder}/body", *arguments, url]
    return subprocess.run(command, capture_output=True, timeout=60, check=True)


class Stream:
    """One request of HTTP/2, frame by frame."""

    def __init__(self, connection, path, token=None):
        self.socket, self.h2 = connection, h2.connection.H2Connection()
        self.h2.initiate_connection()
        self.id = self.h2.get_next_available_stream_id()
        fields = [(":method", "POST"), (":scheme", "https"), (":authority", "localhost"), (":path", path), ("content-length", "5"), ("expect", "100-continue")]
        self.h2.send_headers(self.id, fields + ([("authorization", f"Bearer {token}")] if token else []))
        self.socket.sendall(self.h2.data_to_send())

    def next(self, *kinds):
        while True:
            events = self.h2.receive_data(self.socket.recv(65536))
            self.socket.sendall(self.h2.data_to_send())
            for event in events:
                if isinstance(event, kinds):
                    return event
                assert not isinstance(event, h2.events.ConnectionTerminated), event

    def status(self, event):
        return dict((bytes(name), bytes(value)) if isinstance(name, bytes) else (name.encode(), value.encode()) for name, value in event.headers)[b":status"]


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("name", ["inviting", "silent"])
def test_an_accepted_stream_is_told_to_send(platform, tokens, scheme, name):
    with connect(platform, scheme, ["h2"]) as connection:
        stream = Stream(connection, f"/{name}/1.0.0/x", tokens)
        interim = stream.next(h2.events.InformationalResponseReceived, h2.events.ResponseReceived)
        assert stream.status(interim) == b"100"
        stream.h2.send_data(stream.id, b"hello", end_stream=True)
        connection.sendall(stream.h2.data_to_send())
        assert stream.status(stream.next(h2.events.ResponseReceived)) == b"200"


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_refused_stream_is_answered_without_its_body(platform, scheme):
    with connect(platform, scheme, ["h2"]) as connection:
        stream = Stream(connection, "/inviting/1.0.0/x")
        answer = stream.next(h2.events.InformationalResponseReceived, h2.events.ResponseReceived)
        assert isinstance(answer, h2.events.ResponseReceived) and stream.status(answer) == b"401"
