// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Preparing and running one trial.
#include "tune/trial_runner.h"

#include <algorithm>
#include <cstring>

#include "base/hash.h"
#include "guard/guarded.h"
#include "tune/sample_data.h"

namespace tenon::tune {

void TrialMemory::reserve(bool output, size_t position, DType dtype, size_t bytes) {
  Slot& slot = slots_[{output, position, dtype}];
  slot.bytes = std::max({slot.bytes, bytes, size_t{1}});
}

bool TrialMemory::allocate() {
  for (auto& [key, slot] : slots_) {
    slot.buffer = GuardedBuffer(slot.bytes);
    if (slot.buffer.data() == nullptr) return false;
    if (!key.output) fill_sample(key.dtype, slot.buffer.bytes());
  }
  return true;
}

GuardedBuffer& TrialMemory::buffer(bool output, size_t position, DType dtype) noexcept {
  return slots_.find({output, position, dtype})->second.buffer;
}

std::span<std::byte> TrialMemory::constant(std::span<const std::byte> values) {
  AlignedBuffer& copy = constants_[values.data()];
  if (copy.size() < values.size()) {
    copy = AlignedBuffer(values.size());
    if (copy.data() != nullptr) std::memcpy(copy.data(), values.data(), values.size());
  }
  return copy.bytes();
}

int TrialRunner::threads() const noexcept {
  return trial_->record != nullptr ? trial_->record->threads : 1;
}

void TrialRunner::prepare(const kernel::LoaderTable& loaders,
                          const kernel::ContextResources& resources, uint64_t workspace_limit,
                          TrialMemory& memory) {
  if (load(loaders, resources, workspace_limit)) reserve(memory);
}

void TrialRunner::watch_input(size_t index, std::span<std::byte> bytes) {
  if (trial_->live == nullptr || shared(index, false)) return;
  watched_inputs_.push_back({index, bytes});
}

void TrialRunner::bind_inputs(TrialMemory& memory) {
  for (size_t i = 0; i < trial_->inputs.size(); ++i) {
    const TrialInput& input = trial_->inputs[i];
    if (!input.present) {
      inputs_.push_back(nullptr);
    } else if (is_constant(i)) {
      const auto values = memory.constant(input.values);
      inputs_.push_back(values.data());
      watch_input(i, values);
    } else {
      const auto buffer = memory.buffer(false, i, input.desc.dtype).bytes();
      inputs_.push_back(buffer.data());
      activations_.emplace_back(buffer.first(static_cast<size_t>(input.desc.bytes())));
      watch_input(i, buffer);
    }
  }
}

void TrialRunner::bind_outputs(TrialMemory& memory) {
  for (size_t i = 0; i < trial_->outputs.size(); ++i) {
    const kernel::TensorDesc& desc = trial_->outputs[i];
    GuardedBuffer& buffer = memory.buffer(true, i, desc.dtype);
    outputs_.push_back(buffer.data());
    if (trial_->live == nullptr || shared(i, true)) continue;
    zones_.emplace_back(fmt::format("output {} \"{}\"", i, output_name(i)), buffer,
                        static_cast<size_t>(desc.bytes()));
  }
  for (const auto& [output, input] : trial_->shared) {
    const auto& desc = input_descs_[static_cast<size_t>(input)];
    GuardedBuffer& buffer = memory.buffer(false, static_cast<size_t>(input), desc.dtype);
    outputs_[static_cast<size_t>(output)] = buffer.data();
    overwritten_.push_back(static_cast<size_t>(input));
    if (trial_->live == nullptr) continue;
    zones_.emplace_back(fmt::format("output {}, which lies over input {}", output, input), buffer,
                        static_cast<size_t>(desc.bytes()));
  }
}

void TrialRunner::bind(TrialMemory& memory) {
  bind_inputs(memory);
  bind_outputs(memory);
  const size_t scratch = loaded_->workspace(input_descs_, output_descs_);
  workspace_ = GuardedBuffer(std::max(scratch, size_t{1}));
  if (workspace_.data() == nullptr) {
    return fail({Code::OutOfMemory, "no memory for the workspace"}, {});
  }
  if (trial_->live != nullptr) {
    zones_.emplace_back("the workspace", workspace_, scratch);
    if (const Status status = device::Stream::from_handle(nullptr, stream_); !status.ok()) {
      return fail(status, {});
    }
  }
  if (const Status status = instance_->on_shapes(input_descs_, output_descs_); !status.ok()) {
    fail(status, std::string(instance_->last_error()));
  }
}

void TrialRunner::restore(size_t index, void* memory) const noexcept {
  const TrialInput& input = trial_->inputs[index];
  if (!input.values.empty()) {
    std::memcpy(memory, input.values.data(), input.values.size());
  } else {
    fill_sample(input.desc.dtype,
                {static_cast<std::byte*>(memory), static_cast<size_t>(input.greatest.bytes())});
  }
}

void TrialRunner::refresh() noexcept {
  for (const size_t input : overwritten_) restore(input, const_cast<void*>(inputs_[input]));
  // All of a zone before the first run; later only its edge, for zones cost time and caches.
  for (RedZone& zone : zones_) zone.paint(inspected_ ? kNarrowZone : SIZE_MAX);
  for (Input& input : watched_inputs_) input.hash = hash64(input.bytes);
}

void TrialRunner::inspect() {
  inspected_ = true;
  for (const RedZone& zone : zones_) {
    std::string damage = zone.damage();
    if (!damage.empty()) fail({Code::Plugin, "writes out of range"}, std::move(damage));
  }
  for (const Input& input : watched_inputs_) {
    if (hash64(input.bytes) == input.hash) continue;
    fail({Code::Plugin, "writes into an input"},
         fmt::format("writes into input {} \"{}\", which it may only read", input.index,
                     trial_->inputs[input.index].name));
    restore(input.index, input.bytes.data());
  }
}

kernel::RunArgs TrialRunner::args() noexcept {
  return {.input_descs = input_descs_.data(),
          .output_descs = output_descs_.data(),
          .inputs = inputs_.data(),
          .outputs = outputs_.data(),
          .workspace = workspace_.data(),
          .stream = &stream_};
}

void TrialRunner::examine(const kernel::LoaderTable& loaders,
                          const kernel::ContextResources& resources) {
  if (trial_->live == nullptr) return;
  holder_.emplace(*trial_->record, trial_->name, greatest_inputs_, trial_->greatest_outputs);
  CollectingSink sink;
  Diagnostics diag(sink);
  auto twin = kernel::load(loaders, holder_->view(), diag);
  // Without a creator nothing can be said: a network may take a plugin that no creator makes.
  if (!twin.ok() && twin.status().code != Code::NotFound) {
    return fail(twin.status(),
                "guard, build: nothing can be made from what it serialized: " + sink.errors());
  }
  guard::Subject subject = guard::subject_of(holder_->view());
  subject.building = true;
  for (const TrialInput& input : trial_->inputs) subject.inputs.push_back(input.name);
  subject.outputs = trial_->output_names;
  subject.open = trial_->open_outputs;
  for (const size_t input : overwritten_) restore(input, const_cast<void*>(inputs_[input]));
  const device::OurMemoryScope scope(stream_);
  guard::Verdict verdict = guard::examine(*loaded_, twin.ok() ? twin->get() : nullptr, resources,
                                          subject, input_descs_, output_descs_, args());
  timing_.warnings = std::move(verdict.warnings);
  if (!verdict.status.ok()) fail(verdict.status, std::move(verdict.reason));
}

bool TrialRunner::run() noexcept {
  const device::OurMemoryScope scope(stream_);
  Status status = instance_->run(args());
  if (!status.ok()) {
    fail(status, std::string(instance_->last_error()));
  } else if (status = stream_.wait(); !status.ok()) {
    fail(status, fmt::format("what it put on the stream failed: {}", status.what));
  }
  return status.ok();
}

}  // namespace tenon::tune
