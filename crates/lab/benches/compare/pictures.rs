//! The pictures of docs/performance.md: what was measured, as one bar for each, in both languages.

use std::fmt::Write;

use crate::report::{Row, Theme, number};

/// Words in English and in Chinese.
type Words = [&'static str; 2];

/// A picture, under the name that the page has for it.
pub struct Picture {
    pub key: &'static str,
    title: Words,
    unit: Words,
    bars: Vec<(Words, f64)>,
}

impl Picture {
    /// As Mermaid draws it; in Chinese, if so.
    pub fn mermaid(&self, chinese: bool) -> String {
        let words = |words: Words| words[usize::from(chinese)];
        let labels = self
            .bars
            .iter()
            .map(|(label, _)| format!("\"{}\"", words(*label)));
        let labels: Vec<_> = labels.collect();
        let heights = self.bars.iter().map(|(_, figure)| number(*figure));
        let heights: Vec<_> = heights.map(|figure| figure.replace(',', "")).collect();
        let mut text = String::from("```mermaid\nxychart-beta horizontal\n");
        let _ = writeln!(text, "    title \"{}\"", words(self.title));
        let _ = writeln!(text, "    x-axis [{}]", labels.join(", "));
        // From 0: else the shortest bar has no length, and the others mislead.
        let most = self.bars.iter().map(|bar| bar.1).fold(1.0, f64::max);
        let most = (most * 1.05).ceil();
        let _ = writeln!(text, "    y-axis \"{}\" 0 --> {most}", words(self.unit));
        let _ = writeln!(text, "    bar [{}]", heights.join(", "));
        text + "```"
    }
}

/// All of them; what was not measured has no bar.
pub fn pictures(themes: &[(&str, Theme)]) -> Vec<Picture> {
    vec![
        language(themes),
        memory(themes),
        clients(themes),
        backlog(themes),
        processes(themes),
    ]
}

fn theme<'a>(themes: &'a [(&str, Theme)], key: &str) -> Option<&'a Theme> {
    let found = themes.iter().find(|(name, _)| *name == key)?;
    Some(&found.1)
}

fn language(themes: &[(&str, Theme)]) -> Picture {
    let rows: [(&str, usize, Words); 5] = [
        ("http-page", 0, ["fetch a page", "抓取一个页面"]),
        ("tcp-round-trips", 0, ["TCP, 1 client", "TCP，1 个客户端"]),
        (
            "tcp-round-trips",
            1,
            ["TCP, 50 clients", "TCP，50 个客户端"],
        ),
        ("udp-datagrams", 0, ["UDP, 1 client", "UDP，1 个客户端"]),
        ("start-stop", 0, ["start a server", "启动服务器"]),
    ];
    let bars = rows.into_iter().filter_map(|(key, place, label)| {
        let row = theme(themes, key)?.rows.get(place)?;
        Some((label, row.ratio_to("Python")?.median))
    });
    Picture {
        key: "picture-language",
        title: ["How many times as fast as Python", "速度是 Python 的几倍"],
        unit: ["times", "倍"],
        bars: bars.collect(),
    }
}

fn memory(themes: &[(&str, Theme)]) -> Picture {
    let who: [(&str, Words); 4] = [
        ("http-fetch, 1,024 bytes a receive", ["http-fetch"; 2]),
        ("stream_to_disk", ["stream_to_disk"; 2]),
        ("curl", ["curl"; 2]),
        ("Python, 1,024 bytes a receive", ["Python"; 2]),
    ];
    let facts = theme(themes, "http-large").map_or(&[][..], |theme| &theme.facts);
    let bars = who.into_iter().filter_map(|(who, label)| {
        let what = format!("peak memory, {who}");
        let fact = facts.iter().find(|fact| fact.what == what)?;
        Some((label, first_number(&fact.seen)?))
    });
    Picture {
        key: "picture-memory",
        title: ["Memory to fetch 64 MiB", "抓取 64 MiB 所用的内存"],
        unit: ["MiB"; 2],
        bars: bars.collect(),
    }
}

