"""Client certificates that are uploaded in the publisher, and what the gateway makes of them."""

import subprocess

import pytest
import requests

from running_platform import PUBLISHER


@pytest.fixture(scope="module")
def identities(tmp_path_factory):
    """Two keys with self-signed certificates."""
    folder = tmp_path_factory.mktemp("certificates")
    made = {}
    for name in ("warehouse", "stranger"):
        key, certificate = folder / f"{name}.key", folder / f"{name}.crt"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
             "-subj", f"/CN={name}", "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
        made[name] = (str(certificate), str(key))
    return made


def call(platform, path, identity=None):
    session = requests.Session()
    session.trust_env = False
    return session.get(platform.gateway_https + path, cert=identity, verify=platform.certificate)


def upload(client, path, identity, expect=200, method="POST", **fields):
    files = {name: (None, value) for name, value in fields.items()}
    if identity:
        files["certificate"] = ("client.crt", open(identity[0], "rb"))
    return client.request(method, path, files=files, expect=expect)


def test_a_client_certificate_counts_from_its_upload_to_its_deletion(platform, administrator, backend, identities):
    api = administrator.publish_new("Depot", backend.url, securityScheme=["mutualssl", "mutualssl_mandatory"])
    path = f"{PUBLISHER}/apis/{api['id']}/client-certs/PRODUCTION"
    assert call(platform, "/depot/1.0.0/x", identities["warehouse"]).status_code == 401
    for _ in range(3):
        upload(administrator, path, identities["warehouse"], alias="warehouse", tier="Unlimited")
        assert call(platform, "/depot/1.0.0/x", identities["warehouse"]).status_code == 200
        assert call(platform, "/depot/1.0.0/x", identities["stranger"]).status_code == 401
        assert call(platform, "/depot/1.0.0/x").status_code == 401
        upload(administrator, f"{path}/warehouse", identities["stranger"], method="PUT")
        assert call(platform, "/depot/1.0.0/x", identities["warehouse"]).status_code == 401
        assert call(platform, "/depot/1.0.0/x", identities["stranger"]).status_code == 200
        administrator.request("DELETE", f"{path}/warehouse", expect=200)
        assert call(platform, "/depot/1.0.0/x", identities["stranger"]).status_code == 401


def test_what_is_no_certificate_is_refused(administrator, backend, identities):
    api = administrator.create_api("Depots", backend.url)
    path = f"{PUBLISHER}/apis/{api['id']}/client-certs/SANDBOX"
    key = (identities["warehouse"][1], "")
    assert "private key" in upload(administrator, path, key, expect=400, alias="a", tier="Gold").json()["description"]
    upload(administrator, path, None, expect=400, alias="a", tier="Gold")
    upload(administrator, path, identities["warehouse"], expect=400, alias="a", tier="Platinum")
    upload(administrator, path, identities["warehouse"], alias="a", tier="Gold")
    upload(administrator, path, identities["warehouse"], expect=409, alias="a", tier="Gold")
    info = administrator.get(f"{path}/a")
    assert (info["status"], info["subject"]) == ("Active", "CN=warehouse")


def test_endpoint_certificates_belong_to_the_tenant(administrator, backend, identities):
    path = f"{PUBLISHER}/endpoint-certificates"
    upload(administrator, path, identities["warehouse"], alias="backend", endpoint=backend.url)
    assert administrator.get(path)["certificates"] == [{"alias": "backend", "endpoint": backend.url}]
    api = administrator.create_api("Backed", backend.url)
    assert [found["id"] for found in administrator.get(f"{path}/backend/usage")["list"]] == [api["id"]]
    text = administrator.request("GET", f"{path}/backend/content", expect=200)
    assert text.text.strip() == open(identities["warehouse"][0]).read().strip()
    administrator.request("DELETE", f"{path}/backend", expect=200)
    administrator.request("GET", f"{path}/backend", expect=404)
