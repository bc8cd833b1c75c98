"""Backup, restore and rotation of the vault's key, from the command line."""

import base64
import os
import re
import stat
import subprocess

import pytest
import requests

from postgresql_server import PostgreSQLServer
from running_platform import ADMINISTRATOR, PUBLISHER, RunningPlatform, program
from test_durability import all_applications


def administer(*arguments, **options):
    return subprocess.run(
        [str(program("martlet")), "admin", *map(str, arguments)], capture_output=True, text=True, timeout=120, **options)


def assert_done(finished):
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


def assert_refused(finished, *words):
    assert finished.returncode == 1, finished
    lines = [line for line in finished.stderr.splitlines() if line.startswith("Error: ")]
    assert len(lines) == 1, finished.stderr
    for word in words:
        assert str(word) in lines[0]


@pytest.fixture(scope="module")
def server():
    running = PostgreSQLServer()
    yield running
    running.stop()


class Installation:
    """A data directory with its configuration, on either database."""

    def __init__(self, directory, database=None):
        directory.mkdir(parents=True)
        self.data = directory / "data"
        self.data.mkdir()
        self.configuration = directory / "deployment.toml"
        text = ADMINISTRATOR
        if database:
            text += f'[database.apim_db]\ntype = "postgresql"\nurl = "{database}"\nusername = "postgres"\n'
        self.configuration.write_text(text)
        self.options = ["--data", self.data, "--config", self.configuration]

    def platform(self, offset=None):
        return RunningPlatform(self.data, configuration=self.configuration, offset=offset)


@pytest.fixture
def make_installation(tmp_path, server):
    def make(name, kind):
        database = None
        if kind == "postgresql":
            database = server.new_database()
        return Installation(tmp_path / name, database)

    return make


