"""Policies of APIs, of operations and of whole gateways: what they do to messages, in which order, and what keeps scripts in bounds."""

import io
import json
import time
import zipfile

import pytest
import requests

from running_platform import ADMIN, ALL_SCOPES, PUBLISHER, RunningGateway, RunningPlatform, wait_until

SCOPES = ALL_SCOPES + (
    " apim:common_operation_policy_view apim:common_operation_policy_manage apim:mediation_policy_view apim:mediation_policy_create"
    " apim:mediation_policy_manage apim:policies_import_export apim:gateway_policy_view apim:gateway_policy_manage")


@pytest.fixture(scope="module")
def publisher(platform):
    return platform.client(scopes=SCOPES)


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def entry(name, version="v1", **parameters):
    return {"policyName": name, "policyVersion": version, "parameters": parameters}


def add_header(name, value):
    return entry("addHeader", "v2", headerName=name, headerValue=value)


def upload(client, name, script, *, version="v1", attributes=(), api=None, file="script.lua", expect=201):
    specification = {
        "type": "operation_policy_specification", "version": "v4.6.0", "data": {
            "category": "Mediation", "name": name, "version": version, "displayName": name, "description": "by a test",
            "applicableFlows": ["request", "response", "fault"], "supportedGateways": ["Synapse"], "supportedApiTypes": ["HTTP"],
            "policyAttributes": list(attributes)}}
    files = {"policySpecFile": ("policy.json", json.dumps(specification)), "synapsePolicyDefinitionFile": (file, script)}
    place = f"{PUBLISHER}/apis/{api['id']}/operation-policies" if api else f"{PUBLISHER}/operation-policies"
    return client.request("POST", place, files=files, expect=expect).json()


def test_policies_of_api_and_operation_in_all_flows(platform, publisher, backend):
    operations = [
        {"target": "/menu/{id}", "verb": "GET", "operationPolicies": {
            "request": [entry("addQueryParam", paramKey="season", paramValue="high tide"),
                        entry("rewriteResourcePath", "v3", newResourcePath="/v2/dishes", includeQueryParams="true"),
                        add_header("X-Order", "operation")],
            "response": [add_header("X-Answer", "operation")], "fault": [entry("jsonFault")]}},
        {"target": "/plain", "verb": "GET"},
    ]
    api = publisher.publish_new("Lagoon", backend.url, operations=operations, apiPolicies={
        "request": [add_header("X-Order", "api"), add_header("X-Api", "yes")],
        "response": [entry("removeHeader", headerName="Server"), add_header("X-Answer", "api")],
        "fault": [add_header("X-Fault", "api")]})
    token = publisher.subscribed_token(api, "Lagoon callers")
    url = f"{platform.gateway}/lagoon/1.0.0"

    answer = requests.get(f"{url}/menu/7?a=1", headers=bearer(token))
    seen = answer.json()
    assert seen["path"] == "/v2/dishes?a=1&season=high%20tide"
    # Those of the API come first, so those of the operation have the last word.
    assert (seen["headers"]["X-Order"], seen["headers"]["X-Api"]) == ("operation", "yes")
    assert answer.headers["X-Answer"] == "operation" and "Server" not in answer.headers

    plain = requests.get(f"{url}/plain", headers=bearer(token))
    assert (plain.json()["headers"]["X-Order"], plain.headers["X-Answer"]) == ("api", "api")

    refused = requests.get(f"{url}/menu/7")
    assert (refused.status_code, refused.headers["X-Fault"]) == (401, "api")
    assert refused.json()["fault"] == {
        "code": 900902, "type": "Status report", "message": "Missing Credentials", "description": refused.json()["fault"]["description"]}


