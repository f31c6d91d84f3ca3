#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Compares Tenon with its peers: same inputs, same pinned cores, turn and turn about in one run.

All sides are small C++ programs with the same request loop (bench/subject.h), so that neither pays
for Python. Outputs are compared before anything is timed. Latencies are medians over all rounds;
the ratio is the median of each round's own ratio, peer over ours, so that drift cancels out. On a
busy machine read best_ratio, of the shortest run of either side.
"""

import argparse
import contextlib
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
INT8_TOLERANCE = 0.2  # of integers against another's real numbers
SHARE_MARGIN = 0.05  # below what a peer reaches against itself
BURST_SECONDS = 0.08
REST_SECONDS = 0.01  # lets the other side's spinning workers fall asleep
STARTS = 10


@dataclasses.dataclass(frozen=True)
class Peer:
    """A program of ours that drives another engine's C library, found in its Python package.

    So large a share of its answers to a quantised model must lie within one step of ours.
    """

    package: str
    program: str
    library: str
    share: float

    def path(self):
        spec = importlib.util.find_spec(self.package)
        found = sorted(Path(spec.origin).parent.glob(self.library)) if spec else []
        if not found:
            raise SystemExit(f"no {self.library} of {self.package}: install bench/requirements.txt")
        return found[0]


PEERS = (
    Peer("onnxruntime", "ort_bench", "capi/libonnxruntime.so*", 0.999),
    Peer("openvino", "ov_bench", "libs/libopenvino_c.so*", 0.99),  # it rounds less often
)


@dataclasses.dataclass(frozen=True)
class Rival:
    """A peer, and the model that it runs against ours."""

    peer: Peer
    model: catalog.Case
    precision: str

    def start(self, threads):
        return start_program(
            self.peer.program, self.model.path, self.model, threads, [self.peer.path()]
        )


def as_int8(model):
    """The case with its model quantised by ONNX Runtime (QDQ), written once."""
    served.WORK.mkdir(parents=True, exist_ok=True)
    path = served.WORK / f"{model.name}_int8.onnx"
    if not path.exists():
        rng = np.random.default_rng(3)
        quantise.quantised(model.path, path, [model.feeds(rng) for _ in range(4)])
    return dataclasses.replace(model, path=path)


def feeds_of(model):
    return model.feeds(np.random.default_rng(7))


def differ(model, precision, answer, rival, theirs):
    """Ends the program when the two sides answer differently; gives the error."""
    error = served.error(answer, theirs)
    name = f"{model.name}, {rival.peer.package}"
    if precision != rival.precision:
        if not error <= INT8_TOLERANCE:
            raise SystemExit(f"{name}: {precision} differs from {rival.precision} by {error:.1e}")
    elif precision == "int8":
        share = quantise.share_within_one_step(answer, theirs, quantise.output_step(model.path))
        if share < rival.peer.share:
            own = quantise.own_share(model.path, feeds_of(model), model.output)
            print(f"{name}: {share:.2%} are within one step; of ONNX Runtime's own {own:.2%}")
            if share < min(own - SHARE_MARGIN, rival.peer.share):
                raise SystemExit(f"{name}: the outputs are not the same")
    elif not error <= TOLERANCE:
        raise SystemExit(f"{name}: outputs differ by {error:.1e}, over {TOLERANCE:.0e}")
    return error


def engine_of(model, precision, threads):
    suffix = "" if precision == "f32" else f"_{precision}"
    return served.WORK / f"{model.name}{suffix}_{threads}.engine"


def build_engine(model, precision, threads):
    """Builds the engine on the cores it will run on."""
    served.WORK.mkdir(parents=True, exist_ok=True)
    engine = engine_of(model, precision, threads)
    arguments = [*model.arguments(), f"--saveEngine={engine}"]
    result = served.trtexec(*arguments, "--skipInference", threads=threads)
    if result.returncode != 0:
        raise SystemExit(f"{model.name}: trtexec failed\n{result.stdout}")


def start_program(program, file, model, threads, libraries=()):
    """Starts one side on the same seeded inputs."""
    io = (feeds_of(model), model.output, model.output_dims)
    return served.Served(program, file, *io, threads, libraries)


def start_ours(model, precision, threads):
    return start_program("tenon_bench", engine_of(model, precision, threads), model, threads)


def row_of(model, precision, threads, rival, ours_us, peer_us, ratio, **more):
    row = {"model": model.name, "precision": precision, "threads": threads}
    row |= {"peer": rival.peer.package, "peer_precision": rival.precision}
    return {**row, "ours_us": ours_us, "peer_us": peer_us, "ratio": ratio, **more}


def compare_runs(model, precision, threads, rivals, rounds):
    """Outputs first, then `rounds` of one burst a side; gives a row a rival."""
    with contextlib.ExitStack() as stack:
        sides = [stack.enter_context(start_ours(model, precision, threads))]
        sides += [stack.enter_context(rival.start(threads)) for rival in rivals]
        answer = sides[0].result()
        errors = [
            differ(model, precision, answer, rival, side.result())
            for rival, side in zip(rivals, sides[1:])
        ]
        bursts = [max(3, int(BURST_SECONDS * 1e6 / side.run(5))) for side in sides]
        spans = []
        for _ in range(rounds):
            spans.append([])
            for side, burst in zip(sides, bursts):
                time.sleep(REST_SECONDS)
                spans[-1].append(side.spans(burst))
    medians = [statistics.median(median for median, _ in column) for column in zip(*spans)]
    best = [min(least for _, least in column) for column in zip(*spans)]
    rows = []
    for i, (rival, error) in enumerate(zip(rivals, errors), 1):
        ratio = statistics.median(span[i][0] / span[0][0] for span in spans)
        more = {"ours_best_us": best[0], "peer_best_us": best[i], "best_ratio": best[i] / best[0]}
        more["error"] = error
        rows.append(row_of(model, precision, threads, rival, medians[0], medians[i], ratio, **more))
    return rows


def compare_starts(model, precision, threads, rival):
    """Fresh processes, alternating: from the process's creation to its first output."""
    samples = []
    for _ in range(STARTS):
        pair = []
        for start in (lambda: start_ours(model, precision, threads), lambda: rival.start(threads)):
            with start() as side:
                pair.append((side.start_us, side.load_us, side.first_us))
        samples.append(pair)
    a, b = ([statistics.median(s[i][k] for s in samples) for k in range(3)] for i in range(2))
    ratio = statistics.median(b[0] / a[0] for a, b in samples)
    split = {"ours_load_us": a[1], "peer_load_us": b[1]}
    split |= {"ours_first_run_us": a[2], "peer_first_run_us": b[2]}
    return row_of(model, precision, threads, rival, a[0], b[0], ratio, measure="start", **split)


