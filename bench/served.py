# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Drives the programs of this folder (bench/subject.h): starts one, pins it, sends it requests."""

import contextlib
import os
import subprocess
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
BUILD = Path(os.environ.get("TENON_BUILD") or ROOT / "build" / "release").resolve()
BIN = BUILD / "bin"
WORK = ROOT / "build" / "bench"


def cores_for(threads):
    """The last `threads` cores we may use: the first one serves interrupts on many machines."""
    return set(sorted(os.sched_getaffinity(0))[-threads:])


@contextlib.contextmanager
def pinned(threads):
    """What is started inside may use as many cores as it has threads.

    It inherits this thread's cores: a preexec_fn would make Python copy its own page tables for
    every child, milliseconds that no program asked for.
    """
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores_for(threads))
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def trtexec(*arguments, threads=1):
    """Runs trtexec on `threads` cores; returns the finished process, its output one text."""
    command = [BIN / "trtexec", *arguments]
    merged = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    with pinned(threads):
        return subprocess.run(command, check=False, **merged)


def tensor(name, array):
    """`NAME:DIMS:FILE` for an array, which is written to FILE: int64 as it is, else as float32."""
    WORK.mkdir(parents=True, exist_ok=True)
    path = WORK / f"{os.getpid()}.{name.replace('/', '_')}.input"
    integers = array.dtype == np.int64
    np.ascontiguousarray(array, np.int64 if integers else np.float32).tofile(path)
    return f"{name}:{'x'.join(map(str, array.shape))}:{path}{':i64' if integers else ''}"


class Served:
    """One running program with its model loaded, inputs bound and the first run done.

    start_us is what passed from creating the process to that point, load_us and first_us what the
    program itself measured. Raises RuntimeError with the program's words if it gives up.
    """

    def __init__(
        self, program, model, inputs, output, output_dims, threads=1, libraries=(), preload=None
    ):
        command = [BIN / program, model, "--threads", str(threads)]
        for name, array in inputs.items():
            command += ["--input", tensor(name, array)]
        command += ["--output", f"{output}:{'x'.join(map(str, output_dims))}"]
        for library in libraries:
            command += ["--library", library]
        self.output_dims = output_dims
        self.scratch = WORK / f"{os.getpid()}.{program}.scratch"
        pipes = {name: subprocess.PIPE for name in ("stdin", "stdout", "stderr")}
        environment = {**os.environ, "LD_PRELOAD": str(preload)} if preload else None
        with pinned(threads):
            start = time.perf_counter()
            self.process = subprocess.Popen(command, text=True, env=environment, **pipes)
        words = self.process.stdout.readline().split()
        self.start_us = (time.perf_counter() - start) * 1e6
        if words[:1] != ["ready"]:
            raise RuntimeError(f"{program} {model}: {self.process.communicate()[1]}")
        self.load_us, self.first_us = (int(w) / 1e3 for w in words[1:])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.communicate()

    def ask(self, request):
        """Sends one line and returns the answer; a program that died raises RuntimeError."""
        self.process.stdin.write(request + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        if not answer:
            raise RuntimeError(f"no answer to '{request}': {self.process.communicate()[1]}")
        return answer

    def run(self, count):
        """Median microseconds of `count` runs in a row."""
        return self.spans(count)[0]

    def spans(self, count):
        """Median and shortest microseconds of `count` runs in a row."""
        median, least = self.ask(f"run {count}").split()
        return int(median) / 1e3, int(least) / 1e3

    def result(self, first_input=None):
        """The output of one run, after putting new elements into the first input if given."""
        if first_input is not None:
            np.ascontiguousarray(first_input, np.float32).tofile(self.scratch)
            self.expect_ok(f"feed {self.scratch}")
        self.expect_ok(f"dump {self.scratch}")
        return np.fromfile(self.scratch, np.float32).reshape(self.output_dims)

    def allocations(self, count):
        """Heap allocations during `count` runs: ours, and with oneDNN's and OpenMP's."""
        answer = self.ask(f"allocations {count}").split()
        if len(answer) != 2 or not answer[0].isdigit():
            raise RuntimeError(f"cannot count allocations: {' '.join(answer)}")
        return int(answer[0]), int(answer[1])

    def expect_ok(self, request):
        answer = self.ask(request)
        if answer != "ok":
            raise RuntimeError(f"'{request}': {answer}")


def error(a, b):
    """max|a - b| / max|b|: the measure of accuracy everywhere in this project."""
    return float(np.abs(a - b).max() / np.abs(b).max())
