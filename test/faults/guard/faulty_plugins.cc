// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A plugin library of ten plugins with a fault each, and the same ten without: "FaultyX",
// "CorrectX". All compute y = 2 x (+ offset) over float32 in row-major order, where they do as they
// should.
#include <NvInfer.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

using namespace nvinfer1;

namespace {

constexpr float kScale = 2;

int64_t volume(Dims const& dims) {
  int64_t count = 1;
  for (int32_t i = 0; i < dims.nbDims; ++i) count *= dims.d[i];
  return count;
}

bool plain(PluginTensorDesc const& desc) {
  return desc.type == DataType::kFLOAT && desc.format == TensorFormat::kLINEAR;
}

/// What one enqueue works on: `count` elements of x and y, and what getWorkspaceSize asked for.
struct Work {
  float const* x;
  float* y;
  int64_t count;
  float* workspace;
};

/// The heart of a plugin: copied with it, and asked by either face below.
class Heart {
 public:
  Heart() = default;
  Heart(Heart const&) = default;
  Heart& operator=(Heart const&) = delete;
  virtual ~Heart() = default;
  virtual std::unique_ptr<Heart> copy() const = 0;
  virtual int32_t run(Work const& work) = 0;
  /// Elements that scratch is asked for.
  virtual int64_t scratch(int64_t) const { return 0; }
  virtual void shapes(int64_t) {}
  /// What is kept in an engine; whether the field is there is the plugin's affair.
  virtual void setOffset(float) {}
  virtual PluginFieldCollection const* fields() { return &none_; }

 protected:
  static int32_t scale(Work const& work) {
    for (int64_t i = 0; i < work.count; ++i) work.y[i] = kScale * work.x[i];
    return 0;
  }
  PluginFieldCollection none_{};
};

/// Writes one element more than there are.
template <bool kFaulty>
class PastTheEnd final : public Heart {
 public:
  std::unique_ptr<Heart> copy() const override { return std::make_unique<PastTheEnd>(*this); }
  int32_t run(Work const& work) override {
    for (int64_t i = 0; i < work.count + (kFaulty ? 1 : 0); ++i) {
      work.y[i] = i < work.count ? kScale * work.x[i] : 0;
    }
    return 0;
  }
};

/// Looks at its right neighbour, for the last element as well.
template <bool kFaulty>
class Neighbour final : public Heart {
 public:
  std::unique_ptr<Heart> copy() const override { return std::make_unique<Neighbour>(*this); }
  int32_t run(Work const& work) override {
    for (int64_t i = 0; i < work.count; ++i) {
      bool const has = kFaulty || i + 1 < work.count;
      work.y[i] = std::max(kScale * work.x[i], has ? work.x[i + 1] : work.x[i]);
    }
    return 0;
  }
};

/// Scales in place, then copies.
template <bool kFaulty>
class InPlace final : public Heart {
 public:
  std::unique_ptr<Heart> copy() const override { return std::make_unique<InPlace>(*this); }
  int32_t run(Work const& work) override {
    if (!kFaulty) return scale(work);
    auto* x = const_cast<float*>(work.x);
    for (int64_t i = 0; i < work.count; ++i) x[i] *= kScale;
    std::memcpy(work.y, x, sizeof(float) * static_cast<size_t>(work.count));
    return 0;
  }
};

/// Works on vectors of four elements and forgets the rest.
template <bool kFaulty>
class Vectors final : public Heart {
 public:
  std::unique_ptr<Heart> copy() const override { return std::make_unique<Vectors>(*this); }
  int32_t run(Work const& work) override {
    return scale({work.x, work.y, kFaulty ? work.count / 4 * 4 : work.count, nullptr});
  }
};

/// Asks for scratch of one element too few.
template <bool kFaulty>
class Scratch final : public Heart {
 public:
  std::unique_ptr<Heart> copy() const override { return std::make_unique<Scratch>(*this); }
  int64_t scratch(int64_t count) const override { return count - (kFaulty ? 1 : 0); }
  int32_t run(Work const& work) override {
    std::memcpy(work.workspace, work.x, sizeof(float) * static_cast<size_t>(work.count));
    return scale({work.workspace, work.y, work.count, nullptr});
  }
};

/// y = 2 x + offset; the faulty one keeps its offset to itself.
template <bool kFaulty>
class Offset final : public Heart {
 public:
  Offset() = default;
  Offset(Offset const& other) : Heart(other), offset_(other.offset_) {}
  std::unique_ptr<Heart> copy() const override { return std::make_unique<Offset>(*this); }
  void setOffset(float offset) override { offset_ = offset; }
  PluginFieldCollection const* fields() override {
    field_ = {"offset", &offset_, PluginFieldType::kFLOAT32, 1};
    collection_ = {kFaulty ? 0 : 1, &field_};
    return &collection_;
  }
  int32_t run(Work const& work) override {
    for (int64_t i = 0; i < work.count; ++i) work.y[i] = kScale * work.x[i] + offset_;
    return 0;
  }

