# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Engines against torch on one machine and in one run: eager, replayed as a graph, compiled.
Medians of the time between two events around one call, the calls taking turns; answers are
compared first. peers.py [--prepare] [NAME…]: what torch compiles is kept in its cache, and
--prepare only fills that."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

import torch

ROOT = Path(__file__).resolve().parents[2]
MADE = ROOT / "made"
DEVICE = os.environ.get("GPU_TEST_DEVICE", "cuda")
SMALL = DEVICE != "cuda"  # extents cut for a trial on a processor


def made_by(script, *arguments):
    MADE.mkdir(exist_ok=True)
    subprocess.run([sys.executable, str(ROOT / "models" / script), *arguments], check=True)


def weights_of(path):
    """{name: tensor} of an ONNX file's initializers."""
    import onnx  # noqa: PLC0415
    from onnx import numpy_helper  # noqa: PLC0415

    model = onnx.load(path)
    return {
        w.name: torch.from_numpy(numpy_helper.to_array(w).copy()) for w in model.graph.initializer
    }


def fill(module, state):
    """Loads `state`; every parameter must be given, buffers that count or number need not."""
    answer = module.load_state_dict(state, strict=False)
    lacking = [k for k in answer.missing_keys if "num_batches" not in k and "position_ids" not in k]
    assert not lacking and not answer.unexpected_keys, (lacking, answer.unexpected_keys)
    return module.eval().to(DEVICE)


