#!/usr/bin/env python3
"""Many small files through one connection: argosy beside an rsync daemon and lftp on vsftpd, in one run.

    benchmarks/small_files.py                   50,000 files of 4 KiB on tmpfs, both ways: seven rounds after a discarded one
    benchmarks/small_files.py --quick           one round with few files: does everything work?
    benchmarks/small_files.py --delay 20        the same over a link with a round trip of 20 ms (argosy and rsync)
    benchmarks/small_files.py --disk            both sides in the current folder's file system instead
    benchmarks/small_files.py --write-docs      puts the last runs (results/small-files*.json) into docs/benchmarks.md

Every command is the user's own: it starts, connects, logs in, transfers a tree of 500 files per folder, and ends. "whole" is files by its
time; "steady" is what the time of a whole run exceeds that of a tenth of the files by, so that start and login do not count. All files are
counted after each transfer. The last lines say whether the targets of the project are met. "processor" is user and system time of a whole run: the command's, and the
server's with what it started.
"""
import argparse
import contextlib
import json
import os
import pathlib
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from delayed_link import DelayedLink
from peers.file_servers import missing, rsync_daemon, vsftpd
from peers.usage import Usage

HERE = pathlib.Path(__file__).resolve().parent
ARGOSY = HERE.parent / "argosy"
DOCS = HERE.parent / "docs/benchmarks.md"
SIZE, PER_FOLDER, SHARE = 4096, 500, 10

# Subject against rsync's daemon: at least this ratio in steady state.
TARGETS = {"plain": 1.0, "tls": 0.9}
TARGET_AT_A_DELAY = 1.0


