// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Which device an engine is built for.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "api/infer/builder_config.h"
#include "device/gpu.h"
#include "tune/timer.h"

namespace tenon::api {

/// Why no engine can be built for the device of this text ("cpu", "cuda", "cuda:N"); empty when it
/// can. Empty text is the default device.
std::string refuse_device(std::string_view device);

/// The GPU that a build is for; null: this processor. The configuration's device, else
/// TENON_DEVICE in the environment, else a GPU where there is one: the thread's current one, or
/// GPU 0. A safe engine is for a processor, and so is one
/// that is tuned on another machine. Fails, saying why, for a GPU that is not there, or
/// settings that no GPU engine can have.
Result<const device::Gpu*> device_of(const BuilderConfig::Settings& settings, Diagnostics& diag);

/// What the device measures with; `gpu` as above. What is given outlives it.
std::unique_ptr<tune::Timer> make_timer(const kernel::LoaderTable& loaders, const device::Gpu* gpu,
                                        const device::Target& target);

}  // namespace tenon::api
