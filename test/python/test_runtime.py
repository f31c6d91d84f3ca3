# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Engines in Python: loading, running, watching, and what objects of Python take part."""

import ctypes
import gc
import json
import os
import subprocess
import sys
import threading

import numpy as np
import pytest
import tenon as trt
from workshop import ROOT, Heard, Workshop, run


@pytest.fixture(scope="module")
def digits(logger):
    """The plan of a small network that names digits, with layer names kept."""
    workshop = Workshop(logger)
    parser = trt.OnnxParser(workshop.network, logger)
    assert parser.parse_from_file(str(ROOT / "models/mnist.onnx"))
    workshop.config.profiling_verbosity = trt.ProfilingVerbosity.DETAILED
    return workshop.build()


@pytest.fixture
def engine(digits, logger):
    return trt.Runtime(logger).deserialize_cuda_engine(digits)


def image():
    return np.random.default_rng(3).random((1, 1, 28, 28), np.float32)


def first(outputs):
    return next(iter(outputs.values()))


def ask(engine, array):
    return first(run(engine, **{engine.get_tensor_name(0): array}))


def test_host_memory_is_a_buffer(digits):
    assert len(bytes(digits)) == digits.nbytes == len(memoryview(digits))
    with digits as same:
        assert same is digits


def test_an_engine_outlives_what_made_it(digits, logger):
    engine = trt.Runtime(logger).deserialize_cuda_engine(bytes(digits))
    gc.collect()
    context = engine.create_execution_context()
    del engine
    gc.collect()
    assert context.engine.num_io_tensors == 2
    assert isinstance(context, trt.IExecutionContext)


def test_a_broken_plan_gives_none(digits):
    runtime = trt.Runtime(trt.Logger(trt.Logger.INTERNAL_ERROR))
    assert runtime.deserialize_cuda_engine(bytes(digits)[:100]) is None


def test_streams_in_and_out(workshop, logger, digits, engine):
    class Reader(trt.IStreamReader):
        def __init__(self, content):
            trt.IStreamReader.__init__(self)
            self.content, self.at = bytes(content), 0

        def read(self, size):
            piece = self.content[self.at : self.at + size]
            self.at += len(piece)
            return piece

    class ReaderV2(trt.IStreamReaderV2):
        def __init__(self, content):
            trt.IStreamReaderV2.__init__(self)
            self.content, self.at = bytes(content), 0

        def read(self, num_bytes, stream):
            piece = self.content[self.at : self.at + num_bytes]
            self.at += len(piece)
            return piece

        def seek(self, offset, where):
            start = {
                trt.SeekPosition.SET: 0,
                trt.SeekPosition.CUR: self.at,
                trt.SeekPosition.END: len(self.content),
            }[where]
            self.at = start + offset
            return True

    runtime = trt.Runtime(logger)
    expected = ask(engine, image())
    for reader in (Reader(digits), ReaderV2(digits)):
        loaded = runtime.deserialize_cuda_engine(reader)
        np.testing.assert_array_equal(ask(loaded, image()), expected)

    class Failing(Reader):
        def read(self, size):
            raise OSError("the disk is gone")

    with pytest.raises(OSError, match="disk"):
        runtime.deserialize_cuda_engine(Failing(b""))


def test_streamed_weights_are_no_other_weights_on_a_processor():
    heard = Heard()
    workshop = Workshop(heard)
    weights = np.arange(4, dtype=np.float32).reshape(2, 2)
    x = workshop.network.add_input("x", trt.float32, (1, 2))
    held = workshop.network.add_constant((2, 2), weights).get_output(0)
    none = trt.MatrixOperation.NONE
    y = workshop.network.add_matrix_multiply(x, none, held, none).get_output(0)
    y.name = "y"
    workshop.network.mark_output(y)
    workshop.config.set_flag(trt.BuilderFlag.WEIGHT_STREAMING)
    engine = workshop.engine()
    assert "kWEIGHT_STREAMING has no effect on this processor" in heard.warnings()
    assert engine.streamable_weights_size == 0
    engine.weight_streaming_budget_v2 = engine.get_weight_streaming_automatic_budget()
    assert engine.weight_streaming_budget_v2 == 0
    array = np.array([[1, 2]], np.float32)
    np.testing.assert_array_equal(run(engine, x=array)["y"], array @ weights)


def test_profiler_names_layers(engine):
    class Profiler(trt.IProfiler):
        def __init__(self):
            trt.IProfiler.__init__(self)
            self.times = {}

        def report_layer_time(self, layer_name, ms):
            self.times[layer_name] = ms

    context = engine.create_execution_context()
    context.profiler = profiler = Profiler()
    name, output = engine.get_tensor_name(0), engine.get_tensor_name(1)
    x, y = image(), np.zeros(10, np.float32)
    context.set_tensor_address(name, trt.address_of(x))
    context.set_tensor_address(output, trt.address_of(y))
    assert context.execute_async_v3(0)
    assert profiler.times
    assert all(ms >= 0 for ms in profiler.times.values())
    assert context.profiler is profiler


