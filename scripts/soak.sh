#!/usr/bin/env bash
# Soak and fault test: the servers meet every kind of client at once, for as long as you like.
#
#   scripts/soak.sh [LENGTH]    whole seconds, or with a unit: 90, 90s, 5m, 1h; five minutes if left out
#
# Builds in release, then prints a line a minute of how it goes. The first line names the seed of all that is left
# to chance: SEED=1234 scripts/soak.sh repeats it. What is tested is told in crates/lab/tests/soak/main.rs.
#
# Exit status: 0 all well; 1 not; 2 a LENGTH or SEED that makes no sense; 77 skipped; 129, 130, 143 stopped from
# outside, and then, too, no process is left behind.
set -euo pipefail

main() {
    [ $# -le 1 ] || usage
    local length
    length=$(seconds "${1-5m}") || usage
    [[ ${SEED-0} =~ ^[0-9]{1,18}$ ]] || usage

    case $(uname -s) in
    MINGW* | MSYS* | CYGWIN*)
        echo "skipped: a script cannot press Ctrl+C on a Windows program"
        exit 77
        ;;
    esac
    cd "$(dirname "${BASH_SOURCE[0]}")/.."
    job=''
    trap clean_up EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    echo "Building: quietly, up to a minute the first time."
    background cargo build --quiet --release --workspace --bins --examples
    background cargo test --quiet --release -p lab --test soak --no-run
    export SOAK_SECONDS=$length
    background cargo test --quiet --release -p lab --test soak -- --ignored --nocapture
}

usage() {
    echo "usage: scripts/soak.sh [LENGTH]  such as 90 or 90s, 5m, 1h, up to a week; SEED, if set, is a number" >&2
    exit 2
}

# LENGTH: prints it in seconds, if it makes sense.
seconds() {
    [[ $1 =~ ^([0-9]{1,6})([smh]?)$ ]] || return 1
    local count=$((10#${BASH_REMATCH[1]}))
    case ${BASH_REMATCH[2]} in
    m) count=$((count * 60)) ;;
    h) count=$((count * 3600)) ;;
    esac
    [ "$count" -ge 1 ] && [ "$count" -le 604800 ] && echo "$count"
}

# Runs a command as a process group of its own, which clean_up ends as a whole, and waits for it. A shell that waits
# hears of a signal at once; one that runs the command itself would hear of it when that has ended.
background() {
    set -m
    "$@" </dev/null &
    job=$!
    set +m
    local status=0
    wait "$job" || status=$?
    job=''
    [ "$status" = 0 ] || exit 1
}

clean_up() {
    trap '' HUP INT TERM
    if [ -n "$job" ]; then
        # KILL: a process that is only just starting may miss anything gentler.
        kill -KILL -- "-$job" 2>/dev/null || true
        wait "$job" 2>/dev/null || true
    fi
}

main "$@"
