//! What a frame has in it: who sent it to whom, and what it carries; one line for the packet, or one for each layer.
//! The sniffer shows packets, and the checker looks at those of a learner's program.

use std::collections::HashMap;
use std::error::Error;
use std::fmt::Write;
use std::net::SocketAddr;

use common::printable;
use etherparse::{
    Ethernet2Header, Ethernet2Slice, Icmpv4Slice, Icmpv4Type, IpNumber, IpSlice, TcpOptionElement,
    TcpSlice, UdpHeader, UdpHeaderSlice,
};

/// What each layer carries is the packet of the next.
pub struct Packet<'a> {
    ethernet: Ethernet2Slice<'a>,
    ip: IpSlice<'a>,
    inner: Inner<'a>,
}

enum Inner<'a> {
    Tcp(TcpSlice<'a>),
    /// The header, and the data as far as this packet has it.
    Udp(UdpHeaderSlice<'a>, &'a [u8]),
    Icmp(Icmpv4Slice<'a>),
    /// Another protocol, or a later fragment: no header that we know.
    Bytes(&'a [u8]),
}

/// The first sequence number of each direction of each connection.
#[derive(Default)]
pub struct Connections(HashMap<(SocketAddr, SocketAddr), u32>);

/// Opens the layers of an Ethernet frame with an IPv4 or IPv6 packet in it.
///
/// # Errors
///
/// When a layer is cut short, or a header contradicts itself.
pub fn decode(frame: &[u8]) -> Result<Packet<'_>, Box<dyn Error>> {
    let ethernet = Ethernet2Slice::from_slice_without_fcs(frame)?;
    let ip = IpSlice::from_slice(ethernet.payload_slice())?;
    let bytes = ip.payload().payload;
    let first = match ip.ipv4() {
        Some(ip) => ip.header().fragments_offset().value() == 0,
        None => !ip.is_fragmenting_payload(),
    };
    let inner = match ip.payload_ip_number() {
        IpNumber::TCP if first => Inner::Tcp(TcpSlice::from_slice(bytes)?),
        IpNumber::UDP if first => {
            Inner::Udp(UdpHeaderSlice::from_slice(bytes)?, &bytes[UdpHeader::LEN..])
        }
        IpNumber::ICMP if first => Inner::Icmp(Icmpv4Slice::from_slice(bytes)?),
        _ => Inner::Bytes(bytes),
    };
    Ok(Packet {
        ethernet,
        ip,
        inner,
    })
}

impl Packet<'_> {
    /// From where to where, with the ports of TCP or UDP; a later fragment has none.
    #[must_use]
    pub fn ends(&self) -> Option<(SocketAddr, SocketAddr)> {
        let (source, destination) = match &self.inner {
            Inner::Tcp(tcp) => (tcp.source_port(), tcp.destination_port()),
            Inner::Udp(udp, _) => (udp.source_port(), udp.destination_port()),
            Inner::Icmp(_) | Inner::Bytes(_) => return None,
        };
        let from = SocketAddr::new(self.ip.source_addr(), source);
        let to = SocketAddr::new(self.ip.destination_addr(), destination);
        Some((from, to))
    }

    /// The flags of TCP, a letter each, as S(YN), F(IN), R(ST), P(SH), A(CK).
    #[must_use]
    pub fn tcp_flags(&self) -> Option<String> {
        match &self.inner {
            Inner::Tcp(tcp) => Some(flags(tcp)),
            _ => None,
        }
    }

    /// What the innermost layer carries.
    #[must_use]
    pub fn data(&self) -> &[u8] {
        match &self.inner {
            Inner::Tcp(tcp) => tcp.payload(),
            Inner::Icmp(icmp) => icmp.payload(),
            Inner::Udp(_, bytes) | Inner::Bytes(bytes) => bytes,
        }
    }
}

