"""A load in which every batch looks the same: the client's requests and the backend's answers are all there before the gateway looks."""
import selectors
import socket

from .freezer import Freezer
from .lockstep_clients import TIMEOUT, Request

ANSWER = (
    b"HTTP/1.1 200 OK\r\nServer: backend\r\nDate: Sat, 28 Nov 2026 00:00:00 GMT\r\nContent-Type: application/octet-stream\r\n"
    b"Content-Length: 1024\r\n\r\n" + b"x" * 1024)


class LockstepBackend:
    """Keeps the connections that the gateway opens; answers when told to."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.port = self.listener.getsockname()[1]
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.listener, selectors.EVENT_READ)

    def receive(self, count):
        """Takes `count` whole requests and answers the connections that they came on."""
        waiting = []
        while len(waiting) < count:
            ready = self.selector.select(TIMEOUT)
            if not ready:
                raise TimeoutError(f"the gateway passed on {len(waiting)} of {count} requests within {TIMEOUT} s")
            for key, _ in ready:
                if key.fileobj is self.listener:
                    self._accept()
                elif self._receive(key.fileobj, key.data):
                    waiting.append(key.fileobj)
        return waiting

    def _accept(self):
        connection, _ = self.listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.selector.register(connection, selectors.EVENT_READ, bytearray())

    def _receive(self, connection, text):
        received = connection.recv(65536)
        if not received:
            self.selector.unregister(connection)
            connection.close()
            return False
        text += received
        if not text.endswith(b"\r\n\r\n"):
            return False
        text.clear()
        return True


class LockstepLoad:
    """Sends `batch` requests at a time over connections that keep to themselves, spread over all APIs, resources and tokens."""

    def __init__(self, port, pid, backend, *, client, batch, apis, resources, tokens):
        self.backend = backend
        self.freezer = Freezer(pid)
        self.batch = batch
        self.requests = self._requests(apis, resources, tokens)
        self.sent = 0
        self.clients = [client(port) for _ in range(batch // client.streams)]

    @staticmethod
    def _requests(apis, resources, tokens):
        # 389 and 7 have no divisor in common with the usual counts, so all APIs and resources get their turn.
        return [
            Request(
                f"/api{number * 389 % apis}/1.0.0/resource{number * 7 % resources}/{number % 1000 + 1000}",
                tokens[number % len(tokens)] if tokens else "")
            for number in range(4096)]

    def run(self, count):
        """Has at least `count` requests answered; answers how many they were."""
        before = self.sent
        while self.sent - before < count:
            self._batch()
        return self.sent - before

    def _batch(self):
        self.freezer.freeze()
        for client in self.clients:
            client.send([self.requests[(self.sent + number) % len(self.requests)] for number in range(client.streams)])
            self.sent += client.streams
        self.freezer.thaw()
        waiting = self.backend.receive(self.batch)
        self.freezer.freeze()
        for connection in waiting:
            connection.sendall(ANSWER)
        self.freezer.thaw()
        for client in self.clients:
            client.receive()

    def close(self):
        for client in self.clients:
            client.close()
