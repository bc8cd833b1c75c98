"""Configurations of the peers: each has the same APIs, and forwards what is below an API's path.

Plain ones only proxy. Managed ones verify a JWT, limit by application, subscription and API, log, drop Authorization and add X-Sub.
"""
import json
from dataclasses import dataclass
from pathlib import Path

# Of the one application that calls; the same as in the gateway's scenery.
CONSUMER_KEY = "bench-client"


@dataclass
class Site:
    """What a peer's configuration depends on; `port` is where the peer listens."""
    directory: str
    backend: int
    size: int
    port: int
    apis: int

    def paths(self):
        """The APIs' paths, by name."""
        return {f"api{number}": f"/api{number}/1.0.0/" for number in range(self.apis)}

    def write(self, name, text):
        path = Path(self.directory, f"{self.port}-{name}")
        path.write_text(text)
        return path


NGINX = """
daemon off; worker_processes 1; pid nginx-{site.port}.pid; error_log stderr error; worker_rlimit_nofile 20000;
{modules}
events {{ worker_connections 8192; }}
http {{
    access_log off; tcp_nodelay on; keepalive_requests 100000000; keepalive_timeout 300s;
    client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp; uwsgi_temp_path tmp; scgi_temp_path tmp;
    upstream backend {{ server 127.0.0.1:{site.backend}; keepalive 512; keepalive_requests 100000000; }}
    {http}
    server {{
        listen 127.0.0.1:{site.port}{ssl} backlog=4096;
        proxy_http_version 1.1; proxy_set_header Connection "";
        proxy_buffers 16 {buffer}; proxy_buffer_size {buffer}; proxy_busy_buffers_size {busy};
        {server}
        {locations}
    }}
}}
"""

NGINX_LOCATION = "location {path} {{ {variables} proxy_pass http://backend/size{site.size}/; }}"

NGINX_TLS = """
    ssl_certificate {directory}/certificate.pem; ssl_certificate_key {directory}/key.pem; ssl_protocols TLSv1.2 TLSv1.3;
    ssl_session_tickets on;
"""

LUA_HTTP = """
    limit_req_zone $application zone=application:1m rate=100000000r/s;
    limit_req_zone $application:$api zone=subscription:1m rate=100000000r/s;
    limit_req_zone $api zone=api:1m rate=100000000r/s;
    log_format line '$remote_addr - - [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" $request_time';
    log_format event escape=json '{{"requestTimestamp":"$msec","correlationId":"$request_id","apiName":"$api","apiVersion":"1.0.0",'
        '"applicationId":"$application","apiMethod":"$request_method","apiResourceTemplate":"$uri","proxyResponseCode":$status,'
        '"targetResponseCode":"$upstream_status","userAgent":"$http_user_agent","userIp":"$remote_addr","responseLatency":$request_time,'
        '"backendLatency":"$upstream_response_time","responseSize":$body_bytes_sent}}';
    init_by_lua_file {directory}/verify.lua;
"""

# In the phase before that of limit_req, which so knows the application.
LUA_SERVER = """
        rewrite_by_lua_block {{ authenticate() }}
        limit_req zone=application burst=100000 nodelay; limit_req zone=subscription burst=100000 nodelay;
        limit_req zone=api burst=100000 nodelay;
        proxy_set_header Authorization "";
        access_log {directory}/nginx-access.log line buffer=64k flush=1s;
        access_log {directory}/nginx-events.log event buffer=64k flush=1s;
"""


def nginx(site, buffer="8k", modules="", http="", server="", tls=False, http2=False, variables=""):
    busy = "16k" if buffer == "8k" else "128k"
    ssl = " ssl http2" if http2 else " ssl" if tls else ""
    http += NGINX_TLS.format(directory=site.directory) if tls else ""
    locations = "\n        ".join(
        NGINX_LOCATION.format(path=path, variables=variables.format(api=name), site=site) for name, path in site.paths().items())
    text = NGINX.format(
        site=site, modules=modules, http=http, buffer=buffer, busy=busy, server=server, locations=locations, ssl=ssl)
    return ["nginx", "-p", site.directory, "-c", site.write("nginx.conf", text)]


