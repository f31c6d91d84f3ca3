// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The rules that a safe engine keeps beside those of every engine.
#include "plan/verify.h"
#include "program_generated.h"

namespace tenon::plan {

namespace {

constexpr Status unsafe(const char* why) noexcept { return {Code::InvalidPlan, why}; }

template <class T>
uint32_t length(const flatbuffers::Vector<T>* vector) noexcept {
  return vector == nullptr ? 0 : vector->size();
}

std::string_view name_of(const fb::Program& program, uint32_t tensor) noexcept {
  const flatbuffers::String& name = *program.tensors()->Get(tensor)->name();
  return {name.c_str(), name.size()};
}

Status safe_step(const fb::Step& step) noexcept {
  const std::string_view family(step.family()->c_str(), step.family()->size());
  bool known = false;
  for (const char* safe : kSafeFamilies) known |= family == safe;
  if (!known) return unsafe("a step of a safe engine runs a kernel that safe engines may not hold");
  if (step.threads() != 1) return unsafe("a step of a safe engine wants more than one thread");
  return (step.flags() & kAllocates) == 0 ? Status{}
                                          : unsafe("a step of a safe engine allocates memory");
}

Status safe_range(const fb::ProfileRange& range) noexcept {
  if (length(range.min_values()) > 0) return unsafe("a safe engine reads a shape from an input");
  for (uint32_t axis = 0; axis < length(range.min()); ++axis) {
    if (range.min()->Get(axis) != range.max()->Get(axis)) {
      return unsafe("a profile of a safe engine is a range, not one shape");
    }
  }
  return {};
}

}  // namespace

Status verify_capability(const fb::Program& program,
                         const std::span<const std::byte> (&sections)[kSectionCount],
                         Culprit& culprit) noexcept {
  const auto has = [&](Section section) { return !sections[static_cast<size_t>(section)].empty(); };
  if (program.capability() > static_cast<uint8_t>(Capability::Safety)) {
    return unsafe("the engine is of an unknown capability");
  }
  if (program.capability() == static_cast<uint8_t>(Capability::Standard)) {
    return has(Section::Network) ? unsafe("a standard engine has a network section") : Status{};
  }
  if (!has(Section::Network)) return unsafe("a safe engine does not tell its network");
  if (has(Section::Refit)) return unsafe("a safe engine has weights that can be replaced");
  if (length(program.debug()) > 0) return unsafe("a safe engine has debug tensors");
  for (uint32_t i = 0; i < length(program.symbols()); ++i) {
    culprit = {"symbol", i};
    const auto source = static_cast<SymbolSource>(program.symbols()->Get(i)->source());
    if (source != SymbolSource::InputExtent) {
      return unsafe("a size of a safe engine depends on the content of a tensor");
    }
  }
  for (uint32_t i = 0; i < length(program.outputs()); ++i) {
    culprit = {"network output", i};
    for (uint32_t at = 0; at < length(program.inputs()); ++at) {
      if (name_of(program, program.inputs()->Get(at)) ==
          name_of(program, program.outputs()->Get(i))) {
        return unsafe("an input and an output of a safe engine have one name");
      }
    }
    if (length(program.tensors()->Get(program.outputs()->Get(i))->content()) > 0) {
      return unsafe("a safe engine has an output that follows from shapes alone");
    }
  }
  for (uint32_t i = 0; i < length(program.steps()); ++i) {
    culprit = {"step", i};
    TENON_TRY(safe_step(*program.steps()->Get(i)));
  }
  for (uint32_t i = 0; i < length(program.profiles()); ++i) {
    culprit = {"profile", i};
    const auto* ranges = program.profiles()->Get(i)->ranges();
    for (uint32_t at = 0; at < length(ranges); ++at) TENON_TRY(safe_range(*ranges->Get(at)));
  }
  culprit = {};
  return {};
}

}  // namespace tenon::plan
