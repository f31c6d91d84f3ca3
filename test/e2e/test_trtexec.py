# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""trtexec as scripts use it: its report lines, exports, caches and refusals."""

import json
import re

import catalog
import numpy as np
import pytest
import served
from conftest import TOLERANCE, oracle

MNIST = f"--onnx={catalog.MNIST.path()}"
QUICK = ("--iterations=10", "--warmUp=0", "--duration=0")
SPREAD = r"min = [\d.e-]+ ms, max = [\d.e-]+ ms, mean = [\d.e-]+ ms, median = [\d.e-]+ ms"


@pytest.fixture(scope="module")
def engine(engines):
    return engines.build(MNIST)


def run(*arguments):
    done = served.trtexec(*map(str, arguments))
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_report_has_the_known_lines(engine):
    text = run(f"--loadEngine={engine}", *QUICK)
    assert re.search(r"&&&& RUNNING TensorRT\.trtexec \[TensorRT v\d+\] \[b\d+\] # ", text)
    assert re.search(r"=== Performance summary ===", text)
    assert re.search(r"Throughput: [\d.e+]+ qps", text)
    for name in ("Latency", "Enqueue Time", "GPU Compute Time"):
        assert re.search(rf"{name}: {SPREAD}, percentile\(90%\) = ", text), name
    assert re.search(r"Total Host Walltime: [\d.e-]+ s", text)
    assert "&&&& PASSED TensorRT.trtexec" in text


def test_layer_times_are_the_known_table(engine):
    text = run(f"--loadEngine={engine}", "--dumpProfile", *QUICK)
    assert re.search(r"=== Profile \(\d+ iterations \) ===", text)
    assert re.search(r"Time\(ms\) +Avg\.\(ms\) +Median\(ms\) +Time\(%\) +Layer", text)
    assert re.search(r" +[\d.]+ +[\d.]+ +[\d.]+ +100\.0 +Total", text)
    assert "=== Trace details ===" in text
    assert re.search(r"Trace averages of \d+ runs:", text)
    line = r"Average on \d+ runs - GPU latency: [\d.e-]+ ms - Host latency: [\d.e-]+ ms \(enqueue"
    assert re.search(line, text)


def test_given_input_leads_to_the_oracles_output(engine, tmp_path, normal):
    array = normal((1, 1, 28, 28))
    array.tofile(tmp_path / "input.raw")
    out = tmp_path / "output.json"
    run(
        f"--loadEngine={engine}",
        f"--loadInputs=Input3:{tmp_path}/input.raw",
        f"--exportOutput={out}",
        *QUICK,
    )
    (tensor,) = json.loads(out.read_text())
    assert (tensor["name"], tensor["dimensions"]) == ("Plus214_Output_0", "1x10")
    expected = oracle(catalog.MNIST.path())(array)
    # The export is decimal text, so the file's own digits limit the comparison.
    assert served.error(np.array([tensor["values"]]), expected) <= 10 * TOLERANCE["mnist"]


def test_exports_times_profile_and_layers(engine, tmp_path):
    files = {kind: tmp_path / f"{kind}.json" for kind in ("Times", "Profile", "LayerInfo")}
    exports = [f"--export{kind}={path}" for kind, path in files.items()]
    run(f"--loadEngine={engine}", *exports, *QUICK)
    times = json.loads(files["Times"].read_text())
    assert len(times) >= 10
    assert {"startComputeMs", "endComputeMs", "computeMs", "latencyMs"} <= times[0].keys()
    count, *layers = json.loads(files["Profile"].read_text())
    assert count["count"] >= 1
    assert {"name", "timeMs", "averageMs", "medianMs", "percentage"} <= layers[0].keys()
    assert sum(layer["percentage"] for layer in layers) == pytest.approx(100, abs=1)
    assert json.loads(files["LayerInfo"].read_text())["Layers"]


def test_builds_from_one_timing_cache_are_the_same_file(tmp_path):
    cache, built = tmp_path / "timing.cache", []
    for name in ("measured", "cached", "cached again"):
        engine = tmp_path / f"{name}.engine"
        run(MNIST, f"--timingCacheFile={cache}", f"--saveEngine={engine}", "--skipInference")
        built.append(engine.read_bytes())
    assert built[0] == built[1] == built[2]
    run(MNIST, f"--timingCacheFile={cache}", "--errorOnTimingCacheMiss", "--skipInference")


