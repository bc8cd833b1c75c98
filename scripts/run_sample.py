"""Starts martlet and the sample backend, makes sure that the sample API is there, prints where to go, and waits for Ctrl-C."""

import argparse
import http.client
import os
import pathlib
import signal
import socket
import ssl
import subprocess
import sys
import time
import tomllib

from sample_api import PlatformError, RestClient, SampleAPI

ROOT = pathlib.Path(__file__).resolve().parent.parent


def fail(sentence):
    print(f"make: {sentence}", file=sys.stderr)
    sys.exit(1)


def program(name):
    return pathlib.Path(os.environ["MARTLET_BUILD_FOLDER"]) / os.environ.get("MARTLET_CONFIGURATION", "release") / name


def start(name, *arguments):
    # A session of its own, so that Ctrl-C reaches this script first and the children are stopped in order.
    return subprocess.Popen([str(program(name)), *map(str, arguments)], start_new_session=True)


def wait_until(answers, process, name):
    """Waits for the process to answer. If it ends instead, it has said why, and this script ends too."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            sys.exit(process.returncode or 1)
        if answers():
            return
        time.sleep(0.05)
    fail(f"{name} did not answer within 60 seconds.")


def is_open(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def is_live(port, certificate):
    """Whether the platform with this certificate answers, and not some other program on its port."""
    try:
        context = ssl.create_default_context(cafile=str(certificate))
        connection = http.client.HTTPSConnection("localhost", port, context=context, timeout=5)
        connection.request("GET", "/services/Version")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False


def stop(processes):
    for process in processes:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
    for process in processes:
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


def administrator(data):
    account = tomllib.loads((data / "deployment.toml").read_text()).get("super_admin", {})
    if "password" not in account:
        fail(f"{data}/deployment.toml holds no password under [super_admin], with which the sample API would be prepared.")
    return account.get("username", "admin"), account["password"]


def show(sample, data, management, gateway_http):
    username, _ = administrator(data)
    print(
        f"""
Martlet runs.

  Home page       {management}/            (its certificate is self-signed: {data}/certificates/tls.pem)
  REST APIs       {management}/docs/contracts/publisher-v4   (devportal-v3, admin-v4, … likewise)
  Gateway         {gateway_http}   and the same API on HTTPS

  Sign in as      {username}, with the password in {data}/deployment.toml

The sample API CoffeeShop 1.0.0 is published, and an application is subscribed to it. Try it:

  {sample.curl(gateway_http)}

Stop with Ctrl-C; the next `make run` continues with the same data."""
    )
    sys.stdout.flush()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=pathlib.Path, default=ROOT / "data")
    parser.add_argument("--port-offset", type=int, default=0)
    parser.add_argument("--once", action="store_true", help="stop after printing; for tests")
    options = parser.parse_args()
    offset = options.port_offset
    data = options.data.resolve()
    management = f"https://localhost:{9443 + offset}"
    gateway_http = f"http://localhost:{8280 + offset}"

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", 9090 + offset))
        except OSError:
            fail(f"Port {9090 + offset}, which the sample backend needs, is in use. Stop the program that uses it and try again.")

    processes = [start("coffee-shop", "--port", 9090 + offset)]
    # Whoever starts this in the background has Ctrl-C ignored, and Python would leave it so.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
    try:
        processes.insert(0, start("martlet", "serve", "--data", data, "--port-offset", offset))
        certificate = data / "certificates" / "tls.pem"
        wait_until(lambda: is_live(9443 + offset, certificate), processes[0], "martlet")
        wait_until(lambda: is_open(9090 + offset), processes[1], "the sample backend")
        client = RestClient(management, certificate, *administrator(data))
        sample = SampleAPI(client, ROOT / "Samples" / "CoffeeShop" / "openapi.yaml", f"http://127.0.0.1:{9090 + offset}")
        sample.prepare()
        show(sample, data, management, gateway_http)
        while not options.once:
            for process in processes:
                if process.poll() is not None:
                    fail(f"{process.args[0]} stopped by itself with exit code {process.returncode}.")
            time.sleep(0.2)
    except PlatformError as error:
        fail(f"The sample API could not be prepared: {error}")
    except KeyboardInterrupt:
        print("\nStopping.")
    finally:
        stop(processes)


if __name__ == "__main__":
    main()
