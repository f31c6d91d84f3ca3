// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Laying out an engine file.
#include "plan/writer.h"

#include <algorithm>
#include <cstring>
#include <map>

#include "base/hash.h"
#include "plan/checksum.h"
#include "program_generated.h"

namespace tenon::plan {

namespace {

using flatbuffers::FlatBufferBuilder;
template <class T>
using Offset = flatbuffers::Offset<T>;
template <class T>
using VectorOf = Offset<flatbuffers::Vector<T>>;

void pad(Bytes& bytes) { bytes.resize(align_up(bytes.size())); }

fb::Range append(Bytes& section, const Bytes& bytes) {
  const fb::Range range(section.size(), bytes.size());
  section.insert(section.end(), bytes.begin(), bytes.end());
  return range;
}

fb::Layout to_fb(const kernel::Layout& layout) {
  return {static_cast<uint8_t>(layout.order), layout.channel_from_end, layout.vector, 0,
          layout.private_id};
}

/// Builds the program section, and the sections its steps point into. FlatBuffers wants children
/// before parents.
class ProgramWriter {
 public:
  explicit ProgramWriter(const Plan& plan)
      : plan_(plan), producers_(plan.tensors.size(), kNoStep) {}

  Status run(Diagnostics& diag) {
    TENON_TRY(find_producers(diag));
    std::vector<Offset<fb::Symbol>> symbols;
    for (const Symbol& symbol : plan_.symbols) symbols.push_back(write(symbol));
    std::vector<Offset<fb::Tensor>> tensors;
    for (size_t i = 0; i < plan_.tensors.size(); ++i) tensors.push_back(write_tensor(i));
    std::vector<Offset<fb::Step>> steps;
    for (const Step& step : plan_.steps) steps.push_back(write(step));
    std::vector<Offset<fb::Profile>> profiles;
    for (const Profile& profile : plan_.profiles) profiles.push_back(write(profile));
    std::vector<Offset<fb::Debug>> debug;
    for (const DebugTensor& one : plan_.debug) {
      debug.push_back(fb::CreateDebug(b_, b_.CreateString(one.name), one.tensor, one.unfused));
    }
    const auto target = write(plan_.target);
    const auto name = b_.CreateString(plan_.name);
    const auto fb_symbols = b_.CreateVector(symbols);
    const auto fb_tensors = b_.CreateVector(tensors);
    const auto fb_steps = b_.CreateVector(steps);
    const auto fb_profiles = b_.CreateVector(profiles);
    const auto fb_debug = debug.empty() ? VectorOf<Offset<fb::Debug>>() : b_.CreateVector(debug);
    const auto inputs = b_.CreateVector(plan_.inputs);
    const auto outputs = b_.CreateVector(plan_.outputs);
    const auto names = b_.CreateVector(names_);
    const auto words = b_.CreateVector(words_);
    fb::FinishProgramBuffer(
        b_, fb::CreateProgram(b_, name, target, words, names, fb_symbols, fb_tensors, inputs,
                              outputs, fb_steps, fb_profiles, plan_.arena_bytes, plan_.isa_needed,
                              plan_.profiling_verbosity, plan_.hardware_compatibility, fb_debug,
                              static_cast<uint8_t>(plan_.capability)));
    return {};
  }

  [[nodiscard]] std::span<const std::byte> program() const {
    return std::as_bytes(std::span(b_.GetBufferPointer(), b_.GetSize()));
  }
  [[nodiscard]] const Bytes& params() const { return params_; }
  [[nodiscard]] const Bytes& kernels() const { return kernels_; }

 private:
  Status find_producers(Diagnostics& diag) {
    for (size_t i = 0; i < plan_.steps.size(); ++i) {
      for (const uint32_t id : plan_.steps[i].outputs) {
        if (id == kNoTensor) continue;
        if (id >= producers_.size()) {
          return diag.fail(Code::InvalidArgument, "step '{}' writes tensor {}, but there are {}",
                           plan_.steps[i].name, id, producers_.size());
        }
        if (producers_[id] != kNoStep) {
          return diag.fail(Code::InvalidArgument, "steps '{}' and '{}' both write tensor '{}'",
                           plan_.steps[producers_[id]].name, plan_.steps[i].name,
                           plan_.tensors[id].name);
        }
        producers_[id] = static_cast<uint32_t>(i);
      }
    }
    return {};
  }

  /// Equal codes share their words.
  fb::Span intern(const expr::Code& code) {
    const auto [found, is_new] = codes_.try_emplace(code, words_.size());
    if (is_new) words_.insert(words_.end(), code.begin(), code.end());
    return {static_cast<uint32_t>(found->second), static_cast<uint32_t>(code.size())};
  }

  VectorOf<const fb::Span*> write(const std::vector<expr::Code>& codes) {
    if (codes.empty()) return 0;
    std::vector<fb::Span> spans;
    for (const expr::Code& code : codes) spans.push_back(intern(code));
    return b_.CreateVectorOfStructs(spans);
  }

  Offset<flatbuffers::String> optional(const std::string& text) {
    return text.empty() ? 0 : b_.CreateString(text);
  }

