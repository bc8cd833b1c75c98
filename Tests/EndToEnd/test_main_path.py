"""The job of the platform on one API: create, deploy, publish, find, subscribe, call, refuse."""

import requests

from running_platform import DEVPORTAL, PUBLISHER, wait_until


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def test_an_api_goes_from_its_definition_to_a_governed_call(platform, administrator, backend):
    definition = {
        "openapi": "3.0.3", "info": {"title": "Harbour", "version": "1.0.0"},
        "paths": {"/ships": {"get": {"responses": {"200": {"description": "ok"}}}},
                  "/ships/{id}": {"get": {"responses": {"200": {"description": "ok"}}}}},
    }
    properties = {
        "name": "Harbour", "version": "1.0.0", "context": "/harbour", "policies": ["Unlimited"],
        "endpointConfig": {"endpoint_type": "http", "production_endpoints": {"url": backend.url + "/base"}},
    }
    import json
    files = {"inlineAPIDefinition": (None, json.dumps(definition)), "additionalProperties": (None, json.dumps(properties))}
    api = administrator.post(f"{PUBLISHER}/apis/import-openapi", files=files)
    assert [(o["verb"], o["target"]) for o in api["operations"]] == [("GET", "/ships"), ("GET", "/ships/{id}")]

    assert requests.get(f"{platform.gateway}/harbour/1.0.0/ships").status_code == 404
    administrator.deploy(api)
    administrator.publish(api)

    found = administrator.get(f"{DEVPORTAL}/apis?query=name:Harbour")["list"]
    assert [item["id"] for item in found] == [api["id"]]
    token = administrator.subscribed_token(api, "Harbour master")

    answer = requests.get(f"{platform.gateway}/harbour/1.0.0/ships/7?flag=x", headers=bearer(token))
    assert answer.status_code == 200, answer.text
    seen = answer.json()
    assert (seen["method"], seen["path"]) == ("GET", "/base/ships/7?flag=x")
    assert "Authorization" not in seen["headers"]
    assert answer.headers["activityid"] == {k.lower(): v for k, v in seen["headers"].items()}["activityid"]
    over_tls = requests.get(f"{platform.gateway_https}/harbour/1.0.0/ships", headers=bearer(token), verify=platform.certificate)
    assert over_tls.status_code == 200

    assert requests.get(f"{platform.gateway}/harbour/1.0.0/ships").json()["code"] == "900902"
    refused = requests.get(f"{platform.gateway}/harbour/1.0.0/ships", headers=bearer(token[:-3] + "abc"))
    assert (refused.status_code, refused.json()["code"]) == (401, "900901")
    assert requests.post(f"{platform.gateway}/harbour/1.0.0/ships", headers=bearer(token)).status_code == 405
    assert requests.get(f"{platform.gateway}/harbour/1.0.0/unknown", headers=bearer(token)).status_code == 404


def test_a_token_without_a_subscription_is_refused(platform, administrator, backend):
    api = administrator.publish_new("Lighthouse", backend.url)
    keys = administrator.generate_keys(administrator.create_application("Not subscribed"))
    answer = requests.get(f"{platform.gateway}/lighthouse/1.0.0/x", headers=bearer(administrator.application_token(keys)))
    assert (answer.status_code, answer.json()["code"]) == (403, "900908")
    assert api["lifeCycleStatus"] == "CREATED"


def test_quotas_admit_exactly_their_number(platform, administrator, backend):
    api = administrator.publish_new("Ferry", backend.url)
    token = administrator.subscribed_token(api, "Ferry passengers", application_policy="10PerMin")

    def burst():
        return [requests.get(f"{platform.gateway}/ferry/1.0.0/x", headers=bearer(token)) for _ in range(12)]

    import time
    # The window is the clock minute: a burst that crosses its end would be admitted twice, so it starts early in one.
    wait_until(lambda: time.time() % 60 < 50, seconds=15)
    answers = burst()
    assert [a.status_code for a in answers] == [200] * 10 + [429] * 2
    assert answers[-1].json()["code"] == "900803"
    assert "Retry-After" in answers[-1].headers


def test_api_keys_and_revocation(platform, administrator, backend):
    api = administrator.publish_new("Buoy", backend.url, securityScheme=["oauth2", "api_key", "oauth_basic_auth_api_key_mandatory"])
    application = administrator.create_application("Buoy watchers")
    administrator.subscribe(api, application)
    path = f"{DEVPORTAL}/applications/{application['applicationId']}/api-keys/PRODUCTION"
    key = administrator.post(f"{path}/generate", {"validityPeriod": 3600}, expect=200)["apikey"]
    url = f"{platform.gateway}/buoy/1.0.0/x"
    assert requests.get(url, headers={"apikey": key}).status_code == 200
    # However often it is there, it ends at the gateway.
    passed = requests.get(f"{url}?apikey={key}&a=1&ApiKey={key}&b=2&apikey=")
    assert passed.status_code == 200 and passed.json()["path"].endswith("/x?a=1&b=2")
    administrator.request("POST", f"{path}/revoke", json={"apikey": key}, expect=200)
    assert requests.get(url, headers={"apikey": key}).status_code == 401

    token = administrator.application_token(administrator.generate_keys(application))
    keys = administrator.get(f"{DEVPORTAL}/applications/{application['applicationId']}/oauth-keys")["list"][0]
    assert requests.get(url, headers=bearer(token)).status_code == 200
    administrator.session.post(
        f"{platform.management}/oauth2/revoke", data={"token": token}, auth=(keys["consumerKey"], keys["consumerSecret"])).raise_for_status()
    assert requests.get(url, headers=bearer(token)).status_code == 401


def test_one_event_and_one_access_log_line_a_request(platform, administrator, backend):
    api = administrator.publish_new("Tide", backend.url)
    token = administrator.subscribed_token(api, "Tide tables")
    answer = requests.get(f"{platform.gateway}/tide/1.0.0/today", headers=bearer(token))
    request_id = answer.headers["activityid"]
    logs = platform.data / "logs"
    for kind in ("access", "analytics"):
        wait_until(
            lambda: sum(request_id in line for file in logs.glob(f"*{kind}*") for line in file.read_text().splitlines()) == 1,
            what=f"one line with {request_id} in the {kind} log")


def test_below_service_the_gateway_answers_everybody(platform):
    with requests.Session() as session:
        for _ in range(2):
            for base in (platform.gateway, platform.gateway_https):
                answer = session.post(f"{base}/services/Version?x=1", data="body" * 1000, verify=platform.certificate)
                assert (answer.status_code, answer.content, answer.headers["Content-Length"]) == (200, b"", "0")
                assert session.get(f"{base}/other", verify=platform.certificate).status_code == 404
