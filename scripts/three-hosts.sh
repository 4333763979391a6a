#!/usr/bin/env bash
# Three hosts on one machine: shows what one host alone cannot, with our own programs.
#
# Two hosts and a router between them are made of Linux network namespaces, so that each has network
# cards, addresses and ports of its own, as three computers have:
#
#     client 10.1.0.2 ---- 10.1.0.1 router 10.2.0.1 ---- 10.2.0.2 server
#
# Later a second router comes between the router and the server, with two ways from one to the other: a direct
# one, and one by way of a host called line, where a program of ours can trouble the packets:
#
#     client ---- router 10.3.0.1 ------------------------------ 10.3.0.2 router2 10.2.0.1 ---- server
#                        10.4.0.1 ---- 10.4.0.2 line 10.5.0.1 ---- 10.5.0.2
#
# Nothing leaves this machine, and nothing stays behind, however the script ends: processes, hosts and
# files live in namespaces that go with it. Any user may run it, where the kernel lets any user make
# namespaces. The numbers are those of docs/claims.md.
#
#     scripts/three-hosts.sh
#
# PROGRAMS names a folder with the programs, built already; without it, cargo builds them.
# Exit status: 0 all as it should be, 1 a verdict failed, 77 this machine cannot make the hosts.
set -euo pipefail
shopt -s inherit_errexit
# What is read below must not depend on the shell that this runs in.
export LC_ALL=C RUST_LOG=info RUST_LOG_STYLE=never

skip() {
    echo "skipped: $*" >&2
    exit 77
}

# --- Outside: build, and start this script again inside.

build() {
    local root
    root=$(cd "$(dirname "$0")/.." && pwd)
    cd "$root"
    cargo build --quiet --package tcp-server --package tcp-client --package udp-server \
        --package udp-client --package http-fetch --package lab --bins \
        --example page_server --example sniff --example ping --example numbers --example line
    cargo metadata --no-deps --format-version 1 |
        sed 's|.*"target_directory":"\([^"]*\)".*|\1/debug|'
}

# The first set of options with which this user may make namespaces: as root as it is, or as the root of
# a user namespace.
namespaces() {
    local own=(--net --mount --pid --fork --kill-child) user
    for user in '' '--user --map-root-user'; do
        # shellcheck disable=SC2086 # two options
        if unshare $user "${own[@]}" -- true 2>/dev/null; then
            echo "$user ${own[*]}"
            return
        fi
    done
    return 1
}

outside() {
    [[ $(uname) == Linux ]] || skip "network namespaces are Linux's own"
    local tool options programs alive inside status=0
    for tool in unshare nsenter setpriv ip ss; do
        command -v "$tool" >/dev/null || skip "$tool is not installed (util-linux, iproute2)"
    done
    read -ra options < <(namespaces) || skip "this user may not make network namespaces here"
    programs=${PROGRAMS:-$(build)}

    # All that runs inside holds the pipe to this cat: it ends when the last of them has.
    exec {alive}> >(trap '' INT TERM HUP && exec cat)
    local last=$!
    unshare "${options[@]}" -- bash "$0" --inside "$programs" &
    inside=$!
    exec {alive}>&-
    trap 'kill -KILL $inside 2>/dev/null || true; wait $last || true; exit 130' INT TERM HUP
    wait "$inside" || status=$?
    wait "$last" || true
    exit "$status"
}

# --- Inside: the three hosts.

hosts() {
    logs=/run/logs
    # A proc of our own, where we may: in a container, the one that is there may be read-only.
    mount -t proc proc /proc 2>/dev/null || true
    mount -t tmpfs tmpfs /run && mkdir /run/netns "$logs" &&
        ip netns add client && ip netns add router && ip netns add server &&
        ip -n router link add eth0 type veth peer name eth0 netns client &&
        ip -n router link add eth1 type veth peer name eth0 netns server &&
        address client lo 127.0.0.1/8 && address client eth0 10.1.0.2/24 &&
        address router lo 127.0.0.1/8 && address router eth0 10.1.0.1/24 &&
        address router eth1 10.2.0.1/24 &&
        address server lo 127.0.0.1/8 && address server eth0 10.2.0.2/24 &&
        ip -n client route add default via 10.1.0.1 &&
        ip -n server route add default via 10.2.0.1 &&
        setting router ip_forward 1 && setting server ip_unprivileged_port_start 1024
}