class LeNet(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = torch.nn.Conv2d(1, 20, 5), torch.nn.Conv2d(20, 50, 5)
        self.ip1, self.ip2 = torch.nn.Linear(800, 500), torch.nn.Linear(500, 10)

    def forward(self, x):
        pool = torch.nn.functional.max_pool2d
        x = pool(self.conv2(pool(self.conv1(x), 2)), 2).flatten(1)
        return torch.softmax(self.ip2(torch.relu(self.ip1(x))), 1)


def resnet_state(weights):
    """The names of torchvision's ResNet-50."""
    state = {}
    parts = {"scale": "weight", "bias": "bias", "mean": "running_mean", "var": "running_var"}
    for name, value in weights.items():
        base, part = name.rsplit(".", 1)
        norm = base.endswith(".norm")
        base = base.removesuffix(".norm")
        if base == "fc":
            state[name] = value
            continue
        if base == "stem":
            target = "bn1" if norm else "conv1"
        else:
            stage, block, layer = base.split(".")
            if layer == "shortcut":
                layer = "downsample.1" if norm else "downsample.0"
            elif norm:
                layer = layer.replace("conv", "bn")
            target = f"layer{stage.removeprefix('stage')}.{block}.{layer}"
        state[f"{target}.{parts[part] if norm else part}"] = value
    return state


def bert_state(weights):
    """The names of the transformers package's BertModel; there, weights are [outputs, inputs]."""
    state = {
        "embeddings.word_embeddings.weight": weights["words"],
        "embeddings.token_type_embeddings.weight": weights["segments"],
        "embeddings.position_embeddings.weight": weights["positions"],
    }

    def dense(ours, theirs):
        state[f"{theirs}.weight"] = weights[f"{ours}.weight"].T.contiguous()
        state[f"{theirs}.bias"] = weights[f"{ours}.bias"]

    def norm(ours, theirs):
        state[f"{theirs}.weight"] = weights[f"{ours}.scale"]
        state[f"{theirs}.bias"] = weights[f"{ours}.shift"]

    norm("embedding.norm", "embeddings.LayerNorm")
    for i in range(12):
        ours, theirs = f"layer{i}", f"encoder.layer.{i}"
        for part in ("query", "key", "value"):
            dense(f"{ours}.attention.{part}", f"{theirs}.attention.self.{part}")
        dense(f"{ours}.attention.out", f"{theirs}.attention.output.dense")
        norm(f"{ours}.attention.norm", f"{theirs}.attention.output.LayerNorm")
        dense(f"{ours}.wide", f"{theirs}.intermediate.dense")
        dense(f"{ours}.narrow", f"{theirs}.output.dense")
        norm(f"{ours}.norm", f"{theirs}.output.LayerNorm")
    dense("pooler.dense", "pooler.dense")
    return state


class Hidden(torch.nn.Module):
    """The last hidden state alone."""

    def __init__(self, bert):
        super().__init__()
        self.bert = bert

    def forward(self, ids, mask, kinds):
        answer = self.bert(input_ids=ids, attention_mask=mask, token_type_ids=kinds)
        return answer.last_hidden_state


def lenet():
    path = ROOT / "data/models/lenet.onnx"
    model = fill(LeNet(), weights_of(path))
    x = torch.rand(1, 1, 28, 28, device=DEVICE)
    return {
        "model": model, "inputs": (x,), "compile": True, "engine": path, "bind": {"data": x},
        "output": "prob", "tolerance": 1e-3, "target_us": 20, "against": "torch + graph 43.7",
    }  # fmt: skip


def resnet50():
    import torchvision  # noqa: PLC0415

    path = MADE / "resnet50.onnx"
    if not path.exists():
        made_by("make_resnet50.py", "--out", str(path))
    model = fill(torchvision.models.resnet50(weights=None), resnet_state(weights_of(path)))
    half = DEVICE == "cuda"
    x = torch.rand(1, 3, 224, 224, device=DEVICE) * 2 - 1
    last = x.half() if half else x
    model = (model.half() if half else model).to(memory_format=torch.channels_last)
    return {
        "model": model, "inputs": (last.to(memory_format=torch.channels_last),), "compile": True,
        "engine": path, "bind": {"data": x}, "output": "fc", "half": True, "tolerance": 2e-2,
        "target_us": 681, "against": "torch.compile",
    }  # fmt: skip


def bert():
    import transformers  # noqa: PLC0415

    folder = MADE / "bert"
    if not (folder / "bert_base.onnx").exists():
        made_by("make_bert.py", "--out", str(folder), "--batch", "1", "--sequence", "128")
    module = fill(transformers.BertModel(transformers.BertConfig()), bert_state(
        weights_of(folder / "bert_base.onnx")))  # fmt: skip
    ids = torch.randint(0, 30522, (1, 128), device=DEVICE)
    mask = torch.ones_like(ids)
    kinds = torch.zeros_like(ids)
    model = Hidden(module.half() if DEVICE == "cuda" else module)
    return {
        "model": model, "inputs": (ids, mask, kinds), "compile": True,
        "engine": folder / "bert_base.onnx",
        "bind": {"input_ids": ids, "attention_mask": mask, "token_type_ids": kinds},
        "output": "last_hidden_state", "half": True, "tolerance": 3e-2,
    }  # fmt: skip


def circular_pad():
    import tensorrt as trt  # noqa: PLC0415

    side = 16 if SMALL else 512
    x = torch.randn(64, 64, side, side, device=DEVICE)

    def network(net):
        data = net.add_input("x", trt.float32, tuple(x.shape))
        layer = net.add_slice(data, (0, 0, 0, 0), tuple(x.shape), (1, 1, 1, 1))
        layer.mode = trt.SampleMode.WRAP
        layer.start, layer.shape = (0, 0, -1, -1), (64, 64, side + 2, side + 2)
        layer.get_output(0).name = "y"
        net.mark_output(layer.get_output(0))

    def pad(x):
        return torch.nn.functional.pad(x, (1, 1, 1, 1), mode="circular")

    floor = x.numel() * 4 + 64 * 64 * (side + 2) ** 2 * 4
    return {
        "model": pad, "inputs": (x,), "engine": network, "bind": {"x": x}, "output": "y",
        "tolerance": 0, "bytes": floor, "share": 0.85, "rounds": 5,
    }  # fmt: skip


def max_pool():
    import tensorrt as trt  # noqa: PLC0415

    side = 16 if SMALL else 224
    x = torch.randn(64, 64, side, side, device=DEVICE)

    def network(net):
        data = net.add_input("x", trt.float32, tuple(x.shape))
        layer = net.add_pooling_nd(data, trt.PoolingType.MAX, (2, 2))
        layer.stride_nd = (2, 2)
        layer.get_output(0).name = "y"
        net.mark_output(layer.get_output(0))

    def pool(x):
        return torch.nn.functional.max_pool2d(x, 2)

    return {
        "model": pool, "inputs": (x,), "engine": network, "bind": {"x": x}, "output": "y",
        "tolerance": 0, "bytes": x.numel() * 5, "share": 0.85, "rounds": 5,
    }  # fmt: skip


def non_zero():
    import tensorrt as trt  # noqa: PLC0415

    side = 64 if SMALL else 4096
    x = torch.randn(side, side, device=DEVICE).relu()
    found = int((x != 0).sum())

    def network(net):
        data = net.add_input("x", trt.float32, tuple(x.shape))
        layer = net.add_non_zero(data, trt.int64)
        layer.get_output(0).name = "y"
        net.mark_output(layer.get_output(0))

    # Both must tell the count to the processor, so neither goes into a graph.
    return {
        "model": torch.nonzero, "inputs": (x,), "engine": network, "bind": {"x": x}, "output": "y",
        "tolerance": 0, "late": True, "bytes": x.numel() * 4 + found * 16, "times_floor": 2,
        "rounds": 10,
    }  # fmt: skip


WORKS = {
    "LeNet b1 f32": lenet,
    "circular pad 64x64x512x512 f32": circular_pad,
    "max-pool 2x2 64x64x224x224 f32": max_pool,
    "non-zero 4096x4096 f32": non_zero,
    "ResNet-50 b1 f16": resnet50,
    "BERT-base b1 s128 f16": bert,
}


def torch_calls(work):
    """Ways to run the model; the last answer of each is in the list it comes with."""

    def kept(function):
        box = [None]

        def call():
            box[0] = function(*work["inputs"])

        return call, box

    calls = {"torch": kept(work["model"])}
    if work.get("compile"):
        calls["torch.compile"] = kept(torch.compile(work["model"], mode="reduce-overhead"))
    return calls


def prepare(names):
    for name in names:
        work = WORKS[name]()
        if not work.get("compile"):
            continue
        with torch.inference_mode():
            for _ in range(3):
                torch_calls(work)["torch.compile"][0]()
        print(f"compiled: {name}", flush=True)


def copy_rate():
    """GB/s of a copy, read and written."""
    from engines import medians  # noqa: PLC0415

    x = torch.empty((1 << 16) if SMALL else (1 << 28), device=DEVICE).fill_(1)
    y = torch.empty_like(x)
    return x.numel() * 8 / medians({"copy": lambda: y.copy_(x)}, rounds=5)["copy"] / 1e3


def answer_of(work, runner):
    if not work.get("late"):
        return runner.outputs[work["output"]]
    (memory,) = runner.late.values()
    rows = memory.memory.view(torch.int32 if work["kind"] == 4 else torch.int64)
    shape = memory.shape
    return rows[: shape[0] * shape[1]].view(shape).T


def compare(name, work, rate):
    from engines import TORCH_TYPES, Runner, build, captured, difference, medians, say  # noqa: PLC0415

    times = []
    half = work.get("half", False)
    engine, seconds = build(work["engine"], half=half, times=times)
    _, again = build(work["engine"], half=half, times=times)
    if work.get("late"):
        work["kind"] = TORCH_TYPES[engine.get_tensor_dtype(work["output"])].itemsize
    runner = Runner(engine, work["bind"])
    kept = torch_calls(work)
    for call, _ in kept.values():
        call()
    runner()
    apart = difference(answer_of(work, runner), kept["torch"][1][0])
    calls = {key: call for key, (call, _) in kept.items()}
    calls["Tenon"] = runner
    if not work.get("late"):
        calls["torch + graph"] = captured(kept["torch"][0])
        calls["Tenon, captured"] = captured(runner)
    found = medians(calls, rounds=work.get("rounds", 20))
    still = difference(answer_of(work, runner), kept["torch"][1][0])
    best = min(found["Tenon"], found.get("Tenon, captured", found["Tenon"]))
    row = {
        "section": "peers", "what": name, "us": found, "build_s": round(seconds, 2),
        "again_s": round(again, 2), "difference": max(apart, still),
        "answers": max(apart, still) <= work["tolerance"],
    }  # fmt: skip
    reached = True
    if "bytes" in work:
        floor = work["bytes"] / rate / 1e3
        row["floor_us"] = round(floor, 1)
        row["share"] = {key: round(floor / us, 3) for key, us in found.items()}
        if "share" in work:
            reached = floor / best >= work["share"]
            row["target"] = f"{work['share']:.0%} of the copy rate"
        else:
            reached = best / floor <= work["times_floor"]
            row["target"] = f"{work['times_floor']} x the floor"
    elif "target_us" in work:
        reached = best <= work["target_us"]
        row["target"] = f"{work['target_us']} us"
    row["reached"] = reached
    row["ok"] = row["answers"]
    say(row)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--prepare", action="store_true")
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    names = [n for n in WORKS if not args.names or any(n.startswith(a) for a in args.names)]
    torch.manual_seed(1)
    torch.set_float32_matmul_precision("high")
    torch.backends.cudnn.allow_tf32 = True
    if args.prepare:
        prepare([n for n in names if WORKS[n] in (lenet, resnet50, bert)])
        return
    from engines import ask, exit_with, say  # noqa: PLC0415

    rate = copy_rate()
    say({"section": "machine", "copy GB/s, read and written": round(rate, 1), "ok": True})
    good = True
    with torch.inference_mode():
        for name in names:
            good &= ask("peers", name, lambda n=name: compare(n, WORKS[n](), rate))
            if DEVICE == "cuda":
                torch.cuda.empty_cache()
    exit_with(good)


if __name__ == "__main__":
    main()
