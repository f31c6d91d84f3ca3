// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Combinations, tactics, kernels and records, asked of the plugin.
#include "plugin/adapt/quick/candidate.h"

#include <fmt/core.h>

#include <algorithm>

#include "device/target.h"
#include "plugin/adapt/answers.h"
#include "plugin/adapt/call.h"
#include "plugin/adapt/descs.h"
#include "plugin/adapt/expressions.h"
#include "plugin/adapt/formats.h"
#include "plugin/adapt/quick/foreign_op.h"
#include "plugin/adapt/quick/kernel_loaded.h"
#include "plugin/adapt/quick/loaded.h"
#include "plugin/convert.h"

namespace tenon::plugin {

namespace {

using kernel::Configuration;
using kernel::Port;

constexpr int32_t kMostCombinations = 10000;

int32_t number(size_t count) { return static_cast<int32_t>(count); }

}  // namespace

kernel::KernelId QuickCandidate::id() const {
  return {object_.aot == nullptr ? "plugin.quick" : "plugin.aot", op_.id().name, 1};
}

uint32_t QuickCandidate::flags() const {
  using kernel::Flag;
  // A compiled kernel is a launch and nothing else.
  const bool bare = object_.aot != nullptr && target_.is_gpu();
  return bare ? Flag::HostCode | Flag::Capturable : static_cast<uint32_t>(Flag::HostCode);
}

const kernel::PortInfo& QuickCandidate::port(size_t position) const {
  const size_t inputs = node_.inputs.size();
  return position < inputs ? node_.inputs[position] : node_.outputs[position - inputs];
}

QuickCandidate::Descs QuickCandidate::describe_all(const Configuration& configuration) const {
  Descs descs;
  for (size_t i = 0; i < node_.inputs.size(); ++i) {
    descs.push_back(to_dynamic_desc(node_.inputs[i], configuration.inputs[i]));
  }
  for (size_t i = 0; i < node_.outputs.size(); ++i) {
    descs.push_back(to_dynamic_desc(node_.outputs[i], configuration.outputs[i]));
  }
  return descs;
}

std::optional<Configuration> QuickCandidate::usable(
    const nvinfer1::PluginTensorDesc* offered) const {
  Configuration result;
  for (size_t i = 0; i < node_.inputs.size() + node_.outputs.size(); ++i) {
    const kernel::PortInfo& info = port(i);
    const auto layout = to_layout(offered[i].format);
    if (to_dtype(offered[i].type) != info.dtype || !layout) return std::nullopt;
    if (!layout->is_linear() && !kernel::fits(*layout, info.opt.rank())) return std::nullopt;
    (i < node_.inputs.size() ? result.inputs : result.outputs).push_back({info.dtype, *layout, 0});
  }
  return result;
}

std::vector<Configuration> QuickCandidate::configurations(Diagnostics& diag) {
  const size_t inputs = node_.inputs.size(), outputs = node_.outputs.size();
  if (!plugin_types_known(node_, inputs, op_.id().name, diag)) return {};
  // Its implementation writes over the input and leaves an output elsewhere as it is.
  if (!node_.aliased_plugin_io && !aliases_of(*object_.build, inputs, outputs).empty()) {
    diag.info(
        "plugin {} writes an output over an input, which this build does not allow: set "
        "PreviewFeature::kALIASED_PLUGIN_IO_10_03",
        op_.id().name);
    return {};
  }
  Configuration network;
  for (size_t i = 0; i < inputs + outputs; ++i) {
    (i < inputs ? network.inputs : network.outputs)
        .push_back({port(i).dtype, kernel::Layout::linear(), 0});
  }
  const Descs descs = describe_all(network);
  const Call call(op_.id(), "getSupportedFormatCombinations");
  const int32_t count = object_.build->getNbSupportedFormatCombinations(
      descs.data(), number(inputs), number(outputs));
  if (count < 0 || count > kMostCombinations) {
    (void)diag.fail(Code::Plugin, "getNbSupportedFormatCombinations of plugin {} returned {}",
                    op_.id().name, count);
    return {};
  }
  std::vector<nvinfer1::PluginTensorDesc> offered((inputs + outputs) * static_cast<size_t>(count));
  const int32_t code = object_.build->getSupportedFormatCombinations(
      descs.data(), number(inputs), number(outputs), offered.data(), count);
  if (code != 0) {
    (void)diag.fail(Code::Plugin, "getSupportedFormatCombinations of plugin {} returned {}",
                    op_.id().name, code);
    return {};
  }
  std::vector<Configuration> result;
  for (size_t i = 0; i < static_cast<size_t>(count); ++i) {
    auto one = usable(offered.data() + i * (inputs + outputs));
    if (one) result.push_back(std::move(*one));
  }
  if (result.empty()) {
    diag.info(
        "plugin {}: of its {} combinations of types and formats none fits this network, whose "
        "types are fixed: give one with the types of its tensors",
        op_.id().name, count);
  }
  return result;
}

Status QuickCandidate::configure(const Configuration& configuration, Diagnostics& diag) {
  const Descs descs = describe_all(configuration);
  const size_t inputs = node_.inputs.size();
  const Call call(op_.id(), "configurePlugin");
  const int32_t code = object_.build->configurePlugin(
      descs.data(), number(inputs), descs.data() + inputs, number(node_.outputs.size()));
  if (code == 0) return {};
  return diag.fail(Code::Plugin, "configurePlugin of plugin {} returned {}", op_.id().name, code);
}

std::vector<int32_t> QuickCandidate::tactics() {
  return valid_tactics(*object_.build, op_.id(), tactics_code_);
}

std::vector<kernel::Alias> QuickCandidate::aliases() const {
  if (!node_.aliased_plugin_io) return {};
  return aliases_of(*object_.build, node_.inputs.size(), node_.outputs.size());
}

std::optional<std::string> QuickCandidate::timing_key() const {
  const char* key = object_.build->getTimingCacheID();
  // A kernel's code may change while its names stay: times of kernels are kept by nobody.
  if (key == nullptr || object_.aot != nullptr) return std::nullopt;
  const ops::PluginId& id = op_.id();
  return fmt::format("{}\n{}\n{}\n{}", id.name, id.version, id.name_space, key);
}

Result<LaunchProgram> QuickCandidate::ask_launch(const Descs& descs, Diagnostics& diag) {
  expr::SymbolTable symbols;
  std::vector<ops::SizeTensor> declared;
  ExprFactory factory(symbols, node_.name, declared);
  std::vector<nvinfer1::DimsExprs> inputs;
  for (size_t i = 0; i < node_.inputs.size(); ++i) {
    std::vector<expr::Expr> extents;
    for (int axis = 0; axis < node_.inputs[i].opt.rank(); ++axis) {
      const expr::Expr symbol = symbols.named(fmt::format("{}.{}", i, axis));
      const expr::Expr& known = node_.inputs[i].shape[static_cast<size_t>(axis)];
      extents.push_back(known.is_constant() ? known : symbol);
    }
    inputs.push_back(factory.make(extents));
  }
  const size_t extents = symbols.size();
  LaunchSheet sheet;
  ArgumentSheet arguments;
  const Call call(op_.id(), "getLaunchParams");
  const int32_t code =
      object_.aot->getLaunchParams(inputs.data(), descs.data(), number(inputs.size()),
                                   number(node_.outputs.size()), &sheet, &arguments, factory);
  if (code != 0) {
    return diag.fail(Code::Plugin, "getLaunchParams of plugin {} returned {}", op_.id().name, code);
  }
  return compile_launch(sheet, arguments, op_.id().name, extents, diag);
}

Status QuickCandidate::ask_code(const Descs& descs, QuickKernel& kernel, Diagnostics& diag) {
  std::vector<nvinfer1::PluginTensorDesc> plain;
  for (const auto& desc : descs) plain.push_back(desc.desc);
  const char* name = nullptr;
  char* code = nullptr;
  int32_t size = 0;
  const Call call(op_.id(), "getKernel");
  const int32_t answer = object_.aot->getKernel(plain.data(), number(node_.inputs.size()),
                                                plain.data() + node_.inputs.size(),
                                                number(node_.outputs.size()), &name, &code, &size);
  if (answer != 0 || name == nullptr || code == nullptr || size <= 0) {
    return diag.fail(Code::Plugin, "getKernel of plugin {} returned {}{}", op_.id().name, answer,
                     answer == 0 ? ", but no name or no code" : "");
  }
  kernel.name = name;
  const auto bytes = std::as_bytes(std::span(code, static_cast<size_t>(size)));
  const std::string words = kernel_in_words(kernel.name, op_.id().name);
  if (!target_.is_gpu()) {
    TENON_ASSIGN(kernel.code, to_shared_object(bytes, words, diag));
    return {};
  }
  if (!is_gpu_code(bytes)) {
    return diag.fail(Code::Plugin,
                     "the code of {} is {}, but the engine is for a GPU ({}): return PTX or a "
                     "cubin, or build for device \"cpu\"",
                     words, to_string(kind_of_code(bytes)), target_.name);
  }
  kernel.code.assign(bytes.begin(), bytes.end());
  return {};
}

Result<const QuickKernel*> QuickCandidate::kernel_for(const Configuration& configuration,
                                                      int32_t tactic, Diagnostics& diag) {
  for (const auto& made : made_) {
    const bool same = made->tactic == tactic &&
                      made->configuration.inputs == configuration.inputs &&
                      made->configuration.outputs == configuration.outputs;
    if (same) return &made->kernel;
  }
  auto made = std::make_unique<Made>();
  made->configuration = configuration;
  made->tactic = tactic;
  int32_t code = 0;
  {
    const Call call(op_.id(), "setTactic");
    code = object_.aot->setTactic(tactic);
  }
  if (code != 0) {
    return diag.fail(Code::Plugin, "setTactic({}) of plugin {} returned {}", tactic, op_.id().name,
                     code);
  }
  const Descs descs = describe_all(configuration);
  TENON_ASSIGN(made->kernel.launch, ask_launch(descs, diag));
  TENON_TRY(ask_code(descs, made->kernel, diag));
  const QuickKernel* result = &made->kernel;
  made_.push_back(std::move(made));
  return result;
}

Result<kernel::Record> QuickCandidate::record(const Configuration& configuration, int32_t tactic,
                                              int threads, Diagnostics& diag) {
  (void)threads;
  TENON_TRY(configure(configuration, diag));
  Bytes params;
  const bool compiled = object_.aot != nullptr;
  if (compiled) {
    TENON_ASSIGN(const QuickKernel* kernel, kernel_for(configuration, tactic, diag));
    params = pack(*kernel);
    if (target_.portable) {
      diag.warn(
          "{}: the engine is portable and promises to need no more than {}; whether this code does "
          "is up to who compiled it (host_kernel: flags)",
          kernel_in_words(kernel->name, op_.id().name), target_.isa_text());
    }
  } else {
    TENON_ASSIGN(params, packed_fields(*object_.runtime, op_.id(), "plugin", diag));
  }
  kernel::Record record = record_of(id(), op_.id(), tactic, compiled ? "" : op_.library(),
                                    object_.build->getMetadataString());
  record.params = std::move(params);
  if (compiled) record.isa = target_.isa;  // What it may use.
  return record;
}

Result<std::unique_ptr<kernel::Loaded>> QuickCandidate::load_for_timing(
    const Configuration& configuration, int32_t tactic, Diagnostics& diag) {
  TENON_TRY(check_tactics(tactics_code_, op_.id(), "plugin", diag));
  if (object_.aot != nullptr) {
    TENON_TRY(configure(configuration, diag));
    TENON_ASSIGN(const QuickKernel* kernel, kernel_for(configuration, tactic, diag));
    return make_kernel_loaded(kernel->code, kernel->name, kernel->launch,
                              kernel_in_words(kernel->name, op_.id().name), {}, diag);
  }
  const Call call(op_.id(), "clone");
  TENON_ASSIGN(QuickObject copy, clone_quick(*object_.plugin, false, diag));
  return make_quick_loaded(std::move(copy), op_.id(), node_.name, tactic);
}

}  // namespace tenon::plugin
