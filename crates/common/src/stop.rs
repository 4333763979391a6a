//! Ctrl+C, for servers.
//!
//! A server sleeps in `accept()` or `recv_from()`, and no portable call interrupts either. What wakes
//! them everywhere is what they wait for: a client. So on Ctrl+C the server plays its own client. Its
//! knock queues in the kernel like any other client's, so it can come neither too early nor too late.

use std::io;
use std::io::ErrorKind::{ConnectionRefused as Refused, ConnectionReset as Reset, TimedOut};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, UdpSocket};
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use log::warn;
use socket2::{Domain, Socket, Type};

/// Long enough to connect within one machine, unless the backlog is full: then `accept()` is awake anyway.
const PATIENCE: Duration = Duration::from_millis(100);

/// Whether the user has asked the program to stop.
///
/// ```no_run
/// use std::net::UdpSocket;
///
/// let socket = UdpSocket::bind("127.0.0.1:9999")?;
/// let stop = common::Stop::on_ctrl_c(common::wake_recv(&socket)?)?;
/// while !stop.is_requested() {
///     // Returns when a datagram arrives; on Ctrl+C, an empty one does.
///     let (length, peer) = socket.recv_from(&mut [0; 1024])?;
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Makes Ctrl+C (SIGTERM and SIGHUP too) request the stop and then call `wake`, on a thread of its own.
    ///
    /// A second Ctrl+C ends the program at once.
    ///
    /// # Errors
    ///
    /// When the program already has a Ctrl+C handler.
    pub fn on_ctrl_c(
        mut wake: impl FnMut() -> io::Result<()> + Send + 'static,
    ) -> io::Result<Self> {
        let stop = Self::default();
        let requested = stop.clone();
        ctrlc::set_handler(move || {
            if !requested.request(&mut wake) {
                process::exit(130); // 128 + SIGINT: what a shell says of a program killed by Ctrl+C
            }
        })
        .map_err(io::Error::other)?;
        Ok(stop)
    }

    /// Whether Ctrl+C has been pressed.
    #[must_use]
    pub fn is_requested(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }

    /// What Ctrl+C does; false if it was done before.
    fn request(&self, wake: &mut impl FnMut() -> io::Result<()>) -> bool {
        let first = !self.0.swap(true, Ordering::SeqCst);
        match first.then(wake) {
            // An address that the machine has lost in the meantime cannot be reached. But where the
            // backlog is full or the listener already closed, nobody sleeps, and the end is near.
            Some(Err(error)) if !matches!(error.kind(), TimedOut | Refused | Reset) => {
                warn!("cannot wake up by ourselves ({error}): if nothing ends, Ctrl+C once more");
            }
            _ => {}
        }
        first
    }
}

/// What wakes `listener.accept()`: a connection from the program to itself. It also unparks the thread
/// that calls this now, which may one day be waiting for a descriptor to accept with.
///
/// # Errors
///
/// When there is no descriptor left.
pub fn wake_accept(
    listener: &TcpListener,
) -> io::Result<impl FnMut() -> io::Result<()> + Send + use<>> {
    let address = reachable(listener.local_addr()?);
    let acceptor = thread::current();
    // Made now: on the day it is needed, a busy server may have no descriptor left.
    let knock = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    // The end that closes first keeps the port busy for a minute (TIME_WAIT); a reset spares both.
    knock.set_linger(Some(Duration::ZERO))?;
    Ok(move || {
        acceptor.unpark();
        knock.connect_timeout(&address.into(), PATIENCE)
    })
}

/// What wakes `socket.recv_from()`: an empty datagram from the socket to itself.
///
/// # Errors
///
/// When there is no descriptor left for a second handle on the socket.
pub fn wake_recv(socket: &UdpSocket) -> io::Result<impl FnMut() -> io::Result<()> + Send + use<>> {
    let address = reachable(socket.local_addr()?);
    let socket = socket.try_clone()?;
    Ok(move || {
        // Bound to a broadcast address, it needs leave to send there.
        socket.set_broadcast(true)?;
        socket.send_to(&[], address).map(drop)
    })
}