@pytest.mark.parametrize("use, reason", [
    (entry("jwtClaimBasedAccessValidator", accessVerificationClaim="a", accessVerificationClaimValue="b", accessVerificationClaimValueRegex="("),
     "jwtClaimBasedAccessValidator v1 cannot run: the regular expression is wrong"),
    (entry("setToHeader", value="http://169.254.169.254/latest"), "setToHeader v1 cannot run: value is no http or https URL"),
    (entry("setToHeader", value="ftp://backend.example"), "'value' is not of the form"),
    (entry("addHeader", "v2", headerName="two words", headerValue="x"), "addHeader v2 cannot run: headerName is no name"),
])
def test_a_policy_that_could_not_run_is_not_applied(publisher, backend, use, reason):
    flows = {"request": [use], "response": [], "fault": []}
    body = {"name": "Reefknot", "version": "1.0.0", "context": "/reefknot", "apiPolicies": flows, "operations": [{"target": "/*", "verb": "GET"}]}
    refused = publisher.request("POST", f"{PUBLISHER}/apis", json=body)
    assert (refused.status_code, refused.json()["code"]) == (400, 903212) and reason in refused.json()["description"]
    refused = publisher.request("POST", f"{PUBLISHER}/gateway-policies", json={"displayName": "Reefknot", "policyMapping": flows})
    assert (refused.status_code, refused.json()["code"]) == (400, 903212)


@pytest.mark.parametrize("mine, other, length", [("GET", "HEAD", "0"), ("HEAD", "GET", None)])
def test_a_method_whose_answers_have_no_body(platform, publisher, backend, mine, other, length):
    operations = [{"target": "/x", "verb": mine, "operationPolicies": {"request": [entry("changeHTTPMethod", httpMethod=other)]}}]
    api = publisher.publish_new(f"Tide{mine}", backend.url, operations=operations)
    token = publisher.subscribed_token(api, f"Tide{mine} callers")
    with requests.Session() as session:
        for _ in range(5):
            answer = session.request(mine, f"{platform.gateway}/tide{mine.lower()}/1.0.0/x", headers=bearer(token), timeout=10)
            assert (answer.status_code, answer.content, backend.requests[-1]["method"]) == (200, b"", other)
            assert length is None or answer.headers["Content-Length"] == length


def test_policies_in_the_way_of_bad_bodies(platform, publisher, backend):
    operations = [
        {"target": "/json", "verb": "POST", "operationPolicies": {"request": [entry("jsonValidator", maxJsonDepth="3")]}},
        {"target": "/xml", "verb": "POST", "operationPolicies": {"request": [entry("xmlValidator")]}},
        {"target": "/text", "verb": "POST", "operationPolicies": {"request": [entry("regexPolicy")]}},
        {"target": "/convert", "verb": "POST", "operationPolicies": {"request": [entry("xmlToJson")], "response": [entry("jsonToXML")]}},
    ]
    api = publisher.publish_new("Shoal", backend.url, operations=operations)
    token = publisher.subscribed_token(api, "Shoal callers")

    def post(path, body, content_type):
        headers = {**bearer(token), "Content-Type": content_type}
        return requests.post(f"{platform.gateway}/shoal/1.0.0{path}", data=body, headers=headers)

    assert post("/json", '{"a":[1]}', "application/json").status_code == 200
    deep = post("/json", '{"a":[[[[1]]]]}', "application/json")
    assert (deep.status_code, "JSON" in deep.text) == (400, True)
    assert post("/xml", "<a><b/></a>", "application/xml").status_code == 200
    bomb = '<!DOCTYPE a [<!ENTITY x "y"><!ENTITY z "&x;&x;">]><a>&z;</a>'
    assert post("/xml", bomb, "application/xml").status_code == 400
    assert post("/xml", "<a>" * 200 + "</a>" * 200, "application/xml").status_code == 400
    assert post("/text", "fish and chips", "text/plain").status_code == 200
    assert post("/text", "1; DROP TABLE fish", "text/plain").status_code == 400
    converted = post("/convert", "<fish><name>cod</name></fish>", "application/xml")
    assert converted.headers["Content-Type"].startswith("application/xml")
    assert backend.requests[-1]["headers"]["Content-Type"].startswith("application/json")
    assert json.loads(backend.requests[-1]["body"]) == {"fish": {"name": "cod"}}


