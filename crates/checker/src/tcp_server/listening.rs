//! Where the learner's server listens.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use super::{fault, read};
use crate::faults::Name;
use crate::find;
use crate::session::Session;
use crate::watch::{self, Protocol, Waiting};
use crate::words::{Message, Text};

/// Waits until the program listens, and tells where; elsewhere than on Linux, by connecting to it.
pub fn find(session: &mut Session) -> Option<(SocketAddr, Option<TcpStream>)> {
    if cfg!(not(target_os = "linux")) {
        return find_by_connecting(session);
    }
    let found = find::find(session, Protocol::Tcp);
    match found {
        Some(Waiting {
            protocol: Protocol::Tcp,
            address,
        }) => {
            listens(session, address);
            Some((reachable(address), None))
        }
        Some(Waiting { address, .. }) => {
            let did = Message::DidStart.into();
            let came = Message::CameUdpPort.with("address", address);
            fault(
                session,
                Message::TcpServerSocket,
                Name::WrongSocket,
                did,
                came,
                Message::TutorialTcp.into(),
                Message::WhyWrongSocket.into(),
            );
            None
        }
        None => {
            does_not_listen(session);
            None
        }
    }
}

fn find_by_connecting(session: &mut Session) -> Option<(SocketAddr, Option<TcpStream>)> {
    let deadline = Instant::now() + session.timeout;
    loop {
        for port in [9999, 999, 8080, 8000, 8888] {
            let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
            if let Ok(stream) = TcpStream::connect_timeout(&address, Duration::from_secs(1)) {
                listens(session, address);
                return Some((address, Some(stream)));
            }
        }
        let now = Instant::now();
        if now >= deadline || gone(session) {
            does_not_listen(session);
            return None;
        }
        // No event tells that somebody listens.
        session.bell.wait(now + Duration::from_millis(100), || {
            gone(session).then_some(())
        });
    }
}

/// Whether the program has ended, with all that it has started.
pub fn gone(session: &Session) -> bool {
    session.ended().is_some() && watch::processes(session.pid(), session.world.own) == 0
}

fn listens(session: &mut Session, address: SocketAddr) {
    for step in [
        Message::TcpServerSocket,
        Message::TcpServerBind,
        Message::TcpServerListen,
    ] {
        session.report.ok(step);
    }
    let text = "127.0.0.1:9999";
    if address.to_string() != text {
        session.report.yours(
            Message::YoursAddress
                .with("address", address)
                .with("text", text),
        );
    }
}

/// Where a client reaches a server that is bound to all addresses.
pub fn reachable(address: SocketAddr) -> SocketAddr {
    let host = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        other => other,
    };
    SocketAddr::new(host, address.port())
}

fn does_not_listen(session: &mut Session) {
    let seconds = session.timeout.as_secs_f32();
    let did = Text::from(Message::DidStart);
    let (bind, listen) = (Message::TcpServerBind, Message::TcpServerListen);
    let step = session.step_of_error(Message::TcpServerSocket, bind, listen);
    if session.cause(step, 0, &did, &read(step)) {
        return;
    }
    if let Some(status) = session.ended() {
        let came = Message::CameEnded.with("status", status);
        fault(
            session,
            Message::TcpServerSocket,
            Name::EndsAtOnce,
            did,
            came,
            Message::TutorialRuns.into(),
            Message::WhyEndsAtOnce.into(),
        );
    } else {
        let did = Message::DidStartAndLook.with("seconds", seconds);
        fault(
            session,
            Message::TcpServerListen,
            Name::NotListening,
            did,
            Message::CameNoPort.into(),
            Message::TutorialListens.into(),
            Message::WhyNotListening.into(),
        );
    }
}
