import pytest

from running_platform import Backend, RunningPlatform


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: belongs to `make test-full`, not to `make test`")


@pytest.fixture(scope="session")
def platform(tmp_path_factory):
    """One platform for all tests that do not stop or configure it."""
    running = RunningPlatform(tmp_path_factory.mktemp("platform") / "data").start()
    yield running
    assert running.stop() == 0


@pytest.fixture(scope="session")
def administrator(platform):
    return platform.client()


@pytest.fixture
def backend():
    upstream = Backend()
    yield upstream
    upstream.close()
