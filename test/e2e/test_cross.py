# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Safe engines for another processor: built here, run by an emulated 64-bit Arm machine."""

import os
import shutil
import subprocess
import sys

import catalog
import pytest
import served

CROSS = catalog.ROOT / "build" / "safe-aarch64"
EMULATOR = "qemu-aarch64"
LIBRARIES = "/usr/aarch64-linux-gnu"
# Kernels of the level that every machine has.
ANY_PROCESSOR = {**os.environ, "TENON_ISA": "none"}


@pytest.fixture(scope="module")
def emulated():
    """Runs a program of the cross build; its output as one text."""
    if shutil.which(EMULATOR) is None:
        pytest.skip(f"no {EMULATOR}: install Debian's qemu-user")
    if not (CROSS / "bin" / "trtexec_safe").exists():
        pytest.skip(
            "no cross build: install g++-12-aarch64-linux-gnu, then cmake --preset safe-aarch64 "
            "and cmake --build --preset safe-aarch64"
        )

    def run(program, *arguments):
        command = [EMULATOR, "-L", LIBRARIES, CROSS / "bin" / program, *arguments]
        return output_of(command)

    return run


def output_of(command, **options):
    merged = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    return subprocess.run(command, check=False, cwd=catalog.ROOT, **merged, **options)


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    """The engine of the sample, for any processor."""
    path = tmp_path_factory.mktemp("cross") / "safe_plugin.engine"
    command = [served.BIN / "sample_plugin_safe_build", f"--saveEngine={path}"]
    done = output_of(command, env=ANY_PROCESSOR)
    assert done.returncode == 0, done.stdout
    return path


# Shows S-TOOL-4.
def test_the_sample_names_digits_on_another_processor(emulated, engine):
    done = emulated("sample_plugin_safe_infer", f"--loadEngine={engine}")
    assert done.returncode == 0, done.stdout
    assert "&&&& PASSED TensorRT.sample_plugin_safe_infer" in done.stdout


# Shows S-TOOL-4.
def test_the_tool_times_an_engine_with_a_plugin_there(emulated, engine):
    plugin = CROSS / "lib" / "libsample_safe_plugin_v3_safe.so"
    quick = ["--iterations=2", "--duration=0", "--sleepTime=0"]
    done = emulated(
        "trtexec_safe",
        f"--loadEngine={engine}",
        f"--safetyPlugins={plugin}[::MaxPoolPlugin]",
        *quick,
    )
    assert done.returncode == 0, done.stdout
    assert "&&&& PASSED TensorRT.trtexec_safe" in done.stdout


def test_an_engine_tuned_for_this_processor_is_refused_there_by_name(emulated, tmp_path):
    path = tmp_path / "tuned.engine"
    done = output_of([served.BIN / "sample_plugin_safe_build", f"--saveEngine={path}"])
    assert done.returncode == 0, done.stdout
    done = emulated("sample_plugin_safe_infer", f"--loadEngine={path}")
    assert done.returncode != 0, done.stdout
    assert "needs" in done.stdout and "this machine lacks (it has neon)" in done.stdout


# Shows S-RUN-4.
def test_the_library_stands_on_the_c_library_alone_there_too(emulated):
    names = "aarch64-linux-gnu-nm"
    if shutil.which(names) is None:
        pytest.skip(f"no {names}: install g++-12-aarch64-linux-gnu")
    libraries = [CROSS / "lib/libnvinfer_safe.so", CROSS / "lib/static/libtenon_safe.a"]
    script = catalog.ROOT / "test" / "safe" / "check_symbols.py"
    done = output_of([sys.executable, script, names, *libraries])
    assert done.returncode == 0, done.stdout
