// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What the axes of a tensor mean, and how values whose axes the file sees otherwise are stored.
#pragma once

#include <span>

#include "base/diagnostics.h"
#include "base/dims.h"
#include "base/result.h"

namespace tenon::uff {

/// How a value's axes lie, compared with how the file's nodes speak of them.
enum class Stored : uint8_t {
  AsFile,        ///< as the file says
  ChannelFirst,  ///< batch, channel, spatial, whatever a node calls it: a network input registered
                 ///< so, and what is made of it
  Turned         ///< batch, channel, spatial, where the file sees batch, spatial, channel
};

/// The numbers of an order that stand for runs of spatial axes.
inline constexpr int64_t kIncrement = 2147483647, kDecrement = -2147483648LL;

/// For each axis of a tensor of `rank` the axis of the main order ("NC+" for data, "KC+" for
/// filters) that it is. A list holds one entry an axis: its number in the main order, negative ones
/// from the end; `n, increment` is a run of spatial axes from n on, `decrement, n` one that ends
/// at n. An empty list is the main order. Fails with InvalidModel where the list is none for that
/// rank.
Result<Dims> main_axes(std::span<const int64_t> order, int rank, Diagnostics& diag);

/// 0, 1, 2, …
bool is_main(const Dims& axes) noexcept;
/// 0, 2, 3, …, 1: channels last.
bool is_channel_last(const Dims& axes) noexcept;
/// The permutation that undoes `axes`.
Dims inverse(const Dims& axes) noexcept;

}  // namespace tenon::uff
