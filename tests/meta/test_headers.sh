#!/usr/bin/env bash
# Each public header compiles alone, as C11 and as C++.
set -euo pipefail
cd "$(dirname "$0")/../.."
shopt -s nullglob

headers=(include/dcvready/*.h)
if ((${#headers[@]} == 0)); then
    echo "there are no public headers"
    exit 1
fi
status=0
warnings=(-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -fsyntax-only -Iinclude)
for header in "${headers[@]}"; do
    # Twice: its guard works.
    text="#include <${header#include/}>"$'\n'"#include <${header#include/}>"
    for compiler in "${CC:-cc} -std=c11 -xc" "${CXX:-c++} -std=c++11 -xc++"; do
        read -ra command <<<"$compiler"
        if ! "${command[@]}" "${warnings[@]}" - <<<"$text"; then
            echo "$header does not compile alone: $compiler"
            status=1
        fi
    done
done
exit "$status"