# A second router, and two ways to it: of two routes, the one with the smaller metric is taken.
second_router() {
    ip netns add router2 && ip netns add line &&
        ip -n router link set eth1 netns router2 &&
        ip -n router link add eth1 type veth peer name eth0 netns router2 &&
        ip -n router link add eth2 type veth peer name eth0 netns line &&
        ip -n line link add eth1 type veth peer name eth2 netns router2 &&
        address router2 lo 127.0.0.1/8 && address router2 eth1 10.2.0.1/24 &&
        address router eth1 10.3.0.1/24 && address router2 eth0 10.3.0.2/24 &&
        address router eth2 10.4.0.1/24 && address line eth0 10.4.0.2/24 &&
        address line eth1 10.5.0.1/24 && address router2 eth2 10.5.0.2/24 &&
        ip -n router route add 10.2.0.0/24 via 10.3.0.2 metric 10 &&
        ip -n router route add 10.2.0.0/24 via 10.4.0.2 metric 20 &&
        ip -n router2 route add 10.1.0.0/24 via 10.3.0.1 metric 10 &&
        ip -n router2 route add 10.1.0.0/24 via 10.5.0.1 metric 20 &&
        ip -n line route add 10.1.0.0/24 via 10.4.0.1 &&
        ip -n line route add 10.2.0.0/24 via 10.5.0.2 &&
        setting router2 ip_forward 1 && setting line ip_forward 1
}

# address HOST CARD ADDRESS: gives a network card its address, and switches it on.
address() {
    if [[ $2 != lo ]]; then ip -n "$1" address add "$3" dev "$2"; fi
    ip -n "$1" link set "$2" up
}

# setting HOST NAME VALUE: of its kernel.
setting() {
    on "$1" bash -c "echo $3 >/proc/sys/net/ipv4/$2"
}

# on HOST COMMAND...: runs it there.
on() {
    nsenter --net="/run/netns/$1" -- "${@:2}"
}

# ask HOST COMMAND...: runs it there to its end; what it says goes to $said, its exit status to $status.
ask() {
    status=0
    said=$(on "$1" timeout 60 "${@:2}" 2>&1) || status=$?
}

# start NAME HOST COMMAND...: runs it there in the background; what it says goes to the log NAME.
declare -A running
start() {
    : >"$logs/$1" # now, as somebody is about to read it
    nsenter --net="/run/netns/$2" -- "${@:3}" >>"$logs/$1" 2>&1 &
    running[$1]=$!
}

# serve NAME HOST COMMAND...: starts it, and waits until it is ready or has failed.
serve() {
    start "$@"
    await "$1" 1 'listening on|receiving on|one page on|sniffing|passing on|hint:' || true
}

# stop NAME...: ends what start has started.
stop() {
    local name
    for name; do
        kill -TERM "${running[$name]}" 2>/dev/null || true
        wait "${running[$name]}" || true
    done
}

# await NAME TIMES PATTERN: waits until the log NAME has so many lines with the pattern.
await() {
    local line times=0 tail fd found=1
    exec {fd}< <(exec tail -n +1 -f "$logs/$1")
    tail=$!
    while ((times < $2)) && read -r -t 30 -u "$fd" line; do
        if [[ $line =~ $3 ]]; then times=$((times + 1)); fi
    done
    ((times < $2)) || found=0
    exec {fd}<&-
    kill "$tail" 2>/dev/null || true
    wait "$tail" 2>/dev/null || true
    return "$found"
}

# count NAME PATTERN: how many lines of the log NAME have the pattern.
count() {
    grep -cE -- "$2" "$logs/$1" || true
}

# --- What is printed.

passed=0
failed=0

