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
    run "nothing built twice" nothing_built_twice
    skippable "book" scripts/book.sh
    skippable "demo" scripts/demo.sh
    skippable "three hosts" scripts/three-hosts.sh

    printf '\n%s checks passed, %s.\n' "$passed" "${skipped:+skipped:}${skipped:-none skipped}"
}

# Once the whole workspace is built, `cargo run -p …` must start without compiling. So each program and example, built
# on its own, may use only libraries that the workspace has built. A library's file name has a hash of its features:
# this check sees other features even where an earlier build has left such a library behind.
nothing_built_twice() {
    local all one package kind name other count=0 wrong=0
    all=$(built --workspace --bins --examples) || return
    while read -r package kind name; do
        one=$(built -p "$package" "--$kind" "$name") || return
        other=$(comm -13 <(libraries "$all") <(libraries "$one"))
        count=$((count + 1))
        [ -z "$other" ] && continue
        printf '%s %s builds again:\n%s\n' "$kind" "$name" "$other" >&2
        wrong=1
    done < <(programs <<<"$all")
    echo "$count programs and examples looked at"
    [ "$count" -gt 5 ] && [ "$wrong" = 0 ]
}

# Of cargo's messages: package, "bin" or "example", and name of all that can be run.
programs() {
    sed -nE 's/.*"package_id":"([^"]*)".*"kind":\["(bin|example)"\].*"name":"([^"]*)","src_path.*/\1 \2 \3/p'
}

# CARGO ARGUMENTS: builds, and prints cargo's messages on what it has built.
built() {
    cargo build --quiet --message-format json-render-diagnostics "$@" | grep compiler-artifact
}

# MESSAGES: the libraries that they name.
libraries() {
    grep -oE '[A-Za-z0-9_]+-[0-9a-f]{16}\.(rlib|rmeta|so|dylib|dll)' <<<"$1" | LC_ALL=C sort -u
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
