"""Gateways that run apart from the control plane: in step when a change is answered, and on their own when the control plane is away."""

import itertools
import signal
import sqlite3
import threading
import time

import pytest
import requests

from running_platform import ADMIN, ADMINISTRATOR, PUBLISHER, RunningGateway, RunningPlatform, wait_until

MARTLET = "/api/am/martlet/v1"
names = itertools.count()


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def make_token(client, name=None, **members):
    return client.post(f"{MARTLET}/gateway-tokens", {"name": name or f"token {next(names)}", **members})


def statuses(gateways, path, token=None):
    return [requests.get(gateway.gateway + path, headers=bearer(token) if token else {}).status_code for gateway in gateways]


@pytest.fixture(scope="module")
def control_plane(tmp_path_factory):
    running = RunningPlatform(tmp_path_factory.mktemp("control-plane") / "data", profile="control-plane").start()
    yield running
    assert running.stop() == 0


@pytest.fixture(scope="module")
def client(control_plane):
    return control_plane.client()


@pytest.fixture(scope="module")
def gateways(control_plane, client, tmp_path_factory):
    folder = tmp_path_factory.mktemp("gateways")
    token = make_token(client)["token"]
    running = [RunningGateway(folder / f"gateway-{number}", control_plane, token).start() for number in (1, 2, 3)]
    yield running
    for gateway in running:
        assert gateway.stop() == 0


def test_a_change_is_live_on_all_gateways_when_it_is_answered(control_plane, client, gateways, backend):
    with pytest.raises(requests.ConnectionError):
        requests.get(control_plane.gateway)
    api = client.create_api("Convoy", backend.url)
    revision = client.deploy(api)
    client.publish(api)
    token = client.subscribed_token(api, "Convoy callers")
    path = f"{PUBLISHER}/apis/{api['id']}"
    deployment = [{"name": "Default", "vhost": "localhost", "displayOnDevportal": True}]
    assert statuses(gateways, "/convoy/1.0.0/x", token) == [200, 200, 200]
    for _ in range(50):
        client.post(f"{path}/undeploy-revision?revisionId={revision['id']}", deployment)
        assert statuses(gateways, "/convoy/1.0.0/x", token) == [404, 404, 404]
        client.post(f"{path}/deploy-revision?revisionId={revision['id']}", deployment)
        assert statuses(gateways, "/convoy/1.0.0/x", token) == [200, 200, 200]


def test_subscriptions_and_revocations_are_live_everywhere_at_once(client, gateways, backend):
    api = client.publish_new("Squadron", backend.url)
    application = client.create_application("Squadron callers")
    keys = client.generate_keys(application)
    assert statuses(gateways, "/squadron/1.0.0/x", client.application_token(keys)) == [403, 403, 403]
    client.subscribe(api, application)
    for _ in range(20):
        token = client.application_token(keys)
        assert statuses(gateways, "/squadron/1.0.0/x", token) == [200, 200, 200]
        client.session.post(f"{client.base}/oauth2/revoke", data={"token": token}, auth=(keys["consumerKey"], keys["consumerSecret"])).raise_for_status()
        assert statuses(gateways, "/squadron/1.0.0/x", token) == [401, 401, 401]


