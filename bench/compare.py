#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Compares Tenon with a peer: same inputs, same pinned cores, turn and turn about in one run.

Both sides are small C++ programs with the same request loop (bench/subject.h), so that neither pays
for Python. Outputs are compared before anything is timed. Latencies are medians over all rounds;
the ratio is the median of each round's own ratio, peer over ours, so that drift cancels out.
"""

import argparse
import dataclasses
import importlib.metadata
import importlib.util
import json
import os
import statistics
import sys
import time
from pathlib import Path

import numpy as np
import quantise
import served

sys.path.insert(0, str(served.ROOT / "models"))
import catalog

TOLERANCE = 1e-4  # max|a - b| / max|b|, f32
SHARE_WITHIN_ONE_STEP = 0.999
BURST_SECONDS = 0.08
REST_SECONDS = 0.01  # lets the other side's spinning workers fall asleep
STARTS = 10


@dataclasses.dataclass(frozen=True)
class Peer:
    """A program of ours that drives another engine's C library, found in its Python package."""

    package: str
    program: str
    library: str

    def path(self):
        spec = importlib.util.find_spec(self.package)
        found = sorted(Path(spec.origin).parent.glob(self.library)) if spec else []
        if not found:
            raise SystemExit(f"no {self.library} of {self.package}: install bench/requirements.txt")
        return found[0]


PEERS = (
    Peer("onnxruntime", "ort_bench", "capi/libonnxruntime.so*"),
    Peer("openvino", "ov_bench", "libs/libopenvino_c.so*"),
)


def as_int8(model):
    """The case with its model quantised by ONNX Runtime (QDQ), written once."""
    served.WORK.mkdir(parents=True, exist_ok=True)
    path = served.WORK / f"{model.name}_int8.onnx"
    if not path.exists():
        rng = np.random.default_rng(3)
        quantise.quantised(model.path, path, [model.feeds(rng) for _ in range(4)])
    return dataclasses.replace(model, name=f"{model.name}_int8", path=path)


def differ(model, ours, theirs, precision):
    """Ends the program when the two sides answer differently; gives the error."""
    error = served.error(ours, theirs)
    if precision == "int8":
        share = quantise.share_within_one_step(ours, theirs, quantise.output_step(model.path))
        if share < SHARE_WITHIN_ONE_STEP:
            raise SystemExit(f"{model.name}: {share:.2%} of the outputs are within one step")
    elif not error <= TOLERANCE:
        raise SystemExit(f"{model.name}: outputs differ by {error:.1e}, over {TOLERANCE:.0e}")
    return error


def engine_of(model, threads):
    return served.WORK / f"{model.name}_{threads}.engine"


def build_engine(model, threads):
    """Builds the engine on the cores it will run on."""
    served.WORK.mkdir(parents=True, exist_ok=True)
    arguments = [*model.arguments(), f"--saveEngine={engine_of(model, threads)}"]
    result = served.trtexec(*arguments, "--skipInference", threads=threads)
    if result.returncode != 0:
        raise SystemExit(f"{model.name}: trtexec failed\n{result.stdout}")


def start_program(program, file, model, threads, libraries=()):
    """Starts one side on the same seeded inputs."""
    io = (model.feeds(np.random.default_rng(7)), model.output, model.output_dims)
    return served.Served(program, file, *io, threads, libraries)


def ours(model, threads):
    return start_program("tenon_bench", engine_of(model, threads), model, threads)


def theirs(model, threads, peer):
    return start_program(peer.program, model.path, model, threads, [peer.path()])


def row_of(model, threads, peer, ours_us, peer_us, ratio, **more):
    precision = "int8" if model.name.endswith("_int8") else "f32"
    row = {"model": model.name, "precision": precision, "threads": threads, "peer": peer.package}
    return {**row, "ours_us": ours_us, "peer_us": peer_us, "ratio": ratio, **more}


def compare_runs(model, threads, peer, rounds):
    """Outputs first, then `rounds` alternating bursts; returns the row."""
    with ours(model, threads) as a, theirs(model, threads, peer) as b:
        precision = "int8" if model.name.endswith("_int8") else "f32"
        error = differ(model, a.result(), b.result(), precision)
        bursts = [max(3, int(BURST_SECONDS * 1e6 / side.run(5))) for side in (a, b)]
        spans = []
        for _ in range(rounds):
            pair = []
            for side, burst in zip((a, b), bursts):
                time.sleep(REST_SECONDS)
                pair.append(side.run(burst))
            spans.append(pair)
    ratio = statistics.median(b / a for a, b in spans)
    medians = (statistics.median(column) for column in zip(*spans))
    return row_of(model, threads, peer, *medians, ratio, error=error)


def compare_starts(model, threads, peer):
    """Fresh processes, alternating: from the process's creation to its first output."""
    samples = []
    for _ in range(STARTS):
        pair = []
        for program in (ours, lambda m, t: theirs(m, t, peer)):
            with program(model, threads) as side:
                pair.append((side.start_us, side.load_us, side.first_us))
        samples.append(pair)
    a, b = ([statistics.median(s[i][k] for s in samples) for k in range(3)] for i in range(2))
    ratio = statistics.median(b[0] / a[0] for a, b in samples)
    split = {"ours_load_us": a[1], "peer_load_us": b[1]}
    split |= {"ours_first_run_us": a[2], "peer_first_run_us": b[2]}
    return row_of(model, threads, peer, a[0], b[0], ratio, measure="start", **split)


def show(row):
    line = "{model:14} {threads} T  ours {ours_us:10.1f} us  peer {peer_us:10.1f} us"
    line += "  ratio {ratio:5.2f}"
    if row.get("measure") == "start":
        line += "  start: load {ours_load_us:.0f} / {peer_load_us:.0f} us,"
        line += " first run {ours_first_run_us:.0f} / {peer_first_run_us:.0f} us"
    print(line.format(**row), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    names = [m.name for m in catalog.CASES]
    parser.add_argument("models", nargs="*", metavar="MODEL", help=f"of {' '.join(names)}")
    parser.add_argument("--peer", choices=[p.package for p in PEERS], default=PEERS[0].package)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--int8", action="store_true", help="models quantised by ONNX Runtime")
    parser.add_argument("--start", action="store_true", help="also time fresh processes")
    parser.add_argument("--json", type=Path, help="write the rows here")
    args = parser.parse_args()
    if set(args.models) - set(names):
        parser.error(f"a model is one of {' '.join(names)}")
    peer = next(p for p in PEERS if p.package == args.peer)
    version = importlib.metadata.version(peer.package)
    print(f"peer: {peer.package} {version}; a ratio over 1 means Tenon is faster", flush=True)
    rows = []
    for case in catalog.CASES:
        if args.models and case.name not in args.models:
            continue
        if not case.path.exists():
            print(f"{case.name:12} left out: {case.path} is not there (scripts/layout_data --all)")
            continue
        model = as_int8(case) if args.int8 else case
        for threads in [t for t in args.threads if t <= len(os.sched_getaffinity(0))]:
            build_engine(model, threads)
            rows.append(compare_runs(model, threads, peer, args.rounds))
            show(rows[-1])
            if args.start:
                rows.append(compare_starts(model, threads, peer))
                show(rows[-1])
    if args.json:
        args.json.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
