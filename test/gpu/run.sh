#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
# Everything that needs a GPU, in one call: bash run.sh [folder for results], from a tree that
# scripts/pack_gpu made. Writes gpu-results.md there and at most seven files beside it; the exit code
# tells whether all passed. A step that fails hides no other, and no step outlives its time.
#   BUDGET=540   seconds for all; what does not fit is said to be left out
#   ONLY=words   runs the steps whose name holds one of these words (joined by |)
#   PROFILE=1    also where the time goes, by the GPU's counters (counters.py), as profile.md
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
out=${1:-$root/results}
budget=${BUDGET:-540}
work=$root/made/results
rm -rf "$work"
mkdir -p "$out" "$work"
cd "$root" || exit 1
: >"$work/failed"
: >"$work/rows.jsonl"

# NVIDIA's libraries: the toolkit's, and those that come as Python packages.
folders="/usr/local/cuda/lib64:/usr/local/cuda/lib"
for folder in $(python3 -c 'import site, glob
for base in site.getsitepackages():
    print(*glob.glob(base + "/nvidia/*/lib"), sep="\n")' 2>/dev/null); do
  folders="$folders:$folder"
done
export LD_LIBRARY_PATH="$root/lib:$folders:${LD_LIBRARY_PATH:-}"
export TENON_BACKENDS=cuda,simd,ref
export PATH="/usr/local/cuda/bin:$PATH"
export PYTHONPATH="$root/python:$root/python/compat:$root/test/gpu${PYTHONPATH:+:$PYTHONPATH}"
export ROWS="$work/rows.jsonl" PYTHONUNBUFFERED=1 TORCHINDUCTOR_CACHE_DIR="$root/made/inductor"
cores=$(nproc)

left() { echo $((budget - SECONDS)); }

# step NAME LIMIT COMMAND…: runs it, its words into a log of its own. Functions that are commands
# must be exported.
step() {
  local name=$1 limit=$2 begin=$SECONDS log code
  shift 2
  [[ -n "${ONLY:-}" && ! "$name" =~ ${ONLY} ]] && return 0
  [ "$(left)" -lt "$limit" ] && limit=$(left)
  if [ "$limit" -lt 5 ]; then
    echo "LEFT OUT $name: no time"
    echo "$name" >>"$work/failed"
    return 1
  fi
  log="$work/log_${name//[^A-Za-z0-9]/_}.txt"
  declare -F "$1" >/dev/null && set -- bash -c '"$@"' _ "$@" # timeout starts programs alone
  timeout -k 5 "$limit" "$@" >"$log" 2>&1
  code=$?
  if [ $code -eq 0 ]; then
    echo "ok      $name ($((SECONDS - begin)) s)"
    return 0
  fi
  echo "FAILED  $name (exit $code of at most $limit s, $((SECONDS - begin)) s)"
  tail -n 6 "$log" | cut -c1-220 | sed 's/^/        /'
  echo "$name" >>"$work/failed"
  return 1
}

declare -A waiting
later() { # the same, beside others
  step "$@" &
  waiting[$1]=$!
}
collect() { # waits for these steps, or for all
  local name
  [ $# -gt 0 ] || set -- "${!waiting[@]}"
  for name in "$@"; do
    [ -n "${waiting[$name]:-}" ] && wait "${waiting[$name]}"
    unset "waiting[$name]"
  done
  return 0
}

compile_tools() {
  local flags="-std=c++17 -O2 -arch=native -Iinclude -Isamples/max_pool" pids=() pid
  local plugin="-Xcompiler -fPIC -shared samples/max_pool/max_pool_common.cc -Llib -ltenon"
  nvcc $flags $plugin -o lib/max_pool_v3.so test/gpu/max_pool_cuda.cu & pids+=($!)
  nvcc $flags -diag-suppress=997 $plugin -o lib/max_pool_v2_dynamic.so test/gpu/max_pool_v2_cuda.cu & pids+=($!)
  nvcc $flags -diag-suppress=997 $plugin -DMAX_POOL_IO -o lib/max_pool_v2_io.so test/gpu/max_pool_v2_cuda.cu & pids+=($!)
  nvcc $flags -o bin/engine_check test/gpu/engine_check.cc -Llib -ltenon -ldl & pids+=($!)
  nvcc $flags -diag-suppress=997 -o bin/plugin_steps test/gpu/plugin_steps.cu -Llib -ltenon & pids+=($!)
  for pid in "${pids[@]}"; do wait "$pid" || return 1; done
}

compile_bindings() {
  local folder=made/bindings suffix flags
  mkdir -p $folder
  suffix=$(python3 -c 'import sysconfig; print(sysconfig.get_config_var("EXT_SUFFIX"))')
  [ -e "python/tenon/_core$suffix" ] && return 0
  flags="-std=c++20 -O1 -g0 -fPIC -fvisibility=hidden -Iinclude -Ipython/bindings \
    -I/usr/local/cuda/include -Ipython/pybind11/include \
    -I$(python3 -c 'import sysconfig; print(sysconfig.get_path("include"))')"
  ls -S python/bindings/*.cc | xargs -P "$cores" -I{} sh -c \
    "g++ $flags -c {} -o $folder/\$(basename {} .cc).o" || return 1
  g++ -shared -o "python/tenon/_core$suffix" $folder/*.o -Llib -ltenon -lnvinfer_plugin \
    -Wl,-rpath,"\$ORIGIN/../../lib"
}

conformance() { # conformance SHARD SHARDS
  TENON_CONFORMANCE=cuda GTEST_SHARD_INDEX=$1 GTEST_TOTAL_SHARDS=$2 tests/conformance_test \
    >"$work/conformance_$1.txt" 2>&1
}

# Shards of the suite under memcheck until the time is over; those begun have twice the rest.
check_memory() {
  local shards=48
  seq 0 $((shards - 1)) | xargs -P $(((cores + 1) / 2)) -I{} bash -c "memory_shard {} $shards"
  [ -z "$(grep -l 'ERROR SUMMARY: [1-9]' "$work"/sanitizer_*.txt)" ]
}
memory_shard() {
  [ "$(date +%s)" -lt "$stop_at" ] || return 0
  TENON_CONFORMANCE=cuda GTEST_SHARD_INDEX=$1 GTEST_TOTAL_SHARDS=$2 timeout 120 \
    compute-sanitizer --tool memcheck --print-limit 10 tests/conformance_test \
    >"$work/sanitizer_$1.txt" 2>&1
  return 0
}
memory_of_engines() {
  compute-sanitizer --tool memcheck --print-limit 10 --error-exitcode 9 bin/engine_check \
    --model=data/safe_plugin/mnist_safe_plugin.onnx --reference=data/mnist/mnist.onnx \
    --plugin=lib/max_pool_v3.so --modes=f32,f16 --once --runs=5 >"$work/sanitizer_engine.txt" 2>&1
}

prepare_models() {
  python3 models/make_mobilenetv2.py --out made/mobilenetv2.onnx
  python3 models/make_resnet50.py --out made/resnet50.onnx
  python3 models/make_bert.py --out made/bert --batch 1 --sequence 128
  python3 test/gpu/peers.py --prepare
}

layers_of() { # where the time of an engine goes
  bin/trtexec --onnx="$1" --tenonDevice=cuda --fp16 --dumpProfile --separateProfileRun \
    --iterations=50 >"$work/layers_$(basename "$1").txt" 2>&1
}

export -f compile_tools compile_bindings conformance check_memory memory_shard memory_of_engines
alternatives_of() { # the times of all that an engine is chosen from
  VERBOSE=1 bin/engine_check --model="$1" --modes=f32,f16 --once --runs=60 \
    >"$work/layers_alternatives.txt" 2>&1
}
counters() { python3 test/gpu/counters.py >"$work/profile.md"; }
export -f prepare_models layers_of alternatives_of counters
export cores work

nvidia-smi --query-gpu=name,driver_version --format=csv,noheader 2>/dev/null | head -1 |
  sed "s/\$/; $(date -u +%F). Times are medians by CUDA events./" >"$work/machine.txt"
cat "$work/machine.txt"

# Beside each other, since nothing is timed: compilers, and whether kernels are right.
later "tools" 120 compile_tools
later "bindings" 180 compile_bindings
later "models and torch.compile" 170 prepare_models
if [ -x tests/conformance_test ]; then
  for shard in 0 1 2 3 4 5; do later "conformance $shard" 200 conformance $shard 6; done
fi
for program in tests/cuda_test; do
  [ -x $program ] && later "$(basename $program)" 100 $program
done
collect

# One after the other: what is timed.
check() { step "$1" "$2" bin/engine_check --rows="$ROWS" "${@:3}"; }
plugin_model="--model=data/safe_plugin/mnist_safe_plugin.onnx --reference=data/mnist/mnist.onnx"
check "engine mnist" 60 --model=data/mnist/mnist.onnx --modes=f32,tf32,f16
for plugin in max_pool_v3 max_pool_v2_dynamic max_pool_v2_io; do
  check "engine with $plugin" 30 $plugin_model --plugin="lib/$plugin.so" --once
done
check "engine LeNet" 60 --model=data/models/lenet.onnx --modes=f32,tf32,f16
for model in mnist/mnist models/lenet; do
  TENON_CUDA_GRAPH=0 check "engine $model without graphs" 30 --model=data/$model.onnx --once \
    --modes=f32,f16 --note="no graphs"
done
for model in data/mnist/mnist data/models/lenet made/mobilenetv2 made/resnet50; do
  TENON_CUDA_OVERLAP=0 check "engine $model not overlapping" 90 --model=$model.onnx --once \
    --modes=f32,f16 --note="not overlapping"
done
step "plugin steps" 60 bin/plugin_steps "$ROWS"
step "operators" 60 python3 test/gpu/operators.py
step "shape changes" 60 python3 test/gpu/soak.py # alone: it looks at all memory of the GPU
step "peers" 170 python3 test/gpu/peers.py
if [ -n "${PROFILE:-}" ]; then step "profile" 300 counters; fi
check "engine ResNet-50" 150 --model=made/resnet50.onnx --modes=f32,tf32,f16
step "auxiliary streams" 90 python3 test/gpu/streams.py made/bert/bert_base.onnx made/resnet50.onnx
gpus=$(nvidia-smi -L 2>/dev/null | wc -l)
if [ "$gpus" -gt 1 ]; then
  step "collectives of $gpus processes" 120 python3 -m torch.distributed.run \
    --nproc-per-node "$gpus" test/gpu/collective.py lib/libcollective_plugin.so
fi
check "engine MobileNetV2" 90 --model=made/mobilenetv2.onnx --modes=f32,tf32,f16
step "layers of LeNet" 30 layers_of data/models/lenet.onnx
step "alternatives of LeNet" 30 alternatives_of data/models/lenet.onnx

# Beside each other again.
stop_at=$(($(date +%s) + $(left) - 60))
export stop_at
later "accuracy" 100 python3 test/gpu/accuracy.py data/models/mnist_dynamic.onnx data/mnist
later "quick plugins" 120 env TENON_DEVICE=cuda python3 test/gpu/quick.py
later "collectives of one process" 60 python3 test/gpu/collective.py lib/libcollective_plugin.so
if [ -e programs/run.sh ]; then later "programs" 200 bash programs/run.sh "$root" "$work"; fi
if command -v compute-sanitizer >/dev/null; then
  later "memcheck of engines" 100 memory_of_engines
  later "memcheck of kernels" 300 check_memory
else
  echo "compute-sanitizer is not there"
fi
step "layers of ResNet-50" 60 layers_of made/resnet50.onnx
collect

# Few files: the tables, the rows, and all words.
python3 test/gpu/report.py "$work" >"$out/gpu-results.md" || echo "report" >>"$work/failed"
cp "$work/rows.jsonl" "$out/"
[ -e "$work/profile.md" ] && cp "$work/profile.md" "$out/"
gather() { # gather FILE PATTERN…
  local into=$1 file
  shift
  for file in "$@"; do
    [ -e "$file" ] && { echo "===== $(basename "$file")"; tail -c 400000 "$file"; }
  done >"$into"
}
gather "$out/log.txt" "$work"/log_*.txt
gather "$out/conformance.txt" "$work"/conformance_*.txt
gather "$out/sanitizer.txt" "$work"/sanitizer_*.txt
gather "$out/layers.txt" "$work"/layers_*.txt
gather "$out/programs.txt" "$work"/programs*.txt
cat "$out/gpu-results.md"
echo "$(wc -l <"$work/failed") steps failed, $SECONDS s"
[ ! -s "$work/failed" ]
