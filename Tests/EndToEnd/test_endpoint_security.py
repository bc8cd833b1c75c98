"""How the gateway proves itself to back ends, and which back ends it trusts."""

import base64
import pathlib

import pytest
import requests

from backend_servers import DigestBackend, Server, TokenBackend, echo
from openssl import Certificate
from running_platform import ALL_SCOPES, PUBLISHER, Backend, RunningPlatform

SCOPES = ALL_SCOPES + " apim:ep_certificates_add apim:ep_certificates_update apim:ep_certificates_view"
OPEN = [{"target": "/*", "verb": verb, "authType": "None"} for verb in ("GET", "POST")]


@pytest.fixture(scope="module")
def pki(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pki")

    class PKI:
        authority = Certificate(folder, "Authority", is_authority=True)
        backend = Certificate(folder, "localhost", authority=authority, usage="serverAuth")
        lonely = Certificate(folder, "lonely", is_authority=True)  # as `openssl req -x509` makes them
        gateway = Certificate(folder, "gateway")

    return PKI


@pytest.fixture(scope="module")
def guarded(tmp_path_factory, pki):
    """A platform that shows its own certificate to the back end of `locked`."""
    folder = tmp_path_factory.mktemp("endpoints")
    locked = Server(echo, tls=pki.backend.pair, client_authority=pki.gateway.certificate)
    configuration = folder / "deployment.toml"
    configuration.write_text(f"""
[super_admin]
username = "admin"
password = "correct-horse-battery"
[[transport.passthru_https.sender.profile]]
server = "localhost:{locked.port}"
certificate_file = "{pki.gateway.certificate}"
key_file = "{pki.gateway.key}"
""")
    running = RunningPlatform(folder / "data", configuration=configuration).start()
    running.locked = locked
    yield running
    assert running.stop() == 0
    locked.close()


@pytest.fixture(scope="module")
def client(guarded):
    return guarded.client(scopes=SCOPES)


def endpoints(url, security, sandbox=None):
    configuration = {"endpoint_type": "http", "production_endpoints": {"url": url}, "sandbox_endpoints": {"url": url}}
    return {"endpointConfig": {**configuration, "endpoint_security": {"production": {"enabled": True, **security}, **(sandbox or {})}}}


def publish(client, name, url, security, **members):
    return client.publish_new(name, url, operations=OPEN, **endpoints(url, security), **members)


def send(platform, path, method="GET", **arguments):
    return requests.request(method, platform.gateway + path, timeout=60, **arguments)


def test_a_password_goes_to_the_back_end_and_the_clients_own_does_not(guarded, client, backend):
    secret = "pass:wörd\"'&"
    api = publish(client, "Lock", backend.url, {"type": "BASIC", "username": "gate", "password": secret})
    expected = "Basic " + base64.b64encode(f"gate:{secret}".encode()).decode()
    answer = send(guarded, "/lock/1.0.0/x", headers={"Authorization": "Bearer of-the-client"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["headers"]["Authorization"] == expected
    # It is never shown, and an empty text keeps it.
    shown = client.get(f"{PUBLISHER}/apis/{api['id']}")
    assert shown["endpointConfig"]["endpoint_security"]["production"]["password"] == ""
    shown["description"] = "changed"
    client.request("PUT", f"{PUBLISHER}/apis/{api['id']}", json=shown, expect=200)
    client.deploy(api)
    assert send(guarded, "/lock/1.0.0/x").json()["headers"]["Authorization"] == expected
    # It lies nowhere in the clear.
    files = [file for file in pathlib.Path(guarded.data).rglob("*") if file.is_file()]
    assert files and not any(secret.encode() in file.read_bytes() for file in files)
    assert secret not in guarded.log


def test_keys_in_headers_and_parameters(guarded, client, backend):
    publish(client, "Latch", backend.url, {"type": "apikey", "apiKeyIdentifier": "X-Key", "apiKeyIdentifierType": "HEADER", "apiKeyValue": "k 1"})
    seen = send(guarded, "/latch/1.0.0/x", headers={"x-key": "mine"}).json()
    assert [value for name, value in seen["headers"].items() if name.lower() == "x-key"] == ["k 1"]
    publish(client, "Bolt", backend.url, {"type": "apikey", "apiKeyIdentifier": "key", "apiKeyIdentifierType": "QUERY_PARAMETER", "apiKeyValue": "a&b"})
    assert send(guarded, "/bolt/1.0.0/x?a=1&key=mine").json()["path"] == "/x?a=1&key=a%26b"


def test_each_key_type_has_its_own_credential(guarded, client, backend):
    sandbox = {"sandbox": {"enabled": True, "type": "BASIC", "username": "s", "password": "s"}}
    production = {"type": "BASIC", "username": "p", "password": "p"}
    api = client.publish_new("Twins", backend.url, **endpoints(backend.url, production, sandbox))
    application = client.create_application("Twins callers")
    client.subscribe(api, application)
    for key_type, expected in (("PRODUCTION", b"p:p"), ("SANDBOX", b"s:s")):
        token = client.application_token(client.generate_keys(application, key_type))
        answer = send(guarded, "/twins/1.0.0/x", headers={"Authorization": f"Bearer {token}"})
        assert answer.json()["headers"]["Authorization"] == "Basic " + base64.b64encode(expected).decode()


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
def test_digest(guarded, client, algorithm):
    with DigestBackend("gate", "wörd", algorithm=algorithm) as locked:
        name = "Vault" + algorithm.replace("-", "")
        publish(client, name, locked.url, {"type": "DIGEST", "username": "gate", "password": "wörd"})
        for number in range(8):
            answer = send(guarded, f"/{name.lower()}/1.0.0/x?n={number}", "POST", data=b"body" * 1000)
            assert answer.status_code == 200, answer.text
            assert answer.json()["body"] == "body" * 1000
        # A nonce serves as often as the back end allows: not every request needs two.
        assert len(locked.requests) < 16
        refused = send(guarded, f"/{name.lower()}/1.0.0/x", "POST", data=b"x" * 1_048_577)
        assert refused.status_code == 413


def test_a_wrong_digest_password_is_the_back_ends_refusal(guarded, client):
    with DigestBackend("gate", "right") as locked:
        publish(client, "Vault3", locked.url, {"type": "DIGEST", "username": "gate", "password": "wrong"})
        answer = send(guarded, "/vault3/1.0.0/x")
        assert (answer.status_code, answer.text) == (401, "locked")


def oauth(issuer, **members):
    return {"type": "OAUTH", "grantType": "CLIENT_CREDENTIALS", "tokenUrl": issuer.url + "/token", "clientId": "shop", "clientSecret": "s:1", **members}


def test_tokens_are_fetched_once_and_replaced_when_the_back_end_refuses_them(guarded, client):
    with TokenBackend() as issuer:
        publish(client, "Safe", issuer.url, oauth(issuer, customParameters={"scope": "read write"}))
        for number in range(5):
            answer = send(guarded, "/safe/1.0.0/x", "POST", data=f"body {number}", headers={"Authorization": "Bearer client"})
            assert (answer.status_code, answer.json()["body"]) == (200, f"body {number}")
        assert len(issuer.token_requests) == 1
        request = issuer.token_requests[0]
        assert request["body"] == b"grant_type=client_credentials&scope=read%20write"
        assert request["headers"]["Authorization"] == "Basic " + base64.b64encode(b"shop:s%3A1").decode()
        issuer.revoke()
        answer = send(guarded, "/safe/1.0.0/x", "POST", data="again")
        assert (answer.status_code, answer.json()["body"]) == (200, "again")
        assert len(issuer.token_requests) == 2


def test_without_a_token_nothing_goes_to_the_back_end(guarded, client):
    with TokenBackend() as issuer:
        issuer.status = 503
        publish(client, "Strongbox", issuer.url, oauth(issuer, grantType="PASSWORD", username="kim", password="p&w"))
        answer = send(guarded, "/strongbox/1.0.0/x")
        assert (answer.status_code, answer.json()["code"]) == (500, "303003")
        assert issuer.token_requests[-1]["body"] == b"grant_type=password&username=kim&password=p%26w"
        assert all(request["path"] == "/token" for request in issuer.requests)


def test_a_policy_takes_the_credential_to_servers_of_the_api_only(guarded, client, backend):
    def leads_to(url):
        return {"request": [{"policyName": "setToHeader", "policyVersion": "v1", "parameters": {"value": url}}], "response": [], "fault": []}

    security = {"type": "apikey", "apiKeyIdentifier": "X-Key", "apiKeyIdentifierType": "HEADER", "apiKeyValue": "k"}
    with Server(echo) as elsewhere:
        publish(client, "Stays", backend.url + "/one", security, apiPolicies=leads_to(backend.url + "/two"))
        seen = send(guarded, "/stays/1.0.0/x").json()
        assert (seen["path"], seen["headers"].get("X-Key")) == ("/two/x", "k")
        publish(client, "Strays", backend.url, security, apiPolicies=leads_to(elsewhere.url))
        seen = send(guarded, "/strays/1.0.0/x").json()
        assert seen["path"] == "/x" and "X-Key" not in seen["headers"]
        # All destinations of this one are its policies'.
        configuration = {
            "endpoint_type": "default", "production_endpoints": {"url": "default"}, "sandbox_endpoints": {"url": "default"},
            "endpoint_security": {"production": {"enabled": True, **security}}}
        client.publish_new("Wanders", "", operations=OPEN, endpointConfig=configuration, apiPolicies=leads_to(elsewhere.url))
        assert send(guarded, "/wanders/1.0.0/x").json()["headers"]["X-Key"] == "k"


def upload(client, certificate, alias, url, expect=200):
    files = {"certificate": ("backend.pem", certificate.pem), "alias": (None, alias), "endpoint": (None, url)}
    client.request("POST", f"{PUBLISHER}/endpoint-certificates", files=files, expect=expect)


def test_a_back_end_is_trusted_from_the_upload_of_its_certificate_to_its_deletion(guarded, client, pki):
    with Server(echo, tls=pki.backend.pair) as secure:
        client.publish_new("Secure", secure.url, operations=OPEN)
        # A failed connection suspends an endpoint, so each state has an API of its own.
        refused = send(guarded, "/secure/1.0.0/x")
        assert (refused.status_code, refused.json()["code"]) == (500, "101503")
        upload(client, pki.authority, "authority", secure.url)
        client.publish_new("Secured", secure.url, operations=OPEN)
        assert send(guarded, "/secured/1.0.0/x").status_code == 200
        client.request("DELETE", f"{PUBLISHER}/endpoint-certificates/authority", expect=200)
        assert send(guarded, "/secured/1.0.0/x").json()["code"] == "101503"


@pytest.mark.parametrize("name", ["authority", "lonely"])
def test_a_test_of_the_connection_trusts_what_the_gateway_trusts(client, pki, name):
    pair = pki.backend.pair if name == "authority" else pki.lonely.pair
    with Server(echo, tls=pair) as secure:
        probe = lambda: client.request("POST", f"{PUBLISHER}/apis/validate-endpoint", params={"endpointUrl": secure.url + "/x"}, expect=200).json()  # noqa: E731
        assert probe()["statusCode"] == 0 and "its certificate is not trusted" in probe()["error"]
        upload(client, getattr(pki, name), f"probe-{name}", secure.url)
        assert probe() == {"statusCode": 200, "statusMessage": "OK"}
        client.request("DELETE", f"{PUBLISHER}/endpoint-certificates/probe-{name}", expect=200)
        assert probe()["statusCode"] == 0


def test_a_back_ends_own_certificate_is_enough(guarded, client, pki):
    with Server(echo, tls=pki.lonely.pair) as secure:
        upload(client, pki.lonely, "lonely", secure.url)
        client.publish_new("Lonely", secure.url, operations=OPEN)
        # The name in it is another one, but the back end is on this machine.
        assert send(guarded, "/lonely/1.0.0/x").status_code == 200


def test_the_gateway_shows_its_certificate_to_back_ends_that_ask_for_one(guarded, client, pki):
    upload(client, pki.authority, "locked", guarded.locked.url)
    client.publish_new("Mutual", guarded.locked.url, operations=OPEN)
    assert send(guarded, "/mutual/1.0.0/x").status_code == 200
    with Server(echo, tls=pki.backend.pair, client_authority=pki.gateway.certificate) as other:
        upload(client, pki.authority, "other", other.url)
        client.publish_new("Mutual2", other.url, operations=OPEN)
        assert send(guarded, "/mutual2/1.0.0/x").status_code == 500


def test_a_token_endpoint_is_trusted_by_an_uploaded_certificate(guarded, client, pki):
    with TokenBackend(tls=pki.backend.pair) as issuer:
        upload(client, pki.authority, "issuer", issuer.url)
        publish(client, "Coffer", issuer.url, oauth(issuer))
        assert send(guarded, "/coffer/1.0.0/x").status_code == 200


def test_operations_of_a_product_send_the_credentials_of_their_own_api(guarded, client, backend):
    apis = [
        publish(client, name, backend.url, {"type": "BASIC", "username": name, "password": "x"}) for name in ("North", "South")]
    product = client.post(f"{PUBLISHER}/api-products", {
        "name": "Compass", "context": "/compass", "version": "1.0.0", "policies": ["Unlimited"],
        "apis": [{"apiId": api["id"], "operations": [{"target": "/*", "verb": "GET" if api is apis[0] else "POST", "authType": "None"}]} for api in apis]})
    path = f"{PUBLISHER}/api-products/{product['id']}"
    revision = client.post(f"{path}/revisions", {"description": "by a test"})
    client.post(f"{path}/deploy-revision?revisionId={revision['id']}", [{"name": "Default", "vhost": "localhost", "displayOnDevportal": True}])
    client.post(f"{PUBLISHER}/api-products/change-lifecycle?apiProductId={product['id']}&action=Publish", expect=200)
    for method, name in (("GET", "North"), ("POST", "South")):
        answer = send(guarded, "/compass/1.0.0/x", method)
        assert answer.status_code == 200, answer.text
        assert answer.json()["headers"]["Authorization"] == "Basic " + base64.b64encode(f"{name}:x".encode()).decode()
