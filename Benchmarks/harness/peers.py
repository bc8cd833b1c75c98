"""Configurations of the peers. `plain` only proxies; `managed` verifies a JWT, limits, logs, drops Authorization and adds X-Sub."""
import base64
import json
from pathlib import Path

from .servers import BACKEND_PORT

NGINX = """
daemon off; worker_processes 1; pid {name}.pid; error_log stderr error;
{modules}
events {{ worker_connections 4096; }}
http {{
    access_log off; tcp_nodelay on; keepalive_requests 100000000; keepalive_timeout 300s;
    client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp; uwsgi_temp_path tmp; scgi_temp_path tmp;
    upstream backend {{ server 127.0.0.1:{backend}; keepalive 128; keepalive_requests 100000000; }}
    {http}
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        location / {{
            proxy_pass http://backend/size{size}/; proxy_http_version 1.1; proxy_set_header Connection "";
            proxy_buffers 16 {buffer}; proxy_buffer_size {buffer}; proxy_busy_buffers_size {busy};
            {location}
        }}
    }}
}}
"""

LUA_HTTP = """
    limit_req_zone $http_host zone=application:1m rate=100000000r/s;
    limit_req_zone $remote_addr zone=subscription:1m rate=100000000r/s;
    limit_req_zone $server_port zone=api:1m rate=100000000r/s;
    log_format line '$remote_addr - - [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" $request_time';
    init_by_lua_file {directory}/verify.lua;
"""

LUA_LOCATION = """
            access_by_lua_block { authenticate() }
            limit_req zone=application burst=100000 nodelay; limit_req zone=subscription burst=100000 nodelay;
            limit_req zone=api burst=100000 nodelay;
            proxy_set_header Authorization "";
            access_log {directory}/nginx-access.log line buffer=64k flush=1s;
"""


def nginx(directory, port, size, buffer="8k"):
    return _nginx("nginx" + buffer, directory, port, size, buffer, "", "", "")


def nginx_lua(directory, port, size):
    Path(directory, "verify.lua").write_text((Path(__file__).parent / "verify.lua").read_text().replace(
        "@PEM@", str(Path(directory, "public.pem"))))
    module_folder = "/usr/share/nginx/modules-available"
    modules = "\n".join(
        Path(module_folder, name).read_text() for name in ("mod-http-ndk.conf", "mod-http-lua.conf"))
    return _nginx(
        "nginx-lua", directory, port, size, "8k", modules, LUA_HTTP.format(directory=directory),
        LUA_LOCATION.replace("{directory}", str(directory)))


def _nginx(name, directory, port, size, buffer, modules, http, location):
    path = Path(directory, f"{name}-{size}.conf")
    busy = "16k" if buffer == "8k" else "128k"
    path.write_text(NGINX.format(
        name=name, modules=modules, backend=BACKEND_PORT, http=http, port=port, size=size, buffer=buffer, busy=busy,
        location=location))
    return ["nginx", "-p", directory, "-c", path]


HAPROXY = """
global
    nbthread 1
    maxconn 10000
    {log}
defaults
    mode http
    timeout client 60s
    timeout server 60s
    timeout connect 5s
    http-reuse always
frontend front
    bind 127.0.0.1:{port}
    {front}
    http-request set-path /size{size}%[path]
    default_backend back
backend back
    server one 127.0.0.1:{backend}
{tables}
"""

HAPROXY_FRONT = """
    log global
    option httplog
    http-request set-var(txn.bearer) http_auth_bearer
    http-request set-var(txn.sub) var(txn.bearer),jwt_payload_query('$.sub')
    http-request deny deny_status 401 unless {{ var(txn.bearer),jwt_verify(txn.alg,"{directory}/public.pem") 1 }}
    http-request track-sc0 var(txn.sub) table applications
    http-request track-sc1 src table subscriptions
    http-request track-sc2 hdr(host) table apis
    http-request deny deny_status 429 if {{ sc_http_req_rate(0) gt 100000000 }}
    http-request del-header Authorization
    http-request set-header X-Sub %[var(txn.sub)]
"""