impl Connections {
    /// The packet in a line: from where, to where, and what for.
    pub fn line(&mut self, packet: &Packet) -> String {
        let ip = &packet.ip;
        let (source, destination) = (ip.source_addr(), ip.destination_addr());
        let mut line = match (packet.ends(), &packet.inner) {
            (Some((from, to)), Inner::Tcp(tcp)) => {
                format!("{from} > {to} TCP {}", self.tcp(from, to, tcp))
            }
            (Some((from, to)), Inner::Udp(udp, _)) => {
                let length = usize::from(udp.length()).saturating_sub(UdpHeader::LEN);
                format!("{from} > {to} UDP len {length}")
            }
            (_, Inner::Icmp(icmp)) => {
                format!("{source} > {destination} ICMP {}", icmp_text(icmp))
            }
            _ => {
                let protocol = name(ip.payload_ip_number());
                format!("{source} > {destination} {protocol}")
            }
        };
        if let Some(ip) = ip.ipv4().filter(|ip| ip.header().is_fragmenting_payload()) {
            let start = usize::from(ip.header().fragments_offset().byte_offset());
            let end = start + ip.payload().payload.len();
            let total = ip.header().total_len();
            let _ = write!(line, ", fragment {start}..{end}, {total} bytes in all");
        }
        line
    }

    /// Flags, sequence numbers, how much data, and what else is worth knowing.
    fn tcp(&mut self, from: SocketAddr, to: SocketAddr, tcp: &TcpSlice) -> String {
        let sequence = tcp.sequence_number();
        if tcp.syn() {
            self.0.insert((from, to), sequence);
        }
        let first = *self.0.entry((from, to)).or_insert(sequence);
        let mut text = format!("{} seq {}", flags(tcp), sequence.wrapping_sub(first));
        if let (true, Some(first)) = (tcp.ack(), self.0.get(&(to, from))) {
            let acknowledged = tcp.acknowledgment_number().wrapping_sub(*first);
            let _ = write!(text, " ack {acknowledged}");
        }
        if !tcp.payload().is_empty() {
            let _ = write!(text, " len {}", tcp.payload().len());
        }
        for option in tcp.options_iterator().flatten() {
            if let TcpOptionElement::MaximumSegmentSize(size) = option {
                let _ = write!(text, " mss {size}");
            }
        }
        // A reset has no window to announce.
        if tcp.window_size() == 0 && !tcp.rst() {
            text += " win 0";
        }
        text
    }
}

/// S(YN), F(IN), R(ST), P(SH), A(CK).
fn flags(tcp: &TcpSlice) -> String {
    let flags = [
        (tcp.syn(), 'S'),
        (tcp.fin(), 'F'),
        (tcp.rst(), 'R'),
        (tcp.psh(), 'P'),
        (tcp.ack(), 'A'),
    ];
    flags
        .iter()
        .filter(|flag| flag.0)
        .map(|flag| flag.1)
        .collect()
}

fn icmp_text(icmp: &Icmpv4Slice) -> String {
    match icmp.icmp_type() {
        Icmpv4Type::EchoRequest(_) => "echo request".into(),
        Icmpv4Type::EchoReply(_) => "echo reply".into(),
        Icmpv4Type::TimeExceeded(_) => "time exceeded".into(),
        Icmpv4Type::DestinationUnreachable(_) => "destination unreachable".into(),
        _ => format!("type {}", icmp.type_u8()),
    }
}

fn name(protocol: IpNumber) -> String {
    let name = protocol.keyword_str().map(String::from);
    name.unwrap_or_else(|| format!("protocol {}", protocol.0))
}

/// One line a layer: its name, how many bytes it adds, and what it says.
#[must_use]
pub fn layers(packet: &Packet) -> String {
    let ethernet = &packet.ethernet;
    let (from, to) = (mac(ethernet.source()), mac(ethernet.destination()));
    let mut lines = layer("Ethernet", Ethernet2Header::LEN, &format!("{from} > {to}"));
    lines += &ip_layer(&packet.ip);
    match &packet.inner {
        Inner::Tcp(tcp) => {
            let (source, destination) = (tcp.source_port(), tcp.destination_port());
            let (seq, ack) = (tcp.sequence_number(), tcp.acknowledgment_number());
            let text = format!("port {source} > {destination}, seq {seq}, ack {ack}");
            lines += &layer("TCP", tcp.header_slice().len(), &text);
        }
        Inner::Udp(udp, _) => {
            let (source, destination) = (udp.source_port(), udp.destination_port());
            let text = format!("port {source} > {destination}");
            lines += &layer("UDP", UdpHeader::LEN, &text);
        }
        Inner::Icmp(icmp) => {
            lines += &layer("ICMP", icmp.header_len(), &icmp_text(icmp));
        }
        Inner::Bytes(_) => {}
    }
    let data = packet.data();
    // The start is enough to recognise it.
    lines += &layer("data", data.len(), &printable(&data[..data.len().min(40)]));
    lines.trim_end().into()
}

