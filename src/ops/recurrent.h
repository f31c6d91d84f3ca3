// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Recurrent layers over whole sequences.
#pragma once

#include "ops/activation.h"

namespace tenon::ops {

/// Inputs as ONNX's RNN, GRU and LSTM of layout 0 have them: X [T, B, I], W [D, G·H, I],
/// R [D, G·H, H], and optionally B [D, 2·G·H], sequence lengths [B] (i32), initial_h [D, B, H],
/// initial_c [D, B, H] and P [D, 3·H] (both of lstm); D directions, G gates. Outputs: Y [T, D, B,
/// H], Y_h [D, B, H], of lstm Y_c too. A length outside 0 … T fails the run.
struct Recurrent {
  RecurrentKind kind = RecurrentKind::Lstm;
  Direction direction = Direction::Forward;
  int64_t hidden = 1;
  bool linear_before_reset = false, input_forget = false;
  float clip = 0;  ///< what activations see lies in −clip … clip; 0: anywhere
  Activation f, g, h, backward_f, backward_g, backward_h;

  static constexpr auto fields() {
    return std::tuple{Field{"kind", &Recurrent::kind},
                      Field{"direction", &Recurrent::direction},
                      Field{"hidden", &Recurrent::hidden},
                      Field{"linear_before_reset", &Recurrent::linear_before_reset},
                      Field{"input_forget", &Recurrent::input_forget},
                      Field{"clip", &Recurrent::clip},
                      Field{"f", &Recurrent::f},
                      Field{"g", &Recurrent::g},
                      Field{"h", &Recurrent::h},
                      Field{"backward_f", &Recurrent::backward_f},
                      Field{"backward_g", &Recurrent::backward_g},
                      Field{"backward_h", &Recurrent::backward_h}};
  }
};
Status infer(const Recurrent& op, Inference& inference);

/// Positions of a Recurrent's inputs.
enum RecurrentInput : size_t {
  kSequence,
  kWeights,
  kRecurrence,
  kBias,
  kLengths,
  kInitialHidden,
  kInitialCell,
  kPeepholes
};

/// Gates of a kind: 1, 3 or 4.
constexpr int64_t gates(RecurrentKind kind) noexcept {
  return kind == RecurrentKind::Rnn ? 1 : kind == RecurrentKind::Gru ? 3 : 4;
}
constexpr int64_t directions(Direction direction) noexcept {
  return direction == Direction::Bidirectional ? 2 : 1;
}

}  // namespace tenon::ops
