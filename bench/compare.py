#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Compares Tenon with ONNX Runtime: same inputs, same pinned cores, turn and turn about in one run.

Both sides are small C++ programs with the same request loop (bench/subject.h), so that neither pays
for Python. Outputs are compared before anything is timed. Latencies are medians over all rounds;
the ratio is the median of each round's own ratio, peer over ours, so that drift cancels out.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / "build" / "release" / "bin"
WORK = ROOT / "build" / "bench"
TOLERANCE = 1e-4  # max|a - b| / max|b|, f32
BURST_SECONDS = 0.08
REST_SECONDS = 0.01  # lets the other side's spinning workers fall asleep


@dataclass(frozen=True)
class Model:
    """A network with one float32 input and the output that is compared."""

    name: str
    path: Path
    input: str
    input_dims: tuple
    output: str
    output_dims: tuple


def made(name, *io):
    return Model(name, ROOT / "data" / "models" / f"{name}.onnx", *io)


PICTURE = (1, 3, 224, 224)
DIGIT = (1, 1, 28, 28)
MODELS = [
    Model("mnist", ROOT / "models" / "mnist.onnx", "Input3", DIGIT, "Plus214_Output_0", (1, 10)),
    made("lenet", "data", DIGIT, "prob", (1, 10)),
    made("chain1000", "x", (1, 16), "relu499", (1, 16)),
    made("resnet50", "data", PICTURE, "fc", (1, 1000)),
    made("mobilenetv2", "data", PICTURE, "fc", (1, 1000)),
]


def ort_library():
    """The shared library inside the installed onnxruntime package."""
    import onnxruntime  # noqa: PLC0415  (only its place and version are wanted)

    folder = Path(onnxruntime.__file__).parent / "capi"
    library = next(iter(sorted(folder.glob("libonnxruntime.so*"))), None)
    if library is None:
        raise SystemExit(f"no libonnxruntime.so in {folder}: install bench/requirements.txt")
    return library, onnxruntime.__version__


def pinned(cores):
    """Arguments for Popen that confine the child to these cores."""
    return {"preexec_fn": lambda: os.sched_setaffinity(0, cores)}


def cores_for(threads):
    """The last `threads` cores we may use: the first one serves interrupts on many machines."""
    return set(sorted(os.sched_getaffinity(0))[-threads:])


def input_file(model):
    """Seeded normal input, the same file for both sides."""
    WORK.mkdir(parents=True, exist_ok=True)
    path = WORK / f"{model.name}.input"
    np.random.default_rng(7).standard_normal(model.input_dims, np.float32).tofile(path)
    return path


def build_engine(model, threads):
    """Builds the engine on the cores it will run on; returns its path."""
    engine = WORK / f"{model.name}_{threads}.engine"
    command = [BIN / "trtexec", f"--onnx={model.path}", f"--saveEngine={engine}", "--skipInference"]
    result = subprocess.run(
        command, check=False, capture_output=True, text=True, **pinned(cores_for(threads))
    )
    if result.returncode != 0:
        raise SystemExit(f"{model.name}: trtexec failed\n{result.stdout}{result.stderr}")
    return engine