fn ip_layer(ip: &IpSlice) -> String {
    let (from, to) = (ip.source_addr(), ip.destination_addr());
    match ip {
        IpSlice::Ipv4(ip) => {
            let ip = ip.header();
            let (ttl, id) = (ip.ttl(), ip.identification());
            let not_to_cut = if ip.dont_fragment() { ", DF" } else { "" };
            let text = format!("{from} > {to}, TTL {ttl}{not_to_cut}, id {id}");
            layer("IPv4", ip.slice().len(), &text)
        }
        IpSlice::Ipv6(ip) => {
            let ip = ip.header();
            let text = format!("{from} > {to}, hop limit {}", ip.hop_limit());
            layer("IPv6", ip.slice().len(), &text)
        }
    }
}

fn layer(name: &str, length: usize, text: &str) -> String {
    format!("    {name:8} {length:4} bytes  {text}\n")
}

fn mac(address: [u8; 6]) -> String {
    address.map(|byte| format!("{byte:02x}")).join(":")
}

#[cfg(test)]
mod tests {
    use super::*;
    use etherparse::{Ipv4Header, PacketBuilder, TcpHeader};

    const CLIENT: [u8; 4] = [10, 1, 0, 2];
    const SERVER: [u8; 4] = [10, 2, 0, 2];

    fn tcp(from: ([u8; 4], u16), to: ([u8; 4], u16), tcp: TcpHeader, data: &[u8]) -> Vec<u8> {
        let mut frame = Vec::new();
        PacketBuilder::ethernet2([2; 6], [4; 6])
            .ipv4(from.0, to.0, 64)
            .tcp_header(TcpHeader {
                source_port: from.1,
                destination_port: to.1,
                ..tcp
            })
            .write(&mut frame, data)
            .unwrap();
        frame
    }

    fn segment(flags: &str, seq: u32, ack: u32) -> TcpHeader {
        let mut header = TcpHeader::new(0, 0, seq, 1024);
        header.syn = flags.contains('S');
        header.psh = flags.contains('P');
        header.ack = flags.contains('A');
        header.acknowledgment_number = ack;
        header
    }

    /// A fragment of a datagram of 1,500 bytes from port 40000 to port 9999.
    fn fragment(offset: u16, more: bool) -> Vec<u8> {
        let mut datagram = Vec::new();
        PacketBuilder::ipv4(CLIENT, SERVER, 64)
            .udp(40000, 9999)
            .write(&mut datagram, &[b'x'; 1500])
            .unwrap();
        let start = Ipv4Header::MIN_LEN + usize::from(offset) * 8;
        let bytes = &datagram[start..datagram.len().min(start + 800)];
        let length = bytes.len().try_into().unwrap();
        let mut ip = Ipv4Header::new(length, 64, IpNumber::UDP, CLIENT, SERVER).unwrap();
        ip.more_fragments = more;
        ip.fragment_offset = offset.try_into().unwrap();
        let mut frame = [[2; 6], [4; 6]].concat();
        frame.extend([8, 0]);
        frame.extend(ip.to_bytes());
        frame.extend(bytes);
        frame
    }