  VectorOf<int64_t> optional(const std::vector<int64_t>& values) {
    return values.empty() ? 0 : b_.CreateVector(values);
  }

  VectorOf<int64_t> write(const Dims& dims) {
    return b_.CreateVector(std::vector<int64_t>(dims.begin(), dims.end()));
  }

  Offset<fb::Symbol> write(const Symbol& symbol) {
    const auto name = b_.CreateString(symbol.name);
    fb::Span upper;
    if (symbol.upper) upper = intern(*symbol.upper);
    return fb::CreateSymbol(b_, name, symbol.upper ? &upper : nullptr, symbol.tensor, symbol.axis,
                            symbol.step, static_cast<uint8_t>(symbol.source));
  }

  Offset<fb::Tensor> write_tensor(size_t i) {
    const Tensor& tensor = plan_.tensors[i];
    const auto name = b_.CreateString(tensor.name);
    const auto shape = write(tensor.shape);
    const auto content = write(tensor.content);
    const fb::Layout layout = to_fb(tensor.layout);
    return fb::CreateTensor(b_, name, &layout, shape, content, tensor.offset, tensor.bytes,
                            tensor.scale, producers_[i], static_cast<uint8_t>(tensor.dtype),
                            static_cast<uint8_t>(tensor.place));
  }

  Offset<fb::Step> write(const Step& step) {
    const kernel::Record& record = step.record;
    const auto name = b_.CreateString(step.name);
    const fb::Span sources(static_cast<uint32_t>(names_.size()),
                           static_cast<uint32_t>(step.sources.size()));
    for (const std::string& source : step.sources) names_.push_back(b_.CreateString(source));
    const auto family = b_.CreateString(record.id.family);
    const auto kernel = b_.CreateString(record.id.name);
    params_.resize(align_up(params_.size(), 16));
    const fb::Range params = append(params_, record.params);
    std::vector<fb::Packed> packed;
    for (const kernel::PackedBlob& blob : record.packed) {
      const fb::Range layout = append(kernels_, blob.layout);
      pad(kernels_);
      packed.emplace_back(layout, append(kernels_, blob.data));
    }
    const auto fb_packed =
        packed.empty() ? VectorOf<const fb::Packed*>() : b_.CreateVectorOfStructs(packed);
    const auto plugin = optional(step.plugin);
    const auto version = optional(record.plugin_version);
    const auto name_space = optional(record.plugin_namespace);
    const auto library = optional(record.plugin_library);
    const auto metadata = optional(record.metadata);
    const auto inputs = b_.CreateVector(step.inputs);
    const auto outputs = b_.CreateVector(step.outputs);
    return fb::CreateStep(b_, name, &sources, family, kernel, &params, fb_packed, plugin, version,
                          name_space, library, metadata, inputs, outputs, step.workspace_bytes,
                          step.workspace_offset, step.flags, record.id.version, record.tactic,
                          record.threads, step.stream);
  }

  Offset<fb::Profile> write(const Profile& profile) {
    std::vector<Offset<fb::ProfileRange>> ranges;
    for (const ProfileRange& range : profile.ranges) {
      const auto min = write(range.min);
      const auto opt = write(range.opt);
      const auto max = write(range.max);
      const auto min_values = optional(range.min_values);
      const auto opt_values = optional(range.opt_values);
      const auto max_values = optional(range.max_values);
      ranges.push_back(fb::CreateProfileRange(b_, range.tensor, min, opt, max, min_values,
                                              opt_values, max_values));
    }
    return fb::CreateProfile(b_, b_.CreateVector(ranges));
  }

  Offset<fb::Target> write(const device::Target& target) {
    return fb::CreateTarget(
        b_, b_.CreateString(target.name), target.isa, target.cores, target.l1d_bytes,
        target.l2_bytes, target.l3_bytes, static_cast<uint8_t>(target.kind), target.gpu.sm,
        target.gpu.sm_count, target.gpu.shared_bytes, target.gpu.shared_bytes_sm,
        target.gpu.threads_sm, target.gpu.memory_bytes, target.gpu.memory_bytes_per_ms);
  }

