// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Names whose form changed between versions 12 and 13: each program gets the form it was built for.
#pragma once

/// Exports the function `of12` as `name` to programs linked against version 12. Its own name begins
/// with hostcuda_, which keeps it out of sight (exports.map).
#define HOSTCUDA_VERSION_12(name, of12) __asm__(".symver " #of12 "," #name "@libcudart.so.12")

/// Exports the function `name` itself as version 13, which is what new programs link against. After
/// its definition.
#define HOSTCUDA_VERSION_13(name) __asm__(".symver " #name "," #name "@@@libcudart.so.13")
