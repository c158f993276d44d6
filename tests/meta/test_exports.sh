#!/usr/bin/env bash
# test_exports.sh LIBRARY: libdcvready.so exports what include/dcvready declares with DCV_API, and nothing else.
set -euo pipefail
library=$(realpath "$1")
cd "$(dirname "$0")/../.."

declared=$(sed -nE 's/^DCV_API [^(]*[ *](dcv_[a-z0-9_]+)\(.*/\1/p' include/dcvready/*.h | sort -u)
exported=$(nm --dynamic --defined-only --format=posix "$library" |
    awk '$2 ~ /^[TWVDBRGi]$/ {sub("@.*", "", $1); print $1}' | sort -u)
if [[ -z $declared || -z $exported ]]; then
    echo "nothing is declared, or nothing exported"
    exit 1
fi
differences=$(
    comm -13 <(echo "$declared") <(echo "$exported") | sed 's/$/: exported, not declared with DCV_API/'
    comm -23 <(echo "$declared") <(echo "$exported") | sed 's/$/: declared with DCV_API, not exported/'
)
if [[ -n $differences ]]; then
    echo "$differences"
    exit 1
fi
