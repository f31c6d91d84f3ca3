// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Command line and request loop of the timed programs.
#include "bench/subject.h"

#include <dlfcn.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string_view>

namespace tenon::bench {
namespace {

[[noreturn]] void refuse(const std::string& sentence) {
  std::fprintf(stderr, "%s\n", sentence.c_str());
  std::exit(2);
}

/// Fills the tensor from a file; false if that holds too little.
bool read_elements(Tensor& tensor, const std::string& file) {
  const auto bytes = static_cast<std::streamsize>(tensor.data.size());
  std::ifstream stream(file, std::ios::binary);
  stream.read(tensor.data.data(), bytes);
  return stream.gcount() == bytes;
}

Tensor read_tensor(const std::string& text) {
  Tensor tensor;
  std::istringstream parts(text);
  std::string dims;
  std::string file;
  std::string element;
  std::getline(parts, tensor.name, ':');
  std::getline(parts, dims, ':');
  std::getline(parts, file, ':');
  std::getline(parts, element);
  std::istringstream numbers(dims);
  int64_t count = 1;
  for (std::string number; std::getline(numbers, number, 'x');) {
    tensor.dims.push_back(std::atoll(number.c_str()));
    count *= tensor.dims.back();
  }
  if (tensor.name.empty() || tensor.dims.empty() || count <= 0) {
    refuse("'" + text + "' is not NAME:1x2x3[:FILE[:i64]]");
  }
  if (!element.empty() && element != "i64") refuse("elements are i64 or, unnamed, float32");
  if (element == "i64") tensor.element = Element::I64;
  const size_t width = element == "i64" ? sizeof(int64_t) : sizeof(float);
  tensor.data.resize(static_cast<size_t>(count) * width);
  if (!file.empty() && !read_elements(tensor, file)) refuse(file + " is shorter than " + dims);
  return tensor;
}

/// Runs `count` times and prints the median and the minimum.
void time_runs(const std::function<void()>& run, int count) {
  std::vector<int64_t> spans(static_cast<size_t>(std::max(count, 1)));
  for (int64_t& span : spans) {
    const int64_t start = now_ns();
    run();
    span = now_ns() - start;
  }
  std::sort(spans.begin(), spans.end());
  std::printf("%lld %lld\n", static_cast<long long>(spans[spans.size() / 2]),
              static_cast<long long>(spans[0]));
}

/// Counts heap allocations by the preloaded library's function.
void count_allocations(const std::function<void()>& run, int count) {
  using Counter = void (*)(bool on, int64_t* ours, int64_t* total);
  auto counter = reinterpret_cast<Counter>(dlsym(RTLD_DEFAULT, "count_allocations"));
  if (counter == nullptr) {
    std::puts("not preloaded");
    return;
  }
  int64_t ours = 0;
  int64_t total = 0;
  counter(true, nullptr, nullptr);
  for (int i = 0; i < count; ++i) run();
  counter(false, &ours, &total);
  std::printf("%lld %lld\n", static_cast<long long>(ours), static_cast<long long>(total));
}

void dump(const Tensor& tensor, const std::string& file) {
  std::ofstream stream(file, std::ios::binary);
  stream.write(tensor.data.data(), static_cast<std::streamsize>(tensor.data.size()));
  stream.close();
  std::puts(stream ? "ok" : "cannot write");
}

}  // namespace

Arguments read_arguments(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string_view flag = argv[i];
    if (!flag.starts_with("--")) {
      arguments.model = flag;
      continue;
    }
    if (++i == argc) refuse(std::string(flag) + " wants a value");
    const std::string value = argv[i];
    if (flag == "--input") {
      arguments.inputs.push_back(read_tensor(value));
    } else if (flag == "--output") {
      arguments.outputs.push_back(read_tensor(value));
    } else if (flag == "--threads") {
      arguments.threads = std::atoi(value.c_str());
    } else if (flag == "--library") {
      arguments.libraries.push_back(value);
    } else {
      refuse("unknown flag " + std::string(flag));
    }
  }
  if (arguments.model.empty() || arguments.inputs.empty() || arguments.outputs.empty()) {
    refuse("wanted: MODEL --input NAME:DIMS:FILE --output NAME:DIMS");
  }
  return arguments;
}

int64_t now_ns() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

int serve(Arguments& arguments, const std::function<std::function<void()>()>& load) try {
  const int64_t start = now_ns();
  const std::function<void()> run = load();
  const int64_t loaded = now_ns();
  run();
  std::printf("ready %lld %lld\n", static_cast<long long>(loaded - start),
              static_cast<long long>(now_ns() - loaded));
  std::fflush(stdout);
  for (std::string line; std::getline(std::cin, line); std::fflush(stdout)) {
    if (line.starts_with("run ")) {
      time_runs(run, std::atoi(line.c_str() + 4));
    } else if (line.starts_with("allocations ")) {
      count_allocations(run, std::atoi(line.c_str() + 12));
    } else if (line.starts_with("feed ")) {
      std::puts(read_elements(arguments.inputs.front(), line.substr(5)) ? "ok" : "too short");
    } else if (line.starts_with("dump ")) {
      run();
      dump(arguments.outputs.front(), line.substr(5));
    } else {
      std::puts("unknown request");
    }
  }
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}

}  // namespace tenon::bench
