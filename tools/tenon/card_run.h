// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// An engine and its float32 model on the same examples: what a card tells.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "NvInfer.h"
#include "tools/tenon/card.h"

namespace tenon::command {

/// Energies of a signal and of what differs from it.
struct Noise {
  double signal = 0, noise = 0;

  void add(double wanted, double found) noexcept {
    signal += wanted * wanted;
    noise += (wanted - found) * (wanted - found);
  }
  /// 10 log10(signal / noise); infinite when nothing differs; nothing when there is no signal.
  [[nodiscard]] std::optional<double> decibels() const;
};

/// A tensor of small integers: real = (q - zero) * scale.
struct CardTensor {
  std::string name, stands_for, type, source;
  float scale = 0;
  int64_t zero = 0;
  uint64_t elements = 0;   ///< of the model's tensor, over all examples; 0: it was not seen
  uint64_t clipped = 0;    ///< of these, beyond the grid
  double greatest = 0;     ///< of their magnitudes
  Noise grid;              ///< the model's numbers, rounded to the grid
  uint64_t shown = 0;      ///< elements that the engine itself showed; 0: it shows none
  uint64_t at_limits = 0;  ///< of these, at an end of the grid
  Noise measured;          ///< the engine's numbers

  /// Of the model's numbers beyond the grid, or else of the engine's at its ends.
  [[nodiscard]] std::optional<double> saturated() const;
};

struct Card {
  std::string engine, data, output;
  size_t examples = 0;
  std::optional<double> accuracy, reference_accuracy;  ///< shares of examples named rightly
  Noise scores;                                        ///< the network's first output
  bool compared = false;                               ///< there was a model
  std::vector<CardTensor> tensors;
  std::vector<std::string> notes;  ///< what the card cannot say, and how it could
};

/// Throws std::runtime_error.
Card make_card(const CardArguments& arguments, nvinfer1::ILogger& logger);

}  // namespace tenon::command
