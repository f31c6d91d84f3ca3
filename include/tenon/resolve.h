// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Asking why: what every node of a model or an engine became, and why it became nothing else.
#pragma once

#include "nvinfer1/logger.h"
#include "nvinfer1/weights.h"

namespace tenon {

/// What to explain. Nothing is owned; all must stay alive during the call only.
struct Question {
  /// An ONNX model or an engine file. With `data`, only the place where external data is looked
  /// for.
  char const* path{nullptr};

  /// The model or the engine in memory; null to read `path`.
  void const* data{nullptr};
  std::size_t size{0};

  /// Only the nodes or layers whose name or operator this is; null for all.
  char const* node{nullptr};

  /// One JSON document in place of lines of text.
  bool json{false};
};

/// Explains a model or an engine; null, with the reason reported to `logger`, when it can be read
/// as neither. The answer is owned by the caller and freed with delete; its data() is UTF-8 without
/// NUL.
///
/// Of each node of a model it tells which operator, function or plugin it resolves to; where there
/// is none, what was searched for, where, the nearest names and the mend. Of each layer of an
/// engine it tells the chosen kernel, the candidates with their times, and the reason each other
/// one lost or was refused, as far as the engine carries its record.
///
/// Creators are searched in the registry of the process and in the safe registry: load plugin
/// libraries before, with getPluginRegistry()->loadLibrary. Thread-safe.
TENSORRTAPI nvinfer1::IHostMemory* why(Question const& question,
                                       nvinfer1::ILogger& logger) noexcept;

}  // namespace tenon
