# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Quick plugins whose kernels are compiled ahead of time, and kept by the engine."""

import gc
import subprocess
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import tenon as trt
from quick import clean, finish  # noqa: F401
from tenon import plugin as trtp
from workshop import BUILD, Heard, Workshop, run

Aot = tuple[str | bytes, str | bytes, trtp.KernelLaunchParams, trtp.SymExprs]

ADD = """
#include <stdint.h>
void add(const float* x, int32_t count, int32_t by, float* y) {
  for (int32_t i = 0; i < count; ++i) y[i] = x[i] + by;
}
"""


@pytest.fixture
def workshop():
    return Workshop(Heard())


def define_add(kernel=None, name=None, launch=None, extra=None):
    """y = x + by, the kernel being what the test gives."""

    @trtp.register("quick::add")
    def add(x: trtp.TensorDesc, by: int) -> trtp.TensorDesc:
        return x.like()

    @trtp.aot_impl("quick::add")
    def add_aot(x: trtp.TensorDesc, by: int, outputs: tuple[trtp.TensorDesc], tactic: int) -> Aot:
        made = trtp.host_kernel(ADD)
        count = trtp.SymInt32(x.shape_expr.numel())
        return (
            made.name if name is None else name,
            made.code if kernel is None else kernel,
            trtp.KernelLaunchParams() if launch is None else launch,
            trtp.SymIntExprs.from_tuple([count, by]) if extra is None else extra,
        )


def add_impl(x, by: int, outputs, stream):
    np.add(np.asarray(x), by, out=np.asarray(outputs[0]))


def dynamic_add(workshop, **options):
    x = workshop.network.add_input("x", trt.float32, (-1, 3))
    finish(workshop, trtp.op.quick.add(x, by=2), **options)
    profile = workshop.builder.create_optimization_profile()
    profile.set_shape("x", (1, 3), (4, 3), (9, 3))
    workshop.config.add_optimization_profile(profile)
    return workshop.build()


def trusting(workshop):
    runtime = trt.Runtime(workshop.logger)
    runtime.engine_host_code_allowed = True
    return runtime


def test_a_kernel_runs_with_dynamic_shapes(workshop):
    define_add()
    engine = trusting(workshop).deserialize_cuda_engine(dynamic_add(workshop))
    for rows in (1, 9, 4):
        array = np.arange(rows * 3, dtype=np.float32).reshape(rows, 3)
        np.testing.assert_array_equal(run(engine, x=array)["y0"], array + 2)


def test_without_consent_an_engine_with_a_kernel_is_refused(workshop):
    define_add()
    plan = dynamic_add(workshop)
    assert workshop.load(plan) is None
    assert "kernel 'add_entry' of plugin add" in workshop.logger.text()
    assert "setEngineHostCodeAllowed" in workshop.logger.text()


