// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Tensors and steps.
#include "builder/emit.h"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "builder/constant_pool.h"
#include "builder/plan_symbols.h"

namespace tenon::builder {

namespace {

using kernel::Layout;
using plan::kNoTensor;
using plan::Place;
using TensorId = Result<uint32_t>;

class Emitter {
 public:
  Emitter(Emission& emission, PlanSymbols symbols, Diagnostics& diag)
      : in_(emission),
        diag_(diag),
        symbols_(std::move(symbols)),
        pool_(emission.config.refit == Refit::Any) {}

  Result<Emitted> run() {
    list_ends();
    plan().name = in_.graph.name;
    for (const ir::Value* input : in_.graph.inputs()) TENON_TRY(add_input(*input));
    for (size_t w = 0; w < in_.lowered.works.size(); ++w) TENON_TRY(add_work(w));
    for (const ir::Value* output : in_.graph.outputs()) TENON_TRY(add_output(*output));
    for (const ProfileRanges& profile : in_.profiles) add_profile(profile);
    add_debug();
    TENON_ASSIGN(plan().symbols, symbols_.take(diag_));
    plan().constants = pool_.take();
    for (const plan::Step& step : plan().steps) plan().isa_needed |= step.record.isa;
    return std::move(out_);
  }

 private:
  /// A value in one layout. Layouts have no order: their text has.
  using Form = std::pair<const ir::Value*, std::string>;
  static Form form(const ir::Value& value, const Layout& layout) {
    return {&value, kernel::to_string(layout)};
  }

  [[nodiscard]] plan::Plan& plan() noexcept { return out_.plan; }

  void list_ends() {
    for (const tune::NetworkEnd& end : in_.lowered.ends) {
      (end.is_output ? outputs_ : inputs_)[end.value] = end.chosen;
    }
    for (size_t w = 0; w < in_.lowered.works.size(); ++w) {
      for (const ir::Value* input : in_.lowered.works[w]->node->inputs()) {
        if (input == nullptr) continue;
        last_reader_[input] = w;
      }
    }
  }

  TensorId add_tensor(const ir::Value& value, std::string name, const Layout& layout, Place place) {
    TENON_ASSIGN(const ExtentRange range, in_.extents.of(value.shape(), value.name, diag_));
    plan::Tensor tensor;
    tensor.dtype = value.dtype();
    tensor.layout = layout;
    TENON_ASSIGN(tensor.shape, symbols_.compile(value.shape(), value.name, diag_));
    tensor.name = std::move(name);
    tensor.place = place;
    tensor.bytes = static_cast<uint64_t>(kernel::storage_bytes(layout, range.max, value.dtype()));
    plan().tensors.push_back(std::move(tensor));
    return static_cast<uint32_t>(plan().tensors.size() - 1);
  }

  Status add_input(const ir::Value& input) {
    TENON_ASSIGN(const uint32_t id, add_tensor(input, input.name, inputs_[&input], Place::Input));
    plan().inputs.push_back(id);
    made_[&input] = id;
    forms_[form(input, inputs_[&input])] = id;
    symbols_.bind(input, id, 0);
    return {};
  }

  /// True if `value` in `layout` is a network output that no step writes yet.
  [[nodiscard]] bool is_open_output(const ir::Value& value, const Layout& layout) const {
    const auto found = outputs_.find(&value);
    return found != outputs_.end() && found->second == layout && !written_.contains(&value);
  }

  /// The tensor that holds `value` in `layout`, made by a reformat where it is not there yet.
  TensorId tensor_of(const ir::Value& value, const Layout& layout) {
    const auto known = forms_.find(form(value, layout));
    if (known != forms_.end()) return known->second;
    TensorId id = kNoTensor;
    if (value.constant() != nullptr) {
      id = add_constant(value, layout);
    } else if (is_content(in_.lowered, value)) {
      id = add_content(value, Place::Arena);
    } else {
      const bool direct = is_open_output(value, layout);
      id = add_reformat(value, layout, direct ? Place::Output : Place::Arena);
      if (direct && id.ok()) written_[&value] = *id;
    }
    if (id.ok()) forms_[form(value, layout)] = *id;
    return id;
  }

  TensorId add_constant(const ir::Value& value, const Layout& layout) {
    TENON_ASSIGN(const uint32_t id, add_tensor(value, value.name, layout, Place::Constant));
    plan().tensors[id].offset = pool_.add(*value.constant(), layout);
    return id;
  }

  TensorId add_content(const ir::Value& value, Place place) {
    TENON_ASSIGN(const uint32_t id, add_tensor(value, value.name, Layout::linear(), place));
    TENON_ASSIGN(plan().tensors[id].content,
                 symbols_.compile(*value.type.content, value.name, diag_));
    return id;
  }

