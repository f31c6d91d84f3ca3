// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Member by member, so that a difference has a name; then byte by byte, so that none is missed.
#include "builder/consistency.h"

#include <fmt/format.h>

#include <algorithm>

namespace tenon::builder {

namespace {

constexpr int kMostDifferences = 20;

std::string size_text(std::span<const std::byte> bytes) {
  return fmt::format("{} bytes", bytes.size());
}

std::string shown(std::string_view text) { return fmt::format("'{}'", text); }
std::string shown(std::span<const uint32_t> numbers) {
  return fmt::format("[{}]", fmt::join(numbers, ", "));
}
std::string shown(std::span<const int64_t> numbers) {
  return fmt::format("[{}]", fmt::join(numbers, ", "));
}
std::string shown(const kernel::Layout& layout) { return kernel::to_string(layout); }
std::string shown(DType type) { return std::string(to_string(type)); }
std::string shown(const Dims& dims) { return to_string(dims); }
template <class Number>
std::string shown(Number number) {
  return std::to_string(number);
}

std::string shown(plan::Place place) {
  constexpr const char* kPlaces[] = {"input", "output", "arena", "constant", "nowhere"};
  return kPlaces[static_cast<size_t>(place)];
}

template <class T>
bool same(const T& a, const T& b) {
  return a == b;
}
template <class T>
bool same(std::span<const T> a, std::span<const T> b) {
  return std::ranges::equal(a, b);
}

class Comparison {
 public:
  Comparison(const plan::View& found, const plan::View& derived, Diagnostics& diag)
      : found_(found), derived_(derived), diag_(diag) {}

  Status run() {
    compare("the engine", "name", found_.name(), derived_.name());
    compare("the engine", "instruction sets needed", found_.isa_needed(), derived_.isa_needed());
    compare("the engine", "bytes of activations", found_.arena_bytes(), derived_.arena_bytes());
    compare("the engine", "list of inputs", found_.inputs(), derived_.inputs());
    compare("the engine", "list of outputs", found_.outputs(), derived_.outputs());
    each("symbol", found_.symbol_count(), derived_.symbol_count(), &Comparison::symbol);
    each("tensor", found_.tensor_count(), derived_.tensor_count(), &Comparison::tensor);
    each("step", found_.step_count(), derived_.step_count(), &Comparison::step);
    each("profile", found_.profile_count(), derived_.profile_count(), &Comparison::profile);
    if (differences_ == 0) sections();
    if (differences_ == 0) return {};
    return diag_.fail(Code::InvalidPlan,
                      "the engine is not the one that its network gives: {} difference{}{}; build "
                      "it anew from its model",
                      differences_, differences_ == 1 ? "" : "s",
                      differences_ > kMostDifferences ? ", not all of them told" : "");
  }

 private:
  template <class T>
  void compare(const std::string& where, const char* what, const T& found, const T& derived) {
    if (same(found, derived)) return;
    tell(where,
         fmt::format("{} is {}, but its network gives {}", what, shown(found), shown(derived)));
  }

  void compare_bytes(const std::string& where, const char* what, std::span<const std::byte> found,
                     std::span<const std::byte> derived) {
    if (std::ranges::equal(found, derived)) return;
    const auto at = std::ranges::mismatch(found, derived).in1 - found.begin();
    tell(where, fmt::format("{} ({}) differ from byte {} on from those that its network gives ({})",
                            what, size_text(found), at, size_text(derived)));
  }

  void tell(const std::string& where, const std::string& words) {
    if (++differences_ > kMostDifferences) return;
    (void)diag_.fail(Code::InvalidPlan, "{}: {}", where, words);
  }

  void each(const char* kind, size_t found, size_t derived, void (Comparison::*look)(size_t)) {
    if (found != derived) {
      tell("the engine",
           fmt::format("it has {} {}s, but its network gives {}", found, kind, derived));
    }
    for (size_t i = 0; i < std::min(found, derived); ++i) (this->*look)(i);
  }

