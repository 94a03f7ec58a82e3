"""The bare sender and receiver in C, built when needed."""
import contextlib
import pathlib
import subprocess

SOURCE = pathlib.Path(__file__).with_suffix(".c")


@contextlib.contextmanager
def bare_copy(scratch):
    """Yields the program, the process id of its server, and the port."""
    program = pathlib.Path(scratch, "bare_copy")
    subprocess.run(["gcc", "-O2", "-o", program, SOURCE], check=True)
    server = subprocess.Popen([program, "serve"], stdout=subprocess.PIPE, text=True)
    try:
        yield program, server.pid, server.stdout.readline().split()[1]
    finally:
        server.terminate()
        server.wait(30)
