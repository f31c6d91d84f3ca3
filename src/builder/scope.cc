// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The rules, one a row, and what each looks at.
#include "builder/scope.h"

#include <fmt/format.h>

#include <algorithm>

#include "plan/format.h"

namespace tenon::builder {

namespace {

enum Rule : size_t {
  kRefit,
  kDebug,
  kRange,
  kShapeInput,
  kIoType,
  kForeign,
  kOneShape,
  kDataSize,
  kNoKernel,
  kMemory,
  kShapeOutput,
  kRules
};

constexpr ScopeRule kScopeRules[kRules] = {
    {"SAFE-01", "weights that can be replaced after the build",
     "leave BuilderFlag::kREFIT and its kin, kSTRIP_PLAN (--refit, --stripWeights) out, and build "
     "anew for new weights"},
    {"SAFE-02", "debug tensors", "debug a standard engine of the same network"},
    {"SAFE-03", "profile whose min, opt and max shapes differ",
     "give each shape a profile of its own, with min = opt = max"},
    {"SAFE-04", "network input whose content decides shapes",
     "make its content a constant of the model"},
    {"SAFE-05", "network input or output of a type that TypedArray does not know",
     "cast it to float, half, int64, int32, int8, uint8 or bool"},
    {"SAFE-06", "plugin that is no safe plugin",
     "register a safe creator of its name (ISafePluginCreatorV3One in getSafePluginRegistry, or "
     "trtexec --safetyPlugins=LIB[NS::NAME]) and no other one"},
    {"SAFE-07", "safe plugin that knows one static shape, where there are several profiles",
     "derive it from IPluginV3OneSafeBuildMSS, or build an engine for each shape"},
    {"SAFE-08", "node whose output sizes depend on data",
     "take a fixed number of results, as TopK does, or do this step behind the engine"},
    {"SAFE-09", "node that no kernel of safe engines computes",
     "write it with other operators, or as a safe plugin"},
    {"SAFE-10", "more than 16 GiB of activations",
     "split the network, or give smaller shapes: no allocation of a safe runtime is larger"},
    {"SAFE-11", "network output that holds only numbers known from shapes",
     "take it out of the network: its numbers are known when a profile is chosen"},
};

static_assert(plan::kAllocates == static_cast<uint32_t>(kernel::Flag::Allocates));

constexpr uint64_t kMostMemory = uint64_t{1} << 34;

std::string shown_name(const ir::Node& node) {
  const bool told =
      node.sources.empty() || (node.sources.size() == 1 && node.sources.front() == node.name);
  return told ? fmt::format("node \"{}\"", node.name)
              : fmt::format("node \"{}\" (of {})", node.name, fmt::join(node.sources, ", "));
}

bool fits_typed_array(DType type) {
  constexpr DType kTypes[] = {DType::F32, DType::F16, DType::I64, DType::I32,
                              DType::I8,  DType::U8,  DType::Bool};
  return std::ranges::find(kTypes, type) != std::end(kTypes);
}

/// Looks at everything and remembers which rules were broken.
class Report {
 public:
  Report(const ScopeSubject& subject, Diagnostics& diag) : in_(subject), diag_(diag) {}

  Status run() {
    if (in_.config.refit != Refit::None) found(kRefit, "the build", "");
    if (in_.config.debug_unfused || !in_.config.debug_tensors.empty()) {
      found(kDebug, "the build", "");
    }
    for (size_t p = 0; p < in_.profiles.size(); ++p) look_at_profile(p);
    for (const ir::Value* input : in_.graph.inputs()) look_at_input(*input);
    for (const ir::Value* output : in_.graph.outputs()) look_at_output(*output);
    for (const auto& work : in_.lowered.works) look_at_node(*work);
    if (count_ == 0) return {};
    std::string rules;
    for (size_t rule = 0; rule < kRules; ++rule) {
      if (broken_[rule]) rules += (rules.empty() ? "" : ", ") + std::string(kScopeRules[rule].id);
    }
    return diag_.fail(Code::Unsupported,
                      "the network is outside the scope of safe engines: {} finding{} by rule{} "
                      "{}; docs/safety/scope.md has all rules",
                      count_, count_ == 1 ? "" : "s",
                      std::ranges::count(broken_, true) == 1 ? "" : "s", rules);
  }

 private:
  void found(Rule rule, std::string_view where, std::string_view detail) {
    const ScopeRule& row = kScopeRules[rule];
    (void)diag_.fail(Code::Unsupported, "{}: {}: safe engines have no {}{}{}. Mend: {}", row.id,
                     where, row.refuses, detail.empty() ? "" : ": ", detail, row.mend);
    broken_[rule] = true;
    ++count_;
  }

