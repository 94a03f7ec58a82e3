#!/usr/bin/env python3
"""One large file: what does each GiB cost, beside an rsync daemon, scp and a bare sender and receiver in C, in one run?

    benchmarks/large_files.py                   4 GiB on tmpfs, both ways: five rounds after a discarded one, in turn
    benchmarks/large_files.py --quick           one round with a small file: does everything work?
    benchmarks/large_files.py --size 1G         a smaller file; figures are per GiB anyway
    benchmarks/large_files.py --only 'tls|scp'  the subjects that a regular expression finds
    benchmarks/large_files.py --write-docs      puts the last whole run (results/large-files.json) into docs/benchmarks.md

Every command is the user's own: it starts, connects, logs in, moves the file, and ends. Counted are the processor time of both ends, user and system,
workers included; the time by the clock; and the most memory that each end has had. In the discarded round what arrived is compared byte by byte, after
that by its size. The last lines say whether the targets of the project are met.
"""
import argparse
import contextlib
import filecmp
import json
import os
import pathlib
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time

from peers.bare_copy import bare_copy
from peers.file_servers import missing, rsync_daemon
from peers.ssh_server import ssh_server
from peers.usage import Usage

HERE = pathlib.Path(__file__).resolve().parent
ARGOSY = HERE.parent / "argosy"
DOCS = HERE.parent / "docs/benchmarks.md"
RESULT = HERE / "results/large-files.json"
GIB = 1 << 30
KINDS = {"plain": [], "plain --no-verify": ["--no-verify"], "tls": [], "tls --no-verify": ["--no-verify"]}
RSYNC, SCP, C = "rsync daemon", "scp aes256-gcm", "C, bare"

# Way and kind -> what it is compared with, the most processor time of both ends against it, and the most time by the clock.
TARGETS = {
    ("put", "plain"): (RSYNC, 1.0, 1.0),
    ("get", "plain"): (RSYNC, 0.85, 1.0),
    ("put", "plain --no-verify"): (C, 1.1, None),
    ("get", "plain --no-verify"): (C, 1.1, None),
    ("put", "tls"): (SCP, 0.55, 0.7),
    ("get", "tls"): (SCP, 0.55, 0.7),
}

# Measured, and shown beside the others, but not judged.
REPORTED = {"async"}


class Subject:
    """A server that runs, and its clients' commands: functions of where from and where to."""

    def __init__(self, server, root, put, get, environment=None):
        self.server, self.root, self.put, self.get, self.environment = server, root, put, get, environment


