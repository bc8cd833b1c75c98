"""Who may call an API: passwords, certificates, tokens of several key managers, API keys; and what backends learn of them."""

import base64
import json
import ssl
import time

import pytest
import requests

from key_manager_server import KeyManagerServer
from openssl import Certificate, SigningKey
from running_platform import ADMIN, ALL_SCOPES, DEVPORTAL, PUBLISHER, Backend, RunningPlatform, wait_until

SCOPES = ALL_SCOPES + " apim:keymanagers_manage apim:admin_operations apim:ep_certificates_add apim:client_certificates_add apim:client_certificates_update apim:client_certificates_view"


@pytest.fixture(scope="module")
def pki(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pki")

    class PKI:
        authority = Certificate(folder, "Authority", is_authority=True)
        proxy = Certificate(folder, "Proxy")
        kim = Certificate(folder, "Kim")
        stranger = Certificate(folder, "Stranger")
        branch = Certificate(folder, "Branch", authority=authority)
        key = SigningKey(folder, "first")
        next_key = SigningKey(folder, "second")
        foreign_key = SigningKey(folder, "foreign")

    return PKI


@pytest.fixture(scope="module")
def guarded(tmp_path_factory, pki):
    """A platform that may fetch from this machine, binds tokens to certificates and tells backends who calls."""
    folder = tmp_path_factory.mktemp("guarded")
    configuration = folder / "deployment.toml"
    configuration.write_text(f"""
[super_admin]
username = "admin"
password = "correct-horse-battery"
[apim.outgoing]
fetch_allowed_networks = ["127.0.0.1"]
[apim.oauth_config]
enable_certificate_bound_access_token = true
[apimgt.mutual_ssl]
enable_certificate_chain_validation = true
trusted_certificate_file = "{pki.proxy.certificate}"
[apim.jwt]
enable = true
encoding = "base64url"
enable_user_claims = true
""")
    running = RunningPlatform(folder / "data", configuration=configuration).start()
    yield running
    assert running.stop() == 0


@pytest.fixture(scope="module")
def boss(guarded):
    return guarded.client(scopes=SCOPES)


@pytest.fixture(scope="module")
def upstream():
    server = Backend()
    yield server
    server.close()


@pytest.fixture
def server(pki):
    running = KeyManagerServer(pki.key)
    yield running
    running.close()


def call(platform, path, *, tls=True, cert=None, headers=None, auth=None, params=None):
    base = platform.gateway_https if tls else platform.gateway
    return requests.get(base + path, verify=platform.certificate, cert=cert, headers=headers, auth=auth, params=params)


def outcome(answer):
    return (answer.status_code, None if answer.status_code == 200 else answer.json()["code"])


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def upload(client, api, certificate, alias, *, kind="PRODUCTION", tier="Unlimited"):
    files = {"certificate": ("client.pem", certificate.pem), "alias": (None, alias), "tier": (None, tier)}
    client.request("POST", f"{PUBLISHER}/apis/{api['id']}/client-certs/{kind}", files=files, expect=200)


# Passwords


def test_users_sign_in_with_their_password(guarded, boss, upstream):
    boss.publish_new("Mole", upstream.url, securityScheme=["basic_auth", "oauth2", "oauth_basic_auth_api_key_mandatory"])
    answer = call(guarded, "/mole/1.0.0/x", auth=guarded.administrator)
    assert answer.status_code == 200, answer.text
    assert "Authorization" not in answer.json()["headers"]
    refused = call(guarded, "/mole/1.0.0/x", auth=("admin", "wrong"))
    assert outcome(refused) == (401, "900901")
    assert refused.headers["WWW-Authenticate"].startswith('Internal API Key realm="WSO2 API Manager", Bearer realm=')
    assert call(guarded, "/mole/1.0.0/x", auth=("nobody", "wrong")).text == refused.text
    assert outcome(call(guarded, "/mole/1.0.0/x", headers={"Authorization": "Basic !"})) == (401, "900901")


def test_a_changed_password_counts_at_once(guarded, boss, upstream):
    boss.publish_new("Vole", upstream.url, securityScheme=["basic_auth", "oauth_basic_auth_api_key_mandatory"])
    users = f"{guarded.management}/scim2/Users"
    admin = {"auth": guarded.administrator, "verify": guarded.certificate}
    user = requests.post(users, json={"userName": "ann", "password": "first-password"}, **admin).json()
    assert outcome(call(guarded, "/vole/1.0.0/x", auth=("ann", "first-password"))) == (200, None)
    body = {"userName": "ann", "password": "second-password"}
    assert requests.put(f"{users}/{user['id']}", json=body, **admin).status_code == 200
    assert outcome(call(guarded, "/vole/1.0.0/x", auth=("ann", "first-password"))) == (401, "900901")
    assert outcome(call(guarded, "/vole/1.0.0/x", auth=("ann", "second-password"))) == (200, None)


def test_a_user_of_another_tenant_is_refused(guarded, boss, upstream):
    boss.publish_new("Shrew", upstream.url, securityScheme=["basic_auth", "oauth_basic_auth_api_key_mandatory"])
    owner = {"username": "kim", "password": "kim-password-1", "email": "kim@hedge.example", "firstname": "Kim", "lastname": "K"}
    requests.post(
        f"{guarded.management}/api/server/v1/tenants", json={"domain": "hedge.example", "owners": [owner]}, auth=guarded.administrator,
        verify=guarded.certificate).raise_for_status()
    assert outcome(call(guarded, "/shrew/1.0.0/x", auth=("kim@hedge.example", "kim-password-1"))) == (403, "900908")


# Certificates


def test_client_certificates(guarded, boss, upstream, pki):
    api = boss.publish_new("Badger", upstream.url, securityScheme=["mutualssl", "mutualssl_mandatory"], transport=["https"])
    path = "/badger/1.0.0/x"
    assert outcome(call(guarded, path, cert=pki.kim.pair)) == (401, "900901")
    upload(boss, api, pki.kim, "kim")
    assert outcome(call(guarded, path, cert=pki.kim.pair)) == (200, None)
    assert outcome(call(guarded, path)) == (401, "900901")
    assert outcome(call(guarded, path, cert=pki.stranger.pair)) == (401, "900901")
    assert outcome(call(guarded, path, cert=pki.branch.pair)) == (401, "900901")
    assert outcome(call(guarded, path, tls=False)) == (403, "403")
    upload(boss, api, pki.authority, "authority")
    assert outcome(call(guarded, path, cert=pki.branch.pair)) == (200, None)
    boss.request("DELETE", f"{PUBLISHER}/apis/{api['id']}/client-certs/PRODUCTION/kim", expect=200)
    assert outcome(call(guarded, path, cert=pki.kim.pair)) == (401, "900901")


def test_a_resumed_session_keeps_its_certificate(guarded, boss, upstream, pki):
    import socket
    api = boss.publish_new("Stoat", upstream.url, securityScheme=["mutualssl", "mutualssl_mandatory"], transport=["https"])
    upload(boss, api, pki.kim, "stoat-kim")
    context = ssl.create_default_context(cafile=guarded.certificate)
    context.load_cert_chain(*pki.kim.pair)
    session, statuses, resumed = None, [], []
    for _ in range(3):
        with socket.create_connection(("localhost", 8243 + guarded.offset)) as plain:
            with context.wrap_socket(plain, server_hostname="localhost", session=session) as secure:
                secure.sendall(b"GET /stoat/1.0.0/x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                answer = b"".join(iter(lambda: secure.recv(65536), b""))
                statuses.append(int(answer.split()[1]))
                session = secure.session
                resumed.append(secure.session_reused)
    assert statuses == [200] * 3
    assert resumed[1:] == [True, True]


def test_a_forwarded_certificate_counts_from_a_trusted_proxy_only(guarded, boss, upstream, pki):
    api = boss.publish_new("Otter", upstream.url, securityScheme=["mutualssl", "mutualssl_mandatory"], transport=["https"])
    upload(boss, api, pki.kim, "otter-kim")
    header = {"X-WSO2-CLIENT-CERTIFICATE": pki.kim.pem.replace("\n", " ").strip()}
    accepted = call(guarded, "/otter/1.0.0/x", cert=pki.proxy.pair, headers=header)
    assert outcome(accepted) == (200, None)
    assert "x-wso2-client-certificate" not in {name.lower() for name in accepted.json()["headers"]}
    assert outcome(call(guarded, "/otter/1.0.0/x", headers=header)) == (401, "900901")
    assert outcome(call(guarded, "/otter/1.0.0/x", cert=pki.stranger.pair, headers=header)) == (401, "900901")


def test_both_levels_together(guarded, boss, upstream, pki):
    schemes = ["mutualssl", "mutualssl_mandatory", "oauth2", "oauth_basic_auth_api_key_mandatory"]
    api = boss.publish_new("Weasel", upstream.url, securityScheme=schemes, transport=["https"])
    upload(boss, api, pki.kim, "weasel-kim")
    token = boss.subscribed_token(api, "Weasel watchers")
    assert outcome(call(guarded, "/weasel/1.0.0/x", cert=pki.kim.pair, headers=bearer(token))) == (200, None)
    assert outcome(call(guarded, "/weasel/1.0.0/x", cert=pki.kim.pair)) == (401, "900902")
    assert outcome(call(guarded, "/weasel/1.0.0/x", headers=bearer(token))) == (401, "900901")


# Key managers of others


def register(boss, server, name, **changes):
    return boss.post(f"{ADMIN}/key-managers", server.configuration(name, **changes))


def keys_of(boss, application, manager, key_type="PRODUCTION"):
    path = f"{DEVPORTAL}/applications/{application['applicationId']}/generate-keys"
    return boss.post(path, {"keyType": key_type, "keyManager": manager, "grantTypesToBeSupported": ["client_credentials"]}, expect=200)


def test_tokens_of_another_key_manager(guarded, boss, upstream, server, pki):
    found = boss.post(f"{ADMIN}/key-managers/discover", files={"url": (None, server.url + "/.well-known/openid-configuration"), "type": (None, "KeyCloak")}, expect=200)
    assert found["valid"] and found["value"]["issuer"] == server.url
    manager = register(boss, server, "Burrow")
    assert manager["additionalProperties"]["client_secret"] != "martlet-secret"
    assert "Burrow" in [item["name"] for item in boss.get(f"{DEVPORTAL}/key-managers")["list"]]
    api = boss.publish_new("Rabbit", upstream.url, keyManagers=["Burrow"])
    application = boss.create_application("Rabbit feeders")
    boss.subscribe(api, application)
    keys = keys_of(boss, application, "Burrow")
    assert keys["consumerKey"] in server.clients
    path = "/rabbit/1.0.0/x"
    assert outcome(call(guarded, path, headers=bearer(keys["token"]["accessToken"]))) == (200, None)
    client = keys["consumerKey"]
    resident = boss.application_token(boss.generate_keys(application))
    good = server.jwt(client)
    head, payload, signature = good.split(".")
    unsigned = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    for token in (
        resident, server.jwt(client, key=pki.foreign_key), server.jwt(client, key=pki.foreign_key, header={"kid": "first"}),
        server.jwt(client, exp=int(time.time()) - 60), server.jwt(client, iss="https://else"), good[:-10], f"{head}.{payload}",
        f"{unsigned}.{payload}.", f"{head}.{payload}x.{signature}", good + "." + signature, "..", server.jwt(client, header={"alg": "HS256"}),
    ):
        assert outcome(call(guarded, path, headers=bearer(token))) == (401, "900901"), token
    assert outcome(call(guarded, path, headers=bearer(server.jwt("unknown-client")))) == (403, "900908")

    # Keys that change there are found by themselves.
    server.keys = [pki.next_key]
    renewed = lambda: outcome(call(guarded, path, headers=bearer(server.jwt(client)))) == (200, None)
    wait_until(renewed, seconds=30, what="a token of the new key")  # a wrong name has them fetched at most every ten seconds

    # What is switched off opens nothing.
    boss.request("PUT", f"{ADMIN}/key-managers/{manager['id']}", json=server.configuration("Burrow", enabled=False), expect=200)
    assert outcome(call(guarded, path, headers=bearer(server.jwt(client)))) == (401, "900901")
    boss.request("PUT", f"{ADMIN}/key-managers/{manager['id']}", json=server.configuration("Burrow"), expect=200)
    assert outcome(call(guarded, path, headers=bearer(server.jwt(client)))) == (200, None)
    assert boss.request("DELETE", f"{ADMIN}/key-managers/{manager['id']}").status_code == 412


def test_opaque_tokens_are_introspected(guarded, boss, upstream, server):
    register(boss, server, "Warren")
    api = boss.publish_new("Hare", upstream.url, keyManagers=["Warren"])
    application = boss.create_application("Hare watchers")
    boss.subscribe(api, application)
    client = keys_of(boss, application, "Warren")["consumerKey"]
    path = "/hare/1.0.0/x"
    token = server.opaque_token(client)
    before = server.requests.count(("POST", "/introspect"))
    for _ in range(3):
        assert outcome(call(guarded, path, headers=bearer(token))) == (200, None)
    # Each event loop asks once.
    assert 1 <= server.requests.count(("POST", "/introspect")) - before <= 3
    assert outcome(call(guarded, path, headers=bearer("opaque-nothing"))) == (401, "900901")
    event = {"type": "token_revocation", "accessToken": token, "tokenType": "Opaque", "expiryTime": int(time.time() + 60) * 1000}
    notified = requests.post(
        f"{guarded.management}/internal/data/v1/notify", json=event, auth=guarded.administrator, verify=guarded.certificate,
        headers={"X-WSO2-KEY-MANAGER": "KeyCloak"})
    assert notified.status_code == 200, notified.text
    assert outcome(call(guarded, path, headers=bearer(token))) == (401, "900901")
    server.is_silent = True
    failed = call(guarded, path, headers=bearer(server.opaque_token(client)))
    assert outcome(failed) == (500, "900900") and "gives no answer" in failed.json()["description"]
    record = boss.get(f"/api/am/martlet/v1/decisions/{failed.headers['activityid']}")
    assert (record["stage"], record["rule"]) == ("authenticate", "credential-not-checked")
    assert "keyManager=Warren" in guarded.log and "status 503" in guarded.log and token not in guarded.log


def test_a_token_that_one_api_does_not_take_is_good_for_another(guarded, boss, upstream, server):
    register(boss, server, "Form")
    boss.publish_new("Leveret", upstream.url, keyManagers=["Resident Key Manager"])
    api = boss.publish_new("Bunny", upstream.url, keyManagers=["Form"])
    application = boss.create_application("Bunny watchers")
    boss.subscribe(api, application)
    token = server.opaque_token(keys_of(boss, application, "Form")["consumerKey"])
    # More calls than there are event loops, each of which remembers what it was told.
    for _ in range(8):
        assert outcome(call(guarded, "/leveret/1.0.0/x", headers=bearer(token))) == (401, "900901")
    for _ in range(8):
        assert outcome(call(guarded, "/bunny/1.0.0/x", headers=bearer(token))) == (200, None)


def test_revocation_by_client_and_by_user(guarded, boss, upstream, server):
    register(boss, server, "Sett")
    api = boss.publish_new("Brock", upstream.url)
    application = boss.create_application("Brock watchers")
    boss.subscribe(api, application)
    client = keys_of(boss, application, "Sett")["consumerKey"]
    old = int(time.time()) - 5
    by_client, by_user = server.jwt(client, iat=old), server.jwt(client, iat=old, sub="wanted")
    path = "/brock/1.0.0/x"
    for token in (by_client, by_user):
        assert outcome(call(guarded, path, headers=bearer(token))) == (200, None)

    def notify(**event):
        requests.post(
            f"{guarded.management}/internal/data/v1/notify", json={"revocationTime": int(time.time() * 1000), **event},
            auth=guarded.administrator, verify=guarded.certificate).raise_for_status()

    notify(type="subject_entity_revocation_event", entityType="USER_ID", entityId="wanted")
    assert outcome(call(guarded, path, headers=bearer(by_user))) == (401, "900901")
    assert outcome(call(guarded, path, headers=bearer(by_client))) == (200, None)
    notify(type="consumer_app_revocation_event", consumerKey=client)
    assert outcome(call(guarded, path, headers=bearer(by_client))) == (401, "900901")
    assert outcome(call(guarded, path, headers=bearer(server.jwt(client, iat=int(time.time()) + 2)))) == (200, None)


def test_tokens_bound_to_certificates(guarded, boss, upstream, server, pki):
    register(boss, server, "Holt")
    api = boss.publish_new("Mink", upstream.url)
    application = boss.create_application("Mink watchers")
    boss.subscribe(api, application)
    client = keys_of(boss, application, "Holt")["consumerKey"]
    token = server.jwt(client, cnf={"x5t#S256": pki.kim.thumbprint})
    path = "/mink/1.0.0/x"
    assert outcome(call(guarded, path, cert=pki.kim.pair, headers=bearer(token))) == (200, None)
    assert outcome(call(guarded, path, cert=pki.stranger.pair, headers=bearer(token))) == (401, "900901")
    assert outcome(call(guarded, path, headers=bearer(token))) == (401, "900901")
    assert outcome(call(guarded, path, tls=False, headers=bearer(token))) == (401, "900901")


def test_audiences(guarded, boss, upstream, server):
    register(boss, server, "Drey")
    api = boss.publish_new("Squirrel", upstream.url, audiences=["nuts"])
    application = boss.create_application("Squirrel watchers")
    boss.subscribe(api, application)
    client = keys_of(boss, application, "Drey")["consumerKey"]
    assert outcome(call(guarded, "/squirrel/1.0.0/x", headers=bearer(server.jwt(client, aud=["nuts", "x"])))) == (200, None)
    assert outcome(call(guarded, "/squirrel/1.0.0/x", headers=bearer(server.jwt(client, aud="x")))) == (403, "900914")
    assert outcome(call(guarded, "/squirrel/1.0.0/x", headers=bearer(server.jwt(client)))) == (403, "900914")


# Opaque tokens of the platform itself


def test_applications_that_ask_for_opaque_tokens(guarded, boss, upstream):
    # Key managers of other tests are gone: asked about a token that is not good any more, they would give no answer.
    api = boss.publish_new("Dormouse", upstream.url, keyManagers=["Resident Key Manager"])
    application = boss.post(f"{DEVPORTAL}/applications", {"name": "Sleepers", "throttlingPolicy": "Unlimited", "description": "", "tokenType": "OAUTH"})
    boss.subscribe(api, application)
    keys = boss.generate_keys(application)
    token = boss.application_token(keys)
    assert "." not in token
    path = "/dormouse/1.0.0/x"
    assert outcome(call(guarded, path, headers=bearer(token))) == (200, None)
    boss.session.post(
        f"{guarded.management}/oauth2/revoke", data={"token": token}, auth=(keys["consumerKey"], keys["consumerSecret"])).raise_for_status()
    assert outcome(call(guarded, path, headers=bearer(token))) == (401, "900901")


# API keys


def test_api_keys_of_one_api(guarded, boss, upstream):
    schemes = ["api_key", "oauth2", "oauth_basic_auth_api_key_mandatory"]
    api, other = (boss.publish_new(name, upstream.url, securityScheme=schemes) for name in ("Robin", "Wren"))
    application = boss.create_application("Birds")
    for item in (api, other):
        boss.subscribe(item, application)
    base = f"{DEVPORTAL}/apis/{api['id']}/api-keys"
    made = boss.post(f"{base}/generate", {"keyName": "first", "keyType": "PRODUCTION", "validityPeriod": 3600}, expect=200)
    key = {"apikey": made["apikey"]}
    assert made["apikey"].startswith("mlk_")
    assert outcome(call(guarded, "/robin/1.0.0/x", headers=key)) == (403, "900908")
    listed = boss.get(base)["list"]
    assert [item["keyName"] for item in listed] == ["first"] and made["apikey"] not in json.dumps(listed)
    named = {"keyUUID": listed[0]["keyUUID"]}
    boss.post(f"{base}/associate", {**named, "applicationUUID": application["applicationId"]}, expect=200)
    assert outcome(call(guarded, "/robin/1.0.0/x", headers=key)) == (200, None)
    assert outcome(call(guarded, "/robin/1.0.0/x", params={"apikey": made["apikey"]})) == (200, None)
    assert outcome(call(guarded, "/wren/1.0.0/x", headers=key)) == (403, "900908")
    renewed = boss.post(f"{base}/regenerate", named, expect=200)["apikey"]
    assert outcome(call(guarded, "/robin/1.0.0/x", headers=key)) == (401, "900901")
    assert outcome(call(guarded, "/robin/1.0.0/x", headers={"apikey": renewed})) == (200, None)
    assert named["keyUUID"] in [item["keyUUID"] for item in boss.get(f"{ADMIN}/api-keys")["list"]]
    boss.post(f"{ADMIN}/api-keys/revoke", named, expect=200)
    assert outcome(call(guarded, "/robin/1.0.0/x", headers={"apikey": renewed})) == (401, "900901")
    database = (guarded.data / "martlet.db").read_bytes() if (guarded.data / "martlet.db").exists() else b"".join(
        file.read_bytes() for file in guarded.data.glob("*.db*"))
    assert database and renewed.encode() not in database


def test_restricted_keys(guarded, boss, upstream):
    api = boss.publish_new("Finch", upstream.url, securityScheme=["api_key", "oauth_basic_auth_api_key_mandatory"])
    application = boss.create_application("Finches")
    boss.subscribe(api, application)
    path = f"{DEVPORTAL}/applications/{application['applicationId']}/api-keys/PRODUCTION"
    for name in (None, "named"):
        body = {"validityPeriod": -1, "additionalProperties": {"permittedIP": "10.0.0.0/8", "permittedReferer": ""}, **({"keyName": name} if name else {})}
        key = {"apikey": boss.post(f"{path}/generate", body, expect=200)["apikey"]}
        assert outcome(call(guarded, "/finch/1.0.0/x", headers=key)) == (403, "900908")
        assert outcome(call(guarded, "/finch/1.0.0/x", headers={**key, "X-Forwarded-For": "10.1.2.3"})) == (200, None)
    assert [item["keyName"] for item in boss.get(path)["list"]] == ["named"]


# What backends learn


def test_backends_learn_who_calls(guarded, boss, upstream):
    api = boss.publish_new("Heron", upstream.url)
    token = boss.subscribed_token(api, "Heron watchers")
    answer = call(guarded, "/heron/1.0.0/x", headers={**bearer(token), "X-JWT-Assertion": "forged"})
    assertion = {name.lower(): value for name, value in answer.json()["headers"].items()}["x-jwt-assertion"]
    claims = json.loads(base64.urlsafe_b64decode(assertion.split(".")[1] + "=="))
    assert claims["http://wso2.org/claims/applicationname"] == "Heron watchers"
    assert claims["http://wso2.org/claims/apicontext"] == "/heron/1.0.0"
    keys = call(guarded, "/jwks").json()
    header = json.loads(base64.urlsafe_b64decode(assertion.split(".")[0] + "=="))
    assert [key["kid"] for key in keys["keys"]] == [header["kid"]]
    login = requests.get(f"{guarded.management}/oauth2/jwks", verify=guarded.certificate).json()
    assert header["kid"] not in [key["kid"] for key in login["keys"]]


def test_backends_learn_what_the_user_store_knows(guarded, boss, upstream):
    api = boss.publish_new("Egret", upstream.url)
    application = boss.create_application("Egrets")
    boss.subscribe(api, application)
    keys = boss.generate_keys(application)
    user = {"userName": "wader", "password": "a-long-password-1", "name": {"givenName": "Wanda"}, "emails": ["wanda@example.com"]}
    requests.post(f"{guarded.management}/scim2/Users", json=user, auth=guarded.administrator, verify=guarded.certificate).raise_for_status()
    form = {"grant_type": "password", "username": "wader", "password": "a-long-password-1"}
    token = requests.post(
        f"{guarded.management}/oauth2/token", data=form, auth=(keys["consumerKey"], keys["consumerSecret"]), verify=guarded.certificate).json()["access_token"]

    def told(token):
        headers = call(guarded, "/egret/1.0.0/x", headers=bearer(token)).json()["headers"]
        assertion = next(value for name, value in headers.items() if name.lower() == "x-jwt-assertion")
        claims = json.loads(base64.urlsafe_b64decode(assertion.split(".")[1] + "=="))
        return {name: claims.get(f"http://wso2.org/claims/{name}") for name in ("usertype", "givenname", "emailaddress", "role")}

    assert told(token) == {
        "usertype": "Application_User", "givenname": "Wanda", "emailaddress": "wanda@example.com", "role": ["Internal/everyone"]}
    assert told(boss.application_token(keys)) == {"usertype": "Application", "givenname": None, "emailaddress": None, "role": None}