  void symbol(size_t i) {
    const plan::SymbolView a = found_.symbol(i), b = derived_.symbol(i);
    const std::string where = fmt::format("symbol {} '{}'", i, a.name);
    compare(where, "name", a.name, b.name);
    compare(where, "tensor", a.tensor, b.tensor);
    compare(where, "axis", a.axis, b.axis);
  }

  void codes(const std::string& where, const char* what, const plan::CodeList& a,
             const plan::CodeList& b) {
    compare(where, what, a.size(), b.size());
    for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) compare(where, what, a[i], b[i]);
  }

  void tensor(size_t i) {
    const plan::TensorView a = found_.tensor(i), b = derived_.tensor(i);
    const std::string where = fmt::format("tensor {} '{}'", i, a.name);
    compare(where, "name", a.name, b.name);
    compare(where, "type", a.dtype, b.dtype);
    compare(where, "format", a.layout, b.layout);
    compare(where, "scale", a.scale, b.scale);
    compare(where, "place", a.place, b.place);
    compare(where, "offset", a.offset, b.offset);
    compare(where, "size in bytes", a.bytes, b.bytes);
    compare(where, "producing step", a.producer, b.producer);
    codes(where, "shape (as a program)", a.shape, b.shape);
    codes(where, "content (as a program)", a.content, b.content);
  }

  void step(size_t i) {
    const plan::StepView a = found_.step(i), b = derived_.step(i);
    const std::string where = fmt::format("step {} '{}'", i, a.name);
    compare(where, "name", a.name, b.name);
    compare(where, "kernel family", a.family, b.family);
    compare(where, "kernel", a.kernel, b.kernel);
    compare(where, "kernel version", a.version, b.version);
    compare(where, "tactic", a.tactic, b.tactic);
    compare(where, "threads", a.threads, b.threads);
    compare(where, "flags", a.flags, b.flags);
    compare(where, "plugin", a.plugin, b.plugin);
    compare(where, "plugin version", a.plugin_version, b.plugin_version);
    compare(where, "plugin namespace", a.plugin_namespace, b.plugin_namespace);
    compare(where, "list of inputs", a.inputs, b.inputs);
    compare(where, "list of outputs", a.outputs, b.outputs);
    compare(where, "workspace", a.workspace_bytes, b.workspace_bytes);
    compare(where, "workspace offset", a.workspace_offset, b.workspace_offset);
    compare_bytes(where, "parameters", a.params, b.params);
    compare(where, "number of packed constants", a.packed_count, b.packed_count);
    for (uint32_t blob = 0; blob < std::min(a.packed_count, b.packed_count); ++blob) {
      const auto x = found_.packed(i, blob), y = derived_.packed(i, blob);
      compare_bytes(where, "layouts of packed weights", x.layout, y.layout);
      compare_bytes(where, "packed weights", x.data, y.data);
    }
  }

  void profile(size_t i) {
    const size_t inputs = std::min(found_.inputs().size(), derived_.inputs().size());
    for (size_t at = 0; at < inputs; ++at) {
      const plan::RangeView a = found_.range(i, at), b = derived_.range(i, at);
      compare(fmt::format("profile {}, input {}", i, at), "shape", a.opt, b.opt);
    }
  }

  /// What no member tells: constants, and whatever is new in a later format.
  void sections() {
    const auto look = [&](plan::Section section, const char* name) {
      compare_bytes("the engine", name, found_.section(section), derived_.section(section));
    };
    look(plan::Section::Constants, "constants");
    look(plan::Section::Program, "the bytes of its program");
    look(plan::Section::Kernels, "the bytes of its kernels");
    look(plan::Section::Params, "the bytes of its parameters");
    look(plan::Section::Network, "the bytes of its network");
  }

  const plan::View& found_;
  const plan::View& derived_;
  Diagnostics& diag_;
  int differences_ = 0;
};

}  // namespace

Status compare_engines(const plan::View& found, const plan::View& derived, Diagnostics& diag) {
  return Comparison(found, derived, diag).run();
}

}  // namespace tenon::builder
