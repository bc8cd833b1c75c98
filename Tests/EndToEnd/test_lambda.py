"""Functions of AWS Lambda in the place of back ends."""

import json
import threading

import pytest
import requests

from backend_servers import AmazonServices
from running_platform import ALL_SCOPES, PUBLISHER, RunningPlatform

FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:menu"


@pytest.fixture(scope="module")
def services():
    with AmazonServices() as running:
        yield running


@pytest.fixture(scope="module")
def functional(tmp_path_factory, services):
    folder = tmp_path_factory.mktemp("lambda")
    configuration = folder / "deployment.toml"
    configuration.write_text(f"""
[super_admin]
username = "admin"
password = "correct-horse-battery"
[apim.aws]
lambda_endpoint = "{services.url}"
sts_endpoint = "{services.url}"
""")
    running = RunningPlatform(folder / "data", configuration=configuration).start()
    yield running
    assert running.stop() == 0


@pytest.fixture(scope="module")
def client(functional):
    return functional.client()


def publish(client, name, function=FUNCTION, api_policies=None, **members):
    configuration = {
        "endpoint_type": "awslambda", "access_method": "stored", "amznAccessKey": "AKFIXED", "amznSecretKey": "fixed-secret",
        "amznRegion": "eu-west-1", **members}
    operations = [
        {"target": target, "verb": verb, "authType": "None", "amznResourceName": function, "amznResourceTimeout": 1000}
        for target, verb in (("/order/{id}", "GET"), ("/order/{id}", "POST"))]
    return client.publish_new(name, "", operations=operations, endpointConfig=configuration, **({"apiPolicies": api_policies} if api_policies else {}))


def test_a_function_answers_in_the_place_of_a_back_end(functional, client, services):
    api = publish(client, "Kitchen")
    answer = requests.post(
        functional.gateway + "/kitchen/1.0.0/order/4%2042?with=salt&with=oil", data='{"dish": "soup"}',
        headers={"Content-Type": "application/json", "Authorization": "Bearer x", "X-Table": "7"}, timeout=60)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/json"
    event = answer.json()["seen"]
    assert (event["httpMethod"], event["path"]) == ("POST", "/order/{id}")
    assert event["pathParameters"] == {"id": "4 42"}
    assert event["queryStringParameters"] == {"with": "salt,oil"}
    assert json.loads(event["body"]) == {"dish": "soup"} and event["isBase64Encoded"] is False
    assert event["headers"]["X-Table"] == "7" and "Authorization" not in event["headers"]
    assert services.requests[-1]["path"] == f"/2015-03-31/functions/{FUNCTION.replace(':', '%3A')}/invocations"
    shown = client.get(f"{PUBLISHER}/apis/{api['id']}")
    assert shown["endpointConfig"]["amznSecretKey"] == "AWS_SECRET_KEY"


def test_policies_change_what_a_function_answers(functional, client, services):
    script = "function on_response() local seen = json.decode(response.body).seen response.headers['X-Path'] = seen.path response.body = 'changed' end"
    specification = {"data": {
        "category": "Mediation", "name": "rewrite", "version": "v1", "displayName": "rewrite", "description": "", "policyAttributes": [],
        "applicableFlows": ["response"], "supportedGateways": ["Synapse"], "supportedApiTypes": ["HTTP"]},
        "type": "operation_policy_specification", "version": "v4.6.0"}
    manager = functional.client(scopes=ALL_SCOPES + " apim:common_operation_policy_view apim:common_operation_policy_manage")
    files = {"policySpecFile": ("policy.json", json.dumps(specification)), "synapsePolicyDefinitionFile": ("rewrite.lua", script)}
    manager.request("POST", f"{PUBLISHER}/operation-policies", files=files, expect=201)
    use = {"policyName": "rewrite", "policyVersion": "v1", "parameters": {}}
    publish(client, "Pantry", api_policies={"request": [], "response": [use], "fault": []})
    answer = requests.get(functional.gateway + "/pantry/1.0.0/order/1", timeout=60)
    assert (answer.status_code, answer.text) == (200, "changed")
    assert answer.headers["X-Path"] == "/order/{id}" and answer.headers["Date"]


def test_a_role_is_taken_on_first(functional, client, services):
    publish(client, "Bistro", assume_role=True, amznRoleArn="arn:aws:iam::123456789012:role/waiter", amznRoleSessionName="gate", amznRoleRegion="eu-west-1")
    for _ in range(3):
        assert requests.get(functional.gateway + "/bistro/1.0.0/order/1", timeout=60).status_code == 200
    assert len([request for request in services.requests if request["path"] == "/"]) == 1
    assert services.requests[-1]["headers"]["X-Amz-Security-Token"] == "role-token"


def test_wrong_keys_and_failing_functions_are_errors_that_tell_nothing(functional, client, services):
    publish(client, "Diner", amznSecretKey="wrong")
    answer = requests.get(functional.gateway + "/diner/1.0.0/order/1", timeout=60)
    assert (answer.status_code, answer.json()["code"]) == (500, "101503")
    publish(client, "Tavern")
    services.function = lambda event: ValueError("burnt")
    answer = requests.get(functional.gateway + "/tavern/1.0.0/order/1", timeout=60)
    assert (answer.status_code, answer.json()["code"]) == (500, "101503")
    assert "burnt" not in answer.text and "secret line" not in answer.text
    services.function = lambda event: {"seen": event}
    assert "fixed-secret" not in functional.log


def test_a_function_that_takes_too_long_is_given_up(functional, client, services):
    publish(client, "Grill")
    release = threading.Event()
    services.function = lambda event: release.wait(30) and {}
    answer = requests.get(functional.gateway + "/grill/1.0.0/order/1", timeout=60)
    release.set()
    services.function = lambda event: {"seen": event}
    assert (answer.status_code, answer.json()["code"]) == (500, "101504")
