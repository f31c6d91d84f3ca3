// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Copies between layouts: any two are strides over images, blocks of channels, and pixels.
#include "backends/simd/run/reorder.h"

#include <algorithm>
#include <cstring>

#include "backends/simd/loops/transpose.h"
#include "backends/simd/run/loaded_kernel.h"
#include "base/bytes.h"
#include "base/parallel.h"

namespace tenon::simd {

namespace {

using kernel::Layout;
using kernel::TensorDesc;

/// A tensor as images of `channels` by `pixels`. Channel c of pixel p stands at
/// c / block · block_step + p · pixel_step + c % block, in elements from the image.
struct View {
  int64_t block, block_step, pixel_step, image_step;
  int64_t stored_channels;  ///< padding included

  View(const Layout& layout, int64_t channels, int64_t pixels) {
    stored_channels = (channels + layout.vector - 1) / layout.vector * layout.vector;
    const bool last = layout.order == Layout::Order::ChannelsLast;
    block = last ? stored_channels : layout.vector;
    block_step = last ? 0 : pixels * layout.vector;
    pixel_step = last ? stored_channels : layout.vector;
    image_step = stored_channels * pixels;
  }
  [[nodiscard]] int64_t at(int64_t channel, int64_t pixel) const {
    return channel / block * block_step + pixel * pixel_step + channel % block;
  }
};

/// Extents of a tensor around its channel axis.
struct Extents {
  int64_t images = 1, channels = 1, pixels = 1;

  Extents(const Dims& dims, int from_end) {
    const int axis = dims.rank() - from_end;
    for (int i = 0; i < dims.rank(); ++i) {
      (i < axis ? images : i == axis ? channels : pixels) *= dims[i];
    }
  }
};

/// Where neither layout is linear the channel axes must agree.
int channel_from_end(const Layout& from, const Layout& to) {
  return to.is_linear() ? from.channel_from_end : to.channel_from_end;
}

/// Pixels that one thread takes at a time.
constexpr int64_t kPixels = 64;

/// Some pixels of one image, all channels, in runs that lie in one block of both views.
template <class T>
void copy_pixels(const T* from, const View& source, T* to, const View& target, int64_t channels,
                 int64_t begin, int64_t end) {
  for (int64_t c = 0; c < channels;) {
    const int64_t run =
        std::min({source.block - c % source.block, target.block - c % target.block, channels - c});
    if (source.block > 1 && target.block > 1) {  // Both have these channels side by side.
      for (int64_t p = begin; p < end; ++p) {
        std::memmove(to + target.at(c, p), from + source.at(c, p),
                     static_cast<size_t>(run) * sizeof(T));
      }
      c += run;
      continue;
    }
    if (source.block == 1 && target.block == 1) {
      std::memmove(to + target.at(c, begin), from + source.at(c, begin),
                   static_cast<size_t>(end - begin) * sizeof(T));
      ++c;
      continue;
    }
    // One of them has planes: a transposition of as many channels as the other has side by side.
    const View& blocked = source.block == 1 ? target : source;
    const int64_t rows = std::min(blocked.block - c % blocked.block, channels - c);
    const bool gather = source.block == 1;
    const TransposeTile tile{.from = from + source.at(c, begin),
                             .to = to + target.at(c, begin),
                             .rows = gather ? rows : end - begin,
                             .columns = gather ? end - begin : rows,
                             .from_step = gather ? source.block_step : source.pixel_step,
                             .to_step = gather ? target.pixel_step : target.block_step};
    transpose_tile(tile, sizeof(T));
    c += rows;
  }
}

template <class T>
void pad_pixels(T* to, const View& target, int64_t channels, int64_t begin, int64_t end) {
  for (int64_t c = channels; c < target.stored_channels; ++c) {
    for (int64_t p = begin; p < end; ++p) to[target.at(c, p)] = T{};
  }
}

template <class T>
void reorder_as(const Dims& dims, const Layout& from_layout, const void* from,
                const Layout& to_layout, void* to, int threads) {
  const Extents e(dims, channel_from_end(from_layout, to_layout));
  const View source(from_layout, e.channels, e.pixels), target(to_layout, e.channels, e.pixels);
  const int64_t strips = (e.pixels + kPixels - 1) / kPixels;
  parallel_for(threads, e.images * strips, 1, [&](int64_t first, int64_t last) {
    for (int64_t item = first; item < last; ++item) {
      const int64_t image = item / strips, begin = item % strips * kPixels;
      const int64_t end = std::min(begin + kPixels, e.pixels);
      T* out = static_cast<T*>(to) + image * target.image_step;
      copy_pixels(static_cast<const T*>(from) + image * source.image_step, source, out, target,
                  e.channels, begin, end);
      pad_pixels(out, target, e.channels, begin, end);
    }
  });
}

void reorder_at(DType dtype, const Dims& dims, const Layout& from_layout, const void* from,
                const Layout& to_layout, void* to, int threads) noexcept {
  switch (bit_width(dtype)) {
    case 8:
      return reorder_as<uint8_t>(dims, from_layout, from, to_layout, to, threads);
    case 16:
      return reorder_as<uint16_t>(dims, from_layout, from, to_layout, to, threads);
    case 32:
      return reorder_as<uint32_t>(dims, from_layout, from, to_layout, to, threads);
    default:
      return reorder_as<uint64_t>(dims, from_layout, from, to_layout, to, threads);
  }
}

struct Kernel {
  DType dtype = DType::F32;
  Layout from, to;
  int threads = 1;
  [[nodiscard]] size_t workspace(std::span<const TensorDesc>,
                                 std::span<const TensorDesc>) const noexcept {
    return 0;
  }
};

class Instance final : public kernel::Instance, public Allocated {
 public:
  explicit Instance(const Kernel& kernel) : kernel_(kernel) {}

