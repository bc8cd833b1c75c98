"""Three gateways that share their quota counts through a Redis server."""

import threading
import time

import pytest
import requests

from postgresql_server import PostgreSQLServer
from redis_server import RedisServer
from running_platform import ADMIN, DEVPORTAL, RunningPlatform, wait_until


def limit(count):
    return {"type": "REQUESTCOUNTLIMIT", "requestCount": {"requestCount": count, "unitTime": 1, "timeUnit": "days"}}


class Cluster:
    """Three nodes on one database, and one Redis server."""

    def __init__(self, folder, interval):
        self.database, self.redis, self.nodes = PostgreSQLServer(), RedisServer(), []
        self.folder, self.interval = folder, interval

    def _node(self, folder, interval):
        folder.mkdir()
        file = folder / "deployment.toml"
        file.write_text(
            '[super_admin]\nusername = "admin"\npassword = "a-password-of-tests"\n[encryption]\nkey = "' + "A" * 43 + '="\n'
            f'[database.apim_db]\ntype = "postgresql"\nurl = "{self.database.url}"\nusername = "postgres"\n'
            f'[apim.redis_config]\nhost = "127.0.0.1"\nport = {self.redis.port}\ngateway_id = "{folder.name}"\n'
            f"[apim.distributed_throttling]\nsync_interval = {interval}\n")
        return RunningPlatform(folder / "data", configuration=file)

    def start(self):
        self.redis.start()
        for number in range(3):
            # One after the other: each looks for ports that are free.
            self.nodes.append(self._node(self.folder / f"node{number}", self.interval).start())
        wait_until(lambda: all(self.health(node)["sharedCounters"]["status"] == "UP" for node in self.nodes), what="the shared counters")
        return self

    def health(self, node):
        answer = requests.get(f"{node.management}/health", verify=node.certificate, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def close(self):
        for node in self.nodes:
            node.stop()
        self.redis.close()
        self.database.stop()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    running = Cluster(tmp_path_factory.mktemp("cluster"), 10)
    try:
        yield running.start()
    finally:
        running.close()


@pytest.fixture
def early_in_a_day():
    """The window is the UTC day; a test near its end would meet two."""
    if time.time() % 86400 > 86400 - 300:
        pytest.skip("the day ends within five minutes")


class Load:
    """One client a node that sends until it is told to stop."""

    def __init__(self, cluster, path, token):
        self.done = threading.Event()
        self.answers = [[] for _ in cluster.nodes]
        self.threads = [
            threading.Thread(target=self._run, args=(f"{node.gateway}{path}", token, answers)) for node, answers in zip(cluster.nodes, self.answers)]
        for thread in self.threads:
            thread.start()

    def _run(self, url, token, answers):
        with requests.Session() as session:
            while not self.done.is_set():
                answer = session.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=30)
                answers.append((time.monotonic(), answer.status_code, answer.text if answer.status_code != 200 else ""))

    def count(self, status=None):
        return sum(1 for answers in self.answers for answer in answers if status in (None, answer[1]))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self.done.set()
        for thread in self.threads:
            thread.join()
        return sorted(answer for answers in self.answers for answer in answers)


def prepare(cluster, backend, name, quota):
    # The issuer in tokens is the address of the node that was started last: a real cluster has one address for all.
    client = cluster.nodes[-1].client()
    client.post(f"{ADMIN}/throttling/policies/application", {"policyName": f"{name}Quota", "defaultLimit": limit(quota)})
    api = client.publish_new(name, backend.url)
    token = client.subscribed_token(api, f"{name} callers", application_policy=f"{name}Quota")
    path = f"/{name.lower()}/1.0.0/x"
    for node in cluster.nodes[:-1]:
        wait_until(lambda: requests.get(f"{node.gateway}{path}").status_code == 401, what="the API on the other nodes")
    return path, token


def test_three_gateways_exceed_a_quota_by_no_more_than_the_bound(cluster, backend, early_in_a_day):
    quota = 400
    path, token = prepare(cluster, backend, "Delta", quota)
    with Load(cluster, path, token) as load:
        wait_until(lambda: load.count(429) >= 60, seconds=120, what="refusals")
    answers = load.stop()
    passed = [answer[0] for answer in answers if answer[1] == 200]
    assert {answer[1] for answer in answers} == {200, 429}
    # The bound: total rate × (interval + round trip), with the rate around the moment at which the quota was reached. The time of a
    # round trip includes the scheduling of a busy machine, so it is taken generously: 200 ms beside the interval of 10.
    reached = passed[quota - 1]
    rate = sum(1 for at, *_ in answers if reached - 1 <= at <= reached + 1) / 2
    assert quota <= len(passed) <= quota + rate * 0.21, (len(passed), rate)
    # Without the exchange each gateway would have admitted the quota by itself.
    assert len(passed) < quota * 1.5


def test_the_store_goes_and_comes_under_load(cluster, backend, early_in_a_day):
    path, token = prepare(cluster, backend, "Ebb", 1_000_000)
    earlier = cluster.redis.keys("quota:{application:")
    highest, decreased = {}, []

    def counts():
        return cluster.redis.counts("quota:{application:", without=earlier)

    watching = threading.Event()

    def watch():
        """The counts in the store: what a node has told once it never takes back, whatever happens in between."""
        while not watching.is_set():
            try:
                for node, count in counts().items():
                    if count < highest.get(node, 0):
                        decreased.append((node, highest[node], count))
                    highest[node] = max(count, highest.get(node, 0))
            except (OSError, AssertionError):
                pass
            time.sleep(0.005)

    with Load(cluster, path, token) as load:
        wait_until(lambda: load.count() > 60, what="load")
        watcher = threading.Thread(target=watch)
        watcher.start()
        for _ in range(3):
            before = load.count()
            cluster.redis.stop()
            wait_until(lambda: all(cluster.health(node)["sharedCounters"]["counts"] == "ALONE" for node in cluster.nodes), what="the loss")
            assert all(cluster.health(node)["status"] == "UP" for node in cluster.nodes)
            wait_until(lambda: load.count() > before + 100, what="calls without the store")
            cluster.redis.start()
            wait_until(lambda: all(cluster.health(node)["sharedCounters"]["counts"] == "SHARED" for node in cluster.nodes), what="the return")
    answers = load.stop()
    assert {answer[1] for answer in answers} == {200}, [answer for answer in answers if answer[1] != 200][:3]
    total = len(answers)
    # A node writes everything once more a while after each return, in case old bytes overtook new ones.
    wait_until(lambda: sum(counts().values()) == total, what=f"the sum of {total}")
    watching.set()
    watcher.join()
    assert not decreased
    assert len(counts()) == len(highest) == 3
