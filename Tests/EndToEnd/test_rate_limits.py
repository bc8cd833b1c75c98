"""Every level of rate limiting, as administrators, publishers and callers see it."""

import time

import pytest
import requests

from running_platform import ADMIN, wait_until


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def requests_limit(count, unit="min"):
    return {"type": "REQUESTCOUNTLIMIT", "requestCount": {"requestCount": count, "unitTime": 1, "timeUnit": unit}}


def early_in_a_minute():
    """Windows are clock minutes: a test that counts on one begins early in it."""
    wait_until(lambda: time.time() % 60 < 45, seconds=20, what="the next minute")


def advanced_policy(administrator, name, **members):
    body = {"policyName": name, "defaultLimit": requests_limit(1000), **members}
    return administrator.post(f"{ADMIN}/throttling/policies/advanced", body)


def test_conditional_groups_of_an_advanced_policy(platform, administrator, backend):
    group = {
        "description": "trial users",
        "conditions": [{"type": "HEADERCONDITION", "invertCondition": False, "headerCondition": {"headerName": "X-Plan", "headerValue": "^trial$"}}],
        "limit": requests_limit(2),
    }
    advanced_policy(administrator, "TrialUsers", conditionalGroups=[group])
    api = administrator.publish_new("Regatta", backend.url, apiThrottlingPolicy="TrialUsers")
    token = administrator.subscribed_token(api, "Sailors")
    early_in_a_minute()
    url = f"{platform.gateway}/regatta/1.0.0/x"
    trial = [requests.get(url, headers={**bearer(token), "X-Plan": "trial"}) for _ in range(4)]
    assert [answer.status_code for answer in trial] == [200, 200, 429, 429]
    assert trial[-1].json()["code"] == "900800"
    assert trial[-1].json()["nextAccessTime"].endswith("+0000 UTC")
    assert trial[-1].headers["Retry-After"].endswith(" GMT")
    assert trial[0].headers["RateLimit-Policy"] == '"api:TrialUsers:0";q=2;w=60'
    assert trial[0].headers["RateLimit"].startswith('"api:TrialUsers:0";r=1;t=')
    assert all(requests.get(url, headers={**bearer(token), "X-Plan": "paid"}).status_code == 200 for _ in range(5))


def test_a_group_without_requests_keeps_all_others_out(platform, administrator, backend):
    address = {"type": "IPCONDITION", "invertCondition": True, "ipCondition": {"ipConditionType": "IPSPECIFIC", "specificIP": "203.0.113.7"}}
    advanced_policy(administrator, "OneAddress", conditionalGroups=[{"conditions": [address], "limit": requests_limit(0)}])
    api = administrator.publish_new("Foghorn", backend.url, apiThrottlingPolicy="OneAddress")
    token = administrator.subscribed_token(api, "Foghorn keepers")

    def call(client):
        return requests.get(f"{platform.gateway}/foghorn/1.0.0/x", headers={**bearer(token), "X-Forwarded-For": client})

    assert [call("203.0.113.7").status_code for _ in range(3)] == [200] * 3
    assert [(call("203.0.113.8").status_code, call("203.0.113.8").json()["code"]) for _ in range(2)] == [(429, "900800")] * 2


@pytest.mark.parametrize("window", [{"unitTime": 2147483647, "timeUnit": "year"}, {"unitTime": 10**18, "timeUnit": "sec"}])
def test_a_window_without_an_end_is_refused(administrator, window):
    limit = {"type": "REQUESTCOUNTLIMIT", "requestCount": {"requestCount": 5, **window}}
    refused = administrator.request("POST", f"{ADMIN}/throttling/policies/application", json={"policyName": "Eternity", "defaultLimit": limit})
    assert refused.status_code == 400 and "unitTime must be at most" in refused.json()["description"]


def test_bytes_of_requests_with_and_without_a_length(platform, administrator, backend):
    limit = {"type": "BANDWIDTHLIMIT", "bandwidth": {"dataAmount": 1, "dataUnit": "KB", "unitTime": 1, "timeUnit": "min"}}
    administrator.post(f"{ADMIN}/throttling/policies/application", {"policyName": "OneKilobyte", "defaultLimit": limit})
    api = administrator.publish_new("Cargo", backend.url)
    url = f"{platform.gateway}/cargo/1.0.0/x"
    early_in_a_minute()
    for name, body in (("Cargo ships", b"x" * 4096), ("Cargo trains", iter([b"x" * 3000, b"x" * 1096]))):
        token = administrator.subscribed_token(api, name, application_policy="OneKilobyte")
        assert requests.post(url, data=body, headers=bearer(token)).status_code == 200
        refused = requests.post(url, data=b"x", headers=bearer(token))
        assert (refused.status_code, refused.json()["code"]) == (429, "900803")


def test_the_back_end_is_spared(platform, administrator, backend):
    api = administrator.publish_new("Lock", backend.url, maxTps={"production": 3, "productionTimeUnit": "MINUTE"})
    tokens = [administrator.subscribed_token(api, f"Lock keepers {number}") for number in range(2)]
    early_in_a_minute()
    answers = [requests.get(f"{platform.gateway}/lock/1.0.0/x", headers=bearer(tokens[number % 2])) for number in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 503, 503]
    assert answers[-1].json() == {"code": "900801", "message": "API Limit Reached", "description": "API not accepting requests"}


