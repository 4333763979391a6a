//! What the learner's program does with the network, seen from outside of it. Linux only.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::events::{Bell, Deadline, lock};

/// TCP or UDP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    Tcp,
    Udp,
}

/// A packet that passed.
#[derive(Debug, Clone)]
pub struct Packet {
    pub protocol: Protocol,
    pub from: SocketAddr,
    pub to: SocketAddr,
    /// TCP: the first packet of a connection.
    pub syn: bool,
    pub ack: bool,
    /// What it carries, up to 2,000 bytes of it.
    pub data: Vec<u8>,
    pub length: usize,
}

impl Packet {
    /// Whether it is between a program and a name server.
    pub fn asks_for_a_name(&self) -> bool {
        const DNS: u16 = 53;
        self.protocol == Protocol::Udp && [self.from.port(), self.to.port()].contains(&DNS)
    }
}

/// A socket that waits for others: it listens, or it is bound for datagrams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    pub protocol: Protocol,
    pub address: SocketAddr,
}

/// The packets of this world, as they pass.
#[derive(Default)]
pub struct Watch {
    packets: Arc<Mutex<Vec<Packet>>>,
    /// Whether packets are seen at all.
    pub sees: bool,
}

impl Watch {
    /// Begins to look, where that is possible.
    pub fn start(own: bool, bell: &Bell) -> Self {
        let mut watch = Self::default();
        if own {
            watch.sees = start(&watch.packets, bell).is_ok();
        }
        watch
    }

    /// Those that have passed so far.
    pub fn packets(&self) -> Vec<Packet> {
        lock(&self.packets).clone()
    }

    /// Forgets them.
    pub fn clear(&self) {
        lock(&self.packets).clear();
    }
}

/// Waits until a process of the group waits for others at a port. No system tells of that by itself, so
/// this looks again, less and less often.
pub fn wait_for_socket(
    pid: u32,
    own: bool,
    limit: Duration,
    bell: &Bell,
    mut choose: impl FnMut(&[Waiting]) -> Option<Waiting>,
    give_up: impl Fn() -> bool,
) -> Option<Waiting> {
    let mut deadline = Deadline::at(Instant::now() + limit);
    let mut pause = Duration::from_millis(10);
    loop {
        if let Some(found) = choose(&waiting(pid, own)) {
            return Some(found);
        }
        let rest = deadline.rest();
        if give_up() || rest.is_zero() && !deadline.extend() {
            // It may have begun while we were looking elsewhere.
            return choose(&waiting(pid, own));
        }
        let next = Instant::now() + rest.min(pause);
        bell.wait(next, || give_up().then_some(()));
        pause = (pause * 2).min(Duration::from_millis(200));
    }
}

#[cfg(not(target_os = "linux"))]
fn start(_packets: &Arc<Mutex<Vec<Packet>>>, _bell: &Bell) -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}

/// No other system tells it without a tool of its own.
#[cfg(not(target_os = "linux"))]
pub fn holds_udp(_pid: u32, _own: bool) -> bool {
    false
}

/// No other system tells it without a tool of its own.
#[cfg(not(target_os = "linux"))]
pub fn unread(_address: SocketAddr) -> u64 {
    0
}

/// No other system tells it without a tool of its own.
#[cfg(not(target_os = "linux"))]
pub fn waiting(_pid: u32, _own: bool) -> Vec<Waiting> {
    Vec::new()
}

/// No other system tells it without a tool of its own.
#[cfg(not(target_os = "linux"))]
pub fn processor_time(_pid: u32, _own: bool) -> Option<Duration> {
    None
}

/// Whether the machine keeps it from its work; unknown.
#[cfg(not(target_os = "linux"))]
pub fn held_up(_pid: u32) -> bool {
    false
}

/// Whether it runs; unknown.
#[cfg(not(target_os = "linux"))]
pub fn running(_pid: u32, _own: bool) -> bool {
    false
}

/// Those that a program has left behind; no other system tells of them.
#[cfg(all(unix, not(target_os = "linux")))]
pub fn left_behind() -> std::collections::HashSet<u32> {
    std::collections::HashSet::new()
}

/// How many processes the learner's program is; 1 where nobody tells.
#[cfg(not(target_os = "linux"))]
pub fn processes(_pid: u32, _own: bool) -> usize {
    1
}

#[cfg(target_os = "linux")]
pub use linux::{
    held_up, holds_udp, left_behind, processes, processor_time, running, unread, waiting,
};

