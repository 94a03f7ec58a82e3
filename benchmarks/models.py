#!/usr/bin/env python3
"""The concurrency models and other people's servers under the same load, in one run.

    benchmarks/models.py                       builds what it needs, measures: seven rounds after a discarded one
    benchmarks/models.py --quick               one short round: does everything work?
    benchmarks/models.py --models epoll,async --points echo --rounds 3
    benchmarks/models.py --write-docs          draws the last run (results/argosy-models.json) into docs/models.md

It is `argosy bench models` with peers (Python's socketserver, threading and forking, and asyncio; ASP.NET Core's raw connection handler; a
plain epoll loop in C) and with a load generator in C, which costs less than ours in C#. Results go to benchmarks/results. The last lines say
whether the targets of the project are met.
"""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
BUILT = HERE / "results" / "built"
REPORT = HERE / "results" / "argosy-models.json"
DOCS = ROOT / "docs/models.md"
TARGETS_BEGIN, TARGETS_END = "<!-- targets: begin -->", "<!-- targets: end -->"

# Subject measured against subject, at which figures, at least how much.
TARGETS = [
    ("epoll", "aspnetcore", ["echo-16", "echo-256", "echo-1000"], 1.0),
    ("epoll", "c-epoll", ["echo-256"], 0.85),
    ("epoll", "python-threading", ["echo-16", "echo-256"], 2.0),
]
MEMORY_TARGETS = [("epoll", "idle-10000", 3.0), ("async", "idle-10000", 3.0)]


def run(*command, **options):
    subprocess.run([str(word) for word in command], check=True, **options)


def build():
    """Builds argosy, the load and the peers; returns the peers' commands. A peer whose tools are missing is left out, and said so."""
    BUILT.mkdir(parents=True, exist_ok=True)
    run("dotnet", "build", ROOT / "cli/src", "-c", "Release", "-v", "quiet", "-nologo")
    python = sys.executable
    peers = {name: [python, HERE / "peers/python_echo.py", kind]
             for name, kind in (("python-threading:1000", "threading"), ("python-forking:300", "forking"), ("python-asyncio", "asyncio"))}
    load = None
    if compiler := shutil.which("gcc") or shutil.which("cc"):
        run(compiler, "-O2", "-o", BUILT / "echo_load", HERE / "load/echo_load.c")
        run(compiler, "-O2", "-o", BUILT / "epoll_echo", HERE / "peers/epoll_echo.c")
        load = BUILT / "echo_load"
        peers["c-epoll"] = [BUILT / "epoll_echo"]
    else:
        print("no C compiler: neither the C peer nor the C load takes part", file=sys.stderr)
    try:
        run("dotnet", "build", HERE / "peers/kestrel", "-c", "Release", "-v", "quiet", "-nologo", "-o", BUILT / "kestrel")
        peers["aspnetcore"] = ["dotnet", BUILT / "kestrel/kestrel_echo.dll"]
    except subprocess.CalledProcessError:
        print("ASP.NET Core does not build here: it does not take part", file=sys.stderr)
    return peers, load


def argosy():
    return ROOT / "artifacts/bin/Argosy.Cli/release/argosy"


def measure(options, peers, load):
    command = [argosy(), "bench", "models", "--output", REPORT.parent]
    for name, words in peers.items():
        command += ["--peer", f"{name}=" + " ".join(f'"{word}"' for word in words)]
    if load:
        command += ["--load", load]
    if options.quick:
        command.append("--quick")
    for name in ("models", "points", "rounds", "seconds"):
        if value := getattr(options, name):
            command += [f"--{name}", value]
    if not options.quick and not options.rounds:
        command += ["--rounds", "7"]
    run(*command)


def cell(report, subject, metric):
    for one in report["cells"]:
        if one["subject"] == subject and one["metric"] == metric and one["samples"]:
            return sorted(one["samples"])
    return None


def median(samples):
    return (samples[len(samples) // 2] + samples[(len(samples) - 1) // 2]) / 2


def judge(report):
    """How the run stands to the targets: ratios of medians; spreads that overlap count as equal."""
    for ours, theirs, metrics, least in TARGETS:
        for metric in metrics:
            a, b = cell(report, ours, metric), cell(report, theirs, metric)
            if a and b:
                ratio = median(a) / median(b)
                verdict = "met" if ratio >= least else "not met; spreads overlap" if a[-1] >= b[0] * least else "MISSED"
                yield f"{metric}: {ours} / {theirs} = {ratio:.2f} (at least {least}): {verdict}"
    for ours, metric, most in MEMORY_TARGETS:
        if a := cell(report, ours, metric):
            yield f"{metric}: {ours} {median(a):.2f} KiB (at most {most}): {'met' if median(a) <= most else 'MISSED'}"


def write_docs(report):
    run(argosy(), "bench", "report", REPORT, "--markdown", DOCS, stdout=subprocess.DEVNULL)
    before, rest = DOCS.read_text().split(TARGETS_BEGIN)
    after = rest.split(TARGETS_END)[1]
    DOCS.write_text(before + TARGETS_BEGIN + "\n" + "".join(f"- {line}\n" for line in judge(report)) + TARGETS_END + after)
    print(f"renewed {DOCS}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("models", "points", "rounds", "seconds"):
        parser.add_argument(f"--{name}")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--write-docs", action="store_true")
    options = parser.parse_args()
    if options.write_docs:
        if not REPORT.exists():
            sys.exit(f"there is no {REPORT}: run benchmarks/models.py first")
        write_docs(json.loads(REPORT.read_text()))
    else:
        peers, load = build()
        measure(options, peers, load)
    print("", "targets:", *judge(json.loads(REPORT.read_text())), sep="\n")


if __name__ == "__main__":
    os.environ.update(DOTNET_CLI_TELEMETRY_OPTOUT="1", DOTNET_NOLOGO="1")
    try:
        main()
    except subprocess.CalledProcessError as failed:
        sys.exit(failed.returncode)
    except KeyboardInterrupt:
        sys.exit(130)
