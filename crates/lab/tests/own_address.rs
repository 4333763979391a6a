//! A datagram whose source is the UDP server's own address gets no answer, or the server would answer
//! itself for ever.
//!
//! Only a raw socket writes any source it likes, and that needs a privilege (CAP_NET_RAW).

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, UdpSocket};

use etherparse::PacketBuilder;
use lab::{Running, example, program, receive_from, udp_socket};
use socket2::{Domain, Protocol, Socket, Type};

const LOOPBACK: Ipv4Addr = Ipv4Addr::LOCALHOST;

/// A socket that writes IP packets; None where that is not permitted.
fn raw() -> Option<Socket> {
    match Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::UDP)) {
        Ok(raw) => {
            raw.set_header_included_v4(true).unwrap();
            Some(raw)
        }
        Err(error) => {
            eprintln!("skipped: a raw socket needs a privilege: {error}");
            None
        }
    }
}

fn is_answered(client: &UdpSocket, server: SocketAddr) {
    client.send_to(b"Ada", server).unwrap();
    let mut buffer = [0; 1024];
    let (length, _) = receive_from(client, &mut buffer).unwrap();
    assert_eq!(&buffer[..length], b"Hello, Ada!");
}

#[test]
fn the_server_does_not_answer_itself() {
    let Some(raw) = raw() else { return };
    for (mut server, bound) in [
        (program("udp-server"), "127.0.0.1:0"),
        (program("udp-server"), "0.0.0.0:0"),
        // This one also takes IPv4, and calls 127.0.0.1 [::ffff:127.0.0.1].
        (program("udp-server"), "[::]:0"),
        (example("cut_datagram"), "127.0.0.1:0"),
        (example("ipv6"), "[::]:0"),
    ] {
        let server = Running::start(server.arg(bound));
        let port = server.address().port();
        let mut packet = Vec::new();
        PacketBuilder::ipv4(LOOPBACK.octets(), LOOPBACK.octets(), 64)
            .udp(port, port)
            .write(&mut packet, b"Echo")
            .unwrap();
        raw.send_to(&packet, &SocketAddrV4::new(LOOPBACK, port).into())
            .unwrap();
        server.wait_for("our own address");
        is_answered(&udp_socket("127.0.0.1:0"), (LOOPBACK, port).into());
        server.ctrl_c();
        let ended = server.finish();
        assert!(
            ended.stdout.matches("Received from").count() <= 1,
            "{ended}"
        );
        assert_eq!(ended.warnings("").1, 1, "{ended}");
    }
}

/// All of 127.0.0.0/8 is this machine's, but 127.0.0.2 is not the address that the server is bound to.
#[test]
fn a_client_elsewhere_may_have_the_same_port() {
    let server = Running::start(program("udp-server").arg("127.0.0.1:0"));
    let port = server.address().port();
    is_answered(&udp_socket(&format!("127.0.0.2:{port}")), server.address());
}
