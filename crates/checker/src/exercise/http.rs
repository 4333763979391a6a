//! The exercises of http-fetch: a server that cuts its answer anywhere, and one that keeps the connection open.

use std::fs;
use std::time::{Instant, SystemTime};

use super::{Exercise, MOMENT, Miss, guest, missed, surprised};
use crate::Kind;
use crate::conn::Conn;
use crate::faults::Name;
use crate::report::{Step, shown};
use crate::session::Session;
use crate::words::{Message, Text};

/// Where the page is to be saved.
const FILE: &str = "page.html";
/// Where a client may come to: the web's port, and one that everybody may have.
const PORTS: [u16; 2] = [80, 8080];

pub const CUT_ANYWHERE: Exercise = Exercise {
    name: "cut-anywhere",
    kind: Kind::HttpFetch,
    task: Message::TaskCutAnywhere,
    steps: &[
        step(1, Message::StepRequest),
        step(2, Message::StepUntilEnd),
        step(3, Message::StepPage),
    ],
    check: cut_anywhere,
};

pub const CONTENT_LENGTH: Exercise = Exercise {
    name: "content-length",
    kind: Kind::HttpFetch,
    task: Message::TaskContentLength,
    steps: &[
        step(1, Message::StepRequest),
        step(2, Message::StepStops),
        step(3, Message::StepPage),
    ],
    check: content_length,
};

const fn step(number: u8, what: Message) -> Step {
    Step { number, what }
}

fn cut_anywhere(session: &mut Session) {
    let Some(mut conn) = request(session, Name::CutAnywhere) else {
        return;
    };
    let page = page();
    let answer = [header(&page, "close").as_bytes(), page.as_bytes()].concat();
    let pieces = pieces(&answer, page.len());
    let count = pieces.len();
    let sent = send(session, &mut conn, pieces);
    let did = Message::DidPieces
        .with("bytes", answer.len())
        .with("count", count);
    if conn.ended() && sent < answer.len() {
        let miss = Miss::new(
            did,
            Message::CameStopped
                .with("sent", sent)
                .with("bytes", answer.len()),
            Message::StepUntilEnd,
            Message::WhyOneRecv,
        );
        return surprised(session, Message::StepUntilEnd, Name::CutAnywhere, miss);
    }
    conn.close();
    if ends(
        session,
        did.clone(),
        Message::StepUntilEnd,
        Name::CutAnywhere,
    ) {
        saved(session, did, &page, Name::CutAnywhere);
    }
}

/// Sends the pieces one by one; how many bytes it were until the client had enough.
fn send(session: &Session, conn: &mut Conn, pieces: Vec<&[u8]>) -> usize {
    let mut sent = 0;
    for piece in pieces {
        // A client that has enough closes, and then it is told of more by a reset.
        if conn.ended() || !conn.send(piece) {
            break;
        }
        sent += piece.len();
        let pause = Instant::now() + MOMENT / 8;
        session.bell.wait(pause, || conn.ended().then_some(()));
    }
    sent
}

fn content_length(session: &mut Session) {
    let Some(mut conn) = request(session, Name::ContentLength) else {
        return;
    };
    let page = page();
    let (start, last) = page.as_bytes().split_at(page.len() - 50);
    for piece in [header(&page, "keep-alive").as_bytes(), start, last] {
        conn.send(piece);
        let pause = Instant::now() + MOMENT / 4;
        session.bell.wait(pause, || conn.ended().then_some(()));
    }
    let did = Message::DidKeepsOpen.with("bytes", page.len());
    if ends(
        session,
        did.clone(),
        Message::StepStops,
        Name::ContentLength,
    ) {
        saved(session, did, &page, Name::ContentLength);
    }
    drop(conn); // open until now
}

