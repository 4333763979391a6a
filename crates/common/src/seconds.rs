//! Times as people type them.

use std::time::Duration;

/// No lesson takes longer; every system's own limits are far beyond it.
const A_DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// No system's receive timeout is finer; rounded down to 0, it would mean "for ever".
const A_MICROSECOND: Duration = Duration::from_micros(1);

/// Reads a number of seconds, fractions allowed.
///
/// ```
/// use std::time::Duration;
///
/// assert_eq!(common::seconds("0.25"), Ok(Duration::from_millis(250)));
/// assert!(common::seconds("-1").is_err());
/// ```
///
/// # Errors
///
/// When `text` is not a number, or is negative or more than a day.
pub fn seconds(text: &str) -> Result<Duration, &'static str> {
    let seconds = text
        .parse()
        .map_err(|_| "expected a number of seconds, such as 0.5")?;
    Duration::try_from_secs_f64(seconds)
        .ok()
        .filter(|&time| time <= A_DAY)
        .ok_or("expected 0 to 86400 seconds")
}

/// Reads a number of seconds to wait for something: as [`seconds`], but not 0.
///
/// # Errors
///
/// As for [`seconds`], and when there is no time to wait.
pub fn timeout(text: &str) -> Result<Duration, &'static str> {
    match seconds(text)? {
        time if time < A_MICROSECOND => Err("expected more than 0 seconds"),
        time => Ok(time),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_and_broken_numbers() {
        assert_eq!(seconds("0"), Ok(Duration::ZERO));
        assert_eq!(seconds("1"), Ok(Duration::from_secs(1)));
        assert_eq!(seconds("0.001"), Ok(Duration::from_millis(1)));
        assert_eq!(timeout("86400"), Ok(A_DAY));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for text in [
            "", "soon", "1s", "-1", "-0.1", "NaN", "inf", "86401", "1e300",
        ] {
            assert!(seconds(text).is_err(), "{text}");
            assert!(timeout(text).is_err(), "{text}");
        }
        for text in ["0", "0.0", "-0", "1e-300", "0.0000001"] {
            assert!(timeout(text).is_err(), "{text}");
        }
    }
}
