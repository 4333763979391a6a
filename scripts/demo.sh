#!/usr/bin/env bash
# See it all: plays every lesson on this machine, both sides, and compares each line with what the tutorial shows.
#
#   scripts/demo.sh
#
# Exit status: 0 all as in the tutorial; 1 at the first difference; 77 skipped; 129, 130, 143 stopped from outside.
# Needs Rust, and the bash of any system: macOS still has 3.2. Whatever happens, no process and no file is left.
set -euo pipefail

# How many seconds to wait for what must come: far longer than it takes on the slowest machine.
PATIENCE=60

NEWLINE=$'\n'

main() {
    prepare
    case $(uname -s) in
    MINGW* | MSYS* | CYGWIN*)
        echo "skipped: a script cannot press Ctrl+C on a Windows program"
        exit 77
        ;;
    esac
    build

    heading "A web page: page_server, http-fetch"
    lesson page_server http-fetch sina.html <<'TRANSCRIPT'
http-fetch │ $ http-fetch 127.0.0.1:PORT
page_server │ GET / HTTP/1.1
page_server │ Host: 127.0.0.1:PORT
page_server │ Connection: close
http-fetch │ HTTP/1.1 200 OK
http-fetch │ Content-Type: text/html
http-fetch │ Connection: close
http-fetch │ Content-Length: 59
sina.html │ <!DOCTYPE html>
sina.html │ <title>Practice</title>
sina.html │ <h1>It works!</h1>
TRANSCRIPT

    heading "A conversation over TCP: tcp-server, tcp-client, and how many seconds it has taken"
    clock=on
    lesson tcp-server tcp-client <<'TRANSCRIPT'
tcp-server │ Waiting for connection...
tcp-client │ $ tcp-client 127.0.0.1:PORT
tcp-server │ Accept new connection from 127.0.0.1:PORT...
tcp-client │ Welcome!
tcp-client │ Hello, Michael!
tcp-client │ Hello, Tracy!
tcp-client │ Hello, Sarah!
tcp-server │ Connection from 127.0.0.1:PORT closed.
TRANSCRIPT
    clock=

    heading "The same by UDP, without a connection: udp-server, udp-client"
    lesson udp-server udp-client <<'TRANSCRIPT'
udp-server │ Bind UDP on PORT...
udp-client │ $ udp-client 127.0.0.1:PORT
udp-server │ Received from 127.0.0.1:PORT.
udp-client │ Hello, Michael!
udp-server │ Received from 127.0.0.1:PORT.
udp-client │ Hello, Tracy!
udp-server │ Received from 127.0.0.1:PORT.
udp-client │ Hello, Sarah!
TRANSCRIPT

    printf '\n%s lessons, %s lines compared: all as in the tutorial.\n' "$lessons" "$compared"
}

# Makes a folder for all files, and sees to it that it goes again, and every process too.
prepare() {
    unset RUST_LOG RUST_LOG_STYLE # what is compared must not depend on the terminal that it runs in
    root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
    temp='' clock='' lessons=0 compared=0
    trap clean_up EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    # A Ctrl+C between making the folder and telling its name would leave it behind: there, it waits.
    temp=$(trap '' HUP INT TERM && mktemp -d "${TMPDIR:-/tmp}/sockets-demo.XXXXXX")
    mkfifo "$temp/events"
    exec 3<>"$temp/events"
}

clean_up() {
    trap '' HUP INT TERM
    exec 2>/dev/null # bash would report each process that it has to kill
    local job
    if [ -n "$temp" ]; then
        # In a file: what a trap calls in $(...) does not always know the jobs.
        jobs -p >"$temp/jobs"
        while read -r job; do
            # KILL: a process that is only just starting may miss anything gentler.
            kill -KILL -- "-$job" || true
        done <"$temp/jobs"
        wait || true
        rm -rf "$temp"
    fi
}

# Starts a command in the background, as a process group of its own: the terminal's Ctrl+C is then for this
# script alone, and clean_up reaches the command's own children too. Sets `pid`.
background() {
    set -m
    "$@" </dev/null &
    pid=$!
    set +m
}

build() {
    echo "Building the programs: quietly, some seconds the first time."
    background cargo_build >"$temp/built" 2>"$temp/errors"
    if ! wait "$pid"; then
        cat "$temp/errors" >&2
        fail "the programs cannot be built"
    fi
}

cargo_build() {
    cd "$root"
    # Cargo tells where it puts each program. An interrupted compiler leaves its own files in TMPDIR.
    TMPDIR=$temp exec cargo build --quiet --message-format json-render-diagnostics --bins --example page_server \
        -p http-fetch -p tcp-server -p tcp-client -p udp-server -p udp-client
}

heading() {
    lessons=$((lessons + 1))
    printf '\n%s. %s\n\n' "$lessons" "$1"
}

