//! Servers as they are measured, and what the system says about a process.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use lab::PATIENCE;

/// A server that is ready; killed when it is dropped.
///
/// Not lab's `Running`, which reads what a server prints: that work would be measured along with it. Here
/// stdout goes to the null device.
pub struct Server {
    child: Child,
    forks: bool,
    pub address: SocketAddr,
    pub ready_after: Duration,
    ended: Receiver<()>,
}

impl Server {
    /// Starts a server and waits for the line on stderr that has its address.
    pub fn start(command: &mut Command) -> Self {
        // These have processes of their own for their peers, which are to end with them.
        let forks = ["socat", "ncat"]
            .iter()
            .any(|tool| command.get_program() == *tool);
        if forks {
            command.process_group(0);
        }
        let start = Instant::now();
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let stderr = child.stderr.take().expect("stderr is piped");
        let (ready, address) = mpsc::channel();
        let (end, ended) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                if let Some(address) = address_in(&line) {
                    let _ = ready.send(address);
                }
            }
            // Its stderr closes when it ends.
            let _ = end.send(());
        });
        let address = address
            .recv_timeout(PATIENCE)
            .unwrap_or_else(|_| panic!("{command:?} does not say that it is ready"));
        Self {
            child,
            forks,
            address,
            ready_after: start.elapsed(),
            ended,
        }
    }

    /// Whether it has processes of its own for its peers.
    pub fn forks(&self) -> bool {
        self.forks
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Presses Ctrl+C and tells how long the server then takes to be gone.
    pub fn ctrl_c(mut self) -> Duration {
        let start = Instant::now();
        let process = rustix::process::Pid::from_child(&self.child);
        // A Python that gets the signal just before it falls asleep sleeps on: it is pressed again.
        while start.elapsed() < PATIENCE {
            let _ = rustix::process::kill_process(process, rustix::process::Signal::INT);
            if self.ended.recv_timeout(Duration::from_secs(2)).is_ok() {
                break;
            }
        }
        let taken = start.elapsed();
        assert!(taken < PATIENCE, "Ctrl+C ends the server");
        self.child.wait().expect("a child can be waited for");
        taken
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.forks {
            let group = rustix::process::Pid::from_child(&self.child);
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn address_in(line: &str) -> Option<SocketAddr> {
    line.split_whitespace()
        .find_map(|word| word.trim_end_matches([',', '.']).parse().ok())
}

/// Keeps the calling thread, and all that it starts, on one core. Of two who take turns, one always sleeps:
/// on two cores, one would measure above all how long a core takes to wake up, or whether it slept at all.
#[cfg(target_os = "linux")]
pub fn on_one_core<T>(work: impl FnOnce() -> T) -> T {
    use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

    let before = sched_getaffinity(None).expect("it can be asked for");
    let first = (0..CpuSet::MAX_CPU).find(|&core| before.is_set(core));
    let mut one = CpuSet::new();
    one.set(first.expect("a thread has a core"));
    let _ = sched_setaffinity(None, &one);
    let result = work();
    let _ = sched_setaffinity(None, &before);
    result
}

/// Elsewhere, the system decides.
#[cfg(not(target_os = "linux"))]
pub fn on_one_core<T>(work: impl FnOnce() -> T) -> T {
    work()
}

/// A port that nobody has, for a program that does not say which one it was given.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    listener.local_addr().expect("it has an address").port()
}

/// Whether a tool is there.
pub fn is_installed(tool: &str) -> bool {
    let asked = Command::new(tool)
        .arg(if tool == "socat" { "-V" } else { "--version" })
        .stdin(Stdio::null())
        .output();
    asked.is_ok_and(|answer| answer.status.success())
}

/// Runs a program to its end, without a word of it: the milliseconds that it was on a processor, or NaN where the
/// system does not tell. (Threads that ended before it are not counted: these programs have none that work.)
pub fn run_to_its_end(command: &mut Command) -> f64 {
    use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().expect("the program is there");
    // It has ended, and is not yet forgotten: its account can still be read.
    let ended = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
    let _ = waitid(WaitId::Pid(Pid::from_child(&child)), ended);
    let account = fs::read_to_string(format!("/proc/{}/schedstat", child.id()));
    let status = child.wait().expect("it is our child");
    assert!(status.success(), "{command:?}: {status}");
    let nanoseconds = account
        .ok()
        .and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    nanoseconds.map_or(f64::NAN, |time| time / 1e6)
}

/// A line of `/proc/PID/status` in KiB, such as `VmRSS`; none where there is no such file.
pub fn memory(id: u32, line: &str) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let value = status
        .lines()
        .find_map(|text| text.strip_prefix(line)?.strip_prefix(':'))?;
    value.trim().strip_suffix(" kB")?.parse().ok()
}

/// How long a process was on a processor so far, with its threads that have ended (proc_pid_stat(5), fields 14 and
/// 15, in hundredths of a second). None where `/proc` does not tell.
pub fn processor_time(id: u32) -> Option<Duration> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let (_, fields) = stat.rsplit_once(") ")?;
    let times = fields.split(' ').skip(11).take(2);
    let times = times.map(|time| time.parse::<u64>().ok());
    Some(Duration::from_millis(10 * times.sum::<Option<u64>>()?))
}

/// What all threads of a process have done so far: nanoseconds on a processor, and how often they were
/// given one or lost it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Activity {
    pub nanoseconds: u64,
    pub switches: u64,
}

/// None where `/proc` does not tell.
pub fn activity(id: u32) -> Option<Activity> {
    let mut all = Activity::default();
    for task in fs::read_dir(format!("/proc/{id}/task")).ok()? {
        let task = task.ok()?.path();
        let times = fs::read_to_string(task.join("schedstat")).ok()?;
        all.nanoseconds += times.split(' ').next()?.parse::<u64>().ok()?;
        let status = fs::read_to_string(task.join("status")).ok()?;
        all.switches += status
            .lines()
            .filter_map(|line| line.split_once("ctxt_switches:"))
            .filter_map(|(_, count)| count.trim().parse::<u64>().ok())
            .sum::<u64>();
    }
    Some(all)
}