def test_a_script_of_ones_own(platform, publisher, backend):
    script = """
        function on_request()
          if request.query.season ~= parameters.season then refuse(422, "not in season") end
          local order = json.decode(request.body)
          order.season = parameters.season
          request.body = json.encode(order)
          request.headers["X-Key"] = parameters.key
        end
        function on_response() response.headers["X-Application"] = context.application end
        """
    attributes = [
        {"name": "season", "displayName": "Season", "type": "Enum", "allowedValues": ["spring", "autumn"], "required": True},
        {"name": "key", "displayName": "Key", "type": "Secret", "required": True}]
    policy = upload(publisher, "orderSeason", script, attributes=attributes)
    listed = publisher.get(f"{PUBLISHER}/operation-policies?query=name:orderSeason")
    assert [item["id"] for item in listed["list"]] == [policy["id"]]
    use = entry("orderSeason", season="autumn", key="0pen-sesame")
    operations = [{"target": "/orders", "verb": "POST", "operationPolicies": {"request": [use], "response": [use]}}]
    api = publisher.publish_new("Harvest", backend.url, operations=operations)
    read = publisher.get(f"{PUBLISHER}/apis/{api['id']}")
    stored = read["operations"][0]["operationPolicies"]["request"][0]
    assert stored["parameters"] == {"season": "autumn", "key": ""}

    token = publisher.subscribed_token(api, "Harvest callers")
    url = f"{platform.gateway}/harvest/1.0.0/orders"
    answer = requests.post(f"{url}?season=autumn", json={"fish": "cod"}, headers=bearer(token))
    assert (answer.status_code, answer.headers["X-Application"]) == (200, "Harvest callers")
    assert json.loads(answer.json()["body"]) == {"fish": "cod", "season": "autumn"}
    assert answer.json()["headers"]["X-Key"] == "0pen-sesame"
    refused = requests.post(f"{url}?season=spring", json={"fish": "cod"}, headers=bearer(token))
    assert (refused.status_code, refused.json()["description"]) == (422, "not in season")
    assert requests.post(f"{url}?season=autumn", data="{", headers=bearer(token)).status_code == 500

    # An update that sends the empty secret back keeps it; the deleted policy lives on in the API.
    publisher.request("PUT", f"{PUBLISHER}/apis/{api['id']}", json=read, expect=200)
    publisher.request("DELETE", f"{PUBLISHER}/operation-policies/{policy['id']}", expect=200)
    publisher.deploy(api)
    answer = requests.post(f"{url}?season=autumn", json={"fish": "cod"}, headers=bearer(token))
    assert answer.json()["headers"]["X-Key"] == "0pen-sesame"


@pytest.mark.parametrize("name, script", [
    ("whirlpool", "function on_request() while true do end end"),
    ("flood", "function on_request() local t = {} while true do t[#t + 1] = string.rep('x', 100000) end end"),
    ("undertow", "function on_request() while true do pcall(error, 'again') end end"),
    ("riptide", "function on_request() string.find(string.rep('a', 100000), string.rep('a*', 50) .. 'b') end"),
])
def test_scripts_are_kept_in_bounds(platform, publisher, backend, name, script):
    upload(publisher, name, script)
    calm = publisher.publish_new(f"Calm{name}", backend.url)
    wild = publisher.publish_new(f"Wild{name}", backend.url, apiPolicies={"request": [entry(name)], "response": [], "fault": []})
    application = publisher.create_application(f"{name} callers")
    for api in (calm, wild):
        publisher.subscribe(api, application)
    token = publisher.application_token(publisher.generate_keys(application))
    for _ in range(3):
        begin = time.monotonic()
        answer = requests.get(f"{platform.gateway}/wild{name}/1.0.0/x", headers=bearer(token))
        assert answer.status_code == 500 and f"The policy {name} v1 failed" in answer.text
        assert time.monotonic() - begin < 2
    assert requests.get(f"{platform.gateway}/calm{name}/1.0.0/x", headers=bearer(token)).status_code == 200


@pytest.mark.parametrize("script, said", [
    ("function on_request( end", "does not compile"), ("while true do end", "does not compile"),
    ("os.execute('true')", "does not compile"), ("function on_request() end" + " " * 300_000, "bytes")])
def test_scripts_that_cannot_run_are_refused(publisher, script, said):
    refused = upload(publisher, "wreck", script, expect=400)
    assert refused["code"] == 902006 and said in refused["description"]