  TensorId add_reformat(const ir::Value& value, const Layout& layout, Place place) {
    return add_move(value, made_[&value], layout, place);
  }

  /// A step that brings tensor `from`, which holds `value`, into a new tensor: a reformat, or a
  /// copy where the layout stays.
  TensorId add_move(const ir::Value& value, uint32_t from, const Layout& layout, Place place) {
    const Layout source = plan().tensors[from].layout;
    TENON_ASSIGN(const ExtentRange range, in_.extents.of(value.shape(), value.name, diag_));
    const tune::Reformat& reformat =
        in_.reformats.find(value.dtype(), range.opt, range.max, source, layout);
    const bool copy = source == layout;
    if (!reformat.refusal.empty()) {
      return diag_.fail(Code::Unsupported, "tensor \"{}\" ({}) cannot be {} {}: {}", value.name,
                        to_string(value.dtype()), copy ? "copied as" : "brought to",
                        kernel::to_string(layout), reformat.refusal);
    }
    TENON_ASSIGN(kernel::Record record,
                 in_.reformats.record(reformat, value.dtype(), source, layout));
    plan::Step step;
    step.name = copy ? "copy " + value.name
                     : fmt::format("reformat {}: {} -> {}", value.name, kernel::to_string(source),
                                   kernel::to_string(layout));
    const kernel::TensorDesc in{value.dtype(), source, range.max, 0};
    const kernel::TensorDesc out{value.dtype(), layout, range.max, 0};
    TENON_ASSIGN(StepKernel made, make_kernel(std::move(record), step.name, {&in, 1}, {&out, 1},
                                              in_.config.target, in_.loaders, diag_));
    std::string name =
        place == Place::Output
            ? value.name
            : fmt::format("{} ({}{})", value.name, copy ? "copy, " : "", kernel::to_string(layout));
    TENON_ASSIGN(const uint32_t id, add_tensor(value, std::move(name), layout, place));
    step.record = std::move(made.record);
    step.workspace_bytes = made.workspace;
    step.flags = static_cast<uint32_t>(kernel::Flag::Pure);
    step.inputs = {from};
    step.outputs = {id};
    plan().steps.push_back(std::move(step));
    out_.aliases.emplace_back();
    out_.ms.push_back(0);
    return id;
  }

  Status add_work(size_t w) {
    const tune::Work& work = *in_.lowered.works[w];
    const tune::Alternative& chosen = work.alternatives[in_.kernels[w].alternative];
    plan::Step step;
    step.name = work.node->name;
    step.sources = work.node->sources;
    step.flags = work.candidates[chosen.candidate]->flags();
    if (const auto* foreign = work.node->as<ops::Foreign>()) {
      const ops::PluginId& id = foreign->op->id();
      if (!id.name.empty()) step.plugin = id.name + "/" + id.version + "/" + id.name_space;
    }
    for (size_t i = 0; i < work.node->inputs().size(); ++i) {
      const ir::Value* input = work.node->input(i);
      step.inputs.push_back(kNoTensor);
      if (input == nullptr || chosen.absorbs(i)) continue;
      const kernel::Port& port = chosen.configuration.inputs[i];
      TENON_ASSIGN(step.inputs[i], tensor_of(*input, port.layout));
      if (port.scale != 0) plan().tensors[step.inputs[i]].scale = port.scale;
    }
    std::vector<bool> overwrites(work.node->outputs().size(), false);
    for (const kernel::Alias& alias : chosen.aliases) {
      if (!alias.required) continue;
      overwrites[static_cast<size_t>(alias.output)] = true;
      TENON_TRY(free_for_writing(w, static_cast<size_t>(alias.input), step));
    }
    for (size_t k = 0; k < work.node->outputs().size(); ++k) {
      TENON_TRY(add_result(*work.node->output(k), chosen.configuration.outputs[k].layout,
                           overwrites[k], step));
      plan().tensors[step.outputs[k]].scale = chosen.configuration.outputs[k].scale;
    }
    step.record = std::move(in_.kernels[w].kernel.record);
    step.workspace_bytes = in_.kernels[w].kernel.workspace;
    plan().steps.push_back(std::move(step));
    out_.aliases.push_back(chosen.aliases);
    out_.ms.push_back(chosen.ms);
    return {};
  }

  /// A tensor that step `plan().steps.size()` is going to write. What must share memory with an
  /// input cannot be the caller's memory.
  Status add_result(const ir::Value& value, const Layout& layout, bool shares, plan::Step& step) {
    const bool direct = !shares && is_open_output(value, layout);
    const bool is_output = outputs_.contains(&value);
    std::string name = is_output && !direct
                           ? fmt::format("{} ({})", value.name, kernel::to_string(layout))
                           : value.name;
    TENON_ASSIGN(const uint32_t id,
                 add_tensor(value, std::move(name), layout, direct ? Place::Output : Place::Arena));
    step.outputs.push_back(id);
    made_[&value] = id;
    if (direct) written_[&value] = id;
    forms_[form(value, layout)] = id;
    symbols_.bind(value, id, static_cast<uint32_t>(plan().steps.size()));
    return {};
  }

