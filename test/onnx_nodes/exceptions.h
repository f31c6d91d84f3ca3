// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The list of tests that must be refused, and with which words.
#pragma once

#include <map>
#include <string>

namespace tenon::onnx_nodes {

/// Why a test cannot pass: a class, and words that the refusal must hold.
struct Exception {
  std::string reason_class;  ///< operator, type, container, form, kernel or data
  std::string words;
};

/// Test, as "<suite>/<name>" → why not. One line each: test, class, words.
using Exceptions = std::map<std::string, Exception>;

/// Reads the list; lines that begin with '#' are comments.
Exceptions read_exceptions(const std::string& path);
/// Writes the list, its comment first.
void write_exceptions(const std::string& path, const Exceptions& exceptions);
/// What the list should say of a test that was refused with this sentence.
Exception classify(const std::string& refusal);

}  // namespace tenon::onnx_nodes