def test_a_message_takes_one_line_of_the_log(platform, publisher, backend):
    upload(publisher, "parrot", "function on_request() log('from a script\\nFORGED by a script') end")
    api = publisher.publish_new(
        "Cove", backend.url, apiPolicies={"request": [entry("addLogMessage"), entry("parrot")], "response": [], "fault": []})
    token = publisher.subscribed_token(api, "Cove callers")
    body = "from a client\nFORGED by a client\x1b[31m"
    assert requests.post(f"{platform.gateway}/cove/1.0.0/x", data=body, headers=bearer(token)).status_code == 200
    lines = wait_until(lambda: [line for line in platform.log.splitlines() if "FORGED by a script" in line], what="the line")
    assert "from a script\\nFORGED" in lines[0]
    assert [line for line in platform.log.splitlines() if line.startswith("FORGED")] == []
    assert "from a client\\nFORGED by a client\\u{1b}" in platform.log


def test_policies_for_a_whole_gateway(platform, publisher, backend):
    policies = f"{PUBLISHER}/gateway-policies"
    mapping = publisher.post(policies, {
        "displayName": "Tides", "description": "for all APIs",
        "policyMapping": {"request": [add_header("X-Order", "gateway"), add_header("X-Gateway", "yes")], "response": [], "fault": []}})
    api = publisher.publish_new(
        "Atoll", backend.url, apiPolicies={"request": [add_header("X-Order", "api")], "response": [], "fault": []})
    token = publisher.subscribed_token(api, "Atoll callers")

    def seen():
        return requests.get(f"{platform.gateway}/atoll/1.0.0/x", headers=bearer(token)).json()["headers"]

    def deploy(is_deployed):
        publisher.post(f"{policies}/{mapping['id']}/deploy", [{"gatewayLabel": "Default", "gatewayDeployment": is_deployed}], expect=200)

    assert "X-Gateway" not in seen()
    deploy(True)
    try:
        # Live at once, before the policies of the API.
        assert (seen()["X-Gateway"], seen()["X-Order"]) == ("yes", "api")
        changed = publisher.get(f"{policies}/{mapping['id']}")
        assert changed["appliedGatewayLabels"] == ["Default"]
        changed["policyMapping"]["request"] = [add_header("X-Gateway", "changed")]
        publisher.request("PUT", f"{policies}/{mapping['id']}", json=changed, expect=200)
        assert seen()["X-Gateway"] == "changed"
        assert publisher.request("DELETE", f"{policies}/{mapping['id']}").status_code == 412
    finally:
        deploy(False)
    assert "X-Gateway" not in seen()
    publisher.request("DELETE", f"{policies}/{mapping['id']}", expect=200)


def test_an_environment_with_gateway_policies_stays(publisher):
    environment = publisher.post(f"{ADMIN}/environments", {"name": "reef", "displayName": "Reef", "vhosts": [{"host": "reef.example"}]})
    mapping = publisher.post(f"{PUBLISHER}/gateway-policies", {
        "displayName": "Reef", "policyMapping": {"request": [add_header("X-Reef", "1")], "response": [], "fault": []}})

    def deploy(is_deployed):
        wish = [{"gatewayLabel": "reef", "gatewayDeployment": is_deployed}]
        publisher.post(f"{PUBLISHER}/gateway-policies/{mapping['id']}/deploy", wish, expect=200)

    deploy(True)
    refused = publisher.request("DELETE", f"{ADMIN}/environments/{environment['id']}")
    assert (refused.status_code, refused.json()["code"]) == (409, 900516)
    deploy(False)
    publisher.request("DELETE", f"{ADMIN}/environments/{environment['id']}", expect=200)


