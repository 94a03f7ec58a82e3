#!/usr/bin/env python3
"""Does the time of a failed login tell whether the account exists?

Starts a server, then tries a known name with a wrong password and an unknown name, interleaved, each on a
connection of its own, over plain TCP so that no handshake hides a difference. Only the server's part is timed: from
sending a message to having its reply, both steps of SCRAM together. Medians within 5 % count as alike.

    benchmarks/login_time.py [tries per name, 500]
"""
import base64, hashlib, hmac, json, os, pathlib, platform, random, socket, statistics, struct, subprocess, sys, tempfile, time

ARGOSY = pathlib.Path(__file__).resolve().parent.parent / "argosy"
WARM_UP = 50


def main(tries):
    with tempfile.TemporaryDirectory() as folder:
        data = os.path.join(folder, "data")
        add = [ARGOSY, "user", "add", "known", "--data", data, "--password-stdin"]
        subprocess.run(add, input=b"right password\n", check=True, stdout=subprocess.DEVNULL)
        home = os.path.join(folder, "root")
        serve = [ARGOSY, "serve", home, "--data", data, "--plain", "--listen", "127.0.0.1:0"]
        # Hundreds of failed logins from one address are what this measures: nobody is to be banned for them.
        environment = os.environ | {"ARGOSY__Bans__Failures": "0"}
        server = subprocess.Popen(serve, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            port = int(server.stdout.readline().rsplit(":", 1)[1])
            times = measure(port, tries)
        finally:
            server.terminate()
            server.wait(30)
    return report(times, tries)


def measure(port, tries):
    times = {"known": [], "unknown": []}
    for round_number in range(WARM_UP + tries):
        names = list(times)
        random.shuffle(names)
        for name in names:
            seconds = failed_login(port, name)
            if round_number >= WARM_UP:
                times[name].append(seconds)
    return times


def failed_login(port, name):
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        nonce = base64.b64encode(os.urandom(18)).decode()
        first = f"n={name},r={nonce}"
        challenge, took = ask(connection, {"cmd": "auth", "id": 1, "mechanism": "SCRAM-SHA-256", "scram": "n,," + first})
        reply, more = ask(connection, {"cmd": "auth", "id": 2, "scram": proof(first, challenge["scram"])})
        assert reply["error"] == "login-failed", reply
        return took + more


def proof(first, challenge, password=b"wrong password"):
    """The client's last message (RFC 5802 section 3)."""
    fields = dict(part.split("=", 1) for part in challenge.split(","))
    salted = hashlib.pbkdf2_hmac("sha256", password, base64.b64decode(fields["s"]), int(fields["i"]))
    key = hmac.digest(salted, b"Client Key", "sha256")
    last = f"c=biws,r={fields['r']}"
    signature = hmac.digest(hashlib.sha256(key).digest(), f"{first},{challenge},{last}".encode(), "sha256")
    mixed = bytes(a ^ b for a, b in zip(key, signature))
    return f"{last},p={base64.b64encode(mixed).decode()}"


def ask(connection, request):
    text = json.dumps(request).encode()
    start = time.perf_counter()
    connection.sendall(struct.pack("<I", len(text)) + text)
    (length,) = struct.unpack("<I", receive(connection, 4))
    reply = receive(connection, length)
    return json.loads(reply), time.perf_counter() - start


def receive(connection, count):
    data = b""
    while len(data) < count:
        part = connection.recv(count - len(data))
        if not part:
            raise ConnectionError("the server closed the connection")
        data += part
    return data


def report(times, tries):
    print(f"{tries} tries per name, interleaved, on {platform.machine()} with {os.cpu_count()} cores, Linux {platform.release()}")
    medians = {}
    for name, values in times.items():
        low, medians[name], high = statistics.quantiles(values, n=4)
        print(f"{name:8} median {medians[name] * 1e6:7.1f} us   quartiles {low * 1e6:7.1f} to {high * 1e6:7.1f} us")
    ratio = medians["unknown"] / medians["known"]
    alike = abs(ratio - 1) <= 0.05
    print(f"unknown / known = {ratio:.3f}: {'alike' if alike else 'NOT alike'} (within 5 %)")
    return 0 if alike else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 500))