def nginx_lua(site):
    verify = (Path(__file__).parent / "verify.lua").read_text()
    facts = {"@PEM@": str(Path(site.directory, "public.pem")), "@APIS@": str(site.apis), "@CONSUMER-KEY@": CONSUMER_KEY}
    for name, value in facts.items():
        verify = verify.replace(name, value)
    Path(site.directory, "verify.lua").write_text(verify)
    modules = "".join(f"load_module /usr/lib/nginx/modules/{name}_module.so; " for name in ("ndk_http", "ngx_http_lua"))
    return nginx(
        site, modules=modules, http=LUA_HTTP.format(directory=site.directory), server=LUA_SERVER.format(directory=site.directory),
        variables='set $application ""; set $api {api};')


HAPROXY = """
global
    nbthread 1
    maxconn 4000
    {log}
defaults
    mode http
    timeout client 60s
    timeout server 60s
    timeout connect 5s
    http-reuse always
frontend front
    bind 127.0.0.1:{site.port}
    http-request set-var(txn.api) path,map_beg({apis})
    http-request deny deny_status 404 unless {{ var(txn.api) -m found }}
    {front}
    http-request set-path /size{site.size}%[path]
    default_backend back
backend back
    server one 127.0.0.1:{site.backend}
{tables}
"""

HAPROXY_FRONT = """
    log global
    option httplog
    http-request set-var(txn.alg) str(RS256)
    http-request set-var(txn.bearer) http_auth_bearer
    http-request set-var(txn.sub) var(txn.bearer),jwt_payload_query('$.sub')
    http-request deny deny_status 401 unless {{ var(txn.bearer),jwt_verify(txn.alg,"{directory}/public.pem") 1 }}
    http-request set-var(txn.application) var(txn.bearer),jwt_payload_query('$.azp')
    http-request track-sc0 var(txn.application) table applications
    http-request set-var(txn.subscription) var(txn.application),concat(:,txn.api)
    http-request deny deny_status 403 unless {{ var(txn.subscription),map_str({subscriptions}) -m found }}
    http-request track-sc1 var(txn.subscription) table subscriptions
    http-request track-sc2 var(txn.api) table apis
    http-request deny deny_status 429 if {{ sc_http_req_rate(0) gt 100000000 }}
    http-request del-header Authorization
    http-request set-header X-Sub %[var(txn.sub)]
"""


def haproxy(site, managed=False):
    subscriptions = site.write("subscriptions.map", "".join(f"{CONSUMER_KEY}:{name} 1\n" for name in site.paths()))
    front = HAPROXY_FRONT.format(directory=site.directory, subscriptions=subscriptions) if managed else ""
    names = ("applications", "subscriptions", "apis") if managed else ()
    tables = "".join(
        f"backend {name}\n    stick-table type string len 64 size 100k expire 60s store http_req_rate(60s)\n" for name in names)
    log = "log stdout format raw local0" if managed else ""
    apis = site.write("apis.map", "".join(f"{path} {name}\n" for name, path in site.paths().items()))
    return ["haproxy", "-f", site.write("haproxy.cfg", HAPROXY.format(site=site, log=log, apis=apis, front=front, tables=tables))]