/// The address under which this machine reaches a socket bound to `address`, and from which that answers.
///
/// `0.0.0.0` and `[::]` stand for every interface; Windows does not take them as a destination. Where
/// `[::1]` names an interface, the answer does not.
#[must_use]
pub fn reachable(address: SocketAddr) -> SocketAddr {
    let ip: IpAddr = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() || ip.is_loopback() => Ipv6Addr::LOCALHOST.into(),
        _ => return address,
    };
    SocketAddr::new(ip, address.port())
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;
    use std::sync::Mutex;
    use std::time::Instant;

    use super::*;

    /// A handler takes a tenth of a second at most; a connection that nobody accepts, two minutes.
    const FAR_TOO_LONG: Duration = Duration::from_secs(60);

    /// Whether a thread that waits, as a server does, is woken by what the handler calls.
    fn wakes(stop: &Stop, mut wake: impl FnMut() -> io::Result<()>, wait: impl FnOnce() + Send) {
        thread::scope(|scope| {
            let sleeper = scope.spawn(wait);
            assert!(stop.request(&mut wake));
            sleeper.join().unwrap();
        });
    }

    #[test]
    fn only_the_first_request_wakes() {
        let (stop, mut knocks) = (Stop::default(), 0);
        let mut wake = || {
            knocks += 1;
            Ok(())
        };
        assert!(!stop.is_requested());
        assert!(stop.request(&mut wake));
        assert!(!stop.request(&mut wake));
        assert!(stop.is_requested());
        assert_eq!(knocks, 1);
    }

    /// What was warned of.
    struct Warned(Mutex<String>);

    impl log::Log for Warned {
        fn enabled(&self, _: &log::Metadata<'_>) -> bool {
            true
        }
        fn log(&self, record: &log::Record<'_>) {
            *self.0.lock().unwrap() += &record.args().to_string();
        }
        fn flush(&self) {}
    }

    #[test]
    fn a_server_that_is_awake_or_gone_is_no_alarm() {
        static WARNED: Warned = Warned(Mutex::new(String::new()));
        log::set_logger(&WARNED).unwrap();
        log::set_max_level(log::LevelFilter::Warn);
        let gone = [TimedOut, Refused, Reset];
        for kind in gone.into_iter().chain([ErrorKind::AddrNotAvailable]) {
            Stop::default().request(&mut || Err(kind.into()));
            let warned = WARNED.0.lock().unwrap();
            let is_alarm = warned.contains(&kind.to_string());
            assert_eq!(is_alarm, !gone.contains(&kind), "{warned}");
        }
    }

    #[test]
    fn a_clone_is_the_same_request() {
        let stop = Stop::default();
        let handler = stop.clone();
        handler.request(&mut || Err(io::Error::other("nobody home")));
        assert!(stop.is_requested());
    }

    #[test]
    fn accept_is_woken_on_every_kind_of_address() {
        for address in ["127.0.0.1:0", "0.0.0.0:0", "[::1]:0", "[::]:0"] {
            let listener = TcpListener::bind(address).unwrap();
            let stop = Stop::default();
            let wake = wake_accept(&listener).unwrap();
            wakes(&stop, wake, || {
                listener.accept().unwrap();
                assert!(stop.is_requested());
            });
        }
    }

    #[test]
    fn recv_is_woken_on_every_kind_of_address() {
        for address in ["127.0.0.1:0", "0.0.0.0:0", "[::1]:0", "[::]:0"] {
            let socket = UdpSocket::bind(address).unwrap();
            let stop = Stop::default();
            let wake = wake_recv(&socket).unwrap();
            wakes(&stop, wake, || {
                let (length, peer) = socket.recv_from(&mut [0; 1024]).unwrap();
                assert_eq!(
                    (length, peer.port()),
                    (0, socket.local_addr().unwrap().port())
                );
            });
        }
    }

    #[test]
    fn a_thread_out_of_descriptors_is_unparked() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut wake = wake_accept(&listener).unwrap();
        let start = Instant::now();
        // No thread::scope: it unparks its owner itself.
        let handler = thread::spawn(move || wake().unwrap());
        thread::park_timeout(FAR_TOO_LONG);
        assert!(start.elapsed() < FAR_TOO_LONG);
        handler.join().unwrap();
    }

    #[test]
    fn a_full_backlog_does_not_hold_the_handler() {
        let listener = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        listener.bind(&address.into()).unwrap();
        listener.listen(0).unwrap();
        let listener = TcpListener::from(listener);
        let mut wakes: Vec<_> = (0..4).map(|_| wake_accept(&listener).unwrap()).collect();
        // On Linux the last of these finds the queue full, and gives up; nobody need be woken then.
        let start = Instant::now();
        for wake in &mut wakes {
            let _ = wake();
        }
        assert!(start.elapsed() < FAR_TOO_LONG);
        listener.accept().unwrap();
    }
}
