"""Texts that are longer than an index of PostgreSQL takes are a clear 4xx, wherever a client can send them, and never a 500."""

import random
import string

import pytest
import requests

from postgresql_server import PostgreSQLServer
from running_platform import ADMIN, DEVPORTAL, PUBLISHER
from test_postgresql import platform_on

# No compression makes these fit: 5,000 random letters, and 2,000 characters of four bytes each.
RANDOM = random.Random(1)
LONG = ["".join(RANDOM.choices(string.ascii_lowercase + string.digits, k=5000)),
        "".join(chr(RANDOM.randrange(0x20000, 0x2A000)) for _ in range(2000))]


@pytest.fixture(scope="module")
def platform(tmp_path_factory):
    server = PostgreSQLServer()
    running = platform_on(server, tmp_path_factory.mktemp("long")).start()
    yield running
    running.stop()
    server.stop()


@pytest.fixture(scope="module")
def client(platform):
    return platform.client()


def new_api(**members):
    return {"name": "Long", "version": "1", "context": "/long", **members}


def application_policy(name):
    limit = {"type": "REQUESTCOUNTLIMIT", "requestCount": {"timeUnit": "min", "unitTime": 1, "requestCount": 5}}
    return {"policyName": name, "displayName": "d", "description": "", "defaultLimit": limit}


def user(name):
    return {"schemas": [], "userName": name, "password": "A-long-password-1", "emails": [{"value": "a@b.example"}]}


def tenant(domain):
    owner = {"username": "kim", "password": "Secret-of-kim-1", "email": "kim@other.example", "firstname": "K", "lastname": "M",
             "provisioningMethod": "inline-password"}
    return {"domain": domain, "owners": [owner]}


CASES = {
    "the name of an API": ("POST", f"{PUBLISHER}/apis", lambda text: new_api(name=text)),
    "its version": ("POST", f"{PUBLISHER}/apis", lambda text: new_api(version=text)),
    "its context": ("POST", f"{PUBLISHER}/apis", lambda text: new_api(context="/" + text)),
    "its tags": ("POST", f"{PUBLISHER}/apis", lambda text: new_api(tags=[text])),
    "its properties": ("POST", f"{PUBLISHER}/apis", lambda text: new_api(additionalProperties=[{"name": "p", "value": text}])),
    "its endpoint": ("POST", f"{PUBLISHER}/apis", lambda text: new_api(
        endpointConfig={"endpoint_type": "http", "production_endpoints": {"url": "http://127.0.0.1/" + text}})),
    "its roles": ("POST", f"{PUBLISHER}/apis", lambda text: new_api(visibility="RESTRICTED", visibleRoles=[text])),
    "its categories": ("POST", f"{PUBLISHER}/apis", lambda text: new_api(categories=[text])),
    "its scopes": ("POST", f"{PUBLISHER}/apis", lambda text: new_api(
        scopes=[{"scope": {"name": text, "displayName": "s", "bindings": []}, "shared": False}])),
    "a shared scope": ("POST", f"{PUBLISHER}/scopes", lambda text: {"name": text, "displayName": "s", "bindings": []}),
    "an application": ("POST", f"{DEVPORTAL}/applications", lambda text: {"name": text, "throttlingPolicy": "Unlimited"}),
    "an application's policy": ("POST", f"{DEVPORTAL}/applications", lambda text: {"name": "a", "throttlingPolicy": text}),
    "a throttling policy": ("POST", f"{ADMIN}/throttling/policies/application", application_policy),
    "an environment": ("POST", f"{ADMIN}/environments", lambda text: {
        "name": text, "displayName": "e", "vhosts": [{"host": "e.example", "httpPort": 80, "httpsPort": 443}]}),
    "a role alias": ("PUT", f"{ADMIN}/system-scopes/role-aliases", lambda text: {"count": 1, "list": [{"role": "admin", "aliases": [text]}]}),
    "an OAuth client": ("POST", "/client-registration/v0.17/register", lambda text: {
        "clientName": text, "owner": "admin", "grantType": "password", "saasApp": True}),
    "a user": ("POST", "/scim2/Users", user),
    "a role": ("POST", "/scim2/v2/Roles", lambda text: {"displayName": text}),
    "a group": ("POST", "/scim2/Groups", lambda text: {"displayName": text}),
    "a tenant": ("POST", "/api/server/v1/tenants", tenant),
}


@pytest.mark.parametrize("text", LONG, ids=["letters", "ideographs"])
@pytest.mark.parametrize("case", CASES)
def test_a_long_text_is_refused(platform, client, case, text):
    method, path, body = CASES[case]
    answer = requests.request(
        method, platform.management + path, json=body(text), auth=platform.administrator, verify=platform.certificate, timeout=60)
    assert 400 <= answer.status_code < 500 and answer.status_code != 404, answer.text[:300]
    assert answer.json() and "index row" not in answer.text


@pytest.mark.parametrize("text", LONG, ids=["letters", "ideographs"])
def test_a_long_text_that_is_looked_for_finds_nothing(platform, client, text):
    for path in (f"{PUBLISHER}/apis?query=name:", f"{DEVPORTAL}/apis?query=tag:", f"{DEVPORTAL}/applications?query="):
        answer = client.request("GET", path + text[:1500])
        assert answer.status_code < 500, answer.text[:300]
