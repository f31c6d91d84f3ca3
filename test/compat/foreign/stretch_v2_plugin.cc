// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The stretching plugin as version 2 has it, known by its binary shape alone: each element of x,
// times a scale, stands twice in y.
#include <cstring>

#include "foreign_v2.h"

namespace {

using namespace foreign;

constexpr int32_t kFloat = 0, kLinear = 0, kFieldFloat = 1;
constexpr int32_t kProduct = 1;

class Stretch final : public OldPlugin {
 public:
  explicit Stretch(float scale) : scale_(scale) {}

  char const* type() const override { return "Stretch"; }
  char const* version() const override { return "1"; }
  int32_t outputs() const override { return 1; }
  int32_t initialize() override {
    ready_ = true;
    return 0;
  }
  void terminate() override { ready_ = false; }
  size_t serializedSize() const override { return sizeof scale_; }
  void serialize(void* to) const override { std::memcpy(to, &scale_, sizeof scale_); }
  void destroy() override { delete this; }
  OldPlugin* clone() const override { return new Stretch(*this); }
  void setNameSpace(char const* text) override { nameSpace_ = text; }
  char const* nameSpace() const override { return nameSpace_; }
  int32_t outputType(int32_t, int32_t const* types, int32_t) const override { return types[0]; }
  void attach(void* dnn, void* blas, Allocator* allocator) override {
    attached_ = dnn == nullptr && blas == nullptr && allocator != nullptr;
  }
  void detach() override { attached_ = false; }
  OpenExtents extents(int32_t, OpenExtents const* in, int32_t,
                      ExpressionBuilder& builder) override {
    OpenExtents out = in[0];
    Expression const*& last = out.at[out.rank - 1];
    last = builder.body->operation(kProduct, *last, *builder.body->constant(2));
    return out;
  }
  bool supports(int32_t position, Tensor const* all, int32_t, int32_t) override {
    return all[position].type == kFloat && all[position].format == kLinear;
  }
  void configure(OpenTensor const* in, int32_t, OpenTensor const*, int32_t) override {
    rows_ = in[0].now.extents.at[0];
  }
  size_t workspace(Tensor const*, int32_t, Tensor const*, int32_t) const override { return 4; }
  int32_t enqueue(Tensor const* in, Tensor const*, void const* const* inputs, void* const* outputs,
                  void* workspace, void*) override {
    Extents const& extents = in[0].extents;
    if (!ready_ || !attached_ || rows_ != extents.at[0]) return 7;
    std::memcpy(workspace, &scale_, sizeof scale_);
    auto const* x = static_cast<float const*>(inputs[0]);
    auto* y = static_cast<float*>(outputs[0]);
    for (int64_t i = 0; i < extents.at[0] * extents.at[1]; ++i) {
      y[2 * i] = y[2 * i + 1] = x[i] * *static_cast<float const*>(workspace);
    }
    return 0;
  }

 private:
  float scale_;
  bool ready_ = false, attached_ = false;
  int64_t rows_ = 0;
  char const* nameSpace_ = "";  ///< kept, not copied: many plugins do
};

class StretchCreator final : public OldCreator {
 public:
  char const* name() const override { return "Stretch"; }
  char const* version() const override { return "1"; }
  Fields const* understood() override {
    static Field const kField{"scale", nullptr, kFieldFloat, 1};
    static Fields const kFields{1, &kField};
    return &kFields;
  }
  OldPlugin* create(char const*, Fields const* fields) override {
    bool const right = fields->count == 1 && std::strcmp(fields->list[0].name, "scale") == 0;
    return right ? new Stretch(*static_cast<float const*>(fields->list[0].data)) : nullptr;
  }
  OldPlugin* deserialize(char const*, void const* bytes, size_t size) override {
    float scale = 0;
    if (size != sizeof scale) return nullptr;
    std::memcpy(&scale, bytes, size);
    return new Stretch(scale);
  }
  void setNameSpace(char const* text) override { nameSpace_ = text; }
  char const* nameSpace() const override { return nameSpace_; }

 private:
  char const* nameSpace_ = "";
};

}  // namespace

extern "C" __attribute__((visibility("default"))) OldCreator* const* getPluginCreators(
    int32_t& count) {
  static StretchCreator creator;
  static OldCreator* const kList[] = {&creator};
  count = 1;
  return kList;
}
