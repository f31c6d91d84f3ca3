// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Nearest and linear resizing of f32 images along their last two axes, row-major or channels-last.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "backends/simd/loops/resize.h"
#include "backends/simd/run/list.h"
#include "backends/simd/run/loaded_kernel.h"
#include "base/array.h"
#include "base/parallel.h"
#include "ops/resize_grid.h"

namespace tenon::simd::resize {

namespace {

using kernel::Layout;
using kernel::TensorDesc;
using ops::ResizeMode;

/// One scale an axis, or none.
struct Scales {
  float values[Dims::kMaxRank];
  size_t count = 0;
};
bool read(ByteReader& reader, Scales& scales) {
  const auto count = reader.take<uint32_t>();
  if (count > static_cast<uint32_t>(Dims::kMaxRank)) return false;
  for (scales.count = 0; scales.count < count; ++scales.count) {
    scales.values[scales.count] = reader.take<float>();
  }
  return reader.ok();
}

/// ops::Resize as a record holds it, without memory.
struct ResizeRun {
  ResizeMode mode;
  ops::Coordinates coordinates;
  ops::Rounding rounding;
  bool single_first, exclude_outside;
  float cubic_coefficient;
  Scales scales;
  ops::Extents target;

  static constexpr auto fields() {
    using ops::Field;
    return std::tuple{Field{"mode", &ResizeRun::mode},
                      Field{"coordinates", &ResizeRun::coordinates},
                      Field{"rounding", &ResizeRun::rounding},
                      Field{"single_first", &ResizeRun::single_first},
                      Field{"exclude_outside", &ResizeRun::exclude_outside},
                      Field{"cubic_coefficient", &ResizeRun::cubic_coefficient},
                      Field{"scales", &ResizeRun::scales},
                      Field{"target", &ResizeRun::target}};
  }

  /// Served: nearest, or linear over all elements; of the last two axes only.
  [[nodiscard]] bool sound(size_t rank) const {
    if (mode == ResizeMode::Cubic || (mode == ResizeMode::Linear && exclude_outside)) return false;
    if (rank < 2 || (scales.count != 0 && scales.count != rank)) return false;
    for (size_t axis = 0; axis < scales.count; ++axis) {
      const float scale = scales.values[axis];
      if (!(scale > 0) || !std::isfinite(scale)) return false;
      if (axis + 2 < rank && scale != 1) return false;
    }
    return true;
  }
};

/// Both neighbours of every output element along one axis.
struct Taps {
  Array<int32_t> first, second;
  Array<float> first_weight, second_weight;

  [[nodiscard]] bool add(int32_t one, int32_t other, float one_weight, float other_weight) {
    return first.push_back(one) && second.push_back(other) && first_weight.push_back(one_weight) &&
           second_weight.push_back(other_weight);
  }
  void clear() { first.clear(), second.clear(), first_weight.clear(), second_weight.clear(); }

  [[nodiscard]] ResizeColumns columns() const noexcept {
    return {first.data(), second.data(), first_weight.data(), second_weight.data(),
            static_cast<int64_t>(first.size())};
  }
};

bool taps_of(const ResizeRun& op, size_t axis, int64_t from, int64_t to, Taps& taps) {
  const double given = op.scales.count == 0 ? 0 : static_cast<double>(op.scales.values[axis]);
  const double scale = given > 0 ? given : static_cast<double>(to) / static_cast<double>(from);
  const bool same = from == to && scale == 1;
  taps.clear();
  for (int64_t i = 0; i < to; ++i) {
    const double x =
        same ? static_cast<double>(i)
             : ops::resize_coordinate(op.coordinates, op.single_first, i, scale, from, to);
    int64_t first = 0;
    double right = 0;
    if (op.mode == ResizeMode::Nearest) {
      first = same ? i : ops::nearest_element(op.rounding, x, from);
    } else {
      // Beyond the edges both neighbours are the edge, so their shares need no limit.
      const double floor = std::clamp(std::floor(x), -1.0, static_cast<double>(from));
      first = static_cast<int64_t>(floor);
      right = x - std::floor(x);
    }
    const auto clamped = [&](int64_t at) {
      return static_cast<int32_t>(std::clamp<int64_t>(at, 0, from - 1));
    };
    if (!taps.add(clamped(first), clamped(first + 1), static_cast<float>(1 - right),
                  static_cast<float>(right))) {
      return false;
    }
  }
  return true;
}

struct Kernel {
  ResizeRun op;
  Level level;
  bool channels_last;
  int threads;