class Scene:
    """The file, the servers and the commands of one run."""

    def __init__(self, stack, options):
        self.folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="large-files-", dir=options.folder)))
        self.options, self.subjects = options, {}
        self.source, self.target = self.folder / "source", self.folder / "target"
        grow(self.source, options.size)
        for model in options.models.split(","):
            self.argosy(stack, model)
        self.rsync(stack)
        self.scp(stack)
        self.bare(stack)

    def root(self, subject):
        """A folder to serve in which the file lies already, without room of its own."""
        folder = self.folder / subject.replace(" ", "-").replace(",", "")
        folder.mkdir()
        os.link(self.source, folder / "kept")
        return folder

    def wants(self, subject):
        return re.search(self.options.only, subject)

    def argosy(self, stack, model):
        wanted = {f"argosy {model} {kind}": kind for kind in KINDS if self.wants(f"argosy {model} {kind}")}
        if not wanted:
            return
        root, state = self.root(f"argosy {model}"), self.folder / f"state-{model}"
        environment = os.environ | {"XDG_STATE_HOME": str(self.folder / "client"), "ARGOSY_PASSWORD": "measured"}
        run([ARGOSY, "user", "add", "bench", "--data", state, "--password-stdin", "--home", root], input=b"measured\n")
        server = subprocess.Popen([ARGOSY, "serve", self.folder / "homes", "--data", state, "--plain", "--listen", "127.0.0.1:0", "--model", model],
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        stack.callback(lambda: (server.terminate(), server.wait(30)))
        port = int(server.stdout.readline().rsplit(":", 1)[1])
        for subject, kind in wanted.items():
            url = f"{'argosy' if kind.startswith('tls') else 'argosy+plain'}://bench@127.0.0.1:{port}"
            self.subjects[subject] = Subject(
                server.pid, root,
                lambda name, url=url, kind=kind: [ARGOSY, "put", "--accept-new", *KINDS[kind], self.source, f"{url}/{name}"],
                lambda name, url=url, kind=kind: [ARGOSY, "get", "--accept-new", *KINDS[kind], f"{url}/{name}", self.target], environment)

    def peer(self, subject, *tools):
        if not self.wants(subject):
            return False
        if absent := missing(*tools):
            print(f"not here: {', '.join(absent)}; {subject} takes no part", file=sys.stderr)
            return False
        return True

    def rsync(self, stack):
        if not self.peer(RSYNC, "rsync"):
            return
        root = self.root(RSYNC)
        server, port = stack.enter_context(rsync_daemon(root, self.folder, with_process=True))
        url = f"rsync://127.0.0.1:{port}/files"
        self.subjects[RSYNC] = Subject(server, root,
                                       lambda name: ["rsync", "-t", "--whole-file", self.source, f"{url}/{name}"],
                                       lambda name: ["rsync", "-t", "--whole-file", f"{url}/{name}", self.target])

    def scp(self, stack):
        if not self.peer(SCP, "sshd", "ssh-keygen", "scp"):
            return
        root = self.root(SCP)
        server, words, host = stack.enter_context(ssh_server(self.folder, "aes256-gcm@openssh.com"))
        self.subjects[SCP] = Subject(server, root,
                                     lambda name: ["scp", "-q", "-p", *words, self.source, f"{host}:{root / name}"],
                                     lambda name: ["scp", "-q", "-p", *words, f"{host}:{root / name}", self.target])

    def bare(self, stack):
        if not self.peer(C, "gcc"):
            return
        root = self.root(C)
        program, server, port = stack.enter_context(bare_copy(self.folder))
        self.subjects[C] = Subject(server, root,
                                   lambda name: [program, "put", port, self.source, root / name],
                                   lambda name: [program, "get", port, root / name, self.target])

    def measure(self, subject, way, is_compared):
        """What one transfer took: seconds of both ends and by the clock, bytes of memory. The file has to be there afterwards."""
        it = self.subjects[subject]
        command = it.put("new") if way == "put" else it.get("kept")
        arrived = it.root / "new" if way == "put" else self.target
        os.sync()
        with Usage(it.server) as server:
            begin = time.perf_counter()
            client = run(command, env=it.environment)
            wall = time.perf_counter() - begin
        if not arrived.exists() or arrived.stat().st_size != self.options.size:
            sys.exit(f"{subject}, {way}: the file did not arrive")
        if is_compared and not filecmp.cmp(self.source, arrived, shallow=False):
            sys.exit(f"{subject}, {way}: other bytes arrived")
        arrived.unlink()
        return {"client": client.ru_utime + client.ru_stime, "server": server.seconds, "wall": wall,
                "client memory": client.ru_maxrss * 1024, "server memory": server.memory}


def run(command, **options):
    """Runs a command to its end and gives what it used, its own children included."""
    input_bytes = options.pop("input", None)
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen([str(word) for word in command], stdin=subprocess.PIPE if input_bytes else subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=complaints, **options)
        if input_bytes:
            process.stdin.write(input_bytes)
            process.stdin.close()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            complaints.seek(0)
            sys.exit(f"{command[0]} ended with {process.returncode}: {complaints.read().decode(errors='replace')[-500:]}")
    return used


def grow(path, size):
    with path.open("wb") as file:
        for done in range(0, size, 1 << 20):
            file.write(os.urandom(min(1 << 20, size - done)))


def measure(options):
    samples = {}
    with contextlib.ExitStack() as stack:
        scene = Scene(stack, options)
        for number in range(options.rounds + 1):
            for way in ("put", "get"):
                for subject in scene.subjects:
                    sample = scene.measure(subject, way, is_compared=number == 0)
                    if number:
                        samples.setdefault(f"{way} {subject}", []).append(sample)
            print(f"round {number} of {options.rounds}" + (" (not counted)" if number == 0 else ""), file=sys.stderr, flush=True)
    return {"size": options.size, "rounds": options.rounds, "load": os.getloadavg()[0], "where": options.folder,
            "machine": f"{platform.machine()}, {os.cpu_count()} cores, Linux {platform.release()}", "samples": samples}


def values(report, row, *keys):
    """Per GiB, of each round: milliseconds, the named ends together."""
    return [sum(sample[key] for key in keys) * 1000 * GIB / report["size"] for sample in report["samples"][row]]


def figure(numbers):
    return f"{statistics.median(numbers):,.0f} ({min(numbers):,.0f}–{max(numbers):,.0f})"


def table(report):
    """Rows of markdown: each subject with what a GiB costs it, and the most memory of all rounds."""
    for way in ("put", "get"):
        yield (f"| {way}, {size_text(report['size'])} | processor, both ends, ms/GiB | of that client | of that server | by the clock, ms/GiB "
               "| memory, client, MiB | memory, server, MiB |")
        yield "|---|---:|---:|---:|---:|---:|---:|"
        for row in (row for row in report["samples"] if row.startswith(way)):
            client, server = (statistics.median(values(report, row, end)) for end in ("client", "server"))
            memory = (max(sample[f"{end} memory"] for sample in report["samples"][row]) >> 20 for end in ("client", "server"))
            yield (f"| {row[4:]} | {figure(values(report, row, 'client', 'server'))} | {client:,.0f} | {server:,.0f} | {figure(values(report, row, 'wall'))} | "
                   + " | ".join(str(end) for end in memory) + " |")
        yield ""


def judge(report):
    for row in report["samples"]:
        way, subject = row.split(" ", 1)
        _, model, kind = [*subject.split(" ", 2), "", ""][:3]
        if not subject.startswith("argosy") or (way, kind) not in TARGETS:
            continue
        peer, processor, clock = TARGETS[way, kind]
        if f"{way} {peer}" not in report["samples"]:
            yield f"{row}: {peer} took no part"
            continue
        for name, most, keys in (("processor time", processor, ("client", "server")), ("time by the clock", clock, ("wall",))):
            if most is None:
                continue
            ours, theirs = values(report, row, *keys), values(report, f"{way} {peer}", *keys)
            ratio = statistics.median(ours) / statistics.median(theirs)
            verdict = ("reported only" if model in REPORTED else "met" if ratio <= most
                       else "not met; spreads overlap" if min(ours) <= max(theirs) * most else "MISSED")
            yield f"{row}: {ratio:.2f} of the {name} of {peer} (at most {most}): {verdict}"


def size_text(size):
    return f"{size / GIB:g} GiB" if size >= GIB else f"{size / (1 << 20):g} MiB"


def size_of(text):
    units = {"K": 1 << 10, "M": 1 << 20, "G": GIB}
    return int(float(text[:-1]) * units[text[-1].upper()]) if text[-1].upper() in units else int(text)


def write_docs():
    report = json.loads(RESULT.read_text())
    before, rest = DOCS.read_text().split("<!-- one large file: begin -->")
    after = rest.split("<!-- one large file: end -->")[1]
    size = "" if report["size"] == 4 * GIB else f" --size {report['size'] >> 20}M"
    lines = [f"`benchmarks/large_files.py --rounds {report['rounds']}{size}`, median (lowest–highest) per GiB; {report['machine']}; "
             f"the load of the machine at the end was {report['load']:.1f}.", "", *table(report)]
    lines += ["Against the targets:", "", *(f"- {line}" for line in judge(report))]
    DOCS.write_text(before + "<!-- one large file: begin -->\n" + "\n".join(lines) + "\n<!-- one large file: end -->" + after)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=size_of)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--models", default="epoll,threads,prefork,async")
    parser.add_argument("--only", default="", metavar="PATTERN")
    parser.add_argument("--folder", default="/dev/shm")
    for name in ("quick", "write-docs"):
        parser.add_argument(f"--{name}", action="store_true")
    options = parser.parse_args()
    if options.write_docs:
        write_docs()
        return
    options.size = options.size or (64 << 20 if options.quick else 4 * GIB)
    options.rounds = 1 if options.quick else options.rounds
    report = measure(options)
    print(f"\n{report['machine']}, load {report['load']:.1f}, {report['rounds']} rounds, median (lowest–highest)\n")
    print("\n".join(table(report)))
    if options.quick:
        return  # Starts and logins are most of what such a file costs.
    print("\n".join(judge(report)))
    if not options.only:
        RESULT.parent.mkdir(exist_ok=True)
        RESULT.write_text(json.dumps(report))


if __name__ == "__main__":
    main()