  const Plan& plan_;
  FlatBufferBuilder b_;
  std::vector<uint32_t> producers_;
  std::map<expr::Code, size_t> codes_;
  std::vector<int64_t> words_;
  std::vector<Offset<flatbuffers::String>> names_;
  Bytes params_, kernels_;
};

void append_bytes(Bytes& to, const void* from, size_t size) {
  const auto* bytes = static_cast<const std::byte*>(from);
  to.insert(to.end(), bytes, bytes + size);
}

/// The libraries section; empty without libraries.
Bytes write_libraries(const std::vector<Library>& libraries) {
  Bytes section;
  if (libraries.empty()) return section;
  const uint64_t count = libraries.size();
  append_bytes(section, &count, sizeof(count));
  for (const Library& library : libraries) {
    const LibraryRow row{library.bytes.size(),
                         {library.digest[0], library.digest[1]},
                         static_cast<uint32_t>(library.name.size()),
                         0};
    append_bytes(section, &row, sizeof(row));
  }
  for (const Library& library : libraries) {
    append_bytes(section, library.name.c_str(), library.name.size() + 1);
  }
  for (const Library& library : libraries) {
    append_bytes(section, library.bytes.data(), library.bytes.size());
  }
  return section;
}

template <class T>
void put(Bytes& file, size_t at, const T& value) {
  std::memcpy(file.data() + at, &value, sizeof(value));
}

Bytes refit_section(const RefitHead& head, std::span<const std::byte> refit) {
  Bytes section;
  append_bytes(section, &head, sizeof(head));
  append_bytes(section, refit.data(), refit.size());
  return section;
}

/// Header, table and sections one after the other.
Bytes assemble(const std::span<const std::byte> (&sections)[kSectionCount], uint32_t flags = 0) {
  size_t total = kTableEnd;
  for (const auto& section : sections) total = align_up(total) + section.size();
  Bytes file;
  file.reserve(total);
  file.resize(kTableEnd);
  SectionEntry table[kSectionCount];
  for (size_t i = 0; i < kSectionCount; ++i) {
    pad(file);
    table[i] = {static_cast<uint32_t>(i), 0, file.size(), sections[i].size(), 0};
    file.insert(file.end(), sections[i].begin(), sections[i].end());
  }
  Header header{};
  std::memcpy(header.magic, kMagic, sizeof(kMagic));
  header.version = kFormatVersion;
  header.flags = flags;
  header.file_bytes = file.size();
  header.section_count = kSectionCount;
  put(file, 0, header);
  put(file, sizeof(header), table);
  repair_checksums(file);
  return file;
}

}  // namespace

Result<Bytes> write(const Plan& plan, Diagnostics& diag) {
  ProgramWriter program(plan);
  TENON_TRY(program.run(diag));
  std::span<const std::byte> sections[kSectionCount];
  const auto place = [&](Section section, std::span<const std::byte> bytes) {
    sections[static_cast<size_t>(section)] = bytes;
  };
  place(Section::Program, program.program());
  place(Section::Constants, plan.constants);
  place(Section::Kernels, program.kernels());
  place(Section::Params, program.params());
  const Bytes libraries = write_libraries(plan.libraries);
  place(Section::Libraries, libraries);
  Bytes refit;
  if (!plan.refit.empty()) {
    refit = refit_section({plan.constants.size(), program.kernels().size()}, plan.refit);
    place(Section::Refit, refit);
  }
  place(Section::Record, std::as_bytes(std::span(plan.record.data(), plan.record.size())));
  place(Section::Network, plan.network);
  Bytes file = assemble(sections);

  Culprit culprit;
  const Result<View> view = View::open(file, {.inspect_only = true}, &culprit);
  if (view.ok()) return file;
  if (culprit.kind == nullptr) {
    return diag.fail(Code::InvalidArgument, "the plan is not sound: {}", view.status().what);
  }
  return diag.fail(Code::InvalidArgument, "the plan is not sound: {} {}: {}", culprit.kind,
                   culprit.index, view.status().what);
}

namespace {

/// The sections of a file, but for some.
void keep_sections(const View& file, std::initializer_list<Section> left_out,
                   std::span<const std::byte> (&sections)[kSectionCount]) {
  for (size_t i = 0; i < kSectionCount; ++i) {
    const auto section = static_cast<Section>(i);
    if (std::ranges::find(left_out, section) == left_out.end()) sections[i] = file.section(section);
  }
}

}  // namespace

Bytes without_record(const View& file) {
  std::span<const std::byte> sections[kSectionCount];
  keep_sections(file, {Section::Record}, sections);
  return assemble(sections);
}

Bytes without_refit(const View& file) {
  std::span<const std::byte> sections[kSectionCount];
  keep_sections(file, {Section::Refit}, sections);
  return assemble(sections);
}

Bytes without_weights(const View& file, std::span<const std::byte> refit) {
  std::span<const std::byte> sections[kSectionCount];
  keep_sections(file, {Section::Constants, Section::Kernels}, sections);
  const Bytes section =
      refit_section({file.constants().size(), file.section(Section::Kernels).size()}, refit);
  sections[static_cast<size_t>(Section::Refit)] = section;
  return assemble(sections, kStripped);
}

Result<Bytes> with_room_for_weights(const View& file, Diagnostics& diag) {
  constexpr uint64_t kMost = uint64_t{1} << 40;
  std::span<const std::byte> sections[kSectionCount];
  keep_sections(file, {}, sections);
  RefitHead head{};
  const auto refit = file.section(Section::Refit);
  if (refit.size() < sizeof(head)) {
    return diag.fail(Code::InvalidPlan,
                     "the engine file has no weights and cannot be given any: it is damaged");
  }
  std::memcpy(&head, refit.data(), sizeof(head));
  if (head.constants_bytes > kMost || head.kernels_bytes > kMost) {
    return diag.fail(Code::InvalidPlan, "the engine file names weights of impossible size");
  }
  const Bytes constants(head.constants_bytes), kernels(head.kernels_bytes);
  sections[static_cast<size_t>(Section::Constants)] = constants;
  sections[static_cast<size_t>(Section::Kernels)] = kernels;
  return assemble(sections);
}

}  // namespace tenon::plan
