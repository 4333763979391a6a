//! A send or a receive that fails ends nothing.
//!
//! No datagram makes them fail on demand, so strace does: it lets the kernel's answer be an error. Linux
//! has it, where it is installed.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

use std::net::UdpSocket;
use std::process::Command;

use lab::{PATIENCE, Running, program};

/// The server, whose first call of `name` fails with `error`; None where there is no strace.
fn server_with_fault(name: &str, error: &str) -> Option<Running> {
    let strace = || {
        let mut strace = Command::new("strace");
        strace.args([
            "-D",
            "-qq",
            "-o",
            "/dev/null",
            "-e",
            "trace=sendto,recvfrom",
        ]);
        strace
    };
    if !strace()
        .arg("true")
        .status()
        .is_ok_and(|status| status.success())
    {
        eprintln!("skipped: strace is not installed, or may not trace");
        return None;
    }
    let fault = format!("inject={name}:error={error}:when=1");
    let server = program("udp-server");
    let mut command = strace();
    command.arg("-e").arg(fault).arg(server.get_program());
    Some(Running::start(
        command.arg("127.0.0.1:0").env_remove("RUST_LOG"),
    ))
}

fn ask(client: &UdpSocket, name: &[u8]) -> Vec<u8> {
    client.send(name).unwrap();
    let mut buffer = [0; 1024];
    let length = client.recv(&mut buffer).unwrap();
    buffer[..length].to_vec()
}

fn client_of(server: &Running) -> UdpSocket {
    let client = UdpSocket::bind("127.0.0.1:0").unwrap();
    client.set_read_timeout(Some(PATIENCE)).unwrap();
    client.connect(server.address()).unwrap();
    client
}

#[test]
fn it_goes_on_after_a_send_that_failed() {
    let Some(server) = server_with_fault("sendto", "ENETUNREACH") else {
        return;
    };
    let client = client_of(&server);
    client.send(b"Michael").unwrap();
    let peer = client.local_addr().unwrap();
    server.wait_for(&format!(
        "[WARN ] {peer}: Network is unreachable (os error 101)"
    ));
    assert_eq!(ask(&client, b"Tracy"), b"Hello, Tracy!");
}

#[test]
fn it_goes_on_after_a_receive_that_failed() {
    let Some(server) = server_with_fault("recvfrom", "ENOMEM") else {
        return;
    };
    server.wait_for("[WARN ] Cannot allocate memory (os error 12)");
    assert_eq!(ask(&client_of(&server), b"Tracy"), b"Hello, Tracy!");
}