@pytest.mark.parametrize("streams", [1, 2])
def test_several_streams_and_threads(engine, streams):
    assert "PASSED" in run(f"--loadEngine={engine}", f"--infStreams={streams}", "--threads", *QUICK)


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["--onnx=missing.onnx"], "missing.onnx"),
        ([MNIST, "--useDLACore=0"], "useDLACore"),
        ([MNIST, "--minShapes=Input3:1x1x28x28"], "Input3"),
        (["--loadEngine=a", "--saveEngine=b"], "saveEngine"),
        ([MNIST, "--noSuchFlag"], "noSuchFlag"),
    ],
)
def test_what_cannot_be_done_is_refused_by_name(arguments, names):
    done = served.trtexec(*arguments)
    assert done.returncode != 0
    assert names in done.stdout
    assert "Performance summary" not in done.stdout


def test_a_damaged_engine_is_refused(engine, tmp_path):
    damaged = bytearray(engine.read_bytes())
    damaged[100] ^= 1  # in the program section, which follows the 64-byte header
    (tmp_path / "damaged.engine").write_bytes(damaged)
    (tmp_path / "short.engine").write_bytes(damaged[:100])
    for name in ("damaged", "short"):
        done = served.trtexec(f"--loadEngine={tmp_path}/{name}.engine", *QUICK)
        assert done.returncode != 0, name
        assert "FAILED" in done.stdout


def test_writes_build_routes_times_and_the_best_engine(tmp_path):
    engine, cache = tmp_path / "best.engine", tmp_path / "routes.json"
    loop = (MNIST, "--tuneBuildRoutes=-level=[0|1] -simd=[on|off]", f"--tuningCacheFile={cache}")
    listed = run(*loop, "--dryRun")
    assert "Route 2: -level=0 -simd=off" in listed
    text = run(*loop, f"--saveEngine={engine}", "--saveAllEngines", *QUICK)
    assert re.search(r"Best iteration: -level=\d -simd=(on|off) \(gpu_time_ms=[\d.e-]+\)", text)
    head, *lines = [json.loads(line) for line in cache.read_text().splitlines()]
    assert head["tuning_expr"] == "-level=[0|1] -simd=[on|off]"
    assert [line["build_route"] for line in lines] == [
        "-level=0 -simd=on",
        "-level=1 -simd=on",
        "-level=0 -simd=off",
    ]
    assert all(line["gpu_time"] > 0 and not line["crash"] for line in lines)
    made = [tmp_path / f"best.engine.iter{i}" for i in range(3)]
    assert engine.read_bytes() in [path.read_bytes() for path in made]
    run(f"--loadEngine={engine}", *QUICK)


def test_an_interrupted_loop_goes_on(tmp_path):
    cache = tmp_path / "routes.json"
    run(MNIST, "--tuneBuildRoutes=-level=[0|1|2]", f"--tuningCacheFile={cache}", *QUICK)
    lines = cache.read_text().splitlines(keepends=True)
    cache.write_text("".join(lines[:2]))
    assert "Going on after 1 routes." in run("--continue", f"--tuningCacheFile={cache}")
    again = [json.loads(line)["build_route"] for line in cache.read_text().splitlines()[1:]]
    assert again == ["-level=0", "-level=1", "-level=2"]


def test_knobs_are_listed_and_unknown_ones_refused():
    text = run("--helpBuildRoute=level")
    knobs = json.loads(text[text.index("{") :])
    assert [knob["option"] for knob in knobs["tuner_options"]] == ["-level"]
    done = served.trtexec(MNIST, "--setBuildRoute=-level=9", "--skipInference")
    assert done.returncode != 0
    assert '"9" is no value of -level=[0|1|2|3|4|5]' in done.stdout


def test_memory_is_told_stage_by_stage():
    text = run(MNIST, "--monitorMemory", *QUICK)
    stages = re.findall(r"Memory after (\w+): ([\d.]+) MiB resident, ([\d.]+) MiB at most", text)
    assert [stage for stage, _, _ in stages] == ["parsing", "building", "loading", "running"]
    assert all(0 < float(now) <= float(most) for _, now, most in stages)


def test_direct_io_and_few_tactics():
    run(MNIST, "--directIO", "--inputIOFormats=fp32:hwc", "--outputIOFormats=fp32:chw", *QUICK)
    run(MNIST, "--maxTactics=1", "--useRuntime=full", "--sparsity=enable", *QUICK)