  /// Linear rows are mixed along the row first: two of them a thread.
  [[nodiscard]] size_t workspace(std::span<const TensorDesc>,
                                 std::span<const TensorDesc> outputs) const noexcept {
    const Dims& out = outputs[0].dims;
    if (channels_last || op.mode == ResizeMode::Nearest || out.rank() == 0) return 0;
    return static_cast<size_t>(threads) * 2 * static_cast<size_t>(out.back()) * sizeof(float);
  }
};

/// Rows of one thread, the last ones that were mixed kept: the next output row often wants them.
struct MixedRows {
  float* rows[2];
  const float* source[2] = {nullptr, nullptr};
};

class Instance final : public kernel::Instance, public Allocated {
 public:
  explicit Instance(const Kernel& kernel) : kernel_(kernel), loops_(resize_loops(kernel.level)) {}

  Status on_shapes(std::span<const TensorDesc> inputs,
                   std::span<const TensorDesc> outputs) noexcept override {
    constexpr Status kWrong = {Code::InvalidArgument, "a resizing's shapes contradict each other"};
    constexpr int64_t kMost = INT32_MAX;
    const Dims &in = inputs[0].dims, &out = outputs[0].dims;
    const int rank = out.rank();
    if (in.rank() != rank || rank < 2 || (kernel_.channels_last && rank != 4)) return kWrong;
    planes_ = 1;
    for (int i = 0; i < rank - 2; ++i) {
      if (in[i] != out[i]) return kWrong;
      planes_ *= in[i];
    }
    in_rows_ = in[rank - 2];
    in_columns_ = in[rank - 1];
    channels_ = 1;
    if (kernel_.channels_last) {
      channels_ = in[1];
      planes_ = in[0];
    }
    const int64_t to_rows = out[rank - 2], to_columns = out[rank - 1];
    const bool empty = outputs[0].elements() == 0;
    if (in_rows_ > kMost || in_columns_ > kMost || (!empty && inputs[0].elements() == 0)) {
      return kWrong;
    }
    if (empty) planes_ = 0;
    if (empty) return {};
    const auto axis = static_cast<size_t>(rank) - 2;
    const bool made = taps_of(kernel_.op, axis, in_rows_, to_rows, rows_) &&
                      taps_of(kernel_.op, axis + 1, in_columns_, to_columns, columns_);
    return made ? Status{} : kNoMemory;
  }

  Status run(const kernel::RunArgs& args) noexcept override {
    const auto* in = static_cast<const float*>(args.inputs[0]);
    auto* out = static_cast<float*>(args.outputs[0]);
    const int64_t width = columns() * channels_;
    const auto height = static_cast<int64_t>(rows_.first.size());
    const int64_t total = planes_ * height;
    const auto parts = std::min<int64_t>(kernel_.threads, total);
    if (parts == 0) return {};
    parallel_for(static_cast<int>(parts), parts, 1, [&](int64_t begin, int64_t end) {
      for (int64_t part = begin; part < end; ++part) {
        auto* own = static_cast<float*>(args.workspace) + part * 2 * columns();
        MixedRows mixed{{own, own + columns()}};
        const int64_t first = total * part / parts, last = total * (part + 1) / parts;
        for (int64_t at = first; at < last; ++at) {
          const int64_t plane = at / height, y = at % height;
          const bool again = at > first && y > 0 && same_row(y, y - 1);
          float* row = out + at * width;
          if (again) {
            std::memcpy(row, row - width, static_cast<size_t>(width) * sizeof(float));
          } else {
            fill_row(in + plane * in_rows_ * in_columns_ * channels_, y, mixed, row);
          }
        }
      }
    });
    return {};
  }

