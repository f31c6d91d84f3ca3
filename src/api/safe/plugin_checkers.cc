// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Descriptors of each profile, shown to the checkers.
#include "api/safe/plugin_checkers.h"

#include <dlfcn.h>

#include <memory>

#include "expr/program.h"
#include "plugin/adapt/fields.h"
#include "plugin/adapt/v3/candidate.h"
#include "plugin/descriptor.h"

namespace tenon::api {

namespace {

using nvinfer2::safe::TensorDescriptor;
using nvinfer2::safe::consistency::IPluginChecker;

/// What the symbols of a safe engine are in one profile: extents of inputs.
std::vector<int64_t> numbers_in(const plan::View& engine, size_t profile) {
  std::vector<int64_t> numbers;
  const auto inputs = engine.inputs();
  for (size_t i = 0; i < engine.symbol_count(); ++i) {
    const plan::SymbolView symbol = engine.symbol(i);
    int64_t number = 0;
    for (size_t at = 0; at < inputs.size(); ++at) {
      if (inputs[at] != symbol.tensor) continue;
      number = engine.range(profile, at).opt[static_cast<int>(symbol.axis)];
    }
    numbers.push_back(number);
  }
  return numbers;
}

Result<std::vector<TensorDescriptor>> describe(const plan::View& engine,
                                               std::span<const uint32_t> ids,
                                               std::span<const int64_t> numbers,
                                               nvinfer1::TensorIOMode mode) {
  std::vector<TensorDescriptor> all;
  for (const uint32_t id : ids) {
    if (id == plan::kNoTensor) {
      all.push_back(plugin::to_descriptor("", {}, mode));
      continue;
    }
    const plan::TensorView tensor = engine.tensor(id);
    kernel::TensorDesc desc{tensor.dtype, tensor.layout, {}, tensor.scale};
    for (size_t axis = 0; axis < tensor.shape.size(); ++axis) {
      int64_t extent = 0;
      TENON_TRY(expr::evaluate(tensor.shape[axis], numbers, extent));
      desc.dims.push_back(extent);
    }
    all.push_back(plugin::to_descriptor(tensor.name.data(), desc, mode));
  }
  return all;
}

Status check_step(const plan::View& engine, size_t number, IPluginChecker& checker,
                  const std::string& library, Diagnostics& diag) {
  const plan::StepView step = engine.step(number);
  TENON_ASSIGN(const plugin::V3Params params, plugin::unpack_v3(step.params));
  TENON_ASSIGN(plugin::FieldStore fields, plugin::FieldStore::unpack(params.fields));
  for (size_t profile = 0; profile < engine.profile_count(); ++profile) {
    const std::vector<int64_t> numbers = numbers_in(engine, profile);
    TENON_ASSIGN(const auto inputs,
                 describe(engine, step.inputs, numbers, nvinfer1::TensorIOMode::kINPUT));
    TENON_ASSIGN(const auto outputs,
                 describe(engine, step.outputs, numbers, nvinfer1::TensorIOMode::kOUTPUT));
    nvinfer1::PluginFieldCollection collection = *fields.collection();
    if (checker.validate(inputs, outputs, &collection)) continue;
    return diag.fail(Code::InvalidPlan,
                     "step {} '{}': the checker of plugin {} version {} in {} refuses its tensors "
                     "and fields in profile {}",
                     number, step.name, step.kernel, step.plugin_version, library, profile);
  }
  return {};
}

}  // namespace

PluginCheckers::~PluginCheckers() {
  for (const Library& library : libraries_) ::dlclose(library.handle);
}

Status PluginCheckers::open(const std::vector<std::string>& paths, Diagnostics& diag) {
  for (const std::string& path : paths) {
    void* handle = ::dlopen(path.c_str(), RTLD_LAZY);
    if (handle == nullptr) {
      return diag.fail(Code::Io, "plugin library {} cannot be opened: {}", path, ::dlerror());
    }
    libraries_.push_back(
        {path, handle, reinterpret_cast<Find>(::dlsym(handle, "getPluginChecker"))});
  }
  return {};
}

Status PluginCheckers::check(const plan::View& engine, Diagnostics& diag) const {
  for (size_t i = 0; i < engine.step_count(); ++i) {
    const plan::StepView step = engine.step(i);
    if (step.plugin.empty()) continue;
    const std::string name = std::string(step.kernel) + std::string(step.plugin_version);
    std::unique_ptr<IPluginChecker> checker;
    const std::string* path = nullptr;
    for (const Library& library : libraries_) {
      if (checker != nullptr || library.find == nullptr) continue;
      checker.reset(library.find(name.c_str()));
      path = &library.path;
    }
    if (checker != nullptr) {
      TENON_TRY(check_step(engine, i, *checker, *path, diag));
      continue;
    }
    diag.warn(
        "step {} '{}': no library has a checker for plugin {} version {} "
        "(getPluginChecker(\"{}\")): "
        "its formats and sizes are taken as the engine notes them",
        i, step.name, step.kernel, step.plugin_version, name);
  }
  return {};
}

}  // namespace tenon::api
