// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Believing nothing of an engine file until all of it was looked at.
#include "safe/engine.h"

#include <cstring>

#include "backends/simd/run/list.h"
#include "device/isa.h"
#include "safe/flavour/flatbuffers_expect.h"
#include "safe/memory.h"
#include "safe/plugin.h"

namespace tenon::safe {

namespace {

thread_local bool broken_file = false;

using kernel::TensorDesc;
using nvinfer2::safe::MemoryUsage;

Status no_room(Diagnostics& diag) noexcept {
  return diag.fail(Code::OutOfMemory, "the engine finds no memory: the allocator has none left");
}

/// Whether a tensor, padding included, takes at most `bytes`. The other extents of an empty one
/// count too: strides are products of them.
bool takes_at_most(const TensorDesc& tensor, uint64_t bytes) noexcept {
  uint64_t elements = 1;
  bool empty = false;
  const int axis = tensor.dims.rank() - tensor.layout.channel_from_end;
  for (int i = 0; i < tensor.dims.rank(); ++i) {
    if (tensor.dims[i] < 0) return false;
    auto extent = static_cast<uint64_t>(tensor.dims[i]);
    if (i == axis && tensor.layout.vector > 1) {
      extent = (extent + tensor.layout.vector - 1) / tensor.layout.vector * tensor.layout.vector;
    }
    empty = empty || extent == 0;
    if (extent != 0 && __builtin_mul_overflow(elements, extent, &elements)) return false;
    if (elements > nvinfer2::safe::kMAXIMUM_ALLOC_SIZE) return false;
  }
  return empty || byte_size(tensor.dtype, elements) <= bytes;
}

}  // namespace

void note_broken_file() noexcept { broken_file = true; }

Status Engine::create(std::span<const std::byte> file, Diagnostics& diag, Engine*& out) noexcept {
  out = new Engine;
  if (out == nullptr) return no_room(diag);
  const Status status = out->open(file, diag);
  if (status.ok()) return status;
  delete out;
  out = nullptr;
  return status;
}

Engine::~Engine() {
  for (kernel::Loaded* one : loaded_) delete one;
  release(file_);
}

Status Engine::open(std::span<const std::byte> file, Diagnostics& diag) noexcept {
  file_ = static_cast<std::byte*>(
      allocate_for(MemoryUsage::kIMMUTABLE, file.size(), plan::kSectionAlignment));
  if (file_ == nullptr) return no_room(diag);
  std::memcpy(file_, file.data(), file.size());
  plan::Culprit culprit;
  broken_file = false;
  auto view = plan::View::open({file_, file.size()}, {.verify_weights = true}, &culprit);
  if (!view.ok()) {
    if (culprit.kind == nullptr) return diag.fail(view.status().code, "{}", view.status().what);
    return diag.fail(view.status().code, "{} {} of the engine: {}", culprit.kind, culprit.index,
                     view.status().what);
  }
  if (broken_file) {
    return diag.fail(Code::InvalidPlan,
                     "the program section is not what it should be: its "
                     "structure is broken");
  }
  view_.emplace(view.value());
  if (view_->capability() != plan::Capability::Safety) {
    return diag.fail(Code::Unsupported,
                     "the engine '{}' is no safe one: build it with EngineCapability::kSAFETY "
                     "(trtexec --safe), or load it with an IRuntime",
                     view_->name());
  }
  const uint32_t missing = view_->isa_needed() & ~device::usable_isa();
  if (missing != 0) {
    return diag.fail(Code::Unsupported,
                     "the engine was built for '{}' and needs {}, which this machine lacks (it has "
                     "{}); build it for this machine, or with --hardwareCompatibilityLevel=ampere+",
                     view_->target().name, device::isa_names(missing).view(),
                     device::isa_names(device::usable_isa()).view());
  }
  TENON_TRY(read_symbols(diag));
  if (!loaded_.resize(view_->step_count())) return no_room(diag);
  for (size_t step = 0; step < view_->step_count(); ++step) TENON_TRY(load(step, diag));
  return {};
}

uint32_t Engine::find_io(uint32_t tensor) const noexcept {
  uint32_t io = 0;
  while (io + 1 < io_count() && io_tensor(io) != tensor) ++io;
  return io;
}

Status Engine::read_symbols(Diagnostics& diag) noexcept {
  const size_t count = view_->symbol_count();
  if (!symbols_.resize(count * view_->profile_count())) return no_room(diag);
  for (size_t i = 0; i < count; ++i) {
    const plan::SymbolView symbol = view_->symbol(i);
    const uint32_t input = find_io(symbol.tensor);
    for (size_t profile = 0; profile < view_->profile_count(); ++profile) {
      symbols_[profile * count + i] =
          view_->range(profile, input).min[static_cast<int>(symbol.axis)];
    }
  }
  return {};
}

Status Engine::evaluate(size_t profile, std::span<const int64_t> code,
                        int64_t& number) const noexcept {
  const size_t count = view_->symbol_count();
  return expr::evaluate(code, {symbols_.data() + profile * count, count}, number);
}

Status Engine::describe(size_t profile, uint32_t tensor, Diagnostics& diag,
                        TensorDesc& out) const noexcept {
  const plan::TensorView view = view_->tensor(tensor);
  out = {view.dtype, view.layout, {}, view.scale};
  for (size_t axis = 0; axis < view.shape.size(); ++axis) {
    int64_t extent = 0;
    if (!evaluate(profile, view.shape[axis], extent).ok()) extent = -1;
    out.dims.push_back(extent);
  }
  bool sound = takes_at_most(out, view.bytes);
  if (view.place == plan::Place::Input) {
    sound = sound && view_->range(profile, find_io(tensor)).min == out.dims;
  }
  if (sound) return {};
  return diag.fail(Code::InvalidPlan,
                   "tensor '{}' has extents in IO profile {} that contradict its memory or the "
                   "profile; build the engine anew",
                   view.name, profile);
}

Status Engine::load(size_t step, Diagnostics& diag) noexcept {
  StepRecord record;
  TENON_TRY(read_record(*this, step, diag, record));
  if (record.view.family == kPluginFamily) {
    ++plugins_;
    return {};
  }
  if (record.view.family != "simd") {
    return diag.fail(Code::Unsupported,
                     "layer '{}' needs kernel {}/{}, which safe engines may not hold; build the "
                     "engine anew",
                     record.view.node_name, record.view.family, record.view.name);
  }
  auto loaded = simd::load(record.view, diag);
  if (!loaded.ok()) return loaded.status();
  loaded_[step] = loaded.value().release();
  return {};
}

Status read_record(const Engine& engine, size_t step, Diagnostics& diag, StepRecord& out) noexcept {
  const plan::View& view = engine.view();
  const plan::StepView from = view.step(step);
  for (uint32_t i = 0; i < from.packed_count; ++i) {
    if (!out.packed.push_back(view.packed(step, i))) return no_room(diag);
  }
  const auto describe = [&](std::span<const uint32_t> tensors, Array<TensorDesc>& to) -> Status {
    for (const uint32_t tensor : tensors) {
      TensorDesc desc;
      if (tensor != plan::kNoTensor) TENON_TRY(engine.describe(0, tensor, diag, desc));
      if (!to.push_back(desc)) return no_room(diag);
    }
    return {};
  };
  TENON_TRY(describe(from.inputs, out.inputs));
  TENON_TRY(describe(from.outputs, out.outputs));
  out.view = {.family = from.family,
              .name = from.kernel,
              .version = from.version,
              .params = from.params,
              .packed = {out.packed.data(), out.packed.size()},
              .tactic = from.tactic,
              .threads = from.threads,
              .plugin_version = from.plugin_version,
              .plugin_namespace = from.plugin_namespace,
              .plugin_library = from.plugin_library,
              .node_name = from.name,
              .inputs = {out.inputs.data(), out.inputs.size()},
              .outputs = {out.outputs.data(), out.outputs.size()}};
  return {};
}

}  // namespace tenon::safe