#[cfg(target_os = "linux")]
use linux::start;

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::HashSet;
    use std::fs;
    use std::io::{self, Read};
    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
    use std::sync::{Arc, Mutex};
    use std::thread;
    use std::time::{Duration, Instant};

    use socket2::{Domain, Protocol as Number, Socket, Type};

    use super::{Packet, Protocol, Waiting};
    use crate::events::{Bell, lock};

    /// How many packets are kept, whatever a program sends.
    const MOST: usize = 20_000;

    pub fn start(packets: &Arc<Mutex<Vec<Packet>>>, bell: &Bell) -> io::Result<()> {
        // IPv4 and IPv6; asked for both at once, the kernel would show each packet as it goes and as it comes.
        for ethernet in [0x0800_u16, 0x86dd] {
            let protocol = Number::from(i32::from(ethernet.to_be()));
            let mut socket = Socket::new(Domain::PACKET, Type::RAW, Some(protocol))?;
            let _ = socket.set_recv_buffer_size(8 << 20);
            let (packets, bell) = (Arc::clone(packets), bell.clone());
            thread::Builder::new().spawn(move || {
                let mut buffer = vec![0; 1 << 17];
                while let Ok(length) = socket.read(&mut buffer) {
                    let Some(packet) = decode(&buffer[..length]) else {
                        continue;
                    };
                    let mut packets = lock(&packets);
                    if packets.len() < MOST {
                        packets.push(packet);
                    }
                    drop(packets);
                    bell.ring();
                }
            })?;
        }
        Ok(())
    }

    fn decode(frame: &[u8]) -> Option<Packet> {
        let packet = lab::packet::decode(frame).ok()?;
        let (from, to) = packet.ends()?;
        let (flags, data) = (packet.tcp_flags(), packet.data());
        let has = |flag| flags.as_ref().is_some_and(|flags| flags.contains(flag));
        Some(Packet {
            protocol: match flags {
                Some(_) => Protocol::Tcp,
                None => Protocol::Udp,
            },
            from,
            to,
            syn: has('S'),
            ack: has('A'),
            data: data[..data.len().min(2000)].to_vec(),
            length: data.len(),
        })
    }

    /// A process, as /proc tells of it.
    struct Process {
        id: u32,
        parent: u32,
        group: u32,
        time: Duration,
    }

    /// All that are alive, but the checker itself.
    fn alive() -> Vec<Process> {
        let me = std::process::id();
        let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
        let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        let alive = ids.filter(|id: &u32| *id != me).filter_map(|id| {
            let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
            // The name, in parentheses, may have spaces and parentheses in it.
            let fields: Vec<_> = stat.rsplit_once(") ")?.1.split(' ').collect();
            let ticks: u64 =
                fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
            let process = Process {
                id,
                parent: fields.get(1)?.parse().ok()?,
                group: fields.get(2)?.parse().ok()?,
                // A tick is a hundredth of a second wherever Linux tells it to programs.
                time: Duration::from_millis(ticks * 10),
            };
            let alive = !matches!(*fields.first()?, "Z" | "X");
            alive.then_some(process)
        });
        alive.collect()
    }

    /// Children of the checker that have left the group of the program that started them, and their children.
    fn runaways(all: &[Process]) -> HashSet<u32> {
        let mut found = HashSet::new();
        let mut parents = HashSet::from([std::process::id()]);
        while !parents.is_empty() {
            let children = all.iter().filter(|one| parents.contains(&one.parent));
            let children = children.filter(|one| !crate::stop::runs(one.group));
            parents = children.map(|one| one.id).collect();
            parents.retain(|id| found.insert(*id));
        }
        found
    }

    /// The processes of the learner's program: in its own world, all but the checker.
    fn members(pid: u32, own: bool) -> Vec<(u32, Duration)> {
        let all = alive();
        let runaways = if own { HashSet::new() } else { runaways(&all) };
        let members = all
            .iter()
            .filter(|one| own || one.group == pid || runaways.contains(&one.id));
        members.map(|one| (one.id, one.time)).collect()
    }

    /// Those that a program of the learner's has left behind, in a group of their own.
    pub fn left_behind() -> HashSet<u32> {
        runaways(&alive())
    }

    /// How many processes the learner's program is.
    pub fn processes(pid: u32, own: bool) -> usize {
        members(pid, own).len()
    }

    /// The processor time that the learner's program has used so far.
    #[allow(clippy::unnecessary_wraps)] // other systems do not tell
    pub fn processor_time(pid: u32, own: bool) -> Option<Duration> {
        Some(members(pid, own).into_iter().map(|(_, time)| time).sum())
    }

    /// Whether a thread of the learner's program runs, or would run if a processor were free.
    pub fn running(pid: u32, own: bool) -> bool {
        any_thread_is(pid, own, &['R'])
    }

    /// Whether a thread of the learner's program is in one of these states, by the letters of /proc.
    fn any_thread_is(pid: u32, own: bool, states: &[char]) -> bool {
        let members = members(pid, own).into_iter();
        let tasks = members.flat_map(|(id, _)| fs::read_dir(format!("/proc/{id}/task")));
        tasks.flatten().flatten().any(|task| {
            let stat = fs::read_to_string(task.path().join("stat")).unwrap_or_default();
            let state = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
            state.starts_with(states)
        })
    }

    /// Whether the machine keeps a process group from its work: it wants a processor or waits for the disk, and yet
    /// uses less than half of one processor. Nobody tells of that: we look for a tenth of a second.
    pub fn held_up(group: u32) -> bool {
        const WINDOW: Duration = Duration::from_millis(100);
        if group == 0 {
            return false;
        }
        let used = || processor_time(group, false).unwrap_or_default();
        let (start, before) = (Instant::now(), used());
        let mut wants = false;
        while start.elapsed() < WINDOW {
            wants |= any_thread_is(group, false, &['R', 'D']);
            thread::sleep(WINDOW / 10);
        }
        wants && used().saturating_sub(before) * 2 < start.elapsed()
    }

    /// How many bytes lie unread in the connected socket at an address of this machine.
    pub fn unread(at: SocketAddr) -> u64 {
        let tables = ["tcp", "tcp6"]
            .map(|table| fs::read_to_string(format!("/proc/net/{table}")).unwrap_or_default());
        let rows = tables.iter().flat_map(|table| table.lines().skip(1));
        let queues = rows.filter_map(|row| {
            let fields: Vec<_> = row.split_whitespace().collect();
            let queue = fields.get(4)?.split_once(':')?.1;
            (address(fields.get(1)?) == Some(at)).then(|| u64::from_str_radix(queue, 16).ok())?
        });
        queues.sum()
    }

    /// The sockets that the learner's program holds, by the kernel's numbers.
    fn sockets(pid: u32, own: bool) -> HashSet<u64> {
        let mut inodes = HashSet::new();
        for (id, _) in members(pid, own) {
            let files = fs::read_dir(format!("/proc/{id}/fd"));
            for file in files.into_iter().flatten().flatten() {
                let Ok(target) = fs::read_link(file.path()) else {
                    continue;
                };
                let target = target.to_string_lossy().into_owned();
                let number = target
                    .strip_prefix("socket:[")
                    .and_then(|rest| rest.strip_suffix(']'));
                inodes.extend(number.and_then(|number| number.parse::<u64>().ok()));
            }
        }
        inodes
    }

    /// The rows of a table of /proc/net that are sockets of the program: their state, and their own address.
    fn rows(table: &str, inodes: &HashSet<u64>) -> Vec<(String, SocketAddr)> {
        let text = fs::read_to_string(format!("/proc/net/{table}")).unwrap_or_default();
        let rows = text.lines().skip(1).filter_map(|line| {
            let fields: Vec<_> = line.split_whitespace().collect();
            let inode = fields.get(9)?.parse().ok()?;
            let found = (String::from(*fields.get(3)?), address(fields.get(1)?)?);
            inodes.contains(&inode).then_some(found)
        });
        rows.collect()
    }

    /// Whether the learner's program holds a UDP socket that is bound or connected.
    pub fn holds_udp(pid: u32, own: bool) -> bool {
        let inodes = sockets(pid, own);
        ["udp", "udp6"]
            .iter()
            .any(|table| !rows(table, &inodes).is_empty())
    }

    /// The sockets at which the learner's program waits for others.
    pub fn waiting(pid: u32, own: bool) -> Vec<Waiting> {
        let inodes = sockets(pid, own);
        let tables = [
            ("tcp", Protocol::Tcp, "0A"),
            ("tcp6", Protocol::Tcp, "0A"),
            ("udp", Protocol::Udp, "07"),
            ("udp6", Protocol::Udp, "07"),
        ];
        let mut found = Vec::new();
        for (table, protocol, waits) in tables {
            let rows = rows(table, &inodes).into_iter();
            let waiting = rows.filter(|(state, _)| state == waits);
            found.extend(waiting.map(|(_, address)| Waiting { protocol, address }));
        }
        found
    }

    /// An address as /proc/net has it: hexadecimal, each four bytes in the machine's order.
    fn address(text: &str) -> Option<SocketAddr> {
        let (host, port) = text.split_once(':')?;
        let port = u16::from_str_radix(port, 16).ok()?;
        let words: Option<Vec<u8>> = (0..host.len() / 8)
            .map(|word| {
                let number = u32::from_str_radix(host.get(word * 8..word * 8 + 8)?, 16).ok()?;
                Some(number.to_ne_bytes())
            })
            .collect::<Option<Vec<_>>>()
            .map(|words| words.concat());
        let words = words?;
        let host = match words.len() {
            4 => IpAddr::V4(Ipv4Addr::from(<[u8; 4]>::try_from(words).ok()?)),
            _ => IpAddr::V6(Ipv6Addr::from(<[u8; 16]>::try_from(words).ok()?)),
        };
        Some(SocketAddr::new(host, port))
    }
}
