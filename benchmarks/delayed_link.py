"""A TCP link with a delay: every byte arrives so many milliseconds after it was sent, in either direction, in order.

It stands where netem(8) is not to be had. Each direction has a thread that reads and one that waits and writes; at most 8 MiB are on their way.
"""
import queue
import socket
import threading
import time

PIECE = 256 * 1024
ON_THEIR_WAY = 8 * 1024 * 1024 // PIECE


class DelayedLink:
    """`with DelayedLink(target_port, seconds_one_way) as port:` serves on 127.0.0.1:port until the block ends."""

    def __init__(self, target, delay):
        self.target, self.delay = target, delay
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self.listener.getsockname()[1]

    def __exit__(self, *_):
        self.listener.close()

    def _accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self.target))
            for one in (near, far):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for source, sink in ((near, far), (far, near)):
                waiting = queue.Queue(ON_THEIR_WAY)
                threading.Thread(target=self._read, args=(source, waiting), daemon=True).start()
                threading.Thread(target=self._write, args=(sink, waiting), daemon=True).start()

    def _read(self, source, waiting):
        piece = b"-"
        while piece:
            try:
                piece = source.recv(PIECE)
            except OSError:
                piece = b""
            waiting.put((time.monotonic() + self.delay, piece))

    @staticmethod
    def _write(sink, waiting):
        while True:
            due, piece = waiting.get()
            time.sleep(max(0.0, due - time.monotonic()))
            try:
                if not piece:
                    sink.shutdown(socket.SHUT_WR)
                    return
                sink.sendall(piece)
            except OSError:
                return
