// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Reading what is known to be sound.
#include "plan/view.h"

#include "plan/libraries.h"
#include "plan/verify.h"
#include "program_generated.h"

namespace tenon::plan {

namespace {

std::string_view text(const flatbuffers::String* string) noexcept {
  return string == nullptr ? std::string_view("")
                           : std::string_view(string->c_str(), string->size());
}

template <class T>
std::span<const T> span_of(const flatbuffers::Vector<T>* vector) noexcept {
  if (vector == nullptr) return {};
  return {reinterpret_cast<const T*>(vector->Data()), vector->size()};
}

template <class T>
size_t size_of(const flatbuffers::Vector<T>* vector) noexcept {
  return vector == nullptr ? 0 : vector->size();
}

Dims dims_of(const flatbuffers::Vector<int64_t>* vector) noexcept {
  Dims dims;
  for (const int64_t extent : span_of(vector)) dims.push_back(extent);
  return dims;
}

CodeList codes_of(const flatbuffers::Vector<const fb::Span*>* list,
                  const fb::Program& program) noexcept {
  if (list == nullptr || list->size() == 0) return {};
  return {list->Get(0), list->size(), span_of(program.words()).data()};
}

std::span<const std::byte> cut(std::span<const std::byte> section,
                               const fb::Range& range) noexcept {
  return section.subspan(range.offset(), range.size());
}

}  // namespace

std::span<const int64_t> CodeList::operator[](size_t i) const noexcept {
  return {words_ + codes_[i].begin(), codes_[i].count()};
}

Result<View> View::open(std::span<const std::byte> bytes, const OpenOptions& options,
                        Culprit* culprit) noexcept {
  View view;
  Culprit unused;
  Culprit& where = culprit != nullptr ? *culprit : unused;
  where = {};
  TENON_TRY(frame(bytes, options, view));
  if (options.frame_only) return view;
  TENON_TRY(verify_libraries(view.section(Section::Libraries)));
  TENON_TRY(verify(view.sections_, where, view.program_));
  return view;
}

std::string_view View::name() const noexcept { return text(program_->name()); }

Capability View::capability() const noexcept {
  return static_cast<Capability>(program_->capability());
}

TargetView View::target() const noexcept {
  const fb::Target& target = *program_->target();
  return {text(target.name()),
          target.isa(),
          target.cores(),
          target.l1d_bytes(),
          target.l2_bytes(),
          target.l3_bytes(),
          static_cast<device::Kind>(target.kind()),
          {target.sm(), target.sm_count(), target.shared_bytes(), target.shared_bytes_sm(),
           target.threads_sm(), target.memory_bytes(), target.memory_bytes_per_ms()}};
}

uint32_t View::isa_needed() const noexcept { return program_->isa_needed(); }
uint64_t View::arena_bytes() const noexcept { return program_->arena_bytes(); }
uint8_t View::hardware_compatibility() const noexcept { return program_->hardware_compatibility(); }
uint8_t View::profiling_verbosity() const noexcept { return program_->profiling_verbosity(); }

size_t View::symbol_count() const noexcept { return size_of(program_->symbols()); }
size_t View::tensor_count() const noexcept { return size_of(program_->tensors()); }
size_t View::step_count() const noexcept { return size_of(program_->steps()); }
size_t View::profile_count() const noexcept { return size_of(program_->profiles()); }
size_t View::debug_count() const noexcept { return size_of(program_->debug()); }

DebugView View::debug(size_t i) const noexcept {
  const fb::Debug& debug = *program_->debug()->Get(static_cast<uint32_t>(i));
  return {text(debug.name()), debug.tensor(), debug.unfused()};
}

bool View::is_stripped() const noexcept {
  Header header;
  std::memcpy(&header, bytes_.data(), sizeof(header));
  return (header.flags & kStripped) != 0;
}

std::span<const std::byte> View::refit() const noexcept {
  const auto all = section(Section::Refit);
  return all.empty() ? all : all.subspan(sizeof(RefitHead));
}

SymbolView View::symbol(size_t i) const noexcept {
  const fb::Symbol& symbol = *program_->symbols()->Get(static_cast<uint32_t>(i));
  SymbolView view{text(symbol.name()), static_cast<SymbolSource>(symbol.source()),
                  symbol.tensor(),     symbol.axis(),
                  symbol.step(),       {}};
  if (const fb::Span* upper = symbol.upper()) {
    view.upper = span_of(program_->words()).subspan(upper->begin(), upper->count());
  }
  return view;
}

TensorView View::tensor(size_t i) const noexcept {
  const fb::Tensor& tensor = *program_->tensors()->Get(static_cast<uint32_t>(i));
  const fb::Layout& layout = *tensor.layout();
  return {.name = text(tensor.name()),
          .dtype = static_cast<DType>(tensor.dtype()),
          .layout = {static_cast<kernel::Layout::Order>(layout.order()), layout.channel_from_end(),
                     layout.vector(), layout.reserved(), layout.private_id()},
          .scale = tensor.scale(),
          .place = static_cast<Place>(tensor.place()),
          .offset = tensor.offset(),
          .bytes = tensor.bytes(),
          .producer = tensor.producer(),
          .shape = codes_of(tensor.shape(), *program_),
          .content = codes_of(tensor.content(), *program_)};
}

std::span<const uint32_t> View::inputs() const noexcept { return span_of(program_->inputs()); }
std::span<const uint32_t> View::outputs() const noexcept { return span_of(program_->outputs()); }

StepView View::step(size_t i) const noexcept {
  const fb::Step& step = *program_->steps()->Get(static_cast<uint32_t>(i));
  return {.name = text(step.name()),
          .family = text(step.family()),
          .kernel = text(step.kernel()),
          .version = step.version(),
          .flags = step.flags(),
          .tactic = step.tactic(),
          .threads = step.threads(),
          .params = cut(section(Section::Params), *step.params()),
          .plugin = text(step.plugin()),
          .plugin_version = text(step.plugin_version()),
          .plugin_namespace = text(step.plugin_namespace()),
          .plugin_library = text(step.plugin_library()),
          .metadata = text(step.metadata()),
          .inputs = span_of(step.inputs()),
          .outputs = span_of(step.outputs()),
          .workspace_bytes = step.workspace_bytes(),
          .workspace_offset = step.workspace_offset(),
          .source_count = step.sources()->count(),
          .packed_count = static_cast<uint32_t>(size_of(step.packed())),
          .stream = step.stream()};
}

std::string_view View::source(size_t step, size_t i) const noexcept {
  const fb::Span& sources = *program_->steps()->Get(static_cast<uint32_t>(step))->sources();
  return text(program_->names()->Get(sources.begin() + static_cast<uint32_t>(i)));
}

kernel::RecordView::Blob View::packed(size_t step, size_t i) const noexcept {
  const auto* packed = program_->steps()->Get(static_cast<uint32_t>(step))->packed();
  const fb::Packed& one = *packed->Get(static_cast<uint32_t>(i));
  const auto kernels = section(Section::Kernels);
  return {cut(kernels, one.layout()), cut(kernels, one.data())};
}

RangeView View::range(size_t profile, size_t input) const noexcept {
  const auto* ranges = program_->profiles()->Get(static_cast<uint32_t>(profile))->ranges();
  const fb::ProfileRange& range = *ranges->Get(static_cast<uint32_t>(input));
  return {range.tensor(),
          dims_of(range.min()),
          dims_of(range.opt()),
          dims_of(range.max()),
          span_of(range.min_values()),
          span_of(range.opt_values()),
          span_of(range.max_values())};
}

size_t View::library_count() const noexcept {
  return plan::library_count(section(Section::Libraries));
}
LibraryView View::library(size_t i) const noexcept {
  return library_at(section(Section::Libraries), i);
}

std::string_view View::record() const noexcept {
  const auto bytes = section(Section::Record);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace tenon::plan
