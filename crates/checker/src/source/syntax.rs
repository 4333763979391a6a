//! What Python means when it cannot read a line.

use super::Traceback;
use crate::faults::Name;
use crate::words::{Message, Text};

/// Which fault it is, and what to change.
pub fn explain(traceback: &Traceback) -> (Name, Text) {
    let code = traceback
        .place
        .as_ref()
        .map_or("", |place| place.code.trim());
    if is_python_2(&traceback.error, code) {
        return (Name::Python2, Message::WhyPython2.into());
    }
    (Name::SyntaxError, reason(&traceback.error))
}

fn is_python_2(error: &str, code: &str) -> bool {
    let print = code.strip_prefix("print").is_some_and(|rest| {
        rest.starts_with([' ', '\'', '"']) && !rest.trim_start().starts_with(['(', '='])
    }) || code.contains(": print '")
        || code.contains(": print \"");
    let except = code.starts_with("except") && code.contains(',') && !code.contains('(');
    print
        || except
        || error.contains("call to 'print'")
        || error.contains("call to 'exec'")
        || error.contains("multiple exception types")
        || code.contains("<>")
}

fn reason(error: &str) -> Text {
    let has = |parts: &[&str]| parts.iter().any(|part| error.contains(part));
    // U+3001 and on are the marks of Chinese texts; an input method types them in place of the half-width ones.
    let wide = error.split_once("invalid character '");
    let wide = wide
        .and_then(|(_, rest)| rest.chars().next())
        .filter(|char| !char.is_alphanumeric());
    if let Some(char) = wide {
        Message::WhyFullWidth.with("char", char)
    } else if has(&["TabError", "of tabs and spaces"]) {
        Message::WhyTabs.into()
    } else if has(&["IndentationError"]) {
        Message::WhyIndent.into()
    } else if has(&[
        "Non-UTF-8 code",
        "Non-ASCII character",
        "(unicode error) 'utf-8' codec",
        "'utf-8' codec can't decode",
    ]) {
        Message::WhyEncoding.into()
    } else {
        Message::WhySyntax.into()
    }
}
