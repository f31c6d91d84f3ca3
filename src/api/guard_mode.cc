// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The switch of guarded mode.
#include "api/guard_mode.h"

#include <atomic>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "tenon/guard.h"

namespace tenon::api {

namespace {

using Which = guard::GuardedLoaders::Which;

constexpr int kEnvironment = -1;
std::atomic<int> said{kEnvironment};

std::optional<Which> parse(std::string_view text) noexcept {
  if (text == "0" || text == "off" || text.empty()) return Which::None;
  if (text == "1" || text == "plugins") return Which::Plugins;
  if (text == "all") return Which::All;
  return std::nullopt;
}

}  // namespace

Which guard_mode() noexcept {
  if (const int now = said.load(); now != kEnvironment) return static_cast<Which>(now);
  const char* variable = std::getenv("TENON_GUARD");
  // Who misspells it wants a guard rather than none.
  return variable == nullptr ? Which::None : parse(variable).value_or(Which::Plugins);
}

}  // namespace tenon::api

namespace tenon {

TENSORRTAPI bool set_guard(char const* whom) noexcept {
  if (whom == nullptr) {
    api::said = api::kEnvironment;
    return true;
  }
  const auto which = api::parse(whom);
  if (which) api::said = static_cast<int>(*which);
  return which.has_value();
}

}  // namespace tenon