def envoy(program, site, managed=False, tls=False):
    """Over TLS it speaks both versions of HTTP."""
    filters = _envoy_filters(site.directory) if managed else []
    filters.append(_filter("router", "router.v3.Router"))
    manager = {
        "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "front", "generate_request_id": False, "http_filters": filters,
        "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"], "matcher": _envoy_routes(site, managed)}]},
    }
    if managed:
        manager["access_log"] = [_envoy_log(site, "access"), _envoy_log(site, "events", json_format=ENVOY_EVENT)]
    endpoint = {"endpoint": {"address": _address(site.backend)}}
    chain = {"filters": [{"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}]}
    if tls:
        chain["transport_socket"] = _envoy_tls(site.directory)
    configuration = {"static_resources": {
        "listeners": [{"address": _address(site.port), "filter_chains": [chain]}],
        "clusters": [{"name": "backend", "connect_timeout": "5s", "type": "STATIC", "load_assignment": {
            "cluster_name": "backend", "endpoints": [{"lb_endpoints": [endpoint]}]}}]}}
    return [program, "-c", site.write("envoy.json", json.dumps(configuration)), "--concurrency", "1", "--disable-hot-restart", "-l", "error"]


def _envoy_tls(directory):
    certificate = {"certificate_chain": {"filename": f"{directory}/certificate.pem"}, "private_key": {"filename": f"{directory}/key.pem"}}
    return {"name": "envoy.transport_sockets.tls", "typed_config": {
        "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
        "common_tls_context": {"tls_certificates": [certificate], "alpn_protocols": ["h2", "http/1.1"]}}}


def _address(port):
    return {"socket_address": {"address": "127.0.0.1", "port_value": port}}


def _filter(name, kind, **members):
    type_name = f"type.googleapis.com/envoy.extensions.filters.http.{kind}"
    return {"name": f"envoy.filters.http.{name}", "typed_config": {"@type": type_name, **members}}


ENVOY_EVENT = {
    "requestTimestamp": "%START_TIME%", "correlationId": "%STREAM_ID%", "apiName": "%ROUTE_NAME%", "apiVersion": "1.0.0",
    "applicationId": "%REQ(X-SUB)%", "apiMethod": "%REQ(:METHOD)%", "apiResourceTemplate": "%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%",
    "proxyResponseCode": "%RESPONSE_CODE%", "userAgent": "%REQ(USER-AGENT)%", "userIp": "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
    "responseLatency": "%DURATION%", "backendLatency": "%RESPONSE_DURATION%", "responseSize": "%BYTES_SENT%"}


# Who may call an API: each route has its own list, of the one application that there is.
ENVOY_SUBSCRIBERS = {"rules": {"policies": {"subscribed": {
    "permissions": [{"any": True}],
    "principals": [{"metadata": {
        "filter": "envoy.filters.http.jwt_authn", "path": [{"key": "claims"}, {"key": "azp"}],
        "value": {"string_match": {"exact": CONSUMER_KEY}}}}]}}}}


def _envoy_log(site, name, **members):
    log = {
        "@type": "type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog",
        "path": f"{site.directory}/envoy-{name}.log"}
    if members:
        log["log_format"] = members
    return {"name": "file", "typed_config": log}


def _envoy_routes(site, managed):
    """A tree of the APIs' paths, as a list of routes is tried one after the other."""
    def action(name, path):
        route = {
            "@type": "type.googleapis.com/envoy.config.route.v3.Route", "name": name, "match": {"prefix": path},
            "route": {"cluster": "backend", "prefix_rewrite": f"/size{site.size}/"}}
        if managed:
            route["typed_per_filter_config"] = {
                **{f"envoy.filters.http.local_ratelimit.{level}": _envoy_limit(level) for level in ("subscription", "api")},
                "envoy.filters.http.rbac": {
                    "@type": "type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBACPerRoute", "rbac": ENVOY_SUBSCRIBERS}}
        return {"action": {"name": "route", "typed_config": route}}

    path_input = {
        "name": "path", "typed_config": {
            "@type": "type.googleapis.com/envoy.type.matcher.v3.HttpRequestHeaderMatchInput", "header_name": ":path"}}
    routes = {path: action(name, path) for name, path in site.paths().items()}
    return {"matcher_tree": {"input": path_input, "prefix_match_map": {"map": routes}}}


def _envoy_limit(level):
    always = {"default_value": {"numerator": 100}}
    return {
        "@type": "type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit", "stat_prefix": level,
        "token_bucket": {"max_tokens": 1000000000, "tokens_per_fill": 1000000000, "fill_interval": "1s"},
        "filter_enabled": always, "filter_enforced": always}


def _envoy_filters(directory):
    """Of the three limits the application's is the same for all routes, as the benchmark has one application."""
    provider = {
        "local_jwks": {"inline_string": Path(directory, "jwks.json").read_text()}, "forward": False, "payload_in_metadata": "claims",
        "jwt_cache_config": {"jwt_cache_size": 1000}, "claim_to_headers": [{"header_name": "x-sub", "claim_name": "sub"}]}
    limits = [
        {"name": f"envoy.filters.http.local_ratelimit.{level}", "typed_config": _envoy_limit(level)}
        for level in ("application", "subscription", "api")]
    return [
        _filter(
            "jwt_authn", "jwt_authn.v3.JwtAuthentication", providers={"bench": provider},
            rules=[{"match": {"prefix": "/"}, "requires": {"provider_name": "bench"}}]), _filter("rbac", "rbac.v3.RBAC"),
        *limits]
