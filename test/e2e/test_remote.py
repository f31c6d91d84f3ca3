# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Tuning on another machine: a real SSH server, in a network of its own where that is permitted."""

import contextlib
import hashlib
import os
import pty
import re
import resource
import shutil
import signal
import subprocess
import threading
import time
from pathlib import Path

import catalog
import pytest
import served
from ssh_host import IS_ROOT, SSHD, Network, PasswordUser, SshHost, make_key, quiet

MODEL = catalog.ROOT / "data" / "samples" / "mnist" / "mnist.onnx"
PLUGIN_MODEL = catalog.ROOT / "data" / "safe_plugin" / "mnist_safe_plugin.onnx"
PLUGIN_LIBRARY = "libsample_safe_plugin_v3.so"
BIN, LIB = served.BIN, served.BUILD / "lib"
LIMIT = {"TENON_ISA": "avx2"}
LONG = "--avgTiming=10000"  # seconds of timing

pytestmark = pytest.mark.skipif(SSHD is None, reason="no sshd: install openssh-server")


@pytest.fixture(scope="module")
def network():
    made = Network()
    yield made
    made.close()


@pytest.fixture(scope="module")
def host(network, tmp_path_factory):
    """A machine whose workers have AVX2 and nothing above."""
    made = SshHost(tmp_path_factory.mktemp("ssh") / "host", network, LIMIT).start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def password_host(network, tmp_path_factory):
    if not IS_ROOT:
        pytest.skip("passwords need a user that root makes")
    with PasswordUser() as user:
        folder = tmp_path_factory.mktemp("ssh")
        for parent in (folder, folder.parent, folder.parent.parent):
            parent.chmod(parent.stat().st_mode | 0o055)
        made = SshHost(folder / "host", network, LIMIT, user.name).start()
        made.password = user.password
        # The build may lie in a home that no other user may enter.
        made.exec_path, made.lib_path = folder / "bin", folder / "lib"
        for source, target in ((BIN, made.exec_path), (LIB, made.lib_path)):
            target.mkdir()
            for file in [*source.glob("tenon-tune-worker"), *source.glob("lib*.so*")]:
                shutil.copy(file, target)
        yield made
        made.stop()


def address(host, login=None, key=True, exec_path=None, lib_path=None, **parameters):
    """The text of --remoteAutoTuningConfig for a host of these tests."""
    given = {
        "remote_exec_path": exec_path or getattr(host, "exec_path", BIN),
        "remote_lib_path": lib_path or getattr(host, "lib_path", LIB),
    }
    given["known_hosts"] = host.known_hosts
    if key:
        given["identity"] = host.user_key
    given.update(parameters)
    text = "&".join(f"{k}={v}" for k, v in given.items())
    return f"ssh://{login or host.user}@{host.address}:{host.port}?{text}"


def command(config, engine, *more, model=MODEL):
    return [
        str(BIN / "trtexec"),
        f"--onnx={model}",
        *("--safe", "--cpuOnly", "--skipInference"),
        f"--saveEngine={engine}",
        f"--remoteAutoTuningConfig={config}",
        *map(str, more),
    ]


def build(config, engine, *more, environment=None, model=MODEL):
    merged = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    variables = {**os.environ, **(environment or {})}
    return subprocess.run(
        command(config, engine, *more, model=model),
        check=False,
        env=variables,
        timeout=300,
        cwd=catalog.ROOT,
        **merged,
    )


def built(config, engine, *more, **options):
    done = build(config, engine, *more, **options)
    assert done.returncode == 0, done.stdout
    assert engine.exists()
    return done.stdout


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_key_opens_the_host_and_the_engine_is_of_that_machine(host, tmp_path):
    engine = tmp_path / "a.engine"
    text = built(address(host), engine)
    assert "logged in by key" in text
    machine = re.search(r"tuning on \S+: (.*)", text)[1]
    assert "avx2" in machine
    assert "avx512" not in machine
    about = quiet(str(BIN / "tenon"), "why", str(engine)).stdout
    assert "avx512" not in about
    # Loaded by a machine that lacks what it needs, both are named.
    merged = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    elsewhere = subprocess.run(
        [BIN / "trtexec", "--safe", f"--loadEngine={engine}"],
        check=False,
        env={**os.environ, "TENON_ISA": "sse4.2"},
        **merged,
    )
    assert elsewhere.returncode != 0
    assert "avx2" in elsewhere.stdout, elsewhere.stdout
    here = subprocess.run(
        [BIN / "trtexec", "--safe", f"--loadEngine={engine}", "--iterations=1", "--duration=0"],
        check=False,
        **merged,
    )
    assert here.returncode == 0, here.stdout


