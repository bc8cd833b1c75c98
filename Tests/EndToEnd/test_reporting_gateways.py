"""Agents of other gateways register and report with the contract internal-data-v1, and are counted beside Martlet's own gateways."""

import time

import requests

from running_platform import ADMIN, PUBLISHER, RunningPlatform

DATA = "/internal/data/v1"


def test_an_agent_registers_and_reports(tmp_path, backend):
    platform = RunningPlatform(tmp_path / "data").start()

    def post(path, body, account=None):
        return requests.post(
            platform.management + DATA + path, json=body, auth=account or platform.administrator, verify=platform.certificate, timeout=30)

    try:
        client = platform.client()
        api = client.create_api("Embassy", backend.url)
        revision = client.deploy(api)
        client.publish(api)

        def counts():
            entry = client.get(f"{PUBLISHER}/apis/{api['id']}/deployments")["list"][0]
            return entry["liveGatewayCount"], entry["deployedGatewayCount"], entry["failedGatewayCount"]

        assert counts() == (1, 1, 0)
        registration = {
            "payloadType": "REGISTER", "gatewayId": "agent-1", "timeStamp": 1, "gatewayProperties": {"ipAddress": "10.0.0.5"},
            "environmentLabels": ["Default"], "loadingTenants": ["WSO2-ALL-TENANTS"]}
        assert post("/notify-gateway", registration).json() == {"status": "REGISTERED", "gatewayId": "agent-1"}
        assert post("/notify-gateway", {"payloadType": "HEARTBEAT", "gatewayId": "agent-1"}).json() == {"status": "ACKNOWLEDGED"}
        listed = client.get(f"{ADMIN}/environments/Default/gateways")["list"]
        assert ("agent-1", "ACTIVE") in [(item["gatewayId"], item["status"]) for item in listed]
        assert counts() == (2, 1, 0)

        report = {
            "gatewayId": "agent-1", "apiId": api["id"], "tenantDomain": "carbon.super", "deploymentStatus": "SUCCESS",
            "timeStamp": int(time.time() * 1000), "action": "DEPLOY", "revisionId": revision["id"]}
        assert post("/notify-api-deployment-status", {"count": 1, "list": [report]}).json() == {"status": "RECEIVED"}
        assert counts() == (2, 2, 0)
        report |= {"deploymentStatus": "FAILURE", "errorMessage": "no room", "timeStamp": report["timeStamp"] + 1}
        assert post("/notify-api-deployment-status", {"count": 1, "list": [report]}).status_code == 200
        assert counts() == (2, 1, 1)

        # Changes do not wait for it.
        begin = time.monotonic()
        for number in range(5):
            client.create_application(f"Travellers {number}")
        assert time.monotonic() - begin < 8
        assert post("/notify-gateway", {"payloadType": "REGISTER", "gatewayId": "agent-2"}).status_code == 400
        assert post("/notify-gateway", registration, ("admin", "wrong")).status_code == 401
    finally:
        assert platform.stop() == 0