fn clients(themes: &[(&str, Theme)]) -> Picture {
    // A row has its own figures first, and so does what was asked of fewer clients.
    let rows = theme(themes, "tcp-crowd").map_or(&[][..], |theme| &theme.rows);
    let memory = rows
        .iter()
        .filter(|row| row.plan.what.starts_with("memory"));
    let who: [(&str, Words); 4] = [
        ("tcp-server", ["tcp-server"; 2]),
        ("floor", ["the floor", "下限"]),
        ("many_on_one_thread", ["many_on_one_thread"; 2]),
        ("Python", ["Python"; 2]),
    ];
    let medians: Vec<_> = memory.flat_map(Row::medians).collect();
    let bars = who.into_iter().filter_map(|(who, label)| {
        let (_, median) = medians.iter().find(|(name, _)| *name == who)?;
        Some((label, *median))
    });
    Picture {
        key: "picture-clients",
        title: [
            "Memory for each client that says nothing",
            "每个不说话的客户端所用的内存",
        ],
        unit: ["KiB"; 2],
        bars: bars.collect(),
    }
}

fn backlog(themes: &[(&str, Theme)]) -> Picture {
    let facts = theme(themes, "tcp-burst").map_or(&[][..], |theme| &theme.facts);
    let greeted = |backlog: &str, when: &str| {
        let fact = facts.iter().find(|fact| fact.what.ends_with(backlog))?;
        let parts = fact.seen.split(", ").filter(|part| part.contains(when));
        Some(parts.filter_map(first_number).sum::<f64>())
    };
    let bars: [(&str, &str, Words); 4] = [
        ("backlog 5", "at once", ["5: at once", "5：立刻"]),
        (
            "backlog 5",
            "after",
            ["5: a second later, or more", "5：一秒以后或更久"],
        ),
        (
            "backlog 5",
            "not within",
            ["5: not within 5 seconds", "5：五秒之内没有"],
        ),
        ("backlog 128", "at once", ["128: at once", "128：立刻"]),
    ];
    let bars = bars.into_iter();
    Picture {
        key: "picture-backlog",
        title: [
            "When 100 clients at once are greeted",
            "100 个客户端同时连接，何时得到问候",
        ],
        unit: ["clients", "客户端"],
        bars: bars
            .filter_map(|(backlog, when, label)| Some((label, greeted(backlog, when)?)))
            .collect(),
    }
}

fn processes(themes: &[(&str, Theme)]) -> Picture {
    let row = theme(themes, "tcp-connections").and_then(|theme| theme.rows.first());
    let who: [(&str, Words); 5] = [
        ("floor", ["the floor: a thread", "下限：线程"]),
        (
            "many_on_one_thread",
            ["many_on_one_thread: nothing", "many_on_one_thread：无"],
        ),
        (
            "process_per_connection",
            [
                "process_per_connection: a process",
                "process_per_connection：进程",
            ],
        ),
        ("socat", ["socat: processes", "socat：进程"]),
        ("ncat", ["ncat: processes", "ncat：进程"]),
    ];
    let others = who.into_iter().filter_map(|(who, label)| {
        let ratio = row?.ratio_to(who)?;
        Some((label, 100.0 / ratio.median))
    });
    let ours = row.map(|_| (["tcp-server: a thread", "tcp-server：线程"], 100.0));
    Picture {
        key: "picture-processes",
        title: [
            "Connections, while tcp-server serves 100",
            "tcp-server 服务 100 个连接时，各服务几个",
        ],
        unit: ["connections", "连接"],
        bars: ours.into_iter().chain(others).collect(),
    }
}

/// The first number in a text such as `greeted 72 at once`.
fn first_number(text: &str) -> Option<f64> {
    let start = text.find(|char: char| char.is_ascii_digit())?;
    let number = text[start..].split(' ').next()?;
    number.replace(',', "").parse().ok()
}
