"""OpenSSH's sshd on a free port of 127.0.0.1, with keys and a configuration of its own: nothing of the user's or the machine's is read or changed."""
import contextlib
import getpass
import os
import pathlib
import shutil
import subprocess

from peers.file_servers import free_port, running


@contextlib.contextmanager
def ssh_server(scratch, cipher):
    """Yields the server's process id, the words that scp and sftp need, and user@host."""
    folder = pathlib.Path(scratch, "ssh")
    folder.mkdir(mode=0o700)
    for name in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
    port, binary = free_port(), shutil.which("sshd") or "/usr/sbin/sshd"
    host_key = (folder / "host.pub").read_text()
    (folder / "known").write_text(f"[127.0.0.1]:{port} {host_key}")
    shutil.copy(folder / "user.pub", folder / "authorized")
    (folder / "config").write_text("\n".join([
        f"Port {port}", "ListenAddress 127.0.0.1", f"HostKey {folder}/host", f"AuthorizedKeysFile {folder}/authorized", f"PidFile {folder}/pid",
        "PasswordAuthentication no", "KbdInteractiveAuthentication no", "UsePAM no", "StrictModes no", "PermitRootLogin prohibit-password",
        f"Ciphers {cipher}", "Subsystem sftp internal-sftp", ""]))
    if os.getuid() == 0:
        os.makedirs("/run/sshd", exist_ok=True)  # sshd wants its empty folder even where it does not use it
    words = ["-F", "/dev/null", "-P", str(port), "-i", folder / "user", "-c", cipher]
    for option in ("IdentitiesOnly=yes", "BatchMode=yes", "StrictHostKeyChecking=yes", f"UserKnownHostsFile={folder}/known", "Compression=no"):
        words += ["-o", option]
    with running([binary, "-D", "-e", "-f", folder / "config"], port) as server:
        yield server, words, f"{getpass.getuser()}@127.0.0.1"
