#!/usr/bin/env python3
"""What a loss of power leaves of acknowledged uploads.

    sudo python3 benchmarks/power_cut.py [strict|fast] [--seconds 8] [--cuts 40] [--seed 1]

An ext4 file system lies on a loop device, whose backing file is served by this program (FUSE, by hand): it keeps every write and every flush that the
disk was asked for, in order. A process puts files into a home there and prints each that was acknowledged. Then the power is cut, afterwards, at
random places of that record: what was written before the last flush is there, of what was written after it any part, as a disk with a volatile cache
may lose it. Each such disk is mounted, and looked at: every file that was acknowledged before the cut has to be there, and every file that is
there has to be whole. With "fast" files are missing or broken, which shows that the experiment can find that.

Needs root, /dev/fuse, loop devices, mkfs.ext4, and the built tests of files/ (Argosy.Files.TestHost).
"""
import argparse, ctypes, os, random, signal, struct, subprocess, sys, tempfile, threading, time

HERE = os.path.dirname(os.path.abspath(__file__))
HOST = os.path.join(HERE, "../artifacts/bin/Argosy.Files.TestHost/release/Argosy.Files.TestHost.dll")
SIZE = 96 << 20
SHIFTED = [bytes((value + by) & 0xff for value in range(256)) for by in range(256)]
LIBC = ctypes.CDLL(None, use_errno=True)


class Recorder(threading.Thread):
    """One file, /disk, that remembers what was written to it and when it was flushed (struct layouts: linux/fuse.h)."""

    def __init__(self, image, folder):
        super().__init__(daemon=True)
        self.image, self.log = bytearray(image), []
        self.device = os.open("/dev/fuse", os.O_RDWR)
        options = f"fd={self.device},rootmode=40000,user_id=0,group_id=0".encode()
        if LIBC.mount(b"fuse", folder.encode(), b"fuse", 0, options) != 0:
            raise OSError(ctypes.get_errno(), "mount")
        self.start()

    def run(self):
        while True:
            try:
                request = os.read(self.device, (1 << 20) + 4096)
            except OSError:
                return  # Unmounted.
            _, opcode, unique, node = struct.unpack_from("<IIQQ", request)
            answer = self.answer(opcode, node, memoryview(request)[40:])
            if answer is None:
                continue
            error, body = (answer, b"") if isinstance(answer, int) else (0, answer)
            os.write(self.device, struct.pack("<IiQ", 16 + len(body), error, unique) + body)

    def attributes(self, node):
        size, mode = (SIZE, 0o100600) if node == 2 else (0, 0o40700)
        return struct.pack("<6Q10I", node, size, size // 512, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0)

    def answer(self, opcode, node, body):
        if opcode in (2, 42, 36):  # FORGET, BATCH_FORGET, INTERRUPT
            return None
        if opcode == 26:  # INIT
            return struct.pack("<IIIIHHIIHHI7I", 7, 31, 0, 0, 16, 12, 128 << 10, 1, 0, 0, 0, *[0] * 7)
        if opcode == 1:  # LOOKUP
            return struct.pack("<QQQQII", 2, 0, 3600, 3600, 0, 0) + self.attributes(2) if bytes(body[:5]) == b"disk\0" else -2
        if opcode in (3, 4):  # GETATTR, SETATTR
            return struct.pack("<QII", 3600, 0, 0) + self.attributes(node)
        if opcode == 14:  # OPEN, FOPEN_DIRECT_IO
            return struct.pack("<QII", 1, 1, 0)
        if opcode == 15:  # READ
            _, offset, size = struct.unpack_from("<QQI", body)
            return bytes(self.image[offset:offset + size])
        if opcode == 16:  # WRITE
            _, offset, size = struct.unpack_from("<QQI", body)
            data = bytes(body[40:40 + size])
            self.image[offset:offset + size] = data
            self.log.append((offset, data))
            return struct.pack("<II", size, 0)
        if opcode == 20:  # FSYNC
            self.log.append(None)
            return b""
        if opcode == 17:  # STATFS
            return bytes(80)
        return b"" if opcode in (18, 25, 34, 38) else -38  # RELEASE, FLUSH, ACCESS, DESTROY; ENOSYS


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def content(name, length):
    """Churn.Content of files/test/host."""
    raw = name.encode()
    endless = raw * (length // len(raw) + 1)
    return b"".join(endless[at:min(at + 256, length)].translate(SHIFTED[(at >> 8) & 0xff]) for at in range(0, length, 256))


def record(folder, durability, seconds):
    """Lets files be put there for a while. The first image, the record, and (place in the record, name) of each acknowledged file."""
    first = os.path.join(folder, "first")
    with open(first, "wb") as file:
        file.truncate(SIZE)
    run("mkfs.ext4", "-q", "-F", first)
    image = open(first, "rb").read()
    served, mounted = os.path.join(folder, "served"), os.path.join(folder, "mounted")
    os.mkdir(served)
    os.mkdir(mounted)
    recorder = Recorder(image, served)
    device = run("losetup", "--find", "--show", os.path.join(served, "disk"))
    acknowledged = []
    try:
        run("mount", device, mounted)
        run("mkdir", os.path.join(mounted, "home"))
        run("sync", "-f", mounted)
        host = subprocess.Popen(["dotnet", HOST, mounted, "files", durability], stdout=subprocess.PIPE, text=True)
        timer = threading.Timer(seconds, host.kill)
        timer.start()
        for line in host.stdout:
            acknowledged.append((len(recorder.log), line.strip()))
        host.wait()
        timer.cancel()
    finally:
        subprocess.run(["umount", mounted])
        subprocess.run(["losetup", "-d", device])
        subprocess.run(["umount", served])
    return image, recorder.log, acknowledged


def cut(image, log, at, chance):
    """The disk after a loss of power at that place of the record."""
    flushed = max((i for i in range(at) if log[i] is None), default=0)
    disk = bytearray(image)
    for i, entry in enumerate(log[:at]):
        if entry is not None and (i < flushed or chance.random() < 0.5):
            offset, data = entry
            disk[offset:offset + len(data)] = data
    return disk


def examine(folder, disk, expected):
    """What is missing, and what is there and not whole."""
    path, mounted = os.path.join(folder, "cut"), os.path.join(folder, "mounted")
    with open(path, "wb") as file:
        file.write(disk)
    run("mount", "-o", "loop", path, mounted)
    try:
        home = os.path.join(mounted, "home")
        names = {name for name in os.listdir(home) if not name.startswith(".")}
        broken = []
        for name in names:
            data = open(os.path.join(home, name), "rb").read()
            if data != content(name, len(data)):
                broken.append(name)
        return expected - names, broken
    finally:
        run("umount", mounted)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("durability", nargs="?", default="strict", choices=["strict", "fast"])
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--cuts", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        image, log, acknowledged = record(folder, options.durability, options.seconds)
        begin = acknowledged[0][0] if acknowledged else 0
        missing = broken = 0
        for at in sorted(chance.randrange(begin, len(log) + 1) for _ in range(options.cuts)):
            expected = {name for place, name in acknowledged if place <= at}
            lost, damaged = examine(folder, cut(image, log, at, chance), expected)
            missing, broken = missing + len(lost), broken + len(damaged)
        flushes = sum(entry is None for entry in log)
        print(f"{options.durability}: {len(acknowledged)} files acknowledged, {len(log) - flushes} writes and {flushes} flushes recorded; "
              f"{options.cuts} cuts: {missing} acknowledged files missing, {broken} files not whole")
        return 1 if missing or broken else 0


if __name__ == "__main__":
    sys.exit(main())
