// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Liveness, and ports with numbers.
#include "builder/lowering.h"

#include <algorithm>

#include "builder/io_layouts.h"
#include "ir/told_sizes.h"

namespace tenon::builder {

namespace {

class Lowering {
 public:
  Lowering(const ir::Graph& graph, const Extents& extents, const BuildConfig& config,
           Diagnostics& diag)
      : graph_(graph), extents_(extents), config_(config), diag_(diag) {}

  Result<Lowered> run() {
    find_live();
    for (const auto& node : graph_.nodes()) {
      if (live_.contains(node.get())) TENON_TRY(add_work(*node));
    }
    for (const ir::Value* input : graph_.inputs()) TENON_TRY(add_end(*input, false));
    for (const ir::Value* output : graph_.outputs()) TENON_TRY(add_end(*output, true));
    return std::move(out_);
  }

 private:
  void find_live() {
    for (const auto& node : graph_.nodes()) {
      for (const expr::SymbolId id : ir::told_sizes(*node, graph_.symbols())) {
        tellers_.try_emplace(id, node.get());
      }
    }
    for (const ir::Value* output : graph_.outputs()) need(*output);
    for (const std::string& name : config_.debug_tensors) {
      if (const ir::Value* value = graph_.find_value(name)) need(*value);
    }
    for (const auto& node : graph_.nodes()) {
      const bool acts =
          node->as<ops::Foreign>() != nullptr || node->as<ops::Assertion>() != nullptr;
      if (acts) live_.insert(node.get());
    }
    // Against the order, every reader is seen before what it reads.
    for (auto it = graph_.nodes().rbegin(); it != graph_.nodes().rend(); ++it) {
      if (!live_.contains(it->get())) continue;
      for (const ir::Value* output : (*it)->outputs()) need_sizes(*output);
      for (const ir::Value* input : (*it)->inputs()) {
        if (input != nullptr) need(*input);
      }
    }
  }

  void need(const ir::Value& value) {
    need_sizes(value);
    if (value.producer() == nullptr || value.constant() != nullptr || value.type.content) return;
    live_.insert(value.producer());
  }

  /// Who tells the sizes that `value` mentions must run, though nobody may read what it makes.
  void need_sizes(const ir::Value& value) {
    ir::for_each_found_size(value, graph_.symbols(), [&](expr::SymbolId id) {
      const auto teller = tellers_.find(id);
      if (teller != tellers_.end()) live_.insert(teller->second);
    });
  }

  Result<kernel::PortInfo> port(const ir::Value& value) {
    TENON_ASSIGN(const ExtentRange range, extents_.of(value.shape(), value.name, diag_));
    kernel::PortInfo info;
    info.dtype = value.dtype();
    info.min = range.min;
    info.opt = range.opt;
    info.max = range.max;
    info.shape = value.shape();
    if (config_.capability == plan::Capability::Safety) info.each = extents_.each(value.shape());
    info.constant = value.constant();
    info.network_io = value.is_network_input() || value.is_network_output();
    if (info.network_io) {
      TENON_ASSIGN(info.allowed, allowed_layouts(value, diag_));
    }
    return info;
  }

  Status add_work(const ir::Node& node) {
    auto work = std::make_unique<tune::Work>();
    work->node = &node;
    work->info.op = &node.op;
    work->info.name = node.name;
    work->info.aliased_plugin_io = config_.aliased_plugin_io;
    work->info.allow_tf32 = config_.allow_tf32 && config_.target.is_gpu();
    for (const ir::Value* input : node.inputs()) {
      if (input == nullptr) {
        work->info.inputs.emplace_back().present = false;
        work->samples.push_back(nullptr);
        continue;
      }
      TENON_ASSIGN(kernel::PortInfo info, port(*input));
      work->info.inputs.push_back(std::move(info));
      work->samples.push_back(sample(*input));
      if (input->constant() != nullptr) out_.constant_bytes += input->constant()->bytes().size();
    }
    for (const ir::Value* output : node.outputs()) {
      TENON_ASSIGN(kernel::PortInfo info, port(*output));
      if (!follows_from_inputs(node, *output)) info.room = extents_.room(output->shape());
      work->info.outputs.push_back(std::move(info));
      out_.made.insert(output);
    }
    out_.works.push_back(std::move(work));
    return {};
  }

  /// Whether every size of an output is known once those of the inputs are.
  [[nodiscard]] bool follows_from_inputs(const ir::Node& node, const ir::Value& output) const {
    const auto mentioned = [](const ir::Value* value, expr::SymbolId id) {
      return value != nullptr &&
             std::any_of(value->shape().begin(), value->shape().end(),
                         [&](const expr::Expr& extent) { return expr::mentions(extent, id); });
    };
    for (expr::SymbolId id = 0; id < graph_.symbols().size(); ++id) {
      if (!graph_.symbols()[id].data_dependent() || !mentioned(&output, id)) continue;
      const auto& inputs = node.inputs();
      if (std::none_of(inputs.begin(), inputs.end(),
                       [&](const ir::Value* input) { return mentioned(input, id); })) {
        return false;
      }
    }
    return true;
  }

  /// The values an input has while timing, where they are known.
  [[nodiscard]] ops::ConstantRef sample(const ir::Value& value) const {
    if (value.constant() != nullptr) return value.producer()->as<ops::Constant>()->data;
    if (!value.type.content) return nullptr;
    std::vector<int64_t> values;
    Dims dims;
    for (const expr::Expr& e : *value.type.content) {
      values.push_back(extents_.opt(e).value_or(0));
    }
    for (const expr::Expr& e : value.shape()) dims.push_back(extents_.opt(e).value_or(0));
    return pack_integers(value.dtype(), dims, values);
  }

  static ops::ConstantRef pack_integers(DType dtype, const Dims& dims,
                                        const std::vector<int64_t>& values) {
    ByteWriter bytes;
    for (const int64_t value : values) {
      if (dtype == DType::I64) bytes.put(value);
      if (dtype == DType::I32) bytes.put(static_cast<int32_t>(value));
      if (dtype == DType::Bool) bytes.put(static_cast<uint8_t>(value != 0));
    }
    if (bytes.bytes().size() != byte_size(dtype, static_cast<size_t>(dims.volume())))
      return nullptr;
    return ops::ConstantData::copy(dtype, dims, bytes.bytes());
  }

  Status add_end(const ir::Value& value, bool is_output) {
    tune::NetworkEnd end;
    end.value = &value;
    end.is_output = is_output;
    TENON_ASSIGN(const ExtentRange range, extents_.of(value.shape(), value.name, diag_));
    end.opt = range.opt;
    end.greatest = range.max;
    end.direct = config_.direct_io && !value.allowed_formats.empty();
    TENON_ASSIGN(end.allowed, allowed_layouts(value, diag_));
    out_.ends.push_back(std::move(end));
    return {};
  }

  const ir::Graph& graph_;
  const Extents& extents_;
  const BuildConfig& config_;
  Diagnostics& diag_;
  std::unordered_set<const ir::Node*> live_;
  std::unordered_map<expr::SymbolId, const ir::Node*> tellers_;  ///< of sizes that a run finds out
  Lowered out_;
};

}  // namespace

Result<Lowered> lower(const ir::Graph& graph, const Extents& extents, const BuildConfig& config,
                      Diagnostics& diag) {
  return Lowering(graph, extents, config, diag).run();
}

bool is_content(const Lowered& lowered, const ir::Value& value) {
  return value.type.content && !value.is_network_input() && value.constant() == nullptr &&
         !lowered.made.contains(&value);
}

}  // namespace tenon::builder