def show(row):
    line = "{model:14} {precision:4} {threads} T  ours {ours_us:10.1f} us"
    line += "  {peer:11} {peer_precision:4} {peer_us:10.1f} us  ratio {ratio:5.2f}"
    if row.get("measure") == "start":
        line += "  start: load {ours_load_us:.0f} / {peer_load_us:.0f} us,"
        line += " first run {ours_first_run_us:.0f} / {peer_first_run_us:.0f} us"
    else:
        line += "  best {best_ratio:5.2f}"
    print(line.format(**row), flush=True)


def rivals_of(peers, case, model, precision, against_f32):
    """Each peer on our model, and with `against_f32` on the one it was quantised from."""
    rivals = [Rival(peer, model, precision) for peer in peers]
    return rivals + [Rival(peer, case, "f32") for peer in peers if against_f32]


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    names = [m.name for m in catalog.CASES]
    packages = [p.package for p in PEERS]
    parser.add_argument("models", nargs="*", metavar="MODEL", help=f"of {' '.join(names)}")
    parser.add_argument("--peer", choices=packages, nargs="+", default=packages)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--int8", action="store_true", help="models quantised by ONNX Runtime")
    parser.add_argument(
        "--against-f32", action="store_true", help="with --int8: also peers on real numbers"
    )
    parser.add_argument("--start", action="store_true", help="also time fresh processes")
    parser.add_argument("--json", type=Path, help="write the rows here")
    args = parser.parse_args()
    if set(args.models) - set(names):
        parser.error(f"a model is one of {' '.join(names)}")
    if args.against_f32 and not args.int8:
        parser.error("--against-f32 needs --int8: without it all are f32")
    return args


def runs(rival):
    """Whether the peer takes the model; says why not."""
    try:
        with rival.start(1):
            return True
    except RuntimeError as reason:
        print(f"{rival.model.name:14} {rival.precision:4} left out: {reason}".strip(), flush=True)
        return False


def compare_case(case, peers, args):
    """Rows of one network, shown as they come."""
    precision = "int8" if args.int8 else "f32"
    model = as_int8(case) if args.int8 else case
    rivals = [r for r in rivals_of(peers, case, model, precision, args.against_f32) if runs(r)]
    rows = []
    for threads in [t for t in args.threads if t <= len(os.sched_getaffinity(0))]:
        build_engine(model, precision, threads)
        made = compare_runs(model, precision, threads, rivals, args.rounds)
        if args.start:
            made += [compare_starts(model, precision, threads, rival) for rival in rivals]
        for row in made:
            show(row)
        rows += made
    return rows


def main():
    args = read_arguments()
    peers = [p for p in PEERS if p.package in args.peer]
    versions = ", ".join(f"{p.package} {importlib.metadata.version(p.package)}" for p in peers)
    print(f"peers: {versions}; a ratio over 1 means Tenon is faster", flush=True)
    rows = []
    for case in catalog.CASES:
        if args.models and case.name not in args.models:
            continue
        if not case.path.exists():
            print(f"{case.name:12} left out: {case.path} is not there (scripts/layout_data --all)")
            continue
        rows += compare_case(case, peers, args)
    if args.json:
        args.json.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
