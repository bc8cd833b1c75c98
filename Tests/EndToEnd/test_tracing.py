"""Distributed traces: the gateway takes part, and sends its spans with OTLP over HTTP."""

import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from running_platform import RunningPlatform, wait_until

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331"


def fields(data):
    """The fields of a protobuf message: number to list of values."""
    found, position = {}, 0

    def varint():
        nonlocal position
        value = shift = 0
        while True:
            byte = data[position]
            position += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while position < len(data):
        tag = varint()
        kind = tag & 7
        if kind == 0:
            value = varint()
        elif kind == 1:
            value = struct.unpack_from("<Q", data, position)[0]
            position += 8
        elif kind == 5:
            value = struct.unpack_from("<I", data, position)[0]
            position += 4
        else:
            assert kind == 2, kind
            length = varint()
            value = data[position:position + length]
            assert len(value) == length
            position += length
        found.setdefault(tag >> 3, []).append(value)
    return found


def attributes(pairs):
    result = {}
    for pair in pairs:
        pair = fields(pair)
        value = fields(pair[2][0])
        result[pair[1][0].decode()] = value[1][0].decode() if 1 in value else value[3][0]
    return result


class Collector:
    """A tracing system that keeps what it is sent."""

    def __init__(self):
        collector = self
        self.requests, self.status = [], 200

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = collector.status
                collector.requests.append((self.path, dict(self.headers.items()), body, status))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def spans(self):
        """What was taken, as (resource, span) with readable members."""
        result = []
        for _, _, body, status in self.requests:
            if status != 200:
                continue
            for part in fields(body)[1]:
                part = fields(part)
                resource = attributes(fields(part[1][0])[1])
                for scope in part[2]:
                    for span in fields(scope).get(2, []):
                        span = fields(span)
                        result.append((resource, {
                            "trace": span[1][0].hex(), "id": span[2][0].hex(), "parent": span.get(4, [b""])[0].hex(),
                            "name": span[5][0].decode(), "kind": span[6][0], "start": span[7][0], "end": span[8][0],
                            "attributes": attributes(span.get(9, [])), "error": 15 in span,
                        }))
        return result

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def collector():
    running = Collector()
    yield running
    running.close()


def start(folder, collector, more=""):
    return run(folder, "martlet", f"""
remote_tracer.name = "otlp"
remote_tracer.url = "{collector.url}"
[[apim.open_telemetry.remote_tracer.properties]]
name = "api-key"
value = "let me in"
[[apim.open_telemetry.resource_attributes]]
name = "service.name"
value = "edge"
{more}
""", environment={"MARTLET_MONITORING_PROMETHEUS_ENABLE": "true"})


def run(folder, name, tracer, **options):
    """Starts a platform of that name with these settings of tracing."""
    file = folder / f"{name}.toml"
    file.write_text(f"""
[super_admin]
username = "admin"
password = "a password for tests"
[apim.open_telemetry]
remote_tracer.enable = true
{tracer}
""")
    return RunningPlatform(folder / name, configuration=file, **options).start()


def metric(platform, name):
    text = requests.get(f"{platform.management}/metrics", verify=platform.certificate).text
    return float(next(line.split()[1] for line in text.splitlines() if line.startswith(name + " ")))