def haproxy(directory, port, size, managed=False):
    front = HAPROXY_FRONT.format(directory=directory) if managed else ""
    if managed:
        front = "    http-request set-var(txn.alg) str(RS256)\n" + front
    names = ("applications", "subscriptions", "apis") if managed else ()
    tables = "".join(
        f"backend {name}\n    stick-table type string len 64 size 100k expire 60s store http_req_rate(60s)\n" for name in names)
    path = Path(directory, f"haproxy-{managed}-{size}.cfg")
    log = "log stdout format raw local0" if managed else ""
    path.write_text(HAPROXY.format(log=log, port=port, front=front, size=size, backend=BACKEND_PORT, tables=tables))
    return ["haproxy", "-f", path]


def envoy(program, directory, port, size, managed=False):
    filters = []
    manager = {
        "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "front", "generate_request_id": False,
        "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [
            {"match": {"prefix": "/"}, "route": {"cluster": "backend", "prefix_rewrite": f"/size{size}/"}}]}]},
    }
    if managed:
        filters = _envoy_filters(directory)
        manager["access_log"] = [{"name": "file", "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog",
            "path": f"{directory}/envoy-access.log"}}]
    filters.append({"name": "envoy.filters.http.router", "typed_config": {
        "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}})
    manager["http_filters"] = filters
    configuration = {"static_resources": {
        "listeners": [{"address": _address(port), "filter_chains": [{"filters": [
            {"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}]}]}],
        "clusters": [{"name": "backend", "connect_timeout": "5s", "type": "STATIC", "load_assignment": {
            "cluster_name": "backend", "endpoints": [{"lb_endpoints": [{"endpoint": {"address": _address(BACKEND_PORT)}}]}]}}]}}
    path = Path(directory, f"envoy-{managed}-{size}.json")
    path.write_text(json.dumps(configuration))
    return [program, "-c", path, "--concurrency", "1", "--disable-hot-restart", "-l", "error"]


def _address(port):
    return {"socket_address": {"address": "127.0.0.1", "port_value": port}}


def _envoy_filters(directory):
    keys = Path(directory, "jwks.json").read_text()
    return [
        {"name": "envoy.filters.http.jwt_authn", "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication",
            "providers": {"bench": {
                "local_jwks": {"inline_string": keys}, "forward": False, "jwt_cache_config": {"jwt_cache_size": 1000},
                "claim_to_headers": [{"header_name": "x-sub", "claim_name": "sub"}]}},
            "rules": [{"match": {"prefix": "/"}, "requires": {"provider_name": "bench"}}]}},
        {"name": "envoy.filters.http.local_ratelimit", "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit", "stat_prefix": "limit",
            "token_bucket": {"max_tokens": 1000000000, "tokens_per_fill": 1000000000, "fill_interval": "1s"},
            "filter_enabled": {"default_value": {"numerator": 100}}, "filter_enforced": {"default_value": {"numerator": 100}}}},
    ]


def write_public_key(directory):
    """The gateway's key as PEM, out of its key set: nginx and HAProxy cannot read JWKS."""
    key = json.loads(Path(directory, "jwks.json").read_text())["keys"][0]
    number = lambda text: base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    integer = lambda value: _der(2, (b"\0" if value[0] & 0x80 else b"") + value)
    rsa = _der(0x30, integer(number(key["n"])) + integer(number(key["e"])))
    algorithm = _der(0x30, bytes.fromhex("06092a864886f70d0101010500"))
    encoded = base64.encodebytes(_der(0x30, algorithm + _der(3, b"\0" + rsa))).decode().replace("\n", "")
    lines = [encoded[index:index + 64] for index in range(0, len(encoded), 64)]
    Path(directory, "public.pem").write_text(
        "-----BEGIN PUBLIC KEY-----\n" + "\n".join(lines) + "\n-----END PUBLIC KEY-----\n")


def _der(tag, content):
    length = len(content)
    if length < 128:
        return bytes([tag, length]) + content
    size = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(size)]) + size + content
