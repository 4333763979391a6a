//! The log on stderr, in which no kind of warning comes more than once a second.
//!
//! A stranger can send us thousands of datagrams a second, and each may deserve a warning. All of them
//! would hide what else is said, and writing them would keep us from our work.

use std::collections::HashMap;
use std::fmt::Display;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use env_logger::{Builder, Logger};
use log::{Level, LevelFilter, Log, Metadata, Record};

const A_SECOND: Duration = Duration::from_secs(1);

/// Starts the log on stderr: from `info` up, unless `RUST_LOG` gives another level.
///
/// So an empty `RUST_LOG`, or one with a typing error, does not hide that a server is ready.
///
/// A warning that comes again within a second is held back; the next one of its kind says how many were.
/// [`exit_status`](crate::exit_status) shows the last one of those that are still held back then.
pub fn start_log() {
    let logger = Builder::new()
        .filter_level(LevelFilter::Info)
        .parse_default_env()
        .format_target(false)
        .build();
    log::set_max_level(logger.filter());
    // Where a log has been started before, that one goes on.
    let kinds = Mutex::default();
    let _ = log::set_boxed_logger(Box::new(OnceASecond { logger, kinds }));
}

/// Passes everything on, but for warnings that come too often.
struct OnceASecond {
    logger: Logger,
    kinds: Mutex<HashMap<Kind, Recent>>,
}

/// The module and the line that warns.
type Kind = (Option<&'static str>, Option<u32>);

/// What is known of one kind of warning.
struct Recent {
    shown: Instant,
    /// How many have been held back since.
    held: usize,
    /// The last of these.
    text: String,
}

impl OnceASecond {
    fn show(&self, metadata: Metadata, text: impl Display, held: usize) {
        let more = match held {
            0 => String::new(),
            _ => format!(" (and {held} more like it)"),
        };
        let mut record = Record::builder();
        let record = record.metadata(metadata);
        self.logger
            .log(&record.args(format_args!("{text}{more}")).build());
    }
}

impl Log for OnceASecond {
    fn enabled(&self, metadata: &Metadata) -> bool {
        self.logger.enabled(metadata)
    }

    fn log(&self, record: &Record) {
        if record.level() != Level::Warn || !self.enabled(record.metadata()) {
            return self.logger.log(record);
        }
        let mut kinds = self.kinds.lock().unwrap_or_else(PoisonError::into_inner);
        let kind = (record.module_path_static(), record.line());
        match kinds.get_mut(&kind) {
            Some(recent) if recent.shown.elapsed() < A_SECOND => {
                recent.held += 1;
                recent.text = record.args().to_string();
            }
            recent => {
                let held = recent.map_or(0, |recent| recent.held);
                self.show(record.metadata().clone(), record.args(), held);
                let (shown, held, text) = (Instant::now(), 0, String::new());
                kinds.insert(kind, Recent { shown, held, text });
            }
        }
    }

    /// Shows what is held back.
    fn flush(&self) {
        let mut kinds = self.kinds.lock().unwrap_or_else(PoisonError::into_inner);
        for ((module, _), Recent { held, text, .. }) in kinds.drain() {
            let metadata = Metadata::builder()
                .level(Level::Warn)
                .target(module.unwrap_or_default())
                .build();
            if held > 0 {
                self.show(metadata, text, held - 1);
            }
        }
    }
}
