# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""What the programs beside this one share: engines of ONNX files or of networks, their runs on
torch's memory, times by CUDA events, and rows of JSON."""

import json
import math
import os
import statistics
import sys
import time

import tensorrt as trt
import torch

LOGGER = trt.Logger(trt.Logger.WARNING)
DEVICE = os.environ.get("GPU_TEST_DEVICE", "cuda")  # "cpu": everything but the times, anywhere
TORCH_TYPES = {
    trt.float32: torch.float32,
    trt.float16: torch.float16,
    trt.int32: torch.int32,
    trt.int64: torch.int64,
    trt.bool: torch.bool,
}


def say(row):
    """Prints a row, and appends it to the file that ROWS names."""
    line = json.dumps(row)
    print(line, flush=True)
    if "ROWS" in os.environ:
        with open(os.environ["ROWS"], "a") as rows:
            rows.write(line + "\n")


def ask(section, name, question):
    """Runs `question`; what it raises becomes a failed row. True when all went well."""
    try:
        question()
    except Exception as error:
        say({"section": section, "what": name, "ok": False, "error": f"{error!r}"[:300]})
        return False
    return True


def build(fill, device=DEVICE, half=False, tf32=True, profiles=None, times=None, aux=None):
    """An engine and the seconds its build took. `fill`: the path of an ONNX file, or a function of
    a network. `profiles`: {input: (least, usual, greatest)}. `times`: a list that a timing cache
    is taken from, if there is one, and left in. `aux`: the most auxiliary streams; None: as the
    builder likes."""
    builder = trt.Builder(LOGGER)
    network = builder.create_network()
    if callable(fill):
        fill(network)
    else:
        parser = trt.OnnxParser(network, LOGGER)
        assert parser.parse_from_file(str(fill)), [
            parser.get_error(i).desc() for i in range(parser.num_errors)
        ]
    config = builder.create_builder_config()
    config.set_engine_device(device)
    config.profiling_verbosity = trt.ProfilingVerbosity.DETAILED
    if aux is not None:
        config.max_aux_streams = aux
    config.set_preview_feature(trt.PreviewFeature.ALIASED_PLUGIN_IO_10_03, True)
    if half:
        config.set_flag(trt.BuilderFlag.FP16)
    if not tf32:
        config.clear_flag(trt.BuilderFlag.TF32)
    if times is not None:
        cache = config.create_timing_cache(times.pop() if times else b"")
        config.set_timing_cache(cache, False)
    if profiles:
        profile = builder.create_optimization_profile()
        for name, shapes in profiles.items():
            profile.set_shape(name, *shapes)
        config.add_optimization_profile(profile)
    begin = time.perf_counter()
    plan = builder.build_serialized_network(network, config)
    seconds = time.perf_counter() - begin
    assert plan is not None, "no engine"
    if times is not None:
        times.append(bytes(config.get_timing_cache().serialize()))
    runtime = trt.Runtime(LOGGER)
    runtime.engine_host_code_allowed = True
    engine = runtime.deserialize_cuda_engine(plan)
    assert engine is not None, "the engine does not load"
    return engine, seconds


class LateMemory(trt.IOutputAllocator):
    """Memory for an output whose size the run tells: as much as it may be."""

    def __init__(self, device=DEVICE):
        trt.IOutputAllocator.__init__(self)
        self.device, self.memory, self.shape = device, None, None

    def reallocate_output(self, tensor_name, memory, size, alignment):
        if self.memory is None or self.memory.numel() < size:
            self.memory = torch.empty(size, dtype=torch.uint8, device=self.device)
        return self.memory.data_ptr()

    def notify_shape(self, tensor_name, shape):
        self.shape = tuple(shape)


class Runner:
    """A context with torch's tensors bound: outputs of known shapes are in `outputs`."""

    def __init__(self, engine, inputs, device=DEVICE):
        self.engine, self.context = engine, engine.create_execution_context()
        self.device = device
        self.inputs, self.outputs, self.late = inputs, {}, {}
        names = [engine.get_tensor_name(i) for i in range(engine.num_io_tensors)]
        for name in names:
            if engine.get_tensor_mode(name) == trt.TensorIOMode.INPUT:
                assert self.context.set_input_shape(name, tuple(inputs[name].shape))
                assert self.context.set_tensor_address(name, inputs[name].data_ptr())
        for name in names:
            if engine.get_tensor_mode(name) == trt.TensorIOMode.INPUT:
                continue
            shape = tuple(self.context.get_tensor_shape(name))
            if any(extent < 0 for extent in shape):
                self.late[name] = LateMemory(device)
                assert self.context.set_output_allocator(name, self.late[name])
                continue
            kind = TORCH_TYPES[engine.get_tensor_dtype(name)]
            self.outputs[name] = torch.full(shape, 77, device=device).to(kind)
            assert self.context.set_tensor_address(name, self.outputs[name].data_ptr())

    def __call__(self):
        stream = torch.cuda.current_stream().cuda_stream if self.device == "cuda" else 0
        assert self.context.execute_async_v3(stream)

    def answers(self):
        """What the last run wrote, copied, by name."""
        if self.device == "cuda":
            torch.cuda.synchronize()
        found = {name: y.clone() for name, y in self.outputs.items()}
        for name, late in self.late.items():
            kind = TORCH_TYPES[self.engine.get_tensor_dtype(name)]
            bytes_used = math.prod(late.shape) * kind.itemsize
            found[name] = late.memory[:bytes_used].view(kind).reshape(late.shape).clone()
        return found


def captured(call):
    """A graph of `call`, as a function that replays it."""
    if DEVICE != "cuda":
        return call
    for _ in range(3):
        call()
    torch.cuda.synchronize()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        call()
    return graph.replay


def medians(calls, rounds=20, each=10):
    """{name: median microseconds between two events around one call}, the calls taking turns."""
    samples = {name: [] for name in calls}
    for call in calls.values():
        for _ in range(3):
            call()
    for _ in range(rounds):
        for name, call in calls.items():
            call()
            for _ in range(each):
                samples[name].append(one_time(call))
    return {name: round(statistics.median(times), 2) for name, times in samples.items()}


def one_time(call):
    if DEVICE != "cuda":
        begin = time.perf_counter()
        call()
        return (time.perf_counter() - begin) * 1e6
    begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    begin.record()
    call()
    end.record()
    end.synchronize()
    return begin.elapsed_time(end) * 1000


def difference(made, expected):
    """The greatest difference over the greatest value."""
    made, expected = made.double(), expected.double()
    if made.shape != expected.shape:
        return float("inf")
    apart = (made - expected).abs().max().item()
    return float("inf") if math.isnan(apart) else apart / max(expected.abs().max().item(), 1e-30)


def exit_with(good):
    sys.stdout.flush()
    raise SystemExit(0 if good else 1)
