"""A PostgreSQL server of its own for a test, in a temporary directory."""

import os
import pathlib
import pwd
import shutil
import socket
import subprocess
import tempfile


def binary(name):
    found = shutil.which(name)
    if found:
        return found
    versions = sorted(pathlib.Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    assert versions, f"{name} is missing; install the Debian package postgresql"
    return str(versions[-1])


class PostgreSQLServer:
    def __init__(self):
        self.databases = 0
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="martlet-postgresql-"))
        # PostgreSQL refuses to run as root.
        self.prefix = ["runuser", "-u", "nobody", "--"] if os.geteuid() == 0 else []
        if self.prefix:
            nobody = pwd.getpwnam("nobody")
            os.chown(self.directory, nobody.pw_uid, nobody.pw_gid)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        data = str(self.directory / "data")
        self._run(binary("initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C")
        self._start()
        self.url = f"postgresql://127.0.0.1:{self.port}/postgres"

    def _start(self):
        options = f"-p {self.port} -k {self.directory} -c listen_addresses=127.0.0.1"
        data, log = str(self.directory / "data"), str(self.directory / "log")
        self._run(binary("pg_ctl"), "-D", data, "-w", "-l", log, "-o", options, "start")

    def crash(self):
        """Ends the server without letting it finish anything, and starts it again."""
        self._run(binary("pg_ctl"), "-D", str(self.directory / "data"), "-m", "immediate", "stop")
        self._start()

    def _run(self, *command):
        subprocess.run([*self.prefix, *command], check=True, cwd=self.directory, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def new_database(self):
        """The URL of a new, empty database."""
        self.databases += 1
        name = f"test_{self.databases}"
        self._run(binary("psql"), "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-c", f"CREATE DATABASE {name}")
        return f"postgresql://127.0.0.1:{self.port}/{name}"

    def stop(self):
        self._run(binary("pg_ctl"), "-D", str(self.directory / "data"), "-m", "immediate", "stop")
        shutil.rmtree(self.directory)
