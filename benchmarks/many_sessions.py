#!/usr/bin/env python3
"""What do 10,000 sessions cost, of which 100 work? And what does a login cost where there are 10,000 accounts?

    benchmarks/many_sessions.py                   10,000 sessions, plain and over TLS
    benchmarks/many_sessions.py --quick           200 sessions: does everything work?
    benchmarks/many_sessions.py --model threads   under another concurrency model
    benchmarks/many_sessions.py --accounts        logins where there are 10, 1,000 and 10,000 accounts

Two servers take turns, one with 100 sessions and one with all: each of 100 sessions downloads a file of 1 MiB again and again for some seconds, five
rounds after a discarded one. Memory is what the server's processes have resident, by the difference between the two; the processor time of an idle
server is taken over half a minute in which nobody asks for anything. Client and servers share the cores.
"""
import argparse
import base64
import contextlib
import hashlib
import hmac
import json
import os
import pathlib
import platform
import resource
import select
import socket
import ssl
import statistics
import struct
import subprocess
import sys
import tempfile
import time

from peers.usage import family, processor_seconds

HERE = pathlib.Path(__file__).resolve().parent
ARGOSY = HERE.parent / "argosy"
PASSWORD = b"measured"
WORKING = 100
FILE = 1 << 20
PROOFS = {}

# What limits a server to fewer sessions than are wanted here, and what would end them for being idle.
SETTINGS = {name: str(20_000) for name in (
    "Limits__Connections", "Limits__ConnectionsPerAddress", "Limits__Unauthenticated", "Limits__UnauthenticatedPerAddress", "Limits__SessionsPerAccount")}
SETTINGS |= {"Native__IdleTime": "1h"}


class Session:
    """A connection that is logged in."""

    def __init__(self, port, tls, name="bench"):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls:
            self.socket = tls.wrap_socket(self.socket)
        login(self.socket, tls, name)

    def ask(self):
        """For the file, the reply to which is dropped as it comes."""
        self.socket.sendall(frame({"cmd": "get", "id": 9, "path": "/file", "check": "none"}))
        self.left, self.is_begun, self.is_done = 0, False, False

    def take(self, buffer):
        """Some of it: how many bytes of content. The few bytes of heads and lengths are waited for, since the rest is close behind."""
        if not self.is_begun:
            read_frame(self.socket)
            self.is_begun = True
            return 0
        if self.left == 0:
            (self.left,) = struct.unpack("<I", receive(self.socket, 4))
            if self.left == 0:
                read_frame(self.socket)
                self.is_done = True
            return 0
        count = self.socket.recv_into(buffer, min(len(buffer), self.left))
        self.left -= count
        return count

    @property
    def pending(self):
        return isinstance(self.socket, ssl.SSLSocket) and self.socket.pending() > 0


def frame(request):
    text = json.dumps(request).encode()
    return struct.pack("<I", len(text)) + text


def receive(connection, count):
    data = b""
    while len(data) < count:
        part = connection.recv(count - len(data))
        if not part:
            raise ConnectionError("the server closed the connection")
        data += part
    return data


def read_frame(connection):
    (length,) = struct.unpack("<I", receive(connection, 4))
    return json.loads(receive(connection, length))


def answer(connection, request):
    connection.sendall(frame(request))
    return read_frame(connection)


def login(connection, tls, name):
    """SCRAM (RFC 5802 section 3), bound to the server's certificate under TLS (RFC 5929 section 4)."""
    head, bound = ("p=tls-server-end-point,,", hashlib.sha256(connection.getpeercert(binary_form=True)).digest()) if tls else ("n,,", b"")
    first = f"n={name},r={base64.b64encode(os.urandom(18)).decode()}"
    mechanism = "SCRAM-SHA-256-PLUS" if tls else "SCRAM-SHA-256"
    challenge = answer(connection, {"cmd": "auth", "id": 1, "mechanism": mechanism, "scram": head + first})["scram"]
    fields = dict(part.split("=", 1) for part in challenge.split(","))
    key = client_key(fields["s"], int(fields["i"]))
    last = f"c={base64.b64encode(head.encode() + bound).decode()},r={fields['r']}"
    signature = hmac.digest(hashlib.sha256(key).digest(), f"{first},{challenge},{last}".encode(), "sha256")
    proof = base64.b64encode(bytes(a ^ b for a, b in zip(key, signature))).decode()
    reply = answer(connection, {"cmd": "auth", "id": 2, "scram": f"{last},p={proof}"})
    if reply["status"] != "ok":
        sys.exit(f"not logged in: {reply}")


def client_key(salt, iterations):
    if (salt, iterations) not in PROOFS:
        salted = hashlib.pbkdf2_hmac("sha256", PASSWORD, base64.b64decode(salt), iterations)
        PROOFS[salt, iterations] = hmac.digest(salted, b"Client Key", "sha256")
    return PROOFS[salt, iterations]


