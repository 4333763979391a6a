//! Saves a file whole or not at all.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process;

use common::{output_error, printable};

/// Links that lead round in a circle, and a name that is too long: no [`ErrorKind`] of Rust 1.85.
const ELOOP: i32 = if cfg!(target_os = "linux") { 40 } else { 62 };
const ENAMETOOLONG: i32 = match () {
    () if cfg!(target_os = "linux") => 36,
    () if cfg!(windows) => 206,
    () => 63,
};

/// Puts `body` into `file`, and gives the file's name as a message may have it. Until all of it is written, what
/// was there before stays there.
///
/// # Errors
///
/// The system's own, about the file; nothing is left behind.
pub fn save(file: &Path, body: &[u8]) -> io::Result<String> {
    let mut part = Part::create(file)?;
    part.write_all(body)?;
    part.finish()?;
    Ok(shown(file))
}

/// A `--output`, if it names a file. Elsewhere `-` is stdout, which has the header here.
///
/// # Errors
///
/// For `-`, what to write instead; for a name without a character.
pub fn named(file: OsString) -> Result<PathBuf, &'static str> {
    match file.to_str() {
        Some("") => Err("the name is empty"),
        Some("-") => {
            Err("stdout has the header: name a file, such as page.html (or ./- for one called -)")
        }
        _ => Ok(file.into()),
    }
}

/// A file's name on one line, and as a terminal may be given it.
fn shown(file: &Path) -> String {
    printable(file.display().to_string().as_bytes()).replace('\n', "\\x0a")
}

/// A file that is still being written. What was there before stays there until [`finish`](Self::finish).
///
/// The bytes go into a file beside it, and `finish` renames that: it happens or it does not. (The file is
/// a new one: the rights and hard links of the old one are not kept.) If you drop a part that you did not
/// finish, nothing is left behind.
///
/// Written means given to the system. To wait until the disk has it as well (`sync_all`) would guard against
/// a power failure too, and take longer than the whole fetch; a page can be fetched again.
#[derive(Debug)]
pub struct Part {
    /// What you named, for messages.
    file: PathBuf,
    /// Closed before the file beside is removed: Windows removes no file that is open.
    output: BufWriter<File>,
    /// A device has none: it is written to directly.
    beside: Option<Beside>,
}

/// The file that is written, and the one that it will be.
#[derive(Debug)]
struct Beside {
    name: PathBuf,
    target: PathBuf,
    /// Whether it has its target's name now. The old name may soon be somebody else's.
    is_renamed: bool,
}

impl Drop for Beside {
    fn drop(&mut self) {
        if !self.is_renamed {
            let _ = fs::remove_file(&self.name);
        }
    }
}

impl Part {
    /// Begins to write `file`.
    ///
    /// # Errors
    ///
    /// The system's own, about the file.
    pub fn create(file: &Path) -> io::Result<Self> {
        // Where the file is a link, what it points to is what is to be replaced.
        let created = match fs::canonicalize(file) {
            Ok(target) if target.is_file() => create_beside(target),
            Err(_) if !file.is_symlink() => create_beside(file.to_owned()),
            // A device, say, or a link to what is not there yet: nothing to lose.
            _ => File::create(file).map(|output| (output, None)),
        };
        let (output, beside) = created.map_err(|error| about(file, &error))?;
        Ok(Self {
            file: file.to_owned(),
            output: BufWriter::new(output),
            beside,
        })
    }

    /// The file beside, if there is one: whoever ends the program before it is finished may remove it.
    #[must_use]
    pub fn beside(&self) -> Option<&Path> {
        self.beside.as_ref().map(|beside| beside.name.as_path())
    }

    /// Puts what was written into the place of what was there before.
    ///
    /// # Errors
    ///
    /// The system's own, about the file; nothing is left behind.
    pub fn finish(mut self) -> io::Result<()> {
        self.flush()?;
        if let Some(beside) = &mut self.beside {
            fs::rename(&beside.name, &beside.target).map_err(|error| about(&self.file, &error))?;
            beside.is_renamed = true;
        }
        Ok(())
    }
}

impl Write for Part {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.output.write(bytes);
        written.map_err(|error| about(&self.file, &error))
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.output.flush();
        flushed.map_err(|error| about(&self.file, &error))
    }
}

/// Says of an error that it is one with this file, and not with the network.
fn about(file: &Path, error: &io::Error) -> io::Error {
    output_error(shown(file), error, hint(error))
}

fn hint(error: &io::Error) -> &'static str {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            "make room on the disk, or write elsewhere"
        }
        ErrorKind::IsADirectory => "that is a folder: name a file in it",
        ErrorKind::NotADirectory => {
            "what stands before the last / is no folder: name one, and a file in it"
        }
        ErrorKind::NotFound => {
            "the folder that you name does not exist: make it, or name another one"
        }
        ErrorKind::PermissionDenied => "you may not write there: name a file in a folder of yours",
        ErrorKind::ReadOnlyFilesystem => {
            "nothing can be written on that disk: name a file on another one"
        }
        ErrorKind::ResourceBusy => {
            "something is mounted on that file, so that it cannot be replaced: name another one"
        }
        _ if error.raw_os_error() == Some(ELOOP) => {
            "the links lead round in a circle: remove one, or name another file"
        }
        _ if error.raw_os_error() == Some(ENAMETOOLONG) => {
            "choose a shorter name: most systems take 255 bytes"
        }
        _ => "the file cannot be written there: name another one",
    }
}

/// A new file in the same folder. A name that is taken is not ours to overwrite: an earlier fetch that
/// was killed may have left it, and numbers of processes recur. The next one is tried.
fn create_beside(target: PathBuf) -> io::Result<(File, Option<Beside>)> {
    let mut number = 0_u32;
    loop {
        let name = target.with_file_name(format!("http-fetch.{}.{number}.part", process::id()));
        match File::create_new(&name) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => number += 1,
            created => {
                let file = created?;
                let beside = Beside {
                    name,
                    target,
                    is_renamed: false,
                };
                return Ok((file, Some(beside)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder for one test.
    fn folder(test: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("http-fetch-{test}-{}", process::id()));
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn what_a_killed_fetch_left_behind_is_not_in_the_way() {
        let folder = folder("left-over");
        let page = folder.join("page.html");
        let left_over = Part::create(&page).unwrap();

        save(&page, b"Hello").unwrap();

        assert_eq!(fs::read(&page).unwrap(), b"Hello");
        assert!(
            left_over.beside().unwrap().exists(),
            "what another one wrote is not ours to remove"
        );
        drop(left_over);
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_part_that_is_not_finished_leaves_the_old_page_and_nothing_else() {
        let folder = folder("unfinished");
        let page = folder.join("page.html");
        fs::write(&page, "old").unwrap();
        let mut part = Part::create(&page).unwrap();
        part.write_all(b"half a pa").unwrap();
        part.flush().unwrap();
        assert_eq!(fs::read(&page).unwrap(), b"old");

        drop(part);

        assert_eq!(fs::read(&page).unwrap(), b"old");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        fs::remove_dir_all(&folder).unwrap();
    }
}
