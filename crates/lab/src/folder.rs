//! Where a test lets `http-fetch` save its page.

use std::ffi::OsString;
use std::fmt::Display;
use std::fs;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::build::built;
use crate::{Ended, program, run};

/// A folder of a test's own for a page that is fetched. It is removed when the test ends.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// What is in the file before a page is saved there, in a folder [`with_old_page`](Self::with_old_page).
    pub const OLD_PAGE: &str = "the old page, which was longer than the new one";

    /// An empty one.
    #[allow(clippy::new_without_default)] // No two are the same.
    pub fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("folder-{}-{count}", process::id());
        let folder = built().with_file_name("tmp").join(name);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    /// One with an old page in it.
    pub fn with_old_page() -> Self {
        let folder = Self::new();
        fs::write(folder.page(), Self::OLD_PAGE).unwrap();
        folder
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Where the page goes.
    pub fn page(&self) -> PathBuf {
        self.0.join("page.html")
    }

    /// What was saved there.
    pub fn saved(&self) -> String {
        String::from_utf8_lossy(&fs::read(self.page()).unwrap()).into_owned()
    }

    /// All that is in it, in order.
    pub fn names(&self) -> Vec<OsString> {
        let entries = fs::read_dir(&self.0).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    }

    /// Runs `http-fetch` with this URL; the page goes to this folder.
    pub fn fetch(&self, url: impl Display, options: &[&str]) -> Ended {
        run(program("http-fetch")
            .arg(url.to_string())
            .arg("-o")
            .arg(self.page())
            .args(options))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
