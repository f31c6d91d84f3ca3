# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""A real OpenSSH server for tests: own configuration, host key and port, own network if it may."""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import time
from pathlib import Path

SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
IS_ROOT = os.geteuid() == 0


def quiet(*command, **options):
    return subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=60, **options
    )


def make_key(path, comment="test"):
    done = quiet("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", str(path))
    assert done.returncode == 0, done.stderr
    return path


class Network:
    """A network namespace with one cable to it; the loopback where that is not permitted."""

    def __init__(self):
        self.name = f"tn{os.getpid()}"
        self.address = "127.0.0.1"
        self.prefix = []
        if not (IS_ROOT and shutil.which("ip")):
            return
        if quiet("ip", "netns", "add", self.name).returncode != 0:
            return
        near, far = f"{self.name}a", f"{self.name}b"
        inside = ["ip", "-n", self.name]
        number = os.getpid() % 250 + 1
        steps = [
            ["ip", "link", "add", near, "type", "veth", "peer", "name", far],
            ["ip", "link", "set", far, "netns", self.name],
            ["ip", "addr", "add", f"10.213.{number}.1/30", "dev", near],
            ["ip", "link", "set", near, "up"],
            [*inside, "addr", "add", f"10.213.{number}.2/30", "dev", far],
            [*inside, "link", "set", far, "up"],
            [*inside, "link", "set", "lo", "up"],
        ]
        if all(quiet(*step).returncode == 0 for step in steps):
            self.address = f"10.213.{number}.2"
            self.prefix = ["ip", "netns", "exec", self.name]
        else:
            self.close()

    @property
    def is_apart(self):
        return bool(self.prefix)

    def close(self):
        if not shutil.which("ip"):
            return
        quiet("ip", "netns", "del", self.name)
        quiet("ip", "link", "del", f"{self.name}a")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class SshHost:
    """One server. `user` is who runs it, or, for passwords, a user made for the test."""

    def __init__(self, folder, network, environment=None, password_user=None):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True)
        self.folder.chmod(0o755)
        self.network = network
        self.address = network.address
        self.port = free_port()
        self.user = password_user or pwd.getpwuid(os.geteuid()).pw_name
        self.host_key = make_key(self.folder / "host_key")
        self.user_key = make_key(self.folder / "user_key")
        self.keys = self.folder / "authorized_keys"
        shutil.copy(f"{self.user_key}.pub", self.keys)
        self.known_hosts = self.folder / "known_hosts"
        self.write_known_hosts(self.host_key)
        self.log = self.folder / "sshd.log"
        self.config = self.folder / "sshd_config"
        variables = " ".join(f"{k}={v}" for k, v in (environment or {}).items())
        self.config.write_text(
            f"Port {self.port}\nListenAddress {self.address}\nHostKey {self.host_key}\n"
            f"AuthorizedKeysFile {self.keys}\nPidFile {self.folder}/pid\nUsePAM no\n"
            "StrictModes no\nPermitRootLogin yes\nPasswordAuthentication yes\n"
            "KbdInteractiveAuthentication no\nMaxStartups 50\nLogLevel INFO\n"
            + (f"SetEnv {variables}\n" if variables else "")
        )
        self.process = None

    def write_known_hosts(self, key):
        public = Path(f"{key}.pub").read_text().split()
        self.known_hosts.write_text(f"[{self.address}]:{self.port} {public[0]} {public[1]}\n")

    def start(self):
        if IS_ROOT:
            Path("/run/sshd").mkdir(exist_ok=True)
        command = [*self.network.prefix, SSHD, "-D", "-f", str(self.config), "-E", str(self.log)]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        for _ in range(200):
            with (
                contextlib.suppress(OSError),
                socket.create_connection((self.address, self.port), timeout=1),
            ):
                return self
            time.sleep(0.05)
        raise RuntimeError(f"sshd did not start: {self.log.read_text()}")

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=30)
            self.process = None


class PasswordUser:
    """A user with a password, where tests may make one."""

    name = f"tenon{os.getpid() % 100000}"
    password = "swordfish-7f3a"

    def __enter__(self):
        made = quiet("useradd", "-m", "-s", "/bin/sh", self.name)
        assert made.returncode == 0, made.stderr
        set_one = quiet("chpasswd", input=f"{self.name}:{self.password}\n")
        assert set_one.returncode == 0, set_one.stderr
        return self

    def __exit__(self, *_):
        # Connections that were cut may take a moment to end, and hold the user as long.
        for _ in range(50):
            if quiet("userdel", "-r", self.name).returncode == 0:
                return
            time.sleep(0.1)
        quiet("userdel", "-r", "-f", self.name)
