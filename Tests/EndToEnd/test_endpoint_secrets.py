"""Passwords for backends: shown to nobody, in the clear nowhere."""

from running_platform import PUBLISHER

SECRET = "0pen-sesame-of-the-harbour"


def everything_stored(platform):
    for file in platform.data.rglob("*"):
        if file.is_file():
            yield file, file.read_bytes()


def test_a_password_for_a_backend_is_masked_and_sealed(platform, administrator, backend):
    security = {"production": {"enabled": True, "type": "BASIC", "username": "kim", "password": SECRET}, "sandbox": {"enabled": False}}
    config = {"endpoint_type": "http", "production_endpoints": {"url": backend.url}, "endpoint_security": security}
    api = administrator.create_api("Vaulted", backend.url, endpointConfig=config)
    revision = administrator.deploy(api)
    administrator.publish(api)
    product = administrator.post(f"{PUBLISHER}/api-products", {
        "name": "Vaults", "context": "/vaults", "version": "1.0.0", "policies": ["Unlimited"],
        "apis": [{"apiId": api["id"], "operations": [{"verb": "GET", "target": "/*"}]}]})
    administrator.post(f"{PUBLISHER}/api-products/{product['id']}/revisions", {"description": ""})

    for path in (f"/apis/{api['id']}", f"/apis/{api['id']}/swagger", f"/apis/{api['id']}/revisions/{revision['id']}",
                 f"/api-products/{product['id']}", "/apis?limit=100"):
        assert SECRET not in administrator.request("GET", PUBLISHER + path, expect=200).text
    shown = administrator.get(f"{PUBLISHER}/apis/{api['id']}")
    assert shown["endpointConfig"]["endpoint_security"]["production"]["password"] == ""
    for file, content in everything_stored(platform):
        assert SECRET.encode() not in content, file

    # What came back masked keeps what is stored: the restored copy still has it, sealed.
    administrator.request("PUT", f"{PUBLISHER}/apis/{api['id']}", json=shown, expect=200)
    administrator.deploy(api)
    for file, content in everything_stored(platform):
        assert SECRET.encode() not in content, file