class Server:
    def __init__(self, stack, folder, model, accounts=1):
        state = folder / "state"
        subprocess.run([ARGOSY, "user", "add", "bench", "--data", state, "--password-stdin"], input=PASSWORD + b"\n", check=True, stdout=subprocess.DEVNULL)
        add_accounts(state / "accounts.json", accounts)
        self.process = subprocess.Popen(
            [ARGOSY, "serve", folder / "homes", "--data", state, "--plain", "--listen", "127.0.0.1:0", "--model", model],
            env=os.environ | {f"ARGOSY__{name}": value for name, value in SETTINGS.items()}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        stack.callback(lambda: (self.process.terminate(), self.process.wait(60)))
        self.port = int(self.process.stdout.readline().rsplit(":", 1)[1])
        self.home = folder / "homes/bench"

    def seconds(self):
        return sum(map(processor_seconds, family(self.process.pid)))

    def resident(self):
        """Bytes, shared pages counted once (PSS, proc_pid_smaps(5))."""
        total = 0
        for pid in family(self.process.pid):
            with contextlib.suppress(OSError):
                rows = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
                total += sum(int(row.split()[1]) * 1024 for row in rows if row.startswith("Pss:"))
        return total


def add_accounts(path, count):
    """Copies of the first account, of which only the name is another one."""
    stored = json.loads(path.read_text())
    pattern = stored["accounts"][0]
    stored["accounts"] += [pattern | {"name": f"user{number:05}"} for number in range(1, count)]
    path.write_text(json.dumps(stored))


def tls_context():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def throughput(sessions, seconds):
    """MiB that all of them download in a second, together."""
    poll, buffer, total = select.epoll(), memoryview(bytearray(1 << 18)), 0
    by_number = {session.socket.fileno(): session for session in sessions}
    for session in sessions:
        poll.register(session.socket.fileno(), select.EPOLLIN)
        session.ask()
    begin = time.perf_counter()
    working = len(sessions)
    while working:
        is_over = time.perf_counter() - begin > seconds
        for number, _ in poll.poll(1):
            session = by_number[number]
            while True:
                total += session.take(buffer)
                if session.is_done:
                    if is_over:
                        poll.unregister(number)
                        working -= 1
                        break
                    session.ask()
                if not session.pending:
                    break
    return total / (time.perf_counter() - begin) / (1 << 20)


def spread(values):
    return f"{statistics.median(values):,.0f} ({min(values):,.0f}–{max(values):,.0f})"


def measure(options, is_tls):
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="many-sessions-", dir="/dev/shm")))
        tls = tls_context() if is_tls else None
        servers, sessions, memory = {}, {}, {}
        for kind, count in (("few", WORKING), ("many", options.sessions)):
            (folder / kind).mkdir()
            server = servers[kind] = Server(stack, folder / kind, options.model)
            sessions[kind] = [Session(server.port, tls) for _ in range(count)]
            (server.home / "file").write_bytes(os.urandom(FILE))
        time.sleep(options.seconds)  # Memory that nobody uses any more goes back meanwhile.
        memory = {kind: server.resident() for kind, server in servers.items()}
        idle = {kind: server.seconds() for kind, server in servers.items()}
        time.sleep(options.idle)
        idle = {kind: (server.seconds() - idle[kind]) / options.idle for kind, server in servers.items()}
        rates = {kind: [] for kind in servers}
        for turn in range(options.rounds + 1):
            for kind in sorted(servers, reverse=turn % 2 == 0):
                rate = throughput(sessions[kind][-WORKING:], options.seconds)
                if turn:
                    rates[kind].append(rate)
        each = (memory["many"] - memory["few"]) / (options.sessions - WORKING) / 1024
        ratio = statistics.median(rates["many"]) / statistics.median(rates["few"])
        return (f"| {options.model} {'tls' if is_tls else 'plain'} | {spread(rates['few'])} | {spread(rates['many'])} | {ratio:.2f} | {each:.1f} | {100 * idle['many']:.2f} |")


def measure_accounts(options):
    print(f"| accounts | login, the server's processor time, ms | start, s |\n|---:|---:|---:|")
    for count in (10, 1000, 10_000):
        with contextlib.ExitStack() as stack:
            folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="many-accounts-", dir="/dev/shm")))
            begin = time.perf_counter()
            server = Server(stack, folder, options.model, count)
            started = time.perf_counter() - begin
            costs = []
            for turn in range(options.rounds + 1):
                before = server.seconds()
                for number in range(200):
                    Session(server.port, None, f"user{1 + (number % (count - 1)):05}").socket.close()
                costs.append((server.seconds() - before) / 200 * 1000)
            print(f"| {count:,} | {statistics.median(costs[1:]):.2f} ({min(costs[1:]):.2f}–{max(costs[1:]):.2f}) | {started:.1f} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--idle", type=float, default=30)
    parser.add_argument("--model", default="epoll")
    for name in ("quick", "accounts"):
        parser.add_argument(f"--{name}", action="store_true")
    options = parser.parse_args()
    if options.quick:
        options.sessions, options.rounds, options.seconds, options.idle = 200, 1, 0.5, 1
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    print(f"{platform.machine()}, {os.cpu_count()} cores, Linux {platform.release()}; {options.rounds} rounds, median (lowest–highest)\n")
    if options.accounts:
        measure_accounts(options)
        return
    print(f"| | 100 of 100 sessions, MiB/s | 100 of {options.sessions:,}, MiB/s | ratio | an idle session, KiB | idle server, % of a core |\n|---|---:|---:|---:|---:|---:|")
    for is_tls in (False, True):
        print(measure(options, is_tls), flush=True)


if __name__ == "__main__":
    main()