def test_an_engine_with_a_kernel_runs_where_there_is_no_python(workshop, tmp_path):
    define_add()
    path = tmp_path / "add.engine"
    path.write_bytes(bytes(dynamic_add(workshop)))
    command = [
        str(BUILD / "bin/trtexec"),
        f"--loadEngine={path}",
        "--shapes=x:4x3",
        "--iterations=1",
    ]
    command += ["--warmUp=0", "--duration=0"]
    refused = subprocess.run(command, capture_output=True, text=True, check=False)
    assert refused.returncode != 0
    assert "setEngineHostCodeAllowed" in refused.stdout + refused.stderr
    done = subprocess.run(
        [*command, "--versionCompatible"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def open_kernels():
    maps = Path("/proc/self/maps").read_text().splitlines()
    return {tuple(line.split()[3:5]) for line in maps if "memfd:kernel" in line}


def test_a_kernel_is_opened_once_and_closed_with_its_last_engine(workshop):
    define_add()
    plan = dynamic_add(workshop)
    gc.collect()
    before = open_kernels()
    engines = [trusting(workshop).deserialize_cuda_engine(plan) for _ in range(5)]
    contexts = [engine.create_execution_context() for engine in engines]
    assert len(open_kernels() - before) == 1
    del engines, contexts
    gc.collect()
    assert open_kernels() == before


def test_tactics_have_kernels_of_their_own(workshop):
    asked = []

    @trtp.register("quick::scale")
    def scale(x: trtp.TensorDesc) -> trtp.TensorDesc:
        return x.like()

    @trtp.autotune("quick::scale")
    def scale_tune(x: trtp.TensorDesc, outputs) -> list[trtp.AutoTuneCombination]:
        return [trtp.AutoTuneCombination("FP32, FP32", "LINEAR", [1, 2])]

    @trtp.aot_impl("quick::scale")
    def scale_aot(x: trtp.TensorDesc, outputs, tactic: int) -> Aot:
        asked.append((tactic, x.format, outputs[0].shape_expr[1].constant_value()))
        block = 1 << tactic
        made = trtp.host_kernel(
            "#include <stdint.h>\n"
            "void scale(const float* x, int32_t n, float* y, uint32_t block_x) {\n"
            f"  for (int32_t i = block_x * {block}; i < n && i < (block_x + 1) * {block}; ++i)\n"
            "    y[i] = 2 * x[i];\n"
            "}\n"
        )
        count = x.shape_expr.numel()
        launch = trtp.KernelLaunchParams(grid_x=trtp.cdiv(count, block))
        return *made, launch, trtp.SymIntExprs.from_tuple([trtp.SymInt32(count)])

    x = workshop.network.add_input("x", trt.float32, (5, 3))
    finish(workshop, trtp.op.quick.scale(x))
    engine = trusting(workshop).deserialize_cuda_engine(workshop.build())
    assert sorted(asked) == sorted(
        [(1, trt.TensorFormat.LINEAR, 3), (2, trt.TensorFormat.LINEAR, 3)]
    )
    array = np.arange(15, dtype=np.float32).reshape(5, 3)
    np.testing.assert_array_equal(run(engine, x=array)["y0"], array * 2)


def test_a_kernel_finds_a_size_out(workshop):
    @trtp.register("quick::positive")
    def positive(x: trtp.TensorDesc) -> tuple[trtp.TensorDesc, trtp.TensorDesc]:
        bound = x.shape_expr.numel()
        count = trtp.size_tensor(bound // 2, bound)
        return trtp.from_shape_expr((count.expr(),), trt.float32), count

    @trtp.aot_impl("quick::positive")
    def positive_aot(x: trtp.TensorDesc, outputs, tactic: int) -> Aot:
        made = trtp.host_kernel(
            "#include <stdint.h>\n"
            "void positive(const float* x, int32_t n, float* y, int32_t* count) {\n"
            "  *count = 0;\n"
            "  for (int32_t i = 0; i < n; ++i) if (x[i] > 0) y[(*count)++] = x[i];\n"
            "}\n"
        )
        count = trtp.SymInt32(x.shape_expr.numel())
        return *made, trtp.KernelLaunchParams(), trtp.SymIntExprs.from_tuple([count])

    class Allocator(trt.IOutputAllocator):
        def reallocate_output(self, tensor_name, memory, size, alignment):
            self.memory = np.zeros(max(size, 1), np.uint8)
            return self.memory.ctypes.data

        def notify_shape(self, tensor_name, shape):
            self.shape = tuple(shape)

    x = workshop.network.add_input("x", trt.float32, (6,))
    finish(workshop, trtp.op.quick.positive(x))
    engine = trusting(workshop).deserialize_cuda_engine(workshop.build())
    context = engine.create_execution_context()
    array = np.array([1, -1, 2, -2, 3, 0], np.float32)
    context.set_tensor_address("x", trt.address_of(array))
    allocators = {name: Allocator() for name in ("y0", "y1")}
    for name, allocator in allocators.items():
        assert context.set_output_allocator(name, allocator)
    assert context.execute_async_v3(0)
    found = allocators["y0"]
    assert found.shape == (3,)
    np.testing.assert_array_equal(found.memory[:12].view(np.float32), [1, 2, 3])


def test_attributes_and_constants_reach_the_kernel(workshop):
    @trtp.register("quick::shift")
    def shift(x: trtp.TensorDesc, by: int, table: npt.NDArray[np.int32]) -> trtp.TensorDesc:
        return x.like()

    @trtp.aot_impl("quick::shift")
    def shift_aot(x, table: npt.NDArray[np.int32], outputs, tactic) -> Aot:
        values = ", ".join(str(value) for value in table)
        made = trtp.host_kernel(
            f"static const int table[] = {{{values}}};\n"
            "void shift(const float* x, int n, float* y) {\n"
            "  for (int i = 0; i < n; ++i) y[i] = x[i] + table[i];\n"
            "}\n"
        )
        return *made, trtp.KernelLaunchParams(), trtp.SymIntExprs.from_tuple([len(table)])

    x = workshop.network.add_input("x", trt.float32, (3,))
    table = np.array([7, 8, 9], np.int32)
    finish(workshop, trtp.op.quick.shift(x, by=1, table=table))
    engine = trusting(workshop).deserialize_cuda_engine(workshop.build())
    result = run(engine, x=np.zeros(3, np.float32))["y0"]
    np.testing.assert_array_equal(result, table)


def test_an_object_file_is_linked_once(workshop, tmp_path):
    (tmp_path / "add.c").write_text(
        "#include <stdint.h>\n"
        "void twice(void* const* args, uint32_t gx, uint32_t gy, uint32_t gz) {\n"
        "  const float* x = args[0]; float* y = args[3];\n"
        "  for (int32_t i = 0; i < *(const int32_t*)args[1]; ++i) y[i] = 2 * x[i];\n"
        "}\n"
    )
    command = ["cc", "-c", "-O2", "-fPIC", "-o", "add.o", "add.c"]
    subprocess.run(command, cwd=tmp_path, check=True)
    code = (tmp_path / "add.o").read_bytes()
    define_add(code, b"twice")
    x = workshop.network.add_input("x", trt.float32, (3,))
    finish(workshop, trtp.op.quick.add(x, by=2))
    engine = trusting(workshop).deserialize_cuda_engine(workshop.build())
    array = np.array([1, 2, 3], np.float32)
    np.testing.assert_array_equal(run(engine, x=array)["y0"], 2 * array)


PTX = ".version 8.0\n.target sm_80\n.visible .entry add() { ret; }\n"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"kernel": PTX}, "PTX for NVIDIA GPUs, but this engine is for CPUs"),
        ({"kernel": b"no code"}, "no code that is known"),
        ({"name": "nowhere"}, "no function 'nowhere'"),
    ],
    ids=["PTX", "text", "name"],
)
def test_kernels_that_this_machine_cannot_run(workshop, given, says):
    define_add(**given)
    assert dynamic_add(workshop) is None
    assert says in workshop.logger.text()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"name": 5}, "name is str or bytes, not int"),
        ({"kernel": 5}, "code is str or bytes, not int"),
        ({"launch": {}}, "third value is KernelLaunchParams"),
        ({"extra": [1]}, "fourth value is SymExprs"),
    ],
    ids=["name", "code", "launch", "extra"],
)
def test_kernels_of_wrong_types(workshop, given, says):
    define_add(**given)
    with pytest.raises(TypeError, match=says):
        dynamic_add(workshop)


