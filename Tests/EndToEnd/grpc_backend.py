"""A gRPC service without generated code: messages are plain bytes."""

import concurrent.futures

import grpc

SERVICE = "martlet.test.Orders"


class GRPCBackend:
    """Answers `Get`, `List`, `Upload` and `Chat`: the four kinds of calls."""

    def __init__(self):
        self.metadata = []
        handlers = {
            "Get": grpc.unary_unary_rpc_method_handler(self._get),
            "List": grpc.unary_stream_rpc_method_handler(self._list),
            "Upload": grpc.stream_unary_rpc_method_handler(self._upload),
            "Chat": grpc.stream_stream_rpc_method_handler(self._chat),
            "Fail": grpc.unary_unary_rpc_method_handler(self._fail),
            "Sleep": grpc.unary_unary_rpc_method_handler(self._sleep),
        }
        self.server = grpc.server(concurrent.futures.ThreadPoolExecutor(16))
        self.server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(SERVICE, handlers)])
        self.port = self.server.add_insecure_port("127.0.0.1:0")
        self.server.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.stop(None).wait()

    def _get(self, request, context):
        self.metadata.append(dict(context.invocation_metadata()))
        context.send_initial_metadata([("x-initial", "1")])
        context.set_trailing_metadata([("x-last", "2")])
        return b"got " + request

    def _list(self, request, _):
        for number in range(int(request)):
            yield b"item %d" % number

    def _upload(self, requests, _):
        return b"%d" % sum(len(request) for request in requests)

    def _chat(self, requests, _):
        for request in requests:
            yield b"re: " + request

    def _fail(self, _, context):
        context.abort(grpc.StatusCode.FAILED_PRECONDITION, "not today: 100% sure")

    def _sleep(self, _, context):
        import time
        for _ in range(200):
            if not context.is_active():
                return b""
            time.sleep(0.1)
        return b"awake"