section() {
    local claims=Claim
    [[ $1 != *,* ]] || claims=Claims
    printf '\n== %s %s: %s\n' "$claims" "$1" "$2"
}

# What was observed, from stdin.
observed() {
    sed 's/^/   | /'
}

# verdict TEXT EXPECTED SEEN
verdict() {
    if [[ $2 == "$3" ]]; then
        echo "   ok: $1"
        passed=$((passed + 1))
    else
        echo "   FAILED: $1: expected '$2', saw '$3'"
        failed=$((failed + 1))
    fi
}

# What went wrong, in the system's own words, out of an error message of ours on stdin; or nothing.
reason() {
    sed -nE 's/.*: ([^:]+) \(os error [0-9]+\)$/\1/p'
}

# reach HOST ADDRESS: whether a tcp-client there gets an answer; $result is what came of it.
reach() {
    ask "$1" "$programs/tcp-client" "$2" Michael
    result=answered
    ((status == 0)) || result=$(reason <<<"$said")
    observed <<<"$1 to $2: $result"
}

# --- The experiments.

addresses() {
    section 30 'an address belongs to an interface, and a router has two'
    local host seen
    seen=$(for host in client router server; do
        ip -n "$host" -o -4 address show scope global | awk -v "host=$host" '{ print host, $2, $4 }'
    done)
    observed <<<"$seen"
    verdict 'each address is that of one card, and the router has two of each' \
        "client eth0 10.1.0.2/24
router eth0 10.1.0.1/24
router eth1 10.2.0.1/24
server eth0 10.2.0.2/24" "$seen"
}

same_loopback() {
    section 29 'an address is not the identity of a computer: each has its own 127.0.0.1'
    local host
    for host in client router server; do
        serve "tcp-$host" "$host" "$programs/tcp-server" 127.0.0.1:9999 --delay 0
        observed <<<"$host: $(grep 'listening on' "$logs/tcp-$host")"
    done
    reach router 127.0.0.1:9999
    await tcp-router 1 'closed' || true
    verdict 'all three have 127.0.0.1:9999 at once, and the router talks to its own' '0 1 0 ' \
        "$(for host in client router server; do echo -n "$(count "tcp-$host" Accept) "; done)"
    stop tcp-client tcp-router tcp-server
}

where_a_server_is_bound() {
    section '19, 20, 21' 'the address of a server decides who reaches it'
    observed <<<'bound to 127.0.0.1:'
    serve tcp server "$programs/tcp-server" 127.0.0.1:9999 --delay 0
    reach server 127.0.0.1:9999
    verdict '127.0.0.1 is reached from the same host' answered "$result"
    reach client 10.2.0.2:9999
    verdict '127.0.0.1 is not reached from another' 'Connection refused' "$result"
    stop tcp

    observed <<<'bound to 0.0.0.0:'
    serve tcp server "$programs/tcp-server" 0.0.0.0:9999 --delay 0
    reach server 127.0.0.1:9999
    verdict '0.0.0.0 is reached as 127.0.0.1' answered "$result"
    reach client 10.2.0.2:9999
    verdict '0.0.0.0 is reached from another host' answered "$result"
    stop tcp

    observed <<<'on the router, bound to 10.1.0.1, one of its two addresses:'
    serve tcp router "$programs/tcp-server" 10.1.0.1:9999 --delay 0
    reach client 10.1.0.1:9999
    verdict 'the address it is bound to reaches it' answered "$result"
    reach server 10.2.0.1:9999
    verdict 'the other address does not' 'Connection refused' "$result"
    reach router 127.0.0.1:9999
    verdict 'nor, on the same host, does 127.0.0.1' 'Connection refused' "$result"
    reach server 10.1.0.1:9999
    verdict 'Linux lets a packet in by the other card: an address is not a card' answered "$result"
    stop tcp
    serve card router "$programs/examples/numbers" receive 10.1.0.1:9999 --card eth0
    ask server "$programs/examples/numbers" send 10.1.0.1:9999 </dev/null
    observed <<<"with SO_BINDTODEVICE eth0, server to 10.1.0.1:9999: $(head -1 <<<"$said")"
    verdict 'SO_BINDTODEVICE ties a server to the card' 'Connection refused' "$(head -1 <<<"$said" | reason)"
    ask client "$programs/examples/numbers" send 10.1.0.1:9999 </dev/null
    verdict 'by that card it is reached' 0 "$status"
    wait "${running[card]}" || true

    ask client "$programs/tcp-server" 10.2.0.2:9999
    observed <<<"$said"
    verdict 'the address of another host cannot be bound' 'Cannot assign requested address' \
        "$(reason <<<"$said")"
}