def test_output_allocators(engine):
    class Allocator(trt.IOutputAllocator):
        def __init__(self):
            trt.IOutputAllocator.__init__(self)
            self.memory = self.shape = None

        def reallocate_output(self, tensor_name, memory, size, alignment):
            self.memory = ctypes.create_string_buffer(max(size, 1) + alignment)
            return -(-ctypes.addressof(self.memory) // alignment) * alignment

        def notify_shape(self, tensor_name, shape):
            self.shape = tuple(shape)

    context = engine.create_execution_context()
    name, output = engine.get_tensor_name(0), engine.get_tensor_name(1)
    allocator, x = Allocator(), image()
    assert context.set_output_allocator(output, allocator)
    assert context.get_output_allocator(output) is allocator
    context.set_tensor_address(name, trt.address_of(x))
    assert context.execute_async_v3(0)
    assert allocator.shape == tuple(context.get_tensor_shape(output))
    assert allocator.memory is not None


def test_inspector_speaks_json(engine):
    inspector = engine.create_engine_inspector()
    whole = json.loads(inspector.get_engine_information(trt.LayerInformationFormat.JSON))
    assert whole
    layer = json.loads(inspector.get_layer_information(0, trt.LayerInformationFormat.JSON))
    assert layer["Name"]


def test_progress_monitor_may_cancel(workshop):
    class Monitor(trt.IProgressMonitor):
        def __init__(self):
            trt.IProgressMonitor.__init__(self)
            self.phases = []

        def phase_start(self, phase_name, parent_phase, num_steps):
            self.phases.append(phase_name)

        def step_complete(self, phase_name, step):
            return True

        def phase_finish(self, phase_name):
            pass

    x = workshop.network.add_input("x", trt.float32, (2,))
    y = workshop.network.add_unary(x, trt.UnaryOperation.EXP).get_output(0)
    workshop.network.mark_output(y)
    workshop.config.progress_monitor = monitor = Monitor()
    assert workshop.config.progress_monitor is monitor
    assert workshop.build() is not None


def test_loggers_of_python_hear_everything():
    heard = Heard()
    assert trt.Runtime(heard).deserialize_cuda_engine(b"nothing") is None
    assert any(severity == trt.Logger.ERROR for severity, _ in heard.said)


def test_error_recorders_are_told(digits):
    class Recorder(trt.IErrorRecorder):
        def __init__(self):
            trt.IErrorRecorder.__init__(self)
            self.errors = []

        def get_num_errors(self):
            return len(self.errors)

        def get_error_code(self, index):
            return self.errors[index][0]

        def get_error_desc(self, index):
            return self.errors[index][1]

        def has_overflowed(self):
            return False

        def clear(self):
            self.errors.clear()

        def report_error(self, code, desc):
            self.errors.append((code, desc))
            return True

    runtime = trt.Runtime(trt.Logger(trt.Logger.INTERNAL_ERROR))
    runtime.error_recorder = recorder = Recorder()
    assert runtime.deserialize_cuda_engine(b"nothing") is None
    assert recorder.errors
    assert isinstance(recorder.errors[0][0], trt.ErrorCodeTRT)
    runtime.error_recorder = None


def test_threads_run_contexts_of_one_engine(engine):
    expected, results = ask(engine, image()), []

    def work():
        results.append(ask(engine, image()))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4
    for result in results:
        np.testing.assert_array_equal(result, expected)


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="loops need a second core")
def test_a_forked_child_runs_the_parents_engine():
    """Threads of the parent, OpenMP's among them, are not there in the child."""
    script = """
import os, signal
import numpy as np
from workshop import Workshop, run, tenon

workshop = Workshop(tenon.Logger(tenon.Logger.ERROR))
network, rng = workshop.network, np.random.default_rng(1)
tensor = network.add_input("x", tenon.float32, (1, 64, 96, 96))
for _ in range(2):
    weights = rng.standard_normal((64, 64, 3, 3)).astype(np.float32)
    tensor = network.add_convolution_nd(tensor, 64, (3, 3), weights).get_output(0)
    tensor = network.add_softmax(tensor).get_output(0)
network.mark_output(tensor)
engine = workshop.engine()
image = rng.standard_normal((1, 64, 96, 96)).astype(np.float32)
(expected,) = run(engine, x=image).values()
child = os.fork()
if child == 0:
    signal.alarm(20)
    (again,) = run(engine, x=image).values()
    os._exit(0 if np.array_equal(again, expected) else 1)
assert os.waitpid(child, 0)[1] == 0
(again,) = run(engine, x=image).values()
assert np.array_equal(again, expected)
"""
    subprocess.run([sys.executable, "-c", script], check=True, timeout=90, cwd=ROOT / "test/python")


def test_addresses_of_arrays_need_no_copies():
    array = np.arange(6, dtype=np.float32).reshape(2, 3)
    assert trt.address_of(array) == array.ctypes.data
    shared = trt.view(array.ctypes.data, (2, 3), trt.float32, owner=array)
    shared[0, 0] = 9
    assert array[0, 0] == 9

    class OnlyDlpack:
        def __dlpack__(self):
            return array.__dlpack__()

    assert trt.address_of(OnlyDlpack()) == array.ctypes.data
    with pytest.raises(ValueError, match="contiguous"):
        trt.address_of(array.T)
    with pytest.raises(TypeError):
        trt.address_of([1, 2])