 private:
  float offset_ = 0;
  PluginField field_{};
  PluginFieldCollection collection_{};
};

/// Divides by the largest element of its first input ever. The faulty one's clones share it.
template <bool kFaulty>
class Peak final : public Heart {
 public:
  Peak() = default;
  Peak(Peak const& other)
      : Heart(other), peak_(kFaulty ? other.peak_ : std::make_shared<float>(0.F)) {}
  std::unique_ptr<Heart> copy() const override { return std::make_unique<Peak>(*this); }
  int32_t run(Work const& work) override {
    if (!ready_) *peak_ = *std::max_element(work.x, work.x + work.count);
    ready_ = true;
    for (int64_t i = 0; i < work.count; ++i) work.y[i] = work.x[i] / *peak_;
    return 0;
  }

 private:
  std::shared_ptr<float> peak_ = std::make_shared<float>(0.F);
  bool ready_ = false;
};

/// Adds up what it saw in the runs before.
template <bool kFaulty>
class Sum final : public Heart {
 public:
  std::unique_ptr<Heart> copy() const override { return std::make_unique<Sum>(*this); }
  int32_t run(Work const& work) override {
    if (!kFaulty) sum_ = 0;
    for (int64_t i = 0; i < work.count; ++i) sum_ += work.y[i] = kScale * work.x[i] + sum_;
    sum_ += 1;
    return 0;
  }

 private:
  float sum_ = 0;
};

/// Copies its input first; the correct one into memory that it took when it was told the shapes.
template <bool kFaulty>
class Copy final : public Heart {
 public:
  std::unique_ptr<Heart> copy() const override { return std::make_unique<Copy>(*this); }
  void shapes(int64_t count) override { kept_.resize(static_cast<size_t>(count)); }
  int32_t run(Work const& work) override {
    if (kFaulty) {
      std::vector<float> const copied(work.x, work.x + work.count);
      return scale({copied.data(), work.y, work.count, nullptr});
    }
    std::copy_n(work.x, work.count, kept_.begin());
    return scale({kept_.data(), work.y, work.count, nullptr});
  }