def test_a_product_runs_the_policies_of_its_apis(platform, publisher, backend):
    operations = [{"target": "/fish", "verb": "GET", "operationPolicies": {"request": [add_header("X-Order", "operation")]}}]
    api = publisher.create_api("Trawler", backend.url, operations=operations, apiPolicies={
        "request": [add_header("X-Order", "api"), add_header("X-Api", "yes")], "response": [], "fault": []})
    product = publisher.post(f"{PUBLISHER}/api-products", {
        "name": "Catch", "context": "/catch", "policies": ["Unlimited"],
        "apis": [{"apiId": api["id"], "operations": [{"verb": "GET", "target": "/fish"}]}]})
    path = f"{PUBLISHER}/api-products/{product['id']}"
    revision = publisher.post(f"{path}/revisions", {"description": ""})
    publisher.post(f"{path}/deploy-revision?revisionId={revision['id']}", [{"name": "Default", "vhost": "localhost", "displayOnDevportal": True}])
    publisher.post(f"{PUBLISHER}/api-products/change-lifecycle?apiProductId={product['id']}&action=Publish", expect=200)
    token = publisher.subscribed_token(product, "Catch callers")
    seen = requests.get(f"{platform.gateway}/catch/1.0.0/fish", headers=bearer(token)).json()["headers"]
    assert (seen["X-Order"], seen["X-Api"]) == ("operation", "yes")


def test_policies_travel_as_archives(publisher, tmp_path):
    upload(publisher, "bottle", "function on_request() log('in a bottle') end")
    answer = publisher.request("GET", f"{PUBLISHER}/operation-policies/export?name=bottle&version=v1&format=JSON", expect=200)
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    assert sorted(archive.namelist()) == ["bottle_v1/bottle_v1.json", "bottle_v1/bottle_v1.lua"]
    assert "in a bottle" in archive.read("bottle_v1/bottle_v1.lua").decode()
    files = {"file": ("bottle.zip", answer.content)}
    again = publisher.request("POST", f"{PUBLISHER}/operation-policies/import", files=files)
    assert (again.status_code, again.json()["code"]) == (409, 903001)
    found = publisher.get(f"{PUBLISHER}/operation-policies?query=name:bottle")["list"][0]
    content = publisher.request("GET", f"{PUBLISHER}/operation-policies/{found['id']}/content", expect=200)
    assert content.headers["Content-Type"] == "application/zip"
    publisher.request("DELETE", f"{PUBLISHER}/operation-policies/{found['id']}", expect=200)
    publisher.request("POST", f"{PUBLISHER}/operation-policies/import", files=files, expect=200)
    found = publisher.get(f"{PUBLISHER}/operation-policies?query=name:bottle")["list"]
    assert [item["name"] for item in found] == ["bottle"]
    refused = publisher.request("POST", f"{PUBLISHER}/operation-policies/import", files={"file": ("x.zip", b"PK\x03\x04 broken")})
    assert (refused.status_code, refused.json()["code"]) == (400, 902006)
    assert publisher.request("GET", f"{PUBLISHER}/operation-policies/export?name=nothing&version=v1").json()["code"] == 903004


def test_another_tenant_sees_and_touches_no_policy(platform, publisher, backend):
    owner = {"username": "ahab", "password": "Secret-of-ahab-1", "email": "a@whaler.example", "firstname": "A", "lastname": "B",
             "provisioningMethod": "inline-password"}
    publisher.session.post(
        f"{platform.management}/api/server/v1/tenants", json={"domain": "whaler.example", "owners": [owner]},
        auth=platform.administrator).raise_for_status()
    ahab = platform.client("ahab@whaler.example", "Secret-of-ahab-1", tenant="whaler.example", scopes=SCOPES)
    policy = upload(publisher, "harpoon", "function on_request() request.headers['X-Harpoon'] = '1' end")
    api = publisher.create_api("Whales", backend.url)
    own = upload(publisher, "lance", "function on_request() end", api=api)
    mapping = publisher.post(f"{PUBLISHER}/gateway-policies", {
        "displayName": "Whales", "policyMapping": {"request": [entry("harpoon")], "response": [], "fault": []}})
    deployment = [{"gatewayLabel": "Default", "gatewayDeployment": True}]
    publisher.post(f"{PUBLISHER}/gateway-policies/{mapping['id']}/deploy", deployment, expect=200)
    try:
        for method, path, body in [
            ("GET", f"/operation-policies/{policy['id']}", None), ("DELETE", f"/operation-policies/{policy['id']}", None),
            ("GET", f"/operation-policies/{policy['id']}/content", None),
            ("GET", "/operation-policies/export?name=harpoon&version=v1", None),
            ("GET", f"/apis/{api['id']}/operation-policies", None),
            ("GET", f"/apis/{api['id']}/operation-policies/{own['id']}", None),
            ("GET", f"/apis/{api['id']}/operation-policies/{own['id']}/content", None),
            ("DELETE", f"/apis/{api['id']}/operation-policies/{own['id']}", None),
            ("GET", f"/gateway-policies/{mapping['id']}", None), ("DELETE", f"/gateway-policies/{mapping['id']}", None),
            ("POST", f"/gateway-policies/{mapping['id']}/deploy", deployment),
            ("PUT", f"/gateway-policies/{mapping['id']}", {"displayName": "x", "policyMapping": {}}),
        ]:
            arguments = {"json": body} if body is not None else {}
            assert ahab.request(method, PUBLISHER + path, **arguments).status_code == 404, f"{method} {path}"
        assert ahab.get(f"{PUBLISHER}/operation-policies?query=name:harpoon")["count"] == 0
        assert ahab.get(f"{PUBLISHER}/gateway-policies")["count"] == 0
        # What all APIs of one tenant have, those of another do not.
        his = ahab.publish_new("Pequod", backend.url)
        token = ahab.subscribed_token(his, "Crew")
        answer = requests.get(f"{platform.gateway}/t/whaler.example/pequod/1.0.0/x", headers=bearer(token))
        assert answer.status_code == 200 and "X-Harpoon" not in answer.json()["headers"]
    finally:
        publisher.post(
            f"{PUBLISHER}/gateway-policies/{mapping['id']}/deploy", [{**deployment[0], "gatewayDeployment": False}], expect=200)


