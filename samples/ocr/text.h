// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// From the networks' numbers to lines of text.
#pragma once

#include <string>
#include <vector>

#include "image.h"

namespace sample {

/// The lines of text on a map of probabilities, `width` times `height`, one a pixel: patches of
/// likely pixels, as upright boxes grown to hold the letters whole, from top to bottom.
std::vector<Box> findLines(std::vector<float> const& map, int width, int height);

/// One character a line, in UTF-8; the first is class 1, for class 0 says that there is none.
std::vector<std::string> readCharacters(std::string const& path);

/// The text of `steps` rows with a probability for each class: the likeliest of each row, repeated
/// ones once.
std::string decode(std::vector<float> const& rows, int steps, int classes,
                   std::vector<std::string> const& characters);

}  // namespace sample
