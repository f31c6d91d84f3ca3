# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""cuda-python's runtime and driver modules, as their package is, on a machine without a GPU."""

import subprocess
import sys

import host_cuda
import numpy as np
import pytest

host_cuda.installed()

from cuda.bindings import driver, runtime  # noqa: E402

KIND = runtime.cudaMemcpyKind


def ok(result):
    """The values of a call that must succeed: one bare, several as a tuple."""
    code, *values = result
    assert code == 0, code
    return values[0] if len(values) == 1 else tuple(values)


def test_memory_goes_there_and_back(normal):
    there = normal((1000,))
    back = np.zeros_like(there)
    memory = ok(runtime.cudaMalloc(there.nbytes))
    stream = ok(runtime.cudaStreamCreate())
    to, fro = KIND.cudaMemcpyHostToDevice, KIND.cudaMemcpyDeviceToHost
    ok(runtime.cudaMemcpyAsync(memory, there.ctypes.data, there.nbytes, to, stream))
    ok(runtime.cudaMemcpyAsync(back.ctypes.data, memory, back.nbytes, fro, stream))
    ok(runtime.cudaStreamSynchronize(stream))
    np.testing.assert_array_equal(back, there)
    ok(runtime.cudaStreamDestroy(stream))
    ok(runtime.cudaFree(memory))


def test_both_modules_share_memory_and_streams():
    ok(driver.cuInit(0))
    memory = ok(driver.cuMemAlloc(64))
    stream = ok(runtime.cudaStreamCreateWithFlags(runtime.cudaStreamNonBlocking))
    ok(driver.cuMemsetD32Async(memory, 7, 16, driver.CUstream(int(stream))))
    words = np.zeros(16, np.uint32)
    ok(runtime.cudaStreamSynchronize(stream))
    ok(runtime.cudaMemcpy(words.ctypes.data, int(memory), 64, KIND.cudaMemcpyDeviceToHost))
    np.testing.assert_array_equal(words, 7)
    ok(driver.cuStreamDestroy(driver.CUstream(int(stream))))
    ok(runtime.cudaFree(int(memory)))


def test_device_answers():
    assert ok(runtime.cudaGetDeviceCount()) == 1
    properties = ok(runtime.cudaGetDeviceProperties(0))
    assert (properties.major, properties.minor) == (8, 6)
    device = ok(driver.cuDeviceGet(0))
    name = ok(driver.cuDeviceGetName(256, device)).split(b"\0")[0]
    assert name == properties.name.split(b"\0")[0]
    assert ok(driver.cuDeviceTotalMem(device)) == properties.totalGlobalMem
    assert ok(driver.cuDriverGetVersion()) >= ok(runtime.cudaRuntimeGetVersion())


def test_contexts_and_events():
    device = ok(driver.cuDeviceGet(0))
    context = ok(driver.cuDevicePrimaryCtxRetain(device))
    ok(driver.cuCtxSetCurrent(context))
    assert int(ok(driver.cuCtxGetCurrent())) == int(context)
    start, end = ok(driver.cuEventCreate(0)), ok(driver.cuEventCreate(0))
    stream = ok(driver.cuStreamCreate(0))
    ok(driver.cuEventRecord(start, stream))
    ok(driver.cuEventRecord(end, stream))
    ok(driver.cuEventSynchronize(end))
    assert ok(driver.cuEventElapsedTime(start, end)) >= 0
    for event in (start, end):
        ok(driver.cuEventDestroy(event))
    ok(driver.cuStreamDestroy(stream))
    ok(driver.cuCtxPopCurrent())
    ok(driver.cuDevicePrimaryCtxRelease(device))


def test_captured_graph_replays():
    memory = ok(runtime.cudaMalloc(16))
    stream = ok(runtime.cudaStreamCreate())
    mode = runtime.cudaStreamCaptureMode.cudaStreamCaptureModeThreadLocal
    ok(runtime.cudaStreamBeginCapture(stream, mode))
    ok(runtime.cudaMemsetAsync(memory, 5, 16, stream))
    graph = ok(runtime.cudaStreamEndCapture(stream))
    executable = ok(runtime.cudaGraphInstantiate(graph, 0))
    ok(runtime.cudaMemset(memory, 0, 16))
    ok(runtime.cudaGraphLaunch(executable, stream))
    ok(runtime.cudaStreamSynchronize(stream))
    read = np.zeros(16, np.uint8)
    ok(runtime.cudaMemcpy(read.ctypes.data, memory, 16, KIND.cudaMemcpyDeviceToHost))
    np.testing.assert_array_equal(read, 5)
    ok(runtime.cudaGraphExecDestroy(executable))
    ok(runtime.cudaGraphDestroy(graph))
    ok(runtime.cudaStreamDestroy(stream))
    ok(runtime.cudaFree(memory))


def test_errors_have_the_documented_codes():
    memory = ok(runtime.cudaMalloc(16))
    ok(runtime.cudaFree(memory))
    assert runtime.cudaFree(memory)[0] == runtime.cudaError_t.cudaErrorInvalidValue
    assert runtime.cudaGetLastError()[0] == runtime.cudaError_t.cudaErrorInvalidValue
    assert runtime.cudaSetDevice(5)[0] == runtime.cudaError_t.cudaErrorInvalidDevice
    assert runtime.cudaGetLastError()[0] == runtime.cudaError_t.cudaErrorInvalidDevice
    assert driver.cuModuleLoadData(b".version 8.0\0")[0] == driver.CUresult(209)


SCRIPT = """
import sys
from cuda.bindings import runtime
assert sys.argv[1:] == ["one"], sys.argv
code, pointer = runtime.cudaMalloc(64)
assert code == 0 and pointer
assert runtime.cudaFree(pointer)[0] == 0
print("unmodified")
"""


@pytest.mark.parametrize("way", ["script", "module"])
def test_unmodified_program_runs(way, tmp_path):
    (tmp_path / "a_program.py").write_text(SCRIPT)
    program = ["a_program.py"] if way == "script" else ["-m", "a_program"]
    command = [sys.executable, "-m", "hostcuda", *program, "one"]
    environment = host_cuda.environment()
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "unmodified\n"


def test_install_after_the_runtime_module_says_so():
    late = "from cuda.bindings import runtime\nimport hostcuda\nhostcuda.install()\n"
    done = subprocess.run(
        [sys.executable, "-c", late],
        env=host_cuda.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "was imported before hostcuda.install()" in done.stderr
