// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The line that a refused call leaves.
#pragma once

#include <string>
#include <type_traits>

namespace hostcuda {

/// Writes "hostcuda: <sentence>" to stderr, the first time it is said, and keeps it as the calling
/// thread's last_refusal(). Any thread.
void say_refusal(const std::string& sentence) noexcept;

/// The calling thread's last sentence; empty when nothing was refused.
const std::string& last_refusal() noexcept;

/// A sentence of parts: strings and whole numbers.
template <typename... Parts>
std::string sentence(const Parts&... parts) {
  std::string text;
  const auto add = [&text](const auto& part) {
    if constexpr (requires { text += part; } &&
                  !std::is_arithmetic_v<std::decay_t<decltype(part)>>) {
      text += part;
    } else {
      text += std::to_string(part);
    }
  };
  (add(parts), ...);
  return text;
}

}  // namespace hostcuda
