// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Groups of threads to a row: what the text of rows.cu is told.
#pragma once

#include <fmt/core.h>

#include <algorithm>
#include <string>

#include "backends/cuda/launch.h"

namespace tenon::cuda {

/// How many threads work on a row of up to `count` elements, how many elements they read at once,
/// and how many such vectors each of them keeps in registers: 0 when rows are too long for that.
struct RowGroup {
  int64_t threads = 32, held = 0, lanes = 1;

  /// `most_lanes`: elements of 16 bytes, or 1.
  static RowGroup of(int64_t count, int64_t most_lanes) {
    constexpr int64_t kMostHeld = 32;
    RowGroup group;
    group.lanes = count % most_lanes == 0 ? most_lanes : 1;
    const int64_t vectors = count / group.lanes;
    // Vectors bring more bytes: fewer of them keep a thread busy.
    const int64_t each = group.lanes > 1 ? 2 : 8;
    group.threads = vectors <= 8 * each         ? 8
                    : vectors <= 32 * each * 2  ? 32
                    : vectors <= 128 * each * 2 ? 128
                    : vectors <= 256 * each * 2 ? 256
                                                : 512;
    group.held = std::max<int64_t>((vectors + group.threads - 1) / group.threads, 1);
    if (group.held * group.lanes > kMostHeld) group.held = 0;
    return group;
  }
  [[nodiscard]] std::string text() const {
    return fmt::format("#define THREADS {}\n#define HELD {}\n#define LANES {}\n", threads, held,
                       lanes);
  }
  void write(ByteWriter& bytes) const {
    bytes.put(threads);
    bytes.put(held);
    bytes.put(lanes);
  }
  [[nodiscard]] static RowGroup read(ByteReader& bytes) {
    RowGroup group;
    group.threads = bytes.take<int64_t>();
    group.held = bytes.take<int64_t>();
    group.lanes = bytes.take<int64_t>();
    return group;
  }
  [[nodiscard]] bool sane() const {
    const bool part = threads == 8 || threads == 16;
    return (part || (threads >= 32 && threads <= 1024 && threads % 32 == 0)) && held >= 0 &&
           held <= 64 && lanes >= 1 && lanes <= 16;
  }
  /// True of rows that are whole vectors and fit into the registers.
  [[nodiscard]] bool takes(int64_t count) const {
    return count % lanes == 0 && (held == 0 || count <= held * threads * lanes);
  }
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
