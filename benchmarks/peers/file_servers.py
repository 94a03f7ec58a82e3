"""Other people's file servers as they come, each on a free port of 127.0.0.1, serving one folder without a password."""
import contextlib
import os
import pathlib
import shutil
import socket
import subprocess
import time


def missing(*tools):
    return [tool for tool in tools if not (shutil.which(tool) or shutil.which(tool, path="/usr/sbin:/sbin"))]


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


@contextlib.contextmanager
def running(command, port):
    """Starts a server, waits until it takes connections, ends it. Yields its process id."""
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(500):
            if process.poll() is not None:
                raise RuntimeError(f"{command[0]} ended with code {process.returncode}")
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.01)
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


@contextlib.contextmanager
def rsync_daemon(folder, scratch, with_process=False):
    """`rsync rsync://127.0.0.1:PORT/files/`; yields the port, or its process id and the port."""
    port, config = free_port(), pathlib.Path(scratch, "rsyncd.conf")
    config.write_text(f"use chroot = no\nuid = {os.getuid()}\ngid = {os.getgid()}\n[files]\npath = {folder}\nread only = no\n")
    with running(["rsync", "--daemon", "--no-detach", "--address=127.0.0.1", f"--port={port}", f"--config={config}"], port) as process:
        yield (process, port) if with_process else port


@contextlib.contextmanager
def vsftpd(folder, scratch):
    """`ftp://127.0.0.1:PORT/files`, anonymous, who may do everything there; yields the port. Needs root, as vsftpd does."""
    port, config, jail = free_port(), pathlib.Path(scratch, "vsftpd.conf"), pathlib.Path(scratch, "vsftpd-empty")
    jail.mkdir(exist_ok=True)
    files = pathlib.Path(folder, "files")
    files.mkdir(exist_ok=True)
    os.chmod(folder, 0o755)  # vsftpd refuses a root that visitors can write to
    os.chmod(files, 0o777)
    config.write_text("\n".join([
        "listen=YES", "listen_address=127.0.0.1", f"listen_port={port}", "background=NO", "seccomp_sandbox=NO", "anonymous_enable=YES",
        "local_enable=NO", "no_anon_password=YES", f"anon_root={folder}", "allow_writeable_chroot=YES", "write_enable=YES",
        "anon_upload_enable=YES", "anon_mkdir_write_enable=YES", "anon_other_write_enable=YES", "anon_umask=022", "anon_world_readable_only=NO",
        f"secure_chroot_dir={jail}", "xferlog_enable=NO", "log_ftp_protocol=NO", "max_per_ip=0", "max_clients=0", ""]))
    binary = shutil.which("vsftpd") or "/usr/sbin/vsftpd"
    with running([binary, config], port):
        yield port
