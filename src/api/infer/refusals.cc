// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The list of refused settings.
#include "api/infer/refusals.h"

#include <cstdlib>
#include <string_view>

#include "api/infer/device_choice.h"
#include "plugin/convert.h"

namespace tenon::api {

namespace {

using nvinfer1::BuilderFlag;

/// Other versions are no promise, but the flag is also what says that libraries may travel inside
/// the engine.
Status refuse_version_compatible(const BuilderConfig& config, Diagnostics& diag) {
  if (!config.has(BuilderFlag::kVERSION_COMPATIBLE)) return {};
  if (config.settings().plugins_to_serialize.empty()) {
    return diag.fail(Code::Unsupported,
                     "BuilderFlag::kVERSION_COMPATIBLE is not there yet: build the engine anew for "
                     "another version");
  }
  diag.warn(
      "BuilderFlag::kVERSION_COMPATIBLE: the plugin libraries go into the engine, but no runtime "
      "does; another version of this library loads it only if it reads the same file format");
  return {};
}

/// A portable engine is timed here, so this machine must have what it may use.
Status refuse_hardware_level(nvinfer1::HardwareCompatibilityLevel level, Diagnostics& diag) {
  using Level = nvinfer1::HardwareCompatibilityLevel;
  if (level == Level::kNONE || level == Level::kSAME_COMPUTE_CAPABILITY) return {};
  if (level != Level::kAMPERE_PLUS) {
    return diag.fail(Code::InvalidArgument, "HardwareCompatibilityLevel has no number {}",
                     static_cast<int32_t>(level));
  }
#if defined(__x86_64__)
  if (!device::local_target().has(device::Isa::Avx2)) {
    return diag.fail(Code::Unsupported,
                     "HardwareCompatibilityLevel::kAMPERE_PLUS: a portable engine uses AVX2, which "
                     "this machine lacks; use kNONE, whose engines run on richer machines too");
  }
#endif
  return {};
}

Status refuse_capability(const BuilderConfig::Settings& settings, Diagnostics& diag) {
  using nvinfer1::EngineCapability;
  if (settings.capability == EngineCapability::kSTANDARD) return {};
  if (settings.capability != EngineCapability::kSAFETY) {
    return diag.fail(Code::Unsupported,
                     "EngineCapability number {}: there is no deep learning accelerator to build "
                     "for; use kSTANDARD or kSAFETY",
                     static_cast<int32_t>(settings.capability));
  }
  if (settings.plugins_to_serialize.empty()) return {};
  return diag.fail(Code::Unsupported,
                   "EngineCapability::kSAFETY: a safe engine carries no plugin libraries: leave "
                   "setPluginsToSerialize out, and link the safe plugins into the program");
}

}  // namespace

Status refuse_unspeakable_types(const Network& network, Diagnostics& diag) {
  Status outcome;
  for (const auto* side : {&network.graph().inputs(), &network.graph().outputs()}) {
    for (const ir::Value* value : *side) {
      if (plugin::to_data_type(value->dtype())) continue;
      const bool input = side == &network.graph().inputs();
      outcome =
          diag.fail(Code::Unsupported,
                    "{} '{}' of the network is {}, which is not supported at its border: cast "
                    "it to {}",
                    input ? "input" : "output", value->name, to_string(value->dtype()),
                    is_floating(value->dtype()) ? "f32" : "i32");
    }
  }
  return outcome;
}

Status refuse_precisions(const Network& network, const BuilderConfig& config, Diagnostics& diag) {
  const bool obey = config.has(BuilderFlag::kOBEY_PRECISION_CONSTRAINTS);
  Status outcome;
  if (!obey && !config.has(BuilderFlag::kPREFER_PRECISION_CONSTRAINTS)) return outcome;
  const auto text = [](nvinfer1::DataType type) {
    const auto dtype = plugin::to_dtype(type);
    return dtype ? to_string(*dtype) : "an unknown type";
  };
  for (int32_t i = 0; i < network.getNbLayers(); ++i) {
    const nvinfer1::ILayer& layer = *network.getLayer(i);
    for (int32_t k = 0; k < layer.getNbOutputs(); ++k) {
      const nvinfer1::DataType wish = layer.getOutputType(k), made = layer.getOutput(k)->getType();
      if (wish == made) continue;
      if (obey) {
        outcome =
            diag.fail(Code::Unsupported,
                      "output {} of layer '{}' is to be {}, but its kernels give {}: take the "
                      "output type away, or add a cast layer",
                      k, layer.getName(), text(wish), text(made));
      } else {
        diag.warn("output {} of layer '{}' is {}, not {} as preferred", k, layer.getName(),
                  text(made), text(wish));
      }
    }
    if (!layer.precisionIsSet() || layer.getNbOutputs() == 0) continue;
    const nvinfer1::DataType wanted = layer.getPrecision();
    const nvinfer1::DataType now = layer.getOutput(0)->getType();
    if (wanted == now) continue;
    if (obey) {
      outcome = diag.fail(Code::Unsupported,
                          "layer '{}' is to compute in {}, but its kernels compute in {}: take the "
                          "precision away, or put cast layers around it",
                          layer.getName(), text(wanted), text(now));
    } else {
      diag.warn("layer '{}' computes in {}, not in {} as preferred", layer.getName(), text(now),
                text(wanted));
    }
  }
  return outcome;
}

Status refuse_weight_streaming(const BuilderConfig& config, const device::Gpu* gpu,
                               Diagnostics& diag) {
  if (!config.has(BuilderFlag::kWEIGHT_STREAMING)) return {};
  if (gpu != nullptr) {
    return diag.fail(Code::Unsupported,
                     "BuilderFlag::kWEIGHT_STREAMING: an engine for a GPU keeps its weights whole "
                     "in the GPU's memory: leave the flag out");
  }
  diag.warn(
      "BuilderFlag::kWEIGHT_STREAMING has no effect on this processor: weights stay where the "
      "engine lies, and the system decides which pages of a mapped file are in memory");
  return {};
}

Status refuse_absent_settings(const BuilderConfig& config, Diagnostics& diag) {
  Status outcome;
  if (const Status refused = refuse_version_compatible(config, diag); !refused.ok()) {
    outcome = refused;
  }
  const int refits = static_cast<int>(config.has(BuilderFlag::kREFIT)) +
                     static_cast<int>(config.has(BuilderFlag::kREFIT_INDIVIDUAL)) +
                     static_cast<int>(config.has(BuilderFlag::kREFIT_IDENTICAL));
  if (refits > 1) {
    outcome = diag.fail(Code::InvalidArgument,
                        "BuilderFlag::kREFIT, kREFIT_INDIVIDUAL and kREFIT_IDENTICAL exclude each "
                        "other: set one of them");
  }
  if (refits > 0 && config.has(BuilderFlag::kINT8)) {
    outcome = diag.fail(Code::Unsupported,
                        "BuilderFlag::kINT8: the weights of quantised layers cannot be refitted: "
                        "leave the refit flags and kSTRIP_PLAN out");
  }
  const BuilderConfig::Settings& settings = config.settings();
  const char* wanted = std::getenv("TENON_DEVICE");
  if (settings.device.empty() && wanted != nullptr) {
    const std::string refusal = refuse_device(wanted);
    if (!refusal.empty()) {
      outcome = diag.fail(Code::Unsupported, "TENON_DEVICE in the environment: {}", refusal);
    }
  }
  if (const Status refused = refuse_capability(settings, diag); !refused.ok()) outcome = refused;
  if (const Status refused = refuse_hardware_level(settings.hardware, diag); !refused.ok()) {
    outcome = refused;
  }
  if (settings.platform != nvinfer1::RuntimePlatform::kSAME_AS_BUILD) {
    outcome = diag.fail(Code::Unsupported,
                        "RuntimePlatform other than kSAME_AS_BUILD: there is no runtime for other "
                        "systems; to move an engine to other processors, use "
                        "HardwareCompatibilityLevel::kAMPERE_PLUS");
  }
  if (settings.default_device == nvinfer1::DeviceType::kDLA) {
    outcome = diag.fail(Code::Unsupported,
                        "there is no deep learning accelerator: leave DeviceType at kGPU");
  }
  return outcome;
}

}  // namespace tenon::api
