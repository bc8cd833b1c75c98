"""What gateways that run apart know of credentials, what they ask, and what they remember when nobody answers."""

import base64
import json

import pytest
import requests

from key_manager_server import KeyManagerServer
from openssl import SigningKey
from running_platform import ADMIN, ALL_SCOPES, DEVPORTAL, Backend, RunningGateway, RunningPlatform, wait_until

SCOPES = ALL_SCOPES + " apim:keymanagers_manage apim:admin_operations"
CONTROL_PLANE = """
[super_admin]
username = "admin"
password = "correct-horse-battery"
[apim.outgoing]
fetch_allowed_networks = ["127.0.0.1"]
[apim.jwt]
enable = true
encoding = "base64url"
"""


class Apart:
    """A control plane, its administrator and two gateways."""

    def __init__(self, folder):
        file = folder / "control.toml"
        file.write_text(CONTROL_PLANE)
        self.control_plane = RunningPlatform(folder / "control", profile="control-plane", configuration=file).start()
        self.boss = self.control_plane.client(scopes=SCOPES)
        token = self.boss.post("/api/am/martlet/v1/gateway-tokens", {"name": "edge"})["token"]
        settings = '[apim.jwt]\nenable = true\nencoding = "base64url"\nenable_user_claims = true'
        self.gateways = [
            RunningGateway(folder / f"edge-{number}", self.control_plane, token, settings=settings).start() for number in (1, 2)]

    def outcomes(self, path, **arguments):
        answers = [requests.get(gateway.gateway + path, **arguments) for gateway in self.gateways]
        return [answer.status_code if answer.status_code == 200 else (answer.status_code, answer.json()["code"]) for answer in answers]

    def users(self, method, path="", body=None):
        answer = requests.request(
            method, f"{self.control_plane.management}/scim2/Users{path}", json=body, auth=self.control_plane.administrator,
            verify=self.control_plane.certificate)
        answer.raise_for_status()
        return answer.json()

    def stop(self):
        for process in [*self.gateways, self.control_plane]:
            process.stop()


@pytest.fixture(scope="module")
def apart(tmp_path_factory):
    running = Apart(tmp_path_factory.mktemp("apart"))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def upstream():
    server = Backend()
    yield server
    server.close()


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    return SigningKey(folder, "first"), SigningKey(folder, "second")


def bearer(token):
    return {"headers": {"Authorization": f"Bearer {token}"}}


REFUSED = [(401, "900901")] * 2
ACCEPTED = [200, 200]


def test_passwords(apart, upstream):
    apart.boss.publish_new("Terrier", upstream.url, securityScheme=["basic_auth", "oauth_basic_auth_api_key_mandatory"])
    path = "/terrier/1.0.0/x"
    user = apart.users("POST", body={"userName": "ann", "password": "first-password"})
    assert apart.outcomes(path, auth=("ann", "first-password")) == ACCEPTED
    assert apart.outcomes(path, auth=("ann", "wrong-password")) == REFUSED
    apart.users("PUT", f"/{user['id']}", {"userName": "ann", "password": "second-password"})
    assert apart.outcomes(path, auth=("ann", "first-password")) == REFUSED
    assert apart.outcomes(path, auth=("ann", "second-password")) == ACCEPTED


def test_opaque_tokens_of_the_platform(apart, upstream):
    boss = apart.boss
    api = boss.publish_new("Setter", upstream.url)
    application = boss.post(
        f"{DEVPORTAL}/applications", {"name": "Setters", "throttlingPolicy": "Unlimited", "description": "", "tokenType": "OAUTH"})
    boss.subscribe(api, application)
    keys = boss.generate_keys(application)
    token = boss.application_token(keys)
    path = "/setter/1.0.0/x"
    assert apart.outcomes(path, **bearer(token)) == ACCEPTED
    assert apart.outcomes(path, **bearer("nothing-known")) == REFUSED
    boss.session.post(
        f"{boss.base}/oauth2/revoke", data={"token": token}, auth=(keys["consumerKey"], keys["consumerSecret"])).raise_for_status()
    assert apart.outcomes(path, **bearer(token)) == REFUSED


def test_another_key_manager(apart, upstream, keys):
    boss = apart.boss
    server = KeyManagerServer(keys[0])
    try:
        manager = boss.post(f"{ADMIN}/key-managers", server.configuration("Kennel"))
        api = boss.publish_new("Beagle", upstream.url, keyManagers=["Kennel"])
        application = boss.create_application("Beagles")
        boss.subscribe(api, application)
        generated = boss.post(
            f"{DEVPORTAL}/applications/{application['applicationId']}/generate-keys",
            {"keyType": "PRODUCTION", "keyManager": "Kennel", "grantTypesToBeSupported": ["client_credentials"]}, expect=200)
        client = generated["consumerKey"]
        path = "/beagle/1.0.0/x"
        assert apart.outcomes(path, **bearer(server.jwt(client))) == ACCEPTED
        assert apart.outcomes(path, **bearer(server.opaque_token(client))) == ACCEPTED
        server.keys = [keys[1]]
        # A name that nobody knows has the keys fetched, at most every ten seconds.
        renewed = lambda: apart.outcomes(path, **bearer(server.jwt(client))) == ACCEPTED
        wait_until(renewed, seconds=40, what="a token of the new key")
        assert apart.outcomes(path, **bearer(server.jwt(client, key=keys[0]))) == REFUSED
        boss.request("PUT", f"{ADMIN}/key-managers/{manager['id']}", json=server.configuration("Kennel", enabled=False), expect=200)
        assert apart.outcomes(path, **bearer(server.jwt(client))) == REFUSED
    finally:
        server.close()


