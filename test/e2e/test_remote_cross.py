# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Tuning for another processor: built here, timed by an emulated 64-bit Arm machine behind SSH."""

import os
import re
import shutil
import subprocess
import sys

import catalog
import pytest
import served
from ssh_host import SSHD, Network, SshHost
from test_remote import MODEL, PLUGIN_LIBRARY, address, built, quiet

CROSS = catalog.ROOT / "build" / "aarch64"  # the worker
CROSS_SAFE = catalog.ROOT / "build" / "safe-aarch64"  # what runs engines
EMULATOR = "qemu-aarch64"
LIBRARIES = "/usr/aarch64-linux-gnu"
PYTHON_PATHS = [str(served.BUILD / "python"), str(catalog.ROOT / "python" / "compat")]

pytestmark = pytest.mark.skipif(SSHD is None, reason="no sshd: install openssh-server")


def output_of(*command):
    return subprocess.run(
        [str(word) for word in command],
        check=False,
        cwd=catalog.ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(PYTHON_PATHS)},
        timeout=300,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def emulated(program, *arguments):
    return output_of(EMULATOR, "-L", LIBRARIES, CROSS_SAFE / "bin" / program, *arguments)


@pytest.fixture(scope="module")
def arm(tmp_path_factory):
    """The text that names the emulated machine; more parameters may follow."""
    if shutil.which(EMULATOR) is None:
        pytest.skip(f"no {EMULATOR}: install Debian's qemu-user")
    for program in (CROSS / "bin/tenon-tune-worker", CROSS_SAFE / "bin/trtexec_safe"):
        if not program.exists():
            preset = program.parent.parent.name
            pytest.skip(
                f"no cross build: install g++-12-aarch64-linux-gnu, then cmake --preset {preset} "
                f"and cmake --build --preset {preset}"
            )
    network = Network()
    folder = tmp_path_factory.mktemp("arm")
    host = SshHost(folder / "host", network).start()
    worker = folder / "tenon-tune-worker"
    worker.write_text(
        f'#!/bin/sh\nexec {EMULATOR} -L {LIBRARIES} {CROSS}/bin/tenon-tune-worker "$@"\n'
    )
    worker.chmod(0o755)
    yield lambda **more: address(host, exec_path=folder, lib_path=CROSS / "lib", **more)
    host.stop()
    network.close()


def test_a_safe_engine_built_here_names_digits_there(arm, tmp_path):
    engine = tmp_path / "safe.engine"
    done = output_of(
        served.BIN / "sample_plugin_safe_build",
        f"--saveEngine={engine}",
        f"--remoteAutoTuningConfig={arm(plugins=PLUGIN_LIBRARY)}",
    )
    assert done.returncode == 0, done.stdout
    machine = re.search(r"tuning on \S+: (.*)", done.stdout)[1]
    assert "64-bit Arm" in machine
    assert "| neon |" in machine
    there = emulated("sample_plugin_safe_infer", f"--loadEngine={engine}")
    assert there.returncode == 0, there.stdout
    assert "&&&& PASSED TensorRT.sample_plugin_safe_infer" in there.stdout
    assert there.stdout.count("Output:\n") == 6
    here = output_of(served.BIN / "sample_plugin_safe_infer", f"--loadEngine={engine}")
    assert here.returncode != 0, here.stdout
    assert "64-bit Arm" in here.stdout
    assert "needs neon, which this machine lacks" in here.stdout


def test_the_kernels_are_of_that_processor(arm, tmp_path):
    engine = tmp_path / "mnist.engine"
    built(arm(), engine)
    about = quiet(str(served.BIN / "tenon"), "why", str(engine)).stdout
    assert "simd/convolution" in about
    assert not re.search(r"avx|sse|dnnl/\S+ +\d", about), about
    there = emulated(
        "trtexec_safe", f"--loadEngine={engine}", "--iterations=2", "--duration=0", "--sleepTime=0"
    )
    assert there.returncode == 0, there.stdout
    assert "&&&& PASSED TensorRT.trtexec_safe" in there.stdout


STANDARD = """
import sys
import tensorrt as trt
logger = trt.Logger(trt.Logger.INFO)
builder = trt.Builder(logger)
network = builder.create_network(0)
parser = trt.OnnxParser(network, logger)
assert parser.parse_from_file(sys.argv[1])
config = builder.create_builder_config()
config.remote_auto_tuning_config = sys.argv[2]
plan = builder.build_serialized_network(network, config)
assert plan is not None
open(sys.argv[3], "wb").write(bytes(plan))
"""


def test_a_standard_engine_of_that_processor_is_refused_here_by_name(arm, tmp_path):
    engine = tmp_path / "standard.engine"
    done = output_of(sys.executable, "-c", STANDARD, MODEL, arm(), engine)
    assert done.returncode == 0, done.stdout
    here = output_of(served.BIN / "trtexec", f"--loadEngine={engine}")
    assert here.returncode != 0, here.stdout
    assert "it needs neon, which this machine lacks" in here.stdout
    assert re.search(r"built for \[64-bit Arm[^]]*\| neon \|", here.stdout), here.stdout
    assert "and this is [" in here.stdout