def test_a_trace_goes_through_the_gateway(tmp_path, backend, collector):
    platform = start(tmp_path, collector)
    try:
        client = platform.client()
        api = client.publish_new("Caravan", backend.url)
        token = client.subscribed_token(api, "Merchants")
        headers = {"Authorization": f"Bearer {token}", "traceparent": f"{PARENT}-01", "tracestate": "a=1"}
        assert requests.get(f"{platform.gateway}/caravan/1.0.0/oasis?secret=1", headers=headers).status_code == 200
        spans = wait_until(lambda: collector.spans)
        (resource, server), (_, call) = sorted(spans, key=lambda item: item[1]["kind"])
        assert resource["service.name"] == "edge" and resource["service.version"]
        assert (server["kind"], server["name"], server["parent"]) == (2, "GET /caravan/1.0.0/*", PARENT.split("-")[2])
        assert (call["kind"], call["name"], call["parent"]) == (3, "GET", server["id"])
        assert {server["trace"], call["trace"]} == {PARENT.split("-")[1]}
        assert server["start"] <= call["start"] <= call["end"] <= server["end"]
        assert server["attributes"]["http.response.status_code"] == call["attributes"]["http.response.status_code"] == 200
        assert server["attributes"]["url.path"] == "/caravan/1.0.0/oasis" and server["attributes"]["martlet.api.name"] == "Caravan"
        assert "secret" not in str(spans) and token not in str(spans)
        seen = {name.lower(): value for name, value in backend.requests[-1]["headers"].items()}
        assert seen["traceparent"] == f"00-{call['trace']}-{call['id']}-01" and seen["tracestate"] == "a=1"
        path, sent, _, _ = collector.requests[0]
        assert path == "/v1/traces" and sent["Content-Type"] == "application/x-protobuf" and sent["api-key"] == "let me in"

        # Who is not traced is not told, and hands on that it is not.
        assert requests.get(f"{platform.gateway}/caravan/1.0.0/x", headers={**headers, "traceparent": f"{PARENT}-00"}).status_code == 200
        assert {name.lower(): value for name, value in backend.requests[-1]["headers"].items()}["traceparent"].endswith("-00")
        # Without a caller's trace a new one begins.
        assert requests.get(f"{platform.gateway}/caravan/1.0.0/x").status_code == 401
        refused = wait_until(lambda: [span for _, span in collector.spans if span["attributes"].get("martlet.error.code")])
        assert len(refused) == 1 and refused[0]["parent"] == "" and not refused[0]["error"]
        assert len(collector.spans) == 3 and metric(platform, "martlet_traces_sent_spans_total") == 3
    finally:
        assert platform.stop() == 0


def test_a_tracing_system_that_is_busy_gets_its_spans_later_and_holds_nothing_up(tmp_path, backend, collector):
    platform = start(tmp_path, collector)
    try:
        collector.status = 503
        client = platform.client()
        api = client.publish_new("Patience", backend.url)
        headers = {"Authorization": f"Bearer {client.subscribed_token(api, 'Waiters')}"}
        for _ in range(20):
            assert requests.get(f"{platform.gateway}/patience/1.0.0/x", headers=headers).status_code == 200
        wait_until(lambda: len(collector.requests) >= 1)
        assert collector.spans == []
        collector.status = 200
        wait_until(lambda: len(collector.spans) == 40)
        assert len({span["id"] for _, span in collector.spans}) == 40
        assert metric(platform, "martlet_traces_dropped_spans_total") == 0
    finally:
        assert platform.stop() == 0


def test_the_last_spans_are_sent_when_the_platform_stops(tmp_path, backend, collector):
    platform = start(tmp_path, collector, "[apim.open_telemetry.sampler]\nratio = 1.0")
    client = platform.client()
    client.publish_new("Epilogue", backend.url)
    assert requests.get(f"{platform.gateway}/epilogue/1.0.0/x").status_code == 401
    assert platform.stop() == 0
    assert [span["attributes"]["http.response.status_code"] for _, span in collector.spans] == [401]


def test_jaeger_is_named_by_host_and_port_and_unspoken_systems_hold_no_start_up(tmp_path, backend, collector):
    for name, expected in (("jaeger", [401]), ("zipkin", [])):
        collector.requests.clear()
        port = collector.url.rsplit(":", 1)[1]
        platform = run(tmp_path, name, f"""
remote_tracer.name = "{name}"
remote_tracer.hostname = "127.0.0.1"
remote_tracer.port = "{port}"
""")
        platform.client().publish_new("Lantern", backend.url)
        assert requests.get(f"{platform.gateway}/lantern/1.0.0/x").status_code == 401
        assert platform.stop() == 0
        assert [span["attributes"]["http.response.status_code"] for _, span in collector.spans] == expected
        assert ("'zipkin' is not spoken" in platform.log) == (name == "zipkin")
