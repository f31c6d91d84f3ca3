# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""A portable engine beside a tuned one, on an emulated processor that has AVX2 and no AVX-512."""

import re
import shutil
import subprocess

import catalog
import pytest
import served

QEMU = "qemu-x86_64"
MODEL = "Haswell"  # AVX2, FMA, F16C; nothing above
PORTABLE = "--hardwareCompatibilityLevel=ampere+"
NETWORKS = ("mnist", "mobilenetv2")


def cpu_flags():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        return next((set(line.split()) for line in file if line.startswith("flags")), set())


@pytest.fixture(scope="module")
def emulator():
    if shutil.which(QEMU) is None:
        pytest.skip("no qemu-x86_64: install Debian's qemu-user")
    if "avx512f" not in cpu_flags():
        pytest.skip("this machine has no AVX-512, so its tuned engines run on the lesser one too")
    return [QEMU, "-cpu", MODEL]


def network(name):
    return next(m for m in catalog.MODELS if m.name == name)


def run_engine(engine, prefix=()):
    """One run of trtexec by the emulator in `prefix`, or by this very processor."""
    command = [*prefix, served.BIN / "trtexec", f"--loadEngine={engine}"]
    command += ["--iterations=1", "--warmUp=0", "--duration=0"]
    merged = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    return subprocess.run(command, check=False, **merged)


@pytest.mark.parametrize("name", NETWORKS)
def test_the_portable_engine_runs_on_the_lesser_processor(name, engines, emulator):
    engine = engines.build(f"--onnx={network(name).path()}", PORTABLE)
    done = run_engine(engine, emulator)
    assert done.returncode == 0, done.stdout
    assert "PASSED" in done.stdout


def test_the_tuned_engine_is_refused_there_with_both_machines_named(engines, emulator):
    engine = engines.build(f"--onnx={network('mnist').path()}")
    assert run_engine(engine).returncode == 0
    done = run_engine(engine, emulator)
    assert done.returncode == 1, done.stdout
    refusal = next(line for line in done.stdout.splitlines() if "cannot load the engine" in line)
    assert re.search(r"needs avx512.*built for \[[^\]]*avx512[^\]]*\]", refusal), refusal
    here = re.search(r"this is \[([^\]]*)\]", refusal)[1]
    assert MODEL in here
    assert "avx512" not in here
    assert "avx2" in here


@pytest.mark.parametrize("name", NETWORKS)
def test_the_portable_engine_agrees_with_the_tuned_one(name, engines, normal):
    model = network(name)
    array = normal((1, *model.input_dims))
    outputs = []
    for flags in ((), (PORTABLE,)):
        engine = engines.build(f"--onnx={model.path()}", *flags)
        io = ({model.input: array}, model.output, (1, *model.output_dims))
        with served.Served("tenon_bench", engine, *io) as side:
            outputs.append(side.result())
    assert served.error(*outputs) <= 1e-4


def test_a_platform_without_a_runtime_is_refused(engines):
    model = network("mnist").path()
    done = served.trtexec(f"--onnx={model}", "--runtimePlatform=WindowsAMD64", "--skipInference")
    assert done.returncode != 0
    assert "--hardwareCompatibilityLevel" in done.stdout
