"""Starts servers on one core each and reads what they consume."""
import http.client
import os
import signal
import socket
import ssl
import subprocess
import time
from pathlib import Path

SERVER_CORE = "0"
LOAD_CORE = "1"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_open(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Server:
    """A process (with its workers) that is measured."""

    def __init__(self, title, command, port, directory, headers, tls=False):
        self.title = title
        self.tls = tls
        self.port = port
        self.log = open(Path(directory) / f"{title.replace(' ', '-')}.out", "ab")
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            ["taskset", "-c", SERVER_CORE, *map(str, command)], stdout=self.log, stderr=self.log, cwd=directory,
            start_new_session=True)
        try:
            self.first_answer = self._wait(headers)
        except RuntimeError:
            self.stop()
            raise
        self.idle = self.resident_megabytes()

    def _wait(self, headers):
        """Seconds from the process's start to its first answer."""
        status = None
        while time.monotonic() - self.began < 60:
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.title} ended at once: {Path(self.log.name).read_text()[-500:]}")
            status = self._ask(headers)
            if status == 200:
                return time.monotonic() - self.began
            time.sleep(0.002)
        raise RuntimeError(f"{self.title} answers {status} instead of 200: {Path(self.log.name).read_text()[-500:]}")

    def _ask(self, headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        if self.tls:
            connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=5, context=ssl._create_unverified_context())
        try:
            connection.request("GET", "/api0/1.0.0/resource0/1", headers=headers)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def pids(self):
        found, waiting = [], [self.process.pid]
        while waiting:
            pid = waiting.pop()
            found.append(pid)
            for task in Path(f"/proc/{pid}/task").glob("*"):
                try:
                    waiting += [int(child) for child in (task / "children").read_text().split()]
                except OSError:
                    pass
        return found

    def nanoseconds(self):
        """CPU time of all threads so far: user and system, by the scheduler's own account."""
        total = 0
        for pid in self.pids():
            for task in Path(f"/proc/{pid}/task").glob("*"):
                try:
                    total += int((task / "schedstat").read_text().split()[0])
                except OSError:
                    pass
        return total

    def resident_megabytes(self):
        return sum(resident_kilobytes(pid) for pid in self.pids()) / 1024

    def stop(self):
        end(self.process)
        self.log.close()


def resident_kilobytes(pid):
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


def end(process):
    """Ends a process that leads a session, with its workers."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


BACKEND = """
daemon off; worker_processes 1; pid backend.pid; error_log stderr error; worker_rlimit_nofile 20000;
events {{ worker_connections 8192; }}
http {{
    access_log off; sendfile on; tcp_nopush on; tcp_nodelay on; keepalive_requests 100000000; keepalive_timeout 300s;
    open_file_cache max=100 inactive=1h; default_type application/octet-stream; etag off;
    client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp; uwsgi_temp_path tmp; scgi_temp_path tmp;
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        location /size0/ {{ return 200; }}
        location /size1024/ {{ return 200 "{kilobyte}"; }}
        location /size51200/ {{ root {directory}; try_files /51200.bin =404; }}
    }}
}}
"""


class Backend:
    """nginx with three bodies, on the load's core. The small ones cost it so little that the server under test is what is busy."""

    def __init__(self, directory):
        directory = Path(directory)
        directory.chmod(0o755)  # nginx's worker is another user when root starts it
        (directory / "51200.bin").write_bytes(b"x" * 51200)
        self.port = free_port()
        configuration = directory / "backend.conf"
        configuration.write_text(BACKEND.format(port=self.port, directory=directory, kilobyte="x" * 1024))
        self.process = subprocess.Popen(
            ["taskset", "-c", LOAD_CORE, "nginx", "-p", directory, "-c", configuration], start_new_session=True)
        deadline = time.monotonic() + 10
        while not is_open(self.port):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the backend (nginx) did not start; its message is above")
            time.sleep(0.01)

    def stop(self):
        end(self.process)
