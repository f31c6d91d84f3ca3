// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What decoders of protocol-buffer files share: walking messages, and the first fault of a file.
#pragma once

#include "base/diagnostics.h"
#include "importers/shared/fields.h"

namespace tenon::importers {

/// Base of a decoder of messages within one file. Remembers the first fault and where it is.
class Decoder {
 public:
  explicit Decoder(View file) : file_(file) {}

  /// Fails when there was a fault; `kind` of files is "ONNX" or "UFF".
  Status outcome(std::string_view kind, Diagnostics& diag) const;

 protected:
  /// Calls `visit` for every field until the end or the first fault of the whole file.
  template <class Visit>
  void each(View message, Visit&& visit) {
    Fields fields(message);
    while (fault_ == nullptr && fields.next()) visit(fields);
    if (!fields.ok()) fail(fields.fault(), message, fields.position());
  }
  /// Notes a fault at byte `position` of a message; `what` is a literal.
  void fail(const char* what, View message, size_t position) noexcept;

 private:
  View file_;
  const char* fault_ = nullptr;
  size_t at_ = 0;
};

}  // namespace tenon::importers
