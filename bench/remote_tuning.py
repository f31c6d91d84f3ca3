#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""What tuning on another machine costs, and what a second one gains.

Builds the same safe engine with the same kernels three times: timed here on one core, timed by a
worker behind a real SSH server on one core, timed by two workers with a core each. The servers are
this machine's own, so the builder takes time from the last core's worker. Needs sshd and `cmake
--build build/release --target trtexec tenon_tune_worker`. Usage: remote_tuning.py [model.onnx …]
"""

import contextlib
import os
import re
import statistics
import sys
import tempfile
from pathlib import Path

import served

sys.path.append(str(served.ROOT / "test" / "e2e"))
from ssh_host import SSHD, Network, SshHost, quiet

MODELS = ("mobilenetv2", "resnet50")
ROUNDS = 3
PHASE = re.compile(r"(\d+) kernels timed in (\d+) requests.*, ([\d.]+) s")


class Worker:
    """A server whose workers run on one core."""

    def __init__(self, folder, network, core):
        folder.mkdir()
        self.host = SshHost(folder / "host", network).start()
        self.folder = folder
        program = folder / "tenon-tune-worker"
        program.write_text(f'#!/bin/sh\nexec taskset -c {core} {served.BIN}/{program.name} "$@"\n')
        program.chmod(0o755)

    def address(self):
        host = self.host
        return (
            f"ssh://{host.user}@{host.address}:{host.port}?remote_exec_path={self.folder}"
            f"&remote_lib_path={served.BUILD}/lib&known_hosts={host.known_hosts}"
            f"&identity={host.user_key}"
        )


def build(model, workers, core):
    """(kernels, requests, seconds) of the timing phase of one build."""
    command = [
        *(("taskset", "-c", core) if core else ()),
        served.BIN / "trtexec",
        f"--onnx={model}",
        *("--safe", "--skipInference", "--noBuilderCache", "--verbose"),
    ]
    if workers:
        text = ";".join(worker.address() for worker in workers)
        command += ["--cpuOnly", f"--remoteAutoTuningConfig={text}"]
    done = quiet(*map(str, command))
    found = PHASE.search(done.stdout)
    if done.returncode != 0 or not found:
        raise SystemExit(done.stdout + done.stderr)
    return int(found[1]), int(found[2]), float(found[3])


def main():
    if SSHD is None:
        raise SystemExit("no sshd: install openssh-server")
    models = [Path(name) for name in sys.argv[1:]]
    models = models or [served.ROOT / f"data/models/{name}.onnx" for name in MODELS]
    cores = sorted(os.sched_getaffinity(0))
    network = Network()
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as at_end:
        at_end.callback(network.close)
        workers = []
        for core in cores[-2:]:
            workers.append(Worker(Path(name) / str(core), network, core))
            at_end.callback(workers[-1].host.stop)
        for model in models:
            report(model, workers, str(cores[-1]))


def report(model, workers, core):
    ways = {
        "here, one core": ([], core),
        "one worker": (workers[-1:], None),
        "two workers": (workers, None),
    }
    seconds = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, (used, pin) in ways.items():
            kernels, requests, passed = build(model, used, pin)
            seconds[name].append(passed)
    print(f"{model.stem}: {kernels} kernels in {requests} requests; median of {ROUNDS} builds")
    here, one, two = (statistics.median(times) for times in seconds.values())
    print(f"  here, one core   {here:8.2f} s")
    print(f"  one worker       {one:8.2f} s   cost: {one / here:.2f} times")
    print(f"  two workers      {two:8.2f} s   gain: {one / two:.2f} times")


if __name__ == "__main__":
    main()
