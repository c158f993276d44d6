#!/usr/bin/env bash
# What is tracked belongs there: the top level, no paths of one machine, nothing generated, binary or large.
set -euo pipefail
cd "$(dirname "$0")/../.."
export LC_ALL=C

max_octets=$((1024 * 1024))
faults=0

# fault TEXT <<<LINES: prints the lines that are not empty, each with the text.
fault() {
    local line
    while IFS= read -r line; do
        [[ -n $line ]] || continue
        printf '%s: %s\n' "$line" "$1"
        faults=$((faults + 1))
    done
}

if ! git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
    echo "no git tree here: what is tracked cannot be told"
    exit 77
fi
mapfile -d '' -t tracked < <(git ls-files -z | while IFS= read -r -d '' file; do
    if [[ -e $file ]]; then printf '%s\0' "$file"; fi
done)
if ((${#tracked[@]} == 0)); then
    echo "nothing is tracked"
    exit 1
fi

top=$(printf '%s\n' "${tracked[@]}" | cut -d/ -f1 | sort -u)
fault "not a name for the top level" < <(grep -vxE \
    'CMakeLists\.txt|CMakePresets\.json|LICENSE|README\.md|src|include|tests|fixtures|contrib|\..*' <<<"$top" || true)

# This file names the patterns.
self=tests/meta/test_tree.sh
others=()
for file in "${tracked[@]}"; do [[ $file == "$self" ]] || others+=("$file"); done

machine='(^|[^[:alnum:]_.~}/-])/(work|root|home|Users)/'
fault "a path of one machine" < <(grep -nIE "$machine" "${others[@]}" | cut -c1-160 || true)
fault "left to be done" < <(grep -nIwE 'TODO|FIXME|XXX' "${others[@]}" | cut -c1-160 || true)
generated='(^|/)(build|__pycache__|CMakeFiles|CMakeCache\.txt|compile_commands\.json)(/|$)'
generated+='|\.(o|a|so|mo|pyc|gcno|gcda|profraw|orig|rej|log)$'
fault "generated" < <(printf '%s\n' "${tracked[@]}" | grep -E "$generated" || true)
# Of a text file, -I finds that it matches the empty pattern; an empty file is text too.
fault "binary; fixtures are text" < <(for file in "${tracked[@]}"; do
    if [[ -s $file && ! -L $file ]] && ! grep -qI '' "$file"; then printf '%s\n' "$file"; fi
done)
fault "larger than $max_octets octets" < <(find "${tracked[@]}" -maxdepth 0 -type f -size "+${max_octets}c")

((faults == 0))