# Runs a command without the two privileges in question, which is what an ordinary user lacks.
ordinary=(setpriv '--bounding-set=-net_bind_service,-net_raw')

# ports PORT...: tries each with a tcp-server of an ordinary user; $result is what came of them.
ports() {
    local port seen
    result=
    for port; do
        serve tcp server "${ordinary[@]}" "$programs/tcp-server" "10.2.0.2:$port" --delay 0
        seen=$(reason <"$logs/tcp")
        ((!$(count tcp 'listening on'))) || seen=listening
        observed <<<"port $port: $seen"
        result+="$seen, "
        stop tcp
    done
}

ports_below_1024() {
    section 17 'ports below 1024 need a privilege, unless the system says otherwise'
    serve page server "$programs/examples/page_server" 10.2.0.2:80
    ask client "$programs/http-fetch" 10.2.0.2 --output /run/page
    observed <<<"with the privilege, page_server on port 80: $(head -1 <<<"$said")"
    verdict 'with the privilege, port 80 serves' 0 "$status"
    stop page

    ports 80 999 1023 1024
    verdict 'without it, 1024 is the first' \
        'Permission denied, Permission denied, Permission denied, listening, ' "$result"

    setting server ip_unprivileged_port_start 80
    observed <<<'ip_unprivileged_port_start=80:'
    ports 79 80 999
    verdict 'where the first one is, is a setting' 'Permission denied, listening, listening, ' "$result"
    setting server ip_unprivileged_port_start 1024
}

raw_sockets() {
    section 12 'raw sockets need a privilege, and speak ICMP'
    local ping=$programs/examples/ping
    ask client "${ordinary[@]}" "$ping" 10.2.0.2
    observed <<<"without the privilege: $(head -1 <<<"$said")"
    verdict 'an ordinary user gets none' 'Operation not permitted' "$(reason <<<"$said")"
    ask client "$ping" 10.2.0.2
    observed <<<"with it: $said"
    verdict 'ICMP asks, and is answered' '10.2.0.2 answered: echo reply' "$said"
    ask client "$ping" 10.2.0.2 --ttl 1
    observed <<<"IP header of our own, TTL 1: $said"
    verdict 'an IP header of our own goes out as it is: TTL 1 ends at the router' \
        '10.1.0.1 answered: time exceeded' "$said"
    ask client "$ping" 10.2.0.2 --ttl 2
    observed <<<"IP header of our own, TTL 2: $said"
    verdict 'TTL 2 arrives' '10.2.0.2 answered: echo reply' "$said"
}

# sniff [OPTION]...: starts the sniffer, on the router, which all must pass.
sniff() {
    serve sniff router "$programs/examples/sniff" "$@"
}

# packets PATTERN: the packets seen that match it; those sent twice, because a machine was slow, once.
packets() {
    grep -E -- "$1" "$logs/sniff" | awk '!seen[$0]++' || true
}

# layers PATTERN: those packets, with their layers.
layers() {
    PATTERN=$1 awk '/^[0-9]/ { shown = $0 ~ ENVIRON["PATTERN"] && !seen[$0]++ } shown' "$logs/sniff"
}

