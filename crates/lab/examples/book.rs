//! Prepares the pages for mdBook, and finds the dead links of what it has built; `scripts/book.sh` calls it.
//!
//! The pages link to lines of code, which lie outside their folder. The book gets a page with numbered lines for each
//! such file.
//!
//! ```text
//! cargo run -p lab --example book -- prepare docs target/book-pages/en/src zh-CN 中文
//! cargo run -p lab --example book -- check target/book
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fmt::Write;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<_> = env::args().skip(1).collect();
    let args: Vec<_> = args.iter().map(String::as_str).collect();
    let done = match args[..] {
        ["prepare", pages, to, other, language] => {
            prepare(Path::new(pages), Path::new(to), &|page, up| {
                let address = format!("{up}../{other}/{page}");
                format!("<a class=\"other-language\" href=\"{address}\">{language}</a>\n\n")
            })
        }
        ["check", books] => check(Path::new(books)),
        _ => Err(io::Error::other(
            "prepare PAGES TO OTHER LANGUAGE, or check BOOKS",
        )),
    };
    if let Err(error) = done {
        eprintln!("book: {error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// Copies the pages, and makes a page of each file of code that they link to.
///
/// `twin` makes the link to the same page of the other book, of its file and the way up to the book's folder.
fn prepare(pages: &Path, to: &Path, twin: &dyn Fn(&str, &str) -> String) -> io::Result<()> {
    let up = "../".repeat(pages.components().count());
    let mut code = BTreeSet::new();
    let mut contents = String::new();
    for file in files(pages, "md", false)? {
        let name = slashes(file.strip_prefix(pages).unwrap_or(&file));
        let page = with_links_to_code(&with_whole_lines(&read(&file)?), &up, &mut code);
        match name.as_str() {
            "SUMMARY.md" => contents = page,
            "README.md" => write(&to.join("index.md"), &(twin("index.md", "") + &page))?,
            name => write(&to.join(name), &(twin(name, "") + &page))?,
        }
    }
    for file in &code {
        // Where the code has its place in the contents: after the last title, which SUMMARY.md ends with.
        let short = file.trim_start_matches("crates/");
        let _ = writeln!(contents, "- [{short}](code/{file}.md)");
        let up = "../".repeat(file.split('/').count());
        let page = twin(&format!("code/{file}.md"), &up) + &code_page(file)?;
        write(&to.join(format!("code/{file}.md")), &page)?;
    }
    write(&to.join("SUMMARY.md"), &contents)
}

/// Joins the lines of a paragraph where a browser would show a blank that Chinese does not have: between two Chinese
/// characters, and after Chinese punctuation.
fn with_whole_lines(page: &str) -> String {
    let mut whole = String::new();
    let mut code = false;
    for line in page.lines() {
        let fence = line.trim_start().starts_with("```");
        code ^= fence;
        let before = whole.chars().nth_back(1).unwrap_or_default();
        let next = line.trim_start().chars().next().unwrap_or_default();
        let no_blank = before > '\u{2e80}' && next > '\u{2e80}'
            || "。，、；：！？）”".contains(before)
                && (next.is_alphabetic() || "`[“".contains(next));
        if no_blank && !code && !fence {
            whole.pop();
            whole += line.trim_start();
        } else {
            whole += line;
        }
        whole.push('\n');
    }
    whole
}

/// Lets the links that leave the pages' folder lead to pages of code, whose files it notes. In a book, README.md is the
/// index.
fn with_links_to_code(page: &str, up: &str, code: &mut BTreeSet<String>) -> String {
    let page = page.replace("](README.md", "](index.md");
    let start = format!("]({up}");
    let mut parts = page.split(&start);
    let mut new = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (file, rest) = part.split_at(part.find(['#', ')']).unwrap_or(part.len()));
        code.insert(file.to_owned());
        let _ = write!(new, "](code/{file}.md{rest}");
    }
    new
}

/// The numbers stand beside the code, not in it: so the code is coloured, and copied without them.
fn code_page(file: &str) -> io::Result<String> {
    let code = read(Path::new(file))?;
    let code = code.trim_end();
    let mut numbers = String::new();
    for line in 1..=code.lines().count() {
        let _ = write!(numbers, "<a id=\"L{line}\" href=\"#L{line}\">{line}</a>");
    }
    let language = Path::new(file).extension().and_then(|end| end.to_str());
    Ok(format!(
        "# {file}\n\n<div class=\"numbered\">\n<pre class=\"numbers\">{numbers}</pre>\n\n\
         ~~~~{}\n{code}\n~~~~\n\n</div>\n",
        language.unwrap_or("text"),
    ))
}

fn check(books: &Path) -> io::Result<()> {
    let mut pages = BTreeMap::new();
    for file in files(books, "html", true)? {
        let page = read(&file)?;
        let marks = marks(&page);
        pages.insert(file, (page, marks));
    }
    let mut dead = BTreeSet::new();
    let mut followed = 0;
    for (file, (page, _)) in &pages {
        let folder = file.parent().unwrap_or(books);
        let links = values(page, "href").chain(values(page, "src"));
        for link in links.filter(|link| !link.contains("://") && !link.starts_with("data:")) {
            followed += 1;
            let (target, mark) = link.split_once('#').unwrap_or((link, ""));
            let target = match target {
                "" => file.clone(),
                target => without_dots(&folder.join(target)),
            };
            let marked = |(_, marks): &(_, BTreeSet<String>)| marks.contains(mark);
            if !target.is_file() || !(mark.is_empty() || pages.get(&target).is_some_and(marked)) {
                dead.insert(format!("{}: {link}", file.display()));
            }
        }
    }
    println!("{} pages, {followed} links followed", pages.len());
    if dead.is_empty() && followed > 1000 {
        return Ok(());
    }
    let dead = Vec::from_iter(dead).join("\n");
    Err(io::Error::other(format!("dead links:\n{dead}")))
}

/// What a link may point to in a page, also as some links write it: `%E8%AF%BE` for other characters than ASCII's.
fn marks(page: &str) -> BTreeSet<String> {
    let both = values(page, "id").flat_map(|id| {
        let bytes = id.bytes().map(|byte| match byte {
            0..128 => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        });
        [id.to_owned(), bytes.collect()]
    });
    both.collect()
}

/// The values that an attribute has in a page.
fn values<'a>(page: &'a str, attribute: &str) -> impl Iterator<Item = &'a str> {
    let start = format!(" {attribute}=\"");
    let values = page.split(&start).skip(1);
    let values: Vec<_> = values.filter_map(|rest| rest.split('"').next()).collect();
    values.into_iter()
}

/// The files in a folder whose names end so, and those of its folders.
fn files(folder: &Path, end: &str, folders_too: bool) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() && folders_too {
            found.extend(files(&path, end, true)?);
        } else if path.extension().is_some_and(|found| found == end) {
            found.push(path);
        }
    }
    Ok(found)
}

/// An error names the file.
fn read(file: &Path) -> io::Result<String> {
    fs::read_to_string(file)
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", file.display())))
}

fn write(file: &Path, text: &str) -> io::Result<()> {
    fs::create_dir_all(file.parent().unwrap_or(file))?;
    fs::write(file, text)
}

/// The path without its `..`.
fn without_dots(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(plain.pop()),
            part => plain.push(part),
        }
    }
    plain
}

fn slashes(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}