 private:
  std::vector<float> kept_;
};

/// Does not like an even number of elements.
template <bool kFaulty>
class Odd final : public Heart {
 public:
  std::unique_ptr<Heart> copy() const override { return std::make_unique<Odd>(*this); }
  int32_t run(Work const& work) override {
    if (kFaulty) throw std::runtime_error("this number of elements is odd");
    return scale(work);
  }
};

/// A version 3 plugin with a heart.
class PluginV3 final : public IPluginV3,
                       public IPluginV3OneCore,
                       public IPluginV3OneBuild,
                       public IPluginV3OneRuntime {
 public:
  PluginV3(char const* name, std::unique_ptr<Heart> heart)
      : name_(name), heart_(std::move(heart)) {}
  IPluginCapability* getCapabilityInterface(PluginCapabilityType type) noexcept override {
    if (type == PluginCapabilityType::kCORE) return static_cast<IPluginV3OneCore*>(this);
    if (type == PluginCapabilityType::kRUNTIME) return static_cast<IPluginV3OneRuntime*>(this);
    return static_cast<IPluginV3OneBuild*>(this);
  }
  IPluginV3* clone() noexcept override { return new PluginV3(name_, heart_->copy()); }
  IPluginV3* attachToContext(IPluginResourceContext*) noexcept override { return clone(); }
  char const* getPluginName() const noexcept override { return name_; }
  char const* getPluginVersion() const noexcept override { return "1"; }
  char const* getPluginNamespace() const noexcept override { return ""; }
  int32_t getNbOutputs() const noexcept override { return 1; }
  int32_t configurePlugin(DynamicPluginTensorDesc const*, int32_t, DynamicPluginTensorDesc const*,
                          int32_t) noexcept override {
    return 0;
  }
  int32_t getOutputDataTypes(DataType* out, int32_t, DataType const*,
                             int32_t) const noexcept override {
    out[0] = DataType::kFLOAT;
    return 0;
  }
  int32_t getOutputShapes(DimsExprs const* in, int32_t, DimsExprs const*, int32_t, DimsExprs* out,
                          int32_t, IExprBuilder&) noexcept override {
    out[0] = in[0];
    return 0;
  }
  bool supportsFormatCombination(int32_t pos, DynamicPluginTensorDesc const* all, int32_t,
                                 int32_t) noexcept override {
    return plain(all[pos].desc);
  }
  size_t getWorkspaceSize(DynamicPluginTensorDesc const* in, int32_t,
                          DynamicPluginTensorDesc const*, int32_t) const noexcept override {
    return sizeof(float) * static_cast<size_t>(heart_->scratch(volume(in[0].max)));
  }
  int32_t onShapeChange(PluginTensorDesc const* in, int32_t, PluginTensorDesc const*,
                        int32_t) noexcept override {
    heart_->shapes(volume(in[0].dims));
    return 0;
  }
  int32_t enqueue(PluginTensorDesc const* in, PluginTensorDesc const*, void const* const* inputs,
                  void* const* outputs, void* workspace, cudaStream_t) noexcept override {
    return heart_->run({static_cast<float const*>(inputs[0]), static_cast<float*>(outputs[0]),
                        volume(in[0].dims), static_cast<float*>(workspace)});
  }
  PluginFieldCollection const* getFieldsToSerialize() noexcept override { return heart_->fields(); }

 private:
  char const* name_;
  std::unique_ptr<Heart> heart_;
};

/// A version 2 plugin with a heart.
class PluginV2 final : public IPluginV2DynamicExt {
 public:
  PluginV2(char const* name, std::unique_ptr<Heart> heart)
      : name_(name), heart_(std::move(heart)) {}
  char const* getPluginType() const noexcept override { return name_; }
  char const* getPluginVersion() const noexcept override { return "1"; }
  int32_t getNbOutputs() const noexcept override { return 1; }
  int32_t initialize() noexcept override { return 0; }
  void terminate() noexcept override {}
  size_t getSerializationSize() const noexcept override { return 0; }
  void serialize(void*) const noexcept override {}
  void destroy() noexcept override { delete this; }
  IPluginV2DynamicExt* clone() const noexcept override {
    return new PluginV2(name_, heart_->copy());
  }
  void setPluginNamespace(char const*) noexcept override {}
  char const* getPluginNamespace() const noexcept override { return ""; }
  DataType getOutputDataType(int32_t, DataType const*, int32_t) const noexcept override {
    return DataType::kFLOAT;
  }
  DimsExprs getOutputDimensions(int32_t, DimsExprs const* in, int32_t,
                                IExprBuilder&) noexcept override {
    return in[0];
  }
  bool supportsFormatCombination(int32_t pos, PluginTensorDesc const* all, int32_t,
                                 int32_t) noexcept override {
    return plain(all[pos]);
  }
  void configurePlugin(DynamicPluginTensorDesc const* in, int32_t, DynamicPluginTensorDesc const*,
                       int32_t) noexcept override {
    heart_->shapes(volume(in[0].max));
  }
  size_t getWorkspaceSize(PluginTensorDesc const* in, int32_t, PluginTensorDesc const*,
                          int32_t) const noexcept override {
    return sizeof(float) * static_cast<size_t>(heart_->scratch(volume(in[0].dims)));
  }
  int32_t enqueue(PluginTensorDesc const* in, PluginTensorDesc const*, void const* const* inputs,
                  void* const* outputs, void* workspace, cudaStream_t) noexcept override {
    return heart_->run({static_cast<float const*>(inputs[0]), static_cast<float*>(outputs[0]),
                        volume(in[0].dims), static_cast<float*>(workspace)});
  }

