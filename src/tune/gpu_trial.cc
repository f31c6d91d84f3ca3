// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Preparing and running one trial on a GPU.
#include "tune/gpu_trial.h"

#include <algorithm>
#include <cstring>

#include "tune/sample_data.h"

namespace tenon::tune {

namespace {

using device::cu_address;

constexpr std::byte kPaint{0xA5};

}  // namespace

void GpuTrialMemory::reserve(bool output, size_t position, DType dtype, size_t bytes) {
  Slot& slot = slots_[{output, position, dtype}];
  slot.bytes = std::max({slot.bytes, bytes, size_t{1}});
}

bool GpuTrialMemory::allocate() {
  for (auto& [key, slot] : slots_) {
    slot.buffer = device::GpuBuffer(gpu_, slot.bytes + 2 * kEdge);
    if (slot.buffer.data() == nullptr) return false;
    if (std::get<bool>(key)) continue;
    // One stretch again and again: making random numbers takes longer than timing.
    constexpr size_t kStretch = size_t{1} << 18;
    std::vector<std::byte> sample(slot.bytes);
    fill_sample(std::get<DType>(key), std::span(sample).first(std::min(kStretch, sample.size())));
    for (size_t at = kStretch; at < sample.size(); at += kStretch) {
      std::memcpy(sample.data() + at, sample.data(), std::min(kStretch, sample.size() - at));
    }
    const int code = gpu_.driver().cuMemcpyHtoD(cu_address(slot.buffer.data() + kEdge),
                                                sample.data(), sample.size());
    if (code != 0) return false;
  }
  return true;
}

std::byte* GpuTrialMemory::buffer(bool output, size_t position, DType dtype) noexcept {
  return slots_.find({output, position, dtype})->second.buffer.data() + kEdge;
}

std::byte* GpuTrialMemory::constant(std::span<const std::byte> values) {
  device::GpuBuffer& copy = constants_[values.data()];
  if (copy.size() < values.size()) {
    auto made = device::GpuBuffer::copy_of(values);
    if (!made.ok()) return nullptr;
    copy = std::move(*made);
  }
  return copy.data();
}

void GpuTrial::prepare(const kernel::LoaderTable& loaders,
                       const kernel::ContextResources& resources, uint64_t workspace_limit,
                       GpuTrialMemory& memory) {
  if (load(loaders, resources, workspace_limit)) reserve(memory);
}

bool GpuTrial::bind_inputs(GpuTrialMemory& memory) {
  for (size_t i = 0; i < trial_->inputs.size(); ++i) {
    const TrialInput& input = trial_->inputs[i];
    const void* at = nullptr;
    if (input.present && is_constant(i)) {
      at = memory.constant(input.values);
      if (at == nullptr) return false;
    } else if (input.present) {
      at = memory.buffer(false, i, input.desc.dtype);
    }
    inputs_.push_back(at);
  }
  return true;
}

void GpuTrial::bind_outputs(GpuTrialMemory& memory) {
  for (size_t i = 0; i < trial_->outputs.size(); ++i) {
    const kernel::TensorDesc& desc = trial_->outputs[i];
    std::byte* at = memory.buffer(true, i, desc.dtype);
    for (const auto& [output, input] : trial_->shared) {
      const auto from = static_cast<size_t>(input);
      if (static_cast<size_t>(output) != i) continue;
      at = memory.buffer(false, from, input_descs_[from].dtype);
    }
    outputs_.push_back(at);
    rooms_.push_back({fmt::format("output {} \"{}\"", i, output_name(i)), at,
                      static_cast<size_t>(desc.bytes())});
  }
}

void GpuTrial::bind(GpuTrialMemory& memory) {
  constexpr size_t kEdge = GpuTrialMemory::kEdge;
  if (!bind_inputs(memory)) {
    return fail({Code::OutOfMemory, "the GPU has no memory for timing"}, {});
  }
  bind_outputs(memory);
  const size_t scratch = loaded_->workspace(input_descs_, output_descs_);
  workspace_ = device::GpuBuffer(gpu_, std::max(scratch, size_t{1}) + 2 * kEdge);
  if (workspace_.data() == nullptr) {
    return fail({Code::OutOfMemory, "the GPU has no memory for the workspace"}, {});
  }
  rooms_.push_back({"the workspace", workspace_.data() + kEdge, scratch});
  if (const Status status = instance_->on_shapes(input_descs_, output_descs_); !status.ok()) {
    return fail(status, std::string(instance_->last_error()));
  }
  const bool watched = trial_->live != nullptr;
  const std::vector<Bytes> before = watched ? input_bytes() : std::vector<Bytes>();
  if (watched) paint_edges();
  if (!run()) return;
  if (const Status status = stream_.wait(); !status.ok()) {
    return fail(status, fmt::format("what it put on the stream failed: {}", status.what));
  }
  if (!watched) return;
  check_edges();
  if (ok()) check_inputs(before);
}

/// What inputs hold that a kernel may only read; empty for others.
std::vector<Bytes> GpuTrial::input_bytes() const {
  std::vector<Bytes> all(inputs_.size());
  for (size_t i = 0; i < inputs_.size(); ++i) {
    if (inputs_[i] == nullptr || shared(i, false)) continue;
    all[i].resize(static_cast<size_t>(input_descs_[i].bytes()));
    (void)gpu_.driver().cuMemcpyDtoH(all[i].data(), cu_address(inputs_[i]), all[i].size());
  }
  return all;
}

void GpuTrial::check_inputs(const std::vector<Bytes>& before) {
  const std::vector<Bytes> after = input_bytes();
  for (size_t i = 0; i < before.size(); ++i) {
    if (before[i] == after[i]) continue;
    (void)gpu_.driver().cuMemcpyHtoD(cu_address(inputs_[i]), before[i].data(), before[i].size());
    return fail({Code::Plugin, "writes into an input"},
                fmt::format("writes into input {} \"{}\", which it may only read", i,
                            trial_->inputs[i].name));
  }
}

void GpuTrial::paint_edges() noexcept {
  constexpr size_t kEdge = GpuTrialMemory::kEdge;
  const auto paint = static_cast<unsigned char>(kPaint);
  for (const Room& room : rooms_) {
    for (const std::byte* edge : {room.data - kEdge, room.data + room.bytes}) {
      (void)gpu_.driver().cuMemsetD8Async(cu_address(edge), paint, kEdge, stream_.handle());
    }
  }
}

void GpuTrial::check_edges() {
  constexpr size_t kEdge = GpuTrialMemory::kEdge;
  std::vector<std::byte> seen(kEdge);
  for (const Room& room : rooms_) {
    for (const bool behind : {false, true}) {
      const std::byte* edge = behind ? room.data + room.bytes : room.data - kEdge;
      const int code = gpu_.driver().cuMemcpyDtoH(seen.data(), cu_address(edge), kEdge);
      if (const Status status = gpu_.to_status(code); !status.ok()) {
        return fail(status, fmt::format("what it wrote cannot be looked at: {}", status.what));
      }
      const bool whole =
          std::all_of(seen.begin(), seen.end(), [](std::byte value) { return value == kPaint; });
      if (whole) continue;
      return fail({Code::Plugin, "writes out of range"},
                  fmt::format("writes {} the {} bytes of {}", behind ? "behind" : "before",
                              room.bytes, room.what));
    }
  }
}

bool GpuTrial::run() noexcept {
  const kernel::RunArgs args{.input_descs = input_descs_.data(),
                             .output_descs = output_descs_.data(),
                             .inputs = inputs_.data(),
                             .outputs = outputs_.data(),
                             .workspace = workspace_.data() + GpuTrialMemory::kEdge,
                             .stream = &stream_};
  const Status status = instance_->run(args);
  if (!status.ok()) fail(status, std::string(instance_->last_error()));
  return status.ok();
}

}  // namespace tenon::tune
