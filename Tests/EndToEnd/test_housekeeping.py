"""What the platform does by itself: certificates, logs and quotas, and what a full disk does not do."""

import os
import pathlib
import signal
import socket
import ssl
import subprocess

import pytest
import requests

from running_platform import ADMIN, RunningPlatform, wait_until


@pytest.fixture
def own_platform(tmp_path):
    """A platform that the test may disturb."""
    running = RunningPlatform(tmp_path / "data").start()
    yield running
    running.stop()


@pytest.fixture
def called(own_platform, backend):
    """Calls a published API and returns the answer."""
    client = own_platform.client()
    token = client.subscribed_token(client.publish_new("Tended", backend.url), "Tenders")

    def call():
        return requests.get(f"{own_platform.gateway}/tended/1.0.0/x", headers={"Authorization": f"Bearer {token}"}, timeout=20)

    return call


def presented(port):
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", port), timeout=10) as plain, context.wrap_socket(plain) as secure:
        return ssl.DER_cert_to_PEM_cert(secure.getpeercert(binary_form=True))


def new_certificate(folder):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=renewed",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", folder / "tls.key", "-out", folder / "tls.pem"],
        check=True, capture_output=True)


def test_a_renewed_certificate_is_used_without_a_restart(own_platform, tmp_path):
    ports = [9443 + own_platform.offset, 8243 + own_platform.offset]
    old = presented(ports[0])
    assert presented(ports[1]) == old
    folder = own_platform.data / "certificates"
    renewed = tmp_path / "renewed"
    renewed.mkdir()
    new_certificate(renewed)

    # The certificate arrives before its key: nothing changes, and the platform says why.
    (folder / "tls.pem").write_text((renewed / "tls.pem").read_text())
    output = pathlib.Path(own_platform.output.name)
    wait_until(lambda: "The reload of certificates failed" in output.read_text(), what="the warning")
    assert [presented(port) for port in ports] == [old, old]

    (folder / "tls.key").write_text((renewed / "tls.key").read_text())
    new = (renewed / "tls.pem").read_text()
    wait_until(lambda: [presented(port) for port in ports] == [new, new], what="the new certificate on both ports")
    answer = requests.get(own_platform.management + "/health", verify=own_platform.certificate, timeout=10)
    assert answer.status_code == 200


def test_logs_are_reopened_on_hangup(own_platform, called):
    log = own_platform.data / "logs" / "access.log"
    assert called().status_code == 200
    wait_until(lambda: log.exists() and "/tended/1.0.0/x" in log.read_text(), what="the line")
    moved = log.with_name("access.moved")
    log.rename(moved)
    own_platform.process.send_signal(signal.SIGHUP)
    assert called().status_code == 200
    wait_until(lambda: log.exists() and log.read_text().count("/tended/1.0.0/x") == 1, what="the line in the new file")
    assert moved.read_text().count("/tended/1.0.0/x") == 1


def test_a_full_disk_stops_no_traffic_and_is_told(own_platform, called):
    for name in ("access.log", "analytics.log"):
        file = own_platform.data / "logs" / name
        wait_until(lambda: own_platform.process.poll() is None)
        file.unlink(missing_ok=True)
        os.symlink("/dev/full", file)
    own_platform.process.send_signal(signal.SIGHUP)

    def lost():
        answer = requests.get(own_platform.management + "/health", verify=own_platform.certificate, timeout=10)
        assert answer.status_code == 200
        return answer.json()["logs"]["lostBytes"]

    for _ in range(50):
        assert called().status_code == 200
    wait_until(lambda: lost() > 50 * 200, what="the number of lost bytes")
    for name in ("access.log", "analytics.log"):
        (own_platform.data / "logs" / name).unlink()
    own_platform.process.send_signal(signal.SIGHUP)
    assert called().status_code == 200
    wait_until(lambda: "/tended/1.0.0/x" in (own_platform.data / "logs" / "access.log").read_text()
               if (own_platform.data / "logs" / "access.log").exists() else False, what="the line after there is room again")


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_quotas_of_long_windows_survive(tmp_path, backend, end):
    platform = RunningPlatform(tmp_path / "data").start()
    try:
        client = platform.client()
        client.post(f"{ADMIN}/throttling/policies/application", {
            "policyName": "FivePerDay", "displayName": "Five a day", "description": "",
            "defaultLimit": {"type": "REQUESTCOUNTLIMIT", "requestCount": {"timeUnit": "days", "unitTime": 1, "requestCount": 5}}})
        api = client.publish_new("Daily", backend.url)
        token = client.subscribed_token(api, "Dailies", application_policy="FivePerDay")

        def call():
            return requests.get(f"{platform.gateway}/daily/1.0.0/x", headers={"Authorization": f"Bearer {token}"}, timeout=20).status_code

        assert [call() for _ in range(3)] == [200] * 3
        if end == "kill":
            # A second later the counts are on the disk.
            quotas = platform.data / "quotas"
            wait_until(lambda: quotas.exists() and counted(quotas) == 3, what="the checkpoint")
            platform.kill()
        else:
            assert platform.stop() == 0
        platform.start()
        assert [call() for _ in range(3)] == [200, 200, 429]
    finally:
        platform.stop()


def counted(file):
    """The count of the last record: the lower 40 bits of the counter's word."""
    data, last = file.read_bytes(), 0
    while len(data) >= 8:
        length = int.from_bytes(data[:4], "little")
        last = int.from_bytes(data[16:24], "little") & (1 << 40) - 1
        data = data[8 + length:]
    return last
