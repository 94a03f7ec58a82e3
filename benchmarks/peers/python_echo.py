#!/usr/bin/env python3
"""Python's own servers as they come: python_echo.py threading|forking|asyncio

Prints "ready 127.0.0.1:PORT"; ends when standard input does. It answers a message that begins with e by itself, with b likewise after
using the processor for 10 ms, and with f by a file of 4 MiB.
"""
import asyncio
import os
import signal
import socket
import socketserver
import sys
import tempfile
import threading
import time

FILE_BYTES = 4 * 1024 * 1024
FILE = tempfile.TemporaryFile()
FILE.truncate(FILE_BYTES)


def burn():
    until = time.monotonic() + 0.010
    while time.monotonic() < until:
        pass


class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while data := self.request.recv(65536):
            if data[0] == ord("f"):
                offset = 0
                while offset < FILE_BYTES:
                    offset += os.sendfile(self.request.fileno(), FILE.fileno(), offset, FILE_BYTES - offset)
                continue
            if data[0] == ord("b"):
                burn()
            self.request.sendall(data)


class Quiet:
    request_queue_size = 512
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request, client_address):
        pass


class Threading(Quiet, socketserver.ThreadingTCPServer):
    pass


class Forking(Quiet, socketserver.ForkingTCPServer):
    max_children = 400  # 40 unless told otherwise, beyond which it serves nobody


def end_with_input():
    while sys.stdin.buffer.read(4096):
        pass
    os.killpg(0, signal.SIGKILL) if os.getpgid(0) == os.getpid() else os._exit(0)


async def echo(reader, writer):
    loop = asyncio.get_running_loop()
    try:
        while data := await reader.read(65536):
            if data[0] == ord("f"):
                with os.fdopen(os.dup(FILE.fileno()), "rb") as file:
                    await loop.sendfile(writer.transport, file, 0, FILE_BYTES)
                continue
            if data[0] == ord("b"):
                burn()
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


async def serve_asyncio():
    server = await asyncio.start_server(echo, "127.0.0.1", 0, backlog=512)
    print("ready 127.0.0.1:%d" % server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


def main():
    kind = sys.argv[1]
    if kind == "forking":
        os.setpgid(0, 0)  # its children end with it
    threading.Thread(target=end_with_input, daemon=True).start()
    if kind == "asyncio":
        asyncio.run(serve_asyncio())
        return
    with {"threading": Threading, "forking": Forking}[kind](("127.0.0.1", 0), Echo) as server:
        print("ready 127.0.0.1:%d" % server.server_address[1], flush=True)
        server.serve_forever()


main()