    #[test]
    fn sequence_numbers_count_from_the_first_in_each_direction() {
        let (client, server) = ((CLIENT, 40000), (SERVER, 9999));
        let start = u32::MAX - 2; // a sequence number may wrap around
        let frames = [
            tcp(client, server, segment("S", start, 0), b""),
            tcp(
                server,
                client,
                segment("SA", 500, start.wrapping_add(1)),
                b"",
            ),
            tcp(
                client,
                server,
                segment("PA", start.wrapping_add(1), 501),
                b"Michael",
            ),
            tcp(
                client,
                server,
                segment("PA", start.wrapping_add(8), 501),
                b"exit",
            ),
        ];
        let mut connections = Connections::default();
        let lines = frames.map(|frame| connections.line(&decode(&frame).unwrap()));
        assert_eq!(
            lines,
            [
                "10.1.0.2:40000 > 10.2.0.2:9999 TCP S seq 0",
                "10.2.0.2:9999 > 10.1.0.2:40000 TCP SA seq 0 ack 1",
                "10.1.0.2:40000 > 10.2.0.2:9999 TCP PA seq 1 ack 1 len 7",
                "10.1.0.2:40000 > 10.2.0.2:9999 TCP PA seq 8 ack 1 len 4",
            ]
        );
    }

    #[test]
    fn a_segment_size_and_a_closed_window_are_told() {
        let (client, server) = ((CLIENT, 40000), (SERVER, 9999));
        let mut syn = segment("S", 1, 0);
        let size = TcpOptionElement::MaximumSegmentSize(1460);
        syn.set_options(&[size]).unwrap();
        let mut full = segment("A", 500, 2);
        full.window_size = 0;
        let frames = [
            tcp(client, server, syn, b""),
            tcp(server, client, full.clone(), b""),
        ];
        let mut connections = Connections::default();
        let lines = frames.map(|frame| connections.line(&decode(&frame).unwrap()));
        assert_eq!(
            lines,
            [
                "10.1.0.2:40000 > 10.2.0.2:9999 TCP S seq 0 mss 1460",
                "10.2.0.2:9999 > 10.1.0.2:40000 TCP A seq 0 ack 1 win 0",
            ]
        );
    }

    #[test]
    fn only_the_first_fragment_has_ports() {
        let lines = [(0, true), (100, false)].map(|(offset, more)| {
            Connections::default().line(&decode(&fragment(offset, more)).unwrap())
        });
        assert_eq!(
            lines,
            [
                "10.1.0.2:40000 > 10.2.0.2:9999 UDP len 1500, fragment 0..800, 820 bytes in all",
                "10.1.0.2 > 10.2.0.2 UDP, fragment 800..1508, 728 bytes in all",
            ]
        );
    }

    #[test]
    fn each_layer_tells_what_it_adds() {
        let frame = tcp(
            (CLIENT, 40000),
            (SERVER, 9999),
            segment("PA", 1, 2),
            b"Michael\x1b",
        );
        assert_eq!(
            layers(&decode(&frame).unwrap()),
            "    Ethernet   14 bytes  02:02:02:02:02:02 > 04:04:04:04:04:04\n    \
             IPv4       20 bytes  10.1.0.2 > 10.2.0.2, TTL 64, DF, id 0\n    \
             TCP        20 bytes  port 40000 > 9999, seq 1, ack 2\n    \
             data        8 bytes  Michael\\x1b"
        );
    }

    #[test]
    fn ipv6_has_the_same_ends_and_data() {
        let mut frame = Vec::new();
        let host = std::net::Ipv6Addr::LOCALHOST.octets();
        PacketBuilder::ethernet2([2; 6], [4; 6])
            .ipv6(host, host, 64)
            .udp(40000, 9999)
            .write(&mut frame, b"Michael")
            .unwrap();
        let packet = decode(&frame).unwrap();
        let (from, to) = packet.ends().unwrap();
        assert_eq!((from.to_string(), to.port()), ("[::1]:40000".into(), 9999));
        assert_eq!(packet.data(), b"Michael");
        assert!(packet.tcp_flags().is_none());
        let line = Connections::default().line(&packet);
        assert_eq!(line, "[::1]:40000 > [::1]:9999 UDP len 7");
    }

    #[test]
    fn what_is_cut_short_is_not_understood() {
        let frame = tcp((CLIENT, 1), (SERVER, 2), segment("S", 0, 0), b"");
        for length in 0..frame.len() {
            assert!(decode(&frame[..length]).is_err(), "{length} bytes");
        }
    }
}
