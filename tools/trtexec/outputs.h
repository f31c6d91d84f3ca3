// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The tensors of the last run: printed, exported, written raw, compared with references.
#pragma once

#include "tools/trtexec/session.h"

namespace tenon::trtexec {

/// The elements of a tensor in row-major order, whatever its layout.
std::vector<double> values_of(const Binding& binding);

void dump_outputs(const Session& session);

/// Outputs as a JSON array. Throws Failure when the file cannot be written.
void export_outputs(const Session& session, const std::string& path);

/// Inputs and outputs as `name.input.1.28.28.fp32.raw` in the working folder. Throws Failure.
void dump_raw(const Session& session);

/// How far `got` lies from `expected`, of equal length, by the formula of the options.
double loss(const std::vector<double>& got, const std::vector<double>& expected,
            const InferenceOptions& options);

/// Compares outputs with the reference files; false when a loss exceeds the threshold. Throws
/// Failure for a reference that fits no output.
bool check_references(const Session& session, const DataPair& data, const InferenceOptions& options,
                      std::map<std::string, double>& losses);

}  // namespace tenon::trtexec
