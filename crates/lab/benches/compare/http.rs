//! http-fetch, beside curl, Python and the floor: a page of the tutorial's size, and a large body.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::floor;
use crate::measure::{Contender, Effort, in_turn};
use crate::process::{is_installed, memory, run_to_its_end};
use crate::report::{Better, Fact, Goal, Plan, Theme, number};

/// The size of the page in the tutorial's text 000.
const PAGE: usize = 605_503;
const LARGE: usize = 64 << 20;

/// Where everybody saves to; removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let path =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("fetched-{}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder can be made there");
        Self(path)
    }

    fn file(&self) -> PathBuf {
        self.0.join("sina.html") // the one name that all of them can save under
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A web server of one page, prepared in full, on a thread of this program.
fn serve(size: usize) -> SocketAddr {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n");
    let mut reply = head.into_bytes();
    reply.resize(reply.len() + size, b'x');
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("it has an address");
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("clients can be accepted");
            let mut request = Vec::new();
            let mut buffer = [0; 1024];
            while !request.ends_with(b"\r\n\r\n") {
                match stream.read(&mut buffer) {
                    Ok(length @ 1..) => request.extend_from_slice(&buffer[..length]),
                    _ => break,
                }
            }
            let _ = stream.write_all(&reply);
        }
    });
    address
}

fn ours(address: SocketAddr, file: &Path, size: u32) -> Command {
    let mut command = lab::program("http-fetch");
    command.arg(address.to_string()).arg("-o").arg(file);
    command.args(["--recv-size", &size.to_string()]);
    command
}

fn floor(address: SocketAddr, file: &Path, size: u32) -> Command {
    let mut command = floor::command("fetch");
    command
        .arg(address.to_string())
        .arg(file)
        .arg(size.to_string());
    command
}

/// It saves in the folder that it is started in, under a name of its own.
fn streamed(address: SocketAddr, file: &Path) -> Command {
    let folder = file.parent().expect("the file is in our folder");
    let mut command = lab::example("stream_to_disk");
    command.arg(address.to_string()).current_dir(folder);
    command
}

fn curl(address: SocketAddr, file: &Path) -> Command {
    let mut command = Command::new("curl");
    // No settings of whoever runs this, and no proxy.
    command.args(["--disable", "--noproxy", "*", "--silent", "-o"]);
    command.arg(file).arg(format!("http://{address}/"));
    command
}

fn python(address: SocketAddr, file: &Path) -> Option<Command> {
    let mut command = lab::python("http_fetch.py")?;
    command.arg(address.to_string()).arg(file);
    Some(command)
}

/// From the start of the process to its end, with a file that was not there before; and the milliseconds that it
/// was on a processor, where the system tells.
fn time(command: &mut Command, file: &Path, size: usize) -> (Duration, f64) {
    let _ = fs::remove_file(file);
    let start = Instant::now();
    let processor = run_to_its_end(command);
    let taken = start.elapsed();
    let saved = fs::metadata(file).expect("a page is saved").len();
    assert_eq!(saved, size as u64, "{command:?}");
    (taken, processor)
}

/// A page of the tutorial's size, the whole process.
pub fn page(effort: &Effort) -> Theme {
    let (mut theme, folder, address) = (Theme::default(), Folder::new(), serve(PAGE));
    let file = folder.file();
    let milliseconds = |mut command: Command| {
        let all: Duration = (0..effort.launches)
            .map(|_| time(&mut command, &folder.file(), PAGE).0)
            .sum();
        vec![all.as_secs_f64() * 1e3 / effort.launches as f64]
    };
    let mut contenders = vec![
        Contender::new("http-fetch", || milliseconds(ours(address, &file, 1024))),
        Contender::new("floor", || milliseconds(floor(address, &file, 1024))),
        Contender::new("http-fetch, 65,536 bytes a receive", || {
            milliseconds(ours(address, &file, 65536))
        }),
    ];
    if is_installed("curl") {
        contenders.push(Contender::new("curl", || {
            milliseconds(curl(address, &file))
        }));
    } else {
        theme.leave_out("curl", "not installed");
    }
    if python(address, &file).is_some() {
        contenders.push(Contender::new("Python", || {
            milliseconds(python(address, &file).expect("it was there"))
        }));
    } else {
        theme.leave_out("Python", "not installed");
    }
    let goals = [
        Goal::TimesAsGoodAs("floor", 0.95),
        Goal::TimesAsGoodAs("curl", 3.0),
        Goal::TimesAsGoodAs("Python", 30.0),
    ];
    let unit = ("ms", Better::Less);
    let plan = Plan::new("605,503 bytes", unit, 0, "http-fetch", &goals);
    theme.rows = in_turn(effort, contenders, &[plan]);
    theme
}

