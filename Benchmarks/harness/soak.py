"""The whole platform under a steady load that leaves it half of its time, with changes and refusals in between, watched for growth."""
import http.client
import os
import statistics
import time
from pathlib import Path

from . import programs, wrk
from .platform_costs import RunningMartlet, free_offset

from sample_api import DEVPORTAL, PUBLISHER  # isort: skip  (platform_costs has put its folder on the path)

APIS, RESOURCES, CONNECTIONS = 20, 10, 64
# What may lie between the second quarter of the time and the last: noise of the allocator, a connection more or less.
MEMORY_SLACK, DESCRIPTOR_SLACK = 1.02, 8


class Soak:
    """APIs with tokens and quotas, a subscribed application, and the figures of each minute."""

    def __init__(self, martlet, directory, upstream):
        self.martlet, self.client, self.tokens = martlet, martlet.client(), Path(directory, "soak-tokens.txt")
        self.apis = [self._deploy(number, upstream) for number in range(APIS)]
        self.tokens.write_text("\n".join(self._tokens()))
        self.requests, self.faults, self.minutes = 0, [], []

    def _deploy(self, number, upstream):
        body = {
            "name": f"Soak{number}", "version": "1.0.0", "context": f"/api{number}", "policies": ["Unlimited"],
            "operations": [{"target": f"/resource{index}/{{id}}", "verb": "GET"} for index in range(RESOURCES)],
            "endpointConfig": {"endpoint_type": "http", "production_endpoints": {"url": upstream}},
        }
        api = self.client.call("POST", f"{PUBLISHER}/apis", body)
        self._revise(api)
        self.client.call("POST", f"{PUBLISHER}/apis/change-lifecycle?apiId={api['id']}&action=Publish")
        return api

    def _revise(self, api):
        path = f"{PUBLISHER}/apis/{api['id']}"
        revision = self.client.call("POST", f"{path}/revisions", {"description": "measured"})
        target = [{"name": "Default", "vhost": "localhost", "displayOnDevportal": True}]
        self.client.call("POST", f"{path}/deploy-revision?revisionId={revision['id']}", target)
        for one in self.client.call("GET", f"{path}/revisions?query=deployed:false")["list"]:
            self.client.call("DELETE", f"{path}/revisions/{one['id']}")

    def _tokens(self, count=20):
        """A token for each of several applications: a client has one token at a time, and a new one ends the one before."""
        return [self._token(number) for number in range(count)]

    def _token(self, number):
        application = self.client.call(
            "POST", f"{DEVPORTAL}/applications", {"name": f"Soak{number}", "throttlingPolicy": "Unlimited", "description": ""})
        for api in self.apis:
            self.client.call(
                "POST", f"{DEVPORTAL}/subscriptions",
                {"apiId": api["id"], "applicationId": application["applicationId"], "throttlingPolicy": "Unlimited"})
        path = f"{DEVPORTAL}/applications/{application['applicationId']}"
        keys = self.client.call(
            "POST", f"{path}/generate-keys",
            {"keyType": "PRODUCTION", "grantTypesToBeSupported": ["client_credentials"], "validityTime": "86400"})
        body = {"consumerSecret": keys["consumerSecret"], "validityPeriod": 86400, "scopes": []}
        return self.client.call("POST", f"{path}/oauth-keys/{keys['keyMappingId']}/generate-token", body)["accessToken"]

    def minute(self, number):
        """Half a minute of load in seconds on and off, then a change, a refusal, and the figures."""
        for _ in range(30):
            began = time.monotonic()
            self._burst()
            time.sleep(max(0, began + 2 - time.monotonic()))
        # A client's token holds for an hour; the soak takes a little longer.
        if number % 15 == 14:
            self.client = self.martlet.client()
        self._revise(self.apis[number % APIS])
        self._expect(401, "/api0/1.0.0/resource0/1", {"Authorization": "Bearer not.a.token"})
        self._expect(404, "/nothing/here", {})
        pid = self.martlet.process.pid
        self.minutes.append((self.martlet.resident_megabytes(), len(os.listdir(f"/proc/{pid}/fd"))))

    def _burst(self):
        address = f"http://127.0.0.1:{self.martlet.port('http')}"
        found = wrk.run(address, CONNECTIONS, 1, apis=APIS, resources=RESOURCES, tokens=self.tokens)
        self.requests += found.requests
        if found.errors:
            self.faults.append(f"{found.errors} of {found.requests} requests of a burst failed")

    def _expect(self, status, path, headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.martlet.port("http"), timeout=10)
        try:
            connection.request("GET", path, headers=headers)
            found = connection.getresponse().status
        finally:
            connection.close()
        if found != status:
            self.faults.append(f"GET {path} was answered {found}, not {status}")

    def verdict(self):
        """Sentences about what grew or failed; none when all is well."""
        quarter = max(1, len(self.minutes) // 4)
        early, late = self.minutes[quarter:2 * quarter] or self.minutes, self.minutes[-quarter:]
        memory = [statistics.median(minute[0] for minute in part) for part in (early, late)]
        descriptors = [max(minute[1] for minute in part) for part in (early, late)]
        found = list(self.faults)
        if memory[1] > memory[0] * MEMORY_SLACK:
            found.append(f"memory grew from {memory[0]:.1f} MB in the second quarter to {memory[1]:.1f} MB in the last")
        if descriptors[1] > descriptors[0] + DESCRIPTOR_SLACK:
            found.append(f"open descriptors grew from {descriptors[0]} in the second quarter to {descriptors[1]} in the last")
        return found


def run(program, directory, backend, minutes):
    """Soaks the platform and answers the soak with its figures."""
    with RunningMartlet(program, Path(directory, "soak"), free_offset()) as martlet:
        martlet.seconds_until(martlet.management_answers)
        soak = Soak(martlet, directory, f"http://127.0.0.1:{backend.port}/size1024")
        for number in range(minutes):
            soak.minute(number)
            memory, descriptors = soak.minutes[-1]
            programs.say(f"minute {number + 1}: {soak.requests:,} requests, {memory:.1f} MB, {descriptors} descriptors")
        return soak
