"""What it costs to know ten thousand APIs and a hundred thousand applications."""
import statistics
import time
from pathlib import Path

from . import counters, programs, wrk
from .contest import cost, ratio
from .many_entities import multiply
from .platform_costs import RunningMartlet, free_offset
from .servers import LOAD_CORE, Server, free_port

from sample_api import DEVPORTAL, PUBLISHER  # isort: skip  (platform_costs has put its folder on the path)

APIS, RESOURCES, APPLICATIONS = 10_000, 20, 100_000
CHANGES = 21


class LargeInstallation:
    """A data directory with one API, one application and its subscription, which are then multiplied."""

    def __init__(self, program, directory, upstream):
        self.program, self.data, self.offset = program, Path(directory, "large"), free_offset()
        self.path = "/original/1.0.0/resource0/1"
        with RunningMartlet(program, self.data, self.offset) as martlet:
            martlet.seconds_until(martlet.management_answers)
            self.api, self.application = self._make(martlet.client(), upstream)

    def _make(self, client, upstream):
        body = {
            "name": "Original", "version": "1.0.0", "context": "/original", "policies": ["Unlimited"],
            "operations": [
                {"target": f"/resource{index}/{{id}}", "verb": "GET", "authType": "None"} for index in range(RESOURCES)],
            "endpointConfig": {"endpoint_type": "http", "production_endpoints": {"url": upstream}},
        }
        api = client.call("POST", f"{PUBLISHER}/apis", body)
        revise(client, api)
        client.call("POST", f"{PUBLISHER}/apis/change-lifecycle?apiId={api['id']}&action=Publish")
        application = client.call(
            "POST", f"{DEVPORTAL}/applications", {"name": "Originals", "throttlingPolicy": "Unlimited", "description": ""})
        client.call(
            "POST", f"{DEVPORTAL}/subscriptions",
            {"apiId": api["id"], "applicationId": application["applicationId"], "throttlingPolicy": "Unlimited"})
        client.call(
            "POST", f"{DEVPORTAL}/applications/{application['applicationId']}/generate-keys",
            {"keyType": "PRODUCTION", "grantTypesToBeSupported": ["client_credentials"]})
        return api, application

    def grow(self, *, apis, applications):
        multiply(
            self.data / "martlet.db", self.api["id"], self.application["applicationId"], apis=apis, applications=applications)

    def start(self, changes=0):
        """Seconds to the first call, resident megabytes two seconds later, and the median milliseconds of some changes."""
        with RunningMartlet(self.program, self.data, self.offset) as martlet:
            seconds = martlet.seconds_until(lambda: martlet.gateway_answers(self.path, 200))
            time.sleep(2)
            resident = martlet.resident_megabytes()
            client = martlet.client() if changes else None
            return seconds, resident, statistics.median(self._change(client) for _ in range(changes)) if changes else None

    def _change(self, client):
        """Deploys a new revision of the API among all the others: milliseconds of the REST call, after which it is live."""
        revision = client.call("POST", f"{PUBLISHER}/apis/{self.api['id']}/revisions", {"description": "measured"})
        began = time.monotonic()
        deploy(client, self.api, revision)
        took = (time.monotonic() - began) * 1000
        # Only a few revisions of an API may exist at a time.
        for older in client.call("GET", f"{PUBLISHER}/apis/{self.api['id']}/revisions?query=deployed:false")["list"]:
            client.call("DELETE", f"{PUBLISHER}/apis/{self.api['id']}/revisions/{older['id']}")
        return took


def revise(client, api):
    deploy(client, api, client.call("POST", f"{PUBLISHER}/apis/{api['id']}/revisions", {"description": "measured"}))


def deploy(client, api, revision):
    target = [{"name": "Default", "vhost": "localhost", "displayOnDevportal": True}]
    client.call("POST", f"{PUBLISHER}/apis/{api['id']}/deploy-revision?revisionId={revision['id']}", target)


def state(program, directory, backend):
    """Start, memory and the time of a change of the whole platform, with all that and with next to nothing."""
    installation = LargeInstallation(program, directory, f"http://127.0.0.1:{backend.port}/size1024")
    programs.say("Starting with one API")
    _, small, small_change = installation.start(CHANGES)
    installation.grow(apis=APIS, applications=0)
    programs.say(f"Starting with {APIS:,} APIs")
    _, with_apis, _ = installation.start()
    installation.grow(apis=0, applications=APPLICATIONS)
    programs.say(f"Starting with {APPLICATIONS:,} applications besides")
    seconds, whole, change = installation.start(CHANGES)
    return {
        "start": seconds, "memory": whole, "kilobytes an API": (with_apis - small) * 1024 / APIS,
        "kilobytes an application": (whole - with_apis) * 1024 / APPLICATIONS,
        "milliseconds a change": change, "milliseconds a change, one API": small_change,
    }


SMALL, LARGE = counters.Scale(100, RESOURCES), counters.Scale(APIS, RESOURCES, APPLICATIONS)


def instructions(program, directory, transport):
    """User instructions of a managed request: with a hundred APIs, and with everything."""
    found = []
    for scale in (SMALL, LARGE):
        programs.say(f"Counting instructions of a managed request on {transport} with {scale.apis:,} APIs")
        found.append(counters.instructions(program, directory, "managed", transport, scale))
    return found


def contest(program, directory, backend, transport, rounds, seconds):
    """CPU time of a managed request when a few APIs get most of the calls: everything against a hundred APIs, round by round."""
    tokens = Path(directory, "tokens.txt")
    headers = {"Authorization": "Bearer " + tokens.read_text().split()[0]}
    upstream = f"http://127.0.0.1:{backend.port}/size1024"
    servers, found = [], []
    try:
        for scale in (SMALL, LARGE):
            port, title = free_port(), f"{transport} with {scale.apis} APIs"
            command = [
                program, "serve", directory, upstream, "managed", scale.apis, scale.resources, port, transport, 1, scale.applications]
            servers.append((scale, Server(title, command, port, directory, headers)))
            found.append({"title": title, "rounds": []})
        programs.say(f"Calls by Zipf's law on {transport}: {rounds} rounds of {seconds} s")
        for number in range(rounds + 1):
            for (scale, server), figures in zip(servers, found):
                one = round_of_calls(server, scale, tokens, seconds)
                # The first round only warms up.
                figures["rounds"] += [one] if number else []
    finally:
        for _, server in servers:
            server.stop()
    return ratio(found[1], found[0])


def round_of_calls(server, scale, tokens, seconds):
    before = server.nanoseconds()
    found = wrk.run(
        f"http://127.0.0.1:{server.port}", 64, seconds, apis=scale.apis, resources=scale.resources, tokens=tokens,
        core=LOAD_CORE, zipf=True)
    return cost(server, found, server.nanoseconds() - before)
