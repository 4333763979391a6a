#!/usr/bin/env bash
# See it all: plays three lessons on this machine, both sides, and compares each line with what the lesson shows.
#
#   scripts/demo.sh
#
# Exit status: 0 all as the lessons say; 1 at the first difference; 77 skipped; 130 stopped from outside.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

echo "Building the programs, which takes up to a minute the first time."
cargo build --bins --example page_server --example demo \
    -p http-fetch -p tcp-server -p tcp-client -p udp-server -p udp-client -p lab
exec cargo run --quiet -p lab --example demo
