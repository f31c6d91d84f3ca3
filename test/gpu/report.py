# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""The tables of docs/gpu-results.md from the rows that the programs beside this one left, and from
the logs of the conformance suite and of compute-sanitizer: report.py FOLDER."""

import json
import re
import sys
from pathlib import Path


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return lines + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows] + [""]


def verdict(row):
    return "yes" if row.get("ok") else f"**no** {row.get('error', '')}".strip()


def engines(rows):
    head = ["model", "mode", "outputs equal", "max difference", "enqueueV3 µs"]
    head += ["of 50 in a row µs", "captured µs", "nodes", "build s", "from the timing cache s"]
    cells = [
        [
            r.get("model", r.get("what", "")), r.get("mode", ""), verdict(r),
            f"{r.get('difference', 0):.2e}", r.get("enqueue_us", ""), r.get("row_us", ""),
            r.get("captured_us", ""), r.get("nodes", ""), r.get("build_s", ""),
            r.get("again_s", ""),
        ]
        for r in rows
    ]  # fmt: skip
    return ["## Engines", "", *table(head, cells)]


def peers(rows):
    ways = ["torch", "torch + graph", "torch.compile", "Tenon", "Tenon, captured"]
    head = ["work", *(f"{way} µs" for way in ways), "floor µs", "Tenon's share of it"]
    head += ["wanted", "reached", "answers equal", "build s", "again s"]
    cells = []
    for r in rows:
        us, share = r.get("us", {}), r.get("share", {})
        best = max((share[w] for w in ways[3:] if w in share), default=None)
        reached = {True: "yes", False: "**no**", None: ""}[r.get("reached")]
        cell = [r["what"], *(us.get(way, "") for way in ways), r.get("floor_us", "")]
        cell += [f"{best:.0%}" if best else "", r.get("target", ""), reached, verdict(r)]
        cells.append([*cell, r.get("build_s", ""), r.get("again_s", "")])
    return ["## Peers in the same run", "", *table(head, cells)]


def plain(title, rows):
    """Rows as they are."""
    head = []
    for row in rows:
        head += [key for key in row if key not in head and key not in ("section", "ok", "error")]
    cells = [[*(row.get(key, "") for key in head), verdict(row)] for row in rows]
    return [f"## {title}", "", *table([*head, "as it should be"], cells)]


def conformance(logs):
    """Sums over the shards' logs."""
    passed = failed = runs = 0
    kernels, failures = {}, []
    for log in logs:
        text = log.read_text(errors="replace")
        passed += len(re.findall(r"^\[       OK \]", text, re.M))
        names = set(re.findall(r"^\[  FAILED  \] (Cases\S+)(?: \(\d+ ms\)|, )", text, re.M))
        failed += len(names)
        failures += sorted(names)
        for name, cases, each, error in re.findall(
            r"^  (cuda/\S+) +(\d+) cases +(\d+) runs, worst error ([\d.]+)", text, re.M
        ):
            kernel = kernels.setdefault(name, [0, 0, 0.0])
            kernel[0] += int(cases)
            kernel[1] += int(each)
            kernel[2] = max(kernel[2], float(error))
            runs += int(each)
    if not logs:
        return [], 0
    lines = ["## Kernels", "", f"{passed} of {passed + failed} tests pass, {runs} runs.", ""]
    lines += [f"- failed: {name}" for name in failures[:20]] + [""] * bool(failures)
    head = ["kernel", "cases", "runs", "worst error, of the tolerance"]
    return lines + table(head, [[k, *v] for k, v in sorted(kernels.items())]), failed


def sanitizer(logs):
    if not logs:
        return []
    errors = tests = done = 0
    for log in logs:
        text = log.read_text(errors="replace")
        errors += sum(int(n) for n in re.findall(r"ERROR SUMMARY: (\d+) error", text))
        done += "ERROR SUMMARY" in text
        tests += len(re.findall(r"^\[       OK \]", text, re.M))
    return [
        "## compute-sanitizer memcheck",
        "",
        f"{errors} findings; {done} of {len(logs)} runs came to their end, {tests} tests in them.",
        "",
    ]


def main(folder):
    rows = [json.loads(line) for line in (folder / "rows.jsonl").read_text().splitlines() if line]
    of = {}
    for row in rows:
        of.setdefault(row["section"], []).append(row)
    lines = ["# Results on a GPU", "", (folder / "machine.txt").read_text().strip(), ""]
    for row in of.pop("machine", []):
        lines += [f"{k}: {v}" for k, v in row.items() if k not in ("section", "ok")] + [""]
    lines += engines(of.pop("engine", [])) + peers(of.pop("peers", []))
    kernels, _ = conformance(sorted(folder.glob("conformance_*.txt")))
    lines += kernels
    for section, found in of.items():
        lines += plain(section.capitalize(), found)
    lines += sanitizer(sorted(folder.glob("sanitizer_*.txt")))
    print("\n".join(lines))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