# SERVER CLIENT [FILE]: plays one lesson, whose transcript is on stdin. FILE is what the client saves.
# The two sides' order is the network's affair: each line is compared with the next of the same program.
lesson() {
    local server=$1 client=$2 file=${3:-}
    local transcript port='' began='' server_pid client_pid line
    transcript=$(cat)$NEWLINE

    start "$server" 127.0.0.1:0
    server_pid=$pid
    until [ -n "$port" ] && [[ $transcript = "$client │ \$ "* ]]; do take; done

    began=$(tenths)
    start "$client" "127.0.0.1:$port"
    client_pid=$pid
    while [ -n "$client_pid" ]; do take; done
    if [ -n "$file" ]; then
        while IFS= read -r line; do took "$file" "$line"; done <"$temp/$file"
    fi
    while [ -n "$transcript" ]; do take; done

    show "$server" "^C"
    kill -INT "$server_pid" 2>/dev/null || true
    while [ -n "$server_pid" ]; do take; done
}

# PROGRAM ARGUMENT: starts a program. Each line that it prints becomes an event, and so does its end.
start() {
    show "$1" "\$ $1 $2"
    transcript=${transcript/"$1 │ \$ $1 127.0.0.1:PORT$NEWLINE"/}
    mkfifo "$temp/$1"
    background marked "$1"
    background run "$@"
}

# Events: "PROGRAM:LINE", and "PROGRAM" at the end.
marked() {
    local line
    exec <"$temp/$1" >&3
    while IFS= read -r line || [ -n "$line" ]; do
        printf '%s:%s\n' "$1" "$line"
    done
    printf '%s\n' "$1"
}

run() {
    local path
    path=$(sed -n 's|.*"executable":"\([^"]*/'"$1"'\)".*|\1|p' "$temp/built")
    cd "$temp"
    exec "$path" "$2" >"$temp/$1" 2>&1 3>&-
}

# Waits for the next event.
take() {
    local event program
    IFS= read -r -t "$PATIENCE" event <&3 || fail "nothing more came for $PATIENCE s; still missing:
${transcript:-the end of a program}"
    program=${event%%:*}
    if [ "$event" = "$program" ]; then
        ended "$program"
    else
        event=${event#*:}
        took "$program" "${event%$'\r'}"
    fi
}

# PROGRAM LINE: shows a line that came, and compares it with the transcript.
took() {
    show "$@"
    case $2 in
    '[INFO ] '*)
        # Not the tutorial's, but a server's says where it is.
        if [ "$1" = "$server" ] && [ -z "$port" ]; then
            port=${2#*127.0.0.1:}
            port=${port%%[!0-9]*}
        fi
        return
        ;;
    esac
    local line expected
    line=$(mask "$2")
    expected=$(next_of "$1")
    [ "$1 │ $line" = "$expected" ] || differ "$1" "${expected:-(nothing more)}" "$1 │ $line"
    transcript=${transcript/"$expected$NEWLINE"/}
    compared=$((compared + 1))
}

# LINE: the same with ports masked: the server's is known, that of a client follows its address.
mask() {
    sed -e "s/ on $port\\.\\.\\./ on PORT.../" -e 's/127\.0\.0\.1:[1-9][0-9]*/127.0.0.1:PORT/' <<<"$1"
}

# PROGRAM: the next line that the transcript has of it, or nothing.
next_of() {
    sed -n "/^$1 │ /{p;q;}" <<<"$transcript"
}

ended() {
    local expected status=0
    expected=$(next_of "$1")
    [ -z "$expected" ] || differ "$1" "$expected" "(it has ended)"
    if [ "$1" = "$server" ]; then
        wait "$server_pid" || status=$?
        server_pid=
    else
        wait "$client_pid" || status=$?
        client_pid=
    fi
    [ "$status" = 0 ] || fail "$1 ended with exit status $status"
}

# PROGRAM LINE: prints a line with who printed it, in lessons about waiting also when.
show() {
    local time=
    if [ -n "$clock" ]; then
        time='         '
        if [ -n "$began" ]; then
            time=$(($(tenths) - began))
            time=$(printf '%3d.%d s  ' $((time / 10)) $((time % 10)))
        fi
    fi
    printf '%s%-11s │ %s\n' "$time" "$1" "$2"
}

# The time in tenths of a second; an old bash knows whole seconds only.
tenths() {
    local now=${EPOCHREALTIME:-$SECONDS.000000}
    echo $((${now/[.,]/} / 100000))
}

differ() { # PROGRAM TUTORIAL PRINTED
    fail "$1 is not as in the tutorial (ports masked):
  tutorial: $2
  printed:  $3"
}

fail() {
    printf '\ndemo.sh: %s\n' "$1" >&2
    exit 1
}

main
