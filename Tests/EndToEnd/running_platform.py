"""Starts and stops the built programs, and speaks with them as clients do."""

import json
import os
import pathlib
import socket
import subprocess
import threading
import time
import tomllib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests

ROOT = pathlib.Path(__file__).resolve().parents[2]
PUBLISHER = "/api/am/publisher/v4"
DEVPORTAL = "/api/am/devportal/v3"
ADMIN = "/api/am/admin/v4"
PORTS = (9443, 8280, 8243)


# For configurations of tests: the account that the first start otherwise makes up.
ADMINISTRATOR = '[super_admin]\nusername = "admin"\npassword = "a-password-of-tests"\n'


def program(name):
    folder = pathlib.Path(os.environ.get("MARTLET_BUILD_FOLDER", ROOT / ".build"))
    return folder / os.environ.get("MARTLET_CONFIGURATION", "debug") / name


def free_offset():
    """An offset at which none of the platform's ports is in use."""
    for offset in range(1000 + os.getpid() % 500 * 20, 50000, 7):
        sockets = []
        try:
            for port in PORTS:
                probe = socket.socket()
                sockets.append(probe)
                probe.bind(("127.0.0.1", port + offset))
            return offset
        except OSError:
            continue
        finally:
            for probe in sockets:
                probe.close()
    raise RuntimeError("no free ports")


def wait_until(condition, seconds=20, what="the condition"):
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, f"{what} did not come true within {seconds} seconds"
        time.sleep(0.01)


class Backend:
    """An upstream that answers with what it received."""

    def __init__(self):
        backend = self
        self.requests = []

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length) if length else self._chunks()
                seen = {"method": self.command, "path": self.path, "headers": dict(self.headers.items()), "body": body.decode("latin-1")}
                backend.requests.append(seen)
                payload = json.dumps(seen).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(payload)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(payload)

            def _chunks(self):
                if self.headers.get("Transfer-Encoding") != "chunked":
                    return b""
                body = b""
                while size := int(self.rfile.readline().split(b";")[0], 16):
                    body += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
                return body

            do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_OPTIONS = answer

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class RunningPlatform:
    """One `martlet serve` process on its own directory and ports."""

    def __init__(self, directory, *, configuration=None, environment=None, wrapper=(), offset=None, profile=None):
        self.data = pathlib.Path(directory)
        self.offset = free_offset() if offset is None else offset
        self.management = f"https://localhost:{9443 + self.offset}"
        self.gateway = f"http://localhost:{8280 + self.offset}"
        self.gateway_https = f"https://localhost:{8243 + self.offset}"
        self.configuration = configuration
        self.profile = profile
        # Tests stop platforms when nobody calls them any more.
        self.environment = {**os.environ, "MARTLET_SERVER_SHUTDOWN_DELAY": "0", **(environment or {})}
        self.wrapper = list(map(str, wrapper))
        self.process = None

    def start(self):
        arguments = [*self.wrapper, str(program("martlet")), "serve", "--data", str(self.data), "--port-offset", str(self.offset)]
        if self.configuration:
            arguments += ["--config", str(self.configuration)]
        if self.profile:
            arguments += ["--profile", self.profile]
        self.output = open(self.data.parent / f"{self.data.name}.output", "ab")
        self.process = subprocess.Popen(arguments, stdout=self.output, stderr=subprocess.STDOUT, env=self.environment)
        wait_until(self._is_ready, seconds=60, what=f"the platform in {self.data}")
        return self

    @property
    def log(self):
        return pathlib.Path(self.output.name).read_text()

    @property
    def health(self):
        return requests.get(f"{self.management}/health", verify=self.certificate, timeout=5).json()

    def _is_ready(self):
        assert self.process.poll() is None, pathlib.Path(self.output.name).read_text()
        try:
            answer = requests.get(f"{self.management}/api/am/gateway/v2/server-startup-healthcheck", verify=self.certificate, timeout=5)
        except (requests.ConnectionError, OSError):
            return False
        return answer.status_code == 200

    @property
    def certificate(self):
        return str(self.data / "certificates" / "tls.pem")

    @property
    def administrator(self):
        file = self.configuration or self.data / "deployment.toml"
        account = tomllib.loads(pathlib.Path(file).read_text())["super_admin"]
        return account["username"], account["password"]

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.output.close()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.kill()
                raise
        self.output.close()
        return self.process.returncode

    def client(self, username=None, password=None, tenant=None, scopes=None):
        return ManagementClient(self, username, password, tenant, scopes)


class RunningGateway(RunningPlatform):
    """One `martlet serve --profile gateway` process that follows a control plane."""

    def __init__(self, directory, control_plane, token, *, environments=("Default",), tenants=None, settings="", environment=None):
        directory = pathlib.Path(directory)
        directory.mkdir(parents=True, exist_ok=True)
        file = directory.parent / f"{directory.name}.toml"
        lines = [
            f'[apim.event_hub]\nservice_url = "{control_plane.management}/services/"\ntoken = "{token}"',
            f'certificate_file = "{control_plane.certificate}"',
            f'[apim.gateway_notification]\ngateway_id = "{directory.name}"',
            f"[apim.sync_runtime_artifacts.gateway]\ngateway_labels = {json.dumps(list(environments))}",
        ]
        if tenants:
            lines.append(f"[apim.sync_runtime_artifacts.tenant_loading]\nenable = true\ntenants = \"{','.join(tenants)}\"")
        file.write_text("\n".join(lines + [settings]) + "\n")
        super().__init__(directory, configuration=file, environment=environment, profile="gateway")
        self.id = directory.name