def test_an_extra_argument_must_be_wrapped(workshop):
    define_add()

    @trtp.aot_impl("quick::add")
    def unwrapped(x: trtp.TensorDesc, outputs, tactic) -> Aot:
        made = trtp.host_kernel(ADD)
        sum_of_two = trtp.SymInt32(1) + 1
        return *made, trtp.KernelLaunchParams(), trtp.SymIntExprs.from_tuple([sum_of_two])

    with pytest.raises(TypeError, match="extra argument 0 is SymInt32"):
        dynamic_add(workshop)


def test_the_network_decides_between_both_forms(logger, workshop):
    calls = []
    define_add()

    @trtp.impl("quick::add")
    def called(x, by: int, outputs, stream):
        calls.append(by)
        add_impl(x, by, outputs, stream)

    flags = trt.NetworkDefinitionCreationFlag
    x = workshop.network.add_input("x", trt.float32, (2,))
    with pytest.raises(ValueError, match="PREFER_JIT_PYTHON_PLUGINS or PREFER_AOT"):
        workshop.network.add_plugin(trtp.op.quick.add(x, by=2))
    for flag, expected in (
        (flags.PREFER_JIT_PYTHON_PLUGINS, True),
        (flags.PREFER_AOT_PYTHON_PLUGINS, False),
    ):
        calls.clear()
        workshop.network = workshop.builder.create_network(1 << int(flag))
        x = workshop.network.add_input("x", trt.float32, (2,))
        finish(workshop, trtp.op.quick.add(x, by=2))
        engine = trusting(workshop).deserialize_cuda_engine(workshop.build())
        calls.clear()
        array = np.array([1, 2], np.float32)
        np.testing.assert_array_equal(run(engine, x=array)["y0"], array + 2)
        assert bool(calls) == expected


@pytest.mark.parametrize(("aot", "called"), [(True, False), (False, True)])
def test_add_plugin_may_insist(workshop, aot, called):
    calls = []
    define_add()

    @trtp.impl("quick::add")
    def add_called(x, by: int, outputs, stream):
        calls.append(by)
        add_impl(x, by, outputs, stream)

    engine = trusting(workshop).deserialize_cuda_engine(dynamic_add(workshop, aot=aot))
    calls.clear()
    array = np.ones((2, 3), np.float32)
    np.testing.assert_array_equal(run(engine, x=array)["y0"], array + 2)
    assert bool(calls) == called


