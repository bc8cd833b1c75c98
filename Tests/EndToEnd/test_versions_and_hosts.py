"""Which version and which revision answers: versions, the default version, virtual hosts."""

import pytest
import requests

from running_platform import ADMIN, ADMINISTRATOR, ALL_SCOPES, PUBLISHER, RunningPlatform


@pytest.fixture(scope="module")
def platform(tmp_path_factory):
    """A platform whose own gateway also serves the environments that these tests make."""
    directory = tmp_path_factory.mktemp("hosts")
    configuration = directory / "deployment.toml"
    configuration.write_text(
        ADMINISTRATOR + '[apim.sync_runtime_artifacts.gateway]\ngateway_labels = ["Default", "Europe", "Own", "Live", "Trial"]\n')
    running = RunningPlatform(directory / "data", configuration=configuration).start()
    yield running
    assert running.stop() == 0


@pytest.fixture(scope="module")
def administrator(platform):
    return platform.client()


def new_version(client, api, version, default=False):
    flag = "&defaultVersion=true" if default else ""
    return client.post(f"{PUBLISHER}/apis/copy-api?apiId={api['id']}&newVersion={version}{flag}")


def get(platform, path, host=None, key=None):
    headers = {**({"Host": host} if host else {}), **({"Internal-Key": key} if key else {})}
    return requests.get(platform.gateway + path, headers=headers)


@pytest.fixture
def open_api(administrator, backend):
    """Makes APIs without credentials whose backend path tells which one answered."""

    def make(name, path, **members):
        operations = [{"target": "/*", "verb": "GET", "authType": "None"}]
        return administrator.create_api(name, f"{backend.url}/{path}", operations=operations, **members)

    return make


def point_at(administrator, backend, api, path):
    changed = administrator.get(f"{PUBLISHER}/apis/{api['id']}")
    changed["endpointConfig"]["production_endpoints"]["url"] = f"{backend.url}/{path}"
    administrator.request("PUT", f"{PUBLISHER}/apis/{api['id']}", json=changed, expect=200)


def test_the_default_version_moves_when_the_chosen_one_is_open(platform, administrator, backend, open_api):
    first = open_api("Moving", "one", isDefaultVersion=True)
    assert get(platform, "/moving/x").status_code == 404
    administrator.deploy(first)
    administrator.publish(first)
    assert get(platform, "/moving/x").json()["path"] == "/one/x"

    second = new_version(administrator, first, "2.0.0", default=True)
    point_at(administrator, backend, second, "two")
    # Chosen, but neither deployed nor published: the first one goes on serving.
    assert get(platform, "/moving/x").json()["path"] == "/one/x"
    administrator.deploy(second)
    assert get(platform, "/moving/x").json()["path"] == "/one/x"
    assert not administrator.get(f"{PUBLISHER}/apis/{first['id']}")["isDefaultVersion"]
    administrator.publish(second)
    assert get(platform, "/moving/x").json()["path"] == "/two/x"
    assert get(platform, "/moving/1.0.0/x").json()["path"] == "/one/x"
    assert get(platform, "/moving/2.0.0/x").json()["path"] == "/two/x"

    changed = administrator.get(f"{PUBLISHER}/apis/{first['id']}")
    administrator.request("PUT", f"{PUBLISHER}/apis/{first['id']}", json={**changed, "isDefaultVersion": True}, expect=200)
    assert get(platform, "/moving/x").json()["path"] == "/one/x"
    changed = administrator.get(f"{PUBLISHER}/apis/{first['id']}")
    administrator.request("PUT", f"{PUBLISHER}/apis/{first['id']}", json={**changed, "isDefaultVersion": False}, expect=200)
    assert get(platform, "/moving/x").status_code == 404
    assert get(platform, "/moving/1.0.0/x").status_code == 200


def test_the_version_may_stand_anywhere_in_the_context(platform, administrator, open_api):
    api = open_api("Anywhere", "any", context="/{version}/anywhere", isDefaultVersion=True)
    administrator.deploy(api)
    administrator.publish(api)
    assert get(platform, "/1.0.0/anywhere/x").json()["path"] == "/any/x"
    assert get(platform, "/anywhere/x").json()["path"] == "/any/x"
    assert get(platform, "/1.0.0/elsewhere/x").status_code == 404


