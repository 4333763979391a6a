//! The clients that put the servers to work: the same for all of them.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use lab::PATIENCE;
use socket2::SockRef;

const NAME: &[u8] = b"Michael";
const GREETING: &[u8] = b"Hello, Michael!";

/// Connects and waits to be welcomed.
pub fn welcomed(address: SocketAddr) -> TcpStream {
    welcomed_within(address, PATIENCE).expect("everyone is welcomed")
}

/// Connects and waits to be welcomed, no longer than that.
pub fn welcomed_within(address: SocketAddr, time: Duration) -> io::Result<TcpStream> {
    let start = Instant::now();
    let mut stream = TcpStream::connect_timeout(&address, time)?;
    let rest = time.saturating_sub(start.elapsed());
    stream.set_read_timeout(Some(rest.max(Duration::from_micros(1))))?;
    let mut welcome = [0; 8];
    stream.read_exact(&mut welcome)?;
    assert_eq!(&welcome, b"Welcome!");
    stream.set_read_timeout(Some(PATIENCE))?;
    Ok(stream)
}

/// Ends a connection without TIME_WAIT: its last word is a reset. Otherwise thousands of connections that
/// have ended would be with us for a minute.
pub fn forget(stream: &TcpStream) {
    let _ = SockRef::from(stream).set_linger(Some(Duration::ZERO));
}

/// Answers to TCP clients that each wait for one before they send the next name: how many, and how many a second.
pub fn tcp_round_trips(address: SocketAddr, clients: usize, time: Duration) -> (usize, f64) {
    // One after the other: nobody has to wait because of a short backlog.
    let streams: Vec<_> = (0..clients).map(|_| welcomed(address)).collect();
    at_once(streams, |stream, start| {
        let mut answer = [0; GREETING.len()];
        let mut count = 0;
        while start.elapsed() < time {
            stream.write_all(NAME).expect("a name can be sent");
            stream
                .read_exact(&mut answer)
                .expect("every name is answered");
            assert_eq!(answer, GREETING);
            count += 1;
        }
        let taken = start.elapsed();
        let _ = stream.write_all(b"exit");
        forget(stream);
        (count, taken)
    })
}

/// Connections a second of four clients that connect, are welcomed, say `exit` and see the server close.
/// Four, because the tutorial's backlog of 5 then holds them all.
pub fn tcp_connections(address: SocketAddr, time: Duration) -> f64 {
    at_once(vec![(); 4], |(), start| {
        let mut count = 0;
        while start.elapsed() < time {
            let mut stream = welcomed(address);
            stream.write_all(b"exit").expect("the last word is heard");
            let closed = stream.read(&mut [0; 8]).expect("the server closes");
            assert_eq!(closed, 0);
            forget(&stream);
            count += 1;
        }
        (count, start.elapsed())
    })
    .1
}

/// Answers a second to UDP clients that each wait for one before they send the next name, and how many
/// answers did not come, or were wrong.
pub fn udp_round_trips(address: SocketAddr, clients: usize, time: Duration) -> (f64, usize) {
    let missing = AtomicUsize::new(0);
    let sockets: Vec<_> = (0..clients).map(|_| udp_client(address)).collect();
    let (_, rate) = at_once(sockets, |socket, start| {
        let mut answer = [0; 64];
        let mut count = 0;
        while start.elapsed() < time {
            socket.send(NAME).expect("a datagram can be sent");
            // Within a second, and the right one.
            match socket.recv(&mut answer) {
                Ok(length) if answer[..length] == *GREETING => count += 1,
                _ => drop(missing.fetch_add(1, Ordering::SeqCst)),
            }
        }
        let taken = start.elapsed();
        // An empty datagram: to a server that has a process for each peer, it is the end.
        let _ = socket.send(b"");
        (count, taken)
    });
    (rate, missing.into_inner())
}

fn udp_client(address: SocketAddr) -> UdpSocket {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a port is free");
    socket.connect(address).expect("an address of this machine");
    socket
        .set_read_timeout(Some(Duration::from_secs(1)))
        .expect("a second is not zero");
    socket
}

/// Lets every client loose on a thread of its own, all at the same moment: the sum of their counts, and of
/// their rates.
fn at_once<T: Send>(
    clients: Vec<T>,
    work: impl Fn(&mut T, Instant) -> (u32, Duration) + Sync,
) -> (usize, f64) {
    let barrier = Barrier::new(clients.len());
    let (barrier, work) = (&barrier, &work);
    thread::scope(|scope| {
        let threads: Vec<_> = clients
            .into_iter()
            .map(|mut client| {
                scope.spawn(move || {
                    barrier.wait();
                    work(&mut client, Instant::now())
                })
            })
            .collect();
        threads.into_iter().fold((0, 0.0), |(all, rate), thread| {
            let (count, taken) = thread.join().expect("a client does not panic");
            let its_rate = f64::from(count) / taken.as_secs_f64();
            (all + count as usize, rate + its_rate)
        })
    })
}
