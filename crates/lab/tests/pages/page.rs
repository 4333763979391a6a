//! One page: what it is made of, as far as it can be checked.

use std::fmt;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use pulldown_cmark::{CodeBlockKind, CowStr, Event, Options, Parser, Tag, TagEnd};

/// A page, read.
pub struct Page {
    /// Where it is.
    pub file: PathBuf,
    text: String,
    links: Vec<Link>,
    headings: Vec<Heading>,
    rows: Vec<Row>,
    marks: Vec<String>,
    blocks: Vec<Block>,
    inline: Vec<String>,
}

struct Heading {
    level: usize,
    /// Without the marks of code in it.
    text: String,
    span: Range<usize>,
}

/// A row of a table, as it stands in the source, but for its head.
pub struct Row {
    /// How many headings stand before it.
    section: usize,
    /// What stands in its cells, code in backticks.
    pub cells: Vec<String>,
}

struct Block {
    language: String,
    text: String,
    /// How many headings stand before it.
    section: usize,
    /// Whether it stands in `<details>`.
    folded: bool,
}

struct Link {
    target: String,
    /// Its text, if that is code and nothing else.
    code: Option<String>,
    table: Option<usize>,
    span: Range<usize>,
}

/// A line of code that is quoted as the text of a link to its place.
pub struct Quote<'a> {
    /// The line.
    pub code: &'a str,
    /// The file, seen from the page's folder.
    pub file: &'a str,
    /// The line's number, as the page has it.
    pub line: usize,
    /// The table that the quote stands in, if it does in one.
    pub table: Option<usize>,
    /// Where the link stands in the page.
    pub span: &'a Range<usize>,
}

impl Page {
    /// Reads a page.
    pub fn read(file: &Path) -> Self {
        let text = fs::read_to_string(file).unwrap().replace("\r\n", "\n");
        let mut reader = Reader::default();
        for (event, span) in Parser::new_ext(&text, Options::ENABLE_TABLES).into_offset_iter() {
            reader.take(event, span, &text);
        }
        Self {
            file: file.canonicalize().unwrap(),
            links: reader.links,
            headings: reader.headings,
            rows: reader.rows,
            marks: reader.marks,
            blocks: reader.blocks,
            inline: reader.inline,
            text,
        }
    }

    /// Reads one of the workspace's pages, such as `docs/claims.md`.
    pub fn of(name: &str) -> Self {
        Self::read(&super::root().join(name))
    }

    /// All of it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The folder that its links start from.
    pub fn folder(&self) -> &Path {
        self.file.parent().unwrap()
    }

    /// Where its links lead.
    pub fn links(&self) -> impl Iterator<Item = &str> {
        self.links.iter().map(|link| link.target.as_str())
    }