def test_a_new_version_is_a_copy_that_lives_by_itself(platform, administrator, backend, open_api):
    first = open_api("Copied", "one", tags=["sea"])
    administrator.deploy(first)
    administrator.publish(first)
    second = new_version(administrator, first, "2.0.0")
    assert (second["lifeCycleStatus"], second["tags"], second["isDefaultVersion"]) == ("CREATED", ["sea"], False)
    assert administrator.get(f"{PUBLISHER}/apis/{second['id']}/swagger")["info"]["version"] == "2.0.0"
    assert administrator.get(f"{PUBLISHER}/apis/{second['id']}/revisions")["count"] == 0
    taken = administrator.request("POST", f"{PUBLISHER}/apis/copy-api?apiId={first['id']}&newVersion=2.0.0", expect=409)
    assert taken.json()["code"] == 900252
    point_at(administrator, backend, second, "two")
    changed = administrator.get(f"{PUBLISHER}/apis/{second['id']}")
    changed["operations"][0]["authType"] = "Application & Application User"
    administrator.request("PUT", f"{PUBLISHER}/apis/{second['id']}", json=changed, expect=200)
    administrator.deploy(second)
    assert get(platform, "/copied/1.0.0/x").json()["path"] == "/one/x"
    # Not published yet: only test keys reach it.
    assert get(platform, "/copied/2.0.0/x").status_code == 403
    key = administrator.post(f"{PUBLISHER}/apis/{second['id']}/generate-key", expect=200)["apikey"]
    assert get(platform, "/copied/2.0.0/x", key=key).json()["path"] == "/two/x"


@pytest.fixture(scope="module")
def europe(administrator, platform):
    client = platform.client(scopes="apim:admin apim:environment_manage apim:environment_read")
    hosts = [{"host": name, "httpPort": 8280, "httpsPort": 8243} for name in ("eu.example.com", "other.example.com")]
    made = client.post(f"{ADMIN}/environments", {"name": "Europe", "displayName": "Europe", "vhosts": hosts})
    yield made["name"]


def deploy_to(client, api, environment, vhost, revision=None):
    path = f"{PUBLISHER}/apis/{api['id']}"
    revision = revision or client.post(f"{path}/revisions", {"description": ""})
    client.post(f"{path}/deploy-revision?revisionId={revision['id']}", [{"name": environment, "vhost": vhost}])
    return revision


def test_each_virtual_host_serves_its_own_revision(platform, administrator, backend, open_api, europe):
    api = open_api("Hosted", "home")
    deploy_to(administrator, api, "Default", "localhost")
    administrator.publish(api)
    point_at(administrator, backend, api, "europe")
    deploy_to(administrator, api, europe, "eu.example.com")
    for host, path in [(None, "home"), ("eu.example.com", "europe"), ("EU.example.com:8280", "europe"), ("unknown.example.com", "home")]:
        assert get(platform, "/hosted/1.0.0/x", host).json()["path"] == f"/{path}/x", host
    # The environment's other host: nothing is deployed there, so it is a name like any other.
    assert get(platform, "/hosted/1.0.0/x", "other.example.com").json()["path"] == "/home/x"

    moved = administrator.get(f"{PUBLISHER}/apis/{api['id']}/deployments")["list"]
    revision = next(entry["revisionUuid"] for entry in moved if entry["name"] == europe)
    administrator.post(f"{PUBLISHER}/apis/{api['id']}/deploy-revision?revisionId={revision}", [{"name": europe, "vhost": "other.example.com"}])
    assert get(platform, "/hosted/1.0.0/x", "eu.example.com").json()["path"] == "/home/x"
    assert get(platform, "/hosted/1.0.0/x", "other.example.com").json()["path"] == "/europe/x"
    administrator.post(f"{PUBLISHER}/apis/{api['id']}/undeploy-revision?revisionId={revision}", [{"name": europe}])
    assert get(platform, "/hosted/1.0.0/x", "other.example.com").json()["path"] == "/home/x"


def test_an_api_of_a_virtual_host_is_not_there_under_other_names(platform, administrator, open_api, europe):
    api = open_api("Abroad", "abroad", isDefaultVersion=True)
    deploy_to(administrator, api, europe, "eu.example.com")
    administrator.publish(api)
    for path in ("/abroad/1.0.0/x", "/abroad/x"):
        assert get(platform, path, "eu.example.com").json()["path"] == "/abroad/x"
        assert get(platform, path).status_code == 404
        assert get(platform, path, "other.example.com").status_code == 404


def test_hosts_that_the_environment_does_not_have_are_refused(administrator, open_api, europe):
    api = open_api("Stray", "stray")
    revision = administrator.post(f"{PUBLISHER}/apis/{api['id']}/revisions", {"description": ""})
    path = f"{PUBLISHER}/apis/{api['id']}/deploy-revision?revisionId={revision['id']}"
    for target, code in [({"name": europe, "vhost": "localhost"}, 900512), ({"name": "Mars", "vhost": "localhost"}, 900504), ({"name": europe}, 900511)]:
        assert administrator.request("POST", path, json=[target], expect=400).json()["code"] == code


