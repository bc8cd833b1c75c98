"""Starting, stopping, and what goes wrong at the start: one clear sentence and exit code 1."""

import os
import pathlib
import socket
import stat
import subprocess

import pytest
import requests

from running_platform import PUBLISHER, RunningPlatform, free_offset, program


def serve(*arguments, **options):
    return subprocess.run([str(program("martlet")), "serve", *map(str, arguments)], capture_output=True, text=True, timeout=60, **options)


def assert_refused(finished, *words):
    assert finished.returncode == 1, finished
    lines = [line for line in finished.stderr.splitlines() if line.startswith("Error: ")]
    assert len(lines) == 1, finished.stderr
    for word in words:
        assert str(word) in lines[0]


def test_a_port_in_use(tmp_path):
    offset = free_offset()
    for port in (8280, 8243, 9443):
        with socket.socket() as other:
            other.bind(("0.0.0.0", port + offset))
            other.listen()
            assert_refused(serve("--data", tmp_path / str(port), "--port-offset", offset), port + offset, "in use")


def test_a_directory_in_use(platform):
    assert_refused(serve("--data", platform.data, "--port-offset", free_offset()), platform.data, "in use")


def test_a_directory_that_cannot_be_written(tmp_path):
    blocker = tmp_path / "file"
    blocker.write_text("")
    assert_refused(serve("--data", blocker / "data"), blocker, "cannot be written")


@pytest.mark.parametrize("text, words", [
    ("[server", ["deployment.toml"]),
    ("[server]\noffset = \"many\"", ["server.offset", "a whole number"]),
    ("[server]\nhostname = \"$env{NO_SUCH_VARIABLE}\"", ["server.hostname", "NO_SUCH_VARIABLE"]),
    ("[keystore.tls]\ncertificate_file = \"/nowhere\"\nkey_file = \"/nowhere\"", ["/nowhere"]),
])
def test_a_broken_configuration(tmp_path, text, words):
    file = tmp_path / "deployment.toml"
    file.write_text(text)
    assert_refused(serve("--data", tmp_path / "data", "--config", file), *words)


def test_a_misspelt_key_is_a_warning_with_the_right_one(tmp_path):
    file = tmp_path / "deployment.toml"
    file.write_text("[server]\nhostnme = \"x\"\n")
    shown = subprocess.run([str(program("martlet")), "config", "check", "--config", str(file)], capture_output=True, text=True)
    assert shown.returncode == 0
    assert "server.hostnme" in shown.stdout and "Is server.hostname meant?" in shown.stdout


def test_the_first_start_makes_its_own_secrets(platform):
    for name in ("deployment.toml", "vault.key", "certificates/tls.key"):
        assert stat.S_IMODE(os.stat(platform.data / name).st_mode) == 0o600, name
    name, password = platform.administrator
    assert name == "admin" and len(password) >= 24


def test_a_restart_keeps_data_keys_and_tokens(tmp_path):
    platform = RunningPlatform(tmp_path / "data").start()
    try:
        client = platform.client()
        api = client.create_api("Kept", "http://127.0.0.1:9")
        assert platform.stop() == 0
        platform.start()
        assert client.get(f"{PUBLISHER}/apis/{api['id']}")["name"] == "Kept"
    finally:
        platform.stop()


def test_reset_password(tmp_path):
    platform = RunningPlatform(tmp_path / "data").start()
    old = platform.administrator
    token = platform.client().token
    platform.stop()
    reset = subprocess.run(
        [str(program("martlet")), "admin", "reset-password", "--data", str(platform.data)],
        input="a-new-password-1\n", capture_output=True, text=True, timeout=60)
    assert reset.returncode == 0, reset.stderr
    assert "a-new-password-1" not in reset.stdout + reset.stderr
    platform.start()
    try:
        url = f"{platform.management}{PUBLISHER}/apis"
        assert requests.get(url, auth=("admin", "a-new-password-1"), verify=platform.certificate).status_code == 200
        assert requests.get(url, auth=old, verify=platform.certificate).status_code == 401
        assert requests.get(url, headers={"Authorization": f"Bearer {token}"}, verify=platform.certificate).status_code == 401
    finally:
        platform.stop()


def test_the_home_page_and_health(platform):
    page = requests.get(platform.management + "/", verify=platform.certificate)
    assert page.status_code == 200 and "text/html" in page.headers["Content-Type"]
    assert "default-src 'none'" in page.headers["Content-Security-Policy"] or "default-src 'self'" in page.headers["Content-Security-Policy"]
    for path in ("/services/Version", "/health", "/api/am/gateway/v2/server-startup-healthcheck"):
        assert requests.get(platform.management + path, verify=platform.certificate).status_code == 200, path
    for contract in ("publisher/v4", "devportal/v3", "admin/v4"):
        served = requests.get(f"{platform.management}/api/am/{contract}/swagger.json", verify=platform.certificate)
        assert served.status_code == 200 and served.json()["openapi"].startswith("3.")


def test_old_tls_is_refused(platform):
    port = 9443 + platform.offset
    finished = subprocess.run(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-tls1_1"], stdin=subprocess.DEVNULL, capture_output=True, timeout=20)
    assert finished.returncode != 0


def test_logs_hold_no_secrets(platform, administrator):
    name, password = platform.administrator
    secrets = [password, administrator.token, administrator.consumer[1]]
    for file in [*pathlib.Path(platform.data, "logs").glob("*"), pathlib.Path(platform.output.name)]:
        text = file.read_text(errors="replace")
        assert not any(secret in text for secret in secrets), file
