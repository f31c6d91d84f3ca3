#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
# Everything that needs a GPU, in one call: bash run.sh [folder for results], from a tree that
# scripts/pack_gpu made. Writes gpu-results.md there; the exit code tells whether all passed.
# FIRST=1: three engines alone.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
out=${1:-$root/results}
mkdir -p "$out" "$root/made"
cd "$root" || exit 1
failures=0

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
table="$out/gpu-results.md"
log="$out/log.txt"
: >"$log"

step() { # step NAME SECONDS COMMAND…: runs it, its words into the log
  local name=$1 limit=$2 begin=$SECONDS
  shift 2
  echo "== $name" >>"$log"
  declare -F "$1" >/dev/null || set -- timeout "$limit" "$@" # timeout starts programs alone
  if "$@" >>"$log" 2>&1; then
    echo "ok      $name ($((SECONDS - begin)) s)"
  else
    echo "FAILED  $name (exit $?, $((SECONDS - begin)) s)"
    failures=$((failures + 1))
    tail -n 12 "$log" | sed 's/^/        /'
  fi
}

compile_tools() {
  local flags="-std=c++17 -O2 -Iinclude -Isamples/max_pool"
  nvcc $flags -arch=native -Xcompiler -fPIC -shared -o lib/libmaxpool_cuda.so test/gpu/max_pool_cuda.cu \
    samples/max_pool/max_pool_common.cc -Llib -ltenon &
  local plugin=$!
  nvcc $flags -o bin/engine_check test/gpu/engine_check.cc -Llib -ltenon -ldl &
  wait $! && wait $plugin
}

compile_bindings() {
  local folder=made/bindings suffix
  mkdir -p $folder
  suffix=$(python3 -c 'import sysconfig; print(sysconfig.get_config_var("EXT_SUFFIX"))')
  local flags
  flags="-std=c++20 -O1 -g0 -fPIC -fvisibility=hidden -Iinclude -Ipython/bindings -I/usr/local/cuda/include \
    -Ipython/pybind11/include -I$(python3 -c 'import sysconfig; print(sysconfig.get_path("include"))')"
  ls python/bindings/*.cc | xargs -P "$(nproc)" -I{} sh -c \
    "g++ $flags -c {} -o $folder/\$(basename {} .cc).o" || return 1
  g++ -shared -o "python/tenon/_core$suffix" $folder/*.o -Llib -ltenon -lnvinfer_plugin \
    -Wl,-rpath,"\$ORIGIN/../../lib"
}

{
  echo "# Results on a GPU"
  echo
  echo "$(nvidia-smi --query-gpu=name,driver_version --format=csv,noheader | head -1); $(date -u +%F). Times are medians by CUDA events."
  echo
  echo "| model | outputs | max difference | enqueueV3 µs | captured by the caller µs | nodes | build s |"
  echo "|---|---|---|---|---|---|---|"
} >"$table"

step "tools" 120 compile_tools
compile_bindings >"$out/bindings.txt" 2>&1 &
bindings=$!

row() { # row SECONDS ARGUMENTS…: one row of the table
  local limit=$1 begin=$SECONDS text
  shift
  echo "== engine_check $*" >>"$log"
  text=$(timeout "$limit" bin/engine_check "$@" 2>>"$log")
  local code=$?
  [ -n "$text" ] || text="| $* | no answer, exit $code | | | | | |"
  echo "$text" | tee -a "$table"
  if [ $code -ne 0 ]; then
    failures=$((failures + 1))
    tail -n 8 "$log" | sed 's/^/        /'
  fi
}

if [ -x bin/engine_check ]; then
  row 60 --model=data/mnist/mnist.onnx --tolerance=1e-3
  row 60 --model=data/safe_plugin/mnist_safe_plugin.onnx --reference=data/mnist/mnist.onnx \
    --plugin="$root/lib/libmaxpool_cuda.so" --tolerance=1e-3
  row 60 --model=data/models/lenet.onnx --tolerance=1e-3
fi
if [ -n "${FIRST:-}" ]; then # the first rows alone
  kill $bindings 2>/dev/null
  cat "$log"
  exit $failures
fi
if wait $bindings; then
  step "quick plugins" 100 env PYTHONPATH="$root/python:$root/python/compat" TENON_DEVICE=cuda \
    python3 test/gpu/quick.py
  sed -n '/^== quick/,$p' "$log" | grep -E '\([0-9.]+ s\)$'
else
  echo "FAILED  bindings"
  grep -m 5 error "$out/bindings.txt"
  failures=$((failures + 1))
fi
for program in tests/*; do
  [ -x "$program" ] || continue
  step "$(basename "$program")" 240 env TENON_CONFORMANCE=cuda "$program"
done
sed -n '/Global test environment tear-down/,$p' "$log" | cut -c1-160 | head -70
if [ -x bin/engine_check ]; then
  row 100 --model=data/models/mobilenetv2.onnx --tolerance=5e-3
  timeout 60 python3 models/make_resnet50.py --out made/resnet50.onnx >>"$log" 2>&1
  [ -e made/resnet50.onnx ] && row 100 --model=made/resnet50.onnx --tolerance=5e-3
fi
# Where the time goes, layer by layer.
for model in data/models/lenet.onnx made/resnet50.onnx; do
  if [ -x bin/trtexec ] && [ -e "$model" ]; then
    step "trtexec $(basename "$model")" 100 sh -c \
      "bin/trtexec --onnx=$model --tenonDevice=cuda --dumpProfile --iterations=50 >'$out/$(basename "$model").txt' 2>&1"
    tail -n 100 "$out/$(basename "$model").txt" | cut -c1-120 | tail -n 24
  fi
done
echo "$failures failed"
cat "$table"
[ $failures -eq 0 ]
