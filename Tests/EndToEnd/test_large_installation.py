"""The gateway starts with a hundred thousand things to know: measured, and with a wide bound so that only a change of kind fails.

The entities are copies of those of one API, one application and one subscription, written into the database while the platform stands still.
"""

import json
import pathlib
import sqlite3
import time
import uuid

import pytest
import requests

from running_platform import RunningPlatform

APIS, APPLICATIONS = 5_000, 30_000


def copies(connection, api, application):
    """Multiplies the rows of `gateway_entity`: APIs, then applications with a key and a subscription each."""
    rows = connection.execute("SELECT kind, entity_key, tenant_id, sequence, value FROM gateway_entity").fetchall()
    of = {kind: [json.loads(row[4]) for row in rows if row[0] == kind] for kind in ("api", "application", "keyMapping", "subscription")}
    (sequence,) = connection.execute("SELECT sequence FROM outbox_head").fetchone()
    the_api = next(value for value in of["api"] if value["id"] == api["id"])
    the_application = next(value for value in of["application"] if value["id"] == application["applicationId"])
    the_mapping = next(value for value in of["keyMapping"] if value["applicationID"] == the_application["id"])
    the_subscription = next(value for value in of["subscription"] if value["applicationID"] == the_application["id"])

    def put(kind, key, value):
        connection.execute(
            "INSERT INTO gateway_entity (kind, entity_key, tenant_id, sequence, value) VALUES (?, ?, ?, ?, ?)",
            (kind, key, -1234, sequence, json.dumps(value)))

    apis = []
    for number in range(APIS):
        value = {**the_api, "id": str(uuid.uuid4()), "name": f"Copy{number}", "context": f"/copy{number}/1.0.0"}
        apis.append(value["id"])
        put("api", f"{value['id']}/{value['environment']}", value)
    for number in range(APPLICATIONS):
        value = {**the_application, "id": str(uuid.uuid4()), "number": 1_000_000 + number, "name": f"Copy {number}"}
        put("application", value["id"], value)
        mapping = {**the_mapping, "consumerKey": f"copy-{number}", "applicationID": value["id"]}
        put("keyMapping", f"{mapping['tenant']}/{mapping['keyManager']}/{mapping['consumerKey']}", mapping)
        subscription = {**the_subscription, "id": str(uuid.uuid4()), "applicationID": value["id"], "apiID": apis[number % APIS]}
        put("subscription", subscription["id"], subscription)


def resident_megabytes(process):
    for line in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) // 1024
    return None


@pytest.mark.slow
def test_a_hundred_thousand_entities_are_loaded_at_the_start(tmp_path, backend, capsys):
    platform = RunningPlatform(tmp_path / "data").start()
    client = platform.client()
    operations = [{"target": f"/things{number}/{{id}}", "verb": "GET"} for number in range(10)]
    api = client.publish_new("Original", backend.url, operations=operations)
    application = client.create_application("Originals")
    client.subscribe(api, application)
    token = client.application_token(client.generate_keys(application))
    assert platform.stop() == 0
    with sqlite3.connect(platform.data / "martlet.db") as connection:
        copies(connection, api, application)
        (count,) = connection.execute("SELECT count(*) FROM gateway_entity").fetchone()
    assert count > 95_000

    begin = time.monotonic()
    platform.start()
    seconds = time.monotonic() - begin
    try:
        with capsys.disabled():
            print(f"\n{count} entities: ready after {seconds:.1f} s, {resident_megabytes(platform.process)} MB resident")
        answer = requests.get(
            f"{platform.gateway}/original/1.0.0/things3/7", headers={"Authorization": f"Bearer {token}"}, timeout=30)
        assert answer.status_code == 200, answer.text
        # A change of one thing among the many is still live when it is answered.
        begin = time.monotonic()
        client.deploy(api)
        with capsys.disabled():
            print(f"revision and deployment among them: {time.monotonic() - begin:.2f} s")
        assert seconds < 60
    finally:
        platform.stop()
