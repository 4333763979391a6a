//! How every failure of `http-fetch` is told.

use std::fmt::Display;

use lab::Ended;

/// The program failed, and said in two lines where (`subject`), why (`words`), and what to do (`hint`).
pub fn failed(ended: &Ended, subject: impl Display, words: &str, hint: &str) {
    let (wrong, advice) = ended.fatal();
    let start = format!("http-fetch: {subject}: ");
    assert!(
        wrong.starts_with(&start),
        "{start:?} does not start {ended}"
    );
    assert!(wrong.contains(words), "{words:?} is not in {ended}");
    assert!(advice.contains(hint), "{hint:?} is not in {ended}");
}