def test_policies_run_on_gateways_that_run_apart(tmp_path, backend):
    control_plane = RunningPlatform(tmp_path / "control-plane", profile="control-plane").start()
    client = control_plane.client(scopes=SCOPES)
    token = client.post("/api/am/martlet/v1/gateway-tokens", {"name": "one"})["token"]
    gateway = RunningGateway(tmp_path / "gateway", control_plane, token).start()
    try:
        upload(client, "buoy", "function on_request() request.headers['X-Buoy'] = parameters.colour end", attributes=[
            {"name": "colour", "displayName": "Colour", "type": "Secret", "required": True}])
        api = client.publish_new("Channel", backend.url, apiPolicies={
            "request": [entry("buoy", colour="red"), add_header("X-Order", "api")], "response": [], "fault": []})
        mapping = client.post(f"{PUBLISHER}/gateway-policies", {
            "displayName": "All", "policyMapping": {"request": [add_header("X-Gateway", "yes")], "response": [], "fault": []}})
        client.post(f"{PUBLISHER}/gateway-policies/{mapping['id']}/deploy", [{"gatewayLabel": "Default", "gatewayDeployment": True}], expect=200)
        bearer_token = client.subscribed_token(api, "Channel callers")

        def seen():
            return requests.get(f"{gateway.gateway}/channel/1.0.0/x", headers=bearer(bearer_token)).json()["headers"]

        assert [seen().get(name) for name in ("X-Buoy", "X-Order", "X-Gateway")] == ["red", "api", "yes"]
        # Without its control plane the gateway goes on with what is on its disk.
        control_plane.stop()
        gateway.stop()
        gateway.start()
        assert [seen().get(name) for name in ("X-Buoy", "X-Order", "X-Gateway")] == ["red", "api", "yes"]
    finally:
        gateway.stop()
        control_plane.stop()



