#!/usr/bin/env python3
"""How long do logins wait while a large home is counted, and who else waits?

After a boot the first login with a quota has its home counted. A server is started with nothing counted; six clients log in to an account with a
large home at the same moment, while others log in to an account with a small one, again and again. Only the server's part is timed: from the last
message of the login to its reply. The last of the six should be within 1.3 times the first.

    benchmarks/count_time.py [files, 200000] [rounds, 5] [folder, the system's for temporary files]
"""
import base64, glob, os, pathlib, platform, shutil, socket, statistics, subprocess, sys, tempfile, threading, time
from login_time import ARGOSY, ask, proof

PER_FOLDER = 100
AT_ONCE = 6
PASSWORD = b"right password"


def main(files, rounds, parent):
    with tempfile.TemporaryDirectory(dir=parent) as folder:
        data, root = os.path.join(folder, "data"), os.path.join(folder, "root")
        for name in ("large", "small"):
            add = [ARGOSY, "user", "add", name, "--data", data, "--quota", "1G", "--password-stdin"]
            subprocess.run(add, input=PASSWORD + b"\n", check=True, stdout=subprocess.DEVNULL)
        fill(os.path.join(root, "large"), files)
        os.makedirs(os.path.join(root, "small"))
        results = [measure(root, data) for _ in range(rounds + 1)][1:]
    return report(files, results)


def fill(home, files):
    for number in range(files):
        if number % PER_FOLDER == 0:
            folder = os.path.join(home, str(number // PER_FOLDER))
            os.makedirs(folder)
        with open(os.path.join(folder, str(number)), "wb") as file:
            file.write(b"x")


def measure(root, data):
    serve = [ARGOSY, "serve", root, "--data", data, "--plain", "--listen", "127.0.0.1:0", "--model", "epoll"]
    server = subprocess.Popen(serve, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        port = int(server.stdout.readline().rsplit(":", 1)[1])
        login(port, "small")  # Whatever a server does only once.
        return race(port)
    finally:
        server.terminate()
        server.wait(30)
        forget(data)


def race(port):
    waited, beside = [], []
    start = threading.Barrier(AT_ONCE + 1)

    def enter():
        start.wait()
        waited.append(login(port, "large"))

    threads = [threading.Thread(target=enter) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    start.wait()
    while any(thread.is_alive() for thread in threads):
        beside.append(login(port, "small"))
    return min(waited), max(waited), beside


def login(port, name):
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        first = f"n={name},r={base64.b64encode(os.urandom(18)).decode()}"
        challenge, _ = ask(connection, {"cmd": "auth", "id": 1, "mechanism": "SCRAM-SHA-256", "scram": "n,," + first})
        reply, took = ask(connection, {"cmd": "auth", "id": 2, "scram": proof(first, challenge["scram"], PASSWORD)})
        assert "error" not in reply, reply
        return took


def forget(data):
    """What a boot does: nothing is counted any more."""
    places = [os.environ.get("RUNTIME_DIRECTORY", ""), "/run", os.environ.get("XDG_RUNTIME_DIR", ""), "/dev/shm"]
    for marker in (path for place in places if place for path in glob.glob(f"{place}/argosy-*/data")):
        if pathlib.Path(marker).read_text() == data:
            shutil.rmtree(os.path.dirname(marker))


def report(files, results):
    print(f"{files} files, {AT_ONCE} logins at once, {len(results)} rounds, on {platform.machine()} with {os.cpu_count()} cores, Linux {platform.release()}")
    for first, last, beside in results:
        print(f"first {first:6.2f} s   last {last:6.2f} s   last / first {last / first:5.2f}"
              f"   another account's login, median of {len(beside):4}: {statistics.median(beside) * 1e3:6.1f} ms, longest {max(beside) * 1e3:6.1f} ms")
    ratio = statistics.median(last / first for first, last, _ in results)
    print(f"last / first, median: {ratio:.2f}: {'met' if ratio <= 1.3 else 'NOT met'} (1.3)")
    return 0 if ratio <= 1.3 else 1


if __name__ == "__main__":
    given = sys.argv[1:]
    sys.exit(main(*(int(word) for word in (given + ["200000", "5"][len(given):])[:2]), given[2] if len(given) > 2 else None))
