"""The main path and durability with PostgreSQL as the database."""

import pytest
import requests

from postgresql_server import PostgreSQLServer
from running_platform import ADMINISTRATOR, RunningPlatform
from test_durability import all_applications, kill_among_writes, write_until_killed


@pytest.fixture(scope="module")
def server():
    running = PostgreSQLServer()
    yield running
    running.stop()


def platform_on(server, directory):
    file = directory / "deployment.toml"
    file.write_text(
        f'{ADMINISTRATOR}[database.apim_db]\ntype = "postgresql"\nurl = "{server.url}"\nusername = "postgres"\n')
    return RunningPlatform(directory / "data", configuration=file)


def test_the_main_path_and_kill_9(server, tmp_path, backend):
    platform = platform_on(server, tmp_path).start()
    client = platform.client()
    api = client.publish_new("Quay", backend.url)
    token = client.subscribed_token(api, "Dockers")
    url = f"{platform.gateway}/quay/1.0.0/x"
    assert requests.get(url, headers={"Authorization": f"Bearer {token}"}).status_code == 200

    confirmed, errors = [], []
    threads = write_until_killed(platform, confirmed, errors, 50)
    while len(confirmed) < 150 and any(thread.is_alive() for thread in threads):
        threads[0].join(0.01)
    platform.kill()
    for thread in threads:
        thread.join()
    assert not errors
    assert len(confirmed) >= 150
    platform.start()
    try:
        assert set(confirmed) <= all_applications(platform.client())
        assert requests.get(f"{platform.gateway}/quay/1.0.0/x", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    finally:
        platform.stop()


@pytest.mark.slow
def test_every_confirmed_write_survives_kill_9_of_platform_and_database(tmp_path):
    server = PostgreSQLServer()
    platform = platform_on(server, tmp_path).start()
    try:
        assert kill_among_writes(platform, 4, 2500, crash=server.crash) >= 10_000
    finally:
        platform.stop()
        server.stop()


def test_an_unreachable_database_is_one_sentence(tmp_path):
    import subprocess

    from running_platform import program

    file = tmp_path / "deployment.toml"
    file.write_text('[database.apim_db]\ntype = "postgresql"\nurl = "postgresql://127.0.0.1:1/none"\n')
    finished = subprocess.run(
        [str(program("martlet")), "serve", "--data", str(tmp_path / "data"), "--config", str(file)], capture_output=True, text=True, timeout=60)
    assert finished.returncode == 1
    assert "not reachable" in finished.stderr
