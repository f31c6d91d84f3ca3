// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Keeping the numbers of symbols.
#include "session/shapes.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "expr/program.h"
#include "expr/requirement.h"
#include "session/engine.h"
#include "session/schedule.h"

namespace tenon::session {

namespace {

constexpr int64_t kMaxBits = int64_t{1} << 62;

/// Element `i` of a tensor of type i32 or i64.
int64_t integer_at(const void* address, DType type, size_t i) noexcept {
  if (type == DType::I64) {
    int64_t value = 0;
    std::memcpy(&value, static_cast<const std::byte*>(address) + i * sizeof(value), sizeof(value));
    return value;
  }
  int32_t value = 0;
  std::memcpy(&value, static_cast<const std::byte*>(address) + i * sizeof(value), sizeof(value));
  return value;
}

}  // namespace

int64_t checked_bytes(const kernel::Layout& layout, const Dims& dims, DType dtype) noexcept {
  // Beside a zero extent, too, the others must have a product: kernels count parts of a shape.
  int64_t bits = bit_width(dtype);
  for (const int64_t extent : dims) {
    if (extent < 0 || __builtin_mul_overflow(bits, extent == 0 ? 1 : extent, &bits)) return -1;
  }
  if (bits > kMaxBits / layout.vector) return -1;
  return kernel::storage_bytes(layout, dims, dtype);
}

Shapes::Shapes(const Engine& engine)
    : engine_(&engine),
      dims_(engine.input_count()),
      given_(engine.input_count()),
      fresh_(engine.input_count()),
      values_(engine.plan().symbol_count()),
      known_(engine.plan().symbol_count()) {
  set_profile(0);
}

void Shapes::set_profile(size_t profile) noexcept {
  profile_ = profile;
  std::fill(known_.begin(), known_.end(), uint8_t{0});
  std::fill(fresh_.begin(), fresh_.end(), uint8_t{0});
  for (size_t io = 0; io < given_.size(); ++io) {
    dims_[io] = engine_->io()[io].dims;
    given_[io] = 1;
    for (const int64_t extent : dims_[io]) given_[io] &= extent >= 0 ? 1 : 0;
    if (given_[io] == 0) continue;
    for (const InputSymbol& one : engine_->schedule_->extents[io]) {
      learn(one.symbol, dims_[io][static_cast<int>(one.axis)]);
    }
  }
}

void Shapes::learn(uint32_t symbol, int64_t value) noexcept {
  values_[symbol] = value;
  known_[symbol] = 1;
}

Status Shapes::check_range(size_t io, const Dims& dims, Diagnostics& diag) const {
  const IoTensor& input = engine_->io()[io];
  if (dims.rank() != input.dims.rank()) {
    return diag.fail(Code::InvalidArgument, "input '{}' has {} axes, but {} extents are given ({})",
                     input.name, input.dims.rank(), dims.rank(), to_string(dims));
  }
  const plan::RangeView range = engine_->plan().range(profile_, io);
  for (int axis = 0; axis < dims.rank(); ++axis) {
    if (input.dims[axis] >= 0 && dims[axis] != input.dims[axis]) {
      return diag.fail(Code::InvalidArgument,
                       "input '{}': extent {} of axis {} is given, but the network fixes it at {}",
                       input.name, dims[axis], axis, input.dims[axis]);
    }
    if (dims[axis] < range.min[axis] || dims[axis] > range.max[axis]) {
      return diag.fail(Code::InvalidArgument,
                       "input '{}': extent {} of axis {} is outside profile {}, which allows {} to "
                       "{}: choose another profile, or build the engine with a wider one",
                       input.name, dims[axis], axis, profile_, range.min[axis], range.max[axis]);
    }
  }
  return {};
}

Status Shapes::set_input(size_t io, const Dims& dims, bool& changed, Diagnostics& diag) {
  if (given_[io] != 0 && dims_[io] == dims) return {};
  TENON_TRY(check_range(io, dims, diag));
  changed = true;
  dims_[io] = dims;
  given_[io] = 1;
  for (const InputSymbol& one : engine_->schedule_->extents[io]) {
    learn(one.symbol, dims[static_cast<int>(one.axis)]);
  }
  for (const uint32_t symbol : engine_->schedule_->size_symbols) known_[symbol] = 0;
  return {};
}

Status Shapes::read_content(size_t io, const void* address, bool& changed, Diagnostics& diag) {
  const IoTensor& input = engine_->io()[io];
  for (const InputSymbol& one : engine_->schedule_->elements[io]) {
    const int64_t value = integer_at(address, input.dtype, one.axis);
    if (known_[one.symbol] != 0 && values_[one.symbol] == value) continue;
    const plan::RangeView range = engine_->plan().range(profile_, io);
    if (one.axis < range.min_values.size() &&
        (value < range.min_values[one.axis] || value > range.max_values[one.axis])) {
      return diag.fail(Code::InvalidArgument,
                       "shape input '{}': value {} of element {} is outside profile {}, which "
                       "allows {} to {}: choose another profile, or build the engine with a wider "
                       "one",
                       input.name, value, one.axis, profile_, range.min_values[one.axis],
                       range.max_values[one.axis]);
    }
    changed = true;
    learn(one.symbol, value);
  }
  fresh_[io] = 1;
  return {};
}

bool Shapes::contents_fresh() const noexcept {
  for (size_t io = 0; io < fresh_.size(); ++io) {
    if (fresh_[io] == 0 && !engine_->schedule_->elements[io].empty()) return false;
  }
  return true;
}

Status Shapes::resolve(Diagnostics& diag) {
  const plan::View& plan = engine_->plan();
  for (const uint32_t symbol : engine_->schedule_->size_symbols) {
    const plan::SymbolView size = plan.symbol(symbol);
    known_[symbol] = 0;
    if (!evaluate(size.upper, values_[symbol]).ok() || values_[symbol] < 0) {
      return diag.fail(Code::InvalidArgument,
                       "the bound of the data-dependent size '{}' cannot be computed for these "
                       "shapes",
                       size.name);
    }
  }
  for (size_t io = 0; io < dims_.size(); ++io) {
    Dims derived;
    TENON_TRY(evaluate(engine_->io()[io].tensor, derived, diag));
    if (derived == dims_[io]) continue;
    return diag.fail(Code::InvalidArgument,
                     "input '{}' has shape {}, but from the other inputs follows {}: inputs that "
                     "share a named size must agree",
                     engine_->io()[io].name, to_string(dims_[io]), to_string(derived));
  }
  return {};
}

void Shapes::unsettle() noexcept {
  for (const uint32_t symbol : engine_->schedule_->size_symbols) {
    known_[symbol] = 0;
    (void)evaluate(engine_->plan().symbol(symbol).upper, values_[symbol]);
  }
}

Status Shapes::settle(uint32_t symbol, const void* address, std::string_view layer,
                      Diagnostics& diag) {
  const plan::View& plan = engine_->plan();
  const plan::SymbolView size = plan.symbol(symbol);
  const plan::TensorView tensor = plan.tensor(size.tensor);
  int64_t bound = 0;
  TENON_TRY(evaluate(size.upper, bound));
  const int64_t value = integer_at(address, tensor.dtype, 0);
  if (value < 0 || value > bound) {
    return diag.fail(Code::InvalidArgument,
                     "layer '{}' says through tensor '{}' that size '{}' is {}, but it declared 0 "
                     "to {} for these shapes",
                     layer, tensor.name, size.name, value, bound);
  }
  learn(symbol, value);
  for (const uint32_t other : engine_->schedule_->size_symbols) {
    if (known_[other] == 0) TENON_TRY(evaluate(plan.symbol(other).upper, values_[other]));
  }
  return {};
}

Status Shapes::evaluate(std::span<const int64_t> code, int64_t& out) const noexcept {
  return expr::evaluate(code, values_, out);
}

Status Shapes::evaluate(uint32_t id, Dims& out, Diagnostics& diag) const {
  const plan::TensorView tensor = engine_->plan().tensor(id);
  out = {};
  for (size_t axis = 0; axis < tensor.shape.size(); ++axis) {
    int64_t extent = 0;
    if (!evaluate(tensor.shape[axis], extent).ok()) return explain(tensor, axis, diag);
    if (extent < 0) {
      return diag.fail(Code::InvalidArgument, "tensor '{}': axis {} would have extent {}{}",
                       tensor.name, axis, extent, told_by(tensor.shape[axis]));
    }
    out.push_back(extent);
  }
  const int64_t bytes = checked_bytes(tensor.layout, out, tensor.dtype);
  const bool stored = tensor.place != plan::Place::None;
  if (bytes >= 0 && (!stored || static_cast<uint64_t>(bytes) <= tensor.bytes)) return {};
  return diag.fail(Code::InvalidArgument,
                   "tensor '{}' of shape {} needs more than the {} bytes that the engine was built "
                   "for: these input shapes lie outside its profiles",
                   tensor.name, to_string(out), tensor.bytes);
}

Status Shapes::explain(const plan::TensorView& tensor, size_t axis, Diagnostics& diag) const {
  const std::span<const int64_t> code = tensor.shape[axis];
  if (const auto unmet = expr::unmet(code, values_)) {
    return diag.fail(Code::InvalidArgument, "tensor '{}': {}{}", tensor.name,
                     expr::to_string(*unmet), told_by(code));
  }
  return diag.fail(Code::InvalidArgument,
                   "tensor '{}': the extent of axis {} cannot be computed: it overflows or divides "
                   "by zero{}",
                   tensor.name, axis, told_by(code));
}

std::string Shapes::told_by(std::span<const int64_t> code) const {
  std::vector<uint32_t> symbols;
  for_each_symbol(code, [&](uint32_t symbol) { symbols.push_back(symbol); });
  std::ranges::sort(symbols);
  symbols.erase(std::unique(symbols.begin(), symbols.end()), symbols.end());
  std::string text;
  for (const uint32_t symbol : symbols) {
    text += fmt::format("{}{} = {}", text.empty() ? ", where " : ", ",
                        engine_->plan().symbol(symbol).name, values_[symbol]);
  }
  return text;
}

Dims Shapes::known(const plan::TensorView& tensor) const noexcept {
  Dims dims;
  for (size_t axis = 0; axis < tensor.shape.size(); ++axis) {
    bool all = true;
    for_each_symbol(tensor.shape[axis], [&](uint32_t symbol) {
      const plan::SymbolView view = engine_->plan().symbol(symbol);
      const bool element = view.source == plan::SymbolSource::InputContent;
      all &= known_[symbol] != 0 && (!element || fresh_[engine_->schedule_->io_of[view.tensor]]);
    });
    int64_t extent = -1;
    dims.push_back(all && evaluate(tensor.shape[axis], extent).ok() ? extent : -1);
  }
  return dims;
}

}  // namespace tenon::session
