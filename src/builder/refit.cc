// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Noting builds, and repeating them.
#include "builder/refit.h"

#include <algorithm>
#include <map>

#include "base/hash.h"
#include "ir/graph_bytes.h"
#include "plan/writer.h"

namespace tenon::builder {

namespace {

constexpr uint32_t kVersion = 2;
constexpr uint32_t kUnnamed = UINT32_MAX;

/// Answers every question about time with "not now": what has no noted time is not chosen.
class NoTimer final : public tune::Timer {
 public:
  std::vector<tune::Timing> time(std::span<const tune::Trial> trials,
                                 const tune::Effort& effort) override {
    tune::Timing timing;
    if (effort.runs > 0) {
      timing.status = {Code::NotFound, "no time was noted"};
      timing.reason = "the engine notes no time for it, and none is measured in a refit";
    }
    return std::vector<tune::Timing>(trials.size(), timing);
  }
};

void put(ByteWriter& writer, const Dims& dims) {
  writer.put(static_cast<uint8_t>(dims.rank()));
  for (const int64_t extent : dims) writer.put(extent);
}
void put(ByteWriter& writer, const Bytes& bytes) {
  writer.put(static_cast<uint64_t>(bytes.size()));
  writer.raw(bytes);
}
void put(ByteWriter& writer, const std::vector<int64_t>& values) {
  writer.put(static_cast<uint32_t>(values.size()));
  for (const int64_t value : values) writer.put(value);
}
void put(ByteWriter& writer, const std::vector<std::string>& texts) {
  writer.put(static_cast<uint32_t>(texts.size()));
  for (const std::string& text : texts) writer.text(text);
}

/// Reads what the functions above wrote; after damage everything is empty and ok() is false.
class Reader {
 public:
  explicit Reader(ByteReader& from) : from_(from) {}
  [[nodiscard]] bool ok() const { return sound_ && from_.ok(); }
  void fail_if(bool fault) { sound_ = sound_ && !fault; }

  size_t count() {
    const size_t count = from_.take<uint32_t>();
    fail_if(count > from_.rest().size());
    return ok() ? count : 0;
  }
  Dims dims() {
    Dims dims;
    const auto rank = from_.take<uint8_t>();
    fail_if(rank > Dims::kMaxRank);
    for (int i = 0; ok() && i < rank; ++i) dims.push_back(from_.take<int64_t>());
    return dims;
  }
  Bytes bytes() {
    const auto view = from_.raw(from_.take<uint64_t>());
    return {view.begin(), view.end()};
  }
  std::vector<int64_t> values() {
    std::vector<int64_t> values(count());
    for (int64_t& value : values) value = from_.take<int64_t>();
    return values;
  }
  std::vector<std::string> texts() {
    std::vector<std::string> texts(count());
    for (std::string& text : texts) text = from_.text();
    return texts;
  }