    /// The lines of code that it quotes.
    pub fn quotes(&self) -> impl Iterator<Item = Quote<'_>> {
        self.links.iter().filter_map(|link| {
            let (file, line) = link.target.split_once("#L")?;
            Some(Quote {
                code: link.code.as_deref()?,
                file,
                line: line.parse().ok()?,
                table: link.table,
                span: &link.span,
            })
        })
    }

    /// What can stand after a # in a link to it: its headings, as code-hosting sites name them, and marks.
    pub fn anchors(&self) -> impl Iterator<Item = String> {
        let headings = self.headings.iter().map(|heading| slug(&heading.text));
        headings.chain(self.marks.iter().cloned())
    }

    /// The levels of its headings.
    pub fn outline(&self) -> Vec<usize> {
        self.headings.iter().map(|heading| heading.level).collect()
    }

    /// Its sections of a level: each heading, as it stands in the source, and what stands below it.
    pub fn sections(&self, level: usize) -> Vec<(&str, &str)> {
        let section = |(place, heading): (usize, &Heading)| {
            let mut after = self.headings[place + 1..].iter();
            let next = after.find(|next| next.level <= heading.level);
            let end = next.map_or(self.text.len(), |next| next.span.start);
            (heading.level == level).then(|| {
                let line = self.text[heading.span.clone()].trim_matches(['#', ' ', '\n']);
                (line, &self.text[heading.span.end..end])
            })
        };
        self.headings
            .iter()
            .enumerate()
            .filter_map(section)
            .collect()
    }

    /// The rows of its tables, each with the heading that it stands below.
    pub fn rows(&self) -> impl Iterator<Item = (&str, &Row)> {
        self.rows.iter().map(|row| {
            let heading = row.section.checked_sub(1);
            let heading = heading.map_or("", |place| &self.headings[place].text);
            (heading, row)
        })
    }

    /// All that stands in it as code, and its headings.
    pub fn quoted(&self) -> impl Iterator<Item = &str> {
        let headings = self.headings.iter().map(|heading| heading.text.as_str());
        let blocks = self.blocks.iter().map(|block| block.text.as_str());
        let inline = self.inline.iter().map(String::as_str);
        headings.chain(blocks).chain(inline)
    }

    /// Its code blocks; of a diagram and a plain text, whose words are translated, only that there is one.
    pub fn blocks(&self) -> Vec<(&str, String)> {
        let blocks = self.blocks.iter();
        let block = blocks.map(|block| match block.language.as_str() {
            language @ ("mermaid" | "text") => (language, String::new()),
            language @ "sh" => (language, without_comments(&block.text)),
            language => (language, block.text.clone()),
        });
        block.collect()
    }

    /// Its transcripts, each with the number of its section; what is folded is only a part of one.
    #[cfg_attr(not(target_os = "linux"), allow(dead_code))]
    pub fn transcripts(&self) -> impl Iterator<Item = (usize, &str)> {
        let consoles = self
            .blocks
            .iter()
            .filter(|block| block.language == "console" && !block.folded);
        consoles.map(|block| (block.section, block.text.as_str()))
    }

    /// What it tells the reader to type.
    pub fn commands(&self) -> Vec<String> {
        let lines = self.blocks.iter().flat_map(|block| {
            let lines = block.text.lines();
            lines.filter_map(|line| match block.language.as_str() {
                "console" => line.strip_prefix("$ "),
                "sh" => line.split(" #").next(),
                _ => None,
            })
        });
        let inline = self.inline.iter().map(String::as_str);
        lines
            .chain(inline)
            .filter(|line| is_ours(line))
            .map(String::from)
            .collect()
    }

    /// Whether it is one of the Chinese pages.
    pub fn is_chinese(&self) -> bool {
        self.file.ends_with("README.zh-CN.md") || self.folder().ends_with("zh-CN")
    }

    /// The English page of a Chinese one.
    pub fn twin(&self) -> PathBuf {
        PathBuf::from(
            self.file
                .to_str()
                .unwrap()
                .replace(".zh-CN", "")
                .replace("/zh-CN", "")
                .replace("\\zh-CN", ""),
        )
    }

    /// Writes new line numbers into links, each (where, old, new).
    pub fn renumber(&self, edits: &[(Range<usize>, usize, usize)]) {
        let mut text = self.text.clone();
        for (span, old, new) in edits.iter().rev() {
            let link = text[span.clone()].replace(&format!("#L{old})"), &format!("#L{new})"));
            text.replace_range(span.clone(), &link);
        }
        fs::write(&self.file, text).unwrap();
    }
}

/// What has been read of a page so far, and what is being read.
#[derive(Default)]
struct Reader {
    links: Vec<Link>,
    headings: Vec<Heading>,
    rows: Vec<Row>,
    marks: Vec<String>,
    blocks: Vec<Block>,
    inline: Vec<String>,
    link: Option<Link>,
    heading: Option<Heading>,
    block: Option<Block>,
    table: Option<usize>,
    tables: usize,
    folded: bool,
}

