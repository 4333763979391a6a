//! A TCP client that introduces three people.
//!
//! Mirrors the client of the tutorial's TCP chapter:
//!
//! 1. create a socket
//! 2. connect it to the server
//! 3. receive the welcome
//! 4. send each name and receive the answer
//! 5. say `exit`
//! 6. close the connection
//!
//! Start `tcp-server` first, then this in another terminal.
//!
//! ```text
//! cargo run -p tcp-server
//! cargo run -p tcp-client
//! ```

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use common::{Address, Peer, print_line, printable};
use log::{debug, warn};
use socket2::{Domain, Socket, Type};

fn introduce(args: &Args) -> io::Result<()> {
    let address = args.address.resolve()?;

    // 1. Create a socket: of the server's family, and a stream, which makes it TCP.
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;

    // 2. Connect it to the server. From here on, the standard library's type will do.
    socket.connect(&address.into())?;
    let mut stream = TcpStream::from(socket);
    debug!("connected to {address} from {}", stream.local_addr()?);

    // 3. Receive the welcome: it is this server's custom that the server speaks first.
    stream.set_read_timeout(Some(args.timeout))?;
    let welcome = receive(&mut stream);
    print_line(welcome.map_err(|error| explain(error, "no welcome", args.timeout))?)?;

    // 4. Send each name and receive the answer. One at a time: two names sent without waiting in
    //    between may well arrive as one.
    for name in &args.names {
        stream.write_all(name.as_bytes())?;
        debug!("sent {} bytes", name.len());
        let answer = receive(&mut stream);
        let missing = format!("no answer to {}", printable(name.as_bytes()));
        print_line(answer.map_err(|error| explain(error, &missing, args.timeout))?)?;
    }

    // 5. Say `exit`.
    let exit = b"exit";
    stream.write_all(exit)?;
    debug!("sent {} bytes", exit.len());

    // 6. Close the connection: dropping the stream does that.
    drop(stream);
    debug!("closed");
    Ok(())
}

/// Receives what has arrived, up to 1024 bytes, and takes it for one answer: TCP itself knows only
/// bytes.
fn receive(stream: &mut TcpStream) -> io::Result<String> {
    let mut buffer = [0; 1024];
    let length = loop {
        match stream.read(&mut buffer) {
            // On Linux, Ctrl+Z interrupts a receive with a timeout.
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            received => break received?,
        }
    };
    debug!("received {length} bytes");
    if length == 0 {
        // Not an empty answer: the server has closed its side, and nothing more will come.
        let closed = "the server closed the connection instead of answering";
        return Err(io::Error::new(ErrorKind::UnexpectedEof, closed));
    }
    if length == buffer.len() {
        warn!(
            "the buffer is full: what is beyond {length} bytes, if anything, \
             comes out as the next answer"
        );
    }
    Ok(printable(&buffer[..length]))
}

/// Says what the program waited for, where the system says only that the time is over.
fn explain(error: io::Error, missing: &str, timeout: Duration) -> io::Error {
    match error.kind() {
        // Unix calls it the first, Windows the second.
        ErrorKind::WouldBlock | ErrorKind::TimedOut => {
            let error = format!("{missing} within {timeout:?}");
            let hint = "the server is there and says nothing: look at its terminal; it may be busy \
                        with another client, or wait for you to speak first";
            common::advise(&io::Error::new(ErrorKind::TimedOut, error), hint)
        }
        _ => error,
    }
}

fn main() -> ExitCode {
    common::start_log();
    let args = Args::parse();
    common::warn_of_ports(&args.address, &args.names);
    let start = format!("start it: cargo run -p tcp-server -- {}", args.address);
    let peer = Peer::TcpServer(start);
    common::exit_status("tcp-client", &args.address, &peer, introduce(&args))
}

/// Sends names to a TCP server and prints its answers.
#[derive(Parser)]
#[command(version, allow_negative_numbers = true)] // refused with a reason, not as a flag
#[command(
    after_help = "Example:\n  cargo run -p tcp-client -- 127.0.0.1:9999 Ada Grace\n  \
                  and before it, in another terminal: cargo run -p tcp-server"
)]
struct Args {
    /// The server: HOST:PORT, [IPv6]:PORT, or a host alone (port 9999)
    #[arg(default_value = "127.0.0.1:9999", value_parser = common::destination)]
    address: Address,
    /// Who to introduce
    #[arg(value_name = "NAME", default_values = ["Michael", "Tracy", "Sarah"])]
    #[arg(value_parser = common::name)]
    names: Vec<String>,
    /// Seconds to wait for the welcome and for each answer, such as 0.5
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = common::timeout)]
    timeout: Duration,
}
