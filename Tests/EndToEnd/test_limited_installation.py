"""An installation whose administrator does not want anything to be unlimited."""

import pytest

from running_platform import ADMINISTRATOR, DEVPORTAL, PUBLISHER, RunningPlatform


@pytest.fixture
def limited(tmp_path):
    configuration = tmp_path / "deployment.toml"
    configuration.write_text(ADMINISTRATOR + "[apim.throttling]\nenable_unlimited_tier = false\n")
    running = RunningPlatform(tmp_path / "data", configuration=configuration).start()
    yield running
    running.stop()


def test_nobody_can_choose_unlimited(limited, backend):
    client = limited.client()
    body = {"name": "Sluice", "version": "1.0.0", "context": "/sluice", "operations": [{"target": "/*", "verb": "GET"}]}
    refused = client.request("POST", f"{PUBLISHER}/apis", json={**body, "policies": ["Unlimited"]})
    assert (refused.status_code, refused.json()["code"]) == (400, 900305)
    api = client.post(f"{PUBLISHER}/apis", {**body, "policies": ["Gold"]})
    assert [operation["throttlingPolicy"] for operation in api["operations"]] == ["10KPerMin"]
    for level in ("application", "subscription"):
        listed = client.get(f"{DEVPORTAL}/throttling-policies/{level}")["list"]
        assert listed and "Unlimited" not in [policy["name"] for policy in listed]
    refused = client.request("POST", f"{DEVPORTAL}/applications", json={"name": "Sluice keepers", "throttlingPolicy": "Unlimited"})
    assert (refused.status_code, refused.json()["code"]) == (400, 900305)
    # The application that everybody has from the first call on.
    assert [application["throttlingPolicy"] for application in client.get(f"{DEVPORTAL}/applications")["list"]] == ["10PerMin"]
