#!/usr/bin/env python3
"""How long does a command take from its line to its end, launcher included, and where does the time go?

    benchmarks/start_time.py [rounds, 30]

Each row does what the one above it does, and something more; all of them take turns. The time is that by the clock and the command's own processor time.
"""
import os
import pathlib
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time

ARGOSY = pathlib.Path(__file__).resolve().parent.parent / "argosy"
PASSWORD = "measured"


def used():
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


def run(words, environment):
    before, begin = used(), time.perf_counter()
    subprocess.run(words, env=environment, check=True, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - begin) * 1000, (used() - before) * 1000


def commands(port):
    return {
        "`sh -c :`, for comparison": ["sh", "-c", ":"],
        "`--version`: the program starts": [ARGOSY, "--version"],
        "`ls`, plain, without a login": [ARGOSY, "ls", f"argosy+plain://127.0.0.1:{port}/home"],
        "`ls`, plain, with a login": [ARGOSY, "ls", f"argosy+plain://bench@127.0.0.1:{port}/"],
        "`ls`, TLS, with a login": [ARGOSY, "ls", "--accept-new", f"argosy://bench@127.0.0.1:{port}/"],
    }


def measure(folder, rounds):
    state = pathlib.Path(folder, "state")
    subprocess.run([ARGOSY, "user", "add", "bench", "--data", state, "--password-stdin"], input=f"{PASSWORD}\n".encode(), check=True, stdout=subprocess.DEVNULL)
    share = pathlib.Path(folder, "share")
    for name in range(20):
        path = share / "home" / f"file{name}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("content")
    server = subprocess.Popen([ARGOSY, "serve", share, "--data", state, "--plain", "--anonymous", "ro", "--listen", "127.0.0.1:0"],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        environment = os.environ | {"ARGOSY_PASSWORD": PASSWORD, "XDG_CONFIG_HOME": folder, "XDG_STATE_HOME": folder}
        all_of_them = commands(int(server.stdout.readline().rsplit(":", 1)[1]))
        times = {what: [] for what in all_of_them}
        for turn in range(rounds + 1):
            for what, words in all_of_them.items():
                took = run(words, environment)
                if turn:
                    times[what].append(took)
        return times
    finally:
        server.terminate()
        server.wait(30)


def spread(values):
    return f"{statistics.median(values):.0f} ({min(values):.0f}–{max(values):.0f})"


def main(rounds):
    subprocess.run([ARGOSY, "--version"], check=True, stdout=subprocess.DEVNULL)  # builds where needed
    with tempfile.TemporaryDirectory(prefix="start-time-") as folder:
        times = measure(folder, rounds)
    print(f"{platform.machine()}, {os.cpu_count()} cores, Linux {platform.release()}; {rounds} rounds, median (lowest–highest)\n")
    print("| | by the clock, ms | processor time, ms |\n|---|---:|---:|")
    for what, pairs in times.items():
        walls, processor = zip(*pairs)
        print(f"| {what} | {spread(walls)} | {spread(processor)} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 30)