  void look_at_profile(size_t number) {
    for (const InputRange& range : in_.profiles[number].inputs) {
      if (range.min == range.opt && range.opt == range.max) continue;
      found(kRange, fmt::format("profile {}, input \"{}\"", number, range.input),
            fmt::format("min {}, opt {}, max {}", to_string(range.min), to_string(range.opt),
                        to_string(range.max)));
    }
  }

  void look_at_input(const ir::Value& input) {
    look_at_type("input", input);
    if (!input.type.content) return;
    const auto& content = *input.type.content;
    const bool varies =
        std::ranges::any_of(content, [](const auto& e) { return !e.is_constant(); });
    if (varies) found(kShapeInput, fmt::format("input \"{}\"", input.name), "");
  }

  void look_at_output(const ir::Value& output) {
    look_at_type("output", output);
    if (!is_content(in_.lowered, output)) return;
    found(kShapeOutput, fmt::format("output \"{}\"", output.name), "");
  }

  void look_at_type(std::string_view end, const ir::Value& value) {
    if (fits_typed_array(value.dtype())) return;
    found(kIoType, fmt::format("{} \"{}\"", end, value.name), to_string(value.dtype()));
  }

  void look_at_node(const tune::Work& work) {
    const std::string name = shown_name(*work.node);
    const auto is_open = [](const kernel::PortInfo& port) { return port.room.has_value(); };
    if (std::ranges::any_of(work.info.outputs, is_open)) return found(kDataSize, name, "");
    const auto* foreign = work.node->as<ops::Foreign>();
    if (foreign == nullptr) return look_for_kernel(work, name);
    const std::string_view family = foreign->op->family();
    const ops::PluginId& id = foreign->op->id();
    const std::string plugin =
        fmt::format("plugin {} version {} namespace '{}'", id.name, id.version, id.name_space);
    if (!family.starts_with("safe")) {
      found(kForeign, name, fmt::format("{} is of family {}", plugin, family));
    } else if (family == "safe" && in_.profiles.size() > 1) {
      found(kOneShape, name, fmt::format("{}, {} profiles", plugin, in_.profiles.size()));
    }
  }

  void look_for_kernel(const tune::Work& work, const std::string& name) {
    CollectingSink sink;
    Diagnostics quiet(sink);
    const auto all = kernel::candidates_for(in_.registry, work.info, in_.config.target, quiet);
    for (const auto& candidate : all) {
      const std::string family = candidate->id().family;
      const bool safe = (candidate->flags() & static_cast<uint32_t>(kernel::Flag::Safe)) != 0;
      if (safe && family == plan::kSafeFamilies[0] && !candidate->configurations(quiet).empty()) {
        return;
      }
    }
    std::string reasons = std::string(ops::name_of(work.node->op));
    for (const auto& entry : sink.entries) {
      if (entry.text.starts_with(plan::kSafeFamilies[0])) reasons += "; " + entry.text;
    }
    found(kNoKernel, name, reasons);
  }

  const ScopeSubject& in_;
  Diagnostics& diag_;
  bool broken_[kRules] = {};
  size_t count_ = 0;
};

/// Safe plugins run with tensors, contexts and error bits of the safe runtime alone.
Status refuse_safe_plugins(const Lowered& lowered, Diagnostics& diag) {
  Status outcome;
  for (const auto& work : lowered.works) {
    const auto* foreign = work->node->as<ops::Foreign>();
    if (foreign == nullptr || !foreign->op->family().starts_with("safe")) continue;
    const ops::PluginId& id = foreign->op->id();
    outcome = diag.fail(
        Code::Unsupported,
        "{}: plugin {} version {} namespace '{}' is a safe plugin, which standard engines cannot "
        "hold: build with EngineCapability::kSAFETY (trtexec --safe), or register a creator of "
        "kind "
        "IPluginCreatorV3One under its name",
        shown_name(*work->node), id.name, id.version, id.name_space);
  }
  return outcome;
}

}  // namespace

std::span<const ScopeRule> scope_rules() noexcept { return kScopeRules; }

std::string scope_table() {
  std::string table = "| rule | safe engines have no … | mend |\n|---|---|---|\n";
  for (const ScopeRule& rule : kScopeRules) {
    table += fmt::format("| {} | {} | {} |\n", rule.id, rule.refuses, rule.mend);
  }
  return table;
}

Status check_scope(const ScopeSubject& subject, Diagnostics& diag) {
  if (subject.config.capability == plan::Capability::Safety) return Report(subject, diag).run();
  return refuse_safe_plugins(subject.lowered, diag);
}

Status check_scope(const plan::Plan& plan, Diagnostics& diag) {
  if (plan.capability != plan::Capability::Safety || plan.arena_bytes <= kMostMemory) return {};
  const ScopeRule& rule = kScopeRules[kMemory];
  return diag.fail(Code::Unsupported, "{}: the engine needs {} bytes of activations. Mend: {}",
                   rule.id, plan.arena_bytes, rule.mend);
}

}  // namespace tenon::builder