def test_a_tenant_has_virtual_hosts_of_its_own(platform, administrator, backend):
    owner = {"username": "lee", "password": "Secret-of-lee-1", "email": "lee@hosts.example", "firstname": "L", "lastname": "E",
             "provisioningMethod": "inline-password"}
    administrator.session.post(
        f"{platform.management}/api/server/v1/tenants", json={"domain": "hosts.example", "owners": [owner]},
        auth=platform.administrator).raise_for_status()
    lee = platform.client("lee@hosts.example", "Secret-of-lee-1", tenant="hosts.example", scopes=f"{ALL_SCOPES} apim:environment_read")
    hosts = [{"host": "api.hosts.example", "httpPort": 8280, "httpsPort": 8243}]
    lee.post(f"{ADMIN}/environments", {"name": "Own", "displayName": "Own", "vhosts": hosts})
    # Nobody else can deploy there.
    assert "Own" not in [entry["name"] for entry in administrator.get(f"{ADMIN}/environments")["list"]]

    operations = [{"target": "/*", "verb": "GET", "authType": "None"}]
    api = lee.create_api("Tenanted", f"{backend.url}/tenanted", operations=operations)
    deploy_to(lee, api, "Own", "api.hosts.example")
    lee.publish(api)
    path = "/t/hosts.example/tenanted/1.0.0/x"
    assert get(platform, path, "api.hosts.example").json()["path"] == "/tenanted/x"
    assert get(platform, path).status_code == 404
    assert get(platform, "/tenanted/1.0.0/x", "api.hosts.example").status_code == 404

    stray = administrator.create_api("Untenanted", backend.url)
    revision = administrator.post(f"{PUBLISHER}/apis/{stray['id']}/revisions", {"description": ""})
    refused = administrator.request(
        "POST", f"{PUBLISHER}/apis/{stray['id']}/deploy-revision?revisionId={revision['id']}", expect=400,
        json=[{"name": "Own", "vhost": "api.hosts.example"}])
    assert refused.json()["code"] == 900504


def test_environments_for_one_type_of_keys(platform, administrator, backend):
    client = platform.client(scopes="apim:admin apim:environment_manage apim:environment_read")
    made = {}
    for name, kind in (("Live", "production"), ("Trial", "sandbox")):
        hosts = [{"host": f"{kind}.example.com", "httpPort": 8280, "httpsPort": 8243}]
        made[kind] = client.post(f"{ADMIN}/environments", {"name": name, "displayName": name, "type": kind, "vhosts": hosts})
    api = administrator.create_api("Sorted", backend.url)
    revision = deploy_to(administrator, api, "Default", "localhost")
    for kind, environment in made.items():
        deploy_to(administrator, api, environment["name"], f"{kind}.example.com", revision)
    administrator.publish(api)
    application = administrator.create_application("Sorters")
    administrator.subscribe(api, application)
    tokens = {kind: administrator.application_token(administrator.generate_keys(application, kind.upper())) for kind in made}

    def call(kind, host):
        return requests.get(f"{platform.gateway}/sorted/1.0.0/x", headers={"Host": host, "Authorization": f"Bearer {tokens[kind]}"})

    for kind in made:
        assert call(kind, f"{kind}.example.com").status_code == 200
        assert call(kind, "localhost").status_code == 200
    refused = call("sandbox", "production.example.com")
    assert (refused.status_code, refused.json()["description"]) == (401, "Sandbox Key Provided for Production Gateway")
    refused = call("production", "sandbox.example.com")
    assert (refused.status_code, refused.json()["description"]) == (401, "Production Key Provided for Sandbox Gateway")
    # What is deployed there counts on the type.
    environment = {**made["sandbox"], "type": "hybrid"}
    answer = client.request("PUT", f"{ADMIN}/environments/{environment['id']}", json=environment, expect=409)
    assert answer.json()["code"] == 900515
    administrator.post(f"{PUBLISHER}/apis/{api['id']}/undeploy-revision?revisionId={revision['id']}", [{"name": "Trial"}])
    client.request("PUT", f"{ADMIN}/environments/{environment['id']}", json=environment, expect=200)
    deploy_to(administrator, api, "Trial", "sandbox.example.com", revision)
    assert call("production", "sandbox.example.com").status_code == 200
