// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Suppression of overlapping boxes, and regions of images.
#include <algorithm>
#include <cmath>
#include <limits>

#include "backends/ref/kernels.h"
#include "backends/ref/types.h"

namespace tenon::ref {

namespace {

struct Box {
  double low[2], high[2];
  [[nodiscard]] double area() const noexcept { return (high[0] - low[0]) * (high[1] - low[1]); }
};

template <class T>
Box box_at(const T* four, bool center) noexcept {
  Box box{};
  for (int i = 0; i < 2; ++i) {
    const double a = load(four[i]), b = load(four[i + 2]);
    box.low[i] = center ? a - b / 2 : std::min(a, b);
    box.high[i] = center ? a + b / 2 : std::max(a, b);
  }
  return box;
}

bool overlap(const Box& a, const Box& b, double threshold) noexcept {
  double shared = 1;
  for (int i = 0; i < 2; ++i) {
    shared *= std::max(0.0, std::min(a.high[i], b.high[i]) - std::max(a.low[i], b.low[i]));
  }
  const double both = a.area() + b.area() - shared;
  return shared > 0 && both > 0 && shared / both > threshold;
}

/// The only element of an optional floating input.
double scalar(const Call& call, size_t i, double otherwise) noexcept {
  double value = otherwise;
  if (!call.has(i)) return value;
  (void)with_float(call.in_type(i), [&](auto type) {
    value = load(call.in<typename decltype(type)::type>(i)[0]);
    return Status{};
  });
  return value;
}

/// One class of one image; appends what it keeps to output 0.
template <class T>
class Suppression {
 public:
  Suppression(const ops::NonMaxSuppression& op, const Call& call) noexcept
      : op_(op),
        call_(call),
        boxes_(call.in_dims(0)[1]),
        most_(call.has(2) ? std::clamp<int64_t>(call.index(2, 0), 0, boxes_) : 0),
        overlap_(scalar(call, 3, 0)),
        least_(scalar(call, 4, -std::numeric_limits<double>::infinity())),
        order_(static_cast<int64_t*>(call.args.workspace)) {}

  bool run(int64_t image, int64_t kind) noexcept {
    const T* boxes = call_.in<T>(0) + image * boxes_ * 4;
    const T* scores = call_.in<T>(1) + (image * call_.in_dims(1)[1] + kind) * boxes_;
    int64_t candidates = 0;
    for (int64_t i = 0; i < boxes_; ++i) {
      if (load(scores[i]) > least_) order_[candidates++] = i;
    }
    std::sort(order_, order_ + candidates, [&](int64_t a, int64_t b) {
      return load(scores[a]) != load(scores[b]) ? load(scores[a]) > load(scores[b]) : a < b;
    });
    if (op_.limit >= 0) candidates = std::min(candidates, op_.limit);
    int64_t kept = 0;  // the first entries of order_ are what is kept
    for (int64_t i = 0; i < candidates && kept < most_; ++i) {
      const Box box = box_at(boxes + order_[i] * 4, op_.center);
      const bool goes = std::any_of(order_, order_ + kept, [&](int64_t other) {
        return overlap(box, box_at(boxes + other * 4, op_.center), overlap_);
      });
      if (goes) continue;
      if (count_ >= call_.out_dims()[0]) return false;
      order_[kept++] = order_[i];
      call_.put_index(0, count_ * 3, image);
      call_.put_index(0, count_ * 3 + 1, kind);
      call_.put_index(0, count_ * 3 + 2, order_[i]);
      ++count_;
    }
    return true;
  }
  [[nodiscard]] int64_t count() const noexcept { return count_; }

