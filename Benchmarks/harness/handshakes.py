"""A client that opens one TLS connection after the other, with a request on each."""
import os
import socket
import ssl
import time

REQUEST = b"GET /api0/1.0.0/resource0/1 HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


def run(port, seconds, *, resumes, core):
    """Seconds that each connection took. A resumed session is that of the connection before (RFC 8446 §2.2)."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        return list(_connections(port, time.monotonic() + seconds, resumes))
    finally:
        os.sched_setaffinity(0, cores)


def _connections(port, end, resumes):
    context = ssl._create_unverified_context()
    session = None
    while (began := time.monotonic()) < end:
        with socket.create_connection(("127.0.0.1", port)) as plain:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with context.wrap_socket(plain, session=session) as connection:
                if session is not None and not connection.session_reused:
                    raise RuntimeError("the server did not resume a session")
                connection.sendall(REQUEST)
                answer = _receive(connection)
                session = connection.session if resumes else None
        if not answer.startswith(b"HTTP/1.1 200 "):
            raise RuntimeError(f"unexpected answer: {answer[:100]!r}")
        yield time.monotonic() - began


def _receive(connection):
    answer = b""
    try:
        while received := connection.recv(65536):
            answer += received
    except ssl.SSLEOFError:
        pass
    return answer