def test_a_one_time_token_is_used_up_on_all_gateways(tmp_path, backend):
    control_plane = RunningPlatform(tmp_path / "control-plane", profile="control-plane").start()
    client = control_plane.client(scopes=SCOPES)
    token = client.post("/api/am/martlet/v1/gateway-tokens", {"name": "one"})["token"]
    gateways = [RunningGateway(tmp_path / f"gateway-{number}", control_plane, token).start() for number in (1, 2)]
    try:
        api = client.publish_new(
            "Passage", backend.url, apiPolicies={"request": [entry("revokeOneTimeToken", scope="once")], "response": [], "fault": []},
            scopes=[{"scope": {"name": "once", "displayName": "Once", "bindings": ["admin"]}, "shared": False}],
            operations=[{"target": "/*", "verb": "GET", "scopes": ["once"]}])
        application = client.create_application("Passengers")
        client.subscribe(api, application)
        keys = client.generate_keys(application)
        form = {"grant_type": "password", "username": client.username, "password": client.password, "scope": "once"}
        issued = client.session.post(f"{client.base}/oauth2/token", data=form, auth=(keys["consumerKey"], keys["consumerSecret"]))
        ticket = issued.json()["access_token"]

        def board(gateway):
            return requests.get(f"{gateway.gateway}/passage/1.0.0/x", headers=bearer(ticket)).status_code

        def sequence(gateway):
            return gateway.health["gateway"]["sequence"]

        before = sequence(gateways[1])
        assert [board(gateways[0]), board(gateways[0])] == [200, 401]
        # The first gateway tells the control plane, which tells the second one: the only change under way.
        wait_until(lambda: sequence(gateways[1]) > before, what="the revocation on the other gateway")
        assert board(gateways[1]) == 401
    finally:
        for running in [*gateways, control_plane]:
            running.stop()


