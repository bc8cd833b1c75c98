"""Writes what was measured as Markdown."""
import json
import os
import platform
import statistics
import subprocess
from pathlib import Path

from .contest import APIS, RESOURCES, TOKENS, Job, ratio

# Largest ratio of CPU time that is acceptable, by job: of what, to what, and how much.
PLAIN, MANAGED = Job(False, 1024, 64), Job(True, 1024, 64)
TLS, SCALING = Job(False, 1024, 64, tls=True), Job(True, 1024, 64, scaling=True)
HTTP2 = Job(False, 1024, 16, tls=True, streams=8)
GOALS = [
    (MANAGED, "martlet", "nginx with Lua", 1.1), (MANAGED, "martlet", "nginx", 1.3), (MANAGED, "martlet", "envoy", 0.45),
    (PLAIN, "martlet epoll", "nginx", 0.9), (Job(False, 1024, 64, apis=1), "martlet epoll", "nginx", 0.9),
    (Job(False, 51200, 64), "martlet epoll", "nginx, 64 KB buffers", 0.9),
    (MANAGED, "martlet epoll", "nginx with Lua", 0.75), (MANAGED, "martlet epoll", "nginx", 0.95),
    (MANAGED, "martlet epoll", "envoy", 0.25), (Job(True, 1024, 64, apis=1), "martlet epoll", "nginx with Lua", 0.75),
    (Job(True, 1024, 64, apis=1), "martlet epoll", "nginx", 0.95), (Job(True, 1024, 512), "martlet epoll", "nginx with Lua", 0.6),
    (TLS, "martlet", "nginx", 1.0), (Job(False, 51200, 64, tls=True), "martlet", "nginx", 0.85),
    (HTTP2, "martlet", "nginx", 1.6), (HTTP2, "martlet", "envoy", 0.7),
    (SCALING, "martlet, two loops", "martlet", 1.1), (SCALING, "martlet epoll, two loops", "martlet epoll", 1.1),
]
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
    replace(path, "make bench", text(results))


def replace(path, command, table):
    """Replaces the part of the page that the command writes, between its marks."""
    begin, end = f"<!-- begin: written by `{command}` -->", f"<!-- end: written by `{command}` -->"
    before, rest = Path(path).read_text().split(begin, 1)
    Path(path).write_text(before + begin + "\n\n" + table + "\n" + end + rest.split(end, 1)[1])


def figures_table(rows):
    """A table of title, goal, value and unit; a value above its goal is marked."""
    lines = ["| | goal | measured | |", "|---|---|---|---|"]
    for title, goal, value, unit in rows:
        shown = f"{value:.0f} {unit}" if unit in ("ms", "MB") else f"{value:.2f} {unit}".strip()
        verdict = "" if goal is None else "reached" if value <= goal else "**missed**"
        lines.append(f"| {title} | {'' if goal is None else f'≤ {goal:g} {unit}'.strip()} | {shown} | {verdict} |")
    return "\n".join(lines) + "\n"


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
        f"resources each where nothing else is said, {TOKENS} tokens. Peers: {found['versions']}.\n")


def goals(contests):
    lines = ["### Goals", "", "| CPU a request | goal | measured | |", "|---|---|---|---|"]
    for job, title, other, goal in GOALS:
        servers = {
            server["title"]: server for one in contests if Job(**one["job"]) == job for server in one["servers"]}
        if title in servers and other in servers:
            value = ratio(servers[title], servers[other])[0]
            verdict = "reached" if value <= goal else "**missed**"
            lines.append(f"| {job.title}: {title} : {other} | ≤ {goal} | {value:.2f} | {verdict} |")
    return "\n".join(lines) + "\n"


def platform_table(found):
    rows = [(title, goal, found[key], unit) for key, (title, goal, unit) in PLATFORM_GOALS.items()]
    return "### Start-up and memory of `martlet serve`\n\n" + figures_table(rows)


def contest_table(contest):
    servers = contest["servers"]
    mine = [server for server in servers if server["title"] in ("martlet", "martlet epoll")]
    columns = "".join(f" {server['title']}'s CPU : its |" for server in mine)
    lines = [
        f"### {Job(**contest['job']).title}", "",
        f"| server | CPU µs a request |{columns} p50 ms | p99 ms | requests/s | idle MB | loaded MB | start ms |",
        "|---|---|---|---|---|---|---|---|" + "---|" * len(mine)]
    for server in servers:
        median = lambda key: statistics.median(one[key] for one in server["rounds"])
        pairs = " | ".join("1" if server is one else "{:.2f} [{:.2f}–{:.2f}]".format(*ratio(one, server)) for one in mine)
        lines.append(
            f"| {server['title']} | {median('cpu'):.1f} | {pairs} | {median('p50'):.1f} | {median('p99'):.1f} | {median('rate'):.0f} "
            f"| {server['idle']:.0f} | {server['loaded']:.0f} | {server['start'] * 1000:.0f} |")
    return "\n".join(lines) + "\n"


def load(path):
    return json.loads(Path(path).read_text()) if Path(path).exists() else {}
