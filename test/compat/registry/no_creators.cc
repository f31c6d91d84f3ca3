// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A library that is no plugin library.
extern "C" __attribute__((visibility("default"))) int answer() { return 42; }
