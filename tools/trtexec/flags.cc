// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The groups in their order, and looking up.
#include "tools/trtexec/flags.h"

namespace tenon::trtexec {

std::span<const FlagGroup> flag_groups() {
  static const FlagGroup kGroups[] = {
      {"Model and build", build_flags()},
      {"Precision", precision_flags()},
      {"Refitting, weights and deployment", refit_flags()},
      {"Inference", inference_flags()},
      {"Tuning by build routes", tuning_flags()},
      {"Reporting", reporting_flags()},
      {"System", system_flags()},
      {"Tenon", tenon_flags()},
  };
  return kGroups;
}

const Flag* find_flag(const std::string& name) {
  const std::string full = name == "-h" ? "--help" : name;
  for (const FlagGroup& group : flag_groups()) {
    for (const Flag& flag : group.flags) {
      if (full == flag.name) return &flag;
    }
  }
  return nullptr;
}

}  // namespace tenon::trtexec
