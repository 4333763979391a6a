//! Plain words: a sentence that one understands the first time is short, and so is a cell of a table.
//!
//! Code counts as one word, however long it is: a reader takes it in at a glance, or skips it.

use std::mem;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::page::Page;
use super::{pages, report};

/// Words of an English sentence, and characters of a Chinese one.
const SENTENCE: [usize; 2] = [25, 45];

/// Characters of a line in a cell.
const CELL: usize = 80;

/// A paragraph, or a line of a table's cell.
#[derive(Default)]
struct Piece {
    text: String,
    /// Whether there are words in it: a line of code alone is as long as it is.
    is_prose: bool,
    is_cell: bool,
}

/// The prose of a page; code in it is one word.
fn pieces(page: &Page) -> Vec<Piece> {
    let (mut pieces, mut piece) = (Vec::new(), Piece::default());
    let mut is_code = false;
    for event in Parser::new_ext(page.text(), Options::ENABLE_TABLES) {
        let ends = match &event {
            Event::Start(tag) => !matches!(tag, Tag::Emphasis | Tag::Strong | Tag::Link { .. }),
            Event::End(tag) => !matches!(tag, TagEnd::Emphasis | TagEnd::Strong | TagEnd::Link),
            Event::InlineHtml(html) => &**html == "<br>",
            Event::Html(_) => true,
            _ => false,
        };
        if ends {
            let is_cell = piece.is_cell;
            pieces.push(mem::take(&mut piece));
            piece.is_cell = is_cell;
        }
        match event {
            Event::Start(Tag::CodeBlock(_)) => is_code = true,
            Event::End(TagEnd::CodeBlock) => is_code = false,
            Event::Start(Tag::TableCell) => piece.is_cell = true,
            Event::End(TagEnd::TableCell) => piece.is_cell = false,
            Event::Text(words) if !is_code => {
                piece.is_prose |= words.contains(char::is_alphabetic);
                piece.text += &words;
            }
            // In a cell, the room that it takes is what counts.
            Event::Code(code) if piece.is_cell => piece.text += &code,
            Event::Code(_) => piece.text += "code",
            Event::SoftBreak | Event::HardBreak if !page.is_chinese() => piece.text.push(' '),
            _ => {}
        }
    }
    pieces
}

/// The sentences of a paragraph, each with its end.
fn sentences(text: &str) -> Vec<&str> {
    let ends = |(place, char): (usize, char)| {
        let after = place + char.len_utf8();
        let rest = text[after..].trim_start_matches([')', '"', '”', '）']);
        let is_end = match char {
            '。' | '！' | '？' => true,
            '.' | '!' | '?' => rest.is_empty() || rest.starts_with(' '),
            _ => false,
        };
        is_end.then_some(text.len() - rest.len())
    };
    let mut sentences = Vec::new();
    let mut start = 0;
    for end in text.char_indices().filter_map(ends).chain([text.len()]) {
        sentences.push(text[start..end.max(start)].trim());
        start = end.max(start);
    }
    sentences
}

/// A Chinese sentence has a character for each word; what is not Chinese in it counts by words.
fn length(sentence: &str, chinese: bool) -> usize {
    let is_chinese = |char: char| ('\u{4e00}'..'\u{a000}').contains(&char);
    if !chinese {
        return sentence.split_whitespace().count();
    }
    let foreign = sentence.split(|char: char| is_chinese(char) || !char.is_alphanumeric());
    let foreign = foreign.filter(|word| !word.is_empty()).count();
    sentence.chars().filter(|char| is_chinese(*char)).count() + foreign
}

/// What is too long in a page.
fn too_long(page: &Page) -> Vec<String> {
    let most = SENTENCE[usize::from(page.is_chinese())];
    let mut wrong = Vec::new();
    let pieces = pieces(page).into_iter();
    for Piece { text, is_cell, .. } in pieces.filter(|piece| piece.is_prose) {
        let width = text.chars().count();
        if is_cell && width > CELL {
            wrong.push(format!("{page}: a cell of {width} characters: {text}"));
        }
        for sentence in sentences(&text) {
            let length = length(sentence, page.is_chinese());
            if !is_cell && length > most {
                wrong.push(format!("{page}: a sentence of {length}: {sentence}"));
            }
        }
    }
    wrong
}

#[test]
fn sentences_and_cells_are_short() {
    let mut wrong = Vec::new();
    for page in pages() {
        wrong.extend(too_long(&page));
    }
    report(&wrong);
}

#[test]
fn what_is_counted_is_what_a_reader_reads() {
    let text = "One. Two (see 3.5). \"Three!\" And `recv(1024)` four";
    let found = sentences(text);
    let wanted = [
        "One.",
        "Two (see 3.5).",
        "\"Three!\"",
        "And `recv(1024)` four",
    ];
    assert_eq!(found, wanted);
    assert_eq!(length("It is the same call.", false), 5);
    assert_eq!(length("两边是同一个 connect 调用。", true), 9);
}
