//! Where the programs are, and how they come to be there.

use std::env::{self, consts::EXE_SUFFIX};
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

/// A command that starts one of the workspace's programs.
///
/// Cargo builds the program first, unless it is not there to be called.
#[must_use]
pub fn program(name: &str) -> Command {
    command(built().join(format!("{name}{EXE_SUFFIX}")))
}

/// A command that starts one of the workspace's Cargo examples; otherwise as [`program`].
#[must_use]
pub fn example(name: &str) -> Command {
    command(built().join("examples").join(format!("{name}{EXE_SUFFIX}")))
}

fn command(path: PathBuf) -> Command {
    assert!(
        path.is_file(),
        "{} is missing: cargo build --workspace --bins --examples",
        path.display()
    );
    let mut command = Command::new(path);
    // What a test reads must not depend on the shell that it runs in.
    command.env_remove("RUST_LOG").env_remove("RUST_LOG_STYLE");
    command
}

/// The folder of the programs: that of this very test, which cargo put in its `deps`.
pub fn built() -> &'static PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let test = env::current_exe().expect("a test knows where it is");
        let folder = test
            .ancestors()
            .find(|folder| {
                !folder.is_file() && !folder.ends_with("deps") && !folder.ends_with("examples")
            })
            .expect("a test is in a folder")
            .to_path_buf();
        // Under Wine, a Windows program cannot call the cargo that started it: all is built by then.
        let cargo = env::var_os("CARGO").filter(|_| env::var_os("WINEPREFIX").is_none());
        // Whoever runs an example builds first what it plays with, and sees cargo's progress.
        let cargo = cargo.filter(|_| !test.with_file_name("").ends_with("examples"));
        if let Some(cargo) = cargo {
            let release = folder.ends_with("release").then_some("--release");
            let status = Command::new(cargo)
                .args(["build", "--quiet", "--workspace", "--bins", "--examples"])
                .args(release)
                .current_dir(env!("CARGO_MANIFEST_DIR"))
                .status()
                .expect("cargo can be called");
            assert!(status.success(), "cargo could not build the programs");
        }
        folder
    })
}