def test_deployments_tell_which_gateway_serves_which_revision(client, gateways, backend):
    api = client.publish_new("Signal", backend.url)
    first = client.get(f"{PUBLISHER}/apis/{api['id']}/deployments")["list"][0]
    assert (first["liveGatewayCount"], first["deployedGatewayCount"], first["failedGatewayCount"]) == (3, 3, 0)
    states = client.get(f"{MARTLET}/apis/{api['id']}/gateways")["list"]
    assert [(state["gatewayId"], state["status"], state["active"]) for state in states] == [
        (gateway.id, "LIVE", True) for gateway in gateways]
    assert {state["revisionId"] for state in states} == {first["revisionUuid"]}
    listed = client.get(f"{ADMIN}/environments/Default/gateways")["list"]
    assert [(item["gatewayId"], item["status"]) for item in listed] == [(gateway.id, "ACTIVE") for gateway in gateways]
    assert client.request("GET", f"{MARTLET}/apis/00000000-0000-4000-8000-000000000000/gateways").status_code == 404

    # One that stands still is shown as what it is, and changes wait for it at most once.
    gateways[1].process.send_signal(signal.SIGSTOP)
    try:
        second = client.deploy(api)
        states = {state["gatewayId"]: state for state in client.get(f"{MARTLET}/apis/{api['id']}/gateways")["list"]}
        assert (states["gateway-1"]["status"], states["gateway-1"]["revisionId"]) == ("LIVE", second["id"])
        assert (states["gateway-2"]["status"], states["gateway-2"]["revisionId"]) == ("PENDING", first["revisionUuid"])
        begin = time.monotonic()
        for number in range(5):
            client.create_application(f"While one stands still {number}")
        assert time.monotonic() - begin < 2
    finally:
        gateways[1].process.send_signal(signal.SIGCONT)
    wait_until(lambda: client.get(f"{PUBLISHER}/apis/{api['id']}/deployments")["list"][0]["deployedGatewayCount"] == 3)


def test_gateways_serve_without_their_control_plane_and_catch_up(tmp_path, backend):
    control_plane = RunningPlatform(tmp_path / "control-plane", profile="control-plane").start()
    client = control_plane.client()
    token = make_token(client)["token"]
    pair = [RunningGateway(tmp_path / f"gateway-{number}", control_plane, token).start() for number in (1, 2)]
    api = client.publish_new("Lifeboat", backend.url)
    good = client.subscribed_token(api, "Crew")
    application = client.create_application("Deserters")
    client.subscribe(api, application)
    keys = client.generate_keys(application)
    revoked = client.application_token(keys)
    client.session.post(f"{client.base}/oauth2/revoke", data={"token": revoked}, auth=(keys["consumerKey"], keys["consumerSecret"]))
    try:
        control_plane.kill()
        assert statuses(pair, "/lifeboat/1.0.0/x", good) == [200, 200]
        wait_until(lambda: pair[0].health["controlPlane"]["status"] == "DOWN")
        assert pair[0].health["status"] == "DEGRADED"

        # Killed, not stopped: what was acknowledged is remembered.
        pair[0].kill()
        pair[0].start()
        health = pair[0].health
        assert (health["status"], health["gateway"]["source"]) == ("DEGRADED", "DISK")
        assert statuses(pair, "/lifeboat/1.0.0/x", good) == [200, 200]
        assert statuses(pair, "/lifeboat/1.0.0/x", revoked) == [401, 401]

        control_plane.start()
        wait_until(lambda: all(gateway.health["status"] == "UP" for gateway in pair), seconds=40)
        client = control_plane.client()
        client.publish_new("Pilot", backend.url)
        assert statuses(pair, "/pilot/1.0.0/x") == [401, 401]
    finally:
        for process in pair + [control_plane]:
            process.stop()


def test_a_restarted_gateway_has_nothing_readable_on_its_disk(control_plane, client, gateways, backend):
    client.publish_new("Strongroom", backend.url)
    content = b"".join(file.read_bytes() for file in (gateways[0].data / "feed").iterdir())
    assert b"trongroom" not in content and b"MARTLET1" in content
    assert (gateways[0].data / "gateway.key").stat().st_mode & 0o077 == 0
    assert not (gateways[0].data / "martlet.db").exists()


