// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A plugin that only repeats itself.
#include "builder/foreign_record.h"

#include "plan/view.h"

namespace tenon::builder {

namespace {

using kernel::Configuration;

void write(ByteWriter& writer, const Bytes& bytes) {
  writer.put(static_cast<uint64_t>(bytes.size()));
  writer.raw(bytes);
}

Bytes read_bytes(ByteReader& reader) {
  const auto bytes = reader.raw(reader.take<uint64_t>());
  return {bytes.begin(), bytes.end()};
}

/// A count of things that take a byte or more each.
size_t read_count(ByteReader& reader) {
  const size_t count = reader.take<uint32_t>();
  if (count <= reader.rest().size()) return count;
  (void)reader.raw(SIZE_MAX);  // Nothing can be read any more.
  return 0;
}

void write(ByteWriter& writer, const std::vector<kernel::Port>& ports) {
  writer.put(static_cast<uint32_t>(ports.size()));
  for (const kernel::Port& port : ports) {
    writer.put(port.dtype);
    writer.put(port.layout.order);
    writer.put(port.layout.channel_from_end);
    writer.put(port.layout.vector);
    writer.put(port.layout.private_id);
    writer.put(port.scale);
  }
}

std::vector<kernel::Port> read_ports(ByteReader& reader) {
  std::vector<kernel::Port> ports(read_count(reader));
  for (kernel::Port& port : ports) {
    const auto dtype = reader.take<uint8_t>(), order = reader.take<uint8_t>();
    port.dtype = static_cast<DType>(dtype < kDTypeCount ? dtype : 0);
    port.layout.order = static_cast<kernel::Layout::Order>(order != 0);
    port.layout.channel_from_end = reader.take<uint8_t>();
    port.layout.vector = std::max<uint8_t>(reader.take<uint8_t>(), 1);
    port.layout.private_id = reader.take<uint32_t>();
    port.scale = reader.take<float>();
  }
  return ports;
}

void write(ByteWriter& writer, const kernel::Record& record) {
  writer.text(record.id.family);
  writer.text(record.id.name);
  writer.put(record.id.version);
  write(writer, record.params);
  writer.put(static_cast<uint32_t>(record.packed.size()));
  for (const kernel::PackedBlob& blob : record.packed) {
    write(writer, blob.layout);
    write(writer, blob.data);
  }
  writer.put(record.tactic);
  writer.put(record.threads);
  for (const std::string* text : {&record.plugin_version, &record.plugin_namespace,
                                  &record.plugin_library, &record.metadata}) {
    writer.text(*text);
  }
  writer.put(record.isa);
}

kernel::Record read_record(ByteReader& reader) {
  kernel::Record record;
  record.id.family = reader.text();
  record.id.name = reader.text();
  record.id.version = reader.take<uint32_t>();
  record.params = read_bytes(reader);
  record.packed.resize(read_count(reader));
  for (kernel::PackedBlob& blob : record.packed) {
    blob.layout = read_bytes(reader);
    blob.data = read_bytes(reader);
  }
  record.tactic = reader.take<int32_t>();
  record.threads = reader.take<int32_t>();
  for (std::string* text : {&record.plugin_version, &record.plugin_namespace,
                            &record.plugin_library, &record.metadata}) {
    *text = reader.text();
  }
  record.isa = reader.take<uint32_t>();
  return record;
}

/// Tells the workspace; never run.
class NotedLoaded final : public kernel::Loaded {
 public:
  explicit NotedLoaded(uint64_t workspace) : workspace_(workspace) {}
  [[nodiscard]] size_t workspace(std::span<const kernel::TensorDesc>,
                                 std::span<const kernel::TensorDesc>) const noexcept override {
    return workspace_;
  }
  Result<std::unique_ptr<kernel::Instance>> create_instance(
      const kernel::ContextResources&) override {
    return Status{Code::Unsupported, "a plugin is not run while weights are replaced"};
  }

 private:
  uint64_t workspace_;
};

class NotedCandidate final : public kernel::Candidate {
 public:
  explicit NotedCandidate(const ForeignRecord& noted) : noted_(noted) {}
  [[nodiscard]] kernel::KernelId id() const override { return noted_.record.id; }
  [[nodiscard]] uint32_t flags() const override { return noted_.flags; }
  std::vector<Configuration> configurations(Diagnostics&) override {
    return {noted_.configuration};
  }
  std::vector<int32_t> tactics() override { return {noted_.record.tactic}; }
  [[nodiscard]] std::vector<int> thread_counts() const override { return {noted_.record.threads}; }
  [[nodiscard]] std::vector<kernel::Alias> aliases() const override { return noted_.aliases; }
  [[nodiscard]] std::optional<std::string> timing_key() const override { return std::nullopt; }
  Result<kernel::Record> record(const Configuration&, int32_t, int, Diagnostics&) override {
    return noted_.record;
  }
  Result<std::unique_ptr<kernel::Loaded>> load_for_timing(const Configuration&, int32_t,
                                                          Diagnostics&) override {
    return std::unique_ptr<kernel::Loaded>(std::make_unique<NotedLoaded>(noted_.workspace));
  }

