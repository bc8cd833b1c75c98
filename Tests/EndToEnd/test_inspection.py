"""What gateways tell their administrators of themselves: the contract gateway-v2, on the all-in-one node and on a gateway apart."""

import json

import pytest
import requests

from running_platform import RunningGateway, RunningPlatform

GATEWAY = "/api/am/gateway/v2"
MARTLET = "/api/am/martlet/v1"
ACCOUNT = ("keeper", "of the gate")


@pytest.fixture(scope="module")
def nodes(tmp_path_factory):
    folder = tmp_path_factory.mktemp("inspection")
    control_plane = RunningPlatform(folder / "control-plane").start()
    token = control_plane.client().post(f"{MARTLET}/gateway-tokens", {"name": "inspection"})["token"]
    settings = f'[super_admin]\nusername = "{ACCOUNT[0]}"\npassword = "{ACCOUNT[1]}"'
    gateway = RunningGateway(folder / "edge", control_plane, token, settings=settings).start()
    yield [(control_plane, control_plane.administrator), (gateway, ACCOUNT)]
    assert gateway.stop() == 0
    assert control_plane.stop() == 0


def ask(node, account, path, method="GET", expect=200):
    answer = requests.request(method, node.management + GATEWAY + path, auth=account, verify=node.certificate, timeout=30)
    assert answer.status_code == expect, answer.text
    return answer.json()


def test_a_gateway_tells_what_it_has_loaded(nodes, backend):
    client = nodes[0][0].client()
    api = client.publish_new("Inventory", backend.url)
    application = client.create_application("Stocktakers")
    client.subscribe(api, application, "Gold")
    keys = client.generate_keys(application)
    named = "apiName=Inventory&version=1.0.0"
    for node, account in nodes:
        listed = ask(node, account, "/apis?context=/inventory")
        assert [(item["apiUUID"], item["status"]) for item in listed["list"]] == [(api["id"], "PUBLISHED")]
        shown = ask(node, account, f"/apis/{api['id']}")
        assert {mapping["httpMethod"] for mapping in shown["urlMappings"]} == {"GET", "POST", "PUT", "DELETE"}
        assert shown["subscripitons"][0]["subscriptionPolicy"] == "Gold"
        assert shown["subscripitons"][0]["application"]["uuid"] == application["applicationId"]
        found = ask(node, account, "/applications?name=Stocktakers")["list"]
        assert [key["consumerKey"] for key in found[0]["keys"]] == [keys["consumerKey"]]
        subscription = ask(node, account, f"/subscriptions?apiUUID={api['id']}&appUUID={application['applicationId']}")
        assert subscription["subscriptionState"] == "UNBLOCKED" and subscription["policyId"] == "Gold"
        assert [type(subscription[name]) for name in ("subscriptionId", "apiId", "appId")] == [int] * 3
        assert json.loads(ask(node, account, f"/end-points?{named}")["endpoints"][0])["url"] == backend.url
        assert json.loads(ask(node, account, f"/api-artifact?{named}")["api"])[0]["context"] == "/inventory/1.0.0"
        assert ask(node, account, f"/sequence?{named}")["sequences"] == []
        assert ask(node, account, f"/local-entry?{named}")["localEntries"] == []


def test_an_api_is_taken_off_one_gateway_and_put_back(nodes, backend):
    client = nodes[0][0].client()
    api = client.publish_new("Seesaw", backend.url)
    named = "apiName=Seesaw&version=1.0.0"

    def statuses():
        return [requests.get(f"{node.gateway}/seesaw/1.0.0/x").status_code for node, _ in nodes]

    for index, (node, account) in enumerate(nodes):
        expected = [401, 401]
        assert statuses() == expected
        assert ask(node, account, f"/undeploy-api?{named}", "POST")["deployStatus"] == "UNDEPLOYED"
        expected[index] = 404
        assert statuses() == expected
        ask(node, account, f"/undeploy-api?{named}", "POST", expect=404)
        # Changes of other things do not bring it back.
        client.create_application(f"Bystanders {index}")
        assert statuses() == expected
        assert ask(node, account, f"/redeploy-api?{named}", "POST")["deployStatus"] == "DEPLOYED"
        assert statuses() == [401, 401]
        # A new deployment does.
        ask(node, account, f"/undeploy-api?{named}", "POST")
        client.deploy(api)
        assert statuses() == [401, 401]


def test_wrong_accounts_are_refused(nodes):
    for node, (name, _) in nodes:
        ask(node, (name, "wrong"), "/apis", expect=401)
        ask(node, ("nobody", "wrong"), "/apis", expect=401)
        assert requests.get(f"{node.management}{GATEWAY}/apis", verify=node.certificate).status_code == 401
    # The account of one node is none of the other's.
    ask(nodes[0][0], ACCOUNT, "/apis", expect=401)


def test_a_gateway_without_an_account_says_what_to_do(tmp_path, nodes):
    control_plane = nodes[0][0]
    token = control_plane.client().post(f"{MARTLET}/gateway-tokens", {"name": "locked"})["token"]
    gateway = RunningGateway(tmp_path / "locked", control_plane, token).start()
    try:
        assert "super_admin" in ask(gateway, ("admin", ""), "/apis", expect=401)["description"]
    finally:
        assert gateway.stop() == 0
