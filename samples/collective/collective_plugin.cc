// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The plugin's three faces, its fields, its creator and the door of the library.
#include "collective_plugin.h"

#include <cstring>
#include <iterator>
#include <new>

namespace collective {

using namespace nvinfer1;

namespace {

constexpr char const* kName = "Collective";
constexpr char const* kVersion = "1";
constexpr char const* kNamespace = "";
constexpr char const* kOperations[] = {"all_reduce", "all_gather", "reduce_scatter", "broadcast"};
constexpr char const* kReductions[] = {"sum", "prod", "max", "min", "avg"};

void report(std::string const& sentence) {
  if (ILogger* logger = getLogger()) {
    logger->log(ILogger::Severity::kERROR, (std::string("Collective: ") + sentence).c_str());
  }
}
bool refuse(std::string const& sentence) {
  report(sentence);
  return false;
}

template <class Enum, size_t N>
bool find(char const* const (&names)[N], std::string const& text, Enum& value) {
  std::string all;
  for (size_t i = 0; i < N; ++i) {
    if (text == names[i]) {
      value = static_cast<Enum>(i);
      return true;
    }
    all += (i == 0 ? "" : ", ") + std::string(names[i]);
  }
  return refuse("there is no \"" + text + "\", but " + all);
}

std::string text_of(PluginField const& field) {
  std::string text(static_cast<char const*>(field.data), static_cast<size_t>(field.length));
  while (!text.empty() && text.back() == '\0') text.pop_back();
  return text;
}

bool elementOf(DataType type, Element& element) {
  switch (type) {
    case DataType::kFLOAT:
      element = Element::Float32;
      return true;
    case DataType::kHALF:
      element = Element::Float16;
      return true;
    case DataType::kBF16:
      element = Element::Bfloat16;
      return true;
    case DataType::kINT32:
      element = Element::Int32;
      return true;
    case DataType::kINT64:
      element = Element::Int64;
      return true;
    case DataType::kINT8:
      element = Element::Int8;
      return true;
    case DataType::kUINT8:
      element = Element::Uint8;
      return true;
    default:
      return false;
  }
}

size_t volume(Dims const& dims) {
  size_t count = 1;
  for (int32_t i = 0; i < dims.nbDims; ++i) count *= static_cast<size_t>(dims.d[i]);
  return count;
}

class Creator final : public IPluginCreatorV3One {
 public:
  char const* getPluginName() const noexcept override { return kName; }
  char const* getPluginVersion() const noexcept override { return kVersion; }
  char const* getPluginNamespace() const noexcept override { return kNamespace; }
  PluginFieldCollection const* getFieldNames() noexcept override { return &understoodFields(); }
  IPluginV3* createPlugin(char const*, PluginFieldCollection const* fields,
                          TensorRTPhase phase) noexcept override {
    Parameters parameters;
    if (!read(fields, parameters)) return nullptr;
    return new (std::nothrow) CollectivePlugin(parameters, phase == TensorRTPhase::kBUILD);
  }
};

}  // namespace

std::string textOf(Operation operation) { return kOperations[static_cast<size_t>(operation)]; }
std::string textOf(Reduction reduction) { return kReductions[static_cast<size_t>(reduction)]; }

PluginFieldCollection const& understoodFields() {
  static PluginField const kFields[] = {{"operation", nullptr, PluginFieldType::kCHAR, 1},
                                        {"reduction", nullptr, PluginFieldType::kCHAR, 1},
                                        {"root", nullptr, PluginFieldType::kINT32, 1},
                                        {"ranks", nullptr, PluginFieldType::kINT32, 1}};
  static PluginFieldCollection const kAll{static_cast<int32_t>(std::size(kFields)), kFields};
  return kAll;
}

bool read(PluginFieldCollection const* fields, Parameters& into) {
  into = {};
  bool counted = false;
  for (int32_t i = 0; fields != nullptr && i < fields->nbFields; ++i) {
    PluginField const& field = fields->fields[i];
    std::string const name = field.name;
    bool const text = name == "operation" || name == "reduction";
    if (!text && name != "root" && name != "ranks") continue;
    if (field.data == nullptr || field.length < 1 ||
        field.type != (text ? PluginFieldType::kCHAR : PluginFieldType::kINT32)) {
      return refuse("field " + name + " is not " + (text ? "a text" : "one int32"));
    }
    if (name == "operation" && !find(kOperations, text_of(field), into.operation)) return false;
    if (name == "reduction" && !find(kReductions, text_of(field), into.reduction)) return false;
    if (!text) {
      std::memcpy(name == "root" ? &into.root : &into.ranks, field.data, sizeof(int32_t));
      counted = counted || name == "ranks";
    }
  }
  Place place;
  std::string fault;
  if (!counted) {
    if (!Place::find(place, fault)) return refuse(fault);
    into.ranks = place.ranks;
  }
  if (into.ranks < 1) return refuse("ranks is " + std::to_string(into.ranks));
  if (into.root >= 0 && into.root < into.ranks) return true;
  return refuse("root " + std::to_string(into.root) + " is none of the " +
                std::to_string(into.ranks) + " processes, counted from 0");
}

IDimensionExpr const* firstExtent(Parameters const& parameters, IDimensionExpr const& extent,
                                  IExprBuilder& builder) {
  IDimensionExpr const& ranks = *builder.constant(parameters.ranks);
  if (parameters.operation == Operation::AllGather) {
    return builder.operation(DimensionOperation::kPROD, extent, ranks);
  }
  if (parameters.operation == Operation::ReduceScatter) {
    return builder.operation(DimensionOperation::kFLOOR_DIV, extent, ranks);
  }
  return &extent;
}

CollectivePlugin::CollectivePlugin(Parameters const& parameters, bool building)
    : parameters_(parameters),
      building_(building),
      operationText_(textOf(parameters.operation)),
      reductionText_(textOf(parameters.reduction)) {}

CollectivePlugin::CollectivePlugin(CollectivePlugin const& other)
    : CollectivePlugin(other.parameters_, other.building_) {
  world_ = other.world_;
}

IPluginCapability* CollectivePlugin::getCapabilityInterface(PluginCapabilityType type) noexcept {
  if (type == PluginCapabilityType::kCORE) return static_cast<IPluginV3OneCore*>(this);
  if (type == PluginCapabilityType::kBUILD) return static_cast<IPluginV3OneBuild*>(this);
  return static_cast<IPluginV3OneRuntime*>(this);
}
IPluginV3* CollectivePlugin::clone() noexcept { return new (std::nothrow) CollectivePlugin(*this); }
char const* CollectivePlugin::getPluginName() const noexcept { return kName; }
char const* CollectivePlugin::getPluginVersion() const noexcept { return kVersion; }
char const* CollectivePlugin::getPluginNamespace() const noexcept { return kNamespace; }

int32_t CollectivePlugin::getOutputDataTypes(DataType* outputs, int32_t, DataType const* inputs,
                                             int32_t) const noexcept {
  outputs[0] = inputs[0];
  return 0;
}

int32_t CollectivePlugin::getOutputShapes(DimsExprs const* inputs, int32_t nbInputs,
                                          DimsExprs const*, int32_t, DimsExprs* outputs, int32_t,
                                          IExprBuilder& builder) noexcept {
  bool const splits = parameters_.operation == Operation::AllGather ||
                      parameters_.operation == Operation::ReduceScatter;
  if (nbInputs != 1 || (splits && inputs[0].nbDims < 1)) {
    report("it takes one tensor, of one axis or more");
    return -1;
  }
  outputs[0] = inputs[0];
  if (splits) outputs[0].d[0] = firstExtent(parameters_, *inputs[0].d[0], builder);
  return 0;
}

bool CollectivePlugin::supportsFormatCombination(int32_t pos, DynamicPluginTensorDesc const* inOut,
                                                 int32_t, int32_t) noexcept {
  Element element{};
  PluginTensorDesc const& asked = inOut[pos].desc;
  return asked.format == TensorFormat::kLINEAR && elementOf(asked.type, element) &&
         asked.type == inOut[0].desc.type;
}

int32_t CollectivePlugin::onShapeChange(PluginTensorDesc const* in, int32_t,
                                        PluginTensorDesc const* out, int32_t) noexcept {
  inputCount_ = volume(in[0].dims);
  outputCount_ = volume(out[0].dims);
  if (!elementOf(in[0].type, element_)) return -1;
  if (parameters_.operation != Operation::ReduceScatter || building_ ||
      in[0].dims.d[0] % parameters_.ranks == 0) {
    return 0;
  }
  report("the first extent, " + std::to_string(in[0].dims.d[0]) + ", does not part into " +
         std::to_string(parameters_.ranks));
  return -1;
}

int32_t CollectivePlugin::enqueue(PluginTensorDesc const*, PluginTensorDesc const*,
                                  void const* const* inputs, void* const* outputs, void*,
                                  cudaStream_t stream) noexcept {
  if (building_) return 0;
  if (world_ == nullptr) return -1;
  std::string fault;
  switch (parameters_.operation) {
    case Operation::AllReduce:
      fault = world_->all_reduce(inputs[0], outputs[0], inputCount_, element_,
                                 parameters_.reduction, stream);
      break;
    case Operation::AllGather:
      fault = world_->all_gather(inputs[0], outputs[0], inputCount_, element_, stream);
      break;
    case Operation::ReduceScatter:
      fault = world_->reduce_scatter(inputs[0], outputs[0], outputCount_, element_,
                                     parameters_.reduction, stream);
      break;
    case Operation::Broadcast:
      fault =
          world_->broadcast(inputs[0], outputs[0], inputCount_, element_, parameters_.root, stream);
      break;
  }
  if (fault.empty()) return 0;
  report(fault);
  return -1;
}

IPluginV3* CollectivePlugin::attachToContext(IPluginResourceContext*) noexcept {
  auto* made = new (std::nothrow) CollectivePlugin(*this);
  if (made == nullptr || building_) return made;
  std::string fault;
  made->world_ = World::connect(fault);
  if (made->world_ != nullptr && made->world_->place().ranks != parameters_.ranks) {
    fault = "the engine was built for " + std::to_string(parameters_.ranks) +
            " processes, and there are " + std::to_string(made->world_->place().ranks);
  }
  if (fault.empty()) return made;
  report(fault);
  delete made;
  return nullptr;
}

PluginFieldCollection const* CollectivePlugin::getFieldsToSerialize() noexcept {
  fields_ = {PluginField{"operation", operationText_.data(), PluginFieldType::kCHAR,
                         static_cast<int32_t>(operationText_.size())},
             PluginField{"reduction", reductionText_.data(), PluginFieldType::kCHAR,
                         static_cast<int32_t>(reductionText_.size())},
             PluginField{"root", &parameters_.root, PluginFieldType::kINT32, 1},
             PluginField{"ranks", &parameters_.ranks, PluginFieldType::kINT32, 1}};
  collection_ = {static_cast<int32_t>(fields_.size()), fields_.data()};
  return &collection_;
}

}  // namespace collective

// Whoever calls IPluginRegistry::loadLibrary gets the creator for that registry.
extern "C" TENSORRTAPI nvinfer1::IPluginCreatorInterface* const* getCreators(int32_t& nbCreators) {
  static collective::Creator creator;
  static nvinfer1::IPluginCreatorInterface* const kCreators[] = {&creator};
  nbCreators = 1;
  return kCreators;
}
