"""Start-up and memory of the whole platform, the real program on a real data directory."""
import http.client
import os
import signal
import socket
import ssl
import statistics
import subprocess
import sys
import time
import tomllib
from pathlib import Path

from . import programs
from .servers import resident_kilobytes

sys.path.insert(0, str(programs.ROOT / "scripts"))
from sample_api import PUBLISHER, RestClient  # noqa: E402

PORTS = {"management": 9443, "http": 8280, "https": 8243}


class RunningMartlet:
    """`martlet serve` on a data directory, from its start to its end."""

    def __init__(self, program, data, offset):
        self.data, self.offset = Path(data), offset
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            [str(program), "serve", "--data", str(data), "--port-offset", str(offset)], stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)

    def port(self, name):
        return PORTS[name] + self.offset

    def seconds_until(self, answer, limit=60):
        """How long after the process's start `answer` became true."""
        while not answer():
            if self.process.poll() is not None or time.monotonic() - self.began > limit:
                raise RuntimeError(f"martlet does not answer on {self.data}")
            time.sleep(0.002)
        return time.monotonic() - self.began

    def gateway_answers(self, path, status):
        return _status(http.client.HTTPConnection("127.0.0.1", self.port("http"), timeout=5), path) == status

    def management_answers(self):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        connection = http.client.HTTPSConnection("127.0.0.1", self.port("management"), timeout=5, context=context)
        return _status(connection, "/oauth2/jwks") == 200

    def resident_megabytes(self):
        return resident_kilobytes(self.process.pid) / 1024

    def client(self):
        account = tomllib.loads((self.data / "deployment.toml").read_text())["super_admin"]
        return RestClient(
            f"https://localhost:{self.port('management')}", self.data / "certificates" / "tls.pem", account["username"],
            account["password"])


def _status(connection, path):
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def free_offset():
    for offset in range(1000 + os.getpid() % 500 * 20, 40000, 7):
        if all(_is_free(port + offset) for port in PORTS.values()):
            return offset
    raise RuntimeError("no free ports")


def _is_free(port):
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
            return True
        except OSError:
            return False


def deploy(client, numbers, upstream):
    """Creates, deploys and publishes APIs with ten open operations each, through the public REST API."""
    for number in numbers:
        body = {
            "name": f"Bench{number}", "version": "1.0.0", "context": f"/bench{number}", "policies": ["Unlimited"],
            "operations": [
                {"target": f"/resource{index}/{{id}}", "verb": "GET", "authType": "None"} for index in range(10)],
            "endpointConfig": {"endpoint_type": "http", "production_endpoints": {"url": upstream}},
        }
        api = client.call("POST", f"{PUBLISHER}/apis", body)
        path = f"{PUBLISHER}/apis/{api['id']}"
        revision = client.call("POST", f"{path}/revisions", {"description": "measured"})
        target = [{"name": "Default", "vhost": "localhost", "displayOnDevportal": True}]
        client.call("POST", f"{path}/deploy-revision?revisionId={revision['id']}", target)
        client.call("POST", f"{PUBLISHER}/apis/change-lifecycle?apiId={api['id']}&action=Publish")


def measure(program, directory, backend, times):
    """Seconds to the first answer and resident memory; medians of `times` starts."""
    offset = free_offset()
    first = [_first_start(program, Path(directory, f"empty-{number}"), offset) for number in range(times)]
    found = {"empty, management": _median(first, 0), "empty, gateway": _median(first, 1), "empty, memory": _median(first, 2)}
    data = Path(directory, "deployed")
    path = "/bench0/1.0.0/resource0/1"
    deployed = 0
    for count in (100, 1000):
        with RunningMartlet(program, data, offset) as martlet:
            martlet.seconds_until(martlet.management_answers)
            programs.say(f"Deploying APIs up to {count}")
            began = time.monotonic()
            deploy(martlet.client(), range(deployed, count), f"http://127.0.0.1:{backend.port}/size1024")
            found[f"{count}, milliseconds a deployed API"] = (time.monotonic() - began) / (count - deployed) * 1000
        deployed = count
        starts = [_later_start(program, data, offset, path) for _ in range(times)]
        found[f"{count}, management"], found[f"{count}, gateway"] = _median(starts, 0), _median(starts, 1)
        found[f"{count}, memory"] = _median(starts, 2)
    return found


def _median(rows, column):
    return statistics.median(row[column] for row in rows)


def _first_start(program, data, offset):
    with RunningMartlet(program, data, offset) as martlet:
        gateway = martlet.seconds_until(lambda: martlet.gateway_answers("/", 200))
        management = martlet.seconds_until(martlet.management_answers)
        time.sleep(2)
        return management, gateway, martlet.resident_megabytes()


def _later_start(program, data, offset, path):
    with RunningMartlet(program, data, offset) as martlet:
        gateway = martlet.seconds_until(lambda: martlet.gateway_answers(path, 200))
        management = martlet.seconds_until(martlet.management_answers)
        time.sleep(2)
        return management, gateway, martlet.resident_megabytes()
