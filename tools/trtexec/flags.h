// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The one table of flags: how each is written, what help says of it, what it does or why it is
// refused.
#pragma once

#include <span>
#include <string>
#include <type_traits>
#include <variant>

#include "tools/trtexec/options.h"
#include "tools/trtexec/values.h"

namespace tenon::trtexec {

/// Takes the flag's value (empty for a bare flag) into the options. Throws UsageError.
using Read = void (*)(Options&, const std::string&);

/// The flag is known, but what it asks for is not there: why, and what to do instead. The value
/// `neutral` asks for nothing and is accepted.
struct Refused {
  const char* why;
  const char* neutral = nullptr;
};

/// The flag is accepted and changes nothing, for the reason given; it may have a value.
struct Noted {
  const char* why;
};

struct Flag {
  const char* name;      ///< with its dashes
  const char* argument;  ///< what follows '=' as help shows it; empty when nothing does
  const char* help;
  std::variant<Read, Refused, Noted> meaning;
  bool repeatable = false;
};

struct FlagGroup {
  const char* title;
  std::span<const Flag> flags;
};

/// All groups in the order of the help text.
std::span<const FlagGroup> flag_groups();

/// Null when there is no flag of this name (with its dashes; "-h" is one).
const Flag* find_flag(const std::string& name);

// The part of the options that a flag sets: the first argument of set().
inline constexpr auto kBuild = &Options::build;
inline constexpr auto kInference = &Options::inference;

// The rows, by subject.
std::span<const Flag> build_flags();
std::span<const Flag> precision_flags();
std::span<const Flag> refit_flags();
std::span<const Flag> inference_flags();
std::span<const Flag> tuning_flags();
std::span<const Flag> reporting_flags();
std::span<const Flag> system_flags();
std::span<const Flag> tenon_flags();

/// Puts a value into one member of one group of options, by the member's type.
template <auto kGroup, auto kMember>
void set(Options& options, const std::string& text) {
  auto& member = (options.*kGroup).*kMember;
  using Member = std::remove_reference_t<decltype(member)>;
  if constexpr (std::is_same_v<Member, bool>) {
    member = true;
  } else if constexpr (std::is_same_v<Member, std::string>) {
    member = text;
  } else if constexpr (std::is_same_v<Member, std::vector<std::string>>) {
    member.push_back(text);
  } else if constexpr (std::is_same_v<Member, double>) {
    member = to_real(text, 0);
  } else {
    static_assert(std::is_same_v<Member, int>);
    member = static_cast<int>(to_integer(text, 0, INT32_MAX));
  }
}

}  // namespace tenon::trtexec
