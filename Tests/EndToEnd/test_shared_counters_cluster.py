"""Gateways that share their quota counts through a Redis Cluster."""

import time

import pytest
import requests

from redis_server import RedisCluster
from running_platform import ADMIN, RunningGateway, RunningPlatform, wait_until

MARTLET = "/api/am/martlet/v1"
QUOTA = 10


@pytest.fixture(scope="module")
def store():
    running = RedisCluster().start()
    yield running
    running.close()


@pytest.fixture(scope="module")
def nodes(tmp_path_factory, store):
    """A platform and a gateway apart, which know two servers of the cluster."""
    folder = tmp_path_factory.mktemp("counting")
    settings = f"""
[apim.redis_config]
cluster_addresses = ["127.0.0.1:{store.servers[2].port}", "127.0.0.1:{store.servers[0].port}"]
"""
    file = folder / "platform.toml"
    file.write_text('[super_admin]\nusername = "admin"\npassword = "a-password-of-tests"\n' + settings)
    platform = RunningPlatform(folder / "platform", configuration=file).start()
    token = platform.client().post(f"{MARTLET}/gateway-tokens", {"name": "edge"})["token"]
    gateway = RunningGateway(folder / "gateway", platform, token, settings=settings).start()
    running = [platform, gateway]
    wait_until(lambda: all(node.health["sharedCounters"]["counts"] == "SHARED" for node in running), what="the shared counters")
    yield running
    for node in reversed(running):
        assert node.stop() == 0


def holders(store):
    """How many servers hold counts."""
    return sum(1 for keys in store.keys("application:") if keys)


def test_gateways_count_together_through_a_cluster(nodes, store, backend):
    if time.time() % 86400 > 86400 - 300:
        pytest.skip("the day ends within five minutes")
    client = nodes[0].client()
    limit = {"type": "REQUESTCOUNTLIMIT", "requestCount": {"requestCount": QUOTA, "unitTime": 1, "timeUnit": "days"}}
    client.post(f"{ADMIN}/throttling/policies/application", {"policyName": "Clustered", "defaultLimit": limit})
    api = client.publish_new("Swarm", backend.url)
    urls = [f"{node.gateway}/swarm/1.0.0/x" for node in nodes]
    # As many applications as it takes until two servers hold counts.
    for number in range(40):
        application = client.create_application(f"Bees {number}", "Clustered")
        client.subscribe(api, application)
        headers = {"Authorization": f"Bearer {client.application_token(client.generate_keys(application))}"}
        wait_until(lambda: [requests.get(url, headers=headers, timeout=30).status_code for url in urls] == [200, 200], what="the API")
        for _ in range(QUOTA):
            if requests.get(urls[0], headers=headers, timeout=30).status_code == 429:
                break
        # What one gateway has let through, the other one knows.
        wait_until(lambda: requests.get(urls[1], headers=headers, timeout=30).status_code == 429, what="the other gateway")
        if holders(store) > 1:
            break
    assert holders(store) > 1


def test_a_cluster_that_is_not_whole_is_told_and_no_call_refused(nodes, store, backend):
    client = nodes[0].client()
    limit = {"type": "REQUESTCOUNTLIMIT", "requestCount": {"requestCount": 1_000_000, "unitTime": 1, "timeUnit": "days"}}
    client.post(f"{ADMIN}/throttling/policies/application", {"policyName": "Plenty", "defaultLimit": limit})
    token = client.subscribed_token(client.publish_new("Hive", backend.url), "Beekeepers", application_policy="Plenty")

    def calls():
        return [requests.get(f"{node.gateway}/hive/1.0.0/x", headers={"Authorization": f"Bearer {token}"}, timeout=30).status_code for node in nodes]

    wait_until(lambda: calls() == [200, 200], what="the API")
    # One that the gateways have written to.
    wait_until(lambda: any(server.keys("application:") for server in store.servers), what="a count in the cluster")
    next(server for server in store.servers if server.keys("application:")).stop()

    def all_count_alone():
        assert calls() == [200, 200]
        return all(node.health["sharedCounters"]["counts"] == "ALONE" for node in nodes)

    wait_until(all_count_alone, what="counting alone")
