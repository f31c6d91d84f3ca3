// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Making, keeping and running primitives with packed weights.
#include "backends/dnnl/weighted.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>

#include "base/thread_scope.h"

namespace tenon::dnnl {

namespace {

using kernel::TensorDesc;

/// Threads for the next oneDNN call of this thread, as many as it may take.
void use_threads(int threads) noexcept {
  if (library()->set_threads != nullptr) library()->set_threads(std::min(threads, thread_limit()));
}

class WeightedInstance final : public kernel::Instance {
 public:
  explicit WeightedInstance(const WeightedLoaded& loaded) : loaded_(loaded) {}

  Status on_shapes(std::span<const TensorDesc> inputs,
                   std::span<const TensorDesc> outputs) noexcept override {
    if (loaded_.problem().residual && inputs[kResidual].dims != outputs[0].dims) {
      return {Code::InvalidArgument, "the residual has another shape than the output"};
    }
    prepared_ = loaded_.prepare(inputs[kSource], outputs[0]);
    if (prepared_ == nullptr) {
      return {Code::Unsupported, "oneDNN has no primitive for these extents"};
    }
    bytes_ = static_cast<size_t>(outputs[0].bytes());
    return make_memories();
  }

  Status run(const kernel::RunArgs& args) noexcept override {
    const Library& lib = *library();
    if (loaded_.problem().residual && args.inputs[kResidual] != args.outputs[0]) {
      std::memcpy(args.outputs[0], args.inputs[kResidual], bytes_);
    }
    lib.dnnl_memory_set_data_handle(source_.get(), const_cast<void*>(args.inputs[kSource]));
    lib.dnnl_memory_set_data_handle(target_.get(), args.outputs[0]);
    lib.dnnl_memory_set_data_handle(scratch_.get(), args.workspace);
    use_threads(loaded_.threads());
    const dnnl_status_t status =
        lib.dnnl_primitive_execute(prepared_->primitive.get(), lib.stream, count_, args_);
    if (status != dnnl_success) return {Code::Internal, "oneDNN failed to execute"};
    lib.dnnl_stream_wait(lib.stream);
    return {};
  }

 private:
  bool make(Memory& memory, const dnnl_memory_desc_t* desc, void* data, int argument) noexcept {
    dnnl_memory_t raw = nullptr;
    const Library& lib = *library();
    if (lib.dnnl_memory_create(&raw, desc, lib.engine, data) != dnnl_success) return false;
    memory.reset(raw);
    args_[count_++] = {argument, raw};
    return true;
  }

  [[nodiscard]] void* weights_memory() const noexcept {
    const std::byte* repacked = prepared_->repacked.data();
    return repacked != nullptr ? const_cast<std::byte*>(repacked) : loaded_.weights();
  }

  Status make_memories() noexcept {
    count_ = 0;
    const PrimitiveDesc& desc = prepared_->desc;
    const bool made =
        make(source_, query_md(desc, dnnl_query_src_md), DNNL_MEMORY_NONE, DNNL_ARG_SRC) &&
        make(weights_, &prepared_->weights_desc, weights_memory(), DNNL_ARG_WEIGHTS) &&
        (!loaded_.problem().bias ||
         make(bias_, query_md(desc, dnnl_query_weights_md, 1), loaded_.bias(), DNNL_ARG_BIAS)) &&
        make(target_, query_md(desc, dnnl_query_dst_md), DNNL_MEMORY_NONE, DNNL_ARG_DST) &&
        make(scratch_, query_md(desc, dnnl_query_scratchpad_md), DNNL_MEMORY_NONE,
             DNNL_ARG_SCRATCHPAD);
    return made ? Status{} : Status{Code::OutOfMemory, "oneDNN cannot make its memory objects"};
  }