 private:
  const ForeignRecord& noted_;
};

class NotedForeign final : public ops::ForeignOp, public kernel::CandidateSource {
 public:
  NotedForeign(ForeignRecord noted, std::vector<ops::TensorType> types)
      : noted_(std::move(noted)), types_(std::move(types)) {}

  [[nodiscard]] const ops::PluginId& id() const noexcept override { return noted_.id; }
  [[nodiscard]] std::string_view family() const noexcept override { return noted_.family; }
  [[nodiscard]] size_t output_count() const noexcept override { return types_.size(); }
  Status infer(ops::Inference& inference) override {
    inference.outputs = types_;
    return {};
  }
  [[nodiscard]] size_t shape_input_count() const noexcept override { return noted_.shape_inputs; }
  [[nodiscard]] std::vector<ops::SizeTensor> size_tensors() const override { return noted_.sizes; }
  [[nodiscard]] std::shared_ptr<ops::ForeignOp> clone() const override {
    return std::make_shared<NotedForeign>(noted_, types_);
  }
  [[nodiscard]] std::string describe() const override { return noted_.description; }
  [[nodiscard]] kernel::CandidateSource& kernels() noexcept override { return *this; }

  [[nodiscard]] std::string_view name() const noexcept override { return noted_.id.name; }
  void candidates(const kernel::NodeInfo&, const device::Target&, Diagnostics&,
                  std::vector<std::unique_ptr<kernel::Candidate>>& out) override {
    out.push_back(std::make_unique<NotedCandidate>(noted_));
  }

 private:
  const ForeignRecord noted_;
  const std::vector<ops::TensorType> types_;
};

}  // namespace

Status keep_notes_alone(ForeignRecord& foreign, Diagnostics& diag) {
  if (foreign.family != kRegionFamily) return {};
  for (kernel::PackedBlob& region : foreign.record.packed) {
    const auto view = plan::View::open(region.data, {.inspect_only = true});
    if (!view.ok() || view->refit().empty()) {
      return diag.fail(Code::Internal, "a region of '{}' does not say how it was built",
                       foreign.node);
    }
    region.data = Bytes(view->refit().begin(), view->refit().end());
  }
  return {};
}

void write(ByteWriter& writer, const ForeignRecord& foreign) {
  for (const std::string* text : {&foreign.node, &foreign.id.name, &foreign.id.version,
                                  &foreign.id.name_space, &foreign.family, &foreign.description}) {
    writer.text(*text);
  }
  writer.put(static_cast<uint32_t>(foreign.shape_inputs));
  writer.put(static_cast<uint32_t>(foreign.sizes.size()));
  for (const ops::SizeTensor& size : foreign.sizes) {
    writer.put(size.symbol);
    writer.put(static_cast<uint32_t>(size.output));
  }
  write(writer, foreign.configuration.inputs);
  write(writer, foreign.configuration.outputs);
  writer.put(static_cast<uint32_t>(foreign.aliases.size()));
  for (const kernel::Alias& alias : foreign.aliases) {
    writer.put(alias.output);
    writer.put(alias.input);
    writer.put(static_cast<uint8_t>(alias.required));
  }
  writer.put(foreign.flags);
  writer.put(foreign.workspace);
  write(writer, foreign.record);
}

ForeignRecord read_foreign(ByteReader& reader) {
  ForeignRecord foreign;
  for (std::string* text : {&foreign.node, &foreign.id.name, &foreign.id.version,
                            &foreign.id.name_space, &foreign.family, &foreign.description}) {
    *text = reader.text();
  }
  foreign.shape_inputs = reader.take<uint32_t>();
  foreign.sizes.resize(read_count(reader));
  for (ops::SizeTensor& size : foreign.sizes) {
    size.symbol = reader.take<uint32_t>();
    size.output = reader.take<uint32_t>();
  }
  foreign.configuration.inputs = read_ports(reader);
  foreign.configuration.outputs = read_ports(reader);
  foreign.aliases.resize(read_count(reader));
  for (kernel::Alias& alias : foreign.aliases) {
    alias.output = reader.take<int>();
    alias.input = reader.take<int>();
    alias.required = reader.take<uint8_t>() != 0;
  }
  foreign.flags = reader.take<uint32_t>();
  foreign.workspace = reader.take<uint64_t>();
  foreign.record = read_record(reader);
  return foreign;
}

std::shared_ptr<ops::ForeignOp> make_foreign(const ForeignRecord& noted, size_t inputs,
                                             std::vector<ops::TensorType> outputs) {
  const bool fits = noted.configuration.inputs.size() == inputs &&
                    noted.configuration.outputs.size() == outputs.size();
  return fits ? std::make_shared<NotedForeign>(noted, std::move(outputs)) : nullptr;
}

}  // namespace tenon::builder
