"""Fills a platform's database with copies of one API, one application and one subscription, as gateways know them."""
import json
import sqlite3
import uuid

SUPER_TENANT = -1234


class Originals:
    """The gateway's values of what was made through the REST API, to be copied."""

    def __init__(self, connection, api_id, application_id):
        def first(kind, **members):
            for (text,) in connection.execute("SELECT value FROM gateway_entity WHERE kind = ?", (kind,)):
                value = json.loads(text)
                if members.items() <= value.items():
                    return value
            raise ValueError(f"no {kind} with {members}")

        self.api = first("api", id=api_id)
        self.application = first("application", id=application_id)
        self.mapping = first("keyMapping", applicationID=application_id)
        self.subscription = first("subscription", applicationID=application_id)


def api_copies(original, count):
    for number in range(count):
        value = {**original.api, "id": str(uuid.uuid4()), "name": f"Copy{number}", "context": f"/copy{number}/1.0.0"}
        yield "api", f"{value['id']}/{value['environment']}", value


def application_copies(original, count, apis):
    """Applications with a consumer key and a subscription each; the subscriptions are dealt to the APIs in turn."""
    for number in range(count):
        value = {**original.application, "id": str(uuid.uuid4()), "number": 1_000_000 + number, "name": f"Copy {number}"}
        yield "application", value["id"], value
        mapping = {**original.mapping, "consumerKey": f"copy-{number}", "applicationID": value["id"]}
        yield "keyMapping", f"{mapping['tenant']}/{mapping['keyManager']}/{mapping['consumerKey']}", mapping
        subscription = {
            **original.subscription, "id": str(uuid.uuid4()), "applicationID": value["id"], "apiID": apis[number % len(apis)]}
        yield "subscription", subscription["id"], subscription


def multiply(database, api_id, application_id, *, apis, applications):
    """Writes the copies while the platform stands still; answers how many gateway entities there are now."""
    with sqlite3.connect(database) as connection:
        original = Originals(connection, api_id, application_id)
        (sequence,) = connection.execute("SELECT sequence FROM outbox_head").fetchone()
        copied = list(api_copies(original, apis))
        identifiers = [value["id"] for _, _, value in copied] or [api_id]
        copied += application_copies(original, applications, identifiers)
        connection.executemany(
            "INSERT INTO gateway_entity (kind, entity_key, tenant_id, sequence, value) VALUES (?, ?, ?, ?, ?)",
            [(kind, key, SUPER_TENANT, sequence, json.dumps(value)) for kind, key, value in copied])
        return connection.execute("SELECT count(*) FROM gateway_entity").fetchone()[0]
