//! A program that runs, and one that has ended.

use std::fmt;
use std::io::{self, BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How long a test waits for what must happen: far longer than it takes on the slowest machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A program that was started, and is killed if it is dropped before it ends.
#[derive(Debug)]
pub struct Running {
    child: Child,
    output: Arc<Output>,
    readers: Vec<JoinHandle<()>>,
}

/// A program that has ended, with all that it printed.
#[derive(Debug)]
pub struct Ended {
    /// How it ended.
    pub status: ExitStatus,
    /// What it printed; bytes that are not UTF-8 are replaced.
    pub stdout: String,
    /// What it said besides.
    pub stderr: String,
}

#[derive(Debug, Default)]
struct Output {
    lines: Mutex<Lines>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Lines {
    /// stdout and stderr.
    text: [String; 2],
    /// Streams that have come to their end.
    ended: usize,
}

/// Runs a program to its end.
#[must_use]
pub fn run(command: &mut Command) -> Ended {
    Running::start(command).finish()
}

impl Running {
    /// Starts a program; its stdin is empty.
    #[must_use]
    pub fn start(command: &mut Command) -> Self {
        Self::try_start(command).unwrap_or_else(|error| panic!("{command:?}: {error}"))
    }

    /// Starts a program, if the system lets us; otherwise as [`start`](Self::start).
    ///
    /// # Errors
    ///
    /// The system's own.
    pub fn try_start(command: &mut Command) -> io::Result<Self> {
        Self::spawn(Stdio::piped(), command, |_| true)
    }

    /// As [`start`](Self::start), with a stdout of the test's choice, which is read only if it is a pipe.
    #[must_use]
    pub fn start_to(stdout: Stdio, command: &mut Command) -> Self {
        let running = Self::spawn(stdout, command, |_| true);
        running.unwrap_or_else(|error| panic!("{command:?}: {error}"))
    }

    /// As [`start`](Self::start), for a program that will print for long: nobody reads its stdout, and of
    /// its stderr only the lines stay that `keep` wants.
    #[must_use]
    pub fn start_for_long(
        command: &mut Command,
        keep: impl FnMut(&str) -> bool + Send + 'static,
    ) -> Self {
        let running = Self::spawn(Stdio::null(), command, keep);
        running.unwrap_or_else(|error| panic!("{command:?}: {error}"))
    }

    /// As [`start`](Self::start), as an ordinary user: as whoever tests, or, where that is root, as user
    /// 65534 (nobody).
    ///
    /// # Errors
    ///
    /// When nobody cannot run it, because a folder on the way to it is closed.
    #[cfg(unix)]
    pub fn start_as_ordinary_user(command: &mut Command) -> io::Result<Self> {
        use std::os::unix::process::CommandExt;
        const NOBODY: u32 = 65534;

        if rustix::process::geteuid().is_root() {
            // Nobody may look into every folder, but the root of the file system is open to all.
            command.uid(NOBODY).gid(NOBODY).current_dir("/");
        }
        Self::try_start(command).map_err(|error| {
            io::Error::new(
                error.kind(),
                format!("user {NOBODY} cannot run the program: {error}"),
            )
        })
    }

    fn spawn(
        stdout: Stdio,
        command: &mut Command,
        keep: impl FnMut(&str) -> bool + Send + 'static,
    ) -> io::Result<Self> {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(stdout)
            .stderr(Stdio::piped())
            .spawn()?;
        // A command keeps what it was given for stdout, and so would keep a pipe of the test's open.
        command.stdout(Stdio::null());
        let output = Arc::<Output>::default();
        let stdout = child.stdout.take();
        let stdout = stdout.map(|out| read(0, out, &output, |_| true));
        // A stream that is not ours to read counts as ended.
        output.lines.lock().unwrap().ended += usize::from(stdout.is_none());
        let stderr = child.stderr.take();
        let stderr = stderr.map(|err| read(1, err, &output, keep));
        Ok(Self {
            child,
            output,
            readers: stdout.into_iter().chain(stderr).collect(),
        })
    }

    /// The number that the system knows it by.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The numbers of its children, zombies too: /proc tells whose child a process is (proc_pid_stat(5)).
    #[cfg(target_os = "linux")]
    #[must_use]
    pub fn children(&self) -> Vec<u32> {
        let processes = std::fs::read_dir("/proc").expect("Linux has /proc");
        let names = processes.filter_map(|process| process.ok()?.file_name().into_string().ok());
        let is_child = |id: &u32| {
            // It may have ended in the meantime.
            let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
            // A program's name, in brackets, may have anything in it, brackets too.
            let (_, fields) = stat.rsplit_once(") ").unwrap_or_default();
            fields.split(' ').nth(1) == Some(&self.id().to_string())
        };
        names
            .filter_map(|name| name.parse().ok())
            .filter(is_child)
            .collect()
    }

    /// The first line, of stdout or stderr, that has this text in it, as soon as it is printed.
    pub fn wait_for(&self, text: &str) -> String {
        self.wait_for_times(text, 1)
    }

    /// As [`wait_for`](Self::wait_for), the line that is the `times`th with this text in it.
    pub fn wait_for_times(&self, text: &str, times: usize) -> String {
        self.wait_until(&format!("{text:?} × {times}"), |lines| {
            let mut found = lines.complete().filter(|line| line.contains(text));
            found.nth(times - 1).map(String::from)
        })
    }

    /// Waits until it has printed so many lines on stdout and stderr together.
    pub fn wait_for_lines(&self, count: usize) {
        self.wait_until(&format!("{count} lines"), |lines| {
            (lines.complete().count() >= count).then_some(())
        });
    }

    /// The address in its ready line, which names the real port where it was started with port 0.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.wait_until("a line with an address", |lines| {
            // stderr first: there it is the first address, while stdout has those of clients.
            let [stdout, stderr] = &lines.text;
            let lines = [stderr, stdout].into_iter().flat_map(|text| complete(text));
            lines.flat_map(str::split_whitespace).find_map(|word| {
                let word = word.trim_start_matches("http://");
                word.trim_end_matches(['/', ',', '.']).parse().ok()
            })
        })
    }

    /// What it has printed so far.
    #[must_use]
    pub fn stdout(&self) -> String {
        self.output.lines.lock().unwrap().text[0].clone()
    }

    /// What it has said so far.
    #[must_use]
    pub fn stderr(&self) -> String {
        self.output.lines.lock().unwrap().text[1].clone()
    }

    /// Presses Ctrl+C: sends SIGINT.
    #[cfg(unix)]
    pub fn ctrl_c(&self) {
        self.signal(rustix::process::Signal::INT);
    }

    /// Sends any signal.
    #[cfg(unix)]
    pub fn signal(&self, signal: rustix::process::Signal) {
        let process = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(process, signal).expect("a program that runs takes signals");
    }

    /// Stops it as Ctrl+Z does, and returns when it stands still.
    #[cfg(unix)]
    pub fn stop(&self) {
        use rustix::process::{Pid, Signal, WaitOptions, waitpid};

        self.signal(Signal::STOP);
        let stopped = waitpid(Some(Pid::from_child(&self.child)), WaitOptions::UNTRACED);
        let (_, status) = stopped
            .expect("a child can be waited for")
            .expect("it was waited for");
        assert!(status.stopped(), "{status:?}");
    }

    /// Lets it go on after a [`stop`](Self::stop), as `fg` does.
    #[cfg(unix)]
    pub fn go_on(&self) {
        self.signal(rustix::process::Signal::CONT);
    }

    /// Waits until the program ends.
    #[must_use]
    pub fn finish(mut self) -> Ended {
        // A program's output ends with it; it is the event to wait for, with a limit that wait() lacks.
        self.wait_until("its end", |lines| (lines.ended == 2).then_some(()));
        let status = self.child.wait().expect("a child can be waited for");
        for reader in self.readers.drain(..) {
            reader.join().expect("a reader does not panic");
        }
        Ended {
            status,
            stdout: self.stdout(),
            stderr: self.stderr(),
        }
    }

    fn wait_until<T>(&self, what: &str, mut found: impl FnMut(&Lines) -> Option<T>) -> T {
        let start = Instant::now();
        let mut lines = self.output.lines.lock().unwrap();
        loop {
            if let Some(found) = found(&lines) {
                return found;
            }
            let rest = PATIENCE.saturating_sub(start.elapsed());
            let over = if lines.ended == 2 {
                "it ended"
            } else {
                "it took too long"
            };
            assert!(
                lines.ended < 2 && !rest.is_zero(),
                "no {what}: {over}\n--- stdout\n{}--- stderr\n{}",
                lines.text[0],
                lines.text[1]
            );
            lines = self.output.changed.wait_timeout(lines, rest).unwrap().0;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Ended {
    /// The exit status, if it was not a signal that ended it.
    #[must_use]
    pub fn code(&self) -> Option<i32> {
        self.status.code()
    }

    /// The two lines of a fatal error, which are all that it has said: what is wrong, and what to do.
    #[must_use]
    pub fn fatal(&self) -> (&str, &str) {
        assert_eq!(self.code(), Some(1), "{self}");
        let lines: Vec<_> = self.stderr.lines().collect();
        let [error, hint] = lines[..] else {
            panic!("not two lines: {self}");
        };
        assert!(hint.starts_with("hint: "), "{self}");
        (error, hint)
    }

    /// How many lines warn of this, and how many warnings they stand for: of each kind, one is shown a
    /// second, with the number of those that were held back.
    #[must_use]
    pub fn warnings(&self, text: &str) -> (usize, usize) {
        let lines = self.stderr.lines();
        let lines = lines.filter(|line| line.contains("WARN") && line.contains(text));
        lines.fold((0, 0), |(shown, all), line| {
            let more = line.strip_suffix(" more like it)");
            let more = more.and_then(|line| line.rsplit_once("(and ")?.1.parse().ok());
            (shown + 1, all + 1 + more.unwrap_or(0))
        })
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            status,
            stdout,
            stderr,
        } = self;
        write!(f, "{status}\n--- stdout\n{stdout}--- stderr\n{stderr}")
    }
}

impl Lines {
    /// The lines of both streams that have their end.
    fn complete(&self) -> impl Iterator<Item = &str> {
        self.text.iter().flat_map(|text| complete(text))
    }
}

/// The lines that have their end.
fn complete(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.split_inclusive('\n');
    lines.filter_map(|line| line.strip_suffix('\n'))
}

/// Reads one of the two streams, on a thread of its own: a program must never wait for its reader.
fn read(
    stream: usize,
    from: impl Read + Send + 'static,
    output: &Arc<Output>,
    mut keep: impl FnMut(&str) -> bool + Send + 'static,
) -> JoinHandle<()> {
    let output = Arc::clone(output);
    thread::spawn(move || {
        let mut from = BufReader::new(from);
        let mut line = Vec::new();
        while from
            .read_until(b'\n', &mut line)
            .is_ok_and(|length| length > 0)
        {
            let text = String::from_utf8_lossy(&line);
            if keep(&text) {
                output.lines.lock().unwrap().text[stream].push_str(&text);
                output.changed.notify_all();
            }
            line.clear();
        }
        output.lines.lock().unwrap().ended += 1;
        output.changed.notify_all();
    })
}
