// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Where a file is at fault.
#include "importers/shared/decoder.h"

namespace tenon::importers {

Status Decoder::outcome(std::string_view kind, Diagnostics& diag) const {
  if (fault_ == nullptr) return {};
  return diag.fail(
      Code::InvalidModel,
      "this is no sound {} file: {} at byte {} of {}; it may be cut off, or not be one "
      "at all",
      kind, fault_, at_, file_.size());
}

void Decoder::fail(const char* what, View message, size_t position) noexcept {
  if (fault_ != nullptr) return;
  fault_ = what;
  at_ = message.empty() ? 0 : static_cast<size_t>(message.data() - file_.data()) + position;
}

}  // namespace tenon::importers
