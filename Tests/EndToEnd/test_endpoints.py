"""How calls are shared out among endpoints."""

import http.server
import threading

import pytest
import requests

from running_platform import RunningPlatform, wait_until


class Server:
    """Answers with its name; its health can be changed."""

    def __init__(self, name):
        outer = self
        self.is_well = True
        self.paths = []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                is_check = self.path == "/health"
                if not is_check:
                    outer.paths.append(self.path)
                body = name.encode()
                self.send_response(200 if outer.is_well or not is_check else 503)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def servers():
    running = [Server("one"), Server("two")]
    yield running
    for server in running:
        server.close()


def publish(administrator, name, config, **members):
    api = administrator.publish_new(name, "http://127.0.0.1:1", endpointConfig=config, **members)
    return {"Authorization": f"Bearer {administrator.subscribed_token(api, f'Users of {name}')}"}


def test_requests_leave_an_endpoint_that_is_unwell(platform, administrator, servers):
    check = {"healthCheck": {"path": "/health", "interval": 100, "timeout": 5000, "failures": 2, "successes": 2}}
    config = {
        "endpoint_type": "failover", "production_endpoints": {"url": servers[0].url, "config": check},
        "production_failovers": [{"url": servers[1].url, "config": check}]}
    headers = publish(administrator, "Clinic", config)
    answer = lambda: requests.get(f"{platform.gateway}/clinic/1.0.0/x", headers=headers, timeout=30).text  # noqa: E731
    assert answer() == "one"
    servers[0].is_well = False
    wait_until(lambda: answer() == "two", what="the other endpoint")
    servers[0].is_well = True
    wait_until(lambda: answer() == "one", what="the first endpoint")


def test_a_session_stays_at_its_endpoint(platform, administrator, servers):
    config = {
        "endpoint_type": "load_balance", "production_endpoints": [{"url": server.url} for server in servers],
        "sessionManagement": "transport", "sessionTimeOut": "60000"}
    headers = publish(administrator, "Checkout", config)
    url = f"{platform.gateway}/checkout/1.0.0/x"
    assert {requests.get(url, headers=headers, timeout=30).text for _ in range(4)} == {"one", "two"}
    with requests.Session() as session:
        session.headers.update(headers)
        answers = [session.get(url, timeout=30) for _ in range(6)]
    assert len({answer.text for answer in answers}) == 1
    assert "Max-Age=60; HttpOnly" in answers[0].headers["Set-Cookie"]


def test_a_part_of_the_path_goes_into_the_url(platform, administrator, servers):
    config = {"endpoint_type": "http", "production_endpoints": {"url": servers[0].url + "/shards/{uri.var.shard}"}}
    headers = publish(administrator, "Shards", config, operations=[{"target": "/{shard}/rows", "verb": "GET"}])
    assert requests.get(f"{platform.gateway}/shards/1.0.0/seven/rows?a=b", headers=headers, timeout=30).status_code == 200
    assert servers[0].paths == ["/shards/seven/seven/rows?a=b"]


def test_parameters_of_a_url_go_with_every_call_and_into_no_log(platform, administrator, servers):
    config = {"endpoint_type": "http", "production_endpoints": {"url": servers[0].url.replace("http", "HTTP") + "/run?code=a-key-of-tests"}}
    headers = publish(administrator, "Tasks", config)
    call = lambda path: requests.get(f"{platform.gateway}/tasks/1.0.0{path}", headers=headers, timeout=30).status_code  # noqa: E731
    assert call("/now") == call("/now?a=b") == 200
    assert servers[0].paths == ["/run/now?code=a-key-of-tests", "/run/now?a=b&code=a-key-of-tests"]
    log = platform.data / "logs" / "analytics.log"
    event = wait_until(lambda: next((line for line in log.read_text().splitlines() if '"/tasks/1.0.0"' in line), None), what="the event")
    assert "/run" in event and "a-key-of-tests" not in event


def test_an_api_whose_policies_choose_no_destination_says_so(platform, administrator):
    headers = publish(administrator, "Nowhere", {"endpoint_type": "default", "production_endpoints": {"url": "default"}})
    answer = requests.get(f"{platform.gateway}/nowhere/1.0.0/x", headers=headers, timeout=30)
    assert (answer.status_code, answer.json()["code"]) == (500, "305100")


def test_endpoints_that_say_nothing_are_checked_as_the_configuration_says(tmp_path, servers):
    configuration = tmp_path / "deployment.toml"
    configuration.write_text("""
[super_admin]
username = "admin"
password = "correct-horse-battery"
[apim.endpoint_health_check]
enable = true
path = "/health"
interval = 100
timeout = 5000
failures = 1
successes = 1
""")
    checking = RunningPlatform(tmp_path / "data", configuration=configuration).start()
    client = checking.client()

    def answer(name, headers):
        return requests.get(f"{checking.gateway}/{name}/1.0.0/x", headers=headers, timeout=30)

    def failover(first):
        return {"endpoint_type": "failover", "production_endpoints": first, "production_failovers": [{"url": servers[1].url}]}

    checked = publish(client, "Ward", failover({"url": servers[0].url}))
    unchecked = publish(client, "Porch", failover({"url": servers[0].url, "config": {"healthCheck": {"enabled": False}}}))
    servers[0].is_well = False
    wait_until(lambda: answer("ward", checked).text == "two", what="the other endpoint")
    assert answer("porch", unchecked).text == "one"
    servers[0].is_well = True
    wait_until(lambda: answer("ward", checked).text == "one", what="the first endpoint")
    assert checking.stop() == 0
