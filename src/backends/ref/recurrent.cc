// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Recurrent layers, one sequence and one step after another.
#include <algorithm>

#include "backends/ref/kernels.h"
#include "backends/ref/scalar.h"
#include "backends/ref/types.h"

namespace tenon::ref {

using ops::RecurrentKind;

namespace {

/// One direction over one sequence. Scratch: hidden state, cell state, gates of one step.
template <class T>
class Sequence {
 public:
  Sequence(const ops::Recurrent& op, const Call& call, int64_t direction, int64_t batch) noexcept
      : op_(op),
        call_(call),
        direction_(direction),
        batch_(batch),
        batches_(call.in_dims(ops::kSequence)[1]),
        features_(call.in_dims(ops::kSequence)[2]),
        hidden_(op.hidden),
        rows_(ops::gates(op.kind) * op.hidden),
        state_(static_cast<double*>(call.args.workspace)),
        cell_(state_ + hidden_),
        gates_(cell_ + hidden_),
        next_(gates_ + 4 * hidden_) {
    const bool backward = op.direction == ops::Direction::Bidirectional && direction == 1;
    f_ = backward ? &op.backward_f : &op.f;
    g_ = backward ? &op.backward_g : &op.g;
    h_ = backward ? &op.backward_h : &op.h;
    reversed_ = backward || op.direction == ops::Direction::Reverse;
  }

  void run(int64_t length) noexcept {
    const int64_t time = call_.in_dims(ops::kSequence)[0];
    const int64_t own = direction_ * batches_ + batch_;
    begin(ops::kInitialHidden, own, state_);
    begin(ops::kInitialCell, own, cell_);
    for (int64_t i = 0; i < time; ++i) {
      if (i >= length) {
        std::fill_n(output(i), hidden_, store<T>(0));
        continue;
      }
      const int64_t t = reversed_ ? length - 1 - i : i;
      x_ = call_.in<T>(ops::kSequence) + (t * batches_ + batch_) * features_;
      step();
      for (int64_t k = 0; k < hidden_; ++k) output(t)[k] = store<T>(state_[k]);
    }
    for (int64_t k = 0; k < hidden_; ++k) {
      call_.out<T>(1)[own * hidden_ + k] = store<T>(state_[k]);
      if (op_.kind == RecurrentKind::Lstm) {
        call_.out<T>(2)[own * hidden_ + k] = store<T>(cell_[k]);
      }
    }
  }

 private:
  void begin(size_t input, int64_t own, double* state) noexcept {
    const T* given = call_.optional<T>(input);
    for (int64_t k = 0; k < hidden_; ++k) {
      state[k] = given != nullptr ? load(given[own * hidden_ + k]) : 0;
    }
  }
  [[nodiscard]] T* output(int64_t t) const noexcept {
    const int64_t directions = ops::directions(op_.direction);
    return call_.out<T>() + ((t * directions + direction_) * batches_ + batch_) * hidden_;
  }
  [[nodiscard]] double activated(const ops::Activation& activation, double x) const noexcept {
    const auto clip = static_cast<double>(op_.clip);
    return apply(activation, clip > 0 ? std::clamp(x, -clip, clip) : x);
  }
  /// W's row times the step's input.
  [[nodiscard]] double of_input(int64_t row) const noexcept {
    const T* w = call_.in<T>(ops::kWeights) + (direction_ * rows_ + row) * features_;
    double sum = 0;
    for (int64_t i = 0; i < features_; ++i) sum += load(w[i]) * load(x_[i]);
    return sum;
  }
  /// R's row times `state`.
  [[nodiscard]] double of_state(int64_t row, const double* state) const noexcept {
    const T* r = call_.in<T>(ops::kRecurrence) + (direction_ * rows_ + row) * hidden_;
    double sum = 0;
    for (int64_t i = 0; i < hidden_; ++i) sum += load(r[i]) * state[i];
    return sum;
  }
  /// B of W (`second` 0) or of R (1).
  [[nodiscard]] double bias(int64_t row, int64_t second) const noexcept {
    const T* b = call_.optional<T>(ops::kBias);
    return b == nullptr ? 0 : load(b[(direction_ * 2 + second) * rows_ + row]);
  }
  [[nodiscard]] double full(int64_t row) const noexcept {
    return of_input(row) + of_state(row, state_) + bias(row, 0) + bias(row, 1);
  }
  [[nodiscard]] double peephole(int64_t which, int64_t k) const noexcept {
    const T* p = call_.optional<T>(ops::kPeepholes);
    return p == nullptr ? 0 : load(p[(direction_ * 3 + which) * hidden_ + k]);
  }

