// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Groups of threads to a row: what the text of rows.cu is told.
#pragma once

#include <fmt/core.h>

#include <string>

#include "backends/cuda/launch.h"

namespace tenon::cuda {

/// How many threads work on a row of up to `count` elements, and how many elements each of them
/// keeps in registers: 0 when rows are too long for that.
struct RowGroup {
  int64_t threads = 32, held = 0;

  static RowGroup of(int64_t count) {
    constexpr int64_t kMostHeld = 16;
    RowGroup group;
    group.threads = count <= 64     ? 8
                    : count <= 256  ? 32
                    : count <= 1024 ? 128
                    : count <= 4096 ? 256
                                    : 512;
    group.held = (count + group.threads - 1) / group.threads;
    if (group.held > kMostHeld) group.held = 0;
    if (group.held < 1 && count <= 256) group.held = 1;
    return group;
  }
  [[nodiscard]] std::string text() const {
    return fmt::format("#define THREADS {}\n#define HELD {}\n", threads, held);
  }
  void write(ByteWriter& bytes) const {
    bytes.put(threads);
    bytes.put(held);
  }
  [[nodiscard]] static RowGroup read(ByteReader& bytes) {
    RowGroup group;
    group.threads = bytes.take<int64_t>();
    group.held = bytes.take<int64_t>();
    return group;
  }
  [[nodiscard]] bool sane() const {
    const bool part = threads == 8 || threads == 16;
    return (part || (threads >= 32 && threads <= 1024 && threads % 32 == 0)) && held >= 0 &&
           held <= 64;
  }
  [[nodiscard]] bool takes(int64_t count) const { return held == 0 || count <= held * threads; }
  /// A launch of one group a row: several to a block of 128 threads where groups are small.
  [[nodiscard]] Launch launch(std::string kernel, int64_t rows) const {
    if (threads <= 32) {
      constexpr int64_t kBlock = 128;
      const int64_t together = kBlock / threads;
      Launch one = launch_of(std::move(kernel), (rows + together - 1) / together, 1);
      one.block[0] = kBlock;
      return one;
    }
    Launch one = launch_of(std::move(kernel), rows, 1);
    one.block[0] = static_cast<uint32_t>(threads);
    return one;
  }
};

}  // namespace tenon::cuda