 private:
  [[nodiscard]] int64_t columns() const noexcept {
    return static_cast<int64_t>(columns_.first.size());
  }
  [[nodiscard]] bool nearest() const noexcept { return kernel_.op.mode == ResizeMode::Nearest; }
  [[nodiscard]] bool same_row(int64_t y, int64_t other) const noexcept {
    const auto a = static_cast<size_t>(y), b = static_cast<size_t>(other);
    return nearest() && rows_.first[a] == rows_.first[b];
  }

  void fill_row(const float* plane, int64_t y, MixedRows& mixed, float* out) const noexcept {
    const auto at = static_cast<size_t>(y);
    const int64_t stride = in_columns_ * channels_;
    const float* upper = plane + rows_.first[at] * stride;
    const float* lower = plane + rows_.second[at] * stride;
    if (kernel_.channels_last) return fill_pixels(upper, lower, at, out);
    if (nearest()) return loops_.pick(upper, columns_.columns(), out);
    const float* above = mix(upper, lower, mixed);
    const float* below = mix(lower, upper, mixed);
    loops_.blend(above, below, rows_.first_weight[at], rows_.second_weight[at], columns(), out);
  }

  /// The row mixed along itself, from the buffers or into the one that does not hold `keep`.
  const float* mix(const float* row, const float* keep, MixedRows& mixed) const noexcept {
    for (int i = 0; i < 2; ++i) {
      if (mixed.source[i] == row) return mixed.rows[i];
    }
    const int i = mixed.source[0] == keep ? 1 : 0;
    loops_.mix(row, columns_.columns(), mixed.rows[i]);
    mixed.source[i] = row;
    return mixed.rows[i];
  }

  void fill_pixels(const float* upper, const float* lower, size_t y, float* out) const noexcept {
    const auto bytes = static_cast<size_t>(channels_) * sizeof(float);
    for (size_t x = 0; x < columns_.first.size(); ++x, out += channels_) {
      const int64_t left = columns_.first[x] * channels_, right = columns_.second[x] * channels_;
      if (nearest()) {
        std::memcpy(out, upper + left, bytes);
        continue;
      }
      const float* corners[] = {upper + left, upper + right, lower + left, lower + right};
      const float w0 = rows_.first_weight[y], w1 = rows_.second_weight[y];
      const float l = columns_.first_weight[x], r = columns_.second_weight[x];
      const float weights[] = {w0 * l, w0 * r, w1 * l, w1 * r};
      loops_.pixel(corners, weights, channels_, out);
    }
  }

  const Kernel& kernel_;
  const ResizeLoops& loops_;
  int64_t planes_ = 0, channels_ = 1, in_rows_ = 0, in_columns_ = 0;
  Taps rows_, columns_;
};

}  // namespace

Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record, Diagnostics& diag) {
  TENON_ASSIGN(auto opened, open<ResizeRun>(record, diag));
  const bool channels_last = opened.rest.take<uint8_t>() != 0;
  const auto rank = static_cast<size_t>(opened.op.target.numbers.rank());
  const bool sound = opened.rest.ok() && opened.op.sound(rank) && (!channels_last || rank == 4);
  if (!sound) return damaged(record, diag);
  const kernel::Wanted port{DType::F32, channels_last ? Layout::hwc() : Layout::linear()};
  TENON_TRY(kernel::expect_ports(record, {port}, port, diag));
  return make_loaded<Instance>(Kernel{.op = opened.op,
                                      .level = opened.level,
                                      .channels_last = channels_last,
                                      .threads = std::max(record.threads, 1)},
                               record, diag);
}

}  // namespace tenon::simd::resize
