//! The tutorial's own ends, in Python: what the programs are compared with.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// A command that runs one of the programs in `crates/lab/python`, such as `tcp_server.py`.
///
/// Where there is no Python 3.8 or newer there is none, which stderr is told: the test is skipped.
#[must_use]
pub fn python(name: &str) -> Option<Command> {
    let Some(interpreter) = interpreter() else {
        eprintln!("skipped: Python 3.8 or newer is not installed");
        return None;
    };
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("python")
        .join(name);
    assert!(path.is_file(), "{} is missing", path.display());
    let mut command = Command::new(interpreter);
    // What a test reads must not depend on the shell that it runs in: no PYTHON… variable counts.
    command.arg("-E").arg(path);
    Some(command)
}

/// The interpreter itself: what is found by its name may be a script that looks for it first.
fn interpreter() -> Option<&'static str> {
    static PYTHON: OnceLock<Option<String>> = OnceLock::new();
    let ask = "import sys; print(sys.executable) if sys.version_info >= (3, 8) else sys.exit(1)";
    let found = PYTHON.get_or_init(|| {
        ["python3", "python"].iter().find_map(|name| {
            let answer = Command::new(name)
                .args(["-E", "-c", ask])
                .stdin(Stdio::null())
                .output()
                .ok()
                .filter(|answer| answer.status.success())?;
            let path = String::from_utf8(answer.stdout).ok()?;
            Some(path.trim_end().to_owned()).filter(|path| !path.is_empty())
        })
    });
    found.as_deref()
}
