"""API products: operations of several APIs behind one subscription."""

import pytest
import requests

from running_platform import ALL_SCOPES, DEVPORTAL, PUBLISHER, Backend


@pytest.fixture(scope="module")
def publisher(platform):
    return platform.client(scopes=f"{ALL_SCOPES} apim:subscription_block apim:subscription_manage")


@pytest.fixture
def backends():
    made = [Backend(), Backend()]
    yield made
    for backend in made:
        backend.close()


def operations(*pairs):
    return [{"verb": verb, "target": target} for verb, target in pairs]


def product_of(publisher, name, members, expect=201, **changes):
    body = {
        "name": name, "version": "1.0.0", "context": f"/{name.lower()}", "policies": ["Unlimited"],
        "apis": [{"apiId": api["id"], "operations": operations(*pairs)} for api, pairs in members], **changes,
    }
    return publisher.request("POST", f"{PUBLISHER}/api-products", json=body, expect=expect).json()


def deploy(publisher, product):
    path = f"{PUBLISHER}/api-products/{product['id']}"
    revision = publisher.post(f"{path}/revisions", {"description": "by a test"})
    publisher.post(f"{path}/deploy-revision?revisionId={revision['id']}", [{"name": "Default", "vhost": "localhost"}])
    return revision


def publish(publisher, product):
    publisher.post(f"{PUBLISHER}/api-products/change-lifecycle?apiProductId={product['id']}&action=Publish", expect=200)


def call(platform, verb, path, token):
    return requests.request(verb, platform.gateway + path, headers={"Authorization": f"Bearer {token}"})


@pytest.fixture
def dinner(publisher, backends):
    """A product of two APIs on two backends; the second API guards its operation with a scope."""
    scope = {"scope": {"name": "dinner:order", "displayName": "Order", "description": "", "bindings": []}, "shared": False}
    pizza = publisher.create_api("DinnerPizza", backends[0].url + "/pizza", operations=[
        {"target": "/menu", "verb": "GET"}, {"target": "/menu/{id}", "verb": "GET"}, {"target": "/secret", "verb": "GET"}])
    orders = publisher.create_api("DinnerOrders", backends[1].url + "/orders", scopes=[scope], operations=[
        {"target": "/order", "verb": "POST", "scopes": ["dinner:order"]}, {"target": "/menu", "verb": "DELETE"}])
    product = product_of(publisher, "Dinner", [
        (pizza, [("GET", "/menu"), ("GET", "/menu/{id}")]), (orders, [("POST", "/order"), ("DELETE", "/menu")])])
    yield product, pizza, orders
    for subscription in publisher.get(f"{PUBLISHER}/subscriptions?apiId={product['id']}")["list"]:
        publisher.request("DELETE", f"{DEVPORTAL}/subscriptions/{subscription['subscriptionId']}", expect=200)
    publisher.request("DELETE", f"{PUBLISHER}/api-products/{product['id']}", expect=200)
    for api in (pizza, orders):
        publisher.request("DELETE", f"{PUBLISHER}/apis/{api['id']}", expect=200)