  Status on_shapes(std::span<const TensorDesc> inputs,
                   std::span<const TensorDesc> outputs) noexcept override {
    dims_ = inputs[0].dims;
    if (dims_ == outputs[0].dims) return {};
    return {Code::InvalidArgument, "a reorder's input and output differ in shape"};
  }

  Status run(const kernel::RunArgs& args) noexcept override {
    reorder_at(kernel_.dtype, dims_, kernel_.from, args.inputs[0], kernel_.to, args.outputs[0],
               kernel_.threads);
    return {};
  }

 private:
  const Kernel& kernel_;
  Dims dims_;
};

bool take_layout(ByteReader& bytes, Layout& layout) {
  const auto order = bytes.take<uint8_t>();
  layout.order = static_cast<Layout::Order>(order);
  layout.channel_from_end = bytes.take<uint8_t>();
  layout.vector = bytes.take<uint8_t>();
  return bytes.ok() && order <= 1 && layout.vector > 0 &&
         (layout.channel_from_end == 3 || layout.channel_from_end == 4);
}

}  // namespace

bool can_reorder(DType dtype, const Layout& from, const Layout& to) noexcept {
  if (from.private_id != 0 || to.private_id != 0 || bit_width(dtype) < 8) return false;
  return from.is_linear() || to.is_linear() || from.channel_from_end == to.channel_from_end;
}

Result<std::unique_ptr<kernel::Loaded>> load_reorder(const kernel::RecordView& record,
                                                     Diagnostics& diag) {
  ByteReader params(record.params);
  Kernel kernel;
  kernel.threads = record.threads;
  const auto dtype = params.take<uint8_t>();
  const bool sound = take_layout(params, kernel.from) && take_layout(params, kernel.to) &&
                     dtype < kDTypeCount && record.version == 1;
  kernel.dtype = static_cast<DType>(dtype);
  if (!sound || !can_reorder(kernel.dtype, kernel.from, kernel.to)) {
    return damaged(record, diag);
  }
  TENON_TRY(kernel::expect_ports(record, {kernel::Wanted{kernel.dtype, kernel.from}},
                                 {kernel.dtype, kernel.to}, diag));
  return make_loaded<Instance>(kernel, record, diag);
}

void reorder(DType dtype, const Dims& dims, const Layout& from_layout, const void* from,
             const Layout& to_layout, void* to, int threads) noexcept {
  reorder_at(dtype, dims, from_layout, from, to_layout, to, threads);
}

}  // namespace tenon::simd
