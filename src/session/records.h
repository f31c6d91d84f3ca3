// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The records of a plan's steps in the form that kernels load from.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/diagnostics.h"
#include "kernel/record.h"
#include "plan/view.h"
#include "session/schedule.h"

namespace tenon::session {

/// Lives as long as the engine: kernels may keep views of it.
class Records {
 public:
  /// Fails when the extents of a tensor cannot be computed for any profile.
  static Result<Records> make(const plan::View& plan, const Schedule& schedule, Diagnostics& diag);

  [[nodiscard]] const kernel::RecordView& operator[](size_t step) const noexcept {
    return views_[step];
  }

 private:
  Records() = default;
  std::vector<kernel::TensorDesc> greatest_;  ///< by slot
  std::vector<std::string_view> names_;       ///< by slot
  std::vector<uint8_t> open_;                 ///< by slot: the step itself finds the extents out
  std::vector<kernel::RecordView::Blob> blobs_;
  std::vector<kernel::RecordView> views_;
};

}  // namespace tenon::session
