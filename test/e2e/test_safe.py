# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Safe engines from one end to the other, by the known commands."""

import subprocess

import catalog
import pytest
import served

DATA = catalog.ROOT / "data"
MODEL = DATA / "safe_plugin" / "mnist_safe_plugin.onnx"
BOTH_HALVES = served.BUILD / "lib" / "libsample_safe_plugin_v3.so"
RUNTIME_HALF = served.BUILD / "lib" / "libsample_safe_plugin_v3_safe.so"
PLUGIN = "[::MaxPoolPlugin]"
QUICK = ["--iterations=2", "--avgRuns=2", "--duration=0", "--sleepTime=0"]


def run(program, *arguments, **options):
    """Runs a program of the build in the root; its output as one text."""
    command = [served.BIN / program, *map(str, arguments)]
    merged = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    return subprocess.run(command, check=False, cwd=catalog.ROOT, **merged, **options)


def passed(program, *arguments):
    done = run(program, *arguments)
    assert done.returncode == 0, done.stdout
    return done.stdout


def refused(program, *arguments):
    done = run(program, *arguments)
    assert done.returncode != 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def two_profiles(tmp_path_factory):
    """The engine of the sample: batch 1 and batch 5."""
    path = tmp_path_factory.mktemp("safe") / "safe_plugin.engine"
    text = passed("sample_plugin_safe_build", f"--saveEngine={path}")
    assert "&&&& RUNNING TensorRT.sample_safe_plugin_build [TensorRT v" in text
    assert "&&&& PASSED TensorRT.sample_safe_plugin_build [TensorRT v" in text
    return path


@pytest.fixture(scope="module")
def checked(tmp_path_factory):
    """The engine of the known trtexec command."""
    path = tmp_path_factory.mktemp("safe") / "sample.engine"
    text = passed(
        "trtexec",
        f"--onnx={MODEL}",
        *("--safe", "--skipInference", "--fp16", "--consistency"),
        f"--safetyPlugins={BOTH_HALVES}{PLUGIN}",
        f"--saveEngine={path}",
    )
    assert "&&&& PASSED TensorRT.trtexec" in text
    return path


# Shows S-TOOL-1, S-RUN-7, S-REG-6.
@pytest.mark.parametrize("time", range(5))
def test_random_digits_of_both_batches_are_named(two_profiles, time):
    text = passed("sample_plugin_safe_infer", f"--loadEngine={two_profiles}")
    assert "Set IO profile to 0\n" in text
    assert "Input3 {1, 1, 28, 28}" in text
    assert "Set IO profile to 1\n" in text
    assert "Input3 {5, 1, 28, 28}" in text
    assert "Set address of Input3 on device at " in text
    assert text.count("Output:\n") == 6
    assert "&&&& PASSED TensorRT.sample_plugin_safe_infer # " in text


