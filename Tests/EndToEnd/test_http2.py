"""HTTP/2 on both sides of the gateway, with clients and servers that others have written."""

import asyncio
import ssl

import httpx
import pytest

from grpc_backend import SERVICE, GRPCBackend


@pytest.fixture(scope="module")
def shop(administrator, module_backend):
    api = administrator.publish_new("Library", module_backend.url)
    return administrator.subscribed_token(api, "Readers")


@pytest.fixture(scope="module")
def module_backend():
    from running_platform import Backend
    upstream = Backend()
    yield upstream
    upstream.close()


def client_of(platform, scheme):
    if scheme == "http":
        return httpx.Client(http1=False, http2=True, base_url=platform.gateway, trust_env=False)
    return httpx.Client(http2=True, base_url=platform.gateway_https, verify=ssl.create_default_context(cafile=platform.certificate), trust_env=False)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_client_of_http2_calls_an_api(platform, shop, scheme):
    with client_of(platform, scheme) as client:
        answer = client.post("/library/1.0.0/books?sort=title", headers={"Authorization": f"Bearer {shop}"}, content=b"hello")
        assert (answer.status_code, answer.http_version) == (200, "HTTP/2"), answer.text
        seen = answer.json()
        assert (seen["method"], seen["path"], seen["body"]) == ("POST", "/books?sort=title", "hello")
        assert "Authorization" not in seen["headers"] and "authorization" not in seen["headers"]
        refused = client.get("/library/1.0.0/books")
        assert (refused.status_code, refused.json()["code"]) == (401, "900902")


def test_requests_of_one_connection_at_the_same_time(platform, shop):
    async def call_all():
        trust = ssl.create_default_context(cafile=platform.certificate)
        limits = httpx.Limits(max_connections=1)
        async with httpx.AsyncClient(
                http2=True, base_url=platform.gateway_https, verify=trust, trust_env=False, limits=limits, timeout=60) as client:
            async def call(number):
                return (await client.get(f"/library/1.0.0/{number}", headers={"Authorization": f"Bearer {shop}"})).json()["path"]
            return await asyncio.gather(*map(call, range(200)))

    # In one thread: connections of httpx are not to be shared by several.
    assert asyncio.run(call_all()) == [f"/{number}" for number in range(200)]


def test_a_body_of_unknown_length_arrives_whole(platform, shop):
    with client_of(platform, "http") as client:
        pieces = [b"x" * 50_000 for _ in range(40)]
        answer = client.post("/library/1.0.0/books", headers={"Authorization": f"Bearer {shop}"}, content=iter(pieces))
        assert len(answer.json()["body"]) == 2_000_000


def test_the_access_log_names_the_version(platform, shop):
    with client_of(platform, "http") as client:
        client.get("/library/1.0.0/logged-as-two", headers={"Authorization": f"Bearer {shop}"})
    from running_platform import wait_until
    log = next(platform.data.glob("**/access.log"))
    wait_until(lambda: '"GET /library/1.0.0/logged-as-two HTTP/2.0"' in log.read_text(), what="the line of the request")


def test_an_endpoint_of_http2_is_called_so_by_every_client(platform, administrator):
    with GRPCBackend() as backend:
        url = {"url": f"http://127.0.0.1:{backend.port}", "config": {"httpVersion": "2"}}
        config = {"endpoint_type": "http", "production_endpoints": url, "sandbox_endpoints": url}
        api = administrator.publish_new("Courier", url["url"], endpointConfig=config)
        headers = {"Authorization": f"Bearer {administrator.subscribed_token(api, 'Couriers')}", "Content-Type": "application/grpc"}
        # A message of gRPC has its length in front of it.
        answer = httpx.post(f"{platform.gateway}/courier/1.0.0/{SERVICE}/Get", headers=headers, content=b"\0\0\0\0\4soup", trust_env=False)
        assert (answer.status_code, answer.http_version) == (200, "HTTP/1.1"), answer.text
        assert answer.content == b"\0\0\0\0\10got soup"


def test_a_wrong_version_is_refused(administrator):
    url = {"url": "http://127.0.0.1:1", "config": {"httpVersion": "3"}}
    body = {"name": "Fax", "version": "1.0.0", "context": "/fax", "endpointConfig": {"endpoint_type": "http", "production_endpoints": url}}
    answer = administrator.request("POST", "/api/am/publisher/v4/apis", json=body)
    assert answer.status_code == 400 and "httpVersion" in answer.text
