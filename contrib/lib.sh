# shellcheck shell=bash
# Shared by the scripts beside it; sourced, not run. They stand in the top directory when they use it.

say() { printf '%s\n' "$*" >&2; }

die() {
    say "$*"
    exit 1
}

as_root() {
    if ((EUID == 0)); then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "This needs root, and there is no sudo; as root: $*"
    fi
}

# Of the packages given, those that are not installed.
missing_packages() {
    comm -23 <(printf '%s\n' "$@" | sort -u) \
        <(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null | sed -n 's/^installed //p' | sort -u)
}

policy=/usr/sbin/policy-rc.d
policy_mark='# dcvready: no daemon starts while packages are installed'

# Servers come as packages that start them; 101 forbids it (invoke-rc.d(8)). One that somebody else made stays.
forbid_daemons() {
    if [[ ! -e $policy ]]; then
        printf '#!/bin/sh\n%s\nexit 101\n' "$policy_mark" | as_root tee "$policy" >/dev/null
        as_root chmod 755 "$policy"
    fi
}

allow_daemons() {
    if [[ -e $policy ]] && grep -qxF "$policy_mark" "$policy"; then as_root rm -f "$policy"; fi
}

apt() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3 "$@" >&2
}

# ensure_packages PACKAGE...: installs what is missing.
ensure_packages() {
    command -v dpkg-query >/dev/null || {
        say "No Debian here: the equivalents of these packages must be installed: $*"
        return 0
    }
    local missing
    mapfile -t missing < <(missing_packages "$@")
    ((${#missing[@]} > 0)) || return 0
    say "Installing ${missing[*]}"
    (
        trap allow_daemons EXIT
        forbid_daemons
        apt update || say "The lists of packages could not be renewed; trying with those at hand."
        apt install --no-install-recommends "${missing[@]}"
    ) || die "The packages could not be installed."
}

# What each script takes of these is its own affair.
# shellcheck disable=SC2034
build_packages=(build-essential cmake ninja-build pkg-config libc-ares-dev libldns-dev libicu-dev libpsl-dev
    publicsuffix libunistring-dev libcyaml-dev libyaml-dev libjansson-dev libssl-dev libcurl4-openssl-dev libsqlite3-dev
    librabbitmq-dev libjemalloc-dev uthash-dev gettext)
# shellcheck disable=SC2034
lab_packages=(nsd knot unbound bind9-utils ldnsutils dns-root-data iproute2 openssl python3 python3-aiosmtpd nginx-light)
# shellcheck disable=SC2034
test_packages=(git check dnsperf python3-jsonschema clang clang-tidy cppcheck shellcheck pyflakes3 strace bind9-dnsutils
    knot-dnsutils unbound-host graphviz rabbitmq-server)

# Is the build directory one of this tree, as it is configured now?
configured() {
    local dir=build/$1
    [[ -f $dir/build.ninja && ! CMakePresets.json -nt $dir/build.ninja ]] || return 1
    grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$PWD" "$dir/CMakeCache.txt"
}

configure_and_build() {
    local dir=build/$1
    if ! configured "$1"; then
        rm -rf "$dir"
        cmake --preset "$1" || return 1
    fi
    cmake --build --preset "$1"
}

# build_preset PRESET: configures and builds what is out of date; silent unless it fails.
build_preset() {
    local log=build/$1.log
    mkdir -p build
    (
        flock 9
        [[ -f build/$1/build.ninja ]] || say "Building ($1)"
        configure_and_build "$1" >"$log" 2>&1
    ) 9>"build/$1.lock" || {
        tail -n 60 "$log" >&2
        die "The build failed; all of its output is in $log"
    }
}