def test_the_plugin_is_timed_there_and_digits_are_right(host, tmp_path):
    engine = tmp_path / "plugin.engine"
    config = address(host, plugins=PLUGIN_LIBRARY)
    merged = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    options = {"cwd": catalog.ROOT, **merged}
    done = subprocess.run(
        [
            BIN / "sample_plugin_safe_build",
            f"--saveEngine={engine}",
            f"--remoteAutoTuningConfig={config}",
        ],
        check=False,
        **options,
    )
    assert done.returncode == 0, done.stdout
    assert f"ssh://***@{host.address}" in done.stdout
    infer = [BIN / "sample_plugin_safe_infer", f"--loadEngine={engine}"]
    ran = subprocess.run(infer, check=False, **options)
    assert ran.returncode == 0, ran.stdout
    assert ran.stdout.count("Output:\n") == 6


def test_an_agent_opens_the_host(host, tmp_path):
    socket = tmp_path / "agent"
    agent = subprocess.Popen(["ssh-agent", "-D", "-a", str(socket)], stdout=subprocess.DEVNULL)
    try:
        for _ in range(100):
            if socket.exists():
                break
            time.sleep(0.05)
        variables = {"SSH_AUTH_SOCK": str(socket)}
        added = quiet("ssh-add", str(host.user_key), env={**os.environ, **variables})
        assert added.returncode == 0, added.stderr
        config = address(host, key=False)
        text = built(config, tmp_path / "a.engine", environment=variables)
        assert "logged in by agent" in text
    finally:
        agent.terminate()
        agent.wait()


def test_names_of_ssh_config_are_known(host, tmp_path):
    config = tmp_path / "config"
    config.write_text(
        f"Host board\n  HostName {host.address}\n  Port {host.port}\n  User {host.user}\n"
        f"  IdentityFile {host.user_key}\n  UserKnownHostsFile {host.known_hosts}\n"
    )
    paths = f"remote_exec_path={BIN}&remote_lib_path={LIB}&ssh_config={config}"
    text = built(f"ssh://board?{paths}", tmp_path / "a.engine")
    assert "board: logged in by one of this user's keys" in text


def test_a_password_opens_the_host(password_host, tmp_path):
    login = f"{password_host.user}:{password_host.password}"
    text = built(address(password_host, login, key=False), tmp_path / "a.engine")
    assert "logged in by password" in text
    assert password_host.password not in text


def test_the_password_is_asked_for_without_echo(password_host, tmp_path):
    engine = tmp_path / "a.engine"
    config = address(password_host, f"{password_host.user}:PROMPT", key=False)
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(catalog.ROOT)
        os.execv(str(BIN / "trtexec"), command(config, engine))
    said = b""
    answered = False
    with contextlib.suppress(OSError):
        while piece := os.read(terminal, 65536):
            said += piece
            if not answered and b"Password of" in said:
                os.write(terminal, f"{password_host.password}x\x7f\n".encode())
                answered = True
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, said.decode()
    assert answered
    assert b"logged in by password" in said
    assert password_host.password.encode() not in said
    assert engine.exists()