conversation() {
    section '5, 35' 'the client begins, and it takes three packets'
    sniff --layers
    serve tcp server "$programs/tcp-server" 10.2.0.2:9999 --delay 0
    ask client "$programs/tcp-client" 10.2.0.2:9999 Michael
    await sniff 2 ' TCP F' || true
    stop sniff tcp
    local all three
    all=$(packets '^[0-9].* TCP ')
    three=$(head -3 <<<"$all")
    observed <<<"$three"
    verdict 'the first packet is a SYN, from the active side' '10.1.0.2 S' \
        "$(awk -F '[ :]' 'NR == 1 { print $1, $7 }' <<<"$three")"
    verdict 'three packets connect: SYN, SYN and ACK, ACK' \
        '10.1.0.2 S, 10.2.0.2 SA, 10.1.0.2 A, ' \
        "$(awk -F '[ :]' '{ printf "%s %s, ", $1, $7 }' <<<"$three")"

    section 36 'TCP numbers bytes, not packets'
    all=$(packets '^10\.1\.0\.2:.* TCP .* len ')
    observed <<<"$all"
    observed <<<"their IP packets' ids: $(grep -A2 -E '^10\.1\.0\.2:.* len ' "$logs/sniff" |
        sed -n 's/.*, id //p' | tr '\n' ' ')(of another counter)"
    verdict 'Michael moves the number by 7, and exit is next' 'seq 1 len 7, seq 8 len 4, ' \
        "$(sed -E 's/.* (seq [0-9]+) .*(len [0-9]+)$/\1 \2/' <<<"$all" | awk '{ printf "%s, ", $0 }')"

    section 42 'the layers of one frame: each carries the next'
    all=$(grep -m 1 -A 4 -E '^10\.1\.0\.2:.* len 7$' "$logs/sniff" || true)
    observed <<<"$all"
    verdict 'Ethernet carries IP carries TCP carries data' 'Ethernet IPv4 TCP data ' \
        "$(awk 'NR > 1 { printf "%s ", $1 }' <<<"$all")"
    verdict 'what is left at the end is what the program sent' '7 bytes Michael' \
        "$(awk '$1 == "data" { print $2, $3, $4 }' <<<"$all")"
}

fragments() {
    section '31, 38' 'IP cuts a long datagram, TCP cuts its stream itself; only the first fragment has ports'
    local seen
    sniff --layers
    serve udp server "$programs/udp-server" 10.2.0.2:9999
    ask client "$programs/udp-client" 10.2.0.2:9999 "$(printf 'x%.0s' {1..4000})" --timeout 30
    await sniff 3 ', fragment ' || true
    stop sniff udp
    seen=$(packets '^10\.1\.0\.2.*, fragment ')
    observed <<<"$seen"
    verdict '4000 bytes of data are three IP packets' '0..1480 1500, 1480..2960 1500, 2960..4008 1068, ' \
        "$(sed -E 's/.*fragment ([0-9.]+), ([0-9]+) .*/\1 \2/' <<<"$seen" | sort -n |
            awk '{ printf "%s, ", $0 }')"
    verdict 'one of them has ports, the first' '0..1480' \
        "$(sed -nE 's/^[0-9.]+:[0-9]+ > .* fragment ([0-9.]+),.*/\1/p' <<<"$seen")"
    verdict 'IP may cut them again on the way: none has the flag DF (do not fragment)' 3 \
        "$(layers '^10\.1\.0\.2.*, fragment ' | grep IPv4 | grep -vc ', DF')"
    verdict 'the server receives one datagram' 1 "$(count udp '^Received from 10.1.0.2:')"

    # Without this, the client's kernel hands several segments at once to its card, which is to cut them.
    ip -n client link set eth0 gso_max_segs 1
    sniff --layers
    serve tcp server "$programs/tcp-server" 10.2.0.2:9999 --delay 0
    ask client "$programs/tcp-client" 10.2.0.2:9999 "$(printf 'x%.0s' {1..3000})"
    await sniff 1 '^10\.1\.0\.2:.* TCP .* len 104$' || true
    stop sniff tcp
    seen=$(packets ' TCP SA? .* mss ')
    observed <<<"$seen"
    verdict 'each side says in its SYN how much data fits into its packets of 1500 bytes' '1460 1460 ' \
        "$(sed -E 's/.* mss ([0-9]+).*/\1/' <<<"$seen" | tr '\n' ' ')"
    seen=$(packets '^10\.1\.0\.2:.* TCP .* len [0-9]{3,}$')
    observed <<<"$seen"
    verdict '3000 bytes over TCP are three segments, each with ports' '1448 1448 104 ' \
        "$(sed -E 's/.* len //' <<<"$seen" | tr '\n' ' ')"
    verdict 'and no fragment' 0 "$(count sniff ', fragment ')"
    verdict 'nor may anybody cut them: each has the flag DF' "$(wc -l <<<"$seen")" \
        "$(layers '^10\.1\.0\.2:.* len [0-9][0-9][0-9]+$' | grep IPv4 | grep -c ', DF')"
}

