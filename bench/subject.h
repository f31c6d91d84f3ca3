// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What the timed programs share: their command line, and the requests they serve on standard input.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace tenon::bench {

enum class Element : uint8_t { F32, I64 };

/// A tensor of the command line, `NAME:1x3x224x224[:FILE[:i64]]`; FILE holds raw elements, float32
/// unless the end says i64.
struct Tensor {
  std::string name;
  std::vector<int64_t> dims;
  Element element = Element::F32;
  std::vector<char> data;  ///< as many elements as dims say; read from FILE, or zero
};

/// `PROGRAM MODEL --input NAME:DIMS:FILE --output NAME:DIMS [--threads N] [--library FILE]...`
struct Arguments {
  std::string model;
  std::vector<Tensor> inputs, outputs;
  int threads = 1;
  std::vector<std::string> libraries;
};

/// Reads the command line; on a mistake prints it to standard error and exits with 2.
Arguments read_arguments(int argc, char** argv);

/// Nanoseconds of a steady clock.
int64_t now_ns();

/// Loads the model, then serves. `load` returns the function that runs once, from and to the
/// arguments' tensors, and throws std::runtime_error on failure. Prints
/// `ready LOAD_NS FIRST_NS` after the first run, then answers each line of standard input until it
/// ends: `run N` with `MEDIAN_NS MIN_NS` over N runs; `feed FILE` with `ok` after reading new
/// elements into the first input, in place; `dump FILE` with `ok` after a run whose first output it
/// writes there; `allocations N` with `OURS TOTAL` over N runs, if count_allocations.cc is
/// preloaded. Returns the exit status.
int serve(Arguments& arguments, const std::function<std::function<void()>()>& load);

}  // namespace tenon::bench
