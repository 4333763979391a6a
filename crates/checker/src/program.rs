//! The learner's program: started on a terminal of its own, listened to, and ended with all it started.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crate::events::{Bell, lock};

/// What of an endless output is kept: the rest is read, so that the program can go on, and dropped.
const KEEP: usize = 1 << 20;

/// A program that runs, or has ended.
pub struct Program {
    bell: Bell,
    state: Arc<Mutex<State>>,
    keyboard: Option<Keyboard>,
    pid: u32,
}

/// The keyboard of the program's terminal.
struct Keyboard {
    /// Our side of the terminal.
    ours: File,
    /// The name of the program's side.
    #[cfg(unix)]
    theirs: std::ffi::CString,
}

#[derive(Default)]
struct State {
    output: Vec<u8>,
    /// How many readers are still at work.
    open: usize,
    ended: Option<(ExitStatus, Instant)>,
}

impl Program {
    /// Starts it in the current folder.
    ///
    /// # Errors
    ///
    /// When there is no such command, or it may not be run.
    pub fn start(command: &[OsString], bell: &Bell) -> io::Result<Self> {
        let (name, arguments) = command.split_first().ok_or(io::ErrorKind::InvalidInput)?;
        let mut command = Command::new(name);
        command
            .args(arguments)
            .env("TERM", "dumb")
            .env("NO_COLOR", "1");
        command.env_remove(crate::world::VARIABLE);
        // What the folder is after the overlay was mounted over it.
        if let Ok(folder) = std::env::current_dir() {
            command.current_dir(folder);
        }
        let (child, sources, keyboard) = spawn(command)?;
        let pid = child.id();
        let state = Arc::new(Mutex::new(State {
            open: sources.len(),
            ..State::default()
        }));
        for source in sources {
            let (state, bell) = (Arc::clone(&state), bell.clone());
            thread::Builder::new().spawn(move || collect(source, &state, &bell))?;
        }
        let (ended, rung) = (Arc::clone(&state), bell.clone());
        thread::Builder::new().spawn(move || wait(child, &ended, &rung))?;
        crate::stop::now_runs(pid);
        Ok(Self {
            bell: bell.clone(),
            state,
            keyboard,
            pid,
        })
    }

    /// A place in the output.
    pub fn mark(&self) -> usize {
        lock(&self.state).output.len()
    }

    /// What it has printed between two places, stdout and stderr; without the second, up to now.
    pub fn output_between(&self, mark: usize, end: Option<usize>) -> String {
        let state = lock(&self.state);
        let end = end.unwrap_or(state.output.len());
        let bytes = state.output.get(mark..end).unwrap_or_default();
        String::from_utf8_lossy(bytes).replace("\r\n", "\n")
    }

    /// How it has ended, if it has.
    pub fn ended(&self) -> Option<ExitStatus> {
        lock(&self.state).ended.map(|(status, _)| status)
    }

    /// Waits for its end, and for the last of what it printed.
    pub fn wait_end(&self, limit: Duration) -> Option<ExitStatus> {
        let deadline = Instant::now() + limit;
        let status = self.bell.wait(deadline, || self.ended())?;
        // A child of it may hold the terminal for ever.
        let last = Instant::now() + Duration::from_secs(1);
        self.bell
            .wait(last, || (lock(&self.state).open == 0).then_some(()));
        Some(status)
    }

    /// Types a line at its keyboard.
    pub fn type_line(&mut self, line: &str) {
        self.type_keys(&format!("{line}\n"));
    }

    /// Presses keys at its keyboard.
    pub fn type_keys(&mut self, keys: &str) {
        if let Some(keyboard) = &mut self.keyboard {
            let _ = keyboard.ours.write_all(keys.as_bytes());
        }
    }

    /// Whether it has read every line that was typed. What it has not asked for lies there still.
    pub fn has_read_all(&self) -> bool {
        #[cfg(unix)]
        if let Some(keyboard) = &self.keyboard {
            use rustix::fs::{Mode, OFlags, open};
            let theirs = open(
                &keyboard.theirs,
                OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC,
                Mode::empty(),
            );
            let unread = theirs.and_then(rustix::io::ioctl_fionread);
            return unread.is_ok_and(|count| count == 0);
        }
        false
    }

    /// The process's id; on Unix that of its group, too.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Presses Ctrl+C, as its terminal would.
    #[cfg(unix)]
    pub fn interrupt(&self) {
        use rustix::process::{Pid, Signal, kill_process_group};
        if let (None, Some(pid)) = (
            self.ended(),
            i32::try_from(self.pid).ok().and_then(Pid::from_raw),
        ) {
            let _ = kill_process_group(pid, Signal::INT);
        }
    }

