#!/usr/bin/env python3
"""How long does `argosy --version` take once it is built, launcher included?

    benchmarks/start_time.py [rounds, 30]
"""
import os, pathlib, platform, statistics, subprocess, sys, time

ARGOSY = pathlib.Path(__file__).resolve().parent.parent / "argosy"


def run():
    start = time.perf_counter()
    subprocess.run([ARGOSY, "--version"], check=True, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - start) * 1000


def main(rounds):
    run()  # builds where needed
    low, median, high = statistics.quantiles([run() for _ in range(rounds)], n=4)
    print(f"argosy --version: median {median:.0f} ms, quartiles {low:.0f} to {high:.0f} ms over {rounds} runs,"
          f" {platform.machine()} with {os.cpu_count()} cores, Linux {platform.release()}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 30)