def test_api_keys(apart, upstream):
    boss = apart.boss
    api = boss.publish_new("Spaniel", upstream.url, securityScheme=["api_key", "oauth_basic_auth_api_key_mandatory"])
    application = boss.create_application("Spaniels")
    boss.subscribe(api, application)
    path = f"{DEVPORTAL}/applications/{application['applicationId']}/api-keys/PRODUCTION"
    key = boss.post(f"{path}/generate", {"keyName": "walk", "validityPeriod": -1}, expect=200)["apikey"]
    used = {"headers": {"apikey": key}}
    assert apart.outcomes("/spaniel/1.0.0/x", **used) == ACCEPTED
    for gateway in apart.gateways:
        content = b"".join(file.read_bytes() for file in gateway.data.rglob("*") if file.is_file())
        assert key.encode() not in content
    boss.post(f"{path}/revoke", {"keyUUID": boss.get(path)["list"][0]["keyUUID"]}, expect=200)
    assert apart.outcomes("/spaniel/1.0.0/x", **used) == REFUSED


def test_backend_tokens_of_all_gateways_have_the_same_signer(apart, upstream):
    api = apart.boss.publish_new("Pointer", upstream.url)
    token = apart.boss.subscribed_token(api, "Pointers")
    known = {key["kid"] for gateway in apart.gateways for key in requests.get(f"{gateway.gateway}/jwks").json()["keys"]}
    assert len(known) == 1
    for gateway in apart.gateways:
        seen = requests.get(f"{gateway.gateway}/pointer/1.0.0/x", **bearer(token)).json()["headers"]
        assertion = next(value for name, value in seen.items() if name.lower() == "x-jwt-assertion")
        assert json.loads(base64.urlsafe_b64decode(assertion.split(".")[0] + "=="))["kid"] in known


def test_gateways_ask_for_what_the_user_store_knows(apart, upstream):
    apart.boss.publish_new("Corgi", upstream.url, securityScheme=["basic_auth", "oauth_basic_auth_api_key_mandatory"])
    apart.users("POST", body={"userName": "wendy", "password": "a-long-password-1", "name": {"givenName": "Wendy"}})
    for gateway in apart.gateways:
        answer = requests.get(f"{gateway.gateway}/corgi/1.0.0/x", auth=("wendy", "a-long-password-1"))
        assertion = next(value for name, value in answer.json()["headers"].items() if name.lower() == "x-jwt-assertion")
        claims = json.loads(base64.urlsafe_b64decode(assertion.split(".")[1] + "=="))
        assert claims["http://wso2.org/claims/givenname"] == "Wendy"
        assert claims["http://wso2.org/claims/role"] == ["Internal/everyone"]


def test_what_goes_on_without_the_control_plane(tmp_path, upstream):
    apart = Apart(tmp_path)
    try:
        boss = apart.boss
        schemes = ["basic_auth", "oauth2", "api_key", "oauth_basic_auth_api_key_mandatory"]
        api = boss.publish_new("Husky", upstream.url, securityScheme=schemes)
        application = boss.create_application("Huskies")
        boss.subscribe(api, application)
        token = boss.application_token(boss.generate_keys(application))
        key = boss.post(
            f"{DEVPORTAL}/applications/{application['applicationId']}/api-keys/PRODUCTION/generate",
            {"keyName": "sled", "validityPeriod": -1}, expect=200)["apikey"]
        path = "/husky/1.0.0/x"
        apart.control_plane.kill()
        wait_until(lambda: all(gateway.health["controlPlane"]["status"] == "DOWN" for gateway in apart.gateways))
        assert apart.outcomes(path, **bearer(token)) == ACCEPTED
        assert apart.outcomes(path, headers={"apikey": key}) == ACCEPTED
        unanswered = [(500, "900900")] * 2
        assert apart.outcomes(path, auth=apart.control_plane.administrator) == unanswered
        assert apart.outcomes(path, **bearer("some-opaque-token")) == unanswered
        for gateway in apart.gateways:
            gateway.stop()
            gateway.start()
        assert apart.outcomes(path, headers={"apikey": key}) == ACCEPTED
        apart.control_plane.start()
        wait_until(lambda: apart.outcomes(path, auth=apart.control_plane.administrator) == ACCEPTED, seconds=90)
        assert apart.outcomes(path, **bearer("some-opaque-token")) == REFUSED
    finally:
        apart.stop()