class Scene:
    """Folders, servers and commands of one run."""

    def __init__(self, stack, options):
        base = None if options.disk else "/dev/shm"
        self.folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="small-files-", dir=base or os.getcwd())))
        self.folder.chmod(0o755)  # vsftpd serves as another user
        self.options = options
        self.commands = {}  # subject -> (put, get): functions of the tree's name
        self.roots = {}  # subject -> where its uploads are
        self.servers = {}  # subject -> the process id of its server, where it is known
        for name, count in self.trees().items():
            grow(self.folder / "source" / name, count)
        for model in options.models.split(","):
            self.argosy(stack, model)
        self.peers(stack)

    def trees(self):
        return {"whole": self.options.files, "part": self.options.files // SHARE}

    def link(self, stack, port):
        return stack.enter_context(DelayedLink(port, self.options.delay / 2000)) if self.options.delay else port

    def root(self, subject):
        folder = self.roots[subject] = self.folder / "served" / subject
        folder.mkdir(parents=True)
        return folder

    def argosy(self, stack, model):
        root, state = self.root(f"argosy {model}"), self.folder / f"state-{model}"
        self.environment = os.environ | {"XDG_STATE_HOME": str(self.folder / "client"), "ARGOSY_PASSWORD": "measured"}
        run([ARGOSY, "user", "add", "bench", "--data", state, "--password-stdin", "--home", root], input=b"measured\n")
        server = subprocess.Popen([ARGOSY, "serve", self.folder / "homes", "--data", state, "--plain", "--listen", "127.0.0.1:0", "--model", model],
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        stack.callback(lambda: (server.terminate(), server.wait(30)))
        port = self.link(stack, int(server.stdout.readline().rsplit(":", 1)[1]))
        self.servers |= {f"argosy {model} {kind}": server.pid for kind in ("plain", "tls")}
        for kind, scheme in (("plain", "argosy+plain"), ("tls", "argosy")):
            subject, url = f"argosy {model} {kind}", f"{scheme}://bench@127.0.0.1:{port}"
            self.roots[subject] = root
            self.commands[subject] = (
                lambda tree, url=url: ["put", "-r", "--accept-new", self.folder / "source" / tree, f"{url}/"],
                lambda tree, url=url: ["get", "-r", "--accept-new", f"{url}/kept/{tree}", f"{self.folder}/target/"])
        shutil.copytree(self.folder / "source", root / "kept")

    def peers(self, stack):
        if absent := missing("rsync"):
            print(f"not here: {absent}; rsync takes no part", file=sys.stderr)
        else:
            root = self.root("rsync daemon")
            self.servers["rsync daemon"], port = stack.enter_context(rsync_daemon(root, self.folder, with_process=True))
            url = f"rsync://127.0.0.1:{self.link(stack, port)}/files"
            self.commands["rsync daemon"] = (
                lambda tree, url=url: ["rsync", "-rt", self.folder / "source" / tree, f"{url}/"],
                lambda tree, url=url: ["rsync", "-rt", f"{url}/kept/{tree}", f"{self.folder}/target/"])
            shutil.copytree(self.folder / "source", root / "kept")
        if self.options.delay or self.options.no_ftp:
            return
        if absent := missing("lftp", "vsftpd"):
            print(f"not here: {absent}; lftp takes no part", file=sys.stderr)
            return
        root = self.root("lftp vsftpd")
        url = f"ftp://127.0.0.1:{stack.enter_context(vsftpd(root, self.folder))}/files"
        root = self.roots["lftp vsftpd"] = root / "files"
        settings = "set ftp:ssl-allow no; set ftp:use-mdtm-overloaded no; set ftp:use-site-utime no; set ftp:use-site-utime2 no; set cmd:fail-exit yes"
        self.commands["lftp vsftpd"] = (
            lambda tree: ["lftp", "-c", f"{settings}; open {url}; mirror -R --no-perms {self.folder / 'source' / tree} {tree}"],
            lambda tree: ["lftp", "-c", f"{settings}; open {url}; mirror --no-perms kept/{tree} {self.folder}/target/{tree}"])
        shutil.copytree(self.folder / "source", root / "kept")

    def time(self, subject, way, tree):
        """Seconds that one command takes, after which every file has to be there."""
        target = self.folder / "target" if way == "get" else self.roots[subject]
        target.mkdir(exist_ok=True)
        words = self.commands[subject][way == "get"](tree)
        words = ([ARGOSY] if subject.startswith("argosy") else []) + words
        os.sync()
        before = command_seconds()
        with Usage(self.servers[subject]) if subject in self.servers else contextlib.nullcontext() as server:
            begin = time.perf_counter()
            run(words, env=self.environment)
            seconds = time.perf_counter() - begin
        self.used = [command_seconds() - before, server.seconds if server else 0.0]
        found = sum(len(files) for _, _, files in os.walk(target / tree))
        if found != self.trees()[tree]:
            sys.exit(f"{subject}, {way}: {found} files arrived of {self.trees()[tree]}")
        shutil.rmtree(target / tree)
        return seconds


def command_seconds():
    """Of processor time, of all commands so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run(command, **options):
    done = subprocess.run([str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **options)
    if done.returncode:
        sys.exit(f"{command[0]} ended with {done.returncode}: {done.stderr.decode(errors='replace')[-500:]}")


def grow(folder, count):
    for number in range(count):
        place = folder / f"d{number // PER_FOLDER:03}"
        if number % PER_FOLDER == 0:
            place.mkdir(parents=True)
        (place / f"f{number % PER_FOLDER:03}").write_bytes(os.urandom(SIZE))


def measure(options):
    samples, processor = {}, {}
    with contextlib.ExitStack() as stack:
        scene = Scene(stack, options)
        for round_number in range(options.rounds + 1):
            for way in ("put", "get"):
                for subject in scene.commands:
                    part, whole = (scene.time(subject, way, tree) for tree in ("part", "whole"))
                    if round_number:
                        samples.setdefault(f"{way} {subject}", []).append([part, whole])
                        processor.setdefault(f"{way} {subject}", []).append(scene.used)
            print(f"round {round_number} of {options.rounds}" + (" (not counted)" if round_number == 0 else ""), file=sys.stderr, flush=True)
    return {"files": options.files, "rounds": options.rounds, "delay": options.delay, "where": "disk" if options.disk else "tmpfs",
            "machine": f"{platform.machine()}, {os.cpu_count()} cores, Linux {platform.release()}", "samples": samples,
            "processor": processor}


def rates(report, row):
    """Files per second of every round: in steady state (0 where a tenth of the files took as long as all: something stood still), and of the whole command."""
    files = report["files"]
    return ([(files - files // SHARE) / (whole - part) if whole > part else 0.0 for part, whole in report["samples"][row]],
            [files / whole for _, whole in report["samples"][row]])


def figure(values):
    return f"{statistics.median(values):,.0f} ({min(values):,.0f}–{max(values):,.0f})"


def spent(report, row):
    used = report.get("processor", {}).get(row)
    return " + ".join(f"{statistics.median(side):.1f}" for side in zip(*used)) if used else "–"


def table(report):
    """Rows of markdown: each subject with its rates and their ratio to rsync's."""
    for way in ("put", "get"):
        base = f"{way} rsync daemon"
        yield f"| {way}, {report['files']:,} files | steady state, files/s | whole command, files/s | steady / rsync | processor, command + server, s |"
        yield "|---|---|---|---|---|"
        for row in (row for row in report["samples"] if row.startswith(way)):
            steady, whole = rates(report, row)
            theirs = statistics.median(rates(report, base)[0]) if base in report["samples"] else 0.0
            ratio = f"{statistics.median(steady) / theirs:.2f}" if theirs else "–"
            yield f"| {row[4:]} | {figure(steady)} | {figure(whole)} | {ratio} | {spent(report, row)} |"
        yield ""


def judge(report):
    for row in report["samples"]:
        way, subject = row.split(" ", 1)
        base = f"{way} rsync daemon"
        if not subject.startswith("argosy") or base not in report["samples"] or not statistics.median(rates(report, base)[0]):
            continue
        least = TARGET_AT_A_DELAY if report["delay"] else TARGETS[subject.rsplit(" ", 1)[1]]
        ours, theirs = rates(report, row)[0], rates(report, base)[0]
        ratio = statistics.median(ours) / statistics.median(theirs)
        verdict = "met" if ratio >= least else "not met; spreads overlap" if max(ours) >= min(theirs) * least else "MISSED"
        yield f"{row}: {ratio:.2f} of rsync (at least {least}): {verdict}"


def results(options):
    return HERE / "results" / ("small-files" + (f"-{options.delay}ms" if options.delay else "") + ("-disk" if options.disk else "") + ".json")


def write_docs():
    before, rest = DOCS.read_text().split("<!-- measured: begin -->")
    after = rest.split("<!-- measured: end -->")[1]
    lines = []
    reports = [json.loads(path.read_text()) for path in (HERE / "results").glob("small-files*.json")]
    for report in sorted(reports, key=lambda report: (report["where"] == "disk", report["delay"])):
        link = f"a link with a round trip of {report['delay']} ms" if report["delay"] else "loopback"
        flags = f" --rounds {report['rounds']}" + (f" --delay {report['delay']}" if report["delay"] else "") + (" --disk" if report["where"] == "disk" else "")
        lines += [f"### {report['where']}, {link}", "",
                  f"`benchmarks/small_files.py{flags}`, median (lowest–highest); {report['machine']}.", "", *table(report)]
        lines += ["Against the targets:", "", *(f"- {line}" for line in judge(report)), ""]
    DOCS.write_text(before + "<!-- measured: begin -->\n" + "\n".join(lines) + "<!-- measured: end -->" + after)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--models", default="async,epoll")
    parser.add_argument("--delay", type=int, default=0, metavar="MS")
    for name in ("quick", "disk", "no-ftp", "write-docs"):
        parser.add_argument(f"--{name}", action="store_true")
    options = parser.parse_args()
    if options.write_docs:
        write_docs()
        return
    options.files = options.files or (2000 if options.quick else 50_000)
    options.rounds = 1 if options.quick else options.rounds
    report = measure(options)
    print(f"\n{report['machine']}, {report['where']}, {report['rounds']} rounds, median (lowest–highest)\n")
    print("\n".join(table(report)))
    print("\n".join(judge(report)))
    if not options.quick:
        results(options).parent.mkdir(exist_ok=True)
        results(options).write_text(json.dumps(report))


if __name__ == "__main__":
    main()
