// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Why a plugin was not found: the true cause first, then what is near, then the mend.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "ops/foreign.h"
#include "plugin/registry/registry.h"

namespace tenon::plugin {

/// What the explanation may look at.
struct Surroundings {
  std::vector<Entry> registered;                ///< in search order
  std::vector<std::string> refusals;            ///< what registries refused earlier, in words
  std::vector<std::string> loaded_libraries;    ///< loaded_plugin_libraries()
  std::vector<std::string_view> builtin_names;  ///< operators that the importer knows itself
};

/// The cause, as data for tests: the first one that holds, in this order.
enum class Cause : uint8_t {
  WrongVersion,    ///< name and namespace are registered under another version
  WrongNamespace,  ///< name and version are registered under another namespace
  WrongVersionAndNamespace,
  WrongKind,         ///< found, but of a kind that this build cannot use in a network
  LoadRefused,       ///< a library that was meant to bring plugins was refused
  NotHandedOver,     ///< a library with creators is in the process but no registry was given it
  MisspeltName,      ///< a registered name is near
  MisspeltOperator,  ///< a native operator's name is near
  NativeMissing,     ///< a standard ONNX operator that Tenon does not have
  NothingRegistered,
  Unknown,  ///< plugins are registered, none is near
};

struct Explanation {
  Cause cause = Cause::Unknown;
  std::string text;  ///< several lines, no newline at the end
};

/// Explains why `request` found nothing in `around`.
Explanation explain_missing(const ops::ForeignRequest& request, const Surroundings& around);

/// True for the operators of the ONNX standard (domain "", opset 1 to 23).
bool is_standard_operator(std::string_view op_type);

}  // namespace tenon::plugin