ALL_SCOPES = (
    "apim:api_view apim:api_create apim:api_delete apim:api_publish apim:api_manage apim:api_import_export apim:subscribe "
    "apim:app_manage apim:sub_manage apim:api_key apim:admin apim:tier_view apim:tier_manage apim:environment_manage "
    "apim:api_generate_key apim:subscription_view apim:shared_scope_manage openid"
)


class ManagementClient:
    """REST calls with an access token of one user."""

    def __init__(self, platform, username=None, password=None, tenant=None, scopes=None):
        self.platform = platform
        default_name, default_password = platform.administrator
        self.username, self.password = username or default_name, password or default_password
        self.base = platform.management
        self.prefix = f"/t/{tenant}" if tenant else ""
        self.session = requests.Session()
        self.session.trust_env = False  # a CA bundle named by the environment would win over the next line
        self.session.verify = platform.certificate
        registration = {"clientName": "end_to_end_tests", "owner": self.username, "grantType": "password refresh_token", "saasApp": True}
        answer = self.session.post(
            f"{self.base}/client-registration/v0.17/register", json=registration, auth=(self.username, self.password))
        assert answer.status_code == 200, answer.text
        self.consumer = answer.json()["clientId"], answer.json()["clientSecret"]
        self.token = self.password_grant(scopes or ALL_SCOPES)["access_token"]

    def password_grant(self, scope):
        form = {"grant_type": "password", "username": self.username, "password": self.password, "scope": scope}
        answer = self.session.post(f"{self.base}{self.prefix}/oauth2/token", data=form, auth=self.consumer)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def request(self, method, path, *, expect=None, headers=None, **arguments):
        headers = {"Authorization": f"Bearer {self.token}", **(headers or {})}
        answer = self.session.request(method, self.base + self.prefix + path, headers=headers, timeout=60, **arguments)
        if expect is not None:
            assert answer.status_code == expect, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer

    def get(self, path, **arguments):
        return self.request("GET", path, **{"expect": 200, **arguments}).json()

    def post(self, path, body=None, expect=201, **arguments):
        answer = self.request("POST", path, expect=expect, **({"json": body} if body is not None else {}), **arguments)
        return answer.json() if answer.text else None

    # The main path, step by step.

    def create_api(self, name, endpoint, *, version="1.0.0", operations=None, **members):
        body = {
            "name": name, "version": version, "context": f"/{name.lower()}", "policies": ["Unlimited", "Gold"],
            "operations": operations or [{"target": "/*", "verb": verb} for verb in ("GET", "POST", "PUT", "DELETE")],
            "endpointConfig": {"endpoint_type": "http", "production_endpoints": {"url": endpoint}, "sandbox_endpoints": {"url": endpoint}},
            **members,
        }
        return self.post(f"{PUBLISHER}/apis", body)

    def deploy(self, api):
        path = f"{PUBLISHER}/apis/{api['id']}"
        revision = self.post(f"{path}/revisions", {"description": "by a test"})
        self.post(f"{path}/deploy-revision?revisionId={revision['id']}", [{"name": "Default", "vhost": "localhost", "displayOnDevportal": True}])
        return revision

    def publish(self, api):
        self.post(f"{PUBLISHER}/apis/change-lifecycle?apiId={api['id']}&action=Publish", expect=200)

    def publish_new(self, name, endpoint, **members):
        api = self.create_api(name, endpoint, **members)
        self.deploy(api)
        self.publish(api)
        return api

    def create_application(self, name, policy="Unlimited"):
        return self.post(f"{DEVPORTAL}/applications", {"name": name, "throttlingPolicy": policy, "description": ""})

    def subscribe(self, api, application, policy="Unlimited"):
        body = {"apiId": api["id"], "applicationId": application["applicationId"], "throttlingPolicy": policy}
        return self.post(f"{DEVPORTAL}/subscriptions", body)

    def generate_keys(self, application, key_type="PRODUCTION"):
        path = f"{DEVPORTAL}/applications/{application['applicationId']}/generate-keys"
        return self.post(path, {"keyType": key_type, "grantTypesToBeSupported": ["client_credentials", "password"]}, expect=200)

    def application_token(self, keys, scope=None):
        form = {"grant_type": "client_credentials", **({"scope": scope} if scope else {})}
        answer = self.session.post(f"{self.base}/oauth2/token", data=form, auth=(keys["consumerKey"], keys["consumerSecret"]))
        assert answer.status_code == 200, answer.text
        return answer.json()["access_token"]

    def subscribed_token(self, api, application_name, policy="Unlimited", application_policy="Unlimited"):
        application = self.create_application(application_name, application_policy)
        self.subscribe(api, application, policy)
        return self.application_token(self.generate_keys(application))
