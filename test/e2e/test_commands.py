# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""The commands as a person at a terminal meets them: the progress bar, the help texts."""

import os
import pty
import re
import subprocess

import catalog
import pytest
import served

BUILD = ["--onnx=" + str(catalog.MNIST.path()), "--skipInference"]


def run(*command):
    return subprocess.run(command, check=False, capture_output=True, text=True)


def on_terminal(*command):
    """What a program writes to a terminal as its standard error, and its exit status."""
    ours, theirs = pty.openpty()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=theirs)
    os.close(theirs)
    written = b""
    while True:
        try:
            chunk = os.read(ours, 4096)
        except OSError:  # What Linux says once the last writer is gone.
            break
        if not chunk:
            break
        written += chunk
    os.close(ours)
    return written.decode(), child.wait()


def test_a_build_on_a_terminal_shows_its_phases_and_leaves_a_clean_line():
    text, status = on_terminal(served.BIN / "trtexec", *BUILD)
    assert status == 0, text
    bars = re.findall(r"([A-Z][^\[\r\x1b]*) \[(=*) *\] (\d+)/(\d+)", text)
    assert bars, text
    assert any(int(done) == int(steps) for _, _, done, steps in bars)
    assert all(len(bar) == int(done) * 24 // int(steps) for _, bar, done, steps in bars)
    assert text.split("\r")[-1].replace("\x1b[K", "").strip() == ""


def test_a_build_into_a_pipe_shows_no_bar():
    done = run(served.BIN / "trtexec", *BUILD)
    assert done.returncode == 0, done.stderr
    assert "\r" not in done.stdout + done.stderr
    assert "[=" not in done.stdout + done.stderr


@pytest.mark.parametrize("words", [["help"], ["--help"]])
def test_tenon_helps_with_every_subcommand(words):
    done = run(served.BIN / "tenon", *words)
    assert done.returncode == 0
    for subcommand in ("why", "plugins", "version", "help"):
        assert re.search(rf"^  {subcommand}\s", done.stdout, re.M), done.stdout


def test_tenon_lists_plugins_by_library_with_their_fields():
    library = served.BUILD / "lib" / "libmaxpool_plugin.so"
    done = run(served.BIN / "tenon", "plugins", f"--dynamicPlugins={library}")
    assert done.returncode == 0, done.stderr
    blocks = [b for b in re.split(r"^(?=/)", done.stdout, flags=re.M) if b]
    shipped = next(b for b in blocks if "libnvinfer_plugin.so" in b.splitlines()[0])
    assert len(shipped.splitlines()) > 30
    (pool,) = [b for b in blocks if b.startswith(str(library))]
    assert 'MaxPoolPlugin version "1" namespace "", V3: ' in pool
    assert "kernel_shape int32" in pool


def test_tenon_lists_no_plugins_of_a_name_that_none_has():
    done = run(served.BIN / "tenon", "plugins", "Frobnicate")
    assert done.returncode != 0
    assert "Frobnicate" in done.stderr


def test_tenon_names_what_is_missing():
    done = run(served.BIN / "tenon")
    assert done.returncode != 0
    assert "subcommand" in done.stderr


def test_tenon_version_names_both_versions():
    assert re.fullmatch(
        r"tenon \d+\.\d+\.\d+, interface of TensorRT \d+\.\d+\.\d+\n",
        run(served.BIN / "tenon", "version").stdout,
    )