DEFINITION = {
    "openapi": "3.0.1", "info": {"title": "Roadstead", "version": "1.0.0"},
    "paths": {
        "/ships/{number}": {
            "parameters": [{"name": "number", "in": "path", "required": True, "schema": {"type": "integer"}}],
            "get": {
                "parameters": [{"name": "flag", "in": "query", "required": True, "schema": {"enum": ["red", "blue"]}}],
                "responses": {
                    "200": {"description": "a ship", "content": {
                        "application/json": {"schema": {"type": "object", "required": ["method"]}, "example": {"ship": "Pequod", "mast": 3}},
                        "application/xml": {"example": "<ship/>"}}},
                    "404": {"description": "none", "content": {"application/json": {"example": {"error": "sunk"}}}}}},
            "put": {
                "requestBody": {"required": True, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Ship"}}}},
                "responses": {"200": {"description": "a ship", "content": {"application/json": {"schema": {"required": ["mast"]}}}}}}}},
    "components": {"schemas": {"Ship": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string", "maxLength": 8}}}}},
}


def import_definition(client, name, url, **members):
    properties = {
        "name": name, "version": "1.0.0", "context": f"/{name.lower()}", "policies": ["Unlimited"],
        "endpointConfig": {"endpoint_type": "http", "production_endpoints": {"url": url}}, **members}
    files = {"file": ("openapi.json", json.dumps(DEFINITION)), "additionalProperties": (None, json.dumps(properties))}
    api = client.request("POST", f"{PUBLISHER}/apis/import-openapi", files=files, expect=201).json()
    # What the import does not take over is in the object.
    read = client.get(f"{PUBLISHER}/apis/{api['id']}")
    return client.request("PUT", f"{PUBLISHER}/apis/{api['id']}", json={**read, **members}, expect=200).json()


def test_messages_are_kept_to_the_definition(platform, publisher, backend):
    api = import_definition(publisher, "Roadstead", backend.url, enableSchemaValidation=True)
    publisher.deploy(api)
    publisher.publish(api)
    token = publisher.subscribed_token(api, "Roadstead callers")
    url = f"{platform.gateway}/roadstead/1.0.0/ships"

    def call(method, path, **arguments):
        return requests.request(method, url + path, headers=bearer(token), **arguments)

    assert call("GET", "/7?flag=red&other=x").status_code == 200
    seen = len(backend.requests)
    for path, sentence in [("/seven?flag=red", "the path parameter 'number' must be an integer"),
                           ("/7", "the query parameter 'flag' is required"), ("/7?flag=white", "the query parameter 'flag' must be one of")]:
        refused = call("GET", path)
        assert (refused.status_code, refused.json()["message"]) == (400, "Bad Request")
        assert refused.json()["description"].startswith("Schema validation failed in the Request: " + sentence)
    assert "'name' must have at most 8 characters" in call("PUT", "/7", json={"name": "Pequod the second"}).text
    assert "the content type text/plain is not expected" in requests.put(
        f"{url}/7", data="x", headers={**bearer(token), "Content-Type": "text/plain"}).text
    assert "the body is not JSON" in requests.put(
        f"{url}/7", data='{"name":', headers={**bearer(token), "Content-Type": "application/json"}).text
    assert len(backend.requests) == seen
    # The backend answers without the member that the definition asks for.
    broken = call("PUT", "/7", json={"name": "Pequod"})
    assert (broken.status_code, broken.json()["message"]) == (500, "Bad Response")
    assert broken.json()["description"] == "Schema validation failed in the Response: the body: 'mast' is required, "
    assert requests.get(f"{url}/seven").status_code == 401


def test_a_definition_that_messages_cannot_be_checked_against_is_not_deployed(publisher, backend):
    api = import_definition(publisher, "Wreckage", backend.url, enableSchemaValidation=True)
    broken = json.loads(json.dumps(DEFINITION))
    broken["components"]["schemas"]["Ship"]["properties"]["name"]["pattern"] = "(?<=a)b"
    files = {"apiDefinition": (None, json.dumps(broken))}
    publisher.request("PUT", f"{PUBLISHER}/apis/{api['id']}/swagger", files=files, expect=200)
    revision = publisher.post(f"{PUBLISHER}/apis/{api['id']}/revisions", {"description": ""})
    refused = publisher.request(
        "POST", f"{PUBLISHER}/apis/{api['id']}/deploy-revision?revisionId={revision['id']}", json=[{"name": "Default", "vhost": "localhost"}])
    assert refused.status_code == 400 and "Ship" in refused.json()["description"]


def test_an_api_answers_before_its_backend_is_there(platform, publisher):
    api = import_definition(publisher, "Shipyard", "http://127.0.0.1:9", endpointImplementationType="MOCKED_OAS")
    publisher.deploy(api)
    publisher.publish(api)
    token = publisher.subscribed_token(api, "Shipyard callers")
    url = f"{platform.gateway}/shipyard/1.0.0/ships/7"
    first = requests.get(url, headers=bearer(token))
    assert (first.status_code, first.json()) == (200, {"ship": "Pequod", "mast": 3})
    assert requests.get(url, headers={**bearer(token), "Accept": "application/xml"}).text == "<ship/>"
    missing = requests.get(f"{url}?responseCode=404", headers=bearer(token))
    assert (missing.status_code, missing.json()) == (404, {"error": "sunk"})
    assert requests.get(url).status_code == 401
    assert requests.put(url, json={"name": "x"}, headers=bearer(token)).status_code == 200


def test_mock_scripts_are_generated_and_only_fixed_answers_are_deployed(platform, publisher):
    api = import_definition(publisher, "Drydock", "http://127.0.0.1:9", endpointImplementationType="INLINE")
    path = f"{PUBLISHER}/apis/{api['id']}"
    publisher.post(f"{path}/generate-mock-scripts", expect=200)
    scripts = publisher.get(f"{path}/generated-mock-scripts")["list"]
    assert {script["verb"].upper() for script in scripts} == {"GET", "PUT"}
    publisher.deploy(api)
    publisher.publish(api)
    token = publisher.subscribed_token(api, "Drydock callers")
    url = f"{platform.gateway}/drydock/1.0.0/ships/7"
    assert requests.get(url, headers=bearer(token)).json() == {"ship": "Pequod", "mast": 3}
    assert requests.get(f"{url}?responseCode=404", headers=bearer(token)).status_code == 404

    definition = publisher.get(f"{path}/swagger")
    definition["paths"]["/ships/{number}"]["get"]["x-mediation-script"] = "mc.setPayloadJSON({'now': new Date().getTime()});"
    publisher.request("PUT", f"{path}/swagger", files={"apiDefinition": (None, json.dumps(definition))}, expect=200)
    assert "new Date()" in publisher.get(f"{path}/swagger")["paths"]["/ships/{number}"]["get"]["x-mediation-script"]
    revision = publisher.post(f"{path}/revisions", {"description": ""})
    refused = publisher.request("POST", f"{path}/deploy-revision?revisionId={revision['id']}", json=[{"name": "Default", "vhost": "localhost"}])
    assert refused.status_code == 400 and "mock implementation of GET /ships/{number}" in refused.json()["description"]
    # What is deployed goes on.
    assert requests.get(url, headers=bearer(token)).status_code == 200