/// Waits for the client and for its request.
fn request(session: &mut Session, name: Name) -> Option<Conn> {
    let step = Message::StepRequest;
    let mut conn = guest(session, step, &PORTS)?;
    let whole = |bytes: &[u8]| bytes.windows(4).any(|part| part == b"\r\n\r\n");
    let came = conn.receive(session.timeout, whole, || false);
    session.came(&came.bytes);
    if whole(&came.bytes) && came.bytes.starts_with(b"GET ") {
        session.report.ok(step);
        return Some(conn);
    }
    let miss = Miss::new(
        Message::DidAcceptOnly,
        Message::CameBytes.with("bytes", shown(&came.bytes)),
        Message::TaskRequest,
        Message::WhyNoRequest,
    );
    missed(session, step, name, miss);
    None
}

/// A page that no earlier run has left behind.
fn page() -> String {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let stamp = now.map_or(0, |since| since.as_nanos());
    let lines = (1..=40).map(|line| format!("<p>{line}: 你好，世界</p>\r\n"));
    let lines: String = lines.collect();
    format!("<!DOCTYPE html>\n<title>{stamp}</title>\r\n\r\n{lines}")
}

fn header(page: &str, connection: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nConnection: {connection}\r\n\r\n",
        page.len()
    )
}

/// Cuts in a line of the header, within the blank line, within a character, and at other places.
fn pieces(answer: &[u8], page: usize) -> Vec<&[u8]> {
    let body = answer.len() - page;
    let character = answer.iter().position(|byte| *byte >= 0x80).unwrap_or(body);
    let mut cuts = vec![
        1,
        9,
        body - 3,
        body - 1,
        body + 10,
        character + 1,
        character + 2,
    ];
    cuts.push(answer.len() - 1);
    let mut start = 0;
    let mut pieces = Vec::new();
    for cut in cuts.into_iter().chain([answer.len()]) {
        pieces.push(&answer[start..cut]);
        start = cut;
    }
    pieces
}

/// Waits for the program's end: all that it needs is there.
fn ends(session: &mut Session, did: Text, step: Message, name: Name) -> bool {
    session.doing(step);
    let limit = session.timeout;
    let program = session.program();
    if program
        .and_then(|program| program.wait_end(limit))
        .is_some()
    {
        return true;
    }
    let until_end = step == Message::StepUntilEnd;
    let miss = Miss::new(
        did,
        Message::CameRunsOn,
        step,
        if until_end {
            Message::WhyNoEnd
        } else {
            Message::WhyNoLength
        },
    );
    missed(session, step, name, miss);
    false
}

/// Looks at the file that the program has saved.
fn saved(session: &mut Session, did: Text, page: &str, name: Name) {
    let step = Message::StepPage;
    let (came, reason) = match fs::read(FILE) {
        Ok(bytes) if bytes == page.as_bytes() => {
            for step in [Message::StepUntilEnd, Message::StepStops, step] {
                session.report.ok(step);
            }
            return;
        }
        Ok(bytes) => {
            let equal = bytes.iter().zip(page.as_bytes());
            let same = equal.take_while(|(left, right)| left == right).count();
            let came = Message::CamePage
                .with("file", FILE)
                .with("bytes", bytes.len())
                .with("all", page.len())
                .with("same", same);
            (came, reason(&bytes, page))
        }
        Err(error) => {
            let came = Message::CameNoPage.with("file", FILE).with("error", error);
            (came, Message::WhyNoPage)
        }
    };
    let miss = Miss::new(did, came, step, reason);
    missed(session, step, name, miss);
}

fn reason(bytes: &[u8], page: &str) -> Message {
    let page = page.as_bytes();
    if bytes.starts_with(b"HTTP/") {
        Message::WhyHeaderInside
    } else if page.starts_with(bytes) {
        Message::WhyPageShort
    } else {
        Message::WhyPageOther
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pieces_are_the_answer() {
        let page = page();
        let answer = [header(&page, "close").as_bytes(), page.as_bytes()].concat();
        let pieces = pieces(&answer, page.len());
        assert_eq!(pieces.concat(), answer);
        assert!(pieces.iter().all(|piece| !piece.is_empty()));
        assert_eq!(pieces[3], b"\n\r");
        assert!(std::str::from_utf8(pieces[5]).is_err());
    }
}