class Side:
    """One running program; its load and first run have been timed when the constructor returns."""

    def __init__(self, name, file, model, threads, library=None):
        dims = ["x".join(map(str, d)) for d in (model.input_dims, model.output_dims)]
        command = [BIN / name, file, "--threads", str(threads)]
        command += ["--input", f"{model.input}:{dims[0]}:{WORK / model.name}.input"]
        command += ["--output", f"{model.output}:{dims[1]}"]
        command += ["--library", library] if library else []
        self.output = WORK / f"{model.name}.{name}.output"
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        start = time.perf_counter()
        self.process = subprocess.Popen(command, **pipes, **pinned(cores_for(threads)))
        words = self.process.stdout.readline().split()
        self.start_us = (time.perf_counter() - start) * 1e6
        if words[:1] != ["ready"]:
            raise SystemExit(f"{name} could not run {file}")
        self.load_us, self.first_us = (int(w) / 1e3 for w in words[1:])

    def ask(self, request):
        self.process.stdin.write(request + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def run(self, count):
        """Median microseconds of `count` runs in a row."""
        return int(self.ask(f"run {count}").split()[0]) / 1e3

    def result(self):
        if self.ask(f"dump {self.output}") != "ok":
            raise SystemExit(f"cannot write {self.output}")
        return np.fromfile(self.output, np.float32)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def open_sides(model, threads, library):
    engine = WORK / f"{model.name}_{threads}.engine"
    ours = Side("tenon_bench", engine, model, threads)
    return ours, Side("ort_bench", model.path, model, threads, library)


def row_of(model, threads, peer, ours_us, peer_us, ratio, **more):
    row = {"model": model.name, "precision": "f32", "threads": threads, "peer": peer}
    return {**row, "ours_us": ours_us, "peer_us": peer_us, "ratio": ratio, **more}


def compare_runs(model, threads, peer, library, rounds):
    """Outputs first, then `rounds` alternating bursts; returns the row."""
    ours, theirs = open_sides(model, threads, library)
    a, b = ours.result(), theirs.result()
    error = float(np.abs(a - b).max() / np.abs(b).max())
    if not error <= TOLERANCE:
        raise SystemExit(f"{model.name}: outputs differ by {error:.1e}, more than {TOLERANCE:.0e}")
    bursts = [max(3, int(BURST_SECONDS * 1e6 / side.run(5))) for side in (ours, theirs)]
    spans = []
    for _ in range(rounds):
        pair = []
        for side, burst in zip((ours, theirs), bursts):
            time.sleep(REST_SECONDS)
            pair.append(side.run(burst))
        spans.append(pair)
    ours.close()
    theirs.close()
    ratio = statistics.median(t / o for o, t in spans)
    medians = (statistics.median(column) for column in zip(*spans))
    return row_of(model, threads, peer, *medians, ratio, error=error)


def compare_starts(model, threads, peer, library, rounds):
    """Fresh processes, alternating: from the process's creation to its first output."""
    samples = []
    for _ in range(rounds):
        pair = []
        for side in open_sides_one_by_one(model, threads, library):
            pair.append((side.start_us, side.load_us, side.first_us))
            side.close()
        samples.append(pair)
    columns = [[statistics.median(s[i][k] for s in samples) for k in range(3)] for i in range(2)]
    ratio = statistics.median(t[0] / o[0] for o, t in samples)
    names = ("start", "load", "first_run")
    split = {
        f"{who}_{n}_us": v for who, c in zip(("ours", "peer"), columns) for n, v in zip(names, c)
    }
    split = {k: v for k, v in split.items() if "_start_" not in k}
    return row_of(
        model, threads, peer, columns[0][0], columns[1][0], ratio, measure="start", **split
    )


def open_sides_one_by_one(model, threads, library):
    """The same programs, but the second starts only after the first was closed."""
    yield Side("tenon_bench", WORK / f"{model.name}_{threads}.engine", model, threads)
    yield Side("ort_bench", model.path, model, threads, library)


def show(row):
    line = f"{row['model']:12} {row['threads']} T  ours {row['ours_us']:10.1f} us  "
    line += f"{row['peer']} {row['peer_us']:10.1f} us  ratio {row['ratio']:5.2f}"
    if row.get("measure") == "start":
        line += "  start: load {ours_load_us:.0f} / {peer_load_us:.0f}".format(**row)
        line += ", first run {ours_first_run_us:.0f} / {peer_first_run_us:.0f} us".format(**row)
    print(line, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "models", nargs="*", metavar="MODEL", help="mnist lenet chain1000 resnet50 …"
    )
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--start", action="store_true", help="also time fresh processes")
    parser.add_argument("--json", type=Path, help="write the rows here")
    args = parser.parse_args()
    chosen = [m for m in MODELS if not args.models or m.name in args.models]
    library, version = ort_library()
    peer, rows = "onnxruntime", []
    print(f"Tenon and ONNX Runtime {version}; ratio above 1: Tenon is faster", flush=True)
    for model in chosen:
        input_file(model)
        for threads in args.threads:
            if threads > len(os.sched_getaffinity(0)):
                continue
            build_engine(model, threads)
            rows.append(compare_runs(model, threads, peer, library, args.rounds))
            show(rows[-1])
            if args.start:
                rows.append(compare_starts(model, threads, peer, library, 10))
                show(rows[-1])
    if args.json:
        args.json.write_text(json.dumps(rows, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
