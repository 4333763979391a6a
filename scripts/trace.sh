#!/usr/bin/env bash
# Shows a program's socket calls, made alike, so that diff compares two programs.
#
#   scripts/trace.sh COMMAND [ARGUMENT]...
#
#   scripts/trace.sh target/debug/tcp-client
#   diff <(scripts/trace.sh target/debug/tcp-client) <(scripts/trace.sh python3 crates/lab/python/tcp_client.py 127.0.0.1:9999)
#
# Runs COMMAND under `strace -f -e trace=network` and, when it has ended, prints its calls, each thread's
# together. What COMMAND itself prints goes where it always goes, and comes before them. A server's calls
# come when Ctrl+C (passed on to it, like SIGTERM and SIGHUP) has ended it.
#
# Made alike: descriptors are fd1, fd2 …, ports port1, port2 …, in order of appearance; port 0 stays.
# Left out, as they differ between languages and not in what is done:
#   - setsockopt, getsockopt and getsockname
#   - the flags SOCK_CLOEXEC and MSG_NOSIGNAL, and that accept may be accept4
#   - the address arguments of recvfrom, and the address lengths of accept and sendto
#   - the look-up of a name: sockets of AF_UNIX and AF_NETLINK, those that go to port 53, and UDP sockets
#     that are connected and then neither send nor receive (so addresses are put in order of preference)
#   - what wakes our servers at Ctrl+C: the socket kept ready to knock with, and, from Ctrl+C on, the
#     accept it ends, the shutdown of connections and the receives that ends, the empty datagram to oneself
#   - from Ctrl+C on, getpeername: Python asks it of a socket that it finds still open as it ends
#   - signals, and calls that a signal interrupted or that never returned
#   - where one receive ends and the next begins, on a connection that asked for a web page: receives of
#     the same size count as one, but for the last, which says that the server has closed.
# COMMAND is taken for one process, of any number of threads.
#
# The exit status is COMMAND's; 2 is wrong usage, 77 (the customary "skipped") that strace is missing or
# is not allowed to trace.
set -euo pipefail

