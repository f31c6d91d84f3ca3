# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""What `pip install .` puts into the wheel works away from checkout and build."""

import os
import shutil
import subprocess
import sys
import textwrap

import pytest
import served

ROOT = served.ROOT
PACKAGES = (ROOT / "python/tenon", ROOT / "python/compat/tensorrt")

PROGRAM = """
import sys
import numpy as np
import tensorrt as trt
import tensorrt.plugin as trtp

@trtp.register("wheel::twice")
def twice(x: trtp.TensorDesc) -> trtp.TensorDesc:
    return x.like()

@trtp.impl("wheel::twice")
def twice_impl(x: trtp.Tensor, outputs: tuple[trtp.Tensor], stream: int) -> None:
    np.multiply(np.asarray(x), 2, out=np.asarray(outputs[0]))

logger = trt.Logger(trt.Logger.ERROR)
builder = trt.Builder(logger)
network = builder.create_network()
x = network.add_input("x", trt.float32, (3,))
y = network.add_plugin(trtp.op.wheel.twice(x)).get_output(0)
y.name = "y"
network.mark_output(y)
plan = builder.build_serialized_network(network, builder.create_builder_config())
context = trt.Runtime(logger).deserialize_cuda_engine(plan).create_execution_context()
arrays = {"x": np.array([1, 2, 3], np.float32), "y": np.zeros(3, np.float32)}
for name, array in arrays.items():
    context.set_tensor_address(name, trt.address_of(array))
assert context.execute_async_v3(0)
assert arrays["y"].tolist() == [2, 4, 6], arrays["y"]
assert trt.init_libnvinfer_plugins(logger, "")
import ctypes, os
folder = os.environ["LD_LIBRARY_PATH"].split(":")[0]
ctypes.CDLL(next(e.path for e in os.scandir(folder) if e.name.startswith("libcudart.so")))
names = ("libtenon", "libnvinfer", "libcudart", "_core.")
for line in open("/proc/self/maps"):
    path = line.split()[-1]
    if os.path.basename(path).startswith(names):
        print(path)
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A folder as a wheel's contents make one of an environment."""
    made = tmp_path_factory.mktemp("site")
    command = ["cmake", "--install", str(served.BUILD), "--component", "python"]
    done = subprocess.run(
        [*command, "--prefix", str(made)], capture_output=True, text=True, check=False
    )
    if "cannot find" in done.stderr:
        pytest.skip("the Python package is not built: make python")
    assert done.returncode == 0, done.stderr
    for package in PACKAGES:
        shutil.copytree(package, made / package.name, dirs_exist_ok=True)
    return made


def test_a_quick_plugin_runs_with_the_wheels_own_libraries(site):
    elsewhere = ("LD_LIBRARY_PATH", "HOSTCUDA_LIBRARIES")
    environment = {k: v for k, v in os.environ.items() if k not in elsewhere}
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(PROGRAM)],
        capture_output=True,
        text=True,
        env={**environment, "PYTHONPATH": str(site)},
        cwd=site,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    used = set(done.stdout.split())
    assert {path.split("/")[-1].split(".")[0] for path in used} >= {
        "_core",
        "libtenon",
        "libnvinfer_plugin",
        "libcudart",
    }
    assert all(path.startswith(str(site)) for path in used), used


def test_types_come_with_the_packages(site):
    for package in ("tenon", "tensorrt"):
        assert (site / package / "py.typed").exists()
    assert "class IBuilderConfig" in (site / "tenon/_core.pyi").read_text()