    /// Ends it, and all that it has started.
    pub fn kill(&self) {
        kill_all(self.pid);
        // Its group is gone: the wait is short.
        self.wait_end(Duration::from_secs(5));
        crate::stop::has_ended(self.pid);
        kill_runaways();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Ends a process and its group.
#[cfg(unix)]
pub fn kill_all(pid: u32) {
    use rustix::process::{Pid, Signal, kill_process_group};
    if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
        let _ = kill_process_group(pid, Signal::KILL);
    }
}

/// Ends what a program has left behind when it went into the background.
#[cfg(unix)]
pub fn kill_runaways() {
    use rustix::process::{Pid, Signal, kill_process};
    for id in crate::watch::left_behind() {
        if let Some(id) = i32::try_from(id).ok().and_then(Pid::from_raw) {
            let _ = kill_process(id, Signal::KILL);
        }
    }
}

/// Windows ends a process with all its children.
#[cfg(not(unix))]
pub fn kill_runaways() {}

/// Ends a process and its children.
#[cfg(not(unix))]
pub fn kill_all(pid: u32) {
    let pid = pid.to_string();
    let kill = |options: &[&str]| {
        let mut taskkill = Command::new("taskkill");
        taskkill.args(options).args(["/PID", &pid]);
        let silent = taskkill.stdout(Stdio::null()).stderr(Stdio::null());
        silent.status().is_ok_and(|status| status.success())
    };
    // Wine's does not know /T, and the program alone is better than nobody.
    let _ = kill(&["/F", "/T"]) || kill(&["/F"]);
}

fn wait(mut child: Child, state: &Mutex<State>, bell: &Bell) {
    if let Ok(status) = child.wait() {
        lock(state).ended = Some((status, Instant::now()));
    }
    bell.ring();
}

fn collect(mut source: impl Read, state: &Mutex<State>, bell: &Bell) {
    let mut buffer = [0; 4096];
    loop {
        match source.read(&mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // The last one at the other side of a terminal has gone: Linux calls that an error.
            Ok(0) | Err(_) => break,
            Ok(length) => {
                let mut state = lock(state);
                let room = KEEP.saturating_sub(state.output.len());
                state.output.extend_from_slice(&buffer[..length.min(room)]);
            }
        }
        bell.ring();
    }
    lock(state).open -= 1;
    bell.ring();
}

type Source = Box<dyn Read + Send>;

/// On a terminal of its own: what a program prints there comes line by line, in every language.
#[cfg(unix)]
fn spawn(mut command: Command) -> io::Result<(Child, Vec<Source>, Option<Keyboard>)> {
    use std::os::unix::process::CommandExt;

    command.process_group(0);
    let (ours, theirs, name) = terminal()?;
    command.stdin(Stdio::from(theirs.try_clone()?));
    command
        .stdout(Stdio::from(theirs.try_clone()?))
        .stderr(Stdio::from(theirs));
    let child = command.spawn()?;
    // Its side of the terminal must not stay open here: its end is told by that.
    drop(command);
    let source = Box::new(ours.try_clone()?);
    let keyboard = Keyboard { ours, theirs: name };
    Ok((child, vec![source], Some(keyboard)))
}

/// The two sides of a terminal that shows no input and changes no output, and the name of the second.
#[cfg(unix)]
fn terminal() -> io::Result<(File, File, std::ffi::CString)> {
    use rustix::fs::{Mode, OFlags, open};
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    use rustix::termios::{LocalModes, OptionalActions, OutputModes, tcgetattr, tcsetattr};

    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY)?;
    grantpt(&ours)?;
    unlockpt(&ours)?;
    let name = ptsname(&ours, Vec::new())?;
    let theirs = open(
        &name,
        OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC,
        Mode::empty(),
    )?;
    rustix::io::fcntl_setfd(&ours, rustix::io::FdFlags::CLOEXEC)?;
    let mut modes = tcgetattr(&theirs)?;
    modes.local_modes &= !LocalModes::ECHO;
    modes.output_modes &= !OutputModes::OPOST;
    tcsetattr(&theirs, OptionalActions::Now, &modes)?;
    Ok((ours.into(), theirs.into(), name))
}

/// Through pipes: only Python can be asked to print at once.
#[cfg(not(unix))]
fn spawn(mut command: Command) -> io::Result<(Child, Vec<Source>, Option<Keyboard>)> {
    command.env("PYTHONUNBUFFERED", "1").stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn()?;
    let mut sources: Vec<Source> = Vec::new();
    if let (Some(stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) {
        sources.push(Box::new(stdout));
        sources.push(Box::new(stderr));
    }
    Ok((child, sources, None))
}