impl Reader {
    fn take(&mut self, event: Event<'_>, span: Range<usize>, source: &str) {
        match event {
            Event::Start(tag) => self.start(tag, span, source),
            Event::End(TagEnd::Table) => self.table = None,
            Event::End(TagEnd::Link) => self.links.extend(self.link.take()),
            Event::End(TagEnd::Heading(_)) => self.headings.extend(self.heading.take()),
            Event::End(TagEnd::CodeBlock) => self.blocks.extend(self.block.take()),
            Event::Text(text) => {
                if let Some(heading) = &mut self.heading {
                    heading.text.push_str(&text);
                }
                if let Some(block) = &mut self.block {
                    block.text.push_str(&text);
                }
            }
            Event::Code(code) => {
                if let Some(heading) = &mut self.heading {
                    heading.text.push_str(&code);
                }
                if let Some(link) = &mut self.link {
                    link.code = Some(code.to_string());
                }
                self.inline.push(code.to_string());
            }
            Event::InlineHtml(html) | Event::Html(html) => {
                self.marks.extend(mark(&html));
                let opens = html.contains("<details>");
                self.folded = (self.folded || opens) && !html.contains("</details>");
            }
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>, span: Range<usize>, source: &str) {
        match tag {
            Tag::Table(_) => {
                self.tables += 1;
                self.table = Some(self.tables);
            }
            Tag::TableRow => self.rows.push(Row {
                section: self.headings.len(),
                cells: cells(&source[span]),
            }),
            Tag::Link { dest_url, .. } => {
                self.link = Some(Link {
                    target: dest_url.to_string(),
                    code: None,
                    table: self.table,
                    span,
                });
            }
            Tag::Heading { level, .. } => {
                self.heading = Some(Heading {
                    level: level as usize,
                    text: String::new(),
                    span,
                });
            }
            Tag::CodeBlock(kind) => {
                self.block = Some(Block {
                    language: language(&kind),
                    text: String::new(),
                    section: self.headings.len(),
                    folded: self.folded,
                });
            }
            _ => {}
        }
    }
}

impl fmt::Display for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.file.strip_prefix(super::root()).unwrap_or(&self.file);
        write!(f, "{}", name.display())
    }
}

/// Whether a command is about this workspace.
fn is_ours(line: &str) -> bool {
    let words = line
        .split_whitespace()
        .skip_while(|word| word.contains('='));
    let [first, second] = [words.clone().next(), words.clone().nth(1)];
    let cargo = first == Some("cargo") && matches!(second, Some("run" | "test" | "bench"));
    let python = first == Some("python3") && second.is_some_and(|file| file.contains('/'));
    let script = first.is_some_and(|first| first.starts_with("scripts/"));
    cargo || python || script || first == Some("sudo") && second.is_some()
}

/// The cells of a row.
fn cells(row: &str) -> Vec<String> {
    let row = row.trim().trim_matches('|');
    row.split(" | ").map(|cell| cell.trim().into()).collect()
}

fn language(kind: &CodeBlockKind<'_>) -> String {
    match kind {
        CodeBlockKind::Fenced(language) => language.to_string(),
        CodeBlockKind::Indented => String::new(),
    }
}

fn without_comments(shell: &str) -> String {
    let lines = shell
        .lines()
        .map(|line| line.split(" #").next().unwrap_or_default().trim_end());
    lines.collect::<Vec<_>>().join("\n")
}

/// The name in `<a id="name">`.
fn mark(html: &CowStr<'_>) -> Option<String> {
    let (_, rest) = html.split_once("<a id=\"")?;
    rest.split_once('"').map(|(name, _)| name.to_owned())
}

/// The name that code-hosting sites give to a heading.
fn slug(heading: &str) -> String {
    let kept = heading
        .chars()
        .filter(|char| char.is_alphanumeric() || matches!(char, ' ' | '-' | '_'));
    kept.map(|char| if char == ' ' { '-' } else { char })
        .collect::<String>()
        .to_lowercase()
}
