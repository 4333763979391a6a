//! Which packets the line swaps and loses.

use std::collections::HashMap;

use etherparse::{IpNumber, Ipv4Slice, TcpSlice, UdpHeaderSlice};

/// What has passed so far, of each protocol.
pub struct Trouble {
    port: u16,
    passed: HashMap<IpNumber, Passed>,
}

#[derive(Default)]
struct Passed {
    /// How many packets with data have come.
    count: u32,
    /// The second, until the third has passed.
    held: Option<Vec<u8>>,
}

impl Trouble {
    /// Expects packets to this port.
    pub fn new(port: u16) -> Self {
        Self {
            port,
            passed: HashMap::new(),
        }
    }

    /// The packets that are to be sent now that this one has come.
    pub fn pass(&mut self, packet: &[u8]) -> Vec<Vec<u8>> {
        // What is no TCP or UDP over IPv4 has no business here, and nor has what has gone round in circles.
        let Some((packet, port)) = forwarded(packet) else {
            return Vec::new();
        };
        if port != Some(self.port) {
            return vec![packet];
        }
        let passed = self.passed.entry(IpNumber(packet[9])).or_default();
        passed.count += 1;
        match passed.count {
            2 => {
                passed.held = Some(packet);
                Vec::new()
            }
            3 => [packet].into_iter().chain(passed.held.take()).collect(),
            4 => Vec::new(),
            _ => vec![packet],
        }
    }
}

/// The packet as a router sends it on, and the port that its data goes to, if it has any.
///
/// A router changes the TTL, and IP's checksum with it, which the system fills in. We also fill in TCP's:
/// a system that leaves that to its network card sends none between network namespaces, for there is no card.
fn forwarded(packet: &[u8]) -> Option<(Vec<u8>, Option<u16>)> {
    let ip = Ipv4Slice::from_slice(packet).ok()?;
    let (header, inner) = (ip.header(), ip.payload().payload);
    let mut forwarded = packet[..usize::from(header.total_len())].to_vec();
    forwarded[8] = header.ttl().checked_sub(1).filter(|&ttl| ttl > 0)?;
    let inside = &mut forwarded[header.slice().len()..];
    match ip.payload_ip_number() {
        IpNumber::TCP => {
            let tcp = TcpSlice::from_slice(inner).ok()?;
            let checksum = tcp.calc_checksum_ipv4(header.source(), header.destination());
            inside[16..18].copy_from_slice(&checksum.ok()?.to_be_bytes());
            let has_data = !tcp.payload().is_empty();
            Some((forwarded, has_data.then(|| tcp.destination_port())))
        }
        IpNumber::UDP => {
            let udp = UdpHeaderSlice::from_slice(inner).ok()?;
            // Zero says that there is none (RFC 768).
            inside[6..8].fill(0);
            Some((forwarded, Some(udp.destination_port())))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use etherparse::PacketBuilder;

    const FROM: [u8; 4] = [10, 1, 0, 2];
    const TO: [u8; 4] = [10, 2, 0, 2];

    fn udp(port: u16, data: &str) -> Vec<u8> {
        let mut packet = Vec::new();
        let builder = PacketBuilder::ipv4(FROM, TO, 64).udp(40000, port);
        builder.write(&mut packet, data.as_bytes()).unwrap();
        packet
    }

    fn tcp(data: &str) -> Vec<u8> {
        let mut packet = Vec::new();
        let builder = PacketBuilder::ipv4(FROM, TO, 64).tcp(40000, 9999, 1, 1024);
        builder.write(&mut packet, data.as_bytes()).unwrap();
        packet
    }

    /// The data of the packets that are sent, in their order.
    fn data(packets: impl IntoIterator<Item = Vec<u8>>) -> String {
        let mut trouble = Trouble::new(9999);
        let sent = packets.into_iter().flat_map(|packet| trouble.pass(&packet));
        let last: Vec<_> = sent.map(|packet| *packet.last().unwrap()).collect();
        String::from_utf8_lossy(&last).into_owned()
    }

    #[test]
    fn the_third_overtakes_the_second_and_the_fourth_is_lost_once() {
        let packets = ["1", "2", "3", "4", "5", "4", "6"];
        assert_eq!(data(packets.map(|data| udp(9999, data))), "132546");
        assert_eq!(data(packets.map(tcp)), "132546");
    }

    #[test]
    fn another_port_and_segments_without_data_are_left_alone() {
        assert_eq!(data(["1", "2", "3", "4"].map(|data| udp(53, data))), "1234");
        let mut trouble = Trouble::new(9999);
        for _ in 0..6 {
            assert_eq!(trouble.pass(&tcp("")).len(), 1);
        }
        assert_eq!(trouble.pass(&tcp("1")).len(), 1);
    }

    #[test]
    fn the_ttl_goes_down_and_a_packet_without_one_ends() {
        let mut packet = udp(53, "1");
        let sent = Trouble::new(9999).pass(&packet);
        assert_eq!((sent[0].len(), sent[0][8]), (packet.len(), 63));
        packet[8] = 1;
        assert!(Trouble::new(9999).pass(&packet).is_empty());
    }

    #[test]
    fn a_checksum_that_was_left_to_the_card_is_filled_in() {
        let whole = tcp("Michael");
        let mut packet = whole.clone();
        packet[36..38].fill(0);
        let sent = Trouble::new(9999).pass(&packet);
        assert_eq!(sent[0][36..38], whole[36..38]);
    }
}