/// A large body at three receive sizes: how fast it is saved, and how much memory that takes.
pub fn large(effort: &Effort) -> Theme {
    let (mut theme, folder, address) = (Theme::default(), Folder::new(), serve(LARGE));
    let file = folder.file();
    let (has_curl, has_python) = (is_installed("curl"), python(address, &file).is_some());
    let rate = |mut command: Command| {
        let (taken, processor) = time(&mut command, &folder.file(), LARGE);
        vec![LARGE as f64 / 1e6 / taken.as_secs_f64(), processor]
    };
    for size in [1024, 16384, 65536] {
        let mut contenders = vec![
            Contender::new("http-fetch", || rate(ours(address, &file, size))),
            Contender::new("floor", || rate(floor(address, &file, size))),
        ];
        if has_curl {
            contenders.push(Contender::new("curl", || rate(curl(address, &file))));
        }
        if has_python && size == 1024 {
            contenders.push(Contender::new("Python", || {
                rate(python(address, &file).expect("it was there"))
            }));
        }
        if size == 65536 {
            let measure = || rate(streamed(address, &file));
            contenders.push(Contender::new("stream_to_disk", measure));
        }
        let mut goals = vec![Goal::TimesAsGoodAs("floor", 0.95)];
        if size == 1024 {
            goals.push(Goal::TimesAsGoodAs("Python", 2.0));
        }
        let (rate, processor) = (("MB/s", Better::More), ("ms", Better::Less));
        let what = format!("64 MiB, {} bytes a receive", number(size.into()));
        let mut plans = vec![Plan::new(&what, rate, 0, "http-fetch", &goals)];
        if size == 65536 {
            let streams = "stream_to_disk";
            let goal = [Goal::TimesAsGoodAs("curl", 1.1)];
            let on_processor = "the same, time on a processor";
            plans.push(Plan::new(&what, rate, 0, streams, &goal));
            plans.push(Plan::new(on_processor, processor, 1, streams, &[]));
        }
        theme.rows.extend(in_turn(effort, contenders, &plans));
    }
    let mut commands = vec![
        (
            "http-fetch, 1,024 bytes a receive",
            Some(ours(address, &file, 1024)),
        ),
        (
            "http-fetch, 65,536 bytes a receive",
            Some(ours(address, &file, 65536)),
        ),
        ("stream_to_disk", Some(streamed(address, &file))),
        (
            "floor, 65,536 bytes a receive",
            Some(floor(address, &file, 65536)),
        ),
    ];
    commands.push(("curl", has_curl.then(|| curl(address, &file))));
    commands.push(("Python, 1,024 bytes a receive", python(address, &file)));
    for (who, command) in commands {
        let Some(peak) = command.and_then(|command| peak(command, &file)) else {
            continue;
        };
        let most = (who == "stream_to_disk").then_some(("at most 12 MiB", peak <= 12.0 * 1024.0));
        theme.facts.push(Fact {
            what: format!("peak memory, {who}"),
            seen: format!("{} MiB", number(peak / 1024.0)),
            goal: most,
        });
    }
    for (who, there) in [("curl", has_curl), ("Python", has_python)] {
        if !there {
            theme.leave_out(who, "not installed");
        }
    }
    theme
}

/// The most memory that a process ever held, in KiB: the kernel keeps that mark, and we read it each
/// millisecond until the process ends. The last thing that all of them do is to save the body, which takes
/// longer than that and no more memory.
fn peak(mut command: Command, file: &Path) -> Option<f64> {
    let _ = fs::remove_file(file);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().expect("the program is there");
    let mut peak = None;
    while child.try_wait().expect("it is our child").is_none() {
        peak = memory(child.id(), "VmHWM").or(peak);
        thread::sleep(Duration::from_millis(1));
    }
    peak
}
