"""Definitions that come as archives, honest ones and others."""

import io
import json
import stat
import zipfile

import pytest

from running_platform import PUBLISHER

MAIN = """
openapi: 3.0.3
info: {title: Archive, version: 1.0.0}
paths:
  /ships: {$ref: "paths/ships.yaml"}
"""
SHIPS = """
get:
  responses:
    "200": {description: ok, content: {application/json: {schema: {$ref: "../schemas/ship.json"}}}}
"""
SHIP = json.dumps({"type": "object", "properties": {"next": {"$ref": "ship.json"}}})
PROPERTIES = {"name": "Archive", "version": "1.0.0", "context": "/archive", "policies": ["Unlimited"]}
HONEST = {"api/swagger.yaml": MAIN, "api/paths/ships.yaml": SHIPS, "api/schemas/ship.json": SHIP}


def archive(files, compression=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return buffer.getvalue()


def link(name, target):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        entry = zipfile.ZipInfo(name)
        entry.create_system = 3
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        made.writestr(entry, target)
    return buffer.getvalue()


def validate(client, content):
    return client.post(
        f"{PUBLISHER}/apis/validate-openapi?returnContent=true", expect=200, files={"file": ("api.zip", content, "application/zip")})


def test_an_archive_is_validated_and_imported(administrator):
    found = validate(administrator, archive(HONEST))
    assert found["isValid"], found
    assert found["info"]["name"] == "Archive"
    assert "#/components/schemas/ship" in found["content"]

    api = administrator.post(
        f"{PUBLISHER}/apis/import-openapi",
        files={"file": ("api.zip", archive(HONEST), "application/zip"), "additionalProperties": (None, json.dumps(PROPERTIES))})
    assert [(o["verb"], o["target"]) for o in api["operations"]] == [("GET", "/ships")]
    swagger = administrator.get(f"{PUBLISHER}/apis/{api['id']}/swagger")
    ship = swagger["components"]["schemas"]["ship"]
    assert ship["properties"]["next"] == {"$ref": "#/components/schemas/ship"}


@pytest.mark.parametrize("name, content, part", [
    ("without main file", lambda: archive({"pets.yaml": MAIN}), "swagger.json"),
    ("a bomb", lambda: archive({"swagger.yaml": b"#" + b" " * 9_000_000 + MAIN.encode()}), "times larger"),
    ("many bombs", lambda: archive({f"{i}.yaml": b"\0" * 250_000 for i in range(200)} | {"swagger.yaml": MAIN}), "bytes together"),
    ("too many files", lambda: archive({f"{i}.yaml": "" for i in range(1_001)}), "entries"),
    ("deep folders", lambda: archive({"a/" * 30 + "swagger.yaml": MAIN}), "deeper"),
    ("a way out", lambda: archive({"swagger.yaml": MAIN, "../../evil.yaml": "x"}), "unsafe path"),
    ("an absolute path", lambda: archive({"swagger.yaml": MAIN, "/etc/cron.d/evil": "x"}), "unsafe path"),
    ("a link", lambda: link("swagger.yaml", "/etc/passwd"), "neither a file nor a folder"),
    ("an archive in the archive", lambda: archive({"swagger.yaml": MAIN, "more.zip": archive(HONEST)}), "archive itself"),
    ("a reference out of the archive", lambda: archive({"swagger.yaml": MAIN.replace("paths/ships.yaml", "../ships.yaml")}), "../ships.yaml"),
    ("a reference to nothing", lambda: archive({"swagger.yaml": MAIN}), "paths/ships.yaml"),
    ("a cycle of paths", lambda: archive({"swagger.yaml": MAIN, "paths/ships.yaml": "{$ref: ships.yaml}"}), "cycle"),
    ("an alias bomb", lambda: archive({"swagger.yaml": "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(9))}), "alias"),
    ("cut off", lambda: archive(HONEST)[:-40], "damaged"),
    ("encrypted or damaged", lambda: archive(HONEST).replace(b"PK\x01\x02", b"PK\x01\x03", 1), "damaged"),
], ids=lambda value: value.replace(" ", "-") if isinstance(value, str) else "")
def test_what_is_wrong_with_an_archive_is_said(administrator, name, content, part):
    bytes_ = content()
    found = validate(administrator, bytes_)
    assert not found["isValid"]
    assert part in found["errors"][0]["description"], found
    refused = administrator.request(
        "POST", f"{PUBLISHER}/apis/import-openapi", expect=400,
        files={"file": ("api.zip", bytes_, "application/zip"), "additionalProperties": (None, json.dumps(PROPERTIES))})
    assert refused.json()["code"] in (900754, 900758)
