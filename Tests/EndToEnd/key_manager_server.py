"""A key manager of somebody else: discovery, keys, registration, tokens and introspection in memory."""

import base64
import json
import threading
import time
import urllib.parse
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ADMINISTRATOR = ("martlet", "martlet-secret")


class KeyManagerServer:
    def __init__(self, key):
        self.keys = [key]
        self.clients = {}
        self.opaque = {}
        self.requests = []
        self.is_silent = False
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                server.requests.append(("GET", self.path))
                if self.path == "/.well-known/openid-configuration":
                    return self.answer(200, server.discovery())
                if self.path == "/jwks":
                    return self.answer(200, {"keys": [key.jwk for key in server.keys]})
                self.answer(404, {})

            def do_POST(self):
                server.requests.append(("POST", self.path))
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                if server.is_silent:
                    return self.answer(503, {"error": "temporarily_unavailable"})
                if self.path == "/register":
                    return self.register(json.loads(body))
                form = dict(urllib.parse.parse_qsl(body))
                if self.path == "/token":
                    return self.token(form)
                if self.path == "/introspect":
                    if self.caller() != ADMINISTRATOR:
                        return self.answer(401, {"error": "invalid_client"})
                    return self.answer(200, server.opaque.get(form.get("token"), {"active": False}))
                self.answer(404, {})

            def do_DELETE(self):
                server.requests.append(("DELETE", self.path))
                server.clients.pop(self.path.rsplit("/", 1)[1], None)
                self.answer(204, None)

            def caller(self):
                header = self.headers.get("Authorization") or ""
                if not header.startswith("Basic "):
                    return None
                return tuple(map(urllib.parse.unquote, base64.b64decode(header[6:]).decode().split(":", 1)))

            def register(self, metadata):
                if self.headers.get("Authorization") != "Bearer administrator-token":
                    return self.answer(401, {"error": "invalid_token"})
                client = "client-" + uuid.uuid4().hex
                server.clients[client] = "secret-" + uuid.uuid4().hex
                self.answer(201, {**metadata, "client_id": client, "client_secret": server.clients[client]})

            def token(self, form):
                caller = self.caller()
                if caller == ADMINISTRATOR:
                    return self.answer(200, {"access_token": "administrator-token", "token_type": "Bearer", "expires_in": 60})
                if not caller or server.clients.get(caller[0]) != caller[1]:
                    return self.answer(401, {"error": "invalid_client"})
                self.answer(200, {"access_token": server.jwt(caller[0]), "token_type": "Bearer", "expires_in": 3600, "scope": form.get("scope", "")})

            def answer(self, status, body):
                payload = b"" if body is None else json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(payload)))
                self.end_headers()
                self.wfile.write(payload)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def discovery(self):
        return {
            "issuer": self.url, "token_endpoint": self.url + "/token", "jwks_uri": self.url + "/jwks",
            "introspection_endpoint": self.url + "/introspect", "registration_endpoint": self.url + "/register",
            "revocation_endpoint": self.url + "/revoke", "grant_types_supported": ["client_credentials"],
        }

    def claims(self, client, **changes):
        now = int(time.time())
        claims = {"iss": self.url, "sub": "user-of-" + client, "azp": client, "iat": now, "exp": now + 3600, "jti": str(uuid.uuid4()), **changes}
        return {name: value for name, value in claims.items() if value is not None}

    def jwt(self, client, *, key=None, header=None, **changes):
        return (key or self.keys[0]).sign(self.claims(client, **changes), **(header or {}))

    def opaque_token(self, client, **changes):
        token = "opaque-" + uuid.uuid4().hex
        self.opaque[token] = {"active": True, "client_id": client, "sub": "kim", "exp": int(time.time()) + 3600, **changes}
        return token

    def configuration(self, name, **changes):
        """The body that registers this server as a key manager."""
        return {
            "name": name, "type": "KeyCloak", "issuer": self.url, "clientRegistrationEndpoint": self.url + "/register",
            "introspectionEndpoint": self.url + "/introspect", "tokenEndpoint": self.url + "/token",
            "revokeEndpoint": self.url + "/revoke", "certificates": {"type": "JWKS", "value": self.url + "/jwks"},
            "enableMapOAuthConsumerApps": True,
            "additionalProperties": {"client_id": ADMINISTRATOR[0], "client_secret": ADMINISTRATOR[1]}, **changes,
        }
