// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Whether a sanitizer that has an allocator of its own is built in.
#pragma once

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define TENON_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define TENON_SANITIZED 1
#endif
#endif
#ifndef TENON_SANITIZED
#define TENON_SANITIZED 0
#endif
