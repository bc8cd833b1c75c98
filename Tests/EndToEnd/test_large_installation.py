"""The gateway starts with a hundred thousand things to know: measured, and with a wide bound so that only a change of kind fails.

The entities are copies of those of one API, one application and one subscription, written into the database while the platform stands still.
"""

import pathlib
import sys
import time

import pytest
import requests

from running_platform import ROOT, RunningPlatform

sys.path.insert(0, str(ROOT / "Benchmarks"))
from harness.many_entities import multiply  # noqa: E402

APIS, APPLICATIONS = 5_000, 30_000


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
    count = multiply(
        platform.data / "martlet.db", api["id"], application["applicationId"], apis=APIS, applications=APPLICATIONS)
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
