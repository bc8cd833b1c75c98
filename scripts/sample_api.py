"""The main path of the platform through its public REST APIs: import, deploy, publish, subscribe, get a token."""

import base64
import http.client
import json
import ssl
import urllib.parse
import uuid

PUBLISHER = "/api/am/publisher/v4"
DEVPORTAL = "/api/am/devportal/v3"


class PlatformError(Exception):
    """What the platform refused, as a sentence."""


class RestClient:
    """Calls the management REST APIs with an access token of the administrator."""

    def __init__(self, base, certificate, username, password):
        self.host = urllib.parse.urlsplit(base).netloc
        self.context = ssl.create_default_context(cafile=str(certificate))
        self.username = username
        self.basic = "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()
        self.authorization = "Bearer " + self._access_token(password)

    def _access_token(self, password):
        registration = {
            "clientName": "martlet_sample", "owner": self.username, "grantType": "password refresh_token", "saasApp": True,
        }
        client = self.call("POST", "/client-registration/v0.17/register", registration, authorization=self.basic)
        credentials = base64.b64encode(f"{client['clientId']}:{client['clientSecret']}".encode()).decode()
        scopes = "apim:api_view apim:api_create apim:api_publish apim:api_manage apim:subscribe apim:app_manage apim:sub_manage"
        form = {"grant_type": "password", "username": self.username, "password": password, "scope": scopes}
        return self.call("POST", "/oauth2/token", form, authorization="Basic " + credentials, form=True)["access_token"]

    def call(self, method, path, body=None, *, authorization=None, form=False, multipart=False):
        headers = {"Authorization": authorization or self.authorization, "Accept": "application/json"}
        payload = None
        if multipart:
            headers["Content-Type"], payload = encode_multipart(body)
        elif form:
            headers["Content-Type"], payload = "application/x-www-form-urlencoded", urllib.parse.urlencode(body).encode()
        elif body is not None:
            headers["Content-Type"], payload = "application/json", json.dumps(body).encode()
        connection = http.client.HTTPSConnection(self.host, context=self.context, timeout=30)
        try:
            connection.request(method, path, payload, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        except OSError as error:
            raise PlatformError(f"{method} {path} got no answer: {error}") from error
        finally:
            connection.close()
        if answer.status >= 300:
            raise PlatformError(f"{method} {path} was answered {answer.status}: {text}")
        return json.loads(text) if text else None


def encode_multipart(parts):
    """`parts` maps a name to a text, or to (file name, bytes)."""
    boundary = uuid.uuid4().hex
    body = b""
    for name, value in parts.items():
        disposition = f'form-data; name="{name}"'
        if isinstance(value, tuple):
            disposition += f'; filename="{value[0]}"'
            value = value[1]
        else:
            value = value.encode()
        body += f"--{boundary}\r\nContent-Disposition: {disposition}\r\n\r\n".encode() + value + b"\r\n"
    return f"multipart/form-data; boundary={boundary}", body + f"--{boundary}--\r\n".encode()


class SampleAPI:
    """The CoffeeShop API with one subscribed application; `prepare` creates what is missing."""

    def __init__(self, client, definition, endpoint):
        self.client = client
        self.definition = definition
        self.endpoint = endpoint
        self.token = None

    def prepare(self):
        api = self._api()
        application = self._application()
        self._subscribe(api, application)
        self.token = self._token(application)

    def curl(self, gateway):
        return f"curl {gateway}/coffee/1.0.0/coffees -H 'Authorization: Bearer {self.token}'"

    def _find(self, path, **members):
        items = self.client.call("GET", path)["list"]
        return next((item for item in items if all(item[name] == value for name, value in members.items())), None)

    def _api(self):
        query = urllib.parse.quote("name:CoffeeShop version:1.0.0")
        api = self._find(f"{PUBLISHER}/apis?query={query}", name="CoffeeShop", version="1.0.0") or self._import()
        path = f"{PUBLISHER}/apis/{api['id']}"
        if not self.client.call("GET", f"{path}/deployments")["list"]:
            revision = self.client.call("POST", f"{path}/revisions", {"description": "First revision"})
            target = [{"name": "Default", "vhost": "localhost", "displayOnDevportal": True}]
            self.client.call("POST", f"{path}/deploy-revision?revisionId={revision['id']}", target)
        if self.client.call("GET", path)["lifeCycleStatus"] == "CREATED":
            self.client.call("POST", f"{PUBLISHER}/apis/change-lifecycle?apiId={api['id']}&action=Publish")
        return api

    def _import(self):
        properties = {
            "name": "CoffeeShop", "version": "1.0.0", "context": "/coffee", "policies": ["Gold", "Unlimited"],
            "securityScheme": ["oauth2", "api_key", "oauth_basic_auth_api_key_mandatory"],
            "endpointConfig": {
                "endpoint_type": "http",
                "production_endpoints": {"url": self.endpoint}, "sandbox_endpoints": {"url": self.endpoint},
            },
        }
        parts = {
            "file": (self.definition.name, self.definition.read_bytes()),
            "additionalProperties": json.dumps(properties),
        }
        return self.client.call("POST", f"{PUBLISHER}/apis/import-openapi", parts, multipart=True)

    def _application(self):
        name = "Coffee drinkers"
        return self._find(f"{DEVPORTAL}/applications?query={urllib.parse.quote(name)}", name=name) or self.client.call(
            "POST", f"{DEVPORTAL}/applications",
            {"name": name, "throttlingPolicy": "Unlimited", "description": "Tries the sample API"},
        )

    def _subscribe(self, api, application):
        subscriptions = f"{DEVPORTAL}/subscriptions?applicationId={application['applicationId']}"
        if not self._find(subscriptions, apiId=api["id"]):
            body = {"apiId": api["id"], "applicationId": application["applicationId"], "throttlingPolicy": "Gold"}
            self.client.call("POST", f"{DEVPORTAL}/subscriptions", body)

    def _token(self, application):
        path = f"{DEVPORTAL}/applications/{application['applicationId']}"
        keys = self._find(f"{path}/oauth-keys", keyType="PRODUCTION") or self.client.call(
            "POST", f"{path}/generate-keys",
            {"keyType": "PRODUCTION", "grantTypesToBeSupported": ["client_credentials"], "validityTime": "86400"},
        )
        request = {"consumerSecret": keys["consumerSecret"], "validityPeriod": 86400, "scopes": []}
        return self.client.call("POST", f"{path}/oauth-keys/{keys['keyMappingId']}/generate-token", request)["accessToken"]
