//! Text 002's table of socket types: asks this system for each, and prints what it answers.
//!
//! Mended: the text's `SOCK_RAM` is SOCK_RAW. Watch: what an ordinary user is not permitted; that a raw
//! socket needs a protocol's number (1 is ICMP, 2 IGMP, 58 ICMPv6; with 255 we write the IP header, as
//! with IP_HDRINCL); that packets in sequence are for AF_UNIX, and not everywhere.
//!
//! ```text
//! cargo run -p tcp-server --example socket_types
//! ```

use std::io::{self, ErrorKind};
use std::process::ExitCode;

use common::Peer::TcpClients;
use socket2::{Domain, Protocol, Socket, Type};

fn main() -> ExitCode {
    common::exit_status("socket_types", "the table", &TcpClients, print_table())
}

fn print_table() -> io::Result<()> {
    // The numbers are the same on Linux, macOS and Windows; socket2 has names for them as an extra.
    let (raw, seqpacket) = (Type::from(3), Type::from(5));
    let types = |raw_protocols: &'static [i32]| {
        [
            ("SOCK_STREAM", Type::STREAM, &[0][..]),
            ("SOCK_DGRAM", Type::DGRAM, &[0]),
            ("SOCK_RAW", raw, raw_protocols),
            ("SOCK_SEQPACKET", seqpacket, &[0]),
        ]
    };
    for (family, domain, types) in [
        ("AF_UNIX", Domain::UNIX, types(&[0])),
        ("AF_INET", Domain::IPV4, types(&[0, 1, 2, 255])),
        ("AF_INET6", Domain::IPV6, types(&[0, 58, 255])),
    ] {
        for (name, kind, protocols) in types {
            for &protocol in protocols {
                let answer = match Socket::new(domain, kind, Some(Protocol::from(protocol))) {
                    Ok(_) => "made".into(),
                    Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                        format!("not permitted: {error}")
                    }
                    Err(error) => format!("not supported: {error}"),
                };
                common::print_line(format_args!("{family:8} {name:14} {protocol:3} {answer}"))?;
            }
        }
    }
    Ok(())
}