  void step() noexcept {
    if (op_.kind == RecurrentKind::Lstm) return step_lstm();
    if (op_.kind == RecurrentKind::Gru) return step_gru();
    for (int64_t k = 0; k < hidden_; ++k) next_[k] = activated(*f_, full(k));
    std::copy_n(next_, hidden_, state_);
  }
  /// Gates of W, R and B stand in the order z, r, h.
  void step_gru() noexcept {
    double *z = gates_, *r = gates_ + hidden_, *reset = gates_ + 2 * hidden_;
    for (int64_t k = 0; k < hidden_; ++k) {
      z[k] = activated(*f_, full(k));
      r[k] = activated(*f_, full(hidden_ + k));
      reset[k] = r[k] * state_[k];
    }
    for (int64_t k = 0; k < hidden_; ++k) {
      const int64_t row = 2 * hidden_ + k;
      const double recurrent = op_.linear_before_reset
                                   ? r[k] * (of_state(row, state_) + bias(row, 1))
                                   : of_state(row, reset) + bias(row, 1);
      const double made = activated(*g_, of_input(row) + recurrent + bias(row, 0));
      next_[k] = (1 - z[k]) * made + z[k] * state_[k];
    }
    std::copy_n(next_, hidden_, state_);
  }
  /// Gates stand in the order i, o, f, c; peepholes in i, o, f.
  void step_lstm() noexcept {
    for (int64_t k = 0; k < hidden_; ++k) {
      const double in = activated(*f_, full(k) + peephole(0, k) * cell_[k]);
      const double forget = op_.input_forget
                                ? 1 - in
                                : activated(*f_, full(2 * hidden_ + k) + peephole(2, k) * cell_[k]);
      const double made = activated(*g_, full(3 * hidden_ + k));
      gates_[k] = forget * cell_[k] + in * made;
    }
    for (int64_t k = 0; k < hidden_; ++k) {
      const double out = activated(*f_, full(hidden_ + k) + peephole(1, k) * gates_[k]);
      next_[k] = out * apply(*h_, gates_[k]);
    }
    std::copy_n(gates_, hidden_, cell_);
    std::copy_n(next_, hidden_, state_);
  }

  const ops::Recurrent& op_;
  const Call& call_;
  int64_t direction_, batch_, batches_, features_, hidden_, rows_;
  double *state_, *cell_, *gates_, *next_;
  const ops::Activation *f_, *g_, *h_;
  const T* x_ = nullptr;
  bool reversed_ = false;
};

}  // namespace

Status run(const ops::Recurrent& op, const Call& call) noexcept {
  const Dims& dims = call.in_dims(ops::kSequence);
  return with_float(call.out_type(), [&](auto type) {
    for (int64_t batch = 0; batch < dims[1]; ++batch) {
      const int64_t length = call.has(ops::kLengths) ? call.index(ops::kLengths, batch) : dims[0];
      if (length < 0 || length > dims[0]) {
        return Status{Code::InvalidArgument, "recurrent was given a length beyond its sequences"};
      }
      for (int64_t direction = 0; direction < ops::directions(op.direction); ++direction) {
        Sequence<typename decltype(type)::type>(op, call, direction, batch).run(length);
      }
    }
    return Status{};
  });
}

}  // namespace tenon::ref
