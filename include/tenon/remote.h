// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Tuning on another machine: what programs need beside IBuilderConfig::setRemoteAutoTuningConfig.
#pragma once

#include "nvinfer1/macros.h"

#include <cstdint>

namespace tenon {

/// Takes the value of `--remoteAutoTuningConfig=VALUE` out of a program's arguments: call it before
/// anything copies them. Every argument that holds such a value then reads "***" in the place of
/// user and password, in `argv` and in what the system shows of the process. Returns the value as
/// it was given, in memory of the library that core dumps leave out, valid until the process ends;
/// null when there is none. Later calls return what the first one took. Not thread-safe.
TENSORRTAPI char const* take_remote_tuning_config(int32_t argc, char** argv) noexcept;

/// Serves one builder on two file descriptors, which it closes: what tenon-tune-worker does with
/// its standard input and output. Plugin libraries are opened by file name in `pluginFolders`,
/// separated by ':'. Notes go to standard error. Returns the exit status of the program: 0 when the
/// builder said goodbye. Ignores SIGPIPE from then on.
TENSORRTAPI int32_t serve_tuning(int32_t in, int32_t out, char const* pluginFolders) noexcept;

}  // namespace tenon
