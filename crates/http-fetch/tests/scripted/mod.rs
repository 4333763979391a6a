//! What the tests of `http-fetch` share: a server that says what it is told to, and a folder to save in.

#![allow(clippy::unwrap_used)]
#![allow(clippy::needless_pass_by_value)] // An address is as good as a text, and shorter without an &.
#![allow(dead_code)] // Each test file is a program of its own, and uses a part.

use std::ffi::OsString;
use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};

use lab::{Ended, program, run};

/// What is in the file before a page is saved there.
pub const OLD: &str = "the old page, which was longer than the new one";

/// A server for one client.
pub struct Server {
    pub address: SocketAddr,
    thread: JoinHandle<Vec<u8>>,
}

impl Server {
    /// Takes the request, plays its part with the stream, and closes it.
    pub fn plays(part: impl FnOnce(&mut TcpStream) + Send + 'static) -> Self {
        Self::plays_on("127.0.0.1:0", part).unwrap()
    }

    /// The same, on this address.
    pub fn plays_on(
        address: &str,
        part: impl FnOnce(&mut TcpStream) + Send + 'static,
    ) -> std::io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        let address = listener.local_addr()?;
        let thread = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = Vec::new();
            let mut byte = [0];
            while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() == 1 {
                request.push(byte[0]);
            }
            part(&mut stream);
            request
        });
        Ok(Self { address, thread })
    }

    /// Sends this and closes.
    pub fn sends(reply: impl AsRef<[u8]> + Send + 'static) -> Self {
        Self::plays(move |stream| stream.write_all(reply.as_ref()).unwrap())
    }

    /// Sends this, and does not close before the client does.
    pub fn sends_and_stays(reply: impl AsRef<[u8]> + Send + 'static) -> Self {
        Self::plays(move |stream| {
            stream.write_all(reply.as_ref()).unwrap();
            stays(stream);
        })
    }

    /// What it was asked.
    pub fn request(self) -> String {
        String::from_utf8(self.thread.join().unwrap()).unwrap()
    }
}

/// Waits until the client closes.
pub fn stays(stream: &mut TcpStream) {
    // However it closes: with a reset, if there was more to receive.
    let _ = stream.read_to_end(&mut Vec::new());
}

/// A folder of a test's own, removed when the test ends.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("http-fetch-{}-{count}", process::id());
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    /// One with an old page in it.
    pub fn with_old_page() -> Self {
        let folder = Self::new();
        fs::write(folder.page(), OLD).unwrap();
        folder
    }

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
    pub fn fetch(&self, url: impl ToString, options: &[&str]) -> Ended {
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

/// The program failed, and said in two lines where (`subject`), why (`words`), and what to do (`hint`).
pub fn failed(ended: &Ended, subject: impl ToString, words: &str, hint: &str) {
    assert_eq!(ended.code(), Some(1), "{ended}");
    let lines: Vec<_> = ended.stderr.lines().collect();
    let [wrong, advice] = lines[..] else {
        panic!("not two lines: {ended}");
    };
    let start = format!("http-fetch: {}: ", subject.to_string());
    assert!(
        wrong.starts_with(&start),
        "{start:?} does not start {ended}"
    );
    assert!(wrong.contains(words), "{words:?} is not in {ended}");
    assert!(advice.starts_with("hint: "), "{ended}");
    assert!(advice.contains(hint), "{hint:?} is not in {ended}");
}
