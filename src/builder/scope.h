// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What safe engines may hold: the rules, and the report of what breaks them.
#pragma once

#include <span>
#include <string>

#include "builder/lowering.h"

namespace tenon::builder {

/// A rule. Ids are stable: documents and tests refer to them.
struct ScopeRule {
  const char* id;
  const char* refuses;  ///< what there is none of: "network input that …"
  const char* mend;     ///< what to do about it, as an order
};

/// All rules, by id.
std::span<const ScopeRule> scope_rules() noexcept;

/// The rules as the table of docs/safety/scope.md, which a test compares.
std::string scope_table();

/// Everything that the rules look at. Outlives the call.
struct ScopeSubject {
  const ir::Graph& graph;
  const std::vector<ProfileRanges>& profiles;  ///< complete
  const Lowered& lowered;
  const kernel::Registry& registry;
  const BuildConfig& config;
};

/// For a safe build: reports every node, input and setting that breaks a rule, each with the rule
/// and the mend, then fails with Unsupported when there was one. For a standard build: refuses safe
/// plugins by name.
Status check_scope(const ScopeSubject& subject, Diagnostics& diag);

/// The rule about memory, which is known last.
Status check_scope(const plan::Plan& plan, Diagnostics& diag);

}  // namespace tenon::builder