 private:
  ByteReader& from_;
  bool sound_ = true;
};

/// Constants of a graph by the name of their value, numbered as write_graph numbers them.
std::map<std::string, uint32_t, std::less<>> number_constants(const ir::Graph& graph) {
  std::map<std::string, uint32_t, std::less<>> numbers;
  uint32_t next = 0;
  for (const auto& node : graph.nodes()) {
    if (node->as<ops::Constant>() != nullptr) numbers[node->output()->name] = next++;
  }
  return numbers;
}

std::optional<int64_t> checked_volume(const Dims& dims) {
  int64_t product = 1;
  for (const int64_t extent : dims) {
    if (extent < 0 || __builtin_mul_overflow(product, extent, &product)) return std::nullopt;
  }
  return product <= (int64_t{1} << 40) ? std::optional(product) : std::nullopt;
}

}  // namespace

Result<RefitRecord> RefitRecord::of(const ir::Graph& graph,
                                    const std::vector<ProfileRanges>& profiles,
                                    const BuildConfig& config, Diagnostics& diag) {
  RefitRecord record;
  record.mode_ = config.refit;
  record.settings_ = config;
  record.settings_.profiles = profiles;
  std::vector<ops::ConstantRef> numbers;
  ByteWriter network;
  TENON_TRY(ir::write_graph(graph, network, numbers, diag));
  record.network_ = std::move(network).bytes();
  for (const ops::ConstantRef& data : numbers) {
    record.constants_.push_back({data->dtype(), data->dims(), data, hash64(data->bytes()), false});
  }
  auto known = number_constants(graph);
  for (const RefittableWeights& weights : config.weights) {
    auto found = known.find(weights.value);
    if (found == known.end() && config.inner_constant) {
      if (const ops::ConstantRef data = config.inner_constant(graph, weights.value)) {
        const auto number = static_cast<uint32_t>(record.constants_.size());
        record.constants_.push_back(
            {data->dtype(), data->dims(), data, hash64(data->bytes()), false});
        found = known.emplace(weights.value, number).first;
      }
    }
    if (found == known.end()) {
      return diag.fail(Code::InvalidArgument,
                       "weights '{}' cannot be made refittable: the network has no constant '{}'",
                       weights.name, weights.value);
    }
    record.names_.push_back({weights, found->second});
    record.constants_[found->second].refittable = true;
  }
  return record;
}

void RefitRecord::write_settings(ByteWriter& writer) const {
  const BuildConfig& config = settings_;
  writer.put(config.capability);
  writer.text(config.target.name);
  writer.put(config.target.isa);
  writer.put(config.target.cores);
  writer.put(config.target.l1d_bytes);
  writer.put(config.target.l2_bytes);
  writer.put(config.target.l3_bytes);
  writer.put(static_cast<uint8_t>(config.target.portable));
  writer.put(config.max_threads);
  writer.put(config.workspace_limit);
  writer.put(config.level);
  writer.put(config.timing_runs);
  writer.put(config.max_tactics);
  writer.put(static_cast<uint8_t>(config.direct_io));
  put(writer, config.left_out);
  writer.put(static_cast<uint8_t>(config.aliased_plugin_io));
  writer.put(static_cast<uint8_t>(config.passes.fuse));
  writer.put(config.profiling_verbosity);
  writer.put(config.hardware_compatibility);
  writer.put(static_cast<uint8_t>(config.debug_unfused));
  put(writer, config.debug_tensors);
  put(writer, config.passes.skip);
  writer.put(static_cast<uint32_t>(config.profiles.size()));
  for (const ProfileRanges& profile : config.profiles) {
    writer.put(static_cast<uint32_t>(profile.inputs.size()));
    for (const InputRange& range : profile.inputs) {
      writer.text(range.input);
      for (const Dims* dims : {&range.min, &range.opt, &range.max}) put(writer, *dims);
      for (const auto* values : {&range.min_values, &range.opt_values, &range.max_values}) {
        put(writer, *values);
      }
    }
  }
}

namespace {

void read_settings(ByteReader& from, Reader& reader, BuildConfig& config) {
  const auto capability = from.take<uint8_t>();
  reader.fail_if(capability > static_cast<uint8_t>(plan::Capability::Safety));
  config.capability = static_cast<plan::Capability>(capability & 1U);
  device::Target& target = config.target;
  target.name = from.text();
  target.isa = from.take<decltype(target.isa)>();
  target.cores = from.take<decltype(target.cores)>();
  target.l1d_bytes = from.take<decltype(target.l1d_bytes)>();
  target.l2_bytes = from.take<decltype(target.l2_bytes)>();
  target.l3_bytes = from.take<decltype(target.l3_bytes)>();
  target.portable = from.take<uint8_t>() != 0;
  reader.fail_if(target.cores < 1);
  config.max_threads = from.take<int>();
  config.workspace_limit = from.take<uint64_t>();
  config.level = from.take<int>();
  config.timing_runs = from.take<int>();
  config.max_tactics = from.take<int>();
  config.direct_io = from.take<uint8_t>() != 0;
  config.left_out = reader.texts();
  config.aliased_plugin_io = from.take<uint8_t>() != 0;
  config.passes.fuse = from.take<uint8_t>() != 0;
  config.profiling_verbosity = from.take<uint8_t>();
  config.hardware_compatibility = from.take<uint8_t>();
  config.debug_unfused = from.take<uint8_t>() != 0;
  config.debug_tensors = reader.texts();
  config.passes.skip = reader.texts();
  config.profiles.resize(reader.count());
  for (ProfileRanges& profile : config.profiles) {
    profile.inputs.resize(reader.count());
    for (InputRange& range : profile.inputs) {
      range.input = from.text();
      for (Dims* dims : {&range.min, &range.opt, &range.max}) *dims = reader.dims();
      for (auto* values : {&range.min_values, &range.opt_values, &range.max_values}) {
        *values = reader.values();
      }
    }
  }
}

}  // namespace

Bytes RefitRecord::write(bool with_weights) const {
  ByteWriter writer;
  writer.put(kVersion);
  writer.put(mode_);
  write_settings(writer);
  put(writer, network_);
  put(writer, times_);
  writer.put(static_cast<uint32_t>(names_.size()));
  for (const Name& name : names_) {
    for (const std::string* text : {&name.names.value, &name.names.name, &name.names.layer}) {
      writer.text(*text);
    }
    writer.put(name.names.role);
    writer.put(name.constant);
  }
  writer.put(static_cast<uint32_t>(foreign_.size()));
  for (const ForeignRecord& foreign : foreign_) builder::write(writer, foreign);
  writer.put(static_cast<uint32_t>(constants_.size()));
  for (const RefitConstant& constant : constants_) {
    const bool kept = !constant.refittable || (with_weights && mode_ == Refit::Any);
    writer.put(constant.dtype);
    put(writer, constant.dims);
    writer.put(constant.digest);
    writer.put(static_cast<uint8_t>(constant.data != nullptr && kept));
    if (constant.data != nullptr && kept) writer.raw(constant.data->bytes());
  }
  return std::move(writer).bytes();
}

Result<RefitRecord> RefitRecord::read(std::span<const std::byte> bytes,
                                      const std::shared_ptr<const void>& owner, Diagnostics& diag) {
  RefitRecord record;
  ByteReader reader(bytes);
  if (const auto version = reader.take<uint32_t>(); version != kVersion) {
    return diag.fail(
        Code::Unsupported,
        "the engine cannot be built again from its notes: they are of version {}, this "
        "library reads {}: build it anew from its model",
        version, kVersion);
  }
  const Status status = record.read_parts(reader, owner);
  if (status.ok()) return record;
  return diag.fail(status.code, "the engine cannot be built again from its notes: {}", status.what);
}

Status RefitRecord::read_parts(ByteReader& from, const std::shared_ptr<const void>& owner) {
  constexpr Status kDamaged{Code::InvalidPlan, "what it notes about its build is damaged"};
  Reader reader(from);
  const auto mode = from.take<uint8_t>();
  reader.fail_if(mode > static_cast<uint8_t>(Refit::Any));
  mode_ = static_cast<Refit>(mode);
  settings_.refit = mode_;
  read_settings(from, reader, settings_);
  // Either the weights can be replaced, or the engine is a safe one.
  const bool safe = settings_.capability == plan::Capability::Safety;
  reader.fail_if(safe != (mode_ == Refit::None));
  network_ = reader.bytes();
  times_ = reader.bytes();
  names_.resize(reader.count());
  for (Name& name : names_) {
    for (std::string* text : {&name.names.value, &name.names.name, &name.names.layer}) {
      *text = from.text();
    }
    name.names.role = from.take<int32_t>();
    name.constant = from.take<uint32_t>();
    settings_.weights.push_back(name.names);
  }
  for (size_t i = reader.count(); i > 0 && reader.ok(); --i) {
    foreign_.push_back(read_foreign(from));
  }
  for (size_t i = reader.count(); i > 0 && reader.ok(); --i) {
    RefitConstant& constant = constants_.emplace_back();
    const auto dtype = from.take<uint8_t>();
    reader.fail_if(dtype >= kDTypeCount);
    if (!reader.ok()) return kDamaged;
    constant.dtype = static_cast<DType>(dtype);
    constant.dims = reader.dims();
    constant.digest = from.take<uint64_t>();
    const auto volume = checked_volume(constant.dims);
    reader.fail_if(!volume);
    if (!reader.ok() || from.take<uint8_t>() == 0) continue;
    const auto data = from.raw(byte_size(constant.dtype, static_cast<size_t>(*volume)));
    constant.data =
        std::make_shared<const ops::ConstantData>(constant.dtype, constant.dims, data, owner);
  }
  for (const Name& name : names_) {
    reader.fail_if(name.constant >= constants_.size());
    if (reader.ok()) constants_[name.constant].refittable = true;
  }
  return reader.ok() && from.at_end() ? Status{} : kDamaged;
}

Status RefitRecord::share_numbers(RefitRecord& region, Diagnostics& diag) const {
  for (const Name& name : region.names_) {
    const auto own = std::ranges::find_if(
        names_, [&](const Name& one) { return one.names.value == name.names.value; });
    if (own == names_.end()) {
      return diag.fail(Code::InvalidPlan,
                       "the engine cannot be built again from its notes: weights '{}' of a loop or "
                       "conditional are not among those of the engine",
                       name.names.value);
    }
    region.set(name.constant, constants_[own->constant].data);
  }
  return {};
}

Result<ForeignRecord> RefitRecord::rebuilt(ForeignRecord noted, const kernel::Registry& registry,
                                           tune::ReformatSource& reformats,
                                           ir::Evaluator& evaluator, const device::Target& target,
                                           Diagnostics& diag) const {
  if (noted.family != kRegionFamily) return noted;
  const auto scope = diag.scope("node", noted.node);
  for (kernel::PackedBlob& blob : noted.record.packed) {
    TENON_ASSIGN(RefitRecord region, read(blob.data, nullptr, diag));
    TENON_TRY(share_numbers(region, diag));
    TENON_ASSIGN(plan::Plan made, region.build(registry, reformats, evaluator, target, diag));
    made.record.clear();
    made.refit = region.write(false);
    TENON_ASSIGN(blob.data, plan::write(made, diag));
  }
  return noted;
}

Result<plan::Plan> RefitRecord::build(const kernel::Registry& registry,
                                      tune::ReformatSource& reformats, ir::Evaluator& evaluator,
                                      const device::Target& target, Diagnostics& diag) const {
  std::vector<ops::ConstantRef> numbers;
  for (const RefitConstant& constant : constants_) numbers.push_back(constant.data);
  std::vector<ForeignRecord> all;
  for (const ForeignRecord& noted : foreign_) {
    TENON_ASSIGN(all.emplace_back(), rebuilt(noted, registry, reformats, evaluator, target, diag));
  }
  const auto find_foreign = [&](std::string_view node, size_t inputs,
                                std::vector<ops::TensorType> outputs) {
    const auto found = std::ranges::find(all, node, &ForeignRecord::node);
    return found == all.end() ? nullptr : make_foreign(*found, inputs, std::move(outputs));
  };
  ByteReader reader(network_);
  TENON_ASSIGN(const auto graph, ir::read_graph(reader, numbers, find_foreign, diag));
  BuildConfig config = settings_;
  config.target = target;
  config.passes.evaluator = &evaluator;
  config.inner_constant = [&](const ir::Graph&, std::string_view value) -> ops::ConstantRef {
    const auto found =
        std::ranges::find_if(names_, [&](const Name& one) { return one.names.value == value; });
    return found == names_.end() ? nullptr : constants_[found->constant].data;
  };
  TENON_ASSIGN(auto times, tune::TimingCache::load(times_, target.fingerprint(), false, diag));
  config.cache = &times;
  NoTimer timer;
  return builder::build(*graph, registry, reformats, timer, config, diag);
}

}  // namespace tenon::builder
