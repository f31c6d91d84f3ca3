// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Taking a secret out of a program's arguments.
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include "remote/address.h"
#include "remote/secret.h"
#include "tenon/remote.h"

namespace tenon {

namespace {

constexpr std::string_view kFlag = "--remoteAutoTuningConfig";

/// Overwrites an argument where it lies, and has `argv` point at the whole text for people.
void cover(char*& argument) {
  const std::string shown = remote::hide_credentials(argument);
  const size_t size = std::strlen(argument);
  if (shown == argument) return;
  static std::vector<std::unique_ptr<char[]>> kept;  // as long as argv
  remote::wipe(argument, size);
  std::memcpy(argument, shown.data(), std::min(size, shown.size()));
  auto whole = std::make_unique<char[]>(shown.size() + 1);
  std::memcpy(whole.get(), shown.c_str(), shown.size() + 1);
  argument = whole.get();
  kept.push_back(std::move(whole));
}

}  // namespace

char const* take_remote_tuning_config(int32_t argc, char** argv) noexcept {
  static remote::Secret taken;
  try {
    for (int32_t i = 0; i < argc; ++i) {
      const std::string_view argument = argv[i];
      const bool ours = argument.starts_with(kFlag);
      if (ours && taken.empty() && argument.size() > kFlag.size() &&
          argument[kFlag.size()] == '=') {
        taken = remote::Secret(argument.substr(kFlag.size() + 1));
      }
      if (ours || argument.find("ssh://") != argument.npos) cover(argv[i]);
    }
  } catch (const std::bad_alloc&) {
    // Better none than one that is shown.
    for (int32_t i = 0; i < argc; ++i) {
      if (std::strstr(argv[i], "ssh://") != nullptr) remote::wipe(argv[i], std::strlen(argv[i]));
    }
  }
  return taken.empty() ? nullptr : taken.c_str();
}

}  // namespace tenon
