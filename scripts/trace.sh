#!/usr/bin/env bash
# Shows a program's socket calls, made alike, so that diff compares two programs.
#
#   scripts/trace.sh COMMAND [ARGUMENT]...
#
#   scripts/trace.sh target/debug/tcp-client
#   diff <(scripts/trace.sh target/debug/tcp-client) <(scripts/trace.sh python3 crates/lab/python/tcp_client.py 127.0.0.1:9999)
#
# What is left out, and why, is told in crates/lab/examples/trace/main.rs.
# The exit status is COMMAND's; 2 is wrong usage, 77 (skipped) that strace is missing or is not allowed to trace.
set -euo pipefail

if [ $# = 0 ]; then
    echo "usage: scripts/trace.sh COMMAND [ARGUMENT]...  such as scripts/trace.sh target/debug/tcp-client" >&2
    exit 2
fi
if ! command -v strace >/dev/null; then
    echo "trace.sh: strace is missing (it is for Linux only): apt install strace, dnf install strace, apk add strace" >&2
    exit 77
fi

exec cargo run --quiet --manifest-path "${BASH_SOURCE[0]%/*}/../Cargo.toml" -p lab --example trace -- "$@"
