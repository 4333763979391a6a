#!/usr/bin/env bash
# Soak and fault test: the servers meet every kind of client at once, for as long as you like.
#
#   scripts/soak.sh [LENGTH]    whole seconds, or with a unit: 90, 90s, 5m, 1h; five minutes if left out
#
# Builds in release, then prints a line a minute of how it goes. The first line names the seed of all that is left
# to chance: SEED=1234 scripts/soak.sh repeats it. What is tested is told in crates/lab/tests/soak/main.rs.
#
# Exit status: 0 all well; 1 not; 2 a LENGTH or SEED that makes no sense; 77 skipped. However it ends, no process is
# left behind.
set -euo pipefail

case $(uname -s) in
MINGW* | MSYS* | CYGWIN*)
    echo "skipped: a script cannot press Ctrl+C on a Windows program"
    exit 77
    ;;
esac
if ! [[ ${SEED-0} =~ ^[0-9]{1,18}$ && ${1-5m} =~ ^([0-9]{1,5})([smh]?)$ && $# -le 1 ]]; then
    echo "usage: scripts/soak.sh [LENGTH]  such as 90 or 90s, 5m, 1h; SEED, if set, is a number" >&2
    exit 2
fi
case ${BASH_REMATCH[2]} in
m) unit=60 ;;
h) unit=3600 ;;
*) unit=1 ;;
esac
export SOAK_SECONDS=$((10#${BASH_REMATCH[1]} * unit))
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# As a process group of its own, which ends as a whole when this script ends.
set -m
{
    cargo build --release --workspace --bins --examples &&
        exec cargo test --quiet --release -p lab --test soak -- --ignored --nocapture
} </dev/null &
trap 'kill -KILL -- -$! 2>/dev/null' EXIT
wait $! || exit 1
