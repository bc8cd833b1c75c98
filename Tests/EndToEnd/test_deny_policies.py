"""What administrators shut out is refused as soon as the change is answered, and let in again as soon as it is taken back."""

import time

import requests

from running_platform import ADMIN, wait_until

DENY = f"{ADMIN}/throttling/deny-policies"


def one(policy):
    return f"{ADMIN}/throttling/deny-policy/{policy['conditionId']}"


def test_every_type_is_live_when_answered(platform, administrator, backend):
    api = administrator.publish_new("Mole", backend.url)
    application = administrator.create_application("Mole builders")
    administrator.subscribe(api, application)
    keys = administrator.generate_keys(application)
    token = administrator.application_token(keys)
    owner, password = platform.administrator
    form = {"grant_type": "password", "username": owner, "password": password}
    answer = administrator.session.post(f"{platform.management}/oauth2/token", data=form, auth=(keys["consumerKey"], keys["consumerSecret"]))
    user_token = answer.json()["access_token"]
    url = f"{platform.gateway}/mole/1.0.0/x"

    def call(token=token, address="203.0.113.7"):
        return requests.get(url, headers={"Authorization": f"Bearer {token}", "X-Forwarded-For": address})

    assert call().status_code == call(user_token).status_code == 200
    for kind, value in (
        ("API", "/mole/1.0.0"), ("APPLICATION", f"{owner}:Mole builders"), ("USER", owner),
        ("IP", {"fixedIp": "203.0.113.7", "invert": False}), ("IP", {"fixedIp": "203.0.113.8", "invert": True}),
        ("IPRANGE", {"startingIp": "203.0.113.0", "endingIp": "203.0.113.7", "invert": False}),
        ("SUBSCRIPTION", f"/mole/1.0.0:1.0.0:{owner}-Mole builders:PRODUCTION"),
    ):
        policy = administrator.post(DENY, {"conditionType": kind, "conditionValue": value, "conditionStatus": True})
        for refused in (call(), call(user_token)):
            assert (refused.status_code, refused.json()["code"]) == (403, "900805"), kind
        assert refused.json()["message"] == "Message blocked"
        administrator.request("PATCH", one(policy), json={"conditionStatus": False}, expect=200)
        assert call().status_code == 200, kind
        administrator.request("PATCH", one(policy), json={"conditionStatus": True}, expect=200)
        assert call().status_code == 403, kind
        administrator.request("DELETE", one(policy), expect=200)
        assert call().status_code == 200, kind
    policy = administrator.post(DENY, {"conditionType": "IP", "conditionValue": {"fixedIp": "203.0.113.9"}})
    assert call().status_code == 200 and call(address="203.0.113.9").status_code == 403
    administrator.request("DELETE", one(policy), expect=200)


def test_duplicates_and_unknown_targets(administrator):
    policy = administrator.post(DENY, {"conditionType": "USER", "conditionValue": "nobody-yet"})
    assert policy["conditionValue"] == "nobody-yet@carbon.super" and policy["conditionStatus"] is True
    assert administrator.request("POST", DENY, json={"conditionType": "USER", "conditionValue": "nobody-yet@carbon.super"}).status_code == 409
    for kind, value in (("API", "/unheard-of/1.0.0"), ("APPLICATION", "admin:Nothing"), ("IP", {"fixedIp": "127..0.0.1"})):
        answer = administrator.request("POST", DENY, json={"conditionType": kind, "conditionValue": value})
        assert answer.status_code == 400 and answer.json()["description"], kind
    administrator.request("DELETE", one(policy), expect=200)


def test_a_name_can_be_shut_out_before_anybody_has_it(platform, administrator, backend):
    # Names of users compare without case.
    path = f"{ADMIN}/throttling/deny-policies"
    policy = administrator.post(path, {"conditionType": "USER", "conditionValue": "Smuggler"})
    # Custom rules name users, too.
    rule = administrator.post(f"{ADMIN}/throttling/policies/custom", {
        "policyName": "SmugglerOnce", "keyTemplate": "$userId", "siddhiQuery":
        "FROM RequestStream SELECT userId, userId == 'smuggler@carbon.super' AS isEligible, userId AS throttleKey INSERT INTO EligibilityStream; "
        "FROM EligibilityStream[isEligible==true]#throttler:timeBatch(1 day) SELECT throttleKey, (count(throttleKey) >= 1) AS isThrottled, "
        "expiryTimeStamp GROUP BY throttleKey INSERT ALL EVENTS INTO ResultStream;"})
    smuggler = {"userName": "smuggler", "password": "Secret-of-smuggler-1"}
    administrator.session.post(
        f"{platform.management}/scim2/Users", json=smuggler, auth=platform.administrator,
        headers={"Content-Type": "application/scim+json"}).raise_for_status()
    api = administrator.publish_new("Cutter", backend.url)
    application = administrator.create_application("Cutter crew")
    administrator.subscribe(api, application)
    keys = administrator.generate_keys(application)

    def call(name, password):
        form = {"grant_type": "password", "username": name, "password": password}
        consumer = keys["consumerKey"], keys["consumerSecret"]
        token = administrator.session.post(f"{administrator.base}/oauth2/token", data=form, auth=consumer).json()["access_token"]
        return requests.get(f"{platform.gateway}/cutter/1.0.0/x", headers={"Authorization": f"Bearer {token}"}).status_code

    assert call("smuggler", smuggler["password"]) == 403
    assert call(*platform.administrator) == 200
    administrator.request("DELETE", f"{ADMIN}/throttling/deny-policy/{policy['conditionId']}", expect=200)
    wait_until(lambda: time.time() % 86400 < 86400 - 30, seconds=40, what="the next day")
    assert [call("smuggler", smuggler["password"]) for _ in range(2)] == [200, 429]
    administrator.request("DELETE", f"{ADMIN}/throttling/policies/custom/{rule['policyId']}", expect=200)