@pytest.mark.parametrize("source, destination", [
    ("sqlite", "postgresql"), ("postgresql", "sqlite"),
    pytest.param("sqlite", "sqlite", marks=pytest.mark.slow), pytest.param("postgresql", "postgresql", marks=pytest.mark.slow),
])
def test_a_backup_of_a_running_platform_is_restored(tmp_path, make_installation, backend, source, destination):
    original, copy = make_installation("original", source), make_installation("copy", destination)
    file = tmp_path / "backup"
    platform = original.platform().start()
    try:
        client = platform.client()
        api = client.publish_new("Kept", backend.url)
        token = client.subscribed_token(api, "Keepers")
        said = assert_done(administer("backup", file, *original.options))
        assert stat.S_IMODE(os.stat(file).st_mode) == 0o600
        key = (original.data / "vault.key").read_text().strip()
        assert key not in file.read_text() and key not in said
        # Made after the backup, so not part of it.
        client.create_application("Too late")
    finally:
        assert platform.stop() == 0

    assert_refused(administer("restore", file, *copy.options), "vault key", "vault.key")
    (copy.data / "vault.key").write_text(base64.b64encode(os.urandom(32)).decode())
    assert_refused(administer("restore", file, *copy.options), "not the one")
    (copy.data / "vault.key").write_text(key + "\n")
    assert_done(administer("restore", file, *copy.options))
    assert_refused(administer("restore", file, *copy.options), "already holds an installation")

    # At the same address, because tokens name their issuer.
    restored = copy.platform(platform.offset).start()
    try:
        # Secrets, signing keys, tokens and what gateways know: everything goes on.
        answer = requests.get(f"{restored.gateway}/kept/1.0.0/x", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200, answer.text
        again = restored.client()
        assert again.get(f"{PUBLISHER}/apis/{api['id']}")["name"] == "Kept"
        names = all_applications(again)
        assert "Keepers" in names and "Too late" not in names
        assert again.deploy(api)["id"]
    finally:
        assert restored.stop() == 0


def test_restored_data_need_no_first_configuration(tmp_path, make_installation):
    original = make_installation("original", "sqlite")
    original.platform().start().stop()
    file = tmp_path / "backup"
    assert_done(administer("backup", file, *original.options))
    data = tmp_path / "copy"
    data.mkdir()
    (data / "vault.key").write_bytes((original.data / "vault.key").read_bytes())
    assert_done(administer("restore", file, "--data", data))
    platform = RunningPlatform(data).start()
    try:
        assert not (data / "deployment.toml").exists()
        url = f"{platform.management}{PUBLISHER}/apis"
        assert requests.get(url, auth=("admin", "a-password-of-tests"), verify=platform.certificate).status_code == 200
    finally:
        platform.stop()


def test_what_a_backup_refuses(tmp_path, make_installation):
    original = make_installation("original", "sqlite")
    assert_refused(administer("backup", tmp_path / "none", *original.options), original.data)
    original.platform().start().stop()
    file = tmp_path / "backup"
    assert_done(administer("backup", file, *original.options))
    assert_refused(administer("backup", file, *original.options), file, "exists")
    assert_refused(administer("backup", tmp_path / "no" / "backup", *original.options), "No such file")

    lines = file.read_text().splitlines(keepends=True)
    copy = make_installation("copy", "sqlite")
    (copy.data / "vault.key").write_bytes((original.data / "vault.key").read_bytes())
    damaged = tmp_path / "damaged"
    for text, words in [
        ("", "no backup"),
        ("".join(lines[:-1]), "incomplete"),
        ("".join(lines).replace('"admin"', '"adnim"'), "damaged"),
        (lines[0].replace('"schema":[', '"schema":[99999,') + "".join(lines[1:]), "newer"),
    ]:
        damaged.write_text(text)
        assert_refused(administer("restore", damaged, *copy.options), words)
    assert_refused(administer("restore", tmp_path / "nowhere", *copy.options), "No such file")
    # After all these the directory still counts as empty.
    assert_done(administer("restore", file, *copy.options))


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_vault_key_is_rotated(tmp_path, make_installation, backend, kind):
    installation = make_installation("original", kind)
    platform = installation.platform().start()
    client = platform.client()
    api = client.publish_new("Sealed", backend.url)
    token = client.subscribed_token(api, "Sealers")
    assert_refused(administer("rotate-vault-key", *installation.options), "in use")
    if kind == "postgresql":
        # From another machine the data directory is no hindrance.
        other = tmp_path / "elsewhere"
        other.mkdir()
        (other / "vault.key").write_bytes((installation.data / "vault.key").read_bytes())
        finished = administer("rotate-vault-key", "--data", other, "--config", installation.configuration)
        assert_refused(finished, "Nodes of the platform are running")
    assert platform.stop() == 0

    key = installation.data / "vault.key"
    old = key.read_text()
    said = assert_done(administer("rotate-vault-key", *installation.options))
    assert int(re.match(r"(\d+) secrets", said).group(1)) >= 2
    assert key.read_text() != old and stat.S_IMODE(os.stat(key).st_mode) == 0o600
    assert key.read_text().strip() not in said

    platform.start()
    try:
        answer = requests.get(f"{platform.gateway}/sealed/1.0.0/x", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200, answer.text
        # Clients of before sign in with their sealed secrets, and new tokens are signed with the sealed key.
        assert client.session.post(
            f"{platform.management}/oauth2/token", auth=client.consumer, verify=platform.certificate,
            data={"grant_type": "password", "username": "admin", "password": "a-password-of-tests"}).status_code == 200
    finally:
        assert platform.stop() == 0

    new = key.read_text()
    key.write_text(old)
    finished = subprocess.run(
        [str(program("martlet")), "serve", *map(str, installation.options)], capture_output=True, text=True, timeout=60)
    assert_refused(finished, "vault key is not the one")
    key.write_text(new)


def test_a_configured_vault_key_is_rotated_to_the_one_of_standard_input(make_installation):
    installation = make_installation("original", "sqlite")
    text = installation.configuration.read_text()
    old, new = (base64.b64encode(os.urandom(32)).decode() for _ in range(2))
    installation.configuration.write_text(f'{text}[encryption]\nkey = "{old}"\n')
    installation.platform().start().stop()
    assert not (installation.data / "vault.key").exists()
    assert_refused(administer("rotate-vault-key", *installation.options, input="\n"), "standard input")
    assert_refused(administer("rotate-vault-key", *installation.options, input="short\n"), "standard input", "32 bytes")
    assert_done(administer("rotate-vault-key", *installation.options, input=new + "\n"))
    assert_refused(administer("rotate-vault-key", *installation.options, input=new + "\n"), "not the one")
    installation.configuration.write_text(f'{text}[encryption]\nkey = "{new}"\n')
    platform = installation.platform().start()
    try:
        assert platform.client().get(f"{PUBLISHER}/apis")["count"] == 0
    finally:
        platform.stop()