if [ $# = 0 ]; then
    echo "usage: scripts/trace.sh COMMAND [ARGUMENT]...  such as scripts/trace.sh target/debug/tcp-client" >&2
    exit 2
fi
if ! command -v strace >/dev/null; then
    echo "trace.sh: strace is missing (it is for Linux only): apt install strace, dnf install strace, apk add strace" >&2
    exit 77
fi
if ! answer=$(strace -o /dev/null true 2>&1); then
    echo "trace.sh: strace cannot trace here: $answer" >&2
    exit 77
fi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# A signal for this script is COMMAND's; the script itself still has the calls to print.
traced=
# shellcheck disable=SC2317 # the traps call it
pass_on() {
    [ -n "${traced:=${!-}}" ] || exit 130
    interrupted=yes
    kill -"$1" -- "-$traced" 2>/dev/null || true
}
trap 'pass_on INT' INT
trap 'pass_on TERM' TERM
trap 'pass_on HUP' HUP

# Job control, because without it the shell makes what is in the background deaf to Ctrl+C.
set -m
strace -f -qq -o "$folder/calls" -e trace=network -- "$@" &
traced=$!
set +m
# Should this script be killed, what it has started ends too: nobody is left to write to this pipe.
exec 3> >(
    trap '' INT TERM HUP
    read -r || {
        kill -KILL -- "-$traced" 2>/dev/null || true
        rm -rf "$folder"
    }
)
interrupted=yes
while [ -n "$interrupted" ]; do
    interrupted=
    # The shell would say on stderr which signal has ended COMMAND.
    { wait "$traced" && status=0 || status=$?; } 2>/dev/null
done

# An id is a socket's number from birth on, whatever its descriptor. shown[n] is call n as it will be
# printed, but for descriptors and ports, which stand between \001 and \002 until all are known.
awk '
# Reads the arguments of a call into argument[1 …]; returns where its closing bracket is.
function split_arguments(text, start,    i, c, depth, quoted, count) {
    split("", argument)
    argument[count = 1] = ""
    for (i = start; i <= length(text); i++) {
        c = substr(text, i, 1)
        if (quoted && c == "\\") c = c substr(text, ++i, 1)
        else if (c == "\"") quoted = !quoted
        else if (quoted) ; # brackets and commas are data
        else if (c ~ /[[({]/) depth++
        else if (depth == 0 && c == ")") break
        else if (c ~ /[])}]/) depth--
        else if (depth == 0 && c == ",") {
            argument[++count] = ""
            i++ # the space after it
            continue
        }
        argument[count] = argument[count] c
    }
    sub(/ +$/, "", argument[count])
    return i
}

# Of some flags, those that are shown.
function flags(text) {
    gsub(/\|?(SOCK_CLOEXEC|MSG_NOSIGNAL)/, "", text)
    return text == "0" ? "" : text
}

# An address, its port marked.
function address(text,    before) {
    while (match(text, /htons\([0-9]+\)/)) {
        before = before substr(text, 1, RSTART + 5) "\001p" substr(text, RSTART + 6, RLENGTH - 7) "\002"
        text = substr(text, RSTART + RLENGTH - 1)
    }
    return before text
}

function socket_name(id) { return "\001s" id "\002" }
function new_socket(descriptor) { return socket_of[descriptor] = ++sockets }
function add(list, item) { return item == "" ? list : list ", " item }

function show(id, text) {
    if (!(thread in threads)) threads[thread] = ++thread_count
    shown[++calls] = text
    thread_of[calls] = threads[thread]
    id_of[calls] = id
    latest[thread] = calls
    if (!stopped && text !~ /^socket/) used[id] = 1
}

# A call that has returned: kept as it will be shown, or left out.
function call(name, result,    id, i, text) {
    if (name == "socketpair") return
    if (name == "socket") {
        show_socket(result)
        return
    }
    id = argument[1] in socket_of ? socket_of[argument[1]] : new_socket(argument[1])
    if (argument[3] == "SO_LINGER") lingers[id] = 1
    if (name ~ /^([gs]etsockopt|getsockname)$/ || (stopped && name == "getpeername")) return
    if (name ~ /^accept4?$/) {
        show_accept(id, result)
        return
    }
    if (name == "connect") connected[id] = 1
    if (name == "connect" && argument[2] ~ /htons\(53\)/) look_up[id] = 1
    if (name ~ /^(send|recv)/) busy[id] = 1
    if (name == "sendto" || name == "recvfrom") {
        show_data(name, id, result)
        return
    }
    if (stopped && name == "shutdown" && argument[2] == "SHUT_RD") {
        shut[id] = 1
        return
    }
    text = name "(" socket_name(id)
    for (i = 2; i in argument; i++) text = add(text, address(argument[i]))
    show(id, text ") = " result)
}

function show_socket(result,    id) {
    id = result ~ /^-/ ? ++sockets : new_socket(result)
    if (argument[1] ~ /AF_(UNIX|LOCAL|NETLINK)/) look_up[id] = 1
    if (argument[2] ~ /SOCK_DGRAM/) datagrams[id] = 1
    show(id, "socket(" argument[1] ", " flags(argument[2]) ", " argument[3] ") = " \
        (result ~ /^-/ ? result : socket_name(id)))
}

function show_accept(id, result,    text) {
    text = "accept(" socket_name(id)
    text = add(add(text, address(argument[2])), flags(argument[4])) ") = "
    if (result !~ /^-/) {
        result = socket_name(new_socket(result))
        if (stopped) hidden[sockets] = 1
    }
    if (!stopped) show(id, text result)
}

function show_data(name, id, result,    size, text) {
    size = argument[3]
    if (name == "sendto" && argument[2] ~ /^"GET /) web[id] = 1
    if (stopped && name == "sendto" && size == 0) return
    if (name == "recvfrom" && (id in web) && result > 0) {
        if (calls && latest[thread] == piece[id] && size == piece_size[id]) {
            total[id] += result
            data[id] = join_data(data[id], argument[2], total[id])
            shown[piece[id]] = "recvfrom(" socket_name(id) ", " data[id] ", " size ") = " total[id]
            return
        }
        piece[id] = calls + 1
        piece_size[id] = size
        total[id] = result
        data[id] = argument[2]
    }
    text = name "(" socket_name(id) ", " argument[2] ", " size
    text = add(text, flags(argument[4]))
    if (name == "sendto" && argument[5] != "NULL") text = add(text, address(argument[5]))
    show(id, text ") = " result)
    if (stopped && name == "recvfrom" && result == 0) last_receive[calls] = 1
}

# What strace shows of two pieces of data, as it would show them in one: the first 32 bytes.
function join_data(first, second, total,    text, i, n, c) {
    if (first ~ /\.\.\.$/) return first
    text = substr(first, 1, length(first) - 1) substr(second, 2)
    sub(/"(\.\.\.)?$/, "", text)
    i = 2
    for (n = 0; i <= length(text) && n < 32; n++) {
        c = substr(text, i, 4)
        if (c ~ /^\\[0-7][0-7][0-7]/) i += 4
        else if (c ~ /^\\[0-7][0-7]/) i += 3
        else if (c ~ /^\\/) i += 2
        else i++
    }
    return substr(text, 1, i - 1) (total > 32 ? "\"..." : "\"")
}

{
    thread = $1
    line = $0
    sub(/^[0-9]+ +/, "", line)
}
line ~ /^--- SIG(INT|TERM|HUP) / { stopped = 1 }
line ~ /^(---|\+\+\+)/ { next }
# Threads run side by side: what one has begun is put together with its end.
line ~ /<unfinished \.\.\.>$/ {
    sub(/ *<unfinished \.\.\.>$/, "", line)
    begun[thread] = line
    next
}
line ~ /^<\.\.\. [a-z0-9_]+ resumed>/ {
    sub(/^<\.\.\. [a-z0-9_]+ resumed> ?/, "", line)
    line = begun[thread] (begun[thread] ~ /,$/ ? " " : "") line
}
{
    start = index(line, "(")
    result = substr(line, split_arguments(line, start + 1) + 1)
    sub(/^ *= */, "", result)
    interrupted = result ~ /^\?/ || result ~ / EINTR / || result == ""
    if (!interrupted) call(substr(line, 1, start - 1), result)
}

function label(kind, number) {
    if (kind == "p" && number == 0) return 0
    if (!((kind number) in labels)) labels[kind number] = (kind == "p" ? "port" : "fd") (++labelled[kind])
    return labels[kind number]
}

function print_call(text,    before) {
    while (match(text, /\001[sp][0-9]+\002/)) {
        before = before substr(text, 1, RSTART - 1)
        before = before label(substr(text, RSTART + 1, 1), substr(text, RSTART + 2, RLENGTH - 3))
        text = substr(text, RSTART + RLENGTH)
    }
    print before text
}

END {
    for (id = 1; id <= sockets; id++) {
        looks_up = (id in look_up) || ((id in datagrams) && (id in connected) && !(id in busy))
        knocks = (id in lingers) && !(id in used)
        if (looks_up || knocks) hidden[id] = 1
        woken[id] = (id in shut) || (id in datagrams)
    }
    for (n in last_receive) if (woken[id_of[n]]) delete shown[n]
    # The threads in the order in which the sockets that they begin with were made.
    for (n = 1; n <= calls; n++) {
        t = thread_of[n]
        if (!(n in shown) || (id_of[n] in hidden) || (t in first)) continue
        first[t] = id_of[n]
        for (i = ++groups; i > 1 && first[order[i - 1]] > first[t]; i--) order[i] = order[i - 1]
        order[i] = t
    }
    for (i = 1; i <= groups; i++) {
        if (i > 1) print "-- another thread"
        for (n = 1; n <= calls; n++)
            if ((n in shown) && !(id_of[n] in hidden) && thread_of[n] == order[i]) print_call(shown[n])
    }
}
' "$folder/calls"
echo >&3
exit "$status"
