"""Starts servers on one core each and reads what they consume."""
import http.client
import os
import signal
import subprocess
import time
from pathlib import Path

BACKEND_PORT = 19000
SERVER_CORE = "0"
LOAD_CORE = "1"


class Server:
    """A process (with its workers) that is measured."""

    def __init__(self, name, command, port, directory, path="/", headers=None):
        self.name = name
        self.port = port
        self.log = open(Path(directory) / f"{name}.out", "ab")
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            ["taskset", "-c", SERVER_CORE, *map(str, command)], stdout=self.log, stderr=self.log, cwd=directory,
            start_new_session=True)
        self.first_answer = self._wait(path, headers or {})

    def _wait(self, path, headers):
        while time.monotonic() - self.began < 60:
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.name} ended at once; see {self.log.name}")
            status = self._ask(path, headers)
            if status == 200:
                return time.monotonic() - self.began
            time.sleep(0.005)
        raise RuntimeError(f"{self.name} does not answer 200; see {self.log.name}")

    def _ask(self, path, headers):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            connection.request("GET", path, headers=headers() if callable(headers) else headers)
            status = connection.getresponse().status
            connection.close()
            return status
        except OSError:
            return 0

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
        total = 0
        for pid in self.pids():
            try:
                lines = Path(f"/proc/{pid}/status").read_text().splitlines()
            except OSError:
                continue
            total += sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))
        return total / 1024

    def stop(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        self.log.close()


BACKEND = """
daemon off; worker_processes 1; pid backend.pid; error_log stderr error;
events { worker_connections 4096; }
http {
    access_log off; sendfile on; tcp_nopush on; tcp_nodelay on; keepalive_requests 100000000; keepalive_timeout 300s;
    open_file_cache max=100 inactive=1h; default_type application/octet-stream; etag off;
    client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp; uwsgi_temp_path tmp; scgi_temp_path tmp;
    server {
        listen 127.0.0.1:%d backlog=4096;
        location /size0/ { return 200; }
        location /size1024/ { root %s; try_files /1024.bin =404; }
        location /size51200/ { root %s; try_files /51200.bin =404; }
    }
}
"""


class Backend:
    """nginx with three bodies, on the load's core."""

    def __init__(self, directory):
        directory = Path(directory)
        directory.chmod(0o755)  # nginx's worker is another user when root starts it
        for size in (1024, 51200):
            (directory / f"{size}.bin").write_bytes(b"x" * size)
        configuration = directory / "backend.conf"
        configuration.write_text(BACKEND % (BACKEND_PORT, directory, directory))
        self.process = subprocess.Popen(
            ["taskset", "-c", LOAD_CORE, "nginx", "-p", directory, "-c", configuration], start_new_session=True)
        time.sleep(0.3)
        if self.process.poll() is not None:
            raise RuntimeError(f"the backend did not start; is port {BACKEND_PORT} taken?")

    def stop(self):
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait()