def test_foreign_and_revoked_gateway_tokens_are_refused(control_plane, client, gateways, backend, tmp_path):
    feed = f"{control_plane.management}/internal/gateway/v1/feed?schema=1&gateway=intruder&environments=Default"

    def answer(token, url=feed):
        return client.session.get(url, headers={"Authorization": token} if token else {}, timeout=10, stream=True)

    token = make_token(client)
    forged = token["token"][:-4] + "AAAA"
    for credential in (None, "Bearer", "Bearer x", f"Bearer {forged}", f"Basic {token['token']}", f"Bearer {client.token}", "Bearer mgt_.", "Bearer mgt_" + "a" * 4000):
        refused = answer(credential)
        assert (refused.status_code, refused.json()["code"]) == (401, 900901), credential
    assert answer(f"Bearer {token['token']}", feed.replace("schema=1", "schema=99")).status_code == 406
    assert answer(f"Bearer {token['token']}", feed.replace("gateway=intruder", "gateway=")).status_code == 400
    assert answer(f"Bearer {token['token']}", feed + "&after=-1").status_code == 400
    assert answer(f"Bearer {token['token']}", feed + "&after=99999999&mark=x").status_code == 410
    assert answer(f"Bearer {token['token']}", feed + "&after=1&mark=of-another-history").status_code == 410
    assert answer(f"Bearer {token['token']}", feed + "&tenants=nobody.example").status_code == 404

    gateway = RunningGateway(tmp_path / "soon-revoked", control_plane, token["token"]).start()
    try:
        listed = {item["id"]: item for item in client.get(f"{MARTLET}/gateway-tokens")["list"]}
        assert "token" not in listed[token["id"]] and listed[token["id"]]["lastUsedTime"]
        client.request("DELETE", f"{MARTLET}/gateway-tokens/{token['id']}", expect=200)
        wait_until(lambda: gateway.health["controlPlane"]["status"] == "DOWN")
        assert answer(f"Bearer {token['token']}").status_code == 401
        client.publish_new("Afterwards", backend.url)
        assert statuses(gateways[:1], "/afterwards/1.0.0/x") == [401]
        assert statuses([gateway], "/afterwards/1.0.0/x") == [404]
    finally:
        gateway.stop()


def test_labels_and_tenants_bound_what_a_gateway_learns(control_plane, client, gateways, backend, tmp_path):
    owner = {"username": "captain", "password": "a-long-password-1", "email": "c@fleet.example", "firstname": "C", "lastname": "D"}
    client.session.post(
        f"{client.base}/api/server/v1/tenants", json={"domain": "fleet.example", "owners": [{**owner, "provisioningMethod": "inline-password"}]},
        auth=control_plane.administrator).raise_for_status()
    tenant = control_plane.client("captain@fleet.example", "a-long-password-1", tenant="fleet.example")
    tenant.publish_new("Flagship", backend.url)
    client.publish_new("Merchant", backend.url)
    client.post(f"{ADMIN}/environments", {"name": "north", "displayName": "North", "vhosts": [{"host": "north.example"}]})
    api = client.create_api("Icebreaker", backend.url)
    revision = client.post(f"{PUBLISHER}/apis/{api['id']}/revisions", {"description": ""})
    client.post(f"{PUBLISHER}/apis/{api['id']}/deploy-revision?revisionId={revision['id']}", [{"name": "north", "vhost": "north.example"}])

    everyones = make_token(client)["token"]
    only_fleet = make_token(client, tenants=["fleet.example"])["token"]
    fleets_own = make_token(tenant)["token"]
    only_north = make_token(client, environments=["north"])["token"]
    assert client.request("POST", f"{MARTLET}/gateway-tokens", json={"name": "x", "tenants": ["nobody.example"]}).status_code == 404
    assert tenant.request("POST", f"{MARTLET}/gateway-tokens", json={"name": "x", "tenants": ["carbon.super"]}).status_code == 404
    feed = f"{control_plane.management}/internal/gateway/v1/feed?schema=1&gateway=g"
    for credential, wish in ((only_north, "environments=Default"), (only_fleet, "tenants=carbon.super"), (fleets_own, "tenants=carbon.super")):
        assert client.session.get(f"{feed}&{wish}", headers=bearer(credential)).status_code == 403

    started = []
    try:
        for name, token, options in (
                ("listed", everyones, {"tenants": ["fleet.example"]}), ("allowed", only_fleet, {}), ("own", fleets_own, {}),
                ("northern", only_north, {"environments": ["north"]})):
            started.append(RunningGateway(tmp_path / name, control_plane, token, **options).start())
        listed, allowed, own, northern = started
        fleet, merchant, icebreaker = "/t/fleet.example/flagship/1.0.0/x", "/merchant/1.0.0/x", "/icebreaker/1.0.0/x"
        assert statuses(gateways[:1], fleet) == [401]
        assert statuses([listed, allowed, own], fleet) == [401, 401, 401]
        assert statuses([listed, allowed, own], merchant) == [404, 404, 404]
        host = {"Host": "north.example"}
        assert requests.get(northern.gateway + icebreaker, headers=host).status_code != 404
        assert statuses([northern], merchant) == [404]
        assert requests.get(gateways[0].gateway + icebreaker, headers=host).status_code == 404

        # Changes respect it like the first state did.
        tenant.publish_new("Tender", backend.url)
        client.publish_new("Collier", backend.url)
        assert statuses([listed, allowed, own], "/t/fleet.example/tender/1.0.0/x") == [401, 401, 401]
        assert statuses([listed, allowed, own], "/collier/1.0.0/x") == [404, 404, 404]
        mine = tenant.get(f"{MARTLET}/gateways")["list"]
        assert {item["gatewayId"] for item in mine} >= {"listed", "allowed", "own", "gateway-1"}
        assert [item["gatewayId"] for item in mine if "host" in item] == ["own"]
        assert [item["name"] for item in tenant.get(f"{MARTLET}/gateway-tokens")["list"]] != []
    finally:
        for gateway in started:
            gateway.stop()