def test_a_product_is_found_subscribed_to_and_called(platform, publisher, backends, dinner):
    product, pizza, _ = dinner
    assert product["state"] == "CREATED" and product["isDefaultVersion"]
    assert [entry["name"] for entry in product["apis"]] == ["DinnerPizza", "DinnerOrders"]
    deploy(publisher, product)
    key = publisher.post(f"{PUBLISHER}/apis/{product['id']}/generate-key", expect=200)["apikey"]
    tried = requests.get(f"{platform.gateway}/dinner/1.0.0/menu/1", headers={"Internal-Key": key})
    assert tried.json()["path"] == "/pizza/menu/1"
    publish(publisher, product)

    found = publisher.get(f"{DEVPORTAL}/apis?query=name:Dinner")["list"]
    assert [(item["id"], item["type"]) for item in found if item["name"] == "Dinner"] == [(product["id"], "APIPRODUCT")]
    shown = publisher.get(f"{DEVPORTAL}/apis/{product['id']}")
    assert {(o["verb"], o["target"]) for o in shown["operations"]} == {
        ("GET", "/menu"), ("GET", "/menu/{id}"), ("POST", "/order"), ("DELETE", "/menu")}
    definition = publisher.get(f"{DEVPORTAL}/apis/{product['id']}/swagger")
    assert set(definition["paths"]) == {"/menu", "/menu/{id}", "/order"}
    assert set(definition["paths"]["/menu"]) == {"get", "delete"}

    application = publisher.create_application("Dinner guests")
    publisher.subscribe(product, application)
    keys = publisher.generate_keys(application)
    token, ordering = publisher.application_token(keys), publisher.application_token(keys, "dinner:order")

    # Each operation goes to the backend of its own API.
    assert call(platform, "GET", "/dinner/1.0.0/menu/7", token).json()["path"] == "/pizza/menu/7"
    assert call(platform, "DELETE", "/dinner/1.0.0/menu", token).json()["path"] == "/orders/menu"
    assert call(platform, "GET", "/dinner/menu", token).json()["path"] == "/pizza/menu"
    assert (len(backends[0].requests), len(backends[1].requests)) == (3, 1)
    # Scopes of the source API hold.
    assert call(platform, "POST", "/dinner/1.0.0/order", token).json()["code"] == "900910"
    assert call(platform, "POST", "/dinner/1.0.0/order", ordering).status_code == 200
    # What is not part of the product is not there.
    assert call(platform, "GET", "/dinner/1.0.0/secret", token).status_code == 404
    assert call(platform, "PUT", "/dinner/1.0.0/menu", token).status_code == 405
    # A subscription to the product is none to its APIs.
    publisher.deploy(pizza)
    publisher.publish(pizza)
    assert call(platform, "GET", "/dinnerpizza/1.0.0/menu", token).json()["code"] == "900908"

    publisher.post(f"{PUBLISHER}/api-products/change-lifecycle?apiProductId={product['id']}&action=Block", expect=200)
    assert call(platform, "GET", "/dinner/1.0.0/menu", token).status_code == 503


def test_changes_of_a_member_wait_for_the_product(platform, publisher, backends, dinner):
    product, pizza, _ = dinner
    path = f"{PUBLISHER}/api-products/{product['id']}"
    deploy(publisher, product)
    publish(publisher, product)
    application = publisher.create_application("Dinner regulars")
    publisher.subscribe(product, application)
    token = publisher.application_token(publisher.generate_keys(application))
    assert call(platform, "GET", "/dinner/1.0.0/menu", token).json()["path"] == "/pizza/menu"
    assert not publisher.get(f"{path}/is-outdated")["isOutdated"]

    changed = publisher.get(f"{PUBLISHER}/apis/{pizza['id']}")
    changed["endpointConfig"]["production_endpoints"]["url"] = backends[1].url + "/new"
    changed["operations"][0]["authType"] = "None"
    publisher.request("PUT", f"{PUBLISHER}/apis/{pizza['id']}", json=changed, expect=200)
    publisher.deploy(pizza)
    assert publisher.get(f"{path}/is-outdated")["isOutdated"]
    assert call(platform, "GET", "/dinner/1.0.0/menu", token).json()["path"] == "/pizza/menu"
    assert requests.get(f"{platform.gateway}/dinner/1.0.0/menu").status_code == 401

    publisher.request("PUT", path, json=publisher.get(path), expect=200)
    assert not publisher.get(f"{path}/is-outdated")["isOutdated"]
    assert call(platform, "GET", "/dinner/1.0.0/menu", token).json()["path"] == "/pizza/menu"
    deploy(publisher, product)
    assert requests.get(f"{platform.gateway}/dinner/1.0.0/menu").json()["path"] == "/new/menu"

    # The first revision is still what it was.
    first = publisher.get(f"{path}/revisions")["list"][0]
    publisher.post(f"{path}/deploy-revision?revisionId={first['id']}", [{"name": "Default", "vhost": "localhost"}])
    assert call(platform, "GET", "/dinner/1.0.0/menu", token).json()["path"] == "/pizza/menu"


