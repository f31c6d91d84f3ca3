// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Calibrators: their caches, and their batches on the network with all its tensors shown.
#include "api/infer/calibration.h"

#include <fmt/core.h>

#include <algorithm>
#include <vector>

#include "plugin/convert.h"
#include "tune/calibration.h"

namespace tenon::api {

namespace {

using nvinfer1::CalibrationAlgoType;
using nvinfer1::IInt8Calibrator;
using tune::CalibrationCache;

/// Steps of i8 on one side of zero, as calibration caches count them.
constexpr float kMost = 127;

const char* rule_of(CalibrationAlgoType type) {
  switch (type) {
    case CalibrationAlgoType::kLEGACY_CALIBRATION:
      return "LegacyCalibration";
    case CalibrationAlgoType::kENTROPY_CALIBRATION:
      return "EntropyCalibration";
    case CalibrationAlgoType::kMINMAX_CALIBRATION:
      return "MinMaxCalibration";
    default:
      return "EntropyCalibration2";
  }
}

float range_of(const tune::Histogram& seen, IInt8Calibrator& calibrator) {
  switch (calibrator.getAlgorithm()) {
    case CalibrationAlgoType::kLEGACY_CALIBRATION:
      return seen.quantile(static_cast<nvinfer1::IInt8LegacyCalibrator&>(calibrator).getQuantile());
    case CalibrationAlgoType::kMINMAX_CALIBRATION:
      return seen.greatest();
    default:
      return seen.entropy();
  }
}

/// Makes every tensor of real numbers an output.
Status show_all(ir::Graph& graph, Diagnostics& diag) {
  for (const auto& node : graph.nodes()) {
    if (node->as<ops::Iterator>() || node->as<ops::ConditionalInput>()) {
      return diag.fail(Code::Unsupported,
                       "a network with loops or conditionals cannot be calibrated: set the ranges "
                       "of its tensors with ITensor::setDynamicRange");
    }
    for (ir::Value* value : node->outputs()) {
      const bool real = value->dtype() == DType::F32 && !value->constant();
      if (real && !value->is_network_output() && !value->name.empty()) graph.mark_output(value);
    }
  }
  return {};
}

/// Runs batches and counts what all tensors hold.
class Watch {
 public:
  Watch(nvinfer1::ICudaEngine& engine, Diagnostics& diag)
      : engine_(engine), context_(engine.createExecutionContext()), diag_(diag) {}

  Status prepare() {
    if (context_ == nullptr) return diag_.fail(Code::Internal, "calibration has no context to run");
    for (int32_t i = 0; i < engine_.getNbIOTensors(); ++i) {
      const char* name = engine_.getIOTensorName(i);
      if (engine_.getTensorIOMode(name) == nvinfer1::TensorIOMode::kINPUT) {
        inputs_.push_back(name);
        const nvinfer1::Dims given = engine_.getTensorShape(name);
        const bool open =
            std::any_of(given.d, given.d + given.nbDims, [](int64_t d) { return d < 0; });
        if (open &&
            !context_->setInputShape(
                name, engine_.getProfileShape(name, 0, nvinfer1::OptProfileSelector::kOPT))) {
          return diag_.fail(Code::InvalidArgument, "calibration cannot set the shape of '{}'",
                            name);
        }
      }
    }
    for (int32_t i = 0; i < engine_.getNbIOTensors(); ++i) TENON_TRY(give_memory(i));
    return {};
  }

  /// The batches of `calibrator`, until it has no more.
  Status run(IInt8Calibrator& calibrator) {
    std::vector<void*> bindings(inputs_.size(), nullptr);
    const auto count = static_cast<int32_t>(inputs_.size());
    size_t batches = 0;
    for (; calibrator.getBatch(bindings.data(), inputs_.data(), count); ++batches) {
      for (size_t i = 0; i < inputs_.size(); ++i) {
        if (bindings[i] == nullptr) {
          return diag_.fail(Code::InvalidArgument,
                            "the calibrator's batch {} gives no memory for input '{}'", batches,
                            inputs_[i]);
        }
        if (!context_->setTensorAddress(inputs_[i], bindings[i])) return kFailed;
        count_input(i, bindings[i]);
      }
      if (!context_->enqueueV3(nullptr)) return kFailed;
      for (Tensor& tensor : outputs_) tensor.seen.add(tensor.numbers);
    }
    if (batches > 0) return {};
    return diag_.fail(Code::InvalidArgument,
                      "the calibrator has neither a cache nor a batch: let getBatch give at least "
                      "one, or readCalibrationCache the text of a cache");
  }

  [[nodiscard]] CalibrationCache result(IInt8Calibrator& calibrator) const {
    CalibrationCache cache{rule_of(calibrator.getAlgorithm()), {}};
    for (const auto* side : {&outputs_, &shown_inputs_}) {
      for (const Tensor& tensor : *side) {
        cache.scales[tensor.name] = range_of(tensor.seen, calibrator) / kMost;
      }
    }
    return cache;
  }

