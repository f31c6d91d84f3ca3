// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Examples with labels, as folders hold them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tenon::command {

struct Examples {
  std::string what;             ///< for people: files and number
  std::vector<float> numbers;   ///< one example after another
  std::vector<int64_t> labels;  ///< empty: nobody knows
  size_t count = 0;

  [[nodiscard]] size_t size() const noexcept { return count == 0 ? 0 : numbers.size() / count; }
};

/// The first of these that `folder` holds: a pair of idx files (…-images…idx3…, …-labels…idx1…, the
/// t10k ones before others), bytes over 255; one .npz of np.savez, array "labels" and one more of
/// f32 or u8, taken as they are, whose first axis counts examples; pictures in PGM whose names
/// begin with their label, black 1 and white 0. Throws std::runtime_error, naming what is wrong.
Examples read_examples(const std::string& folder);

}  // namespace tenon::command
