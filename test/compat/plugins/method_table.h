// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Every method of the plugin interfaces: when it may be called, and by what test it is seen.
#pragma once

#include <string>
#include <vector>

namespace methods {

/// A method. `phases`: letters of witness::Phase in which it may be called.
struct Row {
  char const* interface;
  char const* method;
  char const* phases;
  char const* after;  ///< method of the same interface that must have been called before; or ""
  /// Empty: the life of the witness plugins sees it called. Else the test that calls it, or has it
  /// called.
  char const* test;
};

/// In the order of the document.
std::vector<Row> const& rows();

/// "Interface::method".
std::string name(Row const& row);

/// The document docs/plugin_life_cycle.md, the phases that were seen from the journal.
std::string document();

}  // namespace methods
