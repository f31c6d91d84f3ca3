#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Says what the safe library wants of others: names of the C library, and nothing else.

usage: check_symbols.py NM SHARED STATIC
"""

import subprocess
import sys

# Memory and texts; numbers; locks, other libraries of the process, the end; what the loader gives.
NAMES = """
aligned_alloc free memchr memcmp memcpy memmove memset strcmp strlen strncmp strnlen
acosf acoshf asinf asinhf atanf atanhf cosf coshf erff expf expm1f fmodf log1pf logf powf
sinf sinhf sqrtf tanf tanhf floor ceil floorf ceilf roundf
pthread_mutex_lock pthread_mutex_unlock sched_yield dlopen dlsym dlclose abort
__cxa_finalize __gmon_start__ _ITM_deregisterTMCloneTable _ITM_registerTMCloneTable
_GLOBAL_OFFSET_TABLE_
"""
WANTED = set(NAMES.split())
OFFERED = {"createTRTGraph", "destroyTRTGraph", "getSafePluginRegistry"}


def names(nm, *arguments):
    lines = subprocess.run([nm, *arguments], capture_output=True, text=True, check=True).stdout
    return {
        line.split()[-1].split("@")[0] for line in lines.splitlines() if line.startswith((" ", "0"))
    }


# Shows S-RUN-4.
def main():
    nm, shared, static = sys.argv[1:]
    wrong = []
    for library, dynamic in ((shared, ["-D"]), (static, [])):
        foreign = names(nm, *dynamic, "-u", library) - WANTED
        if foreign:
            wrong.append(f"{library} wants {', '.join(sorted(foreign))}")
        offered = names(nm, *dynamic, "--defined-only", "-g", library)
        if not offered >= OFFERED or (dynamic and offered != OFFERED):
            wrong.append(f"{library} offers {', '.join(sorted(offered))}")
    print("\n".join(wrong or ["the safe library stands on the C library alone"]))
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
