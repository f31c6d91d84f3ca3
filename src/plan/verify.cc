// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The checks of a hostile program section.
#include "plan/verify.h"

#include "expr/program.h"
#include "plan/refusal.h"
#include "program_generated.h"

namespace tenon::plan {

namespace {

constexpr uint64_t kMaxBytes = uint64_t{1} << 46;  // of one tensor, or of the arena
constexpr uint64_t kMaxWork = uint64_t{1} << 28;   // items looked at one by one
constexpr uint64_t kMaxProgramBytes = uint64_t{1} << 30;
constexpr uint32_t kIsaCount = 0
#define TENON_ROW(name, text) +1
    TENON_ISAS(TENON_ROW)
#undef TENON_ROW
    ;

constexpr bool inside(uint64_t offset, uint64_t size, uint64_t total) noexcept {
  return offset <= total && size <= total - offset;
}

template <class T>
uint32_t size_of(const flatbuffers::Vector<T>* vector) noexcept {
  return vector == nullptr ? 0 : vector->size();
}

/// True unless the session fills it, or there is nothing to fill.
bool needs_producer(const fb::Tensor& tensor) noexcept {
  return size_of(tensor.content()) == 0 && tensor.bytes() > 0;
}

constexpr bool is_index_type(DType type) noexcept {
  return type == DType::I32 || type == DType::I64;
}

using Numbers = flatbuffers::Vector<int64_t>;
using Codes = flatbuffers::Vector<const fb::Span*>;

/// FlatBuffers checks where a vector's length stands, not its elements.
template <class T>
bool elements_aligned(const flatbuffers::Vector<T>* vector) noexcept {
  return size_of(vector) == 0 || reinterpret_cast<uintptr_t>(vector->Data()) % 8 == 0;
}

/// min <= opt <= max, entry by entry; sizes are equal.
bool ascending(const Numbers* min, const Numbers* opt, const Numbers* max) noexcept {
  for (uint32_t i = 0; i < size_of(min); ++i) {
    if (min->Get(i) > opt->Get(i) || opt->Get(i) > max->Get(i)) return false;
  }
  return true;
}

bool equal_sizes(const Numbers* a, const Numbers* b, const Numbers* c, uint32_t size) noexcept {
  return size_of(a) == size && size_of(b) == size && size_of(c) == size && elements_aligned(a) &&
         elements_aligned(b) && elements_aligned(c);
}

/// One look at one program; the members run in the order they stand here.
class Verifier {
 public:
  Verifier(const fb::Program& program, const std::span<const std::byte> (&sections)[kSectionCount],
           Culprit& culprit) noexcept
      : p_(program), sections_(sections), culprit_(culprit) {}

  Status run() noexcept {
    TENON_TRY(counts());
    TENON_TRY(each("symbol", size_of(p_.symbols()), &Verifier::symbol));
    TENON_TRY(each("tensor", size_of(p_.tensors()), &Verifier::tensor));
    TENON_TRY(each("step", size_of(p_.steps()), &Verifier::step));
    TENON_TRY(each("network input", size_of(p_.inputs()), &Verifier::input));
    TENON_TRY(each("network output", size_of(p_.outputs()), &Verifier::output));
    if (inputs_seen_ != size_of(p_.inputs()) || outputs_seen_ != size_of(p_.outputs())) {
      return bad("a tensor is bound by the caller but is no network input or output");
    }
    TENON_TRY(each("profile", size_of(p_.profiles()), &Verifier::profile));
    return each("debug tensor", size_of(p_.debug()), &Verifier::debug);
  }

 private:
  Status each(const char* kind, uint32_t count, Status (Verifier::*check)(uint32_t)) noexcept {
    for (uint32_t i = 0; i < count; ++i) {
      culprit_ = {kind, i};
      TENON_TRY((this->*check)(i));
    }
    culprit_ = {};
    return {};
  }

  [[nodiscard]] size_t section_size(Section section) const noexcept {
    return sections_[static_cast<size_t>(section)].size();
  }
  [[nodiscard]] const fb::Tensor& tensor_at(uint32_t i) const noexcept {
    return *p_.tensors()->Get(i);
  }
  [[nodiscard]] bool is_tensor(uint32_t i) const noexcept { return i < size_of(p_.tensors()); }

