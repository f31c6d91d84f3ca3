# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Where the time of engines goes, by the GPU's counters: counters.py [NAME…] runs the works of
peers.py under Nsight Compute (ncu) and prints tables, kernel by kernel. Numbers are of kernels that
run one after the other, at the clocks as they are; cold: with an empty L2, as ncu leaves it."""

import argparse
import csv
import io
import os
import re
import shutil
import subprocess
import sys
from glob import glob
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLANS = ROOT / "made" / "profile"
WARM = ("LeNet",)  # works whose data stay in the L2 from run to run

TIME = "gpu__time_duration.sum"
# Of each: the first name that this ncu knows for this GPU.
METRICS = {
    "DRAM": ["dram__throughput.avg.pct_of_peak_sustained_elapsed"],
    "L2": ["lts__throughput.avg.pct_of_peak_sustained_elapsed"],
    "SM": ["sm__throughput.avg.pct_of_peak_sustained_elapsed"],
    "tensor": [
        "sm__pipe_tensor_cycles_active.avg.pct_of_peak_sustained_elapsed",
        "sm__inst_executed_pipe_tensor.avg.pct_of_peak_sustained_elapsed",
    ],
    "occupancy": ["sm__warps_active.avg.pct_of_peak_sustained_active"],
    "issue": ["smsp__issue_active.avg.pct_of_peak_sustained_elapsed"],
    "waves": ["launch__waves_per_multiprocessor"],
    "blocks": ["launch__grid_size"],
    "sms": ["device__attribute_multiprocessor_count"],
}
MARK = "spin_kernel"  # torch.cuda._sleep: what comes behind it belongs to the next work


def find_ncu():
    places = ["/usr/local/cuda*/bin/ncu", "/opt/nvidia/nsight-compute/*/ncu", "/opt/nvidia/*/ncu"]
    found = [path for place in places for path in sorted(glob(place), reverse=True)]
    return os.environ.get("NCU") or shutil.which("ncu") or next(iter(found), None)


def known_metrics(ncu):
    import torch  # noqa: PLC0415

    chip = {(9, 0): "gh100", (8, 0): "ga100"}.get(torch.cuda.get_device_capability())
    command = [ncu, "--query-metrics", *(["--chip", chip] if chip else [])]
    answer = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return set(re.findall(r"^(\w+__\w+)", answer, re.M))


def chosen_metrics(known):
    def is_known(metric):
        base = metric.split(".")[0]
        return base in known or base.startswith(("launch__", "device__"))

    return {
        key: next((name for name in names if is_known(name)), None)
        for key, names in METRICS.items()
    }


def prepare(names):
    """Builds the engines, outside of the profiler, and leaves them in files."""
    from engines import build  # noqa: PLC0415
    from peers import WORKS  # noqa: PLC0415

    PLANS.mkdir(parents=True, exist_ok=True)
    for name in names:
        work = WORKS[name]()
        engine, _ = build(work["engine"], half=work.get("half", False))
        plan_of(name).write_bytes(bytes(engine.serialize()))


def plan_of(name):
    return PLANS / (re.sub(r"\W+", "_", name) + ".plan")


def run(names):
    """Under ncu: one run of each engine is looked at, behind a mark."""
    import tensorrt as trt  # noqa: PLC0415
    import torch  # noqa: PLC0415
    from engines import LOGGER, Runner  # noqa: PLC0415
    from peers import WORKS  # noqa: PLC0415

    runtime = trt.Runtime(LOGGER)
    runtime.engine_host_code_allowed = True
    for name in names:
        engine = runtime.deserialize_cuda_engine(plan_of(name).read_bytes())
        runner = Runner(engine, WORKS[name]()["bind"])
        for _ in range(3):
            runner()
        torch.cuda.synchronize()
        torch.cuda.profiler.start()
        torch.cuda._sleep(1)
        runner()
        torch.cuda.synchronize()
        torch.cuda.profiler.stop()


def profile(ncu, names, metrics, warm):
    """[[row of a kernel…] of each work]"""
    wanted = [TIME, *(name for name in metrics.values() if name)]
    command = [
        ncu, "--profile-from-start", "off", "--clock-control", "none", "--csv", "--page", "raw",
        "--print-units", "base", "--cache-control", "none" if warm else "all",
        "--metrics", ",".join(wanted),
        sys.executable, __file__, "--run", *names,
    ]  # fmt: skip
    # Steps one by one, each behind the other: what ncu looks at are launches, not graphs.
    env = dict(os.environ, TENON_CUDA_GRAPH="0", TENON_CUDA_OVERLAP="0")
    answer = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    lines = answer.stdout.splitlines()
    start = next((i for i, line in enumerate(lines) if line.startswith('"ID"')), None)
    if start is None or answer.returncode != 0:
        raise SystemExit(f"ncu: {answer.stdout[-1500:]}\n{answer.stderr[-1500:]}")
    rows = list(csv.DictReader(io.StringIO("\n".join(lines[start:]))))[1:]  # the first holds units
    works = []
    for row in rows:
        if MARK in row["Kernel Name"]:
            works.append([])
        elif works:
            works[-1].append(row)
    if len(works) != len(names):
        raise SystemExit(f"ncu showed {len(works)} works of {len(names)}")
    return works


def number(row, metric):
    try:
        return float(row[metric].replace(",", ""))
    except (KeyError, ValueError, TypeError, AttributeError):
        return None


def short(name):
    name = re.sub(r"\(.*|<.*", "", name.replace("void ", "").replace("(anonymous namespace)", ""))
    return name if len(name) <= 48 else name[:47] + "…"


def limit_of(cell):
    """What holds a kernel back, by the counters alone."""
    if cell["DRAM"] >= 60:
        return "DRAM"
    if cell["tensor"] >= 50:
        return "tensor cores"
    if cell["L2"] >= 60:
        return "L2"
    if cell["SM"] >= 60:
        return "SM"
    if cell["blocks"] < cell["sms"]:
        return f"{cell['blocks']:.0f} blocks of {cell['sms']:.0f} SMs"
    return "latency"


def rows_of(kernels, metrics):
    """Kernels of one name together, the longest first; shares are weighted by time."""
    groups = {}
    for kernel in kernels:
        groups.setdefault(short(kernel["Kernel Name"]), []).append(kernel)
    whole = sum(number(k, TIME) or 0 for k in kernels)
    cells = []
    for name, group in groups.items():
        times = [number(k, TIME) or 0 for k in group]
        cell = {"kernel": name, "times": len(group), "us": sum(times) / 1000}
        for key, metric in metrics.items():
            values = [(number(k, metric) or 0) * t for k, t in zip(group, times, strict=True)]
            cell[key] = sum(values) / max(sum(times), 1)
        cell["share"] = sum(times) / max(whole, 1)
        cells.append(cell)
    return sorted(cells, key=lambda cell: -cell["us"]), whole / 1000


def show(name, kernels, metrics, warm, most):
    cells, whole = rows_of(kernels, metrics)
    print(f"### {name}\n")
    state = "data in the L2" if warm else "cold"
    count = "1 kernel" if len(kernels) == 1 else f"{len(kernels)} kernels"
    print(f"{count}, {whole:.1f} µs one after the other, {state}.\n")
    print("| kernel | times | µs | of all | DRAM | L2 | SM | tensor | warps | blocks | limit |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for c in cells[:most]:
        shares = " | ".join(f"{c[k]:.0f} %" for k in ("DRAM", "L2", "SM", "tensor", "occupancy"))
        print(f"| {c['kernel']} | {c['times']} | {c['us']:.1f} | {c['share']:.0%} | {shares} | "
              f"{c['blocks']:.0f} | {limit_of(c)} |")  # fmt: skip
    rest = cells[most:]
    if rest:
        print(f"| {len(rest)} others | {sum(c['times'] for c in rest)} | "
              f"{sum(c['us'] for c in rest):.1f} | {sum(c['share'] for c in rest):.0%} "
              "| | | | | | | |")  # fmt: skip
    print(flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", action="store_true", help="what ncu looks at")
    parser.add_argument("--most", type=int, default=8, help="rows of a table")
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    if args.run:
        run(args.names)
        return
    from peers import WORKS  # noqa: PLC0415

    ncu = find_ncu()
    if ncu is None:
        raise SystemExit("Nsight Compute (ncu) is not there: put it on PATH, or name it in NCU")
    names = [n for n in WORKS if not args.names or any(n.startswith(a) for a in args.names)]
    metrics = chosen_metrics(known_metrics(ncu))
    print("counters: " + ", ".join(f"{key} {name}" for key, name in metrics.items()) + "\n")
    prepare(names)
    for warm in (True, False):
        group = [n for n in names if n.startswith(WARM) == warm]
        if not group:
            continue
        for name, kernels in zip(group, profile(ncu, group, metrics, warm), strict=True):
            show(name, kernels, metrics, warm, args.most)


if __name__ == "__main__":
    main()
