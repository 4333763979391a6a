//! Fetches a web page, as a browser does, over a plain TCP socket.
//!
//! Mirrors the first client of the tutorial's TCP chapter:
//!
//! 1. create a socket
//! 2. connect it to the web server
//! 3. send the request
//! 4. receive until the server closes the connection
//! 5. close the connection
//! 6. split the header from the body at the first blank line
//! 7. print the header
//! 8. save the body
//!
//! The tutorial's page is out on the web. To practise offline, start a server of your own first.
//!
//! ```text
//! cargo run -p http-fetch --example page_server
//! cargo run -p http-fetch -- 127.0.0.1:8080
//! ```

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use clap::builder::{OsStringValueParser, TypedValueParser};
use common::{Peer, print_line, printable};
use http_fetch::{PRACTISE, Response, Url, save, status, timeout};
use log::{debug, info, warn};
use socket2::{Domain, Socket, Type};

/// How long a server that has answered may take to close the connection.
const TIME_TO_CLOSE: Duration = Duration::from_secs(1);

fn fetch(args: &Args) -> io::Result<()> {
    let address = args.url.resolve()?;

    // 1. Create a socket: of the server's family, and a stream, which makes it TCP.
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;

    // 2. Connect it to the web server, which may be too busy to answer. Then std's type will do.
    let connected = socket.connect_timeout(&address.into(), args.timeout);
    connected.map_err(|error| timeout::connecting(error, args.timeout))?;
    let mut stream = TcpStream::from(socket);
    debug!("connected to {address} from {}", stream.local_addr()?);

    // 3. Send the request. `Connection: close` asks the server to close when it has answered.
    let path = &args.url.path;
    let host = args.url.host_field();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    debug!("sent {} bytes: {request:?}", request.len());

    // 4. Receive until the server closes the connection.
    let received = receive_all(&mut stream, args)?;

    // 5. Close the connection: dropping the stream does that.
    drop(stream);
    debug!("closed");

    // 6. Split the header from the body at the first blank line; response.rs does the rest of HTTP.
    let (head, body) = received.split()?;

    // 7. Print the header. Whoever does not want to read it may still want the page.
    let printed = print_line(printable(&head.text));
    for warning in status::warnings(&head) {
        warn!("{warning}");
    }

    // 8. Save the body.
    let file = save::save(&args.output, &body)?;
    info!("saved {} bytes in {file}", body.len());
    printed
}

/// 4. Receives until the server closes the connection.
fn receive_all(stream: &mut TcpStream, args: &Args) -> io::Result<Response<Vec<u8>>> {
    stream.set_read_timeout(Some(args.timeout))?;
    // What one call brings is cut anywhere: only all of it together is an answer.
    let mut buffer = vec![0; args.recv_size as usize];
    let mut received = Response::new(Vec::new());
    loop {
        let length = match stream.read(&mut buffer) {
            Ok(0) => {
                debug!("received 0 bytes: the server has closed");
                return Ok(received);
            }
            // On Linux, Ctrl+Z interrupts a receive with a timeout.
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            // A server that has answered, and does not close or says more, is not waited for.
            _ if received.is_complete() => return Ok(received),
            Ok(length) => length,
            Err(error) => return Err(timeout::receiving(&error, args.timeout, received.came())),
        };
        debug!("received {length} bytes");
        received.take(&buffer[..length])?;
        if received.came() as u64 > u64::from(args.max_size) << 20 {
            let came = received.came();
            let wrong = format!("more than {} MiB ({came} bytes came)", args.max_size);
            let error = io::Error::new(ErrorKind::FileTooLarge, wrong);
            return Err(common::advise(&error, "allow more with --max-size"));
        }
        if received.is_complete() {
            stream.set_read_timeout(Some(TIME_TO_CLOSE.min(args.timeout)))?;
        }
    }
}

fn main() -> ExitCode {
    common::start_log();
    let args = Args::parse();
    let peer = Peer::TcpServer(PRACTISE.into());
    common::exit_status("http-fetch", &args.url.address, &peer, fetch(&args))
}

/// Fetches a web page: prints the header and saves the body.
#[derive(Parser)]
#[command(version, allow_negative_numbers = true)] // refused with a reason, not as a flag
#[command(
    after_help = "Example:\n  cargo run -p http-fetch -- 127.0.0.1:8080 -o page.html\n  \
                  and before it, in another terminal: cargo run -p http-fetch --example page_server"
)]
struct Args {
    // No doc comment: rustdoc takes these brackets for links.
    #[arg(help = "The page: [http://]HOST[:PORT][/PATH]")]
    #[arg(default_value = "www.sina.com.cn")]
    url: Url,
    /// Where to save the body
    #[arg(short, long, value_name = "FILE", default_value = "sina.html")]
    #[arg(value_parser = OsStringValueParser::new().try_map(save::named))]
    output: PathBuf,
    /// Bytes to receive at most in one call
    #[arg(long, value_name = "BYTES", default_value_t = 1024)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=16 << 20))]
    recv_size: u32,
    /// Seconds to wait for the server each time it is silent, such as 0.5
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = common::timeout)]
    timeout: Duration,
    /// MiB to receive at most, header and body together
    #[arg(long, value_name = "MIB", default_value_t = 100)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    max_size: u32,
}