  const WeightedLoaded& loaded_;
  std::shared_ptr<const Prepared> prepared_;
  size_t bytes_ = 0;
  Memory source_, weights_, bias_, target_, scratch_;
  dnnl_exec_arg_t args_[5] = {};
  int count_ = 0;
};

std::string key_of(const TensorDesc& source, const TensorDesc& target) {
  // A primitive counts on the threads it was made for.
  return fmt::format("{}>{} {}", to_string(source.dims), to_string(target.dims), thread_limit());
}

}  // namespace

Bytes layout_bytes(const dnnl_memory_desc_t& weights) {
  ByteWriter writer;
  writer.text(library()->version);
  // The descriptor is a plain struct in which unused entries are zero: its bytes are its identity.
  writer.raw(std::as_bytes(std::span(&weights, 1)));
  return std::move(writer).bytes();
}

WeightedLoaded::WeightedLoaded(std::unique_ptr<const Problem> problem, Packed packed, int threads)
    : problem_(std::move(problem)),
      packed_(std::move(packed)),
      weights_desc_(*query_md(packed_.desc, dnnl_query_weights_md)),
      threads_(threads) {}

std::shared_ptr<const Prepared> WeightedLoaded::prepare(const TensorDesc& source,
                                                        const TensorDesc& target) const noexcept {
  const std::lock_guard lock(mutex_);
  auto& kept = prepared_[key_of(source, target)];
  if (kept != nullptr) return kept;
  use_threads(threads_);
  auto made = std::make_shared<Prepared>();
  made->weights_desc = weights_desc_;
  const bool greatest =
      source == packed_.source && target == packed_.target && thread_limit() >= threads_;
  if (greatest) made->desc = std::move(packed_.desc);
  if (made->desc == nullptr) made->desc = problem_->describe(source, target, &weights_desc_);
  if (made->desc == nullptr && !repack(*made, source, target)) return nullptr;
  dnnl_primitive_t raw = nullptr;
  if (library()->dnnl_primitive_create(&raw, made->desc.get()) != dnnl_success) return nullptr;
  made->primitive.reset(raw);
  return kept = std::move(made);
}

bool WeightedLoaded::repack(Prepared& made, const TensorDesc& source,
                            const TensorDesc& target) const {
  made.desc = problem_->describe(source, target, nullptr);
  if (made.desc == nullptr) return false;
  made.weights_desc = *query_md(made.desc, dnnl_query_weights_md);
  made.repacked = AlignedBuffer(library()->dnnl_memory_desc_get_size(&made.weights_desc));
  return made.repacked.data() != nullptr &&
         reorder(weights_desc_, packed_.weights, made.weights_desc, made.repacked.data());
}

size_t WeightedLoaded::workspace(std::span<const TensorDesc> inputs,
                                 std::span<const TensorDesc> outputs) const noexcept {
  const auto prepared = prepare(inputs[kSource], outputs[0]);
  return prepared == nullptr ? 0 : scratchpad_bytes(prepared->desc);
}

Result<std::unique_ptr<kernel::Instance>> WeightedLoaded::create_instance(
    const kernel::ContextResources&) {
  return std::unique_ptr<kernel::Instance>(std::make_unique<WeightedInstance>(*this));
}

Packing pack_weights(const Problem& problem, const TensorDesc& source, const TensorDesc& target,
                     const ops::ConstantData* weights, const ops::ConstantData* bias,
                     bool with_data, int threads) {
  Packing packing;
  use_threads(threads);
  packing.desc = problem.describe(source, target, nullptr);
  if (packing.desc == nullptr || !with_data) return packing;
  const dnnl_memory_desc_t* layout = query_md(packing.desc, dnnl_query_weights_md);
  AlignedBuffer packed(library()->dnnl_memory_desc_get_size(layout));
  AlignedBuffer given(weights->bytes().size());
  std::memcpy(given.data(), weights->bytes().data(), given.size());
  if (!reorder(problem.model_weights(), given.data(), *layout, packed.data())) {
    packing.desc = nullptr;
    return packing;
  }
  packing.weights.layout = layout_bytes(*layout);
  packing.weights.data.assign(packed.bytes().begin(), packed.bytes().end());
  if (bias != nullptr) packing.bias.data = scale_bytes(problem.packed_bias(*bias));
  return packing;
}

Bytes scale_bytes(std::span<const float> scales) {
  const auto bytes = std::as_bytes(scales);
  return {bytes.begin(), bytes.end()};
}

std::vector<float> Problem::packed_bias(const ops::ConstantData& given) const {
  std::vector<float> steps(static_cast<size_t>(given.count()));
  for (size_t i = 0; i < steps.size(); ++i) {
    const double value = given.real(static_cast<int64_t>(i));
    const double scale =
        weight_scales.empty() ? 1 : weight_scales[weight_scales.size() == 1 ? 0 : i];
    steps[i] = static_cast<float>(value / (scale * input_scale));
  }
  return steps;
}

Result<std::unique_ptr<kernel::Loaded>> load_weighted(std::unique_ptr<const Problem> problem,
                                                      const kernel::RecordView& record,
                                                      Diagnostics& diag) {
  const size_t blobs = (problem->bias ? 2 : 1) + (problem->weight_scales.empty() ? 0 : 1);
  if (record.packed.size() != blobs) {
    return diag.fail(Code::InvalidPlan, "layer '{}': the record of {} is not whole",
                     record.node_name, record.name);
  }
  Packing today = pack_weights(*problem, record.inputs[kSource], record.outputs[0], nullptr,
                               nullptr, false, record.threads);
  if (today.desc == nullptr) {
    return diag.fail(Code::Unsupported,
                     "layer '{}': oneDNN {} has no primitive for {} on this machine: build the "
                     "engine anew",
                     record.node_name, library()->version, record.name);
  }
  const dnnl_memory_desc_t& layout = *query_md(today.desc, dnnl_query_weights_md);
  const Bytes expected = layout_bytes(layout);
  const auto& blob = record.packed[0];
  const bool same =
      std::equal(expected.begin(), expected.end(), blob.layout.begin(), blob.layout.end()) &&
      blob.data.size() == library()->dnnl_memory_desc_get_size(&layout);
  if (!same) {
    ByteReader theirs(blob.layout);
    return diag.fail(Code::InvalidPlan,
                     "layer '{}': its weights are packed for oneDNN {}, here oneDNN {} packs them "
                     "otherwise: build the engine anew",
                     record.node_name, theirs.text(), library()->version);
  }
  std::vector<float> bias;
  if (problem->bias) {
    bias.resize(record.packed[1].data.size() / sizeof(float));
    std::memcpy(bias.data(), record.packed[1].data.data(), bias.size() * sizeof(float));
    const dnnl_memory_desc_t* md = query_md(today.desc, dnnl_query_weights_md, 1);
    if (md == nullptr || bias.size() * sizeof(float) != library()->dnnl_memory_desc_get_size(md)) {
      return diag.fail(Code::InvalidPlan, "layer '{}': its bias has the wrong size",
                       record.node_name);
    }
  }
  WeightedLoaded::Packed packed{std::move(today.desc), record.inputs[kSource], record.outputs[0],
                                blob.data.data(), std::move(bias)};
  return std::unique_ptr<kernel::Loaded>(
      std::make_unique<WeightedLoaded>(std::move(problem), std::move(packed), record.threads));
}

}  // namespace tenon::dnnl
