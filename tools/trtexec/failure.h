// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The two ways in which the tool says no.
#pragma once

#include <stdexcept>

namespace tenon::trtexec {

/// The command line cannot be understood: an unknown flag or a value that is none.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What was asked for cannot be done; the sentence says why and what would mend it.
class Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace tenon::trtexec
