//! Where the checker's web server is: at port 80 of each address of its world.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::client::Door;
use crate::conn::Conn;
use crate::events::Bell;
use crate::session::Session;

/// Where a program finds the checker that is changed for it: `--here`, and where there is no world of its own.
const PRACTICE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);

/// The doors of the web server.
pub struct Site {
    doors: Vec<Door>,
}

impl Site {
    /// Opens the doors at which a learner's program may knock.
    ///
    /// # Errors
    ///
    /// When none of them can be opened: the first address, and the system's error.
    pub fn open(session: &Session) -> Result<Self, (SocketAddr, std::io::Error)> {
        let own = session.world.own;
        let addresses = if own {
            [
                SocketAddr::from((Ipv4Addr::UNSPECIFIED, 80)),
                (Ipv6Addr::UNSPECIFIED, 80).into(),
            ]
        } else {
            [PRACTICE, (Ipv4Addr::LOCALHOST, 80).into()]
        };
        let mut doors =
            vec![Door::open(addresses[0], &session.bell).map_err(|error| (addresses[0], error))?];
        // No IPv6, or no permission for port 80: then nobody comes that way.
        doors.extend(Door::open(addresses[1], &session.bell).ok());
        Ok(Self { doors })
    }

    /// One more door, at which a program knocked in vain.
    pub fn open_at(&mut self, address: SocketAddr, bell: &Bell) -> bool {
        let door = Door::open(address, bell);
        let opened = door.is_ok();
        self.doors.extend(door.ok());
        opened
    }

    /// Whether one of the doors is at an address.
    pub fn is_at(&self, address: SocketAddr) -> bool {
        self.doors.iter().any(|door| {
            let same_host = door.address.ip() == address.ip() || door.address.ip().is_unspecified();
            same_host && door.address.port() == address.port()
        })
    }

    /// The next client that has come.
    pub fn next(&self) -> Option<Conn> {
        self.doors.iter().find_map(Door::next)
    }
}