router() {
    section 32 'the router decides where a packet goes, and whether it goes at all'
    local route
    route=$(ip -n client route get 10.2.0.2 | sed -n '1s/ uid .*//p')
    observed <<<"client: $route"
    verdict 'all that the client knows is the router' 'via 10.1.0.1 dev eth0' \
        "$(grep -o 'via 10.1.0.1 dev eth0' <<<"$route" || true)"
    sniff
    serve udp server "$programs/udp-server" 10.2.0.2:9999
    setting router ip_forward 0
    ask client "$programs/udp-client" 10.2.0.2:9999 Michael --timeout 0.5
    observed <<<"ip_forward=0: $(head -1 <<<"$said")"
    await sniff 1 '^10\.1\.0\.2:.* UDP len 7$' || true
    verdict 'a router that does not forward has the packet' 1 "$(packets ' UDP len 7$' | wc -l)"
    verdict 'and nobody gets an answer' 1 "$status"
    verdict 'nor does the server get the packet' 0 "$(count udp ^Received)"
    setting router ip_forward 1
    ask client "$programs/udp-client" 10.2.0.2:9999 Michael --timeout 30
    observed <<<"ip_forward=1: $said"
    verdict 'forwarding again, it passes both ways' '1 Hello, Michael!' "$(count udp ^Received) $said"
    stop sniff udp
    two_ways
}

# hop: who answers a packet that has a TTL of two, which is the second on the way.
hop() {
    ask client "$programs/examples/ping" 10.2.0.2 --ttl 2
    observed <<<"TTL 2, to 10.2.0.2: $said"
}

two_ways() {
    second_router || skip 'this machine cannot make a second router'
    observed < <(ip -n router route show 10.2.0.0/24 | sed 's/^/router: /')
    hop
    verdict 'of two ways, a router chooses the one that it prefers' '10.3.0.2 answered: time exceeded' "$said"
    serve receiver server "$programs/examples/numbers" receive 10.2.0.2:9999
    count_from client
    (echo 10 >&"$orders") || true
    await receiver 10 '^tcp ' || true
    ip -n router link set eth1 down
    ip -n router2 link set eth0 down
    observed <<<'the direct way is cut'
    hop
    verdict 'when that is cut, it takes the other' '10.4.0.2 answered: time exceeded' "$said"
    (echo 10 >&"$orders") || true
    await receiver 20 '^tcp ' || stop receiver
    count_ends
    observed <<<"over the same connection, before and after: $(sed -n 's/^tcp //p' "$logs/receiver" | ranges)"
    verdict 'and the connection goes on, since its ends have not changed' "$(seq -s ' ' 20)" \
        "$(sed -n 's/^tcp //p' "$logs/receiver" | paste -sd ' ')"
}

# count_from HOST: starts the sender of numbers there, which takes its orders from the descriptor $orders.
count_from() {
    : >"$logs/sender"
    exec {orders}> >(exec nsenter --net="/run/netns/$1" -- \
        "$programs/examples/numbers" send 10.2.0.2:9999 >>"$logs/sender" 2>&1)
    running[sender]=$!
}

# count_ends: no more orders; the sender and the receiver end, and the sender's exit status is $status.
count_ends() {
    exec {orders}>&-
    status=0
    wait "${running[sender]}" || status=$?
    wait "${running[receiver]}" || true
}

