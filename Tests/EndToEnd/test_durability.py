"""What was confirmed is there after the process was killed, and what was deployed is live when it was answered."""

import threading

import pytest
import requests

from running_platform import DEVPORTAL, RunningPlatform


def write_until_killed(platform, confirmed, errors, count, prefix=""):
    """Creates up to `count` applications from each of several threads and remembers the confirmed ones."""
    # One token for all: each new one of a user and a client ends the one before.
    client = platform.client()

    def run(number):
        for index in range(count):
            name = f"{prefix} application {number} {index}".strip()
            try:
                answer = client.request(
                    "POST", f"{DEVPORTAL}/applications", json={"name": name, "throttlingPolicy": "Unlimited", "description": ""})
            except requests.RequestException:
                return
            if answer.status_code == 201:
                confirmed.append(name)
            else:
                errors.append(answer.text)
                return

    threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    return threads


def all_applications(client):
    names, offset = set(), 0
    while True:
        page = client.get(f"{DEVPORTAL}/applications?limit=500&offset={offset}")
        names.update(item["name"] for item in page["list"])
        offset += len(page["list"])
        if not page["list"] or offset >= page["pagination"]["total"]:
            return names


def kill_among_writes(platform, rounds, writes, crash=lambda: None):
    """Several times: confirms so many writes, kills the platform while more are under way, and looks for all of them after the restart.

    `crash` happens after the kill, for instance to the database.
    """
    everything = set()
    for number in range(rounds):
        confirmed, errors = [], []
        threads = write_until_killed(platform, confirmed, errors, writes, prefix=f"round {number}")
        while len(confirmed) < writes and any(thread.is_alive() for thread in threads):
            threads[0].join(0.01)
        platform.kill()
        for thread in threads:
            thread.join()
        crash()
        assert not errors
        assert len(confirmed) >= writes
        everything.update(confirmed)
        platform.start()
        assert everything <= all_applications(platform.client())
    return len(everything)


@pytest.mark.parametrize("rounds, writes", [(1, 300), pytest.param(4, 2500, marks=pytest.mark.slow)])
def test_every_confirmed_write_survives_kill_9(tmp_path, rounds, writes):
    platform = RunningPlatform(tmp_path / "data").start()
    try:
        assert kill_among_writes(platform, rounds, writes) >= rounds * writes
    finally:
        platform.stop()


@pytest.mark.parametrize("count", [40, pytest.param(1000, marks=pytest.mark.slow)])
def test_a_deploy_that_was_answered_is_live(platform, administrator, backend, count):
    api = administrator.publish_new(f"Current{count}", backend.url + "/0")
    token = administrator.subscribed_token(api, f"Current watchers {count}")
    path = f"/api/am/publisher/v4/apis/{api['id']}"
    session = requests.Session()
    for number in range(1, count + 1):
        body = administrator.get(path)
        body["endpointConfig"]["production_endpoints"]["url"] = f"{backend.url}/{number}"
        administrator.request("PUT", path, json=body, expect=200)
        revisions = administrator.get(f"{path}/revisions")["list"]
        old = [revision for revision in revisions if not revision.get("deploymentInfo")]
        for revision in old:
            administrator.request("DELETE", f"{path}/revisions/{revision['id']}", expect=200)
        administrator.deploy(api)
        answer = session.get(f"{platform.gateway}/current{count}/1.0.0/x", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200, answer.text
        assert answer.json()["path"] == f"/{number}/x"


@pytest.mark.parametrize("count, connections", [(20, 16), pytest.param(100, 64, marks=pytest.mark.slow)])
def test_redeployments_do_not_fail_requests(platform, administrator, backend, count, connections):
    api = administrator.publish_new(f"Swell{count}", backend.url)
    token = administrator.subscribed_token(api, f"Surfers {count}")
    path = f"/api/am/publisher/v4/apis/{api['id']}"
    done = threading.Event()
    failures, calls = [], []

    def call():
        with requests.Session() as session:
            while not done.is_set():
                answer = session.get(f"{platform.gateway}/swell{count}/1.0.0/x", headers={"Authorization": f"Bearer {token}"}, timeout=30)
                calls.append(answer.status_code)
                if answer.status_code != 200:
                    failures.append(answer.text)

    threads = [threading.Thread(target=call) for _ in range(connections)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(count):
            for revision in administrator.get(f"{path}/revisions")["list"]:
                if not revision.get("deploymentInfo"):
                    administrator.request("DELETE", f"{path}/revisions/{revision['id']}", expect=200)
            administrator.deploy(api)
    finally:
        done.set()
        for thread in threads:
            thread.join()
    assert not failures
    assert len(calls) > 100
