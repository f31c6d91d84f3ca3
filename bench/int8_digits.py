# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""The digit network in int8 by every road there is, on the 10,000 MNIST test digits.

Usage: python bench/int8_digits.py     (needs data/mnist: scripts/fetch_digits)
"""

import sys
import tempfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "bench"), str(ROOT / "models")]
import catalog  # noqa: E402
import digits  # noqa: E402
import quantise  # noqa: E402
import served  # noqa: E402

sys.path.insert(0, str(served.BUILD / "python"))
import tenon as trt  # noqa: E402

MODEL = catalog.MNIST
BATCH = 500
EXAMPLES = 500  # training digits that ranges are learnt from
WAYS = ("dynamic ranges", "entropy calibrator", "min-max calibrator", "conversions")


class Shown:
    """What all calibrators here do: batches of examples, and no cache."""

    def __init__(self, pictures):
        super().__init__()
        self.rest = [pictures[i : i + BATCH] for i in range(0, len(pictures), BATCH)]

    def get_batch_size(self):
        return BATCH

    def get_batch(self, names):
        if not self.rest:
            return None
        self.shown = np.ascontiguousarray(self.rest.pop(0))
        return [trt.address_of(self.shown)]

    def read_calibration_cache(self):
        return None

    def write_calibration_cache(self, cache):
        pass


class Entropy(Shown, trt.IInt8EntropyCalibrator2):
    pass


class MinMax(Shown, trt.IInt8MinMaxCalibrator):
    pass


def tensors_of(network):
    """All tensors of the network by name."""
    found = {network.get_input(i).name: network.get_input(i) for i in range(network.num_inputs)}
    for i in range(network.num_layers):
        layer = network.get_layer(i)
        for k in range(layer.num_outputs):
            tensor = layer.get_output(k)
            found[tensor.name] = tensor
    return found


def set_ranges(network, path, pictures):
    """Gives each tensor the range that ONNX Runtime sees on the examples."""
    arrays = [pictures[i : i + 1] for i in range(len(pictures))]
    seen = quantise.ranges(path, MODEL.input, arrays)
    tensors = tensors_of(network)
    named = [name for name in seen if name in tensors]
    assert len(named) > 3, "the network and the model name their tensors alike"
    for name in named:
        assert tensors[name].set_dynamic_range(-seen[name], seen[name])


def build(way, pictures):
    """The engine, way "float32" or one of WAYS, and whether a tensor of it is i8 or u8."""
    logger = trt.Logger(trt.Logger.WARNING)
    builder = trt.Builder(logger)
    network, config = builder.create_network(0), builder.create_builder_config()
    path = MODEL.path(dynamic=True)
    with tempfile.TemporaryDirectory() as folder:
        if way == "conversions":
            batches = [{MODEL.input: pictures[i : i + 1]} for i in range(len(pictures))]
            path = quantise.quantised(path, Path(folder) / "q.onnx", batches)
        parser = trt.OnnxParser(network, logger)
        assert parser.parse_from_file(str(path)), "the model was not read"
    profile = builder.create_optimization_profile()
    shape = (1, 28, 28)
    profile.set_shape(MODEL.input, (1, *shape), (BATCH, *shape), (BATCH, *shape))
    config.add_optimization_profile(profile)
    config.profiling_verbosity = trt.ProfilingVerbosity.DETAILED
    calibrators = {"entropy calibrator": Entropy, "min-max calibrator": MinMax}
    if way in calibrators or way == "dynamic ranges":
        config.set_flag(trt.BuilderFlag.INT8)
    if way == "dynamic ranges":
        set_ranges(network, path, pictures)
    if way in calibrators:
        calibrator = calibrators[way](pictures)  # lives as long as the build
        config.int8_calibrator = calibrator
    plan = builder.build_serialized_network(network, config)
    engine = trt.Runtime(logger).deserialize_cuda_engine(plan)
    inspector = engine.create_engine_inspector()
    text = inspector.get_engine_information(trt.LayerInformationFormat.JSON)
    return engine, " i8" in text or " u8" in text


def accuracy(engine, test_set):
    """The share of digits named rightly."""
    pictures, labels = test_set
    context = engine.create_execution_context()
    scores = np.zeros((BATCH, *MODEL.output_dims), np.float32)
    right = 0
    for first in range(0, len(pictures), BATCH):
        batch = np.ascontiguousarray(pictures[first : first + BATCH])
        assert context.set_input_shape(MODEL.input, batch.shape)
        assert context.set_tensor_address(MODEL.input, trt.address_of(batch))
        assert context.set_tensor_address(MODEL.output, trt.address_of(scores))
        assert context.execute_async_v3(0)
        found = scores[: len(batch)].argmax(1)
        right += int((found == labels[first : first + BATCH]).sum())
    return right / len(pictures)


def main():
    pictures = digits.to_input(digits.load(digits.DATA, "train")[0][:EXAMPLES])
    images, labels = digits.load(digits.DATA, "t10k")
    test_set = digits.to_input(images), labels
    real = accuracy(build("float32", pictures)[0], test_set)
    print(f"{'float32':20} {100 * real:6.2f} %")
    for way in WAYS:
        engine, small = build(way, pictures)
        found = accuracy(engine, test_set)
        note = "" if small else "  (nothing is int8)"
        print(f"{way:20} {100 * found:6.2f} %  {100 * (real - found):+.2f} points lost{note}")


if __name__ == "__main__":
    main()
