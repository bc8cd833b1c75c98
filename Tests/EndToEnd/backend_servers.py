"""Servers that gateways meet: back ends with a lock, token endpoints, proxies, and stand-ins for services of AWS."""

import base64
import datetime
import hashlib
import hmac
import json
import re
import select
import socket
import ssl
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Server:
    """A server on this machine; `respond(handler, body)` answers with status, headers and body."""

    def __init__(self, respond, *, tls=None, client_authority=None):
        server = self
        self.requests = []

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                server.requests.append({"method": self.command, "path": self.path, "headers": dict(self.headers.items()), "body": body})
                status, headers, content = respond(self, body)
                content = content if isinstance(content, bytes) else json.dumps(content).encode()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(content)

            do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = answer

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
            if client_authority:
                context.load_verify_locations(client_authority)
                context.verify_mode = ssl.CERT_REQUIRED
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self.server.server_address[1]
        self.url = f"{'https' if tls else 'http'}://localhost:{self.port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def echo(handler, body):
    return 200, {}, {"method": handler.command, "path": handler.path, "headers": dict(handler.headers.items()), "body": body.decode("latin-1")}


class DigestBackend(Server):
    """Wants Digest authentication (RFC 7616) of one account, with a new nonce every `uses` requests."""

    def __init__(self, username, password, *, algorithm="SHA-256", uses=3):
        self.account, self.algorithm, self.uses = (username, password), algorithm, uses
        self.nonce, self.left, self.seen = "nonce-0", uses, set()
        super().__init__(self.respond)

    def respond(self, handler, body):
        field = handler.headers.get("Authorization", "")
        if field.startswith("Digest ") and self.is_right(handler, field):
            return echo(handler, body)
        self.nonce, self.left = f"nonce-{len(self.requests)}", self.uses
        challenge = f'Digest realm="a \\"shop\\"", nonce="{self.nonce}", qop="auth", algorithm={self.algorithm}, opaque="o"'
        return 401, {"WWW-Authenticate": challenge}, b"locked"

    def is_right(self, handler, field):
        values = {name: quoted or bare for name, quoted, bare in re.findall(r'(\w+)=(?:"((?:[^"\\]|\\.)*)"|([^,\s]+))', field)}
        if values["nonce"] != self.nonce or self.left == 0 or values["nc"] in self.seen and values["cnonce"] in self.seen:
            return False
        digest = lambda text: hashlib.new("md5" if self.algorithm == "MD5" else "sha256", text.encode()).hexdigest()
        account = digest(f'{self.account[0]}:a "shop":{self.account[1]}')
        action = digest(f"{handler.command}:{handler.path}")
        expected = digest(":".join([account, values["nonce"], values["nc"], values["cnonce"], "auth", action]))
        if values["uri"] != handler.path or values["response"] != expected:
            return False
        self.left -= 1
        self.seen |= {values["nc"], values["cnonce"]}
        return True


class TokenBackend(Server):
    """A token endpoint at `/token`, and everywhere else a back end that takes its last token only."""

    def __init__(self, **arguments):
        self.count, self.status = 0, 200
        super().__init__(self.respond, **arguments)

    @property
    def token(self):
        return f"token-{self.count}"

    @property
    def token_requests(self):
        return [request for request in self.requests if request["path"] == "/token"]

    def revoke(self):
        self.count += 1

    def respond(self, handler, body):
        if handler.path == "/token":
            if self.status != 200:
                return self.status, {}, {"error": "no"}
            self.count += 1
            return 200, {}, {"access_token": self.token, "token_type": "Bearer", "expires_in": 3600}
        if handler.headers.get("Authorization") != f"Bearer {self.token}":
            return 401, {"WWW-Authenticate": "Bearer"}, b"wrong token"
        return echo(handler, body)


