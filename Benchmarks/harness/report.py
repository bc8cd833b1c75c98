"""Writes what was measured as Markdown."""
import json
import os
import platform
import statistics
import subprocess
from pathlib import Path

from .contest import APIS, RESOURCES, TOKENS, Job, ratio

BEGIN = "<!-- begin: written by `make bench` -->"
END = "<!-- end: written by `make bench` -->"

# Largest ratio of martlet's CPU time to a peer's that is acceptable, by job.
GOALS = {
    (Job(True, 1024, 64), "nginx with Lua"): 1.1, (Job(True, 1024, 64), "nginx"): 1.3, (Job(True, 1024, 64), "envoy"): 0.45,
}
PLATFORM_GOALS = {
    "empty, management": ("first answer of the management server, empty directory", 1.0, "s"),
    "empty, gateway": ("first answer of the gateway, empty directory", 1.0, "s"),
    "100, gateway": ("first call of a deployed API, 100 APIs", None, "s"),
    "1000, gateway": ("first call of a deployed API, 1,000 APIs", 2.0, "s"),
    "1000, management": ("first answer of the management server, 1,000 APIs", None, "s"),
    "empty, memory": ("resident memory when idle, empty directory", None, "MB"),
    "100, memory": ("resident memory when idle, 100 APIs", 100, "MB"),
    "1000, memory": ("resident memory when idle, 1,000 APIs", None, "MB"),
    "100, milliseconds a deployed API": ("create, deploy and publish one API by REST", None, "ms"),
}


def write(results, path):
    """Replaces the part of the page between the marks."""
    page = Path(path).read_text()
    before, rest = page.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    Path(path).write_text(before + BEGIN + "\n\n" + text(results) + "\n" + END + after)


def text(results):
    parts = [introduction(results["facts"])]
    if "contests" in results:
        parts += [goals(results["contests"])]
    if "platform" in results:
        parts += [platform_table(results["platform"])]
    parts += [contest_table(one) for one in results.get("contests", [])]
    return "\n".join(parts)


def facts(rounds, seconds):
    return {"machine": platform.machine(), "cores": os.cpu_count(), "rounds": rounds, "seconds": seconds, "versions": versions()}


def versions():
    def first_line(*command):
        done = subprocess.run(command, capture_output=True, text=True)
        return (done.stdout or done.stderr).splitlines()[0] if done.stdout or done.stderr else "unknown"
    nginx = first_line("nginx", "-v").split("/")[-1]
    haproxy = first_line("haproxy", "-v").split()[2].split("-")[0]
    return f"nginx {nginx}, HAProxy {haproxy}, Envoy 1.40.0"


def introduction(found):
    return (
        f"{found['cores']} cores ({found['machine']}), {found['rounds']} rounds of {found['seconds']} s, {APIS:,} APIs with {RESOURCES} "
        f"resources each, {TOKENS} tokens. Peers: {found['versions']}.\n")


def goals(contests):
    lines = ["### Goals", "", "| CPU a request, martlet : peer | goal | measured | |", "|---|---|---|---|"]
    for (job, title), goal in GOALS.items():
        servers = next((one["servers"] for one in contests if Job(**one["job"]) == job), [])
        mine = next((one for one in servers if one["title"] == "martlet"), None)
        peer = next((one for one in servers if one["title"] == title), None)
        if mine and peer:
            value = ratio(mine, peer)[0]
            lines.append(f"| {job.title}: {title} | ≤ {goal} | {value:.2f} | {'reached' if value <= goal else '**missed**'} |")
    return "\n".join(lines) + "\n"


def platform_table(found):
    lines = ["### Start-up and memory of `martlet serve`", "", "| | goal | measured | |", "|---|---|---|---|"]
    for key, (title, goal, unit) in PLATFORM_GOALS.items():
        value = found[key]
        shown = f"{value:.2f} {unit}" if unit == "s" else f"{value:.0f} {unit}"
        verdict = "" if goal is None else "reached" if value <= goal else "**missed**"
        lines.append(f"| {title} | {'' if goal is None else f'≤ {goal:g} {unit}'} | {shown} | {verdict} |")
    return "\n".join(lines) + "\n"


def contest_table(contest):
    servers = contest["servers"]
    lines = [
        f"### {Job(**contest['job']).title}", "",
        "| server | CPU µs a request | martlet's CPU : its | p50 ms | p99 ms | requests/s | idle MB | loaded MB | start ms |",
        "|---|---|---|---|---|---|---|---|---|"]
    for server in servers:
        median = lambda key: statistics.median(one[key] for one in server["rounds"])
        pairs = "1" if server is servers[0] else "{:.2f} [{:.2f}–{:.2f}]".format(*ratio(servers[0], server))
        lines.append(
            f"| {server['title']} | {median('cpu'):.1f} | {pairs} | {median('p50'):.1f} | {median('p99'):.1f} | {median('rate'):.0f} "
            f"| {server['idle']:.0f} | {server['loaded']:.0f} | {server['start'] * 1000:.0f} |")
    return "\n".join(lines) + "\n"


def load(path):
    return json.loads(Path(path).read_text()) if Path(path).exists() else {}