def test_apis_keep_what_products_need(publisher, dinner):
    product, pizza, _ = dinner
    api = publisher.get(f"{PUBLISHER}/apis/{pizza['id']}")
    assert api["operations"][0]["usedProductIds"] == [product["id"]]
    less = {**api, "operations": api["operations"][2:]}
    assert publisher.request("PUT", f"{PUBLISHER}/apis/{pizza['id']}", json=less, expect=409).json()["code"] == 900344
    publisher.request("DELETE", f"{PUBLISHER}/apis/{pizza['id']}", expect=409)
    unused = {**api, "operations": api["operations"][:2]}
    publisher.request("PUT", f"{PUBLISHER}/apis/{pizza['id']}", json=unused, expect=200)


def test_what_makes_no_product_is_refused(publisher, dinner):
    _, pizza, orders = dinner
    menu = [("GET", "/menu")]
    cases = [
        ([(pizza, [("GET", "/nothing")])], {}, 404, 903246), ([(pizza, [])], {}, 404, 900763),
        ([(pizza, menu), (pizza, menu)], {}, 400, 900341), ([({"id": "none"}, menu)], {}, 404, 900308),
        ([(pizza, menu)], {"policies": []}, 400, 900304), ([(pizza, menu)], {"policies": ["Platinum"]}, 400, 900305),
        ([(pizza, menu)], {"context": "/dinnerpizza"}, 409, 900251), ([(pizza, menu)], {"name": "DinnerPizza"}, 409, 900250),
    ]
    for members, changes, status, code in cases:
        body = product_of(publisher, changes.pop("name", "Refused"), members, expect=status, **changes)
        assert body["code"] == code, (changes, body)
    bare = publisher.create_api("DinnerBare", "http://unused", endpointConfig=None)
    assert product_of(publisher, "Refused", [(bare, [("GET", "/*")])], expect=409)["code"] == 900342
    publisher.post(f"{PUBLISHER}/apis/change-lifecycle?apiId={orders['id']}&action=Deploy as a Prototype", expect=200)
    assert product_of(publisher, "Refused", [(orders, [("DELETE", "/menu")])], expect=409)["code"] == 900343
    publisher.request("DELETE", f"{PUBLISHER}/apis/{bare['id']}", expect=200)


def test_a_retired_product_is_gone(platform, publisher, dinner):
    product, _, _ = dinner
    deploy(publisher, product)
    publish(publisher, product)
    for action in ("Deprecate", "Retire"):
        publisher.post(f"{PUBLISHER}/api-products/change-lifecycle?apiProductId={product['id']}&action={action}", expect=200)
    assert requests.get(f"{platform.gateway}/dinner/1.0.0/menu").status_code == 404
    assert publisher.get(f"{PUBLISHER}/api-products/{product['id']}/revisions")["count"] == 0


def test_products_are_no_apis_and_apis_no_products(publisher, dinner):
    product, pizza, _ = dinner
    assert product["id"] not in [api["id"] for api in publisher.get(f"{PUBLISHER}/apis?limit=100")["list"]]
    assert [found["id"] for found in publisher.get(f"{PUBLISHER}/api-products?query=name:Dinner")["list"]] == [product["id"]]
    kinds = {found["id"]: found["type"] for found in publisher.get(f"{PUBLISHER}/search?query=Dinner")["list"]}
    assert (kinds[product["id"]], kinds[pizza["id"]]) == ("APIProduct", "API")
    assert publisher.request("GET", f"{PUBLISHER}/apis/{product['id']}", expect=404).json()["code"] == 900308
    assert publisher.request("GET", f"{PUBLISHER}/api-products/{pizza['id']}", expect=404).json()["code"] == 900360
    publisher.request("POST", f"{PUBLISHER}/apis/{product['id']}/revisions", json={}, expect=404)