class ForwardProxy:
    """An HTTP proxy that asks for a password, and notes where it was asked to go."""

    def __init__(self, username, password):
        self.authorization = "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()
        self.targets = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                client, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.handle, args=(client,), daemon=True).start()

    def handle(self, client):
        with client:
            while head := self.read_head(client):
                lines = head.decode("latin-1").split("\r\n")
                method, target, _ = lines[0].split(" ")
                fields = {line.split(":", 1)[0].lower(): line.split(":", 1)[1].strip() for line in lines[1:] if ":" in line}
                self.targets.append(f"{method} {target}")
                if fields.get("proxy-authorization") != self.authorization:
                    client.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
                    return
                if method == "CONNECT":
                    host, port = target.rsplit(":", 1)
                    with socket.create_connection((host, int(port))) as upstream:
                        client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                        return self.relay(client, upstream)
                self.forward(client, method, target, fields)

    def read_head(self, client):
        data = b""
        while not data.endswith(b"\r\n\r\n"):
            piece = client.recv(1)
            if not piece:
                return None
            data += piece
        return data

    def forward(self, client, method, target, fields):
        url = urllib.parse.urlsplit(target)
        body = b""
        while len(body) < int(fields.get("content-length", 0)):
            body += client.recv(65536)
        kept = "".join(f"{n}: {v}\r\n" for n, v in fields.items() if n not in ("proxy-authorization", "connection"))
        with socket.create_connection((url.hostname, url.port or 80)) as upstream:
            path = url.path + (f"?{url.query}" if url.query else "")
            upstream.sendall(f"{method} {path} HTTP/1.1\r\n{kept}Connection: close\r\n\r\n".encode() + body)
            answer = b""
            while piece := upstream.recv(65536):
                answer += piece
        client.sendall(answer.replace(b"Connection: close\r\n", b""))

    def relay(self, client, upstream):
        while True:
            ready, _, _ = select.select([client, upstream], [], [])
            for source in ready:
                data = source.recv(65536)
                if not data:
                    return
                (upstream if source is client else client).sendall(data)

    def close(self):
        self.socket.close()


class AmazonServices(Server):
    """Stands in for AWS Lambda and the Security Token Service, and checks signatures as they do."""

    def __init__(self):
        self.keys = {"AKFIXED": ("fixed-secret", None)}
        self.function = lambda event: {"seen": event}
        super().__init__(self.respond)

    def respond(self, handler, body):
        key = self.signer(handler, body)
        if not key:
            return 403, {}, {"message": "The request signature we calculated does not match the signature you provided."}
        if handler.path == "/":
            form = dict(urllib.parse.parse_qsl(body.decode()))
            assert form["Action"] == "AssumeRole"
            self.keys["AKROLE"] = ("role-secret", "role-token")
            end = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
            return 200, {}, (
                "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>AKROLE</AccessKeyId><SecretAccessKey>role-secret"
                f"</SecretAccessKey><SessionToken>role-token</SessionToken><Expiration>{end}</Expiration></Credentials>"
                "</AssumeRoleResult></AssumeRoleResponse>").encode()
        result = self.function(json.loads(body))
        if isinstance(result, Exception):
            return 200, {"X-Amz-Function-Error": "Unhandled"}, {"errorMessage": str(result), "stackTrace": ["secret line"]}
        return 200, {}, result

    def signer(self, handler, body):
        """The access key of a request whose signature is right."""
        field = handler.headers.get("Authorization", "")
        match = re.fullmatch(r"AWS4-HMAC-SHA256 Credential=(\w+)/(\d+)/([\w-]+)/(\w+)/aws4_request, SignedHeaders=([\w;-]+), Signature=(\w+)", field)
        if not match:
            return None
        key, day, region, service, names, signature = match.groups()
        secret, token = self.keys.get(key, (None, None))
        if secret is None or handler.headers.get("X-Amz-Security-Token") != token or "host" not in names.split(";"):
            return None
        path, _, query = handler.path.partition("?")
        path = "/".join(urllib.parse.quote(part, safe="-_.~") for part in path.split("/"))
        fields = "".join(f"{name}:{handler.headers[name].strip()}\n" for name in names.split(";"))
        canonical = "\n".join([handler.command, path, query, fields, names, hashlib.sha256(body).hexdigest()])
        date = handler.headers["X-Amz-Date"]
        text = "\n".join(["AWS4-HMAC-SHA256", date, f"{day}/{region}/{service}/aws4_request", hashlib.sha256(canonical.encode()).hexdigest()])
        code = lambda base, part: hmac.new(base, part.encode(), hashlib.sha256).digest()
        signing = ("AWS4" + secret).encode()
        for part in (day, region, service, "aws4_request"):
            signing = code(signing, part)
        is_recent = abs((datetime.datetime.strptime(date, "%Y%m%dT%H%M%SZ") - datetime.datetime.utcnow()).total_seconds()) < 300
        return key if is_recent and hmac.compare_digest(code(signing, text).hex(), signature) else None