class Negate(
    trt.IPluginV3, trt.IPluginV3QuickCore, trt.IPluginV3QuickBuild, trt.IPluginV3QuickRuntime
):
    """y = -x, without decorators."""

    def __init__(self):
        trt.IPluginV3.__init__(self)
        trt.IPluginV3QuickCore.__init__(self)
        trt.IPluginV3QuickBuild.__init__(self)
        trt.IPluginV3QuickRuntime.__init__(self)
        self.plugin_name, self.plugin_namespace, self.plugin_version = "Negate", "quick", "1"
        self.num_outputs = 1

    def get_capability_interface(self, type):
        return self

    def clone(self):
        return Negate()

    def get_output_data_types(self, input_types, ranks):
        assert ranks == [1]
        return input_types

    def get_output_shapes(self, inputs, shape_inputs, expr_builder):
        return [trt.DimsExprs(inputs[0])]

    def get_supported_format_combinations(self, in_out, num_inputs):
        return [x.desc for x in in_out]

    def configure_plugin(self, inp, out):
        pass

    def get_fields_to_serialize(self):
        return trt.PluginFieldCollection([])

    def enqueue(self, input_desc, output_desc, inputs, outputs, in_strides, out_strides, stream):
        assert tuple(in_strides[0]) == (1,)
        shape, dtype = tuple(input_desc[0].dims), input_desc[0].type
        np.negative(trt.view(inputs[0], shape, dtype), out=trt.view(outputs[0], shape, dtype))


class Creator(trt.IPluginCreatorV3Quick):
    def __init__(self):
        trt.IPluginCreatorV3Quick.__init__(self)
        self.name, self.plugin_namespace, self.plugin_version = "Negate", "quick", "1"
        self.field_names = trt.PluginFieldCollection([])
        self.requests = []

    def create_plugin(self, name, namespace, fields, phase, request):
        self.requests.append((name, namespace, phase, request))
        return Negate()


def test_classes_of_their_own_serve_as_well(workshop):
    creator = Creator()
    registry = trt.get_plugin_registry()
    assert registry.register_creator(creator, "quick")
    try:
        x = workshop.network.add_input("x", trt.float32, (3,))
        layer = workshop.network.add_plugin_v3([x], [], Negate())
        layer.get_output(0).name = "y0"
        workshop.network.mark_output(layer.get_output(0))
        engine = workshop.engine()
        array = np.array([1, -2, 3], np.float32)
        np.testing.assert_array_equal(run(engine, x=array)["y0"], -array)
        request = trt.QuickPluginCreationRequest.STRICT_JIT
        assert creator.requests == [("Negate", "quick", trt.TensorRTPhase.RUNTIME, request)]
        assert registry.get_creator("Negate", "1", "quick") is creator
    finally:
        registry.deregister_creator(creator)


@pytest.mark.parametrize("arrays", [False, True], ids=["pointers", "carray"])
def test_numba_makes_kernels_too(workshop, arrays):
    numba = pytest.importorskip("numba")
    define_add()
    number, pointer = numba.types.int32, numba.types.CPointer(numba.types.float32)
    signature = numba.types.void(pointer, number, number, pointer)

    @numba.cfunc(signature)
    def plain(x, count, by, y):
        for i in range(count):
            y[i] = x[i] + by

    @numba.cfunc(signature)
    def with_arrays(x, count, by, y):
        source, result = numba.carray(x, count), numba.carray(y, count)
        for i in range(count):
            result[i] = source[i] + by

    @trtp.aot_impl("quick::add")
    def compiled(x: trtp.TensorDesc, by: int, outputs, tactic) -> Aot:
        made = trtp.host_kernel(with_arrays if arrays else plain)
        extra = trtp.SymIntExprs.from_tuple([trtp.SymInt32(x.shape_expr.numel()), by])
        return *made, trtp.KernelLaunchParams(), extra

    engine = trusting(workshop).deserialize_cuda_engine(dynamic_add(workshop))
    array = np.arange(6, dtype=np.float32).reshape(2, 3)
    np.testing.assert_array_equal(run(engine, x=array)["y0"], array + 2)


def test_host_kernel_says_what_is_wrong():
    with pytest.raises(ValueError, match="no function"):
        trtp.host_kernel("int x;")
    with pytest.raises(ValueError, match="void other"):
        trtp.host_kernel(ADD, "other")
    with pytest.raises(RuntimeError, match="refused the kernel"):
        trtp.host_kernel("void broken(float* x) { x[0] = nothing; }")
    first, second = trtp.host_kernel(ADD), trtp.host_kernel(ADD)
    assert first == second
    assert first.code[:4] == b"\x7fELF"
    assert sys.getsizeof(first.code) < 100_000
