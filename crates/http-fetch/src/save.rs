//! Saves a file whole or not at all.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
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
    let (beside, mut part) = create_beside(file)?;
    let saved = part
        .write_all(body)
        .and_then(|()| fs::rename(&beside, file));
    // Windows removes no file that is open.
    drop(part);
    saved.inspect_err(|_| drop(fs::remove_file(&beside)))
}

/// A new file in the same folder, and its name. A name that is taken is not ours to overwrite: an
/// earlier fetch that was killed may have left it, and numbers of processes recur. The next one is tried.
fn create_beside(file: &Path) -> io::Result<(PathBuf, File)> {
    let mut number = 0_u32;
    loop {
        let beside = file.with_file_name(format!("http-fetch.{}.{number}.part", process::id()));
        match File::create_new(&beside) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => number += 1,
            created => return Ok((beside, created?)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_fetch_left_behind_is_not_in_the_way() {
        let folder = std::env::temp_dir().join(format!("http-fetch-save-{}", process::id()));
        fs::create_dir_all(&folder).unwrap();
        let page = folder.join("page.html");
        let (left_over, _part) = create_beside(&page).unwrap();

        save(&page, b"Hello").unwrap();

        assert_eq!(fs::read(&page).unwrap(), b"Hello");
        assert!(
            left_over.exists(),
            "what another one wrote is not ours to remove"
        );
        fs::remove_dir_all(&folder).unwrap();
    }
}