 private:
  char const* name_;
  std::unique_ptr<Heart> heart_;
};

/// A heart as its fields want it.
template <class Kind>
std::unique_ptr<Heart> makeHeart(PluginFieldCollection const* fc) {
  auto heart = std::make_unique<Kind>();
  for (int32_t i = 0; fc != nullptr && i < fc->nbFields; ++i) {
    PluginField const& field = fc->fields[i];
    if (std::strcmp(field.name, "offset") == 0 && field.length == 1) {
      heart->setOffset(*static_cast<float const*>(field.data));
    }
  }
  return heart;
}

using MakeHeart = std::unique_ptr<Heart> (*)(PluginFieldCollection const*);

/// What creators of both kinds have.
template <class Base>
class CreatorOf : public Base {
 public:
  CreatorOf(char const* name, MakeHeart make) : name_(name), make_(make) {}
  char const* getPluginName() const noexcept override { return name_; }
  char const* getPluginVersion() const noexcept override { return "1"; }
  char const* getPluginNamespace() const noexcept override { return ""; }
  PluginFieldCollection const* getFieldNames() noexcept override { return &fields_; }

 protected:
  char const* name_;
  MakeHeart make_;
  PluginField offset_{"offset", nullptr, PluginFieldType::kFLOAT32, 1};
  PluginFieldCollection fields_{1, &offset_};
};

class CreatorV3 final : public CreatorOf<IPluginCreatorV3One> {
 public:
  using CreatorOf::CreatorOf;
  IPluginV3* createPlugin(char const*, PluginFieldCollection const* fc,
                          TensorRTPhase) noexcept override {
    return new PluginV3(name_, make_(fc));
  }
};

class CreatorV2 final : public CreatorOf<IPluginCreator> {
 public:
  using CreatorOf::CreatorOf;
  IPluginV2* createPlugin(char const*, PluginFieldCollection const* fc) noexcept override {
    return new PluginV2(name_, make_(fc));
  }
  IPluginV2* deserializePlugin(char const*, void const*, size_t) noexcept override {
    return new PluginV2(name_, make_(nullptr));
  }
  void setPluginNamespace(char const*) noexcept override {}
};

template <template <bool> class Kind, class Creator, class List>
void add(List& all, char const* faulty, char const* correct) {
  all.push_back(std::make_unique<Creator>(faulty, makeHeart<Kind<true>>));
  all.push_back(std::make_unique<Creator>(correct, makeHeart<Kind<false>>));
}

std::vector<std::unique_ptr<IPluginCreatorInterface>> makeAll() {
  std::vector<std::unique_ptr<IPluginCreatorInterface>> all;
  add<PastTheEnd, CreatorV3>(all, "FaultyPastTheEnd", "CorrectPastTheEnd");
  add<Neighbour, CreatorV3>(all, "FaultyNeighbour", "CorrectNeighbour");
  add<InPlace, CreatorV2>(all, "FaultyInPlace", "CorrectInPlace");
  add<Vectors, CreatorV2>(all, "FaultyVectors", "CorrectVectors");
  add<Scratch, CreatorV3>(all, "FaultyScratch", "CorrectScratch");
  add<Offset, CreatorV3>(all, "FaultyOffset", "CorrectOffset");
  add<Peak, CreatorV3>(all, "FaultyPeak", "CorrectPeak");
  add<Sum, CreatorV3>(all, "FaultySum", "CorrectSum");
  add<Copy, CreatorV2>(all, "FaultyCopy", "CorrectCopy");
  add<Odd, CreatorV3>(all, "FaultyOdd", "CorrectOdd");
  return all;
}

}  // namespace

extern "C" TENSORRTAPI IPluginCreatorInterface* const* getCreators(int32_t& count) {
  static auto const owned = makeAll();
  static std::vector<IPluginCreatorInterface*> const list = [] {
    std::vector<IPluginCreatorInterface*> pointers;
    for (auto const& one : owned) pointers.push_back(one.get());
    return pointers;
  }();
  count = static_cast<int32_t>(list.size());
  return list.data();
}
