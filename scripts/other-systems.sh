#!/usr/bin/env bash
# Checks the workspace for the systems that this machine is not: macOS and Windows.
#
#   scripts/other-systems.sh check [CARGO ARGUMENT]...           type-checks everything, tests too, for both systems
#   scripts/other-systems.sh windows CARGO-COMMAND [ARGUMENT]... runs Windows programs and tests under Wine
#
#   scripts/other-systems.sh check -p common
#   scripts/other-systems.sh windows test -p tcp-server
#   scripts/other-systems.sh windows run -p udp-client -- --help
#
# Needs Debian 12, whose package rust-web-src has the source of Rust's library: the library is built for each system
# here. Root has the missing packages installed. All that is built goes to target/other-systems.
# Wine is not Windows: what passes there is likely to work, not proven. A script cannot press Ctrl+C there.
#
# Exit status: cargo's; 2 is wrong usage, 77 (skipped) that a package is missing and cannot be installed.
set -euo pipefail

main() {
    local script=${BASH_SOURCE[0]}
    case ${1-} in
    -h | --help)
        usage "$script"
        exit
        ;;
    check) ;;
    windows) [ $# -gt 1 ] || wrong "$script" ;;
    *) wrong "$script" ;;
    esac
    cd "$(dirname "$script")/.."
    export CARGO_TARGET_DIR="$PWD/target/other-systems"
    "$@"
}

usage() { # SCRIPT: prints its header.
    sed -n '2,/^set /s/^# \{0,1\}//p' "$1"
}

wrong() { # SCRIPT
    usage "$1" >&2
    exit 2
}

check() { # [CARGO ARGUMENT]...
    need rustc-web cargo-web rust-web-src gcc-mingw-w64-x86-64
    local target
    for target in x86_64-apple-darwin x86_64-pc-windows-gnu; do
        printf '\n== check for %s\n\n' "$target"
        cargo_from_source check "$target" --workspace --all-targets "$@"
    done
}

windows() { # CARGO-COMMAND [ARGUMENT]...
    need rustc-web cargo-web rust-web-src gcc-mingw-w64-x86-64 wine wine64
    prepare_wine
    local command=$1
    shift
    cargo_from_source "$command" x86_64-pc-windows-gnu "$@"
}

# PACKAGE...: installs those that are missing.
need() {
    local package missing=()
    command -v dpkg-query apt-get >/dev/null || skip "this takes Debian 12"
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q ' installed$' || missing+=("$package")
    done
    [ ${#missing[@]} != 0 ] || return 0
    [ "$(id -u)" = 0 ] || skip "first: sudo apt-get install ${missing[*]}"
    echo "installing ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq || skip "the list of packages cannot be loaded"
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null || skip "they cannot be installed"
}

skip() { # REASON
    echo "skipped: $*" >&2
    exit 77
}

# COMMAND TARGET [ARGUMENT]...
cargo_from_source() {
    local command=$1 target=$2
    shift 2
    # Only a nightly cargo builds the library, or one that is told to be one.
    RUSTC_BOOTSTRAP=1 RUSTC=/usr/bin/rustc RUSTDOC=/usr/bin/rustdoc \
        /usr/bin/cargo "$command" -Zbuild-std=std,panic_abort,test --target "$target" "$@"
}

prepare_wine() {
    export WINEPREFIX="$CARGO_TARGET_DIR/wine" WINEDEBUG=-all CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER=wine
    local system32="$WINEPREFIX/drive_c/windows/system32"
    if ! [ -d "$system32" ]; then
        mkdir -p "$WINEPREFIX"
        timeout 120 wine wineboot -i >/dev/null 2>&1 || true
    fi
    [ ! -e "$system32/bcryptprimitives.dll" ] || return 0
    # Rust's library asks bcryptprimitives.dll for random numbers; Wine 8 lacks that one function.
    cat >"$WINEPREFIX/prng.c" <<'C'
#include <windows.h>
BOOLEAN NTAPI SystemFunction036(PVOID, ULONG);
__declspec(dllexport) BOOL ProcessPrng(PBYTE p, SIZE_T n) { return SystemFunction036(p, (ULONG)n); }
C
    x86_64-w64-mingw32-gcc -shared -o "$system32/bcryptprimitives.dll" "$WINEPREFIX/prng.c" -ladvapi32
}

main "$@"