 private:
  struct Tensor {
    std::string name;
    std::vector<float> numbers;
    tune::Histogram seen;
  };
  static constexpr Status kFailed{Code::Internal, "a calibration batch did not run"};

  Status give_memory(int32_t i) {
    const char* name = engine_.getIOTensorName(i);
    const nvinfer1::Dims dims = context_->getTensorShape(name);
    size_t volume = 1;
    for (int32_t axis = 0; axis < dims.nbDims; ++axis) {
      if (dims.d[axis] < 0) {
        return diag_.fail(Code::Unsupported,
                          "tensor '{}' has a size that only a run tells: such networks cannot be "
                          "calibrated; set ranges with ITensor::setDynamicRange",
                          name);
      }
      volume *= static_cast<size_t>(dims.d[axis]);
    }
    const bool input = engine_.getTensorIOMode(name) == nvinfer1::TensorIOMode::kINPUT;
    const bool real = engine_.getTensorDataType(name) == nvinfer1::DataType::kFLOAT;
    // Room for eight bytes an element, whatever the type.
    Tensor tensor{name, std::vector<float>(real ? volume : 2 * volume), {}};
    if (input) {
      if (real) shown_inputs_.push_back(std::move(tensor));
      return {};
    }
    auto& kept = real ? outputs_ : others_;
    kept.push_back(std::move(tensor));
    return context_->setTensorAddress(name, kept.back().numbers.data()) ? Status{} : kFailed;
  }
  void count_input(size_t i, const void* data) {
    for (Tensor& tensor : shown_inputs_) {
      if (tensor.name != inputs_[i]) continue;
      tensor.seen.add({static_cast<const float*>(data), tensor.numbers.size()});
    }
  }

  nvinfer1::ICudaEngine& engine_;
  std::unique_ptr<nvinfer1::IExecutionContext> context_;
  Diagnostics& diag_;
  std::vector<const char*> inputs_;
  std::vector<Tensor> outputs_, others_, shown_inputs_;
};

Result<CalibrationCache> calibrated(const Network& network, IInt8Calibrator& calibrator,
                                    const BuildWatched& build, Diagnostics& diag) {
  std::size_t length = 0;
  const void* cached = calibrator.readCalibrationCache(length);
  if (cached != nullptr && length > 0) {
    return tune::read_calibration({static_cast<const char*>(cached), length}, diag);
  }
  TENON_ASSIGN(const std::unique_ptr<ir::Graph> graph, network.graph().clone(diag));
  TENON_TRY(show_all(*graph, diag));
  const auto engine = build(*graph);
  if (engine == nullptr) {
    return diag.fail(Code::Internal, "no engine could be built to calibrate with");
  }
  Watch watch(*engine, diag);
  TENON_TRY(watch.prepare());
  TENON_TRY(watch.run(calibrator));
  const CalibrationCache cache = watch.result(calibrator);
  const std::string text = tune::write_calibration(cache, NV_TENSORRT_VERSION);
  calibrator.writeCalibrationCache(text.data(), text.size());
  return cache;
}

bool brings_conversions(const Network& network) {
  const auto& nodes = network.graph().nodes();
  return std::any_of(nodes.begin(), nodes.end(),
                     [](const auto& node) { return node->template as<ops::Dequantize>(); });
}

/// A cache of another network would leave every layer as it is, each with a warning of its own.
void warn_of_another(const ir::Graph& graph, const CalibrationCache& cache, Diagnostics& diag) {
  const bool known = std::any_of(cache.scales.begin(), cache.scales.end(), [&](const auto& one) {
    return graph.find_value(one.first) != nullptr;
  });
  if (known || cache.scales.empty()) return;
  diag.warn(
      "the calibration cache has scales of {} tensors, '{}' among them, but of none of this "
      "network: it belongs to another one; calibrate anew",
      cache.scales.size(), cache.scales.begin()->first);
}

}  // namespace

Result<Ranges> ranges_of(const Network& network, const BuilderConfig& config,
                         const BuildWatched& build, Diagnostics& diag) {
  Ranges ranges;
  if (!config.has(nvinfer1::BuilderFlag::kINT8)) return ranges;
  ranges.most = network.ranges();
  for (const auto& [name, most] : ranges.most) ranges.sources[name] = "dynamic range";
  if (IInt8Calibrator* calibrator = config.settings().calibrator) {
    TENON_ASSIGN(const CalibrationCache cache, calibrated(network, *calibrator, build, diag));
    warn_of_another(network.graph(), cache, diag);
    for (const auto& [name, scale] : cache.scales) {
      ranges.most.try_emplace(name, scale * kMost);
      ranges.sources.try_emplace(name, "calibrator, " + cache.rule);
    }
  }
  if (ranges.most.empty() && !brings_conversions(network)) {
    diag.warn(
        "BuilderFlag::kINT8: nothing is quantised, for no tensor has a range: set them with "
        "ITensor::setDynamicRange, or give the configuration a calibrator");
  }
  return ranges;
}

}  // namespace tenon::api
