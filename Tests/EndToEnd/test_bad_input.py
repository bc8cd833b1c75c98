"""Bad input of any shape gets a clear 4xx with a code; the platform goes on serving."""

import base64
import json
import socket
import ssl

import pytest
import requests

from running_platform import DEVPORTAL, PUBLISHER


def encode(document):
    return base64.urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=").decode()


@pytest.fixture(scope="module")
def published(administrator):
    from running_platform import Backend

    upstream = Backend()
    api = administrator.publish_new("Reef", upstream.url)
    token = administrator.subscribed_token(api, "Divers")
    yield token
    upstream.close()


@pytest.fixture(autouse=True)
def still_serving(platform, published):
    yield
    answer = requests.get(f"{platform.gateway}/reef/1.0.0/x", headers={"Authorization": f"Bearer {published}"}, timeout=10)
    assert answer.status_code == 200
    assert platform.process.poll() is None


def api_body(**members):
    return {"name": "Bad", "version": "1.0.0", "context": "/bad", **members}


@pytest.mark.parametrize("body, says", [
    ('{"name": "x"', ""),
    ("[]", ""),
    ("", "empty"),
    (json.dumps(api_body(name=7)), "name"),
    (json.dumps(api_body(unheard="x")), "unheard"),
    (json.dumps(api_body(type="NOPE")), "type"),
    (json.dumps({"version": "1"}), "name"),
    (json.dumps(api_body(context="/a/../b")), ""),
    (json.dumps(api_body(context="/a%2fb")), "context"),
    ("[" * 100_000, ""),
    ('{"name":"\\u0000","version":"1","context":"/x"}', ""),
])
def test_bad_bodies_of_a_new_api(administrator, body, says):
    answer = administrator.request("POST", f"{PUBLISHER}/apis", data=body.encode(), headers={"Content-Type": "application/json"})
    assert 400 <= answer.status_code < 500, answer.text
    error = answer.json()
    assert error["code"] and says.lower() in answer.text.lower()


def test_an_oversized_body_is_refused(administrator):
    body = b'{"name":"' + b"x" * 64_000_000 + b'"}'
    try:
        answer = administrator.request("POST", f"{PUBLISHER}/apis", data=body, headers={"Content-Type": "application/json"})
    except requests.ConnectionError:
        return  # closed while we were still sending, which RFC 9110 §15.5.14 allows
    assert answer.status_code == 413


YAML_BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(9))
CYCLE = json.dumps({
    "openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": {"/x": {"$ref": "#/paths/~1y"}, "/y": {"$ref": "#/paths/~1x"}}})


@pytest.mark.parametrize("definition", ["", "no openapi", "{", YAML_BOMB, CYCLE, '{"openapi":"3.0.3"}', '{"swagger":"9"}', "\x00\x01"])
def test_broken_definitions_are_refused_on_import(administrator, definition):
    files = {"file": ("definition.yaml", definition), "additionalProperties": (None, json.dumps(api_body()))}
    answer = administrator.request("POST", f"{PUBLISHER}/apis/import-openapi", files=files)
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.json()["code"]


@pytest.mark.parametrize("definition", ["no openapi", "{", YAML_BOMB, '{"openapi":"3.0.3"}'])
def test_broken_definitions_are_explained_by_the_validator(administrator, definition):
    answer = administrator.request("POST", f"{PUBLISHER}/apis/validate-openapi", files={"file": ("definition.yaml", definition)})
    assert answer.status_code in (200, 400)
    if answer.status_code == 200:
        assert answer.json()["isValid"] is False and answer.json()["errors"]


@pytest.mark.parametrize("url", [
    "http://127.0.0.1:1/x", "http://169.254.169.254/latest/meta-data", "http://localhost/", "http://[::1]/", "file:///etc/passwd", "http://10.0.0.1/"])
def test_definitions_are_not_fetched_from_internal_addresses(administrator, url):
    files = {"url": (None, url), "additionalProperties": (None, json.dumps(api_body()))}
    answer = administrator.request("POST", f"{PUBLISHER}/apis/import-openapi", files=files)
    assert 400 <= answer.status_code < 500, answer.text


