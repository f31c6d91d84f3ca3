# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Quick plugins on a GPU: called while running (torch computes), and compiled into the engine (CUDA
C as PTX and as cubin, Triton). A line a case; the exit code says whether all answers were right."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import tensorrt as trt
import tensorrt.plugin as trtp
import torch

LOGGER = trt.Logger(trt.Logger.WARNING)
SOURCE = r"""
extern "C" __global__ void add_one(const float* x, int count, float* y) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < count) y[i] = x[i] + 1.0f;
}
"""


def build(add_plugin, shape, dynamic=False):
    builder = trt.Builder(LOGGER)
    network = builder.create_network()
    config = builder.create_builder_config()
    config.set_preview_feature(trt.PreviewFeature.ALIASED_PLUGIN_IO_10_03, True)
    tensor = network.add_input("x", trt.float32, [-1] * len(shape) if dynamic else shape)
    if dynamic:
        profile = builder.create_optimization_profile()
        profile.set_shape("x", [1] * len(shape), shape, shape)
        config.add_optimization_profile(profile)
    layer = add_plugin(network, tensor)
    layer.get_output(0).name = "y"
    network.mark_output(layer.get_output(0))
    plan = builder.build_serialized_network(network, config)
    assert plan is not None, "no engine"
    runtime = trt.Runtime(LOGGER)
    runtime.engine_host_code_allowed = True
    engine = runtime.deserialize_cuda_engine(plan)
    assert engine is not None, "the engine does not load"
    return engine


def infer(engine, x, runs=1):
    context = engine.create_execution_context()
    assert context.set_input_shape("x", tuple(x.shape))
    y = torch.full(tuple(context.get_tensor_shape("y")), float("nan"), device="cuda")
    context.set_tensor_address("x", x.data_ptr())
    context.set_tensor_address("y", y.data_ptr())
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    for _ in range(runs):
        assert context.execute_async_v3(stream.cuda_stream)
    stream.synchronize()
    return y


def define_add():
    @trtp.register("gpu::add")
    def add(x: trtp.TensorDesc, by: float) -> trtp.TensorDesc:
        return x.like()

    @trtp.impl("gpu::add")
    def add_impl(x: trtp.Tensor, by: float, outputs: tuple[trtp.Tensor], stream: int) -> None:
        with torch.cuda.stream(torch.cuda.ExternalStream(stream)):
            source = torch.as_tensor(x, device="cuda")
            result = torch.as_tensor(outputs[0], device="cuda")
            torch.add(source, by, out=result)


def case_called():
    define_add()
    x = torch.randn(10, 3, 32, 32, device="cuda")
    engine = build(lambda n, t: n.add_plugin(trtp.op.gpu.add(t, by=1.5)), tuple(x.shape))
    return torch.equal(infer(engine, x), x + 1.5)


def case_called_with_another_shape():
    x = torch.randn(4, 8, 8, device="cuda")
    engine = build(lambda n, t: n.add_plugin(trtp.op.gpu.add(t, by=2.0)), (6, 8, 8), True)
    return torch.equal(infer(engine, x), x + 2.0)


def case_in_place():
    @trtp.register("gpu::add_in_place")
    def add(x: trtp.TensorDesc, by: float) -> trtp.TensorDesc:
        return x.aliased()

    @trtp.impl("gpu::add_in_place")
    def add_impl(x: trtp.Tensor, by: float, outputs: tuple[trtp.Tensor], stream: int) -> None:
        with torch.cuda.stream(torch.cuda.ExternalStream(stream)):
            torch.as_tensor(outputs[0], device="cuda").add_(by)

    x = torch.randn(2, 3, 4, 4, device="cuda")
    engine = build(lambda n, t: n.add_plugin(trtp.op.gpu.add_in_place(t, by=2.0)), tuple(x.shape))
    before = x.clone()
    return torch.equal(infer(engine, x), before + 2.0) and torch.equal(x, before)


def compiled(kind):
    """The source as PTX or cubin for this GPU."""
    major, minor = torch.cuda.get_device_capability()
    with tempfile.TemporaryDirectory() as folder:
        source, made = Path(folder) / "k.cu", Path(folder) / "k.out"
        source.write_text(SOURCE)
        command = ["nvcc", f"-{kind}", f"-arch=sm_{major}{minor}", "-o", str(made), str(source)]
        subprocess.run(command, check=True)
        return made.read_bytes()


