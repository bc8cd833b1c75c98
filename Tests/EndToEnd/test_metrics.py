"""What nodes tell Prometheus."""

import re

import requests

from running_platform import RunningGateway, RunningPlatform, wait_until

MARTLET = "/api/am/martlet/v1"
SETTINGS = "[monitoring.prometheus]\nenable = true\n"


def scrape(node, **headers):
    answer = requests.get(f"{node.management}/metrics", verify=node.certificate, headers=headers, timeout=10)
    assert answer.status_code == 200, answer.text
    return answer


def samples(text):
    """The values by name and labels; fails for a line that is none of the format."""
    found = {}
    for line in text.splitlines():
        if line.startswith("#"):
            assert re.fullmatch(r"# (HELP|TYPE) [a-z_]+ .+|# EOF", line), line
            continue
        match = re.fullmatch(r'([a-z_]+)(\{(?:[a-z]+="(?:[^"\\]|\\.)*",?)*\})? ([-+0-9.e]+|NaN|[+-]Inf)', line)
        assert match, line
        labels = dict(re.findall(r'([a-z]+)="((?:[^"\\]|\\.)*)"', match[2] or ""))
        found[match[1], tuple(sorted(labels.items()))] = float(match[3])
    return found


def total(found, name, **labels):
    wanted = set(labels.items())
    return sum(value for (series, have), value in found.items() if series == name and wanted <= set(have))


def test_metrics_are_off_by_default(platform):
    assert requests.get(f"{platform.management}/metrics", verify=platform.certificate).status_code == 404


def test_traffic_is_counted(tmp_path, backend):
    platform = RunningPlatform(tmp_path / "data", environment={"MARTLET_MONITORING_PROMETHEUS_ENABLE": "true"}).start()
    try:
        client = platform.client()
        api = client.publish_new("Abacus", backend.url)
        headers = {"Authorization": f"Bearer {client.subscribed_token(api, 'Counters')}"}
        for _ in range(7):
            assert requests.get(f"{platform.gateway}/abacus/1.0.0/x", headers=headers).status_code == 200
        for _ in range(2):
            assert requests.post(f"{platform.gateway_https}/abacus/1.0.0/x", data=b"abc", headers=headers, verify=platform.certificate).status_code == 200
        for _ in range(3):
            assert requests.get(f"{platform.gateway}/abacus/1.0.0/x").status_code == 401
        assert requests.get(f"{platform.gateway}/nowhere").status_code == 404
        answer = scrape(platform)
        assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        found = samples(answer.text)
        name = "martlet_gateway_requests_total"
        abacus = {"api": "Abacus", "version": "1.0.0", "tenant": "carbon.super"}
        assert total(found, name, **abacus, method="GET", status="2xx") == 7
        assert total(found, name, **abacus, method="POST", status="2xx") == 2
        assert total(found, name, **abacus, method="GET", status="4xx") == 3
        assert total(found, name, api="(unknown)") == 1
        assert total(found, "martlet_gateway_faults_total", **abacus, type="AUTH", reason="AUTHENTICATION_FAILURE") == 3
        assert total(found, "martlet_gateway_request_duration_seconds_count", **abacus) == 12
        assert total(found, "martlet_gateway_backend_duration_seconds_count", **abacus) == 9
        assert total(found, "martlet_gateway_request_duration_seconds_bucket", **abacus, le="+Inf") == 12
        assert 0 < total(found, "martlet_gateway_backend_duration_seconds_sum", **abacus) < total(
            found, "martlet_gateway_request_duration_seconds_sum", **abacus)
        assert total(found, "martlet_gateway_request_body_bytes_total", **abacus) == 6
        assert total(found, "martlet_gateway_accepted_connections_total") == 13
        upstream = backend.url.removeprefix("http://")
        assert total(found, "martlet_gateway_upstream_opened_connections_total", upstream=upstream) >= 1
        assert total(found, "martlet_gateway_upstream_connections", upstream=upstream) >= 1
        wait_until(lambda: total(samples(scrape(platform).text), "martlet_gateway_client_connections") == 0)
        assert total(found, "martlet_gateway_checked_credentials_total") >= 1
        assert total(found, "martlet_gateway_sequence") == total(found, "martlet_outbox_sequence") > 0
        assert total(found, "process_resident_memory_bytes") > 1 << 20 and total(found, "process_open_fds") > 5
        assert total(found, "martlet_build_info", profile="all") == 1
        openmetrics = scrape(platform, Accept="application/openmetrics-text; version=1.0.0")
        assert openmetrics.headers["Content-Type"].startswith("application/openmetrics-text") and openmetrics.text.endswith("# EOF\n")
        samples(openmetrics.text)
    finally:
        assert platform.stop() == 0


def test_a_token_guards_metrics_and_a_foreign_address_gets_none(tmp_path):
    environment = {"MARTLET_MONITORING_PROMETHEUS_ENABLE": "true", "MARTLET_MONITORING_PROMETHEUS_TOKEN": "open sesame"}
    for settings, headers, status in [
        (environment, {}, 401), (environment, {"Authorization": "Bearer open"}, 401),
        (environment, {"Authorization": "Bearer open sesame"}, 200),
        ({"MARTLET_MONITORING_PROMETHEUS_ENABLE": "true", "MARTLET_MONITORING_PROMETHEUS_ALLOWED_NETWORKS": "192.0.2.0/24"}, {}, 403),
    ]:
        platform = RunningPlatform(tmp_path / "data", environment=settings).start()
        answer = requests.get(f"{platform.management}/metrics", verify=platform.certificate, headers=headers, timeout=10)
        assert answer.status_code == status, answer.text
        assert platform.stop() == 0


def test_gateways_apart_tell_their_own_metrics(tmp_path, backend):
    environment = {"MARTLET_MONITORING_PROMETHEUS_ENABLE": "true"}
    control_plane = RunningPlatform(tmp_path / "control-plane", profile="control-plane", environment=environment).start()
    client = control_plane.client()
    token = client.post(f"{MARTLET}/gateway-tokens", {"name": "metrics"})["token"]
    gateway = RunningGateway(tmp_path / "edge", control_plane, token, settings=SETTINGS).start()
    try:
        client.publish_new("Tally", backend.url)
        assert requests.get(f"{gateway.gateway}/tally/1.0.0/x").status_code == 401
        found = samples(scrape(gateway).text)
        assert total(found, "martlet_gateway_requests_total", api="Tally", status="4xx") == 1
        assert total(found, "martlet_feed_connected") == 1 and total(found, "martlet_feed_failed_entities") == 0
        central = samples(scrape(control_plane).text)
        assert total(found, "martlet_gateway_sequence") == total(central, "martlet_outbox_sequence")
        assert total(central, "martlet_gateway_up", gateway="edge") == 1
        assert total(central, "martlet_gateway_lag_changes", gateway="edge") == 0
        assert total(central, "martlet_gateway_requests_total") == 0
    finally:
        assert gateway.stop() == 0
        assert control_plane.stop() == 0
