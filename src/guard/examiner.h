// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The runs that tell what a kernel does that it must not, and the sentences about it.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/status.h"
#include "guard/stage.h"

namespace tenon::guard {

/// Examines one instance on one stage. Lives through one run of the caller.
class Examiner {
 public:
  /// `words` say whose run it is, should it end the process. All outlive the examiner.
  Examiner(Stage& stage, kernel::Instance& instance, device::Stream& stream,
           const std::string& words)
      : stage_(stage),
        instance_(instance),
        stream_(stream),
        words_(words),
        result_(stage.room(0)),
        second_(stage.room(1)),
        now_(stage.room(2)) {}

  /// Runs three times and more: twice alike, once with another paint everywhere, and where results
  /// differ as often as it takes to find the bytes that matter. True: nothing to say but
  /// warnings(); give() gives the results.
  bool examine();
  /// Makes clones of `instance`, more objects that `loaded` makes, after examine(): one must give
  /// the same result, and what one does with other inputs must not change what the first one does.
  bool examine_clones(kernel::Loaded& loaded, const kernel::ContextResources& resources,
                      std::span<const kernel::TensorDesc> inputs,
                      std::span<const kernel::TensorDesc> outputs);
  /// Compares with the object that was made from what the kernel serialized.
  bool examine_twin(kernel::Instance& twin);

  /// After examine(): gives the caller the results.
  void give() noexcept { stage_.give(result_, second_); }
  /// What a failed examination found, one sentence or several joined by semicolons.
  [[nodiscard]] const std::string& finding() const noexcept { return finding_; }
  /// The code of a run that failed by itself; else Ok.
  [[nodiscard]] const Status& status() const noexcept { return status_; }
  [[nodiscard]] const std::vector<std::string>& warnings() const noexcept { return warnings_; }

 private:
  bool pass(kernel::Instance& instance, const Paint& paint, Snapshot& out);
  std::unique_ptr<kernel::Instance> make_clone(kernel::Loaded& loaded,
                                               const kernel::ContextResources& resources,
                                               std::span<const kernel::TensorDesc> inputs,
                                               std::span<const kernel::TensorDesc> outputs);
  bool say(const std::string& sentence);
  bool same(const Snapshot& a, const Snapshot& b, std::string_view what);
  /// Finds which painted bytes the result depends on.
  bool explain_dependence(const Difference& difference);
  bool depends(size_t region, size_t prefix, bool& answer);
  bool blame(size_t region, const Difference& difference);
  std::string sentence(const Region& region, ptrdiff_t byte) const;

  Stage& stage_;
  kernel::Instance& instance_;
  device::Stream& stream_;
  const std::string& words_;
  Snapshot &result_, &second_;  ///< of the first run, and of the one with the second paint
  Snapshot& now_;               ///< of any other
  std::string finding_;
  Status status_;
  std::vector<std::string> warnings_;
  size_t allocations_ = 0, allocated_ = 0;  ///< of the last pass
};

}  // namespace tenon::guard
