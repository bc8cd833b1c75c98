"""Calls to other servers through a proxy."""

import pytest
import requests

from backend_servers import ForwardProxy, Server, TokenBackend, echo
from grpc_backend import SERVICE, GRPCBackend
from openssl import Certificate
from running_platform import ALL_SCOPES, PUBLISHER, RunningPlatform, wait_until

OPEN = [{"target": "/*", "verb": verb, "authType": "None"} for verb in ("GET", "POST")]


@pytest.fixture(scope="module")
def proxy():
    running = ForwardProxy("gate", "p:w")
    yield running
    running.close()


@pytest.fixture(scope="module")
def collector():
    with Server(lambda handler, body: (200, {}, b"")) as running:
        yield running


@pytest.fixture(scope="module")
def proxied(tmp_path_factory, proxy, collector):
    """A platform behind a proxy; only 127.0.0.1 by its address is called directly."""
    folder = tmp_path_factory.mktemp("egress")
    configuration = folder / "deployment.toml"
    configuration.write_text(f"""
[super_admin]
username = "admin"
password = "correct-horse-battery"
[apim.outgoing]
fetch_allowed_networks = ["127.0.0.1", "localhost"]
[apim.proxy_config]
enable = true
host = "127.0.0.1"
port = {proxy.port}
username = "gate"
password = "p:w"
nonProxyHosts = ["127.*"]
[apim.open_telemetry]
remote_tracer.enable = true
remote_tracer.url = "{collector.url}"
""")
    running = RunningPlatform(folder / "data", configuration=configuration).start()
    yield running
    assert running.stop() == 0


@pytest.fixture(scope="module")
def client(proxied):
    return proxied.client(scopes=ALL_SCOPES + " apim:ep_certificates_add")


def send(platform, path, method="GET", **arguments):
    return requests.request(method, platform.gateway + path, timeout=60, **arguments)


def test_back_ends_are_called_through_the_proxy(proxied, client, proxy):
    with Server(echo) as plain:
        client.publish_new("Harbour", plain.url + "/base", operations=OPEN)
        answer = send(proxied, "/harbour/1.0.0/x?y=1", "POST", data="cargo")
        assert answer.status_code == 200, answer.text
        assert (answer.json()["path"], answer.json()["body"]) == ("/base/x?y=1", "cargo")
        assert "Proxy-Authorization" not in answer.json()["headers"]
        assert f"POST {plain.url}/base/x?y=1" in proxy.targets


def test_back_ends_with_tls_are_reached_through_a_tunnel(proxied, client, proxy, tmp_path):
    certificate = Certificate(tmp_path, "localhost", is_authority=True)
    with Server(echo, tls=certificate.pair) as secure:
        files = {"certificate": ("b.pem", certificate.pem), "alias": (None, "tunnel"), "endpoint": (None, secure.url)}
        client.request("POST", f"{PUBLISHER}/endpoint-certificates", files=files, expect=200)
        client.publish_new("Tunnel", secure.url, operations=OPEN)
        assert send(proxied, "/tunnel/1.0.0/x", "POST", data="x").json()["body"] == "x"
        assert f"CONNECT localhost:{secure.port}" in proxy.targets


def test_back_ends_of_http2_are_reached_through_a_tunnel(proxied, client, proxy):
    with GRPCBackend() as backend:
        url = {"url": f"http://localhost:{backend.port}", "config": {"httpVersion": "2"}}
        client.publish_new("Bridge", url["url"], operations=OPEN, endpointConfig={"endpoint_type": "http", "production_endpoints": url})
        headers = {"Content-Type": "application/grpc"}
        for _ in range(2):
            answer = send(proxied, f"/bridge/1.0.0/{SERVICE}/Get", "POST", headers=headers, data=b"\0\0\0\0\4soup")
            assert (answer.status_code, answer.content) == (200, b"\0\0\0\0\10got soup")
        assert f"CONNECT localhost:{backend.port}" in proxy.targets


def test_destinations_that_policies_set_are_called_through_the_proxy(proxied, client, proxy):
    with Server(echo) as plain:
        use = {"policyName": "setToHeader", "policyVersion": "v1", "parameters": {"value": plain.url + "/there"}}
        client.publish_new("Detour", "http://127.0.0.1:9", operations=OPEN, apiPolicies={"request": [use], "response": [], "fault": []})
        assert send(proxied, "/detour/1.0.0/x").json()["path"] == "/there/x"
        assert f"GET {plain.url}/there/x" in proxy.targets


def test_traces_are_sent_through_the_proxy(proxied, client, proxy, collector):
    with Server(echo) as plain:
        client.publish_new("Traced", plain.url, operations=OPEN)
        assert send(proxied, "/traced/1.0.0/x").status_code == 200
    wait_until(lambda: collector.requests and f"CONNECT localhost:{collector.port}" in proxy.targets, what="the spans")
    assert collector.requests[0]["path"] == "/v1/traces"


def test_hosts_of_the_list_are_called_directly(proxied, client, proxy):
    with Server(echo) as plain:
        client.publish_new("Ford", f"http://127.0.0.1:{plain.port}", operations=OPEN)
        assert send(proxied, "/ford/1.0.0/x").status_code == 200
        assert not [target for target in proxy.targets if f":{plain.port}" in target]


def test_token_endpoints_are_called_through_the_proxy_too(proxied, client, proxy):
    with TokenBackend() as issuer:
        security = {"production": {
            "enabled": True, "type": "OAUTH", "grantType": "CLIENT_CREDENTIALS", "tokenUrl": issuer.url + "/token", "clientId": "a", "clientSecret": "b"}}
        client.publish_new("Ferry", issuer.url, operations=OPEN, endpointConfig={
            "endpoint_type": "http", "production_endpoints": {"url": issuer.url}, "endpoint_security": security})
        assert send(proxied, "/ferry/1.0.0/x").status_code == 200
        assert f"CONNECT localhost:{issuer.port}" in proxy.targets


def test_the_management_server_calls_others_through_the_proxy(proxied, client, proxy):
    with Server(echo) as plain:
        answer = client.post(f"{PUBLISHER}/apis/validate-endpoint?endpointUrl={plain.url}/ping", expect=200)
        assert answer["statusCode"] == 200 and f"CONNECT localhost:{plain.port}" in proxy.targets


def test_the_proxys_password_is_not_shown(proxied):
    assert "p:w" not in proxied.log
