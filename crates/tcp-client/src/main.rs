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

use clap::Parser;
use clap::builder::NonEmptyStringValueParser;
use common::{Address, print_line, printable};
use log::debug;
use socket2::{Domain, Socket, Type};

/// Sends names to a TCP server and prints its answers.
#[derive(Parser)]
#[command(
    version,
    after_help = "Example:\n  cargo run -p tcp-client -- 127.0.0.1:9999 Ada Grace\n  \
                  and before it, in another terminal: cargo run -p tcp-server"
)]
struct Args {
    /// The server: HOST:PORT, [IPv6]:PORT, or a host alone (port 9999)
    #[arg(default_value = "127.0.0.1:9999")]
    address: Address,
    /// Who to introduce
    #[arg(value_name = "NAME", default_values = ["Michael", "Tracy", "Sarah"])]
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    names: Vec<String>,
}

fn main() -> ExitCode {
    common::start_log();
    let args = Args::parse();
    common::exit_status("tcp-client", &args.address, introduce(&args))
}

fn introduce(args: &Args) -> io::Result<()> {
    let address = args.address.resolve()?;

    // 1. Create a socket: of the server's family, and a stream, which makes it TCP.
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;

    // 2. Connect it to the server. From here on, the standard library's type will do.
    socket.connect(&address.into())?;
    let mut stream = TcpStream::from(socket);
    debug!("connected to {address} from {}", stream.local_addr()?);

    // 3. Receive the welcome: it is this server's custom that the server speaks first.
    print_line(receive(&mut stream)?)?;

    // 4. Send each name and receive the answer. One at a time: two names sent without waiting in
    //    between may well arrive as one.
    for name in &args.names {
        stream.write_all(name.as_bytes())?;
        debug!("sent {} bytes", name.len());
        print_line(receive(&mut stream)?)?;
    }

    // 5. Say `exit`.
    stream.write_all(b"exit")?;
    debug!("sent 4 bytes");

    // 6. Close the connection: dropping the stream does that.
    drop(stream);
    debug!("closed");
    Ok(())
}

/// Receives what has arrived, up to 1024 bytes, and takes it for one answer: TCP itself knows only bytes.
fn receive(stream: &mut TcpStream) -> io::Result<String> {
    let mut buffer = [0; 1024];
    let length = stream.read(&mut buffer)?;
    debug!("received {length} bytes");
    match length {
        // Not an empty answer: the server has closed its side, and nothing more will come.
        0 => Err(io::Error::new(
            ErrorKind::UnexpectedEof,
            "the server closed the connection instead of answering",
        )),
        _ => Ok(printable(&buffer[..length])),
    }
}