  Status counts() noexcept;
  Status spend(uint64_t items) noexcept;
  Status code(const fb::Span& span, uint32_t symbol_count) noexcept;
  Status codes(const Codes* list) noexcept;
  Status symbol(uint32_t i) noexcept;
  Status tensor(uint32_t i) noexcept;
  Status layout(const fb::Tensor& tensor) const noexcept;
  Status memory(const fb::Tensor& tensor) noexcept;
  Status producer(uint32_t i, const fb::Tensor& tensor) noexcept;
  Status step(uint32_t i) noexcept;
  Status ports(uint32_t i, const fb::Step& step) noexcept;
  Status blobs(const fb::Step& step) noexcept;
  Status stream(const fb::Step& step) const noexcept;
  Status workspace(const fb::Step& step) const noexcept;
  Status input(uint32_t i) noexcept;
  Status output(uint32_t i) noexcept;
  Status distinct(const flatbuffers::Vector<uint32_t>& list, uint32_t i) noexcept;
  Status profile(uint32_t i) noexcept;
  Status debug(uint32_t i) noexcept;
  Status range(const fb::ProfileRange& range, uint32_t input) noexcept;

  const fb::Program& p_;
  const std::span<const std::byte> (&sections_)[kSectionCount];
  Culprit& culprit_;
  uint64_t work_ = 0;
  uint32_t inputs_seen_ = 0, outputs_seen_ = 0;
};

Status Verifier::counts() noexcept {
  if (size_of(p_.tensors()) > kMaxTensors) return bad("the program has too many tensors");
  if (size_of(p_.steps()) > kMaxSteps) return bad("the program has too many steps");
  if (size_of(p_.symbols()) > kMaxSymbols) return bad("the program has too many symbols");
  if (size_of(p_.inputs()) > kMaxIo || size_of(p_.outputs()) > kMaxIo) {
    return bad("the program has too many inputs or outputs");
  }
  if (size_of(p_.profiles()) == 0) return bad("the program has no profile");
  if (size_of(p_.profiles()) > kMaxProfiles) return bad("the program has too many profiles");
  if (size_of(p_.debug()) > size_of(p_.tensors())) return bad("too many debug tensors");
  if (!elements_aligned(p_.words())) return bad("the words of the program are not aligned");
  if (p_.arena_bytes() > kMaxBytes) return bad("the program wants more memory than there can be");
  if (p_.isa_needed() >> kIsaCount != 0) {
    return {Code::Unsupported,
            "the engine needs an instruction set that this runtime does not know: use a newer "
            "runtime, or build the engine with this version"};
  }
  return {};
}

/// Items may be shared between lists, so a small file can name many: there is an end to it.
Status Verifier::spend(uint64_t items) noexcept {
  work_ += items;
  return work_ <= kMaxWork ? Status{} : bad("the program's lists are too long");
}

Status Verifier::code(const fb::Span& span, uint32_t symbol_count) noexcept {
  if (!inside(span.begin(), span.count(), size_of(p_.words()))) {
    return bad("a shape program lies outside the words");
  }
  TENON_TRY(spend(uint64_t{1} + span.count()));
  const int64_t* words = p_.words() == nullptr ? nullptr : p_.words()->data();
  return expr::verify({words + span.begin(), span.count()}, symbol_count);
}

Status Verifier::codes(const Codes* list) noexcept {
  for (uint32_t i = 0; i < size_of(list); ++i) {
    TENON_TRY(code(*list->Get(i), size_of(p_.symbols())));
  }
  return {};
}

Status Verifier::symbol(uint32_t i) noexcept {
  const fb::Symbol& symbol = *p_.symbols()->Get(i);
  if (symbol.source() > static_cast<uint8_t>(SymbolSource::SizeTensor)) {
    return bad("a symbol has an unknown source");
  }
  if (!is_tensor(symbol.tensor())) return bad("a symbol names no tensor");
  const fb::Tensor& tensor = tensor_at(symbol.tensor());
  const auto source = static_cast<SymbolSource>(symbol.source());
  if (source == SymbolSource::SizeTensor) {
    if (symbol.step() >= size_of(p_.steps()) || tensor.producer() != symbol.step()) {
      return bad("a size is read after a step that does not write it");
    }
    if (symbol.upper() == nullptr) return bad("a data-dependent size has no bound");
    TENON_TRY(code(*symbol.upper(), i));
  } else if (tensor.place() != static_cast<uint8_t>(Place::Input)) {
    return bad("a symbol is read from a tensor that is no network input");
  } else if (symbol.upper() != nullptr) {
    return bad("a symbol of an input has a bound");
  }
  if (source == SymbolSource::InputExtent) {
    return symbol.axis() < size_of(tensor.shape()) ? Status{} : bad("a symbol names no axis");
  }
  if (tensor.dtype() >= kDTypeCount || !is_index_type(static_cast<DType>(tensor.dtype()))) {
    return bad("a symbol is read from a tensor that is neither i32 nor i64");
  }
  const uint64_t element = source == SymbolSource::SizeTensor ? 0 : symbol.axis();
  const size_t size = byte_size(static_cast<DType>(tensor.dtype()), 1);
  return inside(element * size, size, tensor.bytes()) ? Status{}
                                                      : bad("a symbol is read beyond its tensor");
}

Status Verifier::tensor(uint32_t i) noexcept {
  const fb::Tensor& tensor = tensor_at(i);
  if (tensor.dtype() >= kDTypeCount) return bad("a tensor has an unknown type");
  if (tensor.place() > static_cast<uint8_t>(Place::None)) return bad("a tensor is nowhere");
  if (size_of(tensor.shape()) > static_cast<uint32_t>(Dims::kMaxRank)) {
    return bad("a tensor has more than eight axes");
  }
  TENON_TRY(layout(tensor));
  TENON_TRY(codes(tensor.shape()));
  TENON_TRY(codes(tensor.content()));
  TENON_TRY(memory(tensor));
  return producer(i, tensor);
}

Status Verifier::layout(const fb::Tensor& tensor) const noexcept {
  const fb::Layout& raw = *tensor.layout();
  if (raw.order() > static_cast<uint8_t>(kernel::Layout::Order::ChannelsLast) ||
      raw.reserved() != 0 || raw.vector() == 0 ||
      (raw.channel_from_end() != 3 && raw.channel_from_end() != 4)) {
    return bad("a tensor has an unknown layout");
  }
  const kernel::Layout layout{static_cast<kernel::Layout::Order>(raw.order()),
                              raw.channel_from_end(), raw.vector(), 0, raw.private_id()};
  const auto rank = static_cast<int>(size_of(tensor.shape()));
  if (!kernel::fits(layout, rank) || (layout.vector > 1 && rank < layout.channel_from_end)) {
    return bad("a tensor has fewer axes than its layout needs");
  }
  return {};
}

Status Verifier::memory(const fb::Tensor& tensor) noexcept {
  if (tensor.bytes() > kMaxBytes) return bad("a tensor is larger than memory can be");
  const auto dtype = static_cast<DType>(tensor.dtype());
  if (size_of(tensor.content()) > 0) {
    if (!is_index_type(dtype) && dtype != DType::Bool) {
      return bad("a tensor of computed content is not of an integer type");
    }
    if (size_of(tensor.content()) > tensor.bytes() / byte_size(dtype, 1)) {
      return bad("a tensor's content is larger than the tensor");
    }
  }
  switch (static_cast<Place>(tensor.place())) {
    case Place::Arena:
    case Place::Constant: {
      const bool arena = tensor.place() == static_cast<uint8_t>(Place::Arena);
      if (tensor.offset() % kAlignment != 0) return bad("a tensor is not aligned");
      const uint64_t total = arena ? p_.arena_bytes() : section_size(Section::Constants);
      if (inside(tensor.offset(), tensor.bytes(), total)) return {};
      return arena ? bad("a tensor lies outside the arena")
                   : bad("a tensor lies outside the constants");
    }
    case Place::Input:
      ++inputs_seen_;
      return {};
    case Place::Output:
      ++outputs_seen_;
      return {};
    case Place::None:
      return {};
  }
  return {};
}

Status Verifier::producer(uint32_t i, const fb::Tensor& tensor) noexcept {
  const auto place = static_cast<Place>(tensor.place());
  if (tensor.producer() == kNoStep) return {};
  if (tensor.producer() >= size_of(p_.steps())) return bad("a tensor is written by no step");
  if (place != Place::Arena && place != Place::Output) {
    return bad("a step writes a tensor that has no memory to write to");
  }
  const auto* outputs = p_.steps()->Get(tensor.producer())->outputs();
  TENON_TRY(spend(size_of(outputs)));
  for (uint32_t at = 0; at < size_of(outputs); ++at) {
    if (outputs->Get(at) == i) return {};
  }
  return bad("a tensor is not written by the step that it names");
}

Status Verifier::step(uint32_t i) noexcept {
  const fb::Step& step = *p_.steps()->Get(i);
  if (step.family()->size() == 0 || step.kernel()->size() == 0) {
    return bad("a step names no kernel");
  }
  if (step.threads() < 1 || step.threads() > kMaxThreads) {
    return bad("a step asks for an impossible number of threads");
  }
  if (!inside(step.sources()->begin(), step.sources()->count(), size_of(p_.names()))) {
    return bad("a step's sources lie outside the names");
  }
  if (step.workspace_offset() % kAlignment != 0) return bad("a step's workspace is not aligned");
  if (!inside(step.workspace_offset(), step.workspace_bytes(), p_.arena_bytes())) {
    return bad("a step's workspace lies outside the arena");
  }
  TENON_TRY(stream(step));
  TENON_TRY(blobs(step));
  TENON_TRY(ports(i, step));
  return workspace(step);
}

Status Verifier::stream(const fb::Step& step) const noexcept {
  if (step.stream() == 0) return {};
  constexpr uint32_t kCapturable = 8;  // kernel::Flag
  const bool gpu = p_.target()->kind() == static_cast<uint8_t>(device::Kind::Cuda);
  if (!gpu || step.stream() > kMaxAuxStreams || (step.flags() & kCapturable) == 0) {
    return bad("a step is on an auxiliary stream that it cannot be on");
  }
  return {};
}

/// Kernels keep addresses in their workspace: what they read or write must not change them.
Status Verifier::workspace(const fb::Step& step) const noexcept {
  const uint64_t begin = step.workspace_offset(), end = begin + step.workspace_bytes();
  if (begin == end) return {};
  for (const auto* ports : {step.inputs(), step.outputs()}) {
    for (uint32_t at = 0; at < size_of(ports); ++at) {
      if (ports->Get(at) == kNoTensor) continue;
      const fb::Tensor& tensor = tensor_at(ports->Get(at));
      if (tensor.place() != static_cast<uint8_t>(Place::Arena)) continue;
      const bool overlaps = tensor.offset() < end && begin < tensor.offset() + tensor.bytes();
      if (overlaps && tensor.bytes() > 0) {
        return bad("a step's workspace overlaps what the step reads or writes");
      }
    }
  }
  return {};
}

Status Verifier::blobs(const fb::Step& step) noexcept {
  const fb::Range& params = *step.params();
  if (!inside(params.offset(), params.size(), section_size(Section::Params))) {
    return bad("a step's parameters lie outside their section");
  }
  const uint64_t kernels = section_size(Section::Kernels);
  if (!elements_aligned(step.packed())) return bad("a step's list of constants is not aligned");
  TENON_TRY(spend(size_of(step.packed())));
  for (uint32_t i = 0; i < size_of(step.packed()); ++i) {
    const fb::Packed& packed = *step.packed()->Get(i);
    if (!inside(packed.layout().offset(), packed.layout().size(), kernels) ||
        !inside(packed.data().offset(), packed.data().size(), kernels)) {
      return bad("a step's packed constant lies outside its section");
    }
    if (packed.data().offset() % kAlignment != 0) {
      return bad("a step's packed constant is not aligned");
    }
  }
  return {};
}

Status Verifier::ports(uint32_t i, const fb::Step& step) noexcept {
  if (size_of(step.inputs()) > kMaxPorts || size_of(step.outputs()) > kMaxPorts) {
    return bad("a step has too many inputs or outputs");
  }
  TENON_TRY(spend(uint64_t{size_of(step.inputs())} + size_of(step.outputs())));
  for (uint32_t at = 0; at < size_of(step.inputs()); ++at) {
    const uint32_t id = step.inputs()->Get(at);
    if (id == kNoTensor) continue;
    if (!is_tensor(id)) return bad("a step reads no tensor");
    const fb::Tensor& tensor = tensor_at(id);
    const auto place = static_cast<Place>(tensor.place());
    if (place == Place::None) return bad("a step reads a tensor that has no memory");
    if (place != Place::Arena && place != Place::Output) continue;
    if (tensor.producer() == kNoStep ? needs_producer(tensor) : tensor.producer() >= i) {
      return bad("a step reads a tensor before it is written");
    }
  }
  for (uint32_t at = 0; at < size_of(step.outputs()); ++at) {
    const uint32_t id = step.outputs()->Get(at);
    if (id == kNoTensor) continue;
    if (!is_tensor(id)) return bad("a step writes no tensor");
    if (tensor_at(id).producer() != i) return bad("a step writes a tensor of another step");
  }
  return {};
}

/// Entry i of an I/O list names none of the entries before it.
Status Verifier::distinct(const flatbuffers::Vector<uint32_t>& list, uint32_t i) noexcept {
  const auto text = [&](uint32_t at) {
    const flatbuffers::String& name = *tensor_at(list.Get(at)).name();
    return std::string_view(name.c_str(), name.size());
  };
  if (text(i).empty()) return bad("a network input or output has no name");
  if (text(i).find('\0') != std::string_view::npos) {  // Callers name it by a C string.
    return bad("the name of a network input or output has a zero byte in it");
  }
  TENON_TRY(spend(i));
  for (uint32_t before = 0; before < i; ++before) {
    if (list.Get(before) == list.Get(i)) return bad("a network input or output stands twice");
    if (text(before) == text(i)) return bad("two network inputs or outputs have one name");
  }
  return {};
}

Status Verifier::input(uint32_t i) noexcept {
  const uint32_t id = p_.inputs()->Get(i);
  if (!is_tensor(id)) return bad("a network input names no tensor");
  if (tensor_at(id).place() != static_cast<uint8_t>(Place::Input)) {
    return bad("a network input is not bound by the caller");
  }
  return distinct(*p_.inputs(), i);
}

Status Verifier::output(uint32_t i) noexcept {
  const uint32_t id = p_.outputs()->Get(i);
  if (!is_tensor(id)) return bad("a network output names no tensor");
  const fb::Tensor& tensor = tensor_at(id);
  if (tensor.place() != static_cast<uint8_t>(Place::Output)) {
    return bad("a network output is not bound by the caller");
  }
  if (tensor.producer() == kNoStep && needs_producer(tensor)) {
    return bad("a network output is never written");
  }
  return distinct(*p_.outputs(), i);
}

Status Verifier::profile(uint32_t i) noexcept {
  const auto* ranges = p_.profiles()->Get(i)->ranges();
  if (size_of(ranges) != size_of(p_.inputs())) return bad("a profile has not one range an input");
  for (uint32_t at = 0; at < size_of(ranges); ++at) TENON_TRY(range(*ranges->Get(at), at));
  return {};
}

Status Verifier::debug(uint32_t i) noexcept {
  const uint32_t id = p_.debug()->Get(i)->tensor();
  if (!is_tensor(id)) return bad("a debug tensor is no tensor");
  const fb::Tensor& tensor = tensor_at(id);
  const bool is_input = static_cast<Place>(tensor.place()) == Place::Input;
  return is_input || tensor.producer() != kNoStep ? Status{}
                                                  : bad("a debug tensor is never written");
}

Status Verifier::range(const fb::ProfileRange& range, uint32_t input) noexcept {
  if (range.tensor() != p_.inputs()->Get(input)) return bad("a profile's ranges are out of order");
  const fb::Tensor& tensor = tensor_at(range.tensor());
  if (!equal_sizes(range.min(), range.opt(), range.max(), size_of(tensor.shape()))) {
    return bad("a profile's range has another rank than its input");
  }
  if (!ascending(range.min(), range.opt(), range.max())) {
    return bad("a profile's extents are not min <= opt <= max");
  }
  for (uint32_t axis = 0; axis < size_of(range.min()); ++axis) {
    if (range.min()->Get(axis) < 0) return bad("a profile has a negative extent");
  }
  const uint32_t count = size_of(range.min_values());
  if (count == 0 && equal_sizes(range.min_values(), range.opt_values(), range.max_values(), 0)) {
    return {};
  }
  const auto dtype = static_cast<DType>(tensor.dtype());
  if (!is_index_type(dtype) || count > tensor.bytes() / byte_size(dtype, 1)) {
    return bad("a profile gives content to an input that cannot hold it");
  }
  if (!equal_sizes(range.min_values(), range.opt_values(), range.max_values(), count)) {
    return bad("a profile's values have different counts");
  }
  TENON_TRY(spend(count));
  return ascending(range.min_values(), range.opt_values(), range.max_values())
             ? Status{}
             : bad("a profile's values are not min <= opt <= max");
}

}  // namespace

Status verify(const std::span<const std::byte> (&sections)[kSectionCount], Culprit& culprit,
              const fb::Program*& program) noexcept {
  const auto bytes = sections[static_cast<size_t>(Section::Program)];
  if (bytes.size() > kMaxProgramBytes) return bad("the program section is too large");
  const auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
  flatbuffers::Verifier::Options options;
  options.max_depth = 8;
  options.max_tables = 1U << 23;
  flatbuffers::Verifier structure(data, bytes.size(), options);
  if (!fb::VerifyProgramBuffer(structure)) {
    return bad("the program section is not what it should be: its structure is broken");
  }
  const fb::Program* candidate = fb::GetProgram(data);
  TENON_TRY(Verifier(*candidate, sections, culprit).run());
  if (candidate->target()->kind() > static_cast<uint8_t>(device::Kind::Cuda)) {
    return bad("the engine is for a kind of device that is not known");
  }
  TENON_TRY(verify_capability(*candidate, sections, culprit));
  program = candidate;
  return {};
}

}  // namespace tenon::plan
