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
    headings: Vec<(usize, String)>,
    marks: Vec<String>,
    blocks: Vec<Block>,
    inline: Vec<String>,
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
        let mut page = Self {
            file: file.canonicalize().unwrap(),
            text,
            links: Vec::new(),
            headings: Vec::new(),
            marks: Vec::new(),
            blocks: Vec::new(),
            inline: Vec::new(),
        };
        page.parse();
        page
    }

    fn parse(&mut self) {
        let text = self.text.clone();
        let (mut table, mut tables) = (None, 0);
        let mut folded = false;
        let (mut link, mut heading, mut block) = (None::<Link>, None, None::<Block>);
        for (event, span) in Parser::new_ext(&text, Options::ENABLE_TABLES).into_offset_iter() {
            match event {
                Event::Start(Tag::Table(_)) => {
                    tables += 1;
                    table = Some(tables);
                }
                Event::End(TagEnd::Table) => table = None,
                Event::Start(Tag::Link { dest_url, .. }) => {
                    let target = dest_url.to_string();
                    link = Some(Link {
                        target,
                        code: None,
                        table,
                        span,
                    });
                }
                Event::End(TagEnd::Link) => self.links.extend(link.take()),
                Event::Start(Tag::Heading { level, .. }) => {
                    heading = Some((level as usize, String::new()));
                }
                Event::End(TagEnd::Heading(_)) => self.headings.extend(heading.take()),
                Event::Start(Tag::CodeBlock(kind)) => {
                    block = Some(Block {
                        language: language(&kind),
                        text: String::new(),
                        section: self.headings.len(),
                        folded,
                    });
                }
                Event::End(TagEnd::CodeBlock) => self.blocks.extend(block.take()),
                Event::Text(text) => {
                    if let Some((_, heading)) = &mut heading {
                        heading.push_str(&text);
                    }
                    if let Some(block) = &mut block {
                        block.text.push_str(&text);
                    }
                }
                Event::Code(code) => {
                    if let Some((_, heading)) = &mut heading {
                        heading.push_str(&code);
                    }
                    if let Some(link) = &mut link {
                        link.code = Some(code.to_string());
                    }
                    self.inline.push(code.to_string());
                }
                Event::InlineHtml(html) | Event::Html(html) => {
                    self.marks.extend(mark(&html));
                    folded = (folded || html.contains("<details>")) && !html.contains("</details>");
                }
                _ => {}
            }
        }
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
        let headings = self.headings.iter().map(|(_, text)| slug(text));
        headings.chain(self.marks.iter().cloned())
    }

    /// The levels of its headings.
    pub fn outline(&self) -> Vec<usize> {
        self.headings.iter().map(|(level, _)| *level).collect()
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
    cargo || python || first.is_some_and(|first| first.starts_with("scripts/"))
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
