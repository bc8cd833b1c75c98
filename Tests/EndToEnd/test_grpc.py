"""gRPC through the gateway, with the client and the server of grpcio."""

import queue

import grpc
import pytest

from grpc_backend import SERVICE, GRPCBackend

METHODS = ("Get", "List", "Upload", "Chat", "Fail", "Sleep")


def publish(administrator, name, port, timeout=None, **members):
    config = {"httpVersion": "2", **({"actionDuration": timeout} if timeout else {})}
    url = {"url": f"http://127.0.0.1:{port}/{SERVICE}", "config": config}
    return administrator.publish_new(
        name, url["url"], context=members.pop("context"), isDefaultVersion=True,
        operations=[{"target": f"/{method}", "verb": "POST"} for method in METHODS],
        endpointConfig={"endpoint_type": "http", "production_endpoints": url, "sandbox_endpoints": url}, **members)


@pytest.fixture(scope="module")
def service():
    with GRPCBackend() as backend:
        yield backend


@pytest.fixture(scope="module")
def token(administrator, service):
    return administrator.subscribed_token(publish(administrator, "Orders", service.port, context=f"/{SERVICE}"), "Kitchen")


@pytest.fixture
def channel(platform):
    with grpc.insecure_channel(platform.gateway.removeprefix("http://")) as channel:
        yield channel


@pytest.fixture
def metadata(token):
    return [("authorization", f"Bearer {token}"), ("x-table", "7")]


def test_a_unary_call_with_metadata_both_ways(channel, metadata, service):
    answer, call = channel.unary_unary(f"/{SERVICE}/Get").with_call(b"soup", metadata=metadata, timeout=30)
    assert answer == b"got soup"
    assert dict(call.initial_metadata())["x-initial"] == "1"
    assert dict(call.trailing_metadata())["x-last"] == "2"
    assert service.metadata[-1]["x-table"] == "7"
    assert "authorization" not in service.metadata[-1]


def test_a_stream_of_answers(channel, metadata):
    answers = list(channel.unary_stream(f"/{SERVICE}/List")(b"500", metadata=metadata, timeout=60))
    assert answers == [b"item %d" % number for number in range(500)]


def test_a_stream_of_requests_larger_than_any_window(channel, metadata):
    pieces = (b"x" * 100_000 for _ in range(50))
    assert channel.stream_unary(f"/{SERVICE}/Upload")(pieces, metadata=metadata, timeout=60) == b"5000000"


def test_both_sides_talk_in_turn(channel, metadata):
    asked = queue.Queue()
    answers = channel.stream_stream(f"/{SERVICE}/Chat")(iter(asked.get, None), metadata=metadata, timeout=60)
    for number in range(20):
        asked.put(b"%d" % number)
        assert next(answers) == b"re: %d" % number
    asked.put(None)
    assert list(answers) == []
    assert answers.code() == grpc.StatusCode.OK


def test_a_status_of_the_service_comes_back(channel, metadata):
    with pytest.raises(grpc.RpcError) as failure:
        channel.unary_unary(f"/{SERVICE}/Fail")(b"", metadata=metadata, timeout=30)
    assert failure.value.code() == grpc.StatusCode.FAILED_PRECONDITION
    assert failure.value.details() == "not today: 100% sure"


def test_a_call_that_the_client_gives_up_ends_at_the_service(channel, metadata):
    with pytest.raises(grpc.RpcError) as failure:
        channel.unary_unary(f"/{SERVICE}/Sleep")(b"", metadata=metadata, timeout=1)
    assert failure.value.code() == grpc.StatusCode.DEADLINE_EXCEEDED
    assert channel.unary_unary(f"/{SERVICE}/Get")(b"soup", metadata=metadata, timeout=30) == b"got soup"


@pytest.mark.parametrize(("method", "credential", "code", "details"), [
    ("Get", None, grpc.StatusCode.UNAUTHENTICATED, "900902: "),
    ("Get", "wrong", grpc.StatusCode.UNAUTHENTICATED, "900901: "),
    ("Unknown", None, grpc.StatusCode.UNIMPLEMENTED, "404: "),
])
def test_refusals_of_the_gateway(channel, token, method, credential, code, details):
    metadata = [("authorization", f"Bearer {credential}")] if credential else None
    with pytest.raises(grpc.RpcError) as failure:
        channel.unary_unary(f"/{SERVICE}/{method}")(b"", metadata=metadata, timeout=30)
    assert failure.value.code() == code
    assert failure.value.details().startswith(details)


def test_a_quota_that_is_used_up(administrator, channel, service):
    from running_platform import ADMIN
    limit = {"type": "REQUESTCOUNTLIMIT", "requestCount": {"requestCount": 1, "unitTime": 1, "timeUnit": "hour"}}
    administrator.post(f"{ADMIN}/throttling/policies/application", {"policyName": "OneCall", "defaultLimit": limit})
    api = publish(administrator, "Desserts", service.port, context="/martlet.test.Desserts")
    token = administrator.subscribed_token(api, "Waiter", application_policy="OneCall")
    call = channel.unary_unary("/martlet.test.Desserts/Get")
    assert call(b"cake", metadata=[("authorization", f"Bearer {token}")], timeout=30) == b"got cake"
    with pytest.raises(grpc.RpcError) as failure:
        call(b"cake", metadata=[("authorization", f"Bearer {token}")], timeout=30)
    assert failure.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED


def test_a_service_that_is_away_or_slow(administrator, channel, service):
    away = publish(administrator, "Away", 1, context="/martlet.test.Away")
    slow = publish(administrator, "Slow", service.port, timeout=1000, context="/martlet.test.Slow")
    for api, method, code in ((away, "Get", grpc.StatusCode.UNAVAILABLE), (slow, "Sleep", grpc.StatusCode.DEADLINE_EXCEEDED)):
        token = administrator.subscribed_token(api, f"Guests of {api['name']}")
        with pytest.raises(grpc.RpcError) as failure:
            call = channel.unary_unary(f"/martlet.test.{api['name']}/{method}")
            call(b"", metadata=[("authorization", f"Bearer {token}")], timeout=30)
        assert failure.value.code() == code, failure.value