# ranges: numbers on stdin, one a line, as 1-40 81-120.
ranges() {
    { grep . || true; } | sort -n | awk 'NR == 1 || $1 != last + 1 { if (NR > 1) printf "-%s ", last; printf "%s", $1 }
                   { last = $1 } END { if (NR) print "-" last }'
}

# The line lets the third packet overtake the second, and loses the fourth: of TCP's, and of UDP's.
wrong_order() {
    section '33, 34, 37' 'IP loses packets and changes their order, and TCP makes up for both'
    local arrived
    setting line ip_forward 0
    # A long line, and no guesses by the clock: so a machine that is slow looks like one that is not. By the time
    # between two acknowledgements, TCP tells a packet that was overtaken from one that was lost.
    serve line line "$programs/examples/line" 9999 --delay 0.25
    ip -n client route replace default via 10.1.0.1 rto_min 20s
    setting client tcp_early_retrans 0
    setting client tcp_autocorking 0
    serve arrived server "$programs/examples/sniff"
    serve receiver server "$programs/examples/numbers" receive 10.2.0.2:9999
    count_from client
    (echo 9 >&"$orders") || true
    await receiver 8 '^udp ' || true
    await receiver 9 '^tcp ' || stop receiver
    # retrans:1/1 would say that one of one is on its way still.
    retransmitted=$(on client ss -tin dst 10.2.0.2 | sed -nE 's|.* (bytes_retrans:[0-9]+) .* (retrans:)[0-9]+/([0-9]+) .*|\1 \2\3|p')
    count_ends
    await arrived 1 '^10\.1\.0\.2:.* TCP F' || true
    stop arrived line

    # Each number and its line feed are two bytes: the sequence number says which of them a packet has.
    arrived=$(sed -nE 's/^10\.1\.0\.2:.* TCP P?A seq ([0-9]+) len 2$/\1/p' "$logs/arrived" |
        awk '{ print ($1 + 1) / 2 }' | paste -sd ' ')
    observed <<<"sent: 1-9 over TCP and 1-9 over UDP, a packet for each"
    observed <<<"arrived at the server's card, TCP: $arrived"
    observed <<<"delivered by TCP: $(sed -n 's/^tcp //p' "$logs/receiver" | paste -sd ' ')"
    observed <<<"delivered by UDP: $(sed -n 's/^udp //p' "$logs/receiver" | paste -sd ' ')"
    observed <<<"client: $retransmitted"
    verdict 'packets arrive in another order than they were sent' '1 3 2 5' "$(cut -d ' ' -f 1-4 <<<"$arrived")"
    verdict 'TCP delivers in order' '1 2 3 4 5 6 7 8 9' "$(sed -n 's/^tcp //p' "$logs/receiver" | paste -sd ' ')"
    verdict 'UDP delivers as it comes' '1 3 2 5 6 7 8 9' "$(sed -n 's/^udp //p' "$logs/receiver" | paste -sd ' ')"
    verdict 'a loss is repaired by one retransmission, of what was lost' 'bytes_retrans:2 retrans:1' "$retransmitted"
    ip -n client route replace default via 10.1.0.1
    setting line ip_forward 1
}