def forged_tokens(good):
    header, payload, signature = good.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    none = encode({"alg": "none", "typ": "JWT"})
    return {
        "truncated": good[: len(good) // 2], "without signature": f"{header}.{payload}.", "alg none": f"{none}.{payload}.",
        "alg none with signature": f"{none}.{payload}.{signature}", "other claims": f"{header}.{encode({**claims, 'sub': 'x'})}.{signature}",
        "expired": f"{header}.{encode({**claims, 'exp': 1})}.{signature}",
        "foreign issuer": f"{header}.{encode({**claims, 'iss': 'https://elsewhere'})}.{signature}",
        "empty": "", "dots": "..", "four parts": good + ".x", "not base64": "a.b*c.d", "very long": "a" * 20_000, "bytes": "\xff\xfe",
    }


@pytest.mark.parametrize("kind", list(forged_tokens("e30.e30.x")))
def test_bad_tokens_are_refused_everywhere(platform, administrator, published, kind):
    token = forged_tokens(published)[kind]
    headers = {"Authorization": f"Bearer {token}".encode("latin-1")}
    gateway = requests.get(f"{platform.gateway}/reef/1.0.0/x", headers=headers)
    assert gateway.status_code == 401, gateway.text
    assert gateway.json()["code"] in ("900901", "900902")
    assert not token or len(token) < 4 or token not in gateway.text
    management = administrator.session.get(f"{platform.management}{PUBLISHER}/apis", headers=headers)
    assert management.status_code in (401, 431), management.text


@pytest.mark.parametrize("path", [
    "/reef/1.0.0/../../x", "/reef/1.0.0/%2e%2e/%2e%2e/x", "/reef%2f1.0.0/x", "/reef/1.0.0/a%2fb%00", "//reef/1.0.0/x", "/reef/1.0.0/%zz"])
def test_odd_paths_never_leave_the_context(platform, published, path):
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {published}\r\nConnection: close\r\n\r\n"
    answer = exchange(platform, request.encode())
    status = int(answer.split(b" ")[1])
    assert status == 200 and b'"path": "/' in answer and b"/../" not in answer.split(b"\r\n\r\n", 1)[1] or 400 <= status < 500, answer


@pytest.mark.parametrize("target", ["/reef/1.0.0/%zz", "/reef/1.0.0/x%", "/reef/1.0.0/x?a=100%", "/reef/1.0.0/x?%4=1&b=%41"])
def test_escapes_without_digits_are_refused(platform, published, target):
    answer = exchange(platform, f"GET {target} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {published}\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 400 ") and b"a % that is not followed by two hexadecimal digits" in answer


def test_a_client_that_ends_its_half_gets_its_answer(platform, published):
    request = f"GET /reef/1.0.0/last HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {published}\r\n\r\n"
    answer = exchange(platform, request.encode() * 2, ends=True)
    assert answer.count(b"HTTP/1.1 200 OK\r\n") == 2, answer


def exchange(platform, data, tls=False, ends=False):
    port = (8243 if tls else 8280) + platform.offset
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        if tls:
            connection = ssl.create_default_context(cafile=platform.certificate).wrap_socket(connection, server_hostname="localhost")
        connection.sendall(data)
        if ends:
            connection.shutdown(socket.SHUT_WR)
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
        return answer


SMUGGLING = {
    "two lengths": b"POST /reef/1.0.0/x HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "length and chunked": b"POST /reef/1.0.0/x HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "folded field": b"GET /reef/1.0.0/x HTTP/1.1\r\nHost: h\r\nX: a\r\n b\r\n\r\n",
    "bare line feed": b"GET /reef/1.0.0/x HTTP/1.1\nHost: h\n\n",
    "blank before colon": b"GET /reef/1.0.0/x HTTP/1.1\r\nHost : h\r\n\r\n",
    "no host": b"GET /reef/1.0.0/x HTTP/1.1\r\n\r\n",
    "two hosts": b"GET /reef/1.0.0/x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "odd coding": b"POST /reef/1.0.0/x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "negative length": b"POST /reef/1.0.0/x HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n",
    "garbage": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n",
    "huge field": b"GET /reef/1.0.0/x HTTP/1.1\r\nHost: h\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
    "many fields": b"GET /reef/1.0.0/x HTTP/1.1\r\nHost: h\r\n" + b"X: a\r\n" * 5000 + b"\r\n",
    "long target": b"GET /reef/1.0.0/" + b"a" * 60_000 + b" HTTP/1.1\r\nHost: h\r\n\r\n",
}


@pytest.mark.parametrize("kind", list(SMUGGLING))
def test_malformed_requests_are_refused_and_the_connection_closed(platform, kind):
    try:
        answer = exchange(platform, SMUGGLING[kind])
    except ConnectionResetError:
        return  # the answer was sent, but closing with unread bytes resets the connection
    assert 400 <= int(answer.split(b" ")[1]) < 600, answer[:200]
    assert answer.count(b"HTTP/1.1 ") == 1


def test_half_open_connections_do_not_disturb_others(platform, published):
    sleepers = []
    try:
        for number in range(200):
            connection = socket.create_connection(("127.0.0.1", 8280 + platform.offset))
            if number % 2:
                connection.sendall(b"GET /reef/1.0.0/x HT")
            sleepers.append(connection)
        answer = requests.get(f"{platform.gateway}/reef/1.0.0/x", headers={"Authorization": f"Bearer {published}"}, timeout=5)
        assert answer.status_code == 200
    finally:
        for connection in sleepers:
            connection.close()


def test_another_tenants_token_sees_nothing(platform, administrator):
    owner = {"username": "kim", "password": "Secret-of-kim-1", "email": "kim@other.example", "firstname": "K", "lastname": "M",
             "provisioningMethod": "inline-password"}
    administrator.session.post(
        f"{platform.management}/api/server/v1/tenants", json={"domain": "other.example", "owners": [owner]},
        auth=platform.administrator).raise_for_status()
    kim = platform.client("kim@other.example", "Secret-of-kim-1", tenant="other.example")
    api = administrator.create_api("Hidden", "http://127.0.0.1:9")
    application = administrator.create_application("Hidden application")
    for method, path in [
        ("GET", f"{PUBLISHER}/apis/{api['id']}"), ("PUT", f"{PUBLISHER}/apis/{api['id']}"), ("DELETE", f"{PUBLISHER}/apis/{api['id']}"),
        ("GET", f"{PUBLISHER}/apis/{api['id']}/swagger"), ("POST", f"{PUBLISHER}/apis/{api['id']}/revisions"),
        ("GET", f"{DEVPORTAL}/applications/{application['applicationId']}"),
        ("DELETE", f"{DEVPORTAL}/applications/{application['applicationId']}"),
    ]:
        body = {"json": api} if method == "PUT" else {"json": {"description": "x"}} if method == "POST" else {}
        assert kim.request(method, path, **body).status_code == 404, f"{method} {path}"
    assert kim.get(f"{PUBLISHER}/apis")["count"] == 0
    assert administrator.request("GET", f"{PUBLISHER}/apis/{api['id']}").status_code == 200