def define_add_one(plugin_id, kind):
    """A plugin that adds 1, compiled."""
    code = compiled(kind)

    @trtp.register(plugin_id)
    def add_one(x: trtp.TensorDesc) -> trtp.TensorDesc:
        return x.like()

    @trtp.aot_impl(plugin_id)
    def add_one_aot(
        x: trtp.TensorDesc, outputs: tuple[trtp.TensorDesc], tactic: int
    ) -> tuple[str | bytes, str | bytes, trtp.KernelLaunchParams, trtp.SymExprs]:
        count = x.shape_expr.numel()
        launch = trtp.KernelLaunchParams()
        launch.grid_x = trtp.cdiv(count, 256)
        launch.block_x = 256
        extra = trtp.SymIntExprs(1)
        extra[0] = trtp.SymInt32(count)
        return "add_one", code, launch, extra


def case_compiled(kind):
    define_add_one(f"gpu::add_one_{kind}", kind)
    x = torch.randn(10, 3, 32, 32, device="cuda")
    plugin = getattr(trtp.op.gpu, f"add_one_{kind}")
    engine = build(lambda n, t: n.add_plugin(plugin(t), aot=True), tuple(x.shape), True)
    part = torch.randn(4, 3, 16, 32, device="cuda")
    return torch.equal(infer(engine, x, 5), x + 1) and torch.equal(infer(engine, part), part + 1)


def case_triton():
    import triton  # noqa: PLC0415
    import triton.language as tl  # noqa: PLC0415

    namespace = {"triton": triton, "tl": tl}
    text = (
        "import triton\nimport triton.language as tl\n"
        "@triton.jit\ndef twice(x_ptr, n, y_ptr, BLOCK: tl.constexpr):\n"
        "    at = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)\n"
        "    mask = at < n\n"
        "    tl.store(y_ptr + at, tl.load(x_ptr + at, mask=mask) * 2, mask=mask)\n"
    )
    folder = tempfile.mkdtemp()
    path = Path(folder) / "kernel_twice.py"
    path.write_text(text)
    sys.path.insert(0, folder)
    namespace = __import__("kernel_twice")

    @trtp.register("gpu::twice")
    def twice(x: trtp.TensorDesc) -> trtp.TensorDesc:
        return x.like()

    @trtp.aot_impl("gpu::twice")
    def twice_aot(
        x: trtp.TensorDesc, outputs: tuple[trtp.TensorDesc], tactic: int
    ) -> tuple[str | bytes, str | bytes, trtp.KernelLaunchParams, trtp.SymExprs]:
        block = 256
        source = triton.compiler.ASTSource(
            fn=namespace.twice,
            signature={"x_ptr": "*fp32", "n": "i32", "y_ptr": "*fp32", "BLOCK": "constexpr"},
            constexprs={"BLOCK": block},
        )
        made = triton.compile(source)
        count = x.shape_expr.numel()
        launch = trtp.KernelLaunchParams()
        launch.grid_x = trtp.cdiv(count, block)
        launch.block_x = made.metadata.num_warps * 32
        launch.shared_mem = made.metadata.shared
        extra = trtp.SymIntExprs(1)
        extra[0] = trtp.SymInt32(count)
        return made.metadata.name, made.asm["ptx"], launch, extra

    x = torch.randn(10, 3, 32, 32, device="cuda")
    engine = build(lambda n, t: n.add_plugin(trtp.op.gpu.twice(t), aot=True), tuple(x.shape))
    return torch.equal(infer(engine, x, 5), x * 2)


def main():
    cases = {
        "called while running": case_called,
        "called, another shape": case_called_with_another_shape,
        "called, in place": case_in_place,
        "compiled, PTX": lambda: case_compiled("ptx"),
        "compiled, cubin": lambda: case_compiled("cubin"),
        "compiled, Triton": case_triton,
    }
    failed = 0
    for name, case in cases.items():
        begin = time.perf_counter()
        try:
            answer = "equal" if case() else "WRONG"
        except Exception as error:
            answer = f"FAILED: {type(error).__name__}: {error}"
        failed += answer != "equal"
        print(f"{name}: {answer} ({time.perf_counter() - begin:.1f} s)", flush=True)
    return min(failed, 1)


if __name__ == "__main__":
    raise SystemExit(main())
