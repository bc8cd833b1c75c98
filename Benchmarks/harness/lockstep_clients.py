"""Clients whose requests are all there before the gateway looks: over HTTP/1.1 with and without TLS, and over HTTP/2."""
import re
import socket
import ssl
import struct
from dataclasses import dataclass

TIMEOUT = 120


@dataclass(frozen=True)
class Request:
    """A GET request; the token may be empty."""
    target: str
    token: str


class PlainClient:
    """A connection of HTTP/1.1, with a request at a time."""
    streams = 1

    def __init__(self, port):
        self.authority = f"127.0.0.1:{port}"
        self.socket = socket.create_connection(("127.0.0.1", port), TIMEOUT)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, requests):
        for request in requests:
            bearer = f"Authorization: Bearer {request.token}\r\n" if request.token else ""
            self.socket.sendall(f"GET {request.target} HTTP/1.1\r\nHost: {self.authority}\r\n{bearer}\r\n".encode())

    def receive(self):
        """Waits for the answers to all that was sent."""
        text = b""
        while not (end := text.find(b"\r\n\r\n") + 4) > 3:
            text += self._received()
        if not text.startswith(b"HTTP/1.1 200 "):
            raise ValueError("unexpected answer: " + text[:200].decode(errors="replace"))
        length = int(re.search(rb"content-length: (\d+)", text[:end], re.I).group(1))
        while len(text) < end + length:
            text += self._received()

    def _received(self):
        received = self.socket.recv(65536)
        if not received:
            raise ConnectionError("the gateway closed a connection")
        return received

    def close(self):
        self.socket.close()


class TLSClient(PlainClient):
    """The same over TLS; any certificate will do."""
    protocol = "http/1.1"

    def __init__(self, port):
        super().__init__(port)
        context = ssl._create_unverified_context()
        context.set_alpn_protocols([self.protocol])
        self.socket = context.wrap_socket(self.socket)
        if self.socket.selected_alpn_protocol() != self.protocol:
            raise RuntimeError(f"the gateway does not speak {self.protocol}")


class HTTP2Client(TLSClient):
    """A connection of HTTP/2 with several requests at a time (RFC 9113). It gives the gateway more window than it will ever need."""
    protocol = "h2"
    streams = 8
    _DATA, _HEADERS, _RST_STREAM, _SETTINGS, _GOAWAY, _WINDOW_UPDATE = 0, 1, 3, 4, 7, 8
    _END_STREAM, _END_HEADERS, _ACK = 1, 4, 1

    def __init__(self, port):
        super().__init__(port)
        self.next_stream, self.waiting, self.unread = 1, 0, b""
        settings = self._frame(self._SETTINGS, 0, 0, struct.pack("!HI", 4, 2**30))
        window = self._frame(self._WINDOW_UPDATE, 0, 0, struct.pack("!I", 2**30))
        self.socket.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + settings + window)
        while not self._take() == self._SETTINGS:
            pass

    def send(self, requests):
        frames = b""
        for request in requests:
            frames += self._frame(
                self._HEADERS, self._END_STREAM | self._END_HEADERS, self.next_stream, self._fields(request))
            self.next_stream += 2
            self.waiting += 1
        self.socket.sendall(frames)

    def _fields(self, request):
        """A header block (RFC 7541). The authority is put into the table of fields with the first request."""
        authority = b"\x41" + self._text(self.authority) if self.next_stream == 1 else b"\xbe"
        bearer = b"\x1f\x08" + self._text(f"Bearer {request.token}") if request.token else b""
        return b"\x82\x87\x04" + self._text(request.target) + authority + bearer

    @staticmethod
    def _text(text):
        length = len(text)
        if length < 127:
            return bytes([length]) + text.encode()
        length -= 127
        digits = [0x7F]
        while length >= 128:
            digits.append(length % 128 + 128)
            length //= 128
        return bytes([*digits, length]) + text.encode()

    @staticmethod
    def _frame(kind, flags, stream, payload):
        return struct.pack("!I", len(payload))[1:] + struct.pack("!BBI", kind, flags, stream) + payload

    def receive(self):
        while self.waiting:
            self._take()

    def _take(self):
        """Takes one frame and answers its kind."""
        header = self._read(9)
        length, kind, flags = int.from_bytes(header[:3], "big"), header[3], header[4]
        payload = self._read(length)
        if kind in (self._RST_STREAM, self._GOAWAY):
            raise ConnectionError(f"the gateway ended a stream or connection: frame {kind}, {payload!r}")
        if kind == self._HEADERS and 0x88 not in payload[:2]:  # The field `:status: 200` of the static table.
            raise ValueError(f"unexpected answer: {payload[:200]!r}")
        if kind == self._SETTINGS and not flags & self._ACK:
            self.socket.sendall(self._frame(self._SETTINGS, self._ACK, 0, b""))
        if kind in (self._DATA, self._HEADERS) and flags & self._END_STREAM:
            self.waiting -= 1
        return kind

    def _read(self, length):
        while len(self.unread) < length:
            self.unread += self._received()
        found, self.unread = self.unread[:length], self.unread[length:]
        return found


CLIENTS = {"nio": PlainClient, "epoll": PlainClient, "tls": TLSClient, "h2": HTTP2Client}
