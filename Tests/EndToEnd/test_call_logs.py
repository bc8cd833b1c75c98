"""Logs of calls that administrators switch on while the platform runs: API logs and the correlation log."""

import json

import pytest
import requests

from running_platform import RunningGateway, RunningPlatform, wait_until

DEVOPS = "/api/am/devops/v0"
MARTLET = "/api/am/martlet/v1"


@pytest.fixture(scope="module")
def nodes(tmp_path_factory):
    folder = tmp_path_factory.mktemp("call-logs")
    control_plane = RunningPlatform(folder / "control-plane").start()
    token = control_plane.client().post(f"{MARTLET}/gateway-tokens", {"name": "logs"})["token"]
    gateway = RunningGateway(folder / "edge", control_plane, token).start()
    yield control_plane, gateway
    assert gateway.stop() == 0
    assert control_plane.stop() == 0


def put(node, path, body, account=None):
    return requests.put(node.management + DEVOPS + path, json=body, auth=account or node.administrator, verify=node.certificate, timeout=30)


def lines(node, name):
    file = node.data / "logs" / name
    return file.read_text().splitlines() if file.exists() else []


def entries(node, name="api.log"):
    return [json.loads(line.split(" - ", 1)[1]) for line in lines(node, name)]


def test_an_api_is_logged_on_every_gateway_from_when_it_is_switched_on(nodes, backend):
    control_plane, gateway = nodes
    client = control_plane.client()
    api = client.publish_new("Scribe", backend.url)
    headers = {"Authorization": f"Bearer {client.subscribed_token(api, 'Writers')}", "X-Note": "hello"}
    call = "/scribe/1.0.0/page?apikey=hush"
    for node in nodes:
        assert requests.post(node.gateway + call, data="silent", headers=headers).status_code == 200

    assert put(control_plane, f"/tenant-logs/carbon.super/apis/{api['id']}", {"logLevel": "FULL"}).status_code == 200
    for node in nodes:
        assert requests.post(node.gateway + call, data="aloud", headers=headers).status_code == 200
        wait_until(lambda: len(lines(node, "api.log")) >= 4)
        logged = entries(node)
        assert [entry["flow"] for entry in logged] == ["REQUEST_IN", "REQUEST_OUT", "RESPONSE_IN", "RESPONSE_OUT"]
        assert [entry.get("statusCode") for entry in logged] == [None, None, 200, 200]
        assert {entry["verb"] for entry in logged} == {"POST"} and len({entry["correlationId"] for entry in logged}) == 1
        assert logged[0]["apiTo"] == "/scribe/1.0.0/page?apikey=***" and logged[1]["apiTo"] == backend.url
        assert logged[0]["payload"] == logged[1]["payload"] == "aloud"
        assert json.loads(logged[3]["payload"])["body"] == "aloud"
        assert "X-Note=hello" in logged[0]["headers"] and "X-Note=hello" in logged[1]["headers"]
        assert "Authorization=***" in logged[0]["headers"]
        text = (node.data / "logs" / "api.log").read_text()
        assert "silent" not in text and headers["Authorization"][7:30] not in json.dumps([entry["headers"] for entry in logged])
        assert all("hush" not in entry["apiTo"] for entry in logged)

    # One operation less, then nothing more.
    operation = {"logLevel": "OFF", "resourceMethod": "POST", "resourcePath": "/*"}
    assert put(control_plane, f"/tenant-logs/carbon.super/apis/{api['id']}", operation).status_code == 200
    for node in nodes:
        assert requests.post(node.gateway + call, data="silent", headers=headers).status_code == 200
        assert requests.get(node.gateway + "/scribe/1.0.0/page").status_code == 401
        wait_until(lambda: len(lines(node, "api.log")) >= 6)
        assert [(entry["verb"], entry["flow"]) for entry in entries(node)[4:]] == [("GET", "REQUEST_IN"), ("GET", "RESPONSE_OUT")]
    listed = requests.get(
        f"{control_plane.management}{DEVOPS}/tenant-logs/carbon.super/apis/?log-level=full", auth=control_plane.administrator,
        verify=control_plane.certificate).json()["apis"]
    assert [(entry["context"], entry["apiId"]) for entry in listed] == [("/scribe/1.0.0", api["id"])]


def test_wrong_levels_accounts_and_apis_are_refused(nodes, backend):
    control_plane, _ = nodes
    api = control_plane.client().create_api("Mute", backend.url)
    path = f"/tenant-logs/carbon.super/apis/{api['id']}"
    assert put(control_plane, path, {"logLevel": "LOUD"}).status_code == 400
    assert put(control_plane, path, {"logLevel": "FULL"}, ("admin", "wrong")).status_code == 401
    assert put(control_plane, "/tenant-logs/carbon.super/apis/none", {"logLevel": "FULL"}).status_code == 404
    assert put(control_plane, f"/tenant-logs/nowhere.example/apis/{api['id']}", {"logLevel": "FULL"}).status_code == 404


def test_the_correlation_log_follows_calls_by_their_id(nodes, backend):
    control_plane, gateway = nodes
    client = control_plane.client()
    api = client.publish_new("Thread", backend.url)
    headers = {"Authorization": f"Bearer {client.subscribed_token(api, 'Weavers')}"}
    for switch, name in [("true", "followed"), ("false", "lost")]:
        answer = put(control_plane, "/config/correlation/", {"components": [{"name": "http", "enabled": switch, "properties": []}]})
        assert answer.json()["components"][0] == {"name": "http", "enabled": switch, "properties": []}
        for node in nodes:
            assert requests.get(f"{node.gateway}/thread/1.0.0/x", headers={**headers, "activityid": name}).status_code == 200
    for node in nodes:
        wait_until(lambda: lines(node, "correlation.log"))
        assert [line.split("|")[1] for line in lines(node, "correlation.log")] == ["followed"]
        columns = lines(node, "correlation.log")[0].split("|")
        assert columns[4:9] == ["HTTP", "Thread", "GET", "/thread/1.0.0", "/x"] and columns[16] == "200"
        assert columns[17] == "Weavers" and len(columns) == 20 and columns[18] != "-"
    assert [seen["headers"]["activityid"] for seen in backend.requests] == ["followed", "followed", "lost", "lost"]


def test_the_correlation_log_tells_what_a_request_asks_the_database(nodes):
    control_plane, gateway = nodes

    def switch(value):
        body = {"components": [{"name": "jdbc", "enabled": value, "properties": []}]}
        assert put(control_plane, "/config/correlation/", body).status_code == 200

    def statements(name):
        return [line.split("|", 6) for line in lines(control_plane, "correlation.log") if line.split("|")[1] == name]

    client = control_plane.client()
    switch("true")
    client.request("GET", "/api/am/devportal/v3/applications?query=never-in-a-log", headers={"activityid": "asked-aloud"}, expect=200)
    switch("false")
    client.request("GET", "/api/am/devportal/v3/applications", headers={"activityid": "asked-silently"}, expect=200)
    found = wait_until(lambda: statements("asked-aloud"))
    for columns in found:
        assert columns[2] == "database" and int(columns[3]) >= 0 and columns[4:6] == ["jdbc", "sqlite"]
    assert any(columns[6].startswith("SELECT") and "application" in columns[6] for columns in found)
    assert "never-in-a-log" not in (control_plane.data / "logs" / "correlation.log").read_text()
    assert statements("asked-silently") == []
    assert not any("|jdbc|" in line for line in lines(gateway, "correlation.log"))
