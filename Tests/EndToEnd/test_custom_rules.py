"""Custom rules count and refuse across all APIs."""

import requests

from running_platform import ADMIN
from test_rate_limits import bearer, early_in_a_minute

CUSTOM = f"{ADMIN}/throttling/policies/custom"


def test_a_rule_counts_a_user_and_an_api(platform, administrator, backend):
    owner = platform.administrator[0]
    query = f"""
        FROM RequestStream
        SELECT userId, (userId == '{owner}@carbon.super' and apiContext == '/bayou/1.0.0' and apiVersion == '1.0.0') AS isEligible,
        str:concat('{owner}@carbon.super', ':', '/bayou/1.0.0:1.0.0') as throttleKey
        INSERT INTO EligibilityStream;

        FROM EligibilityStream[isEligible==true]#throttler:timeBatch(1 min)
        SELECT throttleKey, (count(userId) >= 3 as isThrottled), expiryTimeStamp group by throttleKey
        INSERT ALL EVENTS into ResultStream;
        """
    limited, free = (administrator.publish_new(name, backend.url) for name in ("Bayou", "Estuary"))
    application = administrator.create_application("Bayou swimmers")
    for api in (limited, free):
        administrator.subscribe(api, application)
    token = administrator.application_token(administrator.generate_keys(application))
    body = {"policyName": "BayouRule", "description": "", "keyTemplate": "$userId:$apiContext:$apiVersion", "siddhiQuery": query}
    rule = administrator.post(CUSTOM, body)
    try:
        early_in_a_minute()
        answers = [requests.get(f"{platform.gateway}/bayou/1.0.0/x", headers=bearer(token)) for _ in range(5)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
        assert answers[-1].json()["code"] == "900806" and "Retry-After" in answers[-1].headers
        assert requests.get(f"{platform.gateway}/estuary/1.0.0/x", headers=bearer(token)).status_code == 200
    finally:
        administrator.request("DELETE", f"{CUSTOM}/{rule['policyId']}", expect=200)
    assert requests.get(f"{platform.gateway}/bayou/1.0.0/x", headers=bearer(token)).status_code == 200


def test_a_refusal_names_the_place(administrator):
    body = {"policyName": "Broken", "keyTemplate": "$userId", "siddhiQuery": "FROM RequestStream\nSELECT (user == 'x') AS isEligible"}
    answer = administrator.request("POST", CUSTOM, json=body)
    assert answer.status_code == 400
    assert "siddhiQuery, line 2, column 9: there is no attribute 'user'" in answer.json()["description"]