def test_folders_are_looked_at_in_their_order(two_profiles, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    digits = DATA / "mnist"
    passed("sample_plugin_safe_infer", f"--loadEngine={two_profiles}", "-d", empty, f"-d={digits}")
    text = refused("sample_plugin_safe_infer", f"--loadEngine={two_profiles}", f"--datadir={empty}")
    assert str(empty) in text


def test_a_model_of_fixed_batch_gives_one_profile(tmp_path):
    path = tmp_path / "one.engine"
    arguments = ["--onnx=mnist_safe_plugin.onnx", f"--saveEngine={path}", "--maxAuxStreams=0"]
    assert "one IO profile" in passed("sample_plugin_safe_build", *arguments, "--cpuOnly")
    assert "Set IO profile to 1" not in passed("sample_plugin_safe_infer", f"--loadEngine={path}")


def test_verbose_shows_more(tmp_path):
    arguments = ["sample_plugin_safe_build", f"--saveEngine={tmp_path}/a.engine"]
    assert "[V] " not in passed(*arguments)
    assert "[V] [TRT]" in passed(*arguments, "--verbose")


# Shows S-TOOL-3.
def test_credentials_are_never_shown(tmp_path):
    config = "ssh://somebody:secret@192.0.2.100:22?remote_exec_path=/opt/bin"
    for argument in (f"--remoteAutoTuningConfig={config}", f"--{config}"):
        text = refused(
            "sample_plugin_safe_build", argument, f"--saveEngine={tmp_path}/never.engine"
        )
        assert "somebody" not in text
        assert "secret" not in text
        assert "ssh://***@192.0.2.100" in text
    assert not (tmp_path / "never.engine").exists()


# Shows S-TOOL-2.
@pytest.mark.parametrize(
    ("program", "argument", "says"),
    [
        ("sample_plugin_safe_build", "--unknown", "--unknown"),
        ("sample_plugin_safe_build", "--saveEngine=", "needs a value"),
        ("sample_plugin_safe_build", "--maxAuxStreams=many", "no number"),
        ("sample_plugin_safe_build", "--remoteAutoTuningConfig=host", "protocol://"),
        ("sample_plugin_safe_build", "--onnx=none.onnx", "none.onnx"),
        ("sample_plugin_safe_infer", "--unknown", "--unknown"),
        ("sample_plugin_safe_infer", "--loadEngine=none.engine", "none.engine"),
        ("trtexec_safe", "--unknown", "--unknown"),
        ("trtexec_safe", "--loadEngine=none.engine", "none.engine"),
        ("trtexec_safe", "--safetyPlugins=lib.so", "LIB[NAMESPACE::NAME,…]"),
    ],
)
def test_refusals_name_what_is_wrong(program, argument, says):
    assert says in refused(program, argument)


@pytest.mark.parametrize(
    "program", ["sample_plugin_safe_build", "sample_plugin_safe_infer", "trtexec_safe"]
)
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help(program, flag):
    assert "Usage: " in passed(program, flag)


# Shows S-TOOL-1, S-RUN-10.
@pytest.mark.parametrize("graph", [[], ["--noCudaGraph"]], ids=["captured", "executed"])
def test_the_known_commands_work(checked, graph):
    library = f"--safetyPlugins={RUNTIME_HALF}{PLUGIN}"
    text = passed("trtexec_safe", f"--loadEngine={checked}", library, *QUICK, *graph)
    assert "&&&& RUNNING TensorRT.trtexec_safe [TensorRT v" in text
    assert "TensorRT init time is " in text
    assert text.index("Starting inference...") < text.index("Warmup completed.")
    assert "=== Trace details ===" in text
    assert text.count("Average over 2 runs - GPU latency: ") == 2
    assert "=== Performance summary ===" in text
    for title in (
        "Total throughput: ",
        "Host Time: min",
        "Enqueue Time: min",
        "GPU Compute Time: ",
    ):
        assert title in text
    assert "percentile(99%) = " in text
    assert "&&&& PASSED TensorRT.trtexec_safe [TensorRT v" in text


# Shows S-RUN-8, S-RUN-11.
def test_clones_profiles_and_scratch_memory(two_profiles):
    flags = ["--threads=3", "--ioProfileId=1", "--useScratch", "--spin", "--percentile=90"]
    library = f"--safePlugins={RUNTIME_HALF}{PLUGIN}"
    text = passed("trtexec_safe", f"--loadEngine={two_profiles}", library, *QUICK, *flags)
    assert text.count("=== Performance summary ===") == 3
    assert "Scratch memory: " in text
    assert "percentile(90%)" in text


def test_inputs_come_from_files(checked, tmp_path):
    (tmp_path / "digit.bin").write_bytes(bytes(28 * 28 * 4))
    arguments = [f"--loadEngine={checked}", f"--safetyPlugins={RUNTIME_HALF}{PLUGIN}", *QUICK]
    good = f"--loadInputs='Input3':{tmp_path}/digit.bin"
    assert "for tensor Input3" in passed("trtexec_safe", *arguments, good)
    (tmp_path / "short.bin").write_bytes(bytes(7))
    short = f"--loadInputs=Input3:{tmp_path}/short.bin"
    assert "has 7 bytes" in refused("trtexec_safe", *arguments, short)
    other = f"--loadInputs=Input4:{tmp_path}/digit.bin"
    assert "no input Input4" in refused("trtexec_safe", *arguments, other)
    assert "has 1 IO profiles" in refused("trtexec_safe", *arguments, "--ioProfileId=7")


# Shows S-REG-5.
def test_an_engine_without_its_plugin_names_it(checked):
    text = refused("trtexec_safe", f"--loadEngine={checked}", *QUICK)
    assert "MaxPoolPlugin" in text


# Shows S-REG-2.
def test_another_namespace_is_refused_by_name(checked):
    library = f"--safetyPlugins={RUNTIME_HALF}[acme::MaxPoolPlugin]"
    text = refused("trtexec_safe", f"--loadEngine={checked}", library, *QUICK)
    assert "acme::MaxPoolPlugin" in text


# Shows S-LOAD-2.
def test_a_standard_engine_is_refused(engines):
    engine = engines.build(f"--onnx={catalog.MNIST.path()}")
    text = refused("trtexec_safe", f"--loadEngine={engine}", *QUICK)
    assert "safe" in text.lower()


# Shows S-BLD-3.
def test_the_standard_runtime_refuses_a_safe_engine(checked):
    done = served.trtexec(f"--loadEngine={checked}", "--iterations=1")
    assert done.returncode != 0
    assert "safe" in done.stdout.lower()


def test_a_quick_plugin_is_a_safe_plugin(tmp_path):
    library = served.BUILD / "lib" / "libmaxpool_quick_safe_plugin.so"
    plugins = f"--safetyPlugins={library}{PLUGIN}"
    engine = tmp_path / "quick.engine"
    build = [f"--onnx={MODEL}", "--safe", "--skipInference", "--consistency", plugins]
    passed("trtexec", *build, f"--saveEngine={engine}")
    passed("trtexec_safe", f"--loadEngine={engine}", plugins, *QUICK)
