// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Checking weights as they are given, and putting them in.
#include "api/infer/refitter.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "api/backends.h"
#include "api/infer/context.h"
#include "base/hash.h"
#include "plan/writer.h"

namespace tenon::api {

namespace {

using nvinfer1::TensorLocation;
using nvinfer1::Weights;
using nvinfer1::WeightsRole;

constexpr const char* kRoles[] = {"kKERNEL", "kBIAS", "kSHIFT", "kSCALE", "kCONSTANT", "kANY"};

const char* role_text(int32_t role) { return role >= 0 && role < 6 ? kRoles[role] : "?"; }

/// "weights 'fc.weight'", or "weights kKERNEL of layer 'conv1'" where they have no name.
std::string describe(const builder::RefittableWeights& names) {
  if (!names.name.empty()) return fmt::format("weights '{}'", names.name);
  return fmt::format("weights {} of layer '{}'", role_text(names.role), names.layer);
}

ops::ConstantData view_of(const builder::RefitConstant& constant, const Weights& weights) {
  const size_t size = byte_size(constant.dtype, static_cast<size_t>(constant.dims.volume()));
  return {constant.dtype,
          constant.dims,
          {static_cast<const std::byte*>(weights.values), size},
          nullptr};
}

std::optional<int64_t> first_not_finite(const ops::ConstantData& data) {
  for (int64_t i = 0; i < data.count(); ++i) {
    if (!std::isfinite(data.real(i))) return i;
  }
  return std::nullopt;
}

/// Fills the caller's lists with the entries that `wanted`, as far as they go; their number.
template <class Wanted, class Put>
int32_t list(const builder::RefitRecord& record, int32_t size, Wanted&& wanted, Put&& put) {
  int32_t count = 0;
  for (const auto& name : record.names()) {
    if (!wanted(name)) continue;
    if (count < size) put(count, name.names);
    ++count;
  }
  return count;
}

}  // namespace

std::unique_ptr<Refitter> Refitter::create(Engine& engine, nvinfer1::ILogger& logger) {
  std::unique_ptr<Refitter> made(new Refitter(engine.shared(), logger));
  Diagnostics diag = made->voice_.diagnostics();
  SharedEngine& shared = *made->shared_;
  const std::lock_guard lock(shared.mutex);
  if (shared.refit != nullptr) return made;
  const auto bytes = shared.core->plan().refit();
  if (bytes.empty()) {
    made->voice_.refuse(Code::InvalidArgument,
                        "the engine cannot be refitted: build it with BuilderFlag::kREFIT, "
                        "kREFIT_INDIVIDUAL, kREFIT_IDENTICAL or kSTRIP_PLAN");
    return nullptr;
  }
  auto record = builder::RefitRecord::read(bytes, shared.core, diag);
  if (!record.ok()) return nullptr;
  shared.refit = std::make_unique<builder::RefitRecord>(std::move(*record));
  return made;
}

template <class Matches>
const Refitter::Name* Refitter::find(Matches&& matches) const {
  for (const Name& name : record().names()) {
    if (matches(name.names)) return &name;
  }
  return nullptr;
}

const Refitter::Name* Refitter::find_named(char const* name) const {
  const std::string_view wanted = name == nullptr ? "" : name;
  if (wanted.empty()) return nullptr;
  return find([&](const auto& names) { return names.name == wanted; });
}

bool Refitter::give(const Name& name, const Given& given) {
  const builder::RefitConstant& constant = record().constants()[name.constant];
  const Weights& weights = given.weights;
  const auto dtype = plugin::to_dtype(weights.type);
  if (dtype != constant.dtype || weights.count != constant.dims.volume() ||
      weights.values == nullptr) {
    voice_.refuse(Code::InvalidArgument,
                  fmt::format("{} are {} elements of {}; given are {} of {}", describe(name.names),
                              constant.dims.volume(), to_string(constant.dtype), weights.count,
                              dtype ? to_string(*dtype) : "an unknown type"));
    return false;
  }
  const ops::ConstantData data = view_of(constant, weights);
  if (const auto at = validates_ ? first_not_finite(data) : std::nullopt) {
    voice_.refuse(Code::InvalidArgument,
                  fmt::format("{}: element {} is {}; setWeightsValidation(false) takes it",
                              describe(name.names), *at, data.real(*at)));
    return false;
  }
  const bool other = hash64(data.bytes()) != constant.digest;
  if (record().mode() == builder::Refit::Identical && other) {
    voice_.refuse(Code::InvalidArgument,
                  fmt::format("{} are not those the engine was built with, and it was built for "
                              "these alone: build with BuilderFlag::kREFIT to put in others",
                              describe(name.names)));
    return false;
  }
  // All entries of the name: constants that were one to the user.
  for (const Name& one : record().names()) {
    const bool same_name = !name.names.name.empty() && one.names.name == name.names.name;
    if (same_name || one.constant == name.constant) given_[one.constant] = given;
  }
  return true;
}

bool Refitter::setWeights(char const* layerName, WeightsRole role, Weights weights) noexcept {
  return guarded(voice_, false, [&] {
    const std::string_view layer = layerName == nullptr ? "" : layerName;
    const Name* name = find([&](const auto& names) {
      return names.layer == layer && names.role == static_cast<int32_t>(role);
    });
    if (name != nullptr && !layer.empty()) return give(*name, {weights});
    std::string known;
    for (const Name& one : record().names()) {
      if (one.names.layer == layer) known += fmt::format(" {}", role_text(one.names.role));
    }
    voice_.refuse(Code::InvalidArgument,
                  fmt::format("no refittable weights {} of layer '{}': {}{}",
                              role_text(static_cast<int32_t>(role)), layer,
                              known.empty() ? "the layer has none" : "it has", known));
    return false;
  });
}

bool Refitter::setNamedWeights(char const* name, Weights weights) noexcept {
  return setNamedWeights(name, weights, TensorLocation::kHOST);
}

bool Refitter::setNamedWeights(char const* name, Weights weights,
                               TensorLocation location) noexcept {
  return guarded(voice_, false, [&] {
    const Name* found = find_named(name);
    if (found != nullptr) return give(*found, {weights, location});
    voice_.refuse(
        Code::InvalidArgument,
        fmt::format("no refittable weights are named '{}': getAllWeights lists those that are",
                    name == nullptr ? "(null)" : name));
    return false;
  });
}

bool Refitter::is_missing(uint32_t constant) const {
  const bool whole = shared_->core->has_weights() && given_.empty();
  return !whole && record().constants()[constant].data == nullptr && !given_.contains(constant);
}

int32_t Refitter::getMissing(int32_t size, char const** layerNames, WeightsRole* roles) noexcept {
  return list(
      record(), size,
      [&](const Name& name) { return !name.names.layer.empty() && is_missing(name.constant); },
      [&](int32_t i, const auto& names) {
        if (layerNames != nullptr) layerNames[i] = names.layer.c_str();
        if (roles != nullptr) roles[i] = static_cast<WeightsRole>(names.role);
      });
}

int32_t Refitter::getAll(int32_t size, char const** layerNames, WeightsRole* roles) noexcept {
  return list(
      record(), size, [&](const Name& name) { return !name.names.layer.empty(); },
      [&](int32_t i, const auto& names) {
        if (layerNames != nullptr) layerNames[i] = names.layer.c_str();
        if (roles != nullptr) roles[i] = static_cast<WeightsRole>(names.role);
      });
}

int32_t Refitter::getMissingWeights(int32_t size, char const** weightsNames) noexcept {
  return list(
      record(), size,
      [&](const Name& name) {
        return &name == find_named(name.names.name.c_str()) && is_missing(name.constant);
      },
      [&](int32_t i, const auto& names) {
        if (weightsNames != nullptr) weightsNames[i] = names.name.c_str();
      });
}

int32_t Refitter::getAllWeights(int32_t size, char const** weightsNames) noexcept {
  return list(
      record(), size,
      [&](const Name& name) { return &name == find_named(name.names.name.c_str()); },
      [&](int32_t i, const auto& names) {
        if (weightsNames != nullptr) weightsNames[i] = names.name.c_str();
      });
}

bool Refitter::setDynamicRange(char const* tensorName, float, float) noexcept {
  return guarded(voice_, false, [&] {
    voice_.refuse(Code::InvalidArgument,
                  fmt::format("setDynamicRange: tensor '{}' has no range: no tensor of an engine "
                              "has, since none is calibrated",
                              tensorName == nullptr ? "(null)" : tensorName));
    return false;
  });
}
float Refitter::getDynamicRangeMin(char const*) const noexcept {
  return std::numeric_limits<float>::quiet_NaN();
}
float Refitter::getDynamicRangeMax(char const*) const noexcept {
  return std::numeric_limits<float>::quiet_NaN();
}

bool Refitter::setMaxThreads(int32_t maxThreads) noexcept {
  if (maxThreads < 1) return false;
  max_threads_ = maxThreads;
  return true;
}

Weights Refitter::getNamedWeights(char const* weightsName) const noexcept {
  const Name* name = find_named(weightsName);
  const auto found = name == nullptr ? given_.end() : given_.find(name->constant);
  return found == given_.end() ? Weights{nvinfer1::DataType::kFLOAT, nullptr, 0}
                               : found->second.weights;
}
TensorLocation Refitter::getWeightsLocation(char const* weightsName) const noexcept {
  const Name* name = find_named(weightsName);
  const auto found = name == nullptr ? given_.end() : given_.find(name->constant);
  return found == given_.end() ? TensorLocation::kHOST : found->second.location;
}
bool Refitter::unsetNamedWeights(char const* weightsName) noexcept {
  const Name* name = find_named(weightsName);
  if (name == nullptr) return false;
  bool found = false;
  for (const Name& one : record().names()) {
    if (one.names.name == name->names.name) found |= given_.erase(one.constant) > 0;
  }
  return found;
}
Weights Refitter::getWeightsPrototype(char const* weightsName) const noexcept {
  const Name* name = find_named(weightsName);
  if (name == nullptr) return {nvinfer1::DataType::kFLOAT, nullptr, 0};
  const builder::RefitConstant& constant = record().constants()[name->constant];
  return {plugin::to_data_type(constant.dtype).value_or(nvinfer1::DataType::kFLOAT), nullptr,
          constant.dims.volume()};
}

bool Refitter::refitCudaEngine() noexcept {
  return guarded(voice_, false, [&] {
    Diagnostics diag = voice_.diagnostics();
    return refit(diag).ok();
  });
}

bool Refitter::refitCudaEngineAsync(cudaStream_t stream) noexcept {
  device::Stream on;
  Status status = shared_->core->stream(stream, on);
  if (status.ok() && on.state() == device::Stream::State::Capturing) {
    status = {Code::InvalidArgument, "a refit cannot be captured into a graph"};
  }
  if (status.ok() && (on.is_gpu() || on.state() == device::Stream::State::Busy)) {
    status = on.wait();
  }
  if (status.ok()) return refitCudaEngine();
  voice_.refuse(status.code, status.what);
  return false;
}

Result<Bytes> Refitter::build_with(const builder::RefitRecord& record, Diagnostics& diag) const {
  const plan::View& old = shared_->core->plan();
  const device::GpuScope scope(shared_->core->gpu());
  TENON_ASSIGN(plan::Plan made,
               record.build(backends(), reformats(), evaluator(), session::built_for(old), diag));
  made.record = old.record();
  for (size_t i = 0; i < old.library_count(); ++i) {
    const plan::LibraryView library = old.library(i);
    made.libraries.push_back({std::string(library.name), library.digest,
                              Bytes(library.bytes.begin(), library.bytes.end())});
  }
  TENON_ASSIGN(Bytes bytes, plan::write(made, diag));
  TENON_ASSIGN(const plan::View view, plan::View::open(bytes, {.inspect_only = true}));
  const auto program = view.section(plan::Section::Program);
  if (!std::ranges::equal(program, old.section(plan::Section::Program))) {
    return diag.fail(Code::Unsupported,
                     "with these weights, or in this version of the library, the engine would have "
                     "other layers: build it anew");
  }
  return bytes;
}

Status Refitter::refit(Diagnostics& diag) {
  if (given_.empty() && shared_->core->has_weights()) return {};
  builder::RefitRecord next = record();
  for (const auto& [constant, given] : given_) {
    const auto& noted = next.constants()[constant];
    next.set(constant, ops::ConstantData::copy(noted.dtype, noted.dims,
                                               view_of(noted, given.weights).bytes()));
  }
  for (const Name& name : record().names()) {
    if (next.constants()[name.constant].data != nullptr) continue;
    return diag.fail(Code::InvalidArgument,
                     "{} are missing: {} must be set before a refit (getMissing, "
                     "getMissingWeights)",
                     describe(name.names), std::ranges::count_if(record().names(), [&](auto& one) {
                       return is_missing(one.constant);
                     }));
  }
  TENON_ASSIGN(const Bytes bytes, build_with(next, diag));
  TENON_ASSIGN(auto core, load_beside(*shared_, bytes, diag));
  // From here on the record's numbers are views of the new core.
  TENON_ASSIGN(const builder::RefitRecord fresh,
               builder::RefitRecord::read(core->plan().refit(), core, diag));
  const std::lock_guard lock(shared_->mutex);
  for (uint32_t i = 0; i < fresh.constants().size(); ++i) {
    shared_->refit->set(i, fresh.constants()[i].data);
  }
  shared_->core = core;
  given_.clear();
  bool all = true;
  for (Context* context : shared_->contexts) all = context->adopt(core) && all;
  return all ? Status{} : Status{Code::Internal, "a context could not take the new weights"};
}

}  // namespace tenon::api
