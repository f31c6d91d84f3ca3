// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Reads what the builder timed from its log, puts another kernel than the fastest into the timing
// cache for one of two equal layers, and finds it in the next engine, there alone.
// Usage: edited_times FOLDER, of which nothing is read.
#include <algorithm>
#include <cstring>
#include <map>

#include "program.h"

namespace {

using namespace nvinfer1;

struct Way {
  std::string kernel, hash;
};

/// What the log says of one layer.
struct Timed {
  std::string key;
  std::vector<Way> ways;
  std::string selected;
};

/// The piece of `text` behind `before` and up to one of `ends`; empty when it is not there.
std::string piece(const std::string& text, const std::string& before, const char* ends) {
  const size_t begin = text.find(before);
  if (begin == std::string::npos) return "";
  const size_t from = begin + before.size();
  return text.substr(from, text.find_first_of(ends, from) - from);
}

/// Collects the builder's lines about timing.
class TimesLog : public Log {
 public:
  void log(Severity severity, char const* message) noexcept override {
    Log::log(severity, message);
    const std::string line = message;
    const std::string layer = piece(line, "Autotuning op ", "(");
    if (!layer.empty()) {
      current_ = &layers[layer];
      *current_ = Timed{piece(line, "(key: ", ")"), {}, ""};
    } else if (line.find("(tactic hash, cost(in ms)):") != std::string::npos) {
      if (current_ != nullptr) current_->selected = piece(line, "cost(in ms)):", ",");
      current_ = nullptr;
    } else if (current_ != nullptr && line.find("tactic_id") == std::string::npos) {
      take(line);
    }
  }

  std::map<std::string, Timed> layers;

 private:
  /// "number, milliseconds, ratio, prediction, kernel, hash, …"
  void take(const std::string& line) {
    std::vector<std::string> cells;
    for (size_t at = 0; at != std::string::npos && cells.size() < 6;) {
      const size_t comma = line.find(", ", at);
      cells.push_back(line.substr(at, comma - at));
      at = comma == std::string::npos ? comma : comma + 2;
    }
    if (cells.size() == 6) current_->ways.push_back({cells[4], cells[5]});
  }

  Timed* current_ = nullptr;
};

/// Two equal products with a normalisation between them.
std::unique_ptr<INetworkDefinition> makeNetwork(IBuilder& builder) {
  const auto strongly = static_cast<unsigned>(NetworkDefinitionCreationFlag::kSTRONGLY_TYPED);
  std::unique_ptr<INetworkDefinition> network(builder.createNetworkV2(1U << strongly));
  const Dims square{2, {96, 96}};
  ITensor* x = network->addInput("x", DataType::kFLOAT, square);
  ITensor* a = network->addInput("a", DataType::kFLOAT, square);
  ITensor* b = network->addInput("b", DataType::kFLOAT, square);
  constexpr auto kAsItIs = MatrixOperation::kNONE;
  ILayer* first = network->addMatrixMultiply(*x, kAsItIs, *a, kAsItIs);
  first->setName("first");
  ILayer* between = network->addSoftMax(*first->getOutput(0));
  ILayer* last = network->addMatrixMultiply(*between->getOutput(0), kAsItIs, *b, kAsItIs);
  last->setName("last");
  network->markOutput(*last->getOutput(0));
  return network;
}

/// The kernel that the engine's own words name for a layer.
std::string kernelOf(const ICudaEngine& engine, const std::string& layer) {
  const std::unique_ptr<IEngineInspector> inspector(engine.createEngineInspector());
  for (int i = 0; i < engine.getNbLayers(); ++i) {
    const std::string line = inspector->getLayerInformation(i, LayerInformationFormat::kONELINE);
    if (piece(line, "Name: ", ",").rfind(layer, 0) == 0) return piece(line, "TacticName: ", ",");
  }
  return "";
}

TimingCacheKey keyFrom(const std::string& text) {
  TimingCacheKey key{};
  EXPECT(text.size() == 2 + 2 * sizeof key.data);
  for (size_t i = 0; i < sizeof key.data; ++i) {
    key.data[i] = static_cast<uint8_t>(std::stoul(text.substr(2 + 2 * i, 2), nullptr, 16));
  }
  return key;
}

}  // namespace

int main() {
  TimesLog log;
  const std::unique_ptr<IBuilder> builder(createInferBuilder(log));
  const std::unique_ptr<IRuntime> runtime(createInferRuntime(log));
  const auto network = makeNetwork(*builder);
  const std::unique_ptr<IBuilderConfig> config(builder->createBuilderConfig());
  config->setProfilingVerbosity(ProfilingVerbosity::kDETAILED);
  config->setFlag(BuilderFlag::kEDITABLE_TIMING_CACHE);
  const std::unique_ptr<ITimingCache> cache(config->createTimingCache(nullptr, 0));
  EXPECT(config->setTimingCache(*cache, true));

  const auto engine = makeEngine(*builder, *runtime, *network, *config);
  EXPECT(engine != nullptr);
  const Timed first = log.layers.at("first");
  const Timed last = log.layers.at("last");
  EXPECT(first.key != last.key);
  const auto chosen = std::find_if(first.ways.begin(), first.ways.end(),
                                   [&](const Way& way) { return way.hash == first.selected; });
  EXPECT(chosen != first.ways.end());
  EXPECT(kernelOf(*engine, "first") == chosen->kernel);
  const auto other = std::find_if(first.ways.begin(), first.ways.end(),
                                  [&](const Way& way) { return way.kernel != chosen->kernel; });
  EXPECT(other != first.ways.end());

  const TimingCacheKey key = keyFrom(first.key);
  EXPECT(cache->update(key, {std::stoull(other->hash, nullptr, 16), 1.0F}));
  EXPECT(cache->query(key).tacticHash == std::stoull(other->hash, nullptr, 16));
  const auto edited = makeEngine(*builder, *runtime, *network, *config);
  EXPECT(edited != nullptr);
  EXPECT(kernelOf(*edited, "first") == other->kernel);
  EXPECT(log.layers.at("first").selected == other->hash);
  EXPECT(log.layers.at("last").selected == last.selected);
  EXPECT(kernelOf(*edited, "last") == kernelOf(*engine, "last"));
  return passed("edited_times");
}
