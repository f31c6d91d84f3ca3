// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The plan of the toy engine.
#include "test/faults/toy_engine.h"

#include <cstring>
#include <stdexcept>

#include "expr/program.h"
#include "plan/writer.h"

namespace tenon::toy {

namespace {

using expr::Expr;
using plan::Place;

enum Id : uint32_t { kX, kK, kScale, kScaled, kRepeats, kRows, kHits, kCount, kPositive, kExtents };

std::vector<expr::Code> codes(const std::vector<Expr>& list) {
  std::vector<expr::Code> all;
  for (const Expr& e : list) all.push_back(expr::compile(e).value());
  return all;
}

template <class T>
Bytes bytes_of(std::initializer_list<T> values) {
  ByteWriter writer;
  for (const T value : values) writer.put(value);
  return std::move(writer).bytes();
}

plan::Tensor tensor(std::string name, DType dtype, const std::vector<Expr>& shape, Place place,
                    uint64_t offset, uint64_t bytes) {
  plan::Tensor one;
  one.name = std::move(name);
  one.dtype = dtype;
  one.shape = codes(shape);
  one.place = place;
  one.offset = offset;
  one.bytes = bytes;
  return one;
}

plan::Step step(std::string name, std::string kernel, std::vector<uint32_t> inputs,
                std::vector<uint32_t> outputs) {
  plan::Step one;
  one.name = std::move(name);
  one.sources = {one.name + "_node"};
  one.record.id = {"toy", std::move(kernel), 1};
  one.inputs = std::move(inputs);
  one.outputs = std::move(outputs);
  return one;
}

void add_steps(plan::Plan& plan) {
  plan::Step scale = step("scale", "scale", {kX, kScale, plan::kNoTensor}, {kScaled});
  scale.record.params = bytes_of<uint32_t>({3});
  scale.record.packed = {{bytes_of<uint8_t>({7}), bytes_of<float>({1, -1, 0})}};
  plan::Step positives = step("positives", "positives", {kRows}, {kHits, kCount});
  positives.record.params = bytes_of<uint32_t>({1});
  positives.record.plugin_version = "1";
  positives.record.plugin_library = "libtoy.so";
  positives.record.metadata = "toy";
  positives.plugin = "Positives/1/";
  positives.workspace_bytes = 512;
  positives.workspace_offset = 1024;
  plan.steps = {std::move(scale), step("repeat", "repeat", {kScaled, kRepeats}, {kRows}),
                std::move(positives), step("copy", "copy", {kHits}, {kPositive})};
}

}  // namespace

plan::Plan make_plan() {
  const Expr n = Expr::symbol(0), k = Expr::symbol(1), s = Expr::symbol(2);
  plan::Plan plan;
  plan.name = "toy";
  plan.target.name = "any";
  plan.symbols = {
      {.name = "N", .source = plan::SymbolSource::InputExtent, .tensor = kX, .upper = {}},
      {.name = "K", .source = plan::SymbolSource::InputContent, .tensor = kK, .upper = {}},
      {.name = "S",
       .source = plan::SymbolSource::SizeTensor,
       .tensor = kCount,
       .step = 2,
       .upper = expr::compile(n * k * 3)}};
  plan.tensors = {tensor("x", DType::F32, {n, 3}, Place::Input, 0, 96),
                  tensor("k", DType::I32, {1}, Place::Input, 0, 4),
                  tensor("scale", DType::F32, {3}, Place::Constant, 64, 12),
                  tensor("scaled", DType::F32, {n, 3}, Place::Arena, 0, 96),
                  tensor("repeats", DType::I64, {1}, Place::Arena, 128, 8),
                  tensor("rows", DType::F32, {n * k, 3}, Place::Output, 0, 384),
                  tensor("hits", DType::F32, {s}, Place::Arena, 256, 384),
                  tensor("count", DType::I32, {}, Place::Arena, 640, 4),
                  tensor("positive", DType::F32, {s}, Place::Output, 0, 384),
                  tensor("extents", DType::I64, {2}, Place::Output, 0, 16)};
  plan.tensors[kRepeats].content = codes({k});
  plan.tensors[kExtents].content = codes({n * k, 3});
  plan.inputs = {kX, kK};
  plan.outputs = {kRows, kPositive, kExtents};
  add_steps(plan);
  const auto profile = [](int64_t max_n, int64_t max_k) {
    return plan::Profile{
        {{kX, {1, 3}, {2, 3}, {max_n, 3}, {}, {}, {}}, {kK, {1}, {1}, {1}, {1}, {1}, {max_k}}}};
  };
  plan.profiles = {profile(4, 2), profile(8, 4)};
  plan.arena_bytes = 2048;
  plan.constants = Bytes(128);
  const Bytes scale = bytes_of<float>({2, 3, 4});
  std::memcpy(plan.constants.data() + 64, scale.data(), scale.size());
  plan.record = R"({"note": "made by a test"})";
  return plan;
}

plan::Plan make_safe_plan() {
  const Expr n = Expr::symbol(0);
  plan::Plan plan;
  plan.name = "safe toy";
  plan.capability = plan::Capability::Safety;
  plan.target.name = "any";
  plan.symbols = {
      {.name = "N", .source = plan::SymbolSource::InputExtent, .tensor = 0, .upper = {}}};
  plan.tensors = {tensor("x", DType::F32, {n, 3}, Place::Input, 0, 60),
                  tensor("scale", DType::F32, {3}, Place::Constant, 0, 12),
                  tensor("y", DType::F32, {n, 3}, Place::Output, 0, 60)};
  plan.inputs = {0};
  plan.outputs = {2};
  plan::Step scale = step("scale", "scale", {0, 1, plan::kNoTensor}, {2});
  scale.record.id.family = "simd";
  scale.record.params = bytes_of<uint32_t>({3});
  scale.record.packed = {{bytes_of<uint8_t>({7}), bytes_of<float>({1, -1, 0})}};
  plan.steps = {std::move(scale)};
  for (const int64_t rows : {2, 5}) {
    plan.profiles.push_back({{{0, {rows, 3}, {rows, 3}, {rows, 3}, {}, {}, {}}}});
  }
  plan.constants = bytes_of<float>({2, 3, 4});
  plan.network = bytes_of<uint8_t>({1, 2, 3});
  return plan;
}

namespace {

Bytes written(const plan::Plan& plan) {
  CollectingSink sink;
  Diagnostics diag(sink);
  Result<Bytes> file = plan::write(plan, diag);
  if (!file.ok()) throw std::runtime_error(sink.errors());
  return std::move(file).value();
}

}  // namespace

Bytes make_engine() { return written(make_plan()); }
Bytes make_safe_engine() { return written(make_safe_plan()); }

}  // namespace tenon::toy
