"""The answer to a change is sent after the database's log has been brought to the disk: seen in the platform's system calls."""

import json
import re
import shutil
import socket
import ssl
import subprocess
import time

import pytest

from running_platform import DEVPORTAL, RunningPlatform

CALLS = "pwrite64,fdatasync,fsync,write,writev,sendto,sendmsg"


def why_no_trace(directory):
    """Why system calls cannot be traced here; None if they can."""
    if not shutil.which("strace"):
        return "strace is not installed"
    tried = subprocess.run(["strace", "-o", directory / "try", "-e", "trace=none", "true"], capture_output=True, text=True)
    return None if tried.returncode == 0 else f"processes may not be traced here: {tried.stderr.strip()}"


def events(trace):
    """The calls of a trace in order of their end, with the seconds of begin and end, the name and the arguments."""
    begun, found = {}, []
    line = re.compile(r"(\d+) +(\d+\.\d+) (.*)")
    for text in trace.read_text(errors="replace").splitlines():
        match = line.match(text)
        if not match:
            continue
        process, seconds, rest = match.group(1), float(match.group(2)), match.group(3)
        if rest.endswith("<unfinished ...>"):
            begun[process] = (seconds, rest.removesuffix("<unfinished ...>"))
        elif resumed := re.match(r"<\.\.\. (\w+) resumed>(.*)", rest):
            start, first = begun.pop(process, (seconds, resumed.group(1) + "("))
            found.append((start, seconds, first + resumed.group(2)))
        else:
            found.append((seconds, seconds, rest))
    return [(start, end, call.split("(")[0], call) for start, end, call in found]


class Connection:
    """A TLS connection of which the local port is known, because the trace names it."""

    def __init__(self, platform):
        context = ssl.create_default_context(cafile=platform.certificate)
        plain = socket.create_connection(("127.0.0.1", 9443 + platform.offset), timeout=30)
        self.port = plain.getsockname()[1]
        self.socket = context.wrap_socket(plain, server_hostname="localhost")

    def post(self, path, body, token):
        payload = json.dumps(body).encode()
        head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"
        self.socket.sendall(f"{head}Content-Length: {len(payload)}\r\n\r\n".encode() + payload)
        answer = self.socket.makefile("rb")
        status = int(answer.readline().split()[1])
        length = 0
        while (field := answer.readline().strip().lower()):
            if field.startswith(b"content-length:"):
                length = int(field.split(b":")[1])
        answer.read(length)
        return status


def test_the_log_is_on_the_disk_before_the_answer_is_sent(tmp_path):
    reason = why_no_trace(tmp_path)
    if reason:
        pytest.skip(reason)
    trace = tmp_path / "trace"
    # With -D the platform itself, and not strace, is the child of this process.
    platform = RunningPlatform(tmp_path / "data", wrapper=[
        "strace", "-D", "-f", "-yy", "-ttt", "-s", "0", "-o", trace, "-e", f"trace={CALLS}", "-e", "signal=none"]).start()
    try:
        client = platform.client()
        connection = Connection(platform)
        spans = []
        for number in range(20):
            body = {"name": f"Traced {number}", "throttlingPolicy": "Unlimited", "description": ""}
            begin = time.time()
            assert connection.post(f"{DEVPORTAL}/applications", body, client.token) == 201
            spans.append((begin, time.time()))
    finally:
        platform.stop()

    calls = events(trace)
    for begin, end in spans:
        within = [call for call in calls if begin <= call[0] and call[1] <= end]
        answers = [call for call in within if call[2] in ("write", "writev", "sendto", "sendmsg") and f":{connection.port}]>" in call[3]]
        assert answers, "the answer is in the trace"
        answered = answers[0][0]
        writes = [call for call in within if call[2] == "pwrite64" and "martlet.db-wal>" in call[3] and call[0] < answered]
        assert writes, "the change is in the log before it is answered"
        syncs = [call for call in within if call[2] in ("fdatasync", "fsync") and "martlet.db-wal>" in call[3] and call[3].endswith("= 0")]
        assert any(writes[-1][1] <= sync[0] and sync[1] <= answered for sync in syncs), "the log is synchronised between the last write and the answer"
