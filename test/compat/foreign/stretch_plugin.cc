// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A plugin library that knows the interface by its binary shape alone: each element of x, times a
// scale, stands twice in y.
#include <cstring>
#include <vector>

#include "foreign_interface.h"

namespace {

using namespace foreign;

constexpr int32_t kFloat = 0, kLinear = 0, kFieldFloat = 1;
constexpr int32_t kProduct = 1;
constexpr int32_t kInfo = 3;

LoggerFinder* loggers = nullptr;

class Stretch final : public Plugin, public Core, public Build, public Runtime {
 public:
  explicit Stretch(float scale) : scale_(scale) {}
  ~Stretch() override {
    if (memory_ != nullptr) allocator_->deallocate(memory_);
  }

  Face* face(int32_t which) override {
    if (which == 0) return static_cast<Core*>(this);
    if (which == 1) return static_cast<Build*>(this);
    return static_cast<Runtime*>(this);
  }
  Plugin* clone() override { return new Stretch(scale_); }

  char const* name() const override { return "Stretch"; }
  char const* version() const override { return "2"; }
  char const* nameSpace() const override { return "foreign"; }

  int32_t configure(OpenTensor const* in, int32_t, OpenTensor const* out, int32_t) override {
    int32_t const last = in[0].now.extents.rank - 1;
    return out[0].greatest.at[last] == 2 * in[0].greatest.at[last] ? 0 : 1;
  }
  int32_t types(int32_t* out, int32_t, int32_t const* in, int32_t) const override {
    out[0] = in[0];
    return 0;
  }
  int32_t shapes(OpenExtents const* in, int32_t, OpenExtents const* values, int32_t,
                 OpenExtents* out, int32_t, ExpressionBuilder& builder) override {
    if (values != nullptr) return 1;
    out[0] = in[0];
    Expression const*& last = out[0].at[in[0].rank - 1];
    if (last->body->isConstant() && last->body->constant() < 0) return 2;
    last = builder.body->operation(kProduct, *last, *builder.body->constant(2));
    return 0;
  }
  bool supports(int32_t position, OpenTensor const* all, int32_t, int32_t) override {
    return all[position].now.type == kFloat && all[position].now.format == kLinear;
  }
  int32_t outputs() const override { return 1; }
  size_t workspace(OpenTensor const*, int32_t, OpenTensor const*, int32_t) const override {
    return sizeof(float);
  }
  int32_t tactics(int32_t* list, int32_t) override {
    list[0] = 5;
    list[1] = 9;
    return 0;
  }
  int32_t tacticCount() override { return 2; }
  char const* metadata() override { return "compiled elsewhere"; }

  int32_t setTactic(int32_t tactic) override {
    tactic_ = tactic;
    return 0;
  }
  int32_t shapesChanged(Tensor const* in, int32_t, Tensor const*, int32_t) override {
    count_ = 1;
    for (int32_t i = 0; i < in[0].extents.rank; ++i) count_ *= in[0].extents.at[i];
    return 0;
  }
  int32_t enqueue(Tensor const*, Tensor const*, void const* const* inputs, void* const* outputs,
                  void* workspace, void*) override {
    if (tactic_ != 5 && tactic_ != 9) return 3;
    if (memory_ == nullptr) return 4;
    std::memcpy(workspace, &scale_, sizeof scale_);
    auto const* x = static_cast<float const*>(inputs[0]);
    auto* y = static_cast<float*>(outputs[0]);
    for (int64_t i = 0; i < count_; ++i) {
      y[2 * i] = y[2 * i + 1] = x[i] * *static_cast<float const*>(workspace);
    }
    return 0;
  }
  Plugin* attach(Surroundings* surroundings) override {
    auto* made = new Stretch(scale_);
    made->tactic_ = tactic_;
    made->allocator_ = surroundings->allocator();
    made->memory_ = made->allocator_->allocate(256, 64, 0);
    return made;
  }
  Fields const* fieldsToSerialize() override {
    field_ = {"scale", &scale_, kFieldFloat, 1};
    fields_ = {1, &field_};
    return &fields_;
  }

 private:
  float scale_;
  int32_t tactic_ = 0;
  int64_t count_ = 0;
  Allocator* allocator_ = nullptr;
  void* memory_ = nullptr;
  Field field_{};
  Fields fields_{};
};

class StretchCreator final : public Creator {
 public:
  Plugin* create(char const* name, Fields const* fields, int32_t) override {
    if (loggers != nullptr) loggers->find()->log(kInfo, name);
    for (int32_t i = 0; i < fields->count; ++i) {
      Field const& field = fields->list[i];
      if (std::strcmp(field.name, "scale") == 0 && field.type == kFieldFloat) {
        return new Stretch(*static_cast<float const*>(field.data));
      }
    }
    return nullptr;
  }
  Fields const* understood() override {
    static Field const kField{"scale", nullptr, kFieldFloat, 1};
    static Fields const kFields{1, &kField};
    return &kFields;
  }
  char const* name() const override { return "Stretch"; }
  char const* version() const override { return "2"; }
  char const* nameSpace() const override { return "foreign"; }
};

}  // namespace

extern "C" __attribute__((visibility("default"))) Creator* const* getCreators(int32_t& count) {
  static StretchCreator creator;
  static Creator* const kList[] = {&creator};
  count = 1;
  return kList;
}

extern "C" __attribute__((visibility("default"))) void setLoggerFinder(LoggerFinder* finder) {
  loggers = finder;
}
