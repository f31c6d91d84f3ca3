# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""What programs find out about the version, and members that one of both interfaces dropped."""

import numpy as np
import pytest
import tenon as trt
from workshop import ROOT


def test_probes_of_the_version():
    """As Polygraphy takes it apart, and as programs do that cut three characters off."""
    mod = pytest.importorskip("polygraphy.mod")
    told = mod.version(trt.__version__)
    for least in ("8.5", "8.6", "9.0", "10.0", "10.1", "10.13"):
        assert told >= mod.version(least), least
    assert mod.version("10.16") <= told < mod.version("11.0")
    assert [int(part) for part in trt.__version__.split(".")[:2]] == [10, 16]
    assert float(trt.__version__[:3]) == 10


def test_numbers_of_network_flags():
    flags = trt.NetworkDefinitionCreationFlag.__members__
    assert {name: int(flag) for name, flag in flags.items()} == {
        "EXPLICIT_BATCH": 0,
        "STRONGLY_TYPED": 1,
        "PREFER_JIT_PYTHON_PLUGINS": 2,
        "PREFER_AOT_PYTHON_PLUGINS": 3,
    }
    requests = trt.QuickPluginCreationRequest.__members__
    assert {name: int(request) for name, request in requests.items()} == {
        "UNKNOWN": 0,
        "PREFER_JIT": 1,
        "PREFER_AOT": 2,
        "STRICT_JIT": 3,
        "STRICT_AOT": 4,
    }


def test_a_network_has_the_flags_it_was_made_with(workshop):
    flags = trt.NetworkDefinitionCreationFlag
    network = workshop.builder.create_network(1 << int(flags.STRONGLY_TYPED))
    assert network.get_flag(flags.STRONGLY_TYPED)
    assert not network.get_flag(flags.PREFER_JIT_PYTHON_PLUGINS)
    assert not network.has_implicit_batch_dimension
    assert not workshop.network.get_flag(flags.STRONGLY_TYPED)


# Classes that a program derives from or names before it does anything else.
DROPPED_CLASSES = [
    "CalibrationAlgoType",
    "IAlgorithmContext",
    "IAlgorithmSelector",
    "IInt8Calibrator",
    "IInt8EntropyCalibrator",
    "IInt8EntropyCalibrator2",
    "IInt8LegacyCalibrator",
    "IInt8MinMaxCalibrator",
    "IPluginCreator",
    "IPluginV2DynamicExt",
    "IStreamReader",
    "QuantizationFlag",
]
ADDED_CLASSES = ["IPluginCreatorV3Quick", "IPluginV3QuickAOTBuild", "IStreamReaderV2"]


@pytest.mark.parametrize("name", [*DROPPED_CLASSES, *ADDED_CLASSES])
def test_classes_of_both_interfaces(name, monkeypatch):
    monkeypatch.setenv("LD_LIBRARY_PATH", "")
    import tensorrt  # noqa: PLC0415

    assert isinstance(getattr(trt, name), type)
    assert getattr(tensorrt.tensorrt, name) is getattr(tensorrt, name) is getattr(trt, name)


def test_flags_of_both_interfaces(workshop):
    for name in ("FP16", "BF16", "INT8", "FP8", "INT4", "TF32"):
        flag = trt.BuilderFlag.__members__[name]
        workshop.config.set_flag(flag)
        assert workshop.config.get_flag(flag), name
        workshop.config.clear_flag(flag)
        assert not workshop.config.get_flag(flag), name


def test_precisions_of_layers(workshop):
    layer = workshop.network.add_identity(workshop.network.add_input("x", trt.float32, (2,)))
    assert not layer.precision_is_set
    layer.precision = trt.float16
    assert layer.precision_is_set
    assert layer.precision == trt.float16
    layer.reset_precision()
    assert not layer.precision_is_set
    assert not layer.output_type_is_set(0)
    layer.set_output_type(0, trt.float16)
    assert layer.output_type_is_set(0)
    assert layer.get_output_type(0) == trt.float16
    layer.reset_output_type(0)
    assert not layer.output_type_is_set(0)


def test_types_and_ranges_of_tensors(workshop):
    tensor = workshop.network.add_input("x", trt.float32, (2,))
    tensor.dtype = trt.float16
    assert tensor.dtype == trt.float16
    assert tensor.dynamic_range is None
    tensor.dynamic_range = (-2, 2)
    assert tensor.dynamic_range == (-2, 2)
    tensor.reset_dynamic_range()
    assert tensor.dynamic_range is None


def test_memory_of_engines_by_either_name(workshop):
    """Three convolutions: there is something to keep between them."""
    tensor = workshop.network.add_input("x", trt.float32, (1, 8, 16, 16))
    weights = np.ones((8, 8, 3, 3), np.float32)
    for _ in range(3):
        layer = workshop.network.add_convolution_nd(tensor, 8, (3, 3), weights)
        layer.padding_nd = (1, 1)
        tensor = workshop.network.add_softmax(layer.get_output(0)).get_output(0)
    workshop.network.mark_output(tensor)
    engine = workshop.engine()
    assert engine.device_memory_size > 0
    assert engine.device_memory_size_v2 == engine.device_memory_size
    assert engine.get_device_memory_size_for_profile(0) == engine.device_memory_size
    assert engine.get_device_memory_size_for_profile_v2(0) == engine.device_memory_size


def test_a_parser_says_whether_it_supports_a_model(workshop, logger):
    path = str(ROOT / "models/mnist.onnx")
    parser = trt.OnnxParser(workshop.network, logger)
    with open(path, "rb") as file:
        supported, parts = parser.supports_model(file.read(), path)
    assert supported is True
    nodes = [node for part, whole in parts for node in part if whole]
    assert nodes == list(range(len(nodes)))
    assert len(nodes) > 5
