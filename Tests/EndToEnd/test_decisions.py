"""Why requests were refused: by the REST API and by `martlet explain`, for the gateway inside the platform and for one that runs apart."""

import copy
import json
import os
import subprocess

import pytest
import requests

from running_platform import ADMIN, PUBLISHER, RunningGateway, RunningPlatform, program, wait_until

MARTLET = "/api/am/martlet/v1"


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


class Site:
    """Where requests are sent, and who is asked about them."""

    def __init__(self, platform, gateway, client):
        self.platform, self.gateway, self.client = platform, gateway, client

    def explained(self, path, headers=None, expect=None, method="GET"):
        """The record of a request. A gateway that runs apart sends it a moment later."""
        answer = requests.request(method, self.gateway.gateway + path, headers=headers or {})
        if expect is not None:
            assert answer.status_code == expect, answer.text
        found = []

        def known():
            found[:] = [self.client.request("GET", f"{MARTLET}/decisions/{answer.headers['activityid']}")]
            return found[0].status_code == 200
        wait_until(known, what="the record")
        record = found[0].json()
        assert record["requestId"] == answer.headers["activityid"]
        assert record["status"] == answer.status_code
        return record


@pytest.fixture(scope="module", params=["inside", "apart"])
def site(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    profile = None if request.param == "inside" else "control-plane"
    platform = RunningPlatform(folder / "platform", profile=profile).start()
    client = platform.client()
    running = [platform]
    if profile:
        token = client.post(f"{MARTLET}/gateway-tokens", {"name": "edge"})["token"]
        running.append(RunningGateway(folder / "gateway-1", platform, token).start())
    yield Site(platform, running[-1], client)
    for process in reversed(running):
        assert process.stop() == 0


def test_refusals_are_explained(site, backend):
    client = site.client
    limit = {"type": "REQUESTCOUNTLIMIT", "requestCount": {"requestCount": 2, "unitTime": 1, "timeUnit": "days"}}
    client.post(f"{ADMIN}/throttling/policies/application", {"policyName": "TwoADay", "defaultLimit": limit})
    api = client.publish_new("Beacon", backend.url)
    application = client.create_application("Beacon keepers", "TwoADay")
    keys = client.generate_keys(application)
    token = client.application_token(keys)
    path = "/beacon/1.0.0/x"

    record = site.explained("/lighthouse/1.0.0/x", expect=404)
    assert (record["stage"], record["rule"], record["path"]) == ("match", "api-unknown", "/lighthouse/1.0.0/x")
    assert "api" not in record and record["outcome"] == "REFUSED"

    record = site.explained(path, expect=401)
    assert (record["stage"], record["rule"], record["code"]) == ("authenticate", "credential-missing", 900902)
    assert record["api"] == {"id": api["id"], "name": "Beacon", "version": "1.0.0", "context": "/beacon/1.0.0", "type": "HTTP"}
    assert record["explanation"] and record["advice"]

    record = site.explained(path + "?apikey=hidden", bearer(token[:-4] + "AAAA"), expect=401)
    assert (record["rule"], record["code"]) == ("signature-wrong", 900901)
    assert token[:20] not in json.dumps(record) and "hidden" not in json.dumps(record)

    record = site.explained(path, bearer(token), expect=403)
    assert (record["stage"], record["rule"], record["code"]) == ("authorize", "subscription-missing", 900908)
    assert (record["application"]["name"], record["consumerKey"]) == ("Beacon keepers", keys["consumerKey"])

    client.subscribe(api, application)
    for _ in range(2):
        assert requests.get(site.gateway.gateway + path, headers=bearer(token)).status_code == 200
    record = site.explained(path, bearer(token), expect=429)
    assert (record["stage"], record["rule"], record["code"]) == ("quota", "application-quota", 900803)
    quota = record["quotas"][-1]
    assert (quota["policy"], quota["limit"], quota["remaining"], quota["windowSeconds"]) == ("application:TwoADay", 2, 0, 86400)
    assert 0 < quota["resetSeconds"] <= 86400
    client.session.post(f"{client.base}/oauth2/revoke", data={"token": token}, auth=(keys["consumerKey"], keys["consumerSecret"]))
    assert site.explained(path, bearer(token), expect=401)["rule"] == "credential-revoked"


def test_a_back_end_that_is_away_is_explained(site, backend):
    client = site.client
    api = client.publish_new("Wreck", backend.url)
    token = client.subscribed_token(api, "Divers")
    backend.close()
    record = site.explained("/wreck/1.0.0/x", bearer(token), expect=500)
    assert (record["stage"], record["rule"], record["code"]) == ("upstream", "backend-unreachable", 101503)
    assert record["backend"]["endpoint"].startswith(backend.url) and record["backend"]["attempts"] == 1


def test_a_call_that_passes_is_explained_when_it_is_traced(site, backend):
    client = site.client
    api = client.publish_new("Wake", backend.url)
    token = client.subscribed_token(api, "Followers")
    key = client.post(f"{PUBLISHER}/apis/{api['id']}/generate-key", expect=200)["apikey"]
    plain = requests.get(site.gateway.gateway + "/wake/1.0.0/x", headers=bearer(token))
    assert plain.status_code == 200
    record = site.explained("/wake/1.0.0/x", {**bearer(token), "Martlet-Trace": key}, expect=200)
    assert (record["outcome"], record["rule"], record["backend"]["status"]) == ("PASSED", "passed", 200)
    assert "Martlet-Trace" not in backend.requests[-1]["headers"]
    # Records are handed on in order: by now that of the plain call would be there as well.
    assert client.request("GET", f"{MARTLET}/decisions/{plain.headers['activityid']}").status_code == 404


def test_an_id_of_the_clients_own_leads_to_all_its_requests(site):
    headers = {"activityid": f"journey-{os.getpid()}"}
    first = site.gateway.gateway + "/nowhere/1"
    assert requests.get(first, headers=headers).headers["activityid"] == headers["activityid"]
    requests.get(site.gateway.gateway + "/nowhere/2", headers=headers)

    def newest():
        answer = site.client.request("GET", f"{MARTLET}/decisions/{headers['activityid']}")
        return answer.json() if answer.status_code == 200 and answer.json()["path"] == "/nowhere/2" else None
    record = wait_until(newest, what="the second record")
    assert len(record["otherRequestIds"]) == 1 and record["requestId"] != headers["activityid"]
    other = site.client.get(f"{MARTLET}/decisions/{record['otherRequestIds'][0]}")
    assert (other["path"], other["activityId"]) == ("/nowhere/1", headers["activityid"])


def test_another_tenant_and_strangers_see_nothing(site):
    client = site.client
    record = site.explained("/nowhere/3", expect=404)
    # The path names the tenant; nobody of the super tenant sees what belongs to another one.
    foreign = requests.get(site.gateway.gateway + "/t/else.example/nowhere/1.0.0")
    wait_until(lambda: site.explained("/nowhere/4"), what="a later record")
    assert client.request("GET", f"{MARTLET}/decisions/{foreign.headers['activityid']}").status_code == 404
    assert requests.get(f"{client.base}{MARTLET}/decisions/{record['requestId']}", verify=site.platform.certificate).status_code == 401
    owner = {"username": "captain", "password": "a-long-password-1", "email": "captain@else.example", "firstname": "C", "lastname": "A"}
    site.client.session.post(
        f"{client.base}/api/server/v1/tenants", json={"domain": "else.example", "owners": [{**owner, "provisioningMethod": "inline-password"}]},
        auth=site.platform.administrator).raise_for_status()
    tenant = site.platform.client("captain@else.example", "a-long-password-1", tenant="else.example")
    assert tenant.request("GET", f"{MARTLET}/decisions/{record['requestId']}").status_code == 404
    assert tenant.get(f"{MARTLET}/decisions/{foreign.headers['activityid']}")["path"] == "/t/else.example/nowhere/1.0.0"
    # A consumer sees requests of his own applications only.
    consumer = site.platform.client(scopes="apim:subscribe")
    assert consumer.request("GET", f"{MARTLET}/decisions/{record['requestId']}").status_code == 404


def test_a_consumer_sees_what_became_of_the_requests_of_his_own_applications(site, backend):
    client, users = site.client, f"{site.platform.management}/scim2"
    admin = {"auth": site.platform.administrator, "verify": site.platform.certificate}
    user = requests.post(f"{users}/Users", json={"userName": "sailor", "password": "sailor-password-1"}, **admin).json()
    role = requests.get(f"{users}/v2/Roles", params={"filter": "displayName eq subscriber"}, **admin).json()["Resources"][0]
    operation = {"op": "add", "path": "users", "value": [{"value": user["id"]}]}
    requests.patch(f"{users}/v2/Roles/{role['id']}", json={"Operations": [operation]}, **admin).raise_for_status()
    form = {"grant_type": "password", "username": "sailor", "password": "sailor-password-1", "scope": "apim:subscribe apim:app_manage apim:sub_manage"}
    sailor = copy.copy(client)
    sailor.token = client.session.post(f"{client.base}/oauth2/token", data=form, auth=client.consumer).json()["access_token"]
    stranger = site.platform.client(scopes="apim:subscribe")
    api = client.publish_new("Harbour", backend.url)
    application = sailor.create_application("Yachts")
    keys = sailor.generate_keys(application)
    token = sailor.application_token(keys)
    path = "/harbour/1.0.0/x"

    def seen(record):
        own = sailor.get(f"{MARTLET}/decisions/{record['requestId']}")
        assert own["application"]["name"] == "Yachts" and "backend" not in own
        assert stranger.request("GET", f"{MARTLET}/decisions/{record['requestId']}").status_code == 404
        return own["rule"]

    assert seen(site.explained(path, bearer(token), expect=403)) == "subscription-missing"
    sailor.subscribe(api, application)
    key = client.post(f"{PUBLISHER}/apis/{api['id']}/generate-key", expect=200)["apikey"]
    record = site.explained(path, {**bearer(token), "Martlet-Trace": key}, expect=200)
    assert seen(record) == "passed" and record["backend"]["status"] == 200
    sailor.session.post(
        f"{sailor.base}/oauth2/revoke", data={"token": token}, auth=(keys["consumerKey"], keys["consumerSecret"])).raise_for_status()
    assert seen(site.explained(path, bearer(token), expect=401)) == "credential-revoked"


def explain(site, *arguments, environment=None):
    options = ["--data", str(site.platform.data), "--port-offset", str(site.platform.offset)]
    return subprocess.run(
        [str(program("martlet")), "explain", *arguments, *options], capture_output=True, text=True, timeout=60,
        env={**os.environ, **(environment or {})})


def test_the_command_explains(site):
    record = site.explained("/nowhere/5", expect=404)
    finished = explain(site, record["requestId"])
    assert finished.returncode == 0, finished.stderr
    assert "GET /nowhere/5" in finished.stdout and "api-unknown" in finished.stdout and record["advice"] in finished.stdout
    assert record["gatewayId"] in finished.stdout
    assert json.loads(explain(site, record["requestId"], "--json").stdout) == record
    token = {"MARTLET_TOKEN": site.client.token}
    elsewhere = subprocess.run(
        [str(program("martlet")), "explain", record["requestId"], "--url", site.platform.management, "--certificate", site.platform.certificate],
        capture_output=True, text=True, timeout=60, env={**os.environ, **token}, cwd="/")
    assert elsewhere.returncode == 0 and "api-unknown" in elsewhere.stdout, elsewhere.stderr
    stranger = subprocess.run(
        [str(program("martlet")), "explain", record["requestId"], "--url", site.platform.management],
        capture_output=True, text=True, timeout=60, env={**os.environ, **token}, cwd="/")
    assert stranger.returncode != 0 and "--certificate" in stranger.stderr and "SSL" not in stranger.stderr
    unknown = explain(site, "no/such id")
    assert unknown.returncode != 0 and "No record" in unknown.stderr
    refused = explain(site, record["requestId"], environment={"MARTLET_PASSWORD": "wrong"})
    assert refused.returncode != 0 and "credential" in refused.stderr
