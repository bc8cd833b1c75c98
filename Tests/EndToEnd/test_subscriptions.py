"""What publishers do with subscriptions, and how fast the gateway knows it."""

import pytest
import requests

from running_platform import ALL_SCOPES, DEVPORTAL, PUBLISHER


@pytest.fixture(scope="module")
def publisher(platform):
    return platform.client(scopes=f"{ALL_SCOPES} apim:subscription_block apim:subscription_manage")


@pytest.fixture
def subscribed(platform, publisher, backend, request):
    """An API, a subscription to it, and what calls the API with a production or a sandbox key."""
    name = request.node.name.replace("_", "").title()[-40:]
    api = publisher.publish_new(name, backend.url)
    application = publisher.create_application(name)
    subscription = publisher.subscribe(api, application)
    tokens = {kind: publisher.application_token(publisher.generate_keys(application, kind)) for kind in ("PRODUCTION", "SANDBOX")}

    def call(kind="PRODUCTION"):
        url = f"{platform.gateway}{api['context']}/1.0.0/x"
        return requests.get(url, headers={"Authorization": f"Bearer {tokens[kind]}"})

    return api, subscription["subscriptionId"], call


def test_a_blocked_subscription_is_refused_at_once(publisher, subscribed):
    _, subscription, call = subscribed
    for _ in range(5):
        assert call().status_code == call("SANDBOX").status_code == 200
        publisher.post(f"{PUBLISHER}/subscriptions/block-subscription?subscriptionId={subscription}&blockState=BLOCKED", expect=200)
        for kind in ("PRODUCTION", "SANDBOX"):
            refused = call(kind)
            assert (refused.status_code, refused.json()["code"]) == (401, "900907")
        publisher.post(f"{PUBLISHER}/subscriptions/unblock-subscription?subscriptionId={subscription}", expect=200)
    assert call().status_code == call("SANDBOX").status_code == 200


def test_a_block_of_production_leaves_sandbox_keys_alone(publisher, subscribed):
    _, subscription, call = subscribed
    answer = publisher.post(
        f"{PUBLISHER}/subscriptions/block-subscription?subscriptionId={subscription}&blockState=PROD_ONLY_BLOCKED", expect=200)
    assert answer["subscriptionStatus"] == "PROD_ONLY_BLOCKED"
    refused = call()
    assert (refused.status_code, refused.json()["code"]) == (401, "900907")
    assert call("SANDBOX").status_code == 200
    seen = publisher.get(f"{DEVPORTAL}/subscriptions/{subscription}")
    assert seen["status"] == "PROD_ONLY_BLOCKED"


def test_another_plan_and_who_subscribed(publisher, subscribed):
    api, subscription, call = subscribed
    path = f"{PUBLISHER}/subscriptions/change-business-plan?subscriptionId={subscription}"
    assert publisher.post(f"{path}&businessPlan=Gold", expect=200)["throttlingPolicy"] == "Gold"
    assert publisher.request("POST", f"{path}&businessPlan=Bronze", expect=400).json()["code"] == 902019
    assert call().status_code == 200
    info = publisher.get(f"{PUBLISHER}/subscriptions/{subscription}/subscriber-info")
    assert info["name"] == publisher.username
    found = publisher.get(f"{PUBLISHER}/subscriptions?apiId={api['id']}&query=name:{api['name'][:6]}")
    assert [entry["subscriptionId"] for entry in found["list"]] == [subscription]


def test_only_who_may_block_blocks(platform, publisher, subscribed):
    _, subscription, call = subscribed
    viewer = platform.client(scopes="apim:api_view apim:subscription_view")
    viewer.request(
        "POST", f"{PUBLISHER}/subscriptions/block-subscription?subscriptionId={subscription}&blockState=BLOCKED", expect=403)
    assert call().status_code == 200
