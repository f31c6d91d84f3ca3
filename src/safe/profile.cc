// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Shapes, instances and pointers of all steps in one profile.
#include "safe/profile.h"

#include <cstring>

#include "kernel/layout_text.h"
#include "plugin/descriptor.h"

namespace tenon::safe {

namespace {

using kernel::TensorDesc;
using nvinfer1::TensorIOMode;
using plan::Place;

Status no_space(Diagnostics& diag) noexcept {
  return diag.fail(Code::OutOfMemory, "an IO profile finds no memory: the allocator has none left");
}

/// Who writes a tensor whose numbers follow from the shapes: nobody, so they are kept.
bool is_content(const plan::TensorView& tensor) noexcept {
  const bool memory = tensor.place == Place::Arena || tensor.place == Place::Output;
  return memory && tensor.producer == plan::kNoStep && !tensor.content.empty();
}

/// Whether callers can give a tensor of this type: a TypedArray knows seven.
bool is_bindable(nvinfer1::DataType type) noexcept {
  using nvinfer1::DataType;
  return type == DataType::kFLOAT || type == DataType::kHALF || type == DataType::kINT64 ||
         type == DataType::kINT32 || type == DataType::kINT8 || type == DataType::kUINT8 ||
         type == DataType::kBOOL;
}

void put_number(DType dtype, int64_t number, std::byte* to) noexcept {
  if (dtype == DType::I64) {
    std::memcpy(to, &number, sizeof number);
  } else if (dtype == DType::I32) {
    const auto narrow = static_cast<int32_t>(number);
    std::memcpy(to, &narrow, sizeof narrow);
  } else {
    *to = static_cast<std::byte>(number != 0 ? 1 : 0);
  }
}

}  // namespace

PreparedProfile::~PreparedProfile() {
  for (kernel::Instance* one : instances_) delete one;
}

Status PreparedProfile::prepare(const Engine& engine, size_t profile,
                                std::span<const PluginObject> plugins, Diagnostics& diag) noexcept {
  engine_ = &engine;
  profile_ = profile;
  TENON_TRY(describe_io(diag));
  TENON_TRY(write_content(diag));
  const plan::View& view = engine.view();
  // Slots first: pointers into the lists stay valid from then on.
  for (size_t step = 0; step < view.step_count(); ++step) {
    if (!first_slots_.push_back(tensors_.size())) return no_space(diag);
    TENON_TRY(add_slots(view.step(step).inputs, diag));
    TENON_TRY(add_slots(view.step(step).outputs, diag));
  }
  if (!pointers_.resize(tensors_.size())) return no_space(diag);
  size_t plugin = 0;
  for (size_t step = 0; step < view.step_count(); ++step) {
    const bool is_plugin = engine.loaded(step) == nullptr;
    TENON_TRY(prepare_step(step, is_plugin ? &plugins[plugin++] : nullptr, diag));
  }
  loop_ = runtime::StepLoop({steps_.data(), steps_.size()});
  return {};
}

Status PreparedProfile::describe_io(Diagnostics& diag) noexcept {
  for (size_t i = 0; i < engine_->io_count(); ++i) {
    const uint32_t tensor = engine_->io_tensor(i);
    TensorDesc desc;
    TENON_TRY(engine_->describe(profile_, tensor, diag, desc));
    const std::string_view name = engine_->view().tensor(tensor).name;
    const auto one = plugin::to_descriptor(
        name.data(), desc, engine_->is_input(i) ? TensorIOMode::kINPUT : TensorIOMode::kOUTPUT);
    if (one.shape.nbDims < 0 || !is_bindable(one.dataType)) {
      return diag.fail(Code::Unsupported,
                       "input or output '{}' is of type {} ({}), which the safe interface does not "
                       "know",
                       name, tenon::to_string(desc.dtype), kernel::text_of(desc.layout).view());
    }
    if (!io_.push_back(one)) return no_space(diag);
  }
  return {};
}

Status PreparedProfile::write_content(Diagnostics& diag) noexcept {
  const plan::View& view = engine_->view();
  for (size_t i = 0; i < view.tensor_count(); ++i) {
    const plan::TensorView tensor = view.tensor(i);
    if (!is_content(tensor)) continue;
    if (tensor.place == Place::Output) {
      return diag.fail(Code::Unsupported,
                       "output '{}' holds only numbers that follow from the shapes, which safe "
                       "engines do not write; take it out of the network",
                       tensor.name);
    }
    TensorDesc desc;
    TENON_TRY(engine_->describe(profile_, static_cast<uint32_t>(i), diag, desc));
    const size_t element = byte_size(tensor.dtype, 1);
    const size_t offset = align_up(content_memory_.size());
    const size_t bytes = element * tensor.content.size();
    if (static_cast<uint64_t>(desc.bytes()) > bytes) {
      return diag.fail(Code::InvalidPlan,
                       "tensor '{}' has more elements than numbers; build the "
                       "engine anew",
                       tensor.name);
    }
    if (!content_memory_.resize(offset + bytes) ||
        !contents_.push_back({static_cast<uint32_t>(i), offset, bytes})) {
      return no_space(diag);
    }
    for (size_t k = 0; k < tensor.content.size(); ++k) {
      int64_t number = 0;
      if (!engine_->evaluate(profile_, tensor.content[k], number).ok()) {
        return diag.fail(Code::InvalidPlan, "tensor '{}' has numbers that cannot be computed",
                         tensor.name);
      }
      put_number(tensor.dtype, number, content_memory_.data() + offset + k * element);
    }
  }
  return {};
}

const PreparedProfile::Content* PreparedProfile::find_content(uint32_t tensor) const noexcept {
  for (const Content& one : contents_) {
    if (one.tensor == tensor) return &one;
  }
  return nullptr;
}

Status PreparedProfile::add_slots(std::span<const uint32_t> tensors, Diagnostics& diag) noexcept {
  for (const uint32_t tensor : tensors) {
    TensorDesc desc;
    if (tensor != plan::kNoTensor) {
      TENON_TRY(engine_->describe(profile_, tensor, diag, desc));
      const Place place = engine_->view().tensor(tensor).place;
      if (place == Place::Input || place == Place::Output) {
        if (!bound_.push_back({tensors_.size(), engine_->find_io(tensor)})) return no_space(diag);
      }
    }
    if (!tensors_.push_back(tensor) || !descs_.push_back(desc)) return no_space(diag);
  }
  return {};
}

Status PreparedProfile::make_instance(size_t step, const PluginObject* plugin,
                                      Diagnostics& diag) noexcept {
  const plan::StepView view = engine_->view().step(step);
  const size_t first = first_slots_[step];
  const std::span<const TensorDesc> inputs(descs_.data() + first, view.inputs.size());
  const std::span<const TensorDesc> outputs(descs_.data() + first + inputs.size(),
                                            view.outputs.size());
  if (!instances_.reserve(instances_.size() + 1)) return no_space(diag);
  if (plugin != nullptr) {
    auto* instance = new PluginInstance(plugin->runtime());
    if (instance == nullptr) return no_space(diag);
    (void)instances_.push_back(instance);
    Array<std::string_view> names;
    for (size_t i = first; i < first + inputs.size() + outputs.size(); ++i) {
      const bool there = tensors_[i] != plan::kNoTensor;
      const std::string_view name = there ? engine_->view().tensor(tensors_[i]).name : "";
      if (!names.push_back(name)) return no_space(diag);
    }
    const Status status = instance->describe(inputs, outputs, {names.data(), names.size()});
    if (status.ok()) return status;
    return diag.fail(status.code, "layer '{}': {}", view.name, status.what);
  }
  auto made = engine_->loaded(step)->create_instance({});
  if (!made.ok())
    return diag.fail(made.status().code, "layer '{}': {}", view.name, made.status().what);
  kernel::Instance* instance = made.value().release();
  (void)instances_.push_back(instance);
  if (const Status status = instance->on_shapes(inputs, outputs); !status.ok()) {
    return diag.fail(status.code, "layer '{}' in IO profile {}: {}", view.name, profile_,
                     status.what);
  }
  if (engine_->loaded(step)->workspace(inputs, outputs) > view.workspace_bytes) {
    return diag.fail(Code::InvalidPlan,
                     "layer '{}' needs more memory than the engine gives it; build the engine anew",
                     view.name);
  }
  return {};
}

Status PreparedProfile::prepare_step(size_t step, const PluginObject* plugin,
                                     Diagnostics& diag) noexcept {
  TENON_TRY(make_instance(step, plugin, diag));
  const plan::StepView view = engine_->view().step(step);
  const size_t first = first_slots_[step], outputs = first + view.inputs.size();
  runtime::PreparedStep prepared;
  prepared.instance = instances_[step];
  prepared.args = {.input_descs = descs_.data() + first,
                   .output_descs = descs_.data() + outputs,
                   .inputs = pointers_.data() + first,
                   .outputs = pointers_.data() + outputs,
                   .workspace = nullptr,
                   .stream = nullptr};
  return steps_.push_back(prepared) ? Status{} : no_space(diag);
}

void PreparedProfile::bind_arena(std::byte* arena) noexcept {
  const plan::View& view = engine_->view();
  for (size_t slot = 0; slot < tensors_.size(); ++slot) {
    if (tensors_[slot] == plan::kNoTensor) continue;
    const plan::TensorView tensor = view.tensor(tensors_[slot]);
    if (const Content* content = find_content(tensors_[slot]); content != nullptr) {
      pointers_[slot] = content_memory_.data() + content->offset;
    } else if (tensor.place == Place::Arena) {
      pointers_[slot] = arena == nullptr ? nullptr : arena + tensor.offset;
    } else if (tensor.place == Place::Constant) {
      // Kernels read constants, and write none: the plan's verifier has seen to that.
      pointers_[slot] = const_cast<std::byte*>(view.constants().data()) + tensor.offset;
    }
  }
  for (size_t step = 0; step < steps_.size(); ++step) {
    const uint64_t offset = view.step(step).workspace_offset;
    steps_[step].args.workspace = arena == nullptr ? nullptr : arena + offset;
  }
}

Status PreparedProfile::run(std::span<void* const> addresses, device::Stream& stream, size_t first,
                            size_t last, size_t& failed) noexcept {
  for (const Bound& bound : bound_) pointers_[bound.slot] = addresses[bound.io];
  return loop_.run(stream, first, last, failed);
}

}  // namespace tenon::safe
