// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Choosing how elements move.
#include "backends/cuda/movement.h"

#include <fmt/core.h>

#include <algorithm>

#include "backends/cuda/texts.h"

namespace tenon::cuda {

namespace {

constexpr size_t kMostAxes = 8;
constexpr int64_t kTile = 32;

/// The widest unit, in bytes, that the rows of both sides are made of.
int64_t unit_of(const Move& move, int64_t element, bool aligned) {
  const AxisWalk& walk = move.walk;
  const size_t inner = walk.rank() - 1;
  if (!aligned || walk.strides[0][inner] != 1 || walk.strides[1][inner] != 1) return element;
  for (int64_t unit = 16; unit > element; unit /= 2) {
    bool fits = walk.extents[inner] * element % unit == 0 &&
                move.first_from * element % unit == 0 && move.first_to * element % unit == 0;
    for (size_t axis = 0; axis < inner && fits; ++axis) {
      fits = walk.strides[0][axis] * element % unit == 0 &&
             walk.strides[1][axis] * element % unit == 0;
    }
    if (fits) return unit;
  }
  return element;
}

void to_units(AxisWalk& walk, int64_t elements) {
  const size_t inner = walk.rank() - 1;
  walk.extents[inner] /= elements;
  for (auto& own : walk.strides) {
    for (size_t axis = 0; axis < inner; ++axis) own[axis] /= elements;
  }
}

/// The axis along which an operand lies side by side; rank() when there is none.
size_t side_by_side(const AxisWalk& walk, size_t operand) {
  const auto& own = walk.strides[operand];
  return static_cast<size_t>(std::ranges::find(own, 1) - own.begin());
}

/// Elements of a word that matrices can be turned over in: of it all extents and steps are
/// multiples.
int64_t word_of(const Move& move, size_t row, size_t column, int64_t element, bool aligned) {
  const int64_t word = element < 4 && aligned ? 4 / element : 1;
  const AxisWalk& walk = move.walk;
  bool fits = walk.extents[row] % word == 0 && walk.extents[column] % word == 0 &&
              move.first_from % word == 0 && move.first_to % word == 0;
  for (size_t axis = 0; axis < walk.rank(); ++axis) {
    fits = fits && (axis == column || walk.strides[0][axis] % word == 0) &&
           (axis == row || walk.strides[1][axis] % word == 0);
  }
  return fits ? word : 1;
}

Launch turned(AxisWalk walk, const Place& from, const Place& to, size_t row, size_t column,
              int64_t element, int64_t word) {
  const int64_t rows = walk.extents[row], columns = walk.extents[column];
  const int64_t from_row = walk.strides[0][row], to_column = walk.strides[1][column];
  walk.remove(std::max(row, column));
  walk.remove(std::min(row, column));
  const int64_t tile = kTile * word;
  const int64_t row_tiles = (rows + tile - 1) / tile, column_tiles = (columns + tile - 1) / tile;
  Launch launch = launch_of(fmt::format("turn{}_{}", word > 1 ? "_words" : "", element),
                            walk.volume() * row_tiles * column_tiles, 1);
  launch.block[0] = kTile;
  launch.block[1] = 8;
  launch.arguments.place(from).place(to).u32(rows).u32(columns);
  launch.arguments.divisor(row_tiles).divisor(column_tiles).i32(from_row).i32(to_column);
  launch.arguments.i32(static_cast<int64_t>(walk.rank())).divisors(walk.extents, kMostAxes);
  launch.arguments.i32s(walk.strides[0], kMostAxes).i32s(walk.strides[1], kMostAxes);
  return launch;
}

}  // namespace

Status plan_move(Move move, DType dtype, bool aligned, std::vector<Launch>& launches) {
  const auto element = static_cast<int64_t>(byte_size(dtype, 1));
  const int64_t count = move.walk.volume();
  if (count == 0) return {};
  move.walk.merge();
  AxisWalk& walk = move.walk;
  if (walk.rank() > kMostAxes) return kUnlikeShapes;
  const Place from = input(move.input, static_cast<uint64_t>(move.first_from * element));
  const Place to = output(0, static_cast<uint64_t>(move.first_to * element));
  if (walk.rank() == 0 ||
      (walk.rank() == 1 && walk.strides[0][0] == 1 && walk.strides[1][0] == 1)) {
    launches.push_back(copy_of(to, from, static_cast<uint64_t>(count * element)));
    return {};
  }
  constexpr int64_t kWorthTurning = 8;
  const size_t column = side_by_side(walk, 0), row = side_by_side(walk, 1);
  if (column != row && column < walk.rank() && row < walk.rank() &&
      walk.extents[row] >= kWorthTurning && walk.extents[column] >= kWorthTurning) {
    const int64_t word = word_of(move, row, column, element, aligned);
    launches.push_back(turned(walk, from, to, row, column, element, word));
    return {};
  }
  const int64_t unit = unit_of(move, element, aligned);
  if (unit != element) to_units(walk, unit / element);
  Launch launch = launch_of(fmt::format("copy_strided_{}", unit), walk.volume());
  launch.arguments.place(from).place(to).u32(walk.volume()).i32(static_cast<int64_t>(walk.rank()));
  launch.arguments.divisors(walk.extents, kMostAxes);
  launch.arguments.i32s(walk.strides[0], kMostAxes).i32s(walk.strides[1], kMostAxes);
  launches.push_back(std::move(launch));
  return {};
}

std::string move_text(DType dtype, bool pads, bool reorders) {
  return fmt::format("#define SIZE {}\n#define PADS {}\n#define REORDERS {}\n", byte_size(dtype, 1),
                     pads ? 1 : 0, reorders ? 1 : 0) +
         kCopyText;
}

}  // namespace tenon::cuda
