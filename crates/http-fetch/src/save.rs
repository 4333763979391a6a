//! Saves a file whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::process;

/// Puts `body` into `file`. Until all of it is written, what was there before stays there.
///
/// # Errors
///
/// The system's own, after which nothing is left behind.
pub fn save(file: &Path, body: &[u8]) -> io::Result<()> {
    // Where the file is a link, what it points to is what is to be replaced.
    match fs::canonicalize(file) {
        Ok(target) if target.is_file() => replace(&target, body),
        Err(_) if !file.is_symlink() => replace(file, body),
        // A device, say, or a link to what is not there yet: nothing to lose.
        _ => fs::write(file, body),
    }
}

/// Writes beside the file, and renames: that either happens or does not. (The file is a new one: the
/// rights and hard links of the old one are not kept.)
///
/// Written means given to the system. To wait until the disk has it as well (`sync_all`) would guard against
/// a power failure too, and take longer than the whole fetch; a page can be fetched again.
fn replace(file: &Path, body: &[u8]) -> io::Result<()> {
    let beside = file.with_file_name(format!("http-fetch.{}.part", process::id()));
    // Only new: a file that happens to have this name is not ours to overwrite.
    let mut part = File::create_new(&beside)?;
    let saved = part
        .write_all(body)
        .and_then(|()| fs::rename(&beside, file));
    // Windows removes no file that is open.
    drop(part);
    saved.inspect_err(|_| drop(fs::remove_file(&beside)))
}
