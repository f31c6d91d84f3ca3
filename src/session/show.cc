// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Runs with a listener: step by step, what each computed is shown before the next begins.
#include <algorithm>
#include <cstring>

#include "session/context.h"
#include "session/gpu_side.h"
#include "session/schedule.h"

namespace tenon::session {

namespace {

/// Elements of `from`, which lies in `tensor`'s layout, one after the other.
void make_row_major(const plan::TensorView& tensor, const Dims& dims, const std::byte* from,
                    std::byte* to) {
  const size_t size = byte_size(tensor.dtype, 1);
  const Dims steps = row_major_strides(dims);
  Dims index = dims;
  for (int64_t i = 0; i < dims.volume(); ++i) {
    for (int axis = 0; axis < dims.rank(); ++axis) index[axis] = i / steps[axis] % dims[axis];
    const int64_t at = kernel::offset(tensor.layout, dims, index);
    std::memcpy(to + static_cast<size_t>(i) * size, from + static_cast<size_t>(at) * size, size);
  }
}

}  // namespace

bool Context::is_watched() const noexcept {
  return listener_ != nullptr && std::find(shown_.begin(), shown_.end(), 1) != shown_.end();
}

Status Context::go_watched(device::Stream stream, Diagnostics& diag) {
  auto action = engine_->schedule_->actions.begin();
  const auto end = engine_->schedule_->actions.end();
  TENON_TRY(show_results(plan::kNoStep, true, stream, diag));
  for (size_t step = 0; step <= steps_.size(); ++step) {
    for (; action != end && action->before == step; ++action)
      TENON_TRY(perform(*action, stream, diag));
    if (step > 0) {
      TENON_TRY(show_results(static_cast<uint32_t>(step - 1), true, stream, diag));
    }
    if (step == steps_.size()) break;
    TENON_TRY(run_steps(stream, step, step + 1, diag));
    if (const Status status = stream.wait(); !status.ok()) {
      return explain(step, status, "put work on the stream that failed", diag);
    }
    // Before others write where it may lie; what has sizes yet to be read is shown after that.
    TENON_TRY(show_results(static_cast<uint32_t>(step), false, stream, diag));
  }
  notify_outputs();
  return {};
}

/// Shows what a step computed, or for kNoStep the inputs: what has all its sizes at once, or with
/// `sizes_known` the rest.
Status Context::show_results(uint32_t step, bool sizes_known, const device::Stream& stream,
                             Diagnostics& diag) {
  const plan::View& plan = engine_->plan();
  for (size_t i = 0; i < shown_.size(); ++i) {
    if (shown_[i] == 0) continue;
    const plan::TensorView tensor = plan.tensor(plan.debug(i).tensor);
    if (tensor.producer != step) continue;
    bool late = step == plan::kNoStep;
    for (const uint32_t symbol : engine_->schedule_->size_symbols) {
      for (size_t axis = 0; axis < tensor.shape.size(); ++axis) {
        for_each_symbol(tensor.shape[axis], [&](uint32_t id) {
          late |= id == symbol && plan.symbol(symbol).step == step;
        });
      }
    }
    if (late == sizes_known) TENON_TRY(show(i, stream, diag));
  }
  return {};
}

Status Context::show(size_t debug, const device::Stream& stream, Diagnostics& diag) {
  const plan::DebugView view = engine_->plan().debug(debug);
  const plan::TensorView tensor = engine_->plan().tensor(view.tensor);
  Dims dims;
  TENON_TRY(shapes_.evaluate(view.tensor, dims, diag));
  const void* data = address_of(view.tensor);
  if (tensor.layout.private_id != 0) {
    diag.warn("tensor '{}' lies in a library's private layout and is not shown", view.name);
    return {};
  }
  if (gpu_ != nullptr && !tensor.layout.is_linear()) {
    diag.warn("tensor '{}' lies on the GPU as {}, not row-major, and is not shown", view.name,
              kernel::to_string(tensor.layout));
    return {};
  }
  if (!tensor.layout.is_linear() && data != nullptr) {
    row_major_.resize(byte_size(tensor.dtype, static_cast<size_t>(dims.volume())));
    make_row_major(tensor, dims, static_cast<const std::byte*>(data), row_major_.data());
    data = row_major_.data();
  }
  const device::OurMemoryScope scope(stream);
  if (listener_->on_tensor(view.name, data, tensor.dtype, dims, stream)) return {};
  return diag.fail(Code::Cancelled, "the debug listener refused tensor '{}'", view.name);
}

}  // namespace tenon::session