def test_a_plan_that_does_not_stop_and_burst_control(platform, administrator, backend):
    path = f"{ADMIN}/throttling/policies/subscription"
    administrator.post(path, {"policyName": "Open", "defaultLimit": requests_limit(1), "stopOnQuotaReach": False})
    administrator.post(path, {
        "policyName": "Burst", "defaultLimit": requests_limit(1000), "stopOnQuotaReach": True, "rateLimitCount": 2, "rateLimitTimeUnit": "min"})
    api = administrator.publish_new("Weir", backend.url, policies=["Open", "Burst"])
    url = f"{platform.gateway}/weir/1.0.0/x"
    open_token = administrator.subscribed_token(api, "Weir watchers", policy="Open")
    burst_token = administrator.subscribed_token(api, "Weir runners", policy="Burst")
    early_in_a_minute()
    assert [requests.get(url, headers=bearer(open_token)).status_code for _ in range(4)] == [200] * 4
    answers = [requests.get(url, headers=bearer(burst_token)) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[-1].json()["code"] == "900807"
    assert "Retry-After" not in answers[-1].headers


def test_a_refused_request_consumes_nothing_on_other_levels(platform, administrator, backend):
    path = f"{ADMIN}/throttling/policies"
    administrator.post(f"{path}/subscription", {"policyName": "FourCalls", "defaultLimit": requests_limit(4), "stopOnQuotaReach": True})
    administrator.post(f"{path}/application", {"policyName": "TwoCalls", "defaultLimit": requests_limit(2)})
    api = administrator.publish_new("Jetty", backend.url, policies=["FourCalls"])
    application = administrator.create_application("Jetty builders", policy="TwoCalls")
    administrator.subscribe(api, application, "FourCalls")
    token = administrator.application_token(administrator.generate_keys(application))
    url = f"{platform.gateway}/jetty/1.0.0/x"
    early_in_a_minute()
    codes = [requests.get(url, headers=bearer(token)).status_code for _ in range(5)]
    assert codes == [200, 200, 429, 429, 429]
    remaining = {**application, "throttlingPolicy": "Unlimited"}
    administrator.request("PUT", f"/api/am/devportal/v3/applications/{application['applicationId']}", json=remaining, expect=200)
    answers = [requests.get(url, headers=bearer(token)) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[-1].json()["code"] == "900804"


def test_an_application_counter_begins_anew_when_it_is_reset(platform, administrator, backend):
    api = administrator.publish_new("Groyne", backend.url)
    application = administrator.create_application("Groyne keepers", policy="10PerMin")
    administrator.subscribe(api, application)
    token = administrator.application_token(administrator.generate_keys(application))
    url = f"{platform.gateway}/groyne/1.0.0/x"
    early_in_a_minute()
    assert [requests.get(url, headers=bearer(token)).status_code for _ in range(12)] == [200] * 10 + [429] * 2
    path = f"/api/am/devportal/v3/applications/{application['applicationId']}/reset-throttle-policy"
    administrator.request("POST", path, json={"userName": platform.administrator[0]}, expect=200)
    assert [requests.get(url, headers=bearer(token)).status_code for _ in range(12)] == [200] * 10 + [429] * 2
    assert administrator.request("POST", path.replace(application["applicationId"], "unknown"), json={}).status_code == 404


def test_what_is_left_of_quotas_is_told(platform, administrator, backend):
    administrator.post(f"{ADMIN}/throttling/policies/application", {"policyName": "NineADay", "defaultLimit": requests_limit(9, "days")})
    administrator.post(
        f"{ADMIN}/throttling/policies/subscription",
        {"policyName": "FiveADay", "defaultLimit": requests_limit(5, "days"), "stopOnQuotaReach": True})
    api = administrator.publish_new("Quay", backend.url, policies=["FiveADay"])
    application = administrator.create_application("Quay masters", policy="NineADay")
    administrator.subscribe(api, application, "FiveADay")
    token = administrator.application_token(administrator.generate_keys(application))
    wait_until(lambda: time.time() % 86400 < 86400 - 60, seconds=70, what="the next day")
    for _ in range(7):
        requests.get(f"{platform.gateway}/quay/1.0.0/x", headers=bearer(token))
    path = f"/api/am/martlet/v1/applications/{application['applicationId']}/quotas"
    report = administrator.get(path)
    assert (report["counting"], report["silentGateways"]) == ("EACH_GATEWAY", [])
    by_level = {(state["level"], state.get("user") == f"{platform.administrator[0]}@carbon.super"): state for state in report["list"]}
    plan = by_level["SUBSCRIPTION", False]
    assert (plan["policy"], plan["apiName"], plan["limit"], plan["used"], plan["remaining"]) == ("FiveADay", "Quay", 5, 5, 0)
    assert (plan["unit"], plan["windowSeconds"]) == ("REQUESTS", 86400) and plan["resetTime"].endswith("T00:00:00.000Z")
    # The calls that the plan refused are not counted on the application either.
    assert sorted(state["used"] for state in report["list"] if state["level"] == "APPLICATION") == [0, 5]
    assert [share["used"] for share in plan["gateways"]] == [5]
    assert administrator.request("GET", path.replace(application["applicationId"], "unknown")).status_code == 404
