//! The header of a response: its status line, its fields, and what they say about the body.

/// The header of a response.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// The status code, such as 200.
    pub status: u16,
    /// The status line and the fields, without the blank line.
    pub text: Vec<u8>,
}

/// What follows a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Follows {
    /// The final response. This one only announced it (RFC 9110, section 15.2).
    FinalResponse,
    /// Nothing: the response has no body.
    Nothing,
    /// A body of so many bytes.
    Body(usize),
    /// A body in chunks.
    Chunks,
    /// A body that only the close ends.
    UntilClose,
}

impl Head {
    /// A header that begins with this line.
    pub(crate) fn starting_with(line: &[u8]) -> Result<Self, String> {
        let text = without_end(line);
        let status = status(text).ok_or_else(|| match String::from_utf8_lossy(text) {
            blank if blank.is_empty() => "this is no HTTP/1.1: a blank line comes first".into(),
            other => format!("this is no HTTP/1.1: {other:?}"),
        })?;
        Ok(Self {
            status,
            text: line.to_vec(),
        })
    }

    /// Takes the next line; a blank one, which ends the header, is no part of it.
    pub(crate) fn take_line(&mut self, line: &[u8]) {
        if without_end(line).is_empty() {
            self.text.truncate(without_end(&self.text).len());
        } else {
            self.text.extend_from_slice(line);
        }
    }

    /// What follows this header, which says how its body ends (RFC 9112, section 6.3).
    pub(crate) fn follows(&self) -> Result<Follows, String> {
        match self.status {
            101 => return Err("the server wants to speak another protocol".into()),
            100..200 => return Ok(Follows::FinalResponse),
            204 | 304 => return Ok(Follows::Nothing),
            _ => {}
        }
        // "identity" is an old name for no coding at all, and nobody may chunk twice (section 6.1).
        let mut codings = self.list("Transfer-Encoding");
        codings.retain(|coding| !matches!(coding.as_str(), "" | "identity"));
        if let Some(other) = codings.iter().find(|coding| *coding != "chunked") {
            return Err(format!("nobody asked for Transfer-Encoding: {other}"));
        }
        if !codings.is_empty() {
            return Ok(Follows::Chunks);
        }
        let lengths = self.list("Content-Length");
        let mut numbers = Vec::new();
        for length in &lengths {
            numbers.push(number(length, 10).ok_or(format!("no Content-Length: {length:?}"))?);
        }
        numbers.dedup();
        match numbers[..] {
            [] => Ok(Follows::UntilClose),
            [length] => Ok(Follows::Body(length)),
            _ => Err(format!(
                "contradictory Content-Lengths: {}",
                lengths.join(", ")
            )),
        }
    }

    /// The values of all fields of that name.
    pub(crate) fn values(&self, name: &str) -> Vec<String> {
        // In old headers, a line that starts with a space continues the one before (RFC 9112, section 5.2).
        let text = String::from_utf8_lossy(&self.text);
        let text = text.replace("\r\n", "\n");
        let text = text.replace("\n ", " ").replace("\n\t", " ");
        text.lines()
            .skip(1)
            .filter_map(|line| line.split_once(':'))
            .filter(|(key, _)| key.trim_end().eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim().to_owned())
            .collect()
    }

    /// The comma-separated words in all fields of that name.
    fn list(&self, name: &str) -> Vec<String> {
        let values = self.values(name);
        let words = values.iter().flat_map(|value| value.split(','));
        words.map(|word| word.trim().to_lowercase()).collect()
    }
}

/// The code in `HTTP/1.1 200 OK`: three digits, the first not 0, and after them words in whatever
/// encoding, or none.
pub(crate) fn status(line: &[u8]) -> Option<u16> {
    let [b'0'..=b'9', b' ', code_and_reason @ ..] = line.strip_prefix(b"HTTP/1.")? else {
        return None;
    };
    let code = code_and_reason.split(|&byte| byte == b' ').next()?;
    let code = std::str::from_utf8(code).ok()?;
    let length = code.len();
    let code = u16::try_from(number(code, 10)?).ok()?;
    (length == 3 && code >= 100).then_some(code)
}

/// A number of nothing but digits: Rust's own parser would let a `+` pass.
pub(crate) fn number(text: &str, radix: u32) -> Option<usize> {
    let digits = text.chars().all(|char| char.is_digit(radix));
    usize::from_str_radix(text, radix).ok().filter(|_| digits)
}

/// The line without CR LF, or LF, at its end.
pub(crate) fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}