  /// Work `w` is going to overwrite its input `i`: gives it a copy unless nobody else needs it.
  Status free_for_writing(size_t w, size_t i, plan::Step& step) {
    const ir::Value& value = *in_.lowered.works[w]->node->input(i);
    const uint32_t id = step.inputs[i];
    if (id == kNoTensor) {
      return diag_.fail(Code::Unsupported,
                        "node \"{}\" writes over its input {}, which is no tensor at run time",
                        step.name, i);
    }
    const plan::Tensor& tensor = plan().tensors[id];
    const bool own = tensor.place == Place::Arena && tensor.content.empty() &&
                     last_reader_[&value] == w && readers_here(w, value) == 1 &&
                     !outputs_.contains(&value);
    if (own) return {};
    TENON_ASSIGN(step.inputs[i], add_move(value, id, tensor.layout, Place::Arena));
    return {};
  }

  [[nodiscard]] std::ptrdiff_t readers_here(size_t w, const ir::Value& value) const {
    const std::vector<ir::Value*>& inputs = in_.lowered.works[w]->node->inputs();
    return std::count(inputs.begin(), inputs.end(), &value);
  }

  Status add_output(const ir::Value& value) {
    const Layout& layout = outputs_[&value];
    if (!written_.contains(&value)) {
      const bool content = is_content(in_.lowered, value) && layout.is_linear() &&
                           !forms_.contains(form(value, layout));
      TensorId id = kNoTensor;
      if (content) {
        id = add_content(value, Place::Output);
      } else if (value.constant() != nullptr || is_content(in_.lowered, value)) {
        TENON_ASSIGN(const uint32_t from, tensor_of(value, layout));
        id = add_move(value, from, layout, Place::Output);
      } else {
        id = add_move(value, made_[&value], layout, Place::Output);
      }
      if (!id.ok()) return id.status();
      written_[&value] = *id;
    }
    plan().outputs.push_back(written_[&value]);
    return {};
  }

  void add_profile(const ProfileRanges& profile) {
    plan::Profile& out = plan().profiles.emplace_back();
    for (size_t i = 0; i < profile.inputs.size(); ++i) {
      const InputRange& range = profile.inputs[i];
      out.ranges.push_back({plan().inputs[i], range.min, range.opt, range.max, range.min_values,
                            range.opt_values, range.max_values});
    }
  }

  /// Lists what listeners may be shown: inputs, then what works make, in their order.
  void add_debug() {
    const auto& marked = in_.config.debug_tensors;
    const auto is_marked = [&](const ir::Value& value) {
      return std::find(marked.begin(), marked.end(), value.name) != marked.end();
    };
    const auto add = [&](const ir::Value& value, bool unfused) {
      plan().debug.push_back({value.name, made_[&value], unfused});
    };
    for (const ir::Value* input : in_.graph.inputs()) {
      if (is_marked(*input)) add(*input, false);
    }
    for (const auto& work : in_.lowered.works) {
      for (const ir::Value* output : work->node->outputs()) {
        const bool by_name = is_marked(*output);
        if (by_name || in_.config.debug_unfused) add(*output, !by_name);
      }
    }
    for (const std::string& name : marked) {
      if (std::ranges::find(plan().debug, name, &plan::DebugTensor::name) == plan().debug.end()) {
        diag_.warn("debug tensor \"{}\" is known before the run and is never shown", name);
      }
    }
  }

  Emission& in_;
  Diagnostics& diag_;
  PlanSymbols symbols_;
  ConstantPool pool_;
  Emitted out_;
  std::unordered_map<const ir::Value*, Layout> inputs_, outputs_;  ///< layouts of network ends
  std::unordered_map<const ir::Value*, size_t> last_reader_;       ///< number of a work
  std::unordered_map<const ir::Value*, uint32_t> made_;            ///< as its maker leaves it
  std::unordered_map<const ir::Value*, uint32_t> written_;  ///< network outputs that are written
  std::map<Form, uint32_t> forms_;                          ///< looked up only, never walked
};

}  // namespace

Result<Emitted> emit(Emission emission, Diagnostics& diag) {
  TENON_ASSIGN(PlanSymbols symbols, PlanSymbols::create(emission.graph, emission.lowered, diag));
  return Emitter(emission, std::move(symbols), diag).run();
}

}  // namespace tenon::builder