def test_prompt_without_a_terminal_is_refused(host, tmp_path):
    config = address(host, f"{host.user}:PROMPT", key=False)
    done = subprocess.run(
        command(config, tmp_path / "a.engine"),
        check=False,
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode != 0
    assert "this process has none" in done.stdout


def wrapper(folder, script):
    """A folder with a worker of this shell script; {worker} is the real one."""
    folder.mkdir()
    folder.chmod(0o755)
    path = folder / "tenon-tune-worker"
    path.write_text("#!/bin/sh\n" + script.format(worker=BIN / "tenon-tune-worker"))
    path.chmod(0o755)
    return folder


# A greeting frame of another version of the protocol: magic, version, kind, length, checksum.
OTHER_PROTOCOL = "printf 'TRN1\\t\\000\\002\\000\\000\\000\\000\\000\\000\\000\\000\\000'; "
OTHER_PROTOCOL += "printf '\\000\\000\\000\\000\\000\\000\\000\\000'; cat >/dev/null\n"
DIES = 'sleep 0.7; kill -9 "$$"'
KILLED = "(" + DIES + ') >/dev/null 2>&1 </dev/null &\nexec {worker} "$@"\n'


def wrong_password(host, tmp_path):
    return address(host, f"{host.user}:hush-no", key=False)


def wrong_key(host, tmp_path):
    return address(host, identity=make_key(tmp_path / "stranger"))


def no_such_key(host, tmp_path):
    return address(host, identity=tmp_path / "none")


def unknown_host_key(host, tmp_path):
    empty = tmp_path / "empty"
    empty.touch()
    return address(host, known_hosts=empty)


def changed_host_key(host, tmp_path):
    other = tmp_path / "other_hosts"
    words = Path(f"{make_key(tmp_path / 'other')}.pub").read_text().split()
    other.write_text(f"[{host.address}]:{host.port} {words[0]} {words[1]}\n")
    return address(host, known_hosts=other)


def dead_host(host, tmp_path):
    # 192.0.2.0/24 is nobody's.
    return address(host, timeout=2).replace(f"@{host.address}:", "@192.0.2.77:")


def refused_port(host, tmp_path):
    return address(host, timeout=5).replace(f":{host.port}?", ":9?")


def missing_worker(host, tmp_path):
    return address(host, exec_path=tmp_path / "nowhere")


def missing_library(host, tmp_path):
    # What the dynamic loader does when remote_lib_path is wrong.
    script = "echo libtenon.so.0: cannot open shared object file >&2; exit 127\n"
    return address(host, exec_path=wrapper(tmp_path / "w", script))


def wrong_version(host, tmp_path):
    return address(host, exec_path=wrapper(tmp_path / "w", OTHER_PROTOCOL))


def chatty_shell(host, tmp_path):
    return address(host, exec_path=wrapper(tmp_path / "w", "echo Welcome home, stranger\n"))


def killed_worker(host, tmp_path):
    return address(host, exec_path=wrapper(tmp_path / "w", KILLED))


def silent_worker(host, tmp_path):
    return address(host, exec_path=wrapper(tmp_path / "w", "exec sleep 30\n"), timeout=2)


def missing_plugin_library(host, tmp_path):
    return address(host, plugins="libnone.so")


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (wrong_password, "the login is refused: password did not open it"),
        (wrong_key, "the login is refused: key "),
        (no_such_key, "is no private key that can be read"),
        (unknown_host_key, "its host key is not known: it shows SHA256:"),
        (changed_host_key, "its host key has changed: it shows SHA256:"),
        (dead_host, "cannot connect to 192.0.2.77"),
        (refused_port, "Connection refused"),
        (missing_worker, "the worker did not start"),
        (missing_library, "did not start: libtenon.so.0: cannot open"),
        (wrong_version, "the worker speaks version 9 of the protocol"),
        (chatty_shell, 'it says "Welcome home, stranger"'),
        (killed_worker, "after a second connection too: the build ends"),
        (silent_worker, "nothing was heard of the worker for 2 s"),
        (missing_plugin_library, "plugin library libnone.so is not in"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_every_fault_is_named_and_leaves_no_engine(host, tmp_path, fault, says):
    engine = tmp_path / "never.engine"
    config = fault(host, tmp_path)
    done = build(config, engine, "--avgTiming=200000")
    assert done.returncode != 0, done.stdout
    assert says in done.stdout, done.stdout
    assert "hush-no" not in done.stdout
    assert not list(tmp_path.glob("never.engine*"))


def test_a_plugin_without_its_library_there_is_refused(host, tmp_path):
    engine = tmp_path / "never.engine"
    library = f"--safetyPlugins={LIB / PLUGIN_LIBRARY}[::MaxPoolPlugin]"
    empty = tmp_path / "libs"
    empty.mkdir()
    for file in LIB.glob("libtenon*.so*"):
        (empty / file.name).symlink_to(file)
    done = build(address(host, lib_path=empty), engine, library, model=PLUGIN_MODEL)
    assert done.returncode != 0, done.stdout
    assert f"plugin library {PLUGIN_LIBRARY} is not in" in done.stdout, done.stdout
    assert not engine.exists()
    text = built(address(host), engine, library, model=PLUGIN_MODEL)
    assert "PASSED" in text


def test_a_worker_that_dies_once_is_started_again(host, tmp_path):
    once = f'[ -e {tmp_path}/died ] && exec {{worker}} "$@"\ntouch {tmp_path}/died\n' + KILLED
    folder = wrapper(tmp_path / "w", once)
    config = address(host, exec_path=folder)
    text = built(config, tmp_path / "a.engine", LONG)
    assert "connecting once more" in text


def test_a_full_disk_leaves_no_engine(host, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8k", "tenon", str(disk)]
    if not IS_ROOT or quiet(*mount).returncode != 0:
        pytest.skip("no small disk can be made")
    try:
        done = build(address(host), disk / "a.engine")
        assert done.returncode != 0, done.stdout
        assert not list(disk.iterdir())
    finally:
        quiet("umount", str(disk))


def test_a_recorded_session_plays_the_same_engine(host, tmp_path):
    live, played = tmp_path / "live.engine", tmp_path / "played.engine"
    session = tmp_path / "a.session"
    built(address(host, record=session), live)
    text = built(f"replay://{session}", played)
    assert "requests played from" in text
    assert digest(live) == digest(played)
    assert host.user.encode() not in session.read_bytes()
    other = build(f"replay://{session}", tmp_path / "b.engine", "--builderOptimizationLevel=5")
    assert other.returncode != 0
    assert "other kernels are asked for than were recorded" in other.stdout


def test_two_hosts_share_the_work(host, network, tmp_path):
    second = SshHost(tmp_path / "second", network, LIMIT).start()
    try:
        both = f"{address(host)};{address(second)}"
        text = built(both, tmp_path / "a.engine")
        assert re.search(r"kernels timed in \d+ requests on 2 machines", text), text
    finally:
        second.stop()
    other = SshHost(tmp_path / "other", network, {"TENON_ISA": "sse4.2"}).start()
    try:
        done = build(f"{address(host)};{address(other)}", tmp_path / "never.engine")
        assert done.returncode != 0
        assert "must be of one kind" in done.stdout
    finally:
        other.stop()


def command_lines():
    """What the system shows of all processes."""
    shown = b""
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            shown += (folder / "cmdline").read_bytes() + b"\n"
    return shown


def test_no_secret_is_left_anywhere(password_host, tmp_path):
    secret = password_host.password
    engine = tmp_path / "a.engine"
    session = tmp_path / "a.session"
    config = address(password_host, f"{password_host.user}:{secret}", key=False, record=session)
    log = tmp_path / "log"
    shown = []
    most = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (most, most))
    with open(log, "wb") as out:
        process = subprocess.Popen(
            command(config, engine, LONG),
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd=tmp_path,
        )
        done = threading.Event()

        def sample():
            # A program is shown with its arguments from its first moment: give it that long.
            time.sleep(0.2)
            while not done.is_set():
                shown.append(command_lines())
                time.sleep(0.01)

        watcher = threading.Thread(target=sample)
        watcher.start()
        for _ in range(600):
            if b"tuning on" in log.read_bytes():
                break
            time.sleep(0.05)
        time.sleep(0.3)
        process.send_signal(signal.SIGABRT)
        process.wait(timeout=120)
        done.set()
        watcher.join()
    assert len(shown) > 10
    assert secret.encode() not in b"".join(shown)
    assert secret.encode() not in log.read_bytes()
    assert secret.encode() not in password_host.log.read_bytes()
    cores = [p for p in tmp_path.iterdir() if p.name.startswith("core")]
    if Path("/proc/sys/kernel/core_pattern").read_text().strip() == "core":
        assert cores, "there is no core dump"
    for core in cores:
        assert secret.encode() not in core.read_bytes()
    # And what a whole build leaves.
    text = built(config, engine)
    assert secret not in text
    for file in tmp_path.rglob("*"):
        if file.is_file():
            assert secret.encode() not in file.read_bytes(), file
