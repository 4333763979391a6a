#!/usr/bin/env bash
# Every check there is, one after the other; stops at the first that fails, and names it.
#
#   scripts/check.sh
#
# Needs Rust with rustfmt and clippy. What else some checks like to have is named first, where it is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

passed=0 skipped=''

main() {
    wish strace "comparing the programs' system calls"
    wish python3 "talking to programs written in Python"
    wish ss "asking the kernel about its sockets"
    wish curl "fetching with another client"

    run "format" cargo fmt --check
    run "lints" cargo clippy --workspace --all-targets -- -D warnings
    run "tests" cargo test
    run "documentation" env RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --workspace
    skippable "demo" scripts/demo.sh
    skippable "three hosts" scripts/three-hosts.sh

    printf '\n%s checks passed, %s.\n' "$passed" "${skipped:+skipped:}${skipped:-none skipped}"
}

# TOOL USE: says what is skipped where a tool is missing; no check fails for that.
wish() {
    command -v "$1" >/dev/null || echo "missing: $1; skipped for that: $2"
}

# TITLE COMMAND...
run() {
    attempt "$@"
    [ "$status" = 0 ] || failed "$1"
    passed=$((passed + 1))
}

# TITLE COMMAND...: the same, for a command that ends with 77 where it cannot run.
skippable() {
    attempt "$@"
    if [ "$status" = 77 ]; then
        printf '\nSKIPPED: %s\n' "$1"
        skipped="$skipped $1"
        return
    fi
    [ "$status" = 0 ] || failed "$1"
    passed=$((passed + 1))
}

# TITLE COMMAND...: sets `status`.
attempt() {
    printf '\n== %s: %s\n\n' "$1" "${*:2}"
    status=0
    "${@:2}" || status=$?
}

failed() {
    printf '\ncheck.sh: FAILED: %s\n' "$1" >&2
    exit 1
}

main
