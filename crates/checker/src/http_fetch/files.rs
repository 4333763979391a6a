//! Which files a learner's program has written, wherever it may have put them.

use std::collections::HashMap;
use std::env;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The most files that are looked at in a folder and those in it.
const MOST: usize = 20_000;
/// The most of a file that is read.
const LONGEST: u64 = 8 << 20;

/// The files that there are at one moment.
pub struct Files {
    known: HashMap<PathBuf, (u64, Option<SystemTime>)>,
    /// There are more than can be looked at.
    pub too_many: bool,
}

impl Files {
    /// Looks at the current folder and those in it, and at the folders in which programs like to save.
    pub fn now() -> Self {
        let mut files = Self {
            known: HashMap::new(),
            too_many: false,
        };
        if let Ok(folder) = env::current_dir() {
            files.add(&folder, 3);
        }
        let home = env::var_os("HOME").or_else(|| env::var_os("USERPROFILE"));
        if let Some(home) = home.map(PathBuf::from) {
            for name in ["", "Desktop", "桌面", "Downloads", "Documents"] {
                files.add(&home.join(name), 0);
            }
        }
        files.add(&env::temp_dir(), 0);
        files
    }

    fn add(&mut self, folder: &Path, depth: usize) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let Ok(about) = entry.metadata() else {
                continue;
            };
            let name = entry.file_name();
            let hidden = name.to_string_lossy().starts_with(['.', '_']);
            if self.known.len() >= MOST {
                self.too_many = true;
            } else if about.is_file() {
                self.known
                    .insert(entry.path(), (about.len(), about.modified().ok()));
            } else if about.is_dir() && depth > 0 && !hidden {
                self.add(&entry.path(), depth - 1);
            }
        }
    }

    /// What the files hold that are new, or were written, since an earlier moment.
    pub fn written_since(&self, earlier: &Self) -> Vec<(PathBuf, Vec<u8>)> {
        let written = self
            .known
            .iter()
            .filter(|(path, about)| earlier.known.get(*path) != Some(about));
        let mut files: Vec<_> = written
            .filter_map(|(path, _)| Some((path.clone(), read(path)?)))
            .collect();
        files.sort();
        files
    }
}

fn read(path: &Path) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)
        .ok()?
        .take(LONGEST)
        .read_to_end(&mut bytes)
        .ok()?;
    Some(bytes)
}