def test_a_gateway_that_is_too_far_behind_gets_everything_anew(tmp_path, backend):
    file = tmp_path / "control-plane.toml"
    file.write_text(ADMINISTRATOR + '[apim.event_hub]\nretained_changes = 5\n')
    control_plane = RunningPlatform(tmp_path / "control-plane", profile="control-plane", configuration=file).start()
    client = control_plane.client()
    gateway = RunningGateway(tmp_path / "gateway-1", control_plane, make_token(client)["token"]).start()
    try:
        gone = client.publish_new("Ashore", backend.url)
        kept = client.publish_new("Afloat", backend.url)
        assert statuses([gateway], "/ashore/1.0.0/x") == [401]
        position = gateway.health["gateway"]["sequence"]
        gateway.stop()
        client.request("DELETE", f"{PUBLISHER}/apis/{gone['id']}", expect=200)
        for number in range(10):
            client.create_application(f"Missed {number}")
        client.publish_new("Later", backend.url)
        database = sqlite3.connect(f"file:{control_plane.data / 'martlet.db'}?mode=ro", uri=True)
        wait_until(lambda: database.execute("SELECT compacted FROM outbox_head").fetchone()[0] > position, seconds=30)
        database.close()
        gateway.start()
        wait_until(lambda: gateway.health["status"] == "UP")
        assert "asking for everything" in gateway.log
        assert statuses([gateway], "/ashore/1.0.0/x") == [404]
        assert statuses([gateway], "/afloat/1.0.0/x") == [401]
        assert statuses([gateway], "/later/1.0.0/x") == [401]
        token = client.subscribed_token(kept, "Afloat callers")
        assert statuses([gateway], "/afloat/1.0.0/x", token) == [200]
    finally:
        gateway.stop()
        control_plane.stop()


def test_a_gateway_that_is_killed_while_changes_flow_comes_back_in_step(control_plane, client, gateways, backend):
    api = client.publish_new("Storm", backend.url)
    application = client.create_application("Storm callers")
    keys = client.generate_keys(application)
    client.subscribe(api, application)
    stop, tokens, errors = threading.Event(), [], []

    def change():
        try:
            while not stop.is_set():
                token = client.application_token(keys)
                client.session.post(
                    f"{client.base}/oauth2/revoke", data={"token": token}, auth=(keys["consumerKey"], keys["consumerSecret"])).raise_for_status()
                tokens.append(token)
        except Exception as error:
            errors.append(error)

    thread = threading.Thread(target=change)
    thread.start()
    try:
        for _ in range(3):
            known = len(tokens)
            wait_until(lambda: len(tokens) > known + 5)
            gateways[2].kill()
            gateways[2].start()
    finally:
        stop.set()
        thread.join()
    assert not errors
    wait_until(lambda: gateways[2].health["status"] == "UP")
    sequence = gateways[0].health["gateway"]["sequence"]
    wait_until(lambda: gateways[2].health["gateway"]["sequence"] >= sequence)
    # Of those that were revoked while it was away, too, none is accepted.
    assert [status for token in tokens for status in statuses(gateways, "/storm/1.0.0/x", token)] == [401] * 3 * len(tokens)