blackout() {
    observed <<<'Now the router stops for a while:'
    local retransmitted
    sniff
    serve receiver server "$programs/examples/numbers" receive 10.2.0.2:9999
    count_from client

    (echo 40 >&"$orders") || true
    await receiver 80 '^(tcp|udp) ' || true
    setting router ip_forward 0
    (echo 40 >&"$orders") || true
    await sender 1 'sent up to 80$' || true
    await sniff 80 ' UDP len ' || true
    setting router ip_forward 1
    (echo 40 >&"$orders") || true
    await receiver 40 '^udp (8[1-9]|9.|1..)$' || true
    await receiver 120 '^tcp ' || stop receiver
    observed <<<"client: $(on client ss -tin dst 10.2.0.2 | grep -oE '(bytes_retrans|retrans):[0-9/]+' | tr '\n' ' ')"

    count_ends
    await sniff 1 '^10\.1\.0\.2:.* TCP F' || true
    stop sniff

    local lost
    lost=$({ seq 120 && sed -n 's/^udp //p' "$logs/receiver"; } | sort | uniq -u)
    observed <<<"sent: 1-120 over TCP and 1-120 over UDP; the router stopped from 41 to 80"
    observed <<<"received over TCP: $(sed -n 's/^tcp //p' "$logs/receiver" | ranges)"
    observed <<<"received over UDP: $(sed -n 's/^udp //p' "$logs/receiver" | ranges), lost: $(ranges <<<"$lost")"
    verdict 'UDP loses some' yes "$([[ $lost ]] && echo yes || echo no)"
    verdict 'all of which was sent meanwhile' '' "$(awk '$1 < 41 || $1 > 80' <<<"$lost" | ranges)"
    verdict 'the sender is told of no error' 0 "$status"
    verdict 'TCP delivers every number, in order' "$(seq -s ' ' 120)" \
        "$(sed -n 's/^tcp //p' "$logs/receiver" | paste -sd ' ')"
    retransmitted=$(grep -E '^10\.1\.0\.2:.* TCP .* len ' "$logs/sniff" |
        sed -E 's/.* seq ([0-9]+) .*/\1/' | sort | uniq -d | wc -l)
    observed <<<"sequence numbers of the client that passed the sniffer more than once: $retransmitted"
    verdict 'TCP sent something again, by itself' yes "$( ((retransmitted)) && echo yes || echo no)"
}

# congestion_window HOST: of its connection with port 9999, in segments.
congestion_window() {
    on "$1" ss -tin state established '( sport = 9999 or dport = 9999 )' |
        sed -nE 's/.* cwnd:([0-9]+) .*/\1/p'
}

# The server thinks for an hour about the first 1024 bytes: it is a reader that sleeps.
window() {
    section 60 'a reader that sleeps closes the window, and the sender waits'
    local queue
    setting server tcp_rmem '4096 65536 65536'
    sniff
    serve tcp server "$programs/tcp-server" 10.2.0.2:9999 --delay 3600
    start name client "$programs/tcp-client" 10.2.0.2:9999 "$(printf 'x%.0s' {1..100000})" --timeout 3600
    await sniff 1 '^10\.2\.0\.2:.* TCP .* win 0$' || true
    observed < <(grep -m 1 ' win 0$' "$logs/sniff")
    verdict 'the receiver says that it takes no more: its window is 0' yes \
        "$( (($(count sniff '^10\.2\.0\.2:.* win 0$'))) && echo yes || echo no)"
    queue=$(on client ss -Htn state established dst 10.2.0.2 | awk '{ print $2 }')
    observed <<<"client: 100000 bytes, of which $queue still wait there to be sent"
    verdict 'the rest waits at the sender' yes "$( ((queue > 0 && queue < 100000)) && echo yes || echo no)"

    section 69 'TCP begins slowly, and may send more with each acknowledgement'
    local server client
    server=$(congestion_window server)
    client=$(congestion_window client)
    observed <<<"server, which has sent 8 bytes: $server segments may be on the way at once"
    observed <<<"client, which has sent $((100000 - queue)) bytes: $client"
    verdict 'a connection begins with 10 segments, and perhaps one more' yes \
        "$( ((server == 10 || server == 11)) && echo yes || echo no)"
    verdict 'and has more when those were acknowledged' yes "$( ((client > 10)) && echo yes || echo no)"
    stop name sniff
    # Ctrl+C would let it think to the end.
    kill -KILL "${running[tcp]}"
    wait "${running[tcp]}" 2>/dev/null || true
}

inside() {
    programs=$1
    hosts || skip 'this machine cannot make the three hosts'
    addresses
    same_loopback
    where_a_server_is_bound
    ports_below_1024
    raw_sockets
    conversation
    fragments
    router
    wrong_order
    blackout
    window
    printf '\n%s verdicts, %s failed\n' "$((passed + failed))" "$failed"
    ((failed == 0))
}

if [[ ${1-} == --inside ]]; then
    inside "$2"
else
    outside
fi