 private:
  const ops::NonMaxSuppression& op_;
  const Call& call_;
  int64_t boxes_, most_;
  double overlap_, least_;
  int64_t* order_;
  int64_t count_ = 0;
};

}  // namespace

Status run(const ops::NonMaxSuppression& op, const Call& call) noexcept {
  return with_float(call.in_type(0), [&](auto type) {
    Suppression<typename decltype(type)::type> suppression(op, call);
    const Dims& scores = call.in_dims(1);
    for (int64_t image = 0; image < scores[0]; ++image) {
      for (int64_t kind = 0; kind < scores[1]; ++kind) {
        if (suppression.run(image, kind)) continue;
        return Status{Code::InvalidArgument,
                      "non_max_suppression keeps more boxes than its output can hold"};
      }
    }
    call.put_index(1, 0, suppression.count());
    return Status{};
  });
}

namespace {

/// No cell of a region has more samples a side than this.
constexpr double kMostSamples = 1 << 12;

/// One sample of a plane, its four neighbours weighted; `weighted_max` takes the greatest product.
template <class T>
double sample(const T* plane, int64_t rows, int64_t columns, double y, double x,
              bool max) noexcept {
  if (!(y >= -1 && y <= static_cast<double>(rows) && x >= -1 &&
        x <= static_cast<double>(columns))) {
    return 0;
  }
  y = std::clamp(y, 0.0, static_cast<double>(rows - 1));
  x = std::clamp(x, 0.0, static_cast<double>(columns - 1));
  const auto top = static_cast<int64_t>(y), left = static_cast<int64_t>(x);
  const int64_t bottom = std::min(top + 1, rows - 1), right = std::min(left + 1, columns - 1);
  const double down = y - static_cast<double>(top), aside = x - static_cast<double>(left);
  const double parts[] = {(1 - down) * (1 - aside) * load(plane[top * columns + left]),
                          (1 - down) * aside * load(plane[top * columns + right]),
                          down * (1 - aside) * load(plane[bottom * columns + left]),
                          down * aside * load(plane[bottom * columns + right])};
  if (max) return *std::max_element(std::begin(parts), std::end(parts));
  return parts[0] + parts[1] + parts[2] + parts[3];
}

/// A region on its image: where it begins, its cells' sizes, and samples a cell.
struct Region {
  double y, x, cell_height, cell_width;
  int64_t down, aside;
};

template <class T>
bool region_at(const ops::RoiAlign& op, const T* four, Region& region) noexcept {
  const double shift = op.half_pixel ? 0.5 : 0, scale = static_cast<double>(op.scale);
  double corners[4];
  for (int i = 0; i < 4; ++i) corners[i] = load(four[i]) * scale - shift;
  double width = corners[2] - corners[0], height = corners[3] - corners[1];
  if (!op.half_pixel) {
    width = std::max(width, 1.0);
    height = std::max(height, 1.0);
  }
  region = {corners[1],
            corners[0],
            height / static_cast<double>(op.height),
            width / static_cast<double>(op.width),
            op.samples,
            op.samples};
  if (op.samples > 0) return true;
  const double down = std::ceil(region.cell_height), aside = std::ceil(region.cell_width);
  if (!(down <= kMostSamples && aside <= kMostSamples)) return false;
  region.down = std::max<int64_t>(static_cast<int64_t>(down), 0);
  region.aside = std::max<int64_t>(static_cast<int64_t>(aside), 0);
  return true;
}

template <class T>
double cell(const ops::RoiAlign& op, const T* plane, const Dims& dims, const Region& region,
            int64_t row, int64_t column) noexcept {
  double sum = 0, largest = -std::numeric_limits<double>::infinity();
  const double y0 = region.y + static_cast<double>(row) * region.cell_height;
  const double x0 = region.x + static_cast<double>(column) * region.cell_width;
  for (int64_t i = 0; i < region.down; ++i) {
    const double y =
        y0 + (static_cast<double>(i) + 0.5) * region.cell_height / static_cast<double>(region.down);
    for (int64_t k = 0; k < region.aside; ++k) {
      const double x = x0 + (static_cast<double>(k) + 0.5) * region.cell_width /
                                static_cast<double>(region.aside);
      const double value = sample(plane, dims[2], dims[3], y, x, op.max);
      sum += value;
      largest = std::max(largest, value);
    }
  }
  const auto count = static_cast<double>(region.down * region.aside);
  if (count == 0) return 0;
  return op.max ? largest : sum / count;
}

}  // namespace

Status run(const ops::RoiAlign& op, const Call& call) noexcept {
  return with_float(call.out_type(), [&](auto type) {
    using T = typename decltype(type)::type;
    const Dims& dims = call.in_dims(0);
    T* y = call.out<T>();
    for (int64_t r = 0; r < call.in_dims(1)[0]; ++r) {
      const int64_t image = call.index(2, r);
      Region region{};
      if (image < 0 || image >= dims[0]) {
        return Status{Code::InvalidArgument, "roi_align was given an index of no image"};
      }
      if (!region_at(op, call.in<T>(1) + 4 * r, region)) {
        return Status{Code::InvalidArgument, "roi_align was given a region that is too large"};
      }
      for (int64_t c = 0; c < dims[1]; ++c) {
        const T* plane = call.in<T>(0) + (image * dims[1] + c) * dims[2] * dims[3];
        for (int64_t row = 0; row < op.height; ++row) {
          for (int64_t column = 0; column < op.width; ++column) {
            *y++ = store<T>(cell(op, plane, dims, region, row, column));
          }
        }
      }
    }
    return Status{};
  });
}

}  // namespace tenon::ref
