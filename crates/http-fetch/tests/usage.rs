//! What `http-fetch` does not take for an answer on its command line, and what it says instead.

use lab::{program, run};

/// The command line is refused, with these words, before anything is fetched.
fn refused(arguments: &[&str], words: &str) {
    let ended = run(program("http-fetch").args(arguments));
    assert_eq!(ended.code(), Some(2), "{arguments:?}: {ended}");
    assert_eq!(ended.stdout, "", "{arguments:?}");
    assert!(
        ended.stderr.contains(words),
        "{arguments:?}: no {words:?} in {ended}"
    );
}

#[test]
fn a_url_that_one_get_cannot_fetch_is_wrong_usage() {
    for (url, words) in [
        ("", "a host is missing"),
        ("http://", "a host is missing"),
        (":80", "a host is missing"),
        ("/index.html", "a host is missing"),
        ("127.0.0.1:", "'' is no port (0 to 65535)"),
        ("127.0.0.1:/", "'' is no port (0 to 65535)"),
        ("127.0.0.1:99999", "'99999' is no port (0 to 65535)"),
        ("127.0.0.1:+80", "'+80' is no port"),
        ("127.0.0.1:-1", "'-1' is no port"),
        ("127.0.0.1:http", "'http' is no port"),
        ("::1", "an IPv6 address is written in brackets"),
        ("::1:8080", "an IPv6 address is written in brackets"),
        ("[127.0.0.1]", "'127.0.0.1' is no IPv6 address"),
        ("127.0.0.1/\r\nX: y", r"'\r' has to be percent-encoded"),
        ("127.0.0.1/\nX: y", r"'\n' has to be percent-encoded"),
        ("127.0.0.1/a b", "a space is %20"),
        ("127.0.0.1/你好", "'你' has to be percent-encoded"),
        (
            "https://127.0.0.1/",
            "https needs TLS, which is beyond this lesson",
        ),
        (
            "HTTPS://127.0.0.1/",
            "https needs TLS, which is beyond this lesson",
        ),
        ("ftp://127.0.0.1/", "'ftp' is not http"),
        (
            "http://127.0.0.1\n",
            r#""127.0.0.1\n" has a blank or a control"#,
        ),
        ("http://a b/", r#""a b" has a blank or a control"#),
        ("http://主页.cn/", "write it as xn--…"),
    ] {
        refused(&[url], words);
    }
}

#[test]
fn an_output_without_a_name_is_wrong_usage() {
    refused(&["127.0.0.1", "-o", ""], "the name is empty");
}

#[test]
fn a_number_that_makes_no_sense_is_wrong_usage() {
    for time in ["0", "0.0", "1e-300"] {
        refused(
            &["127.0.0.1", "--timeout", time],
            "expected more than 0 seconds",
        );
    }
    for time in ["NaN", "inf", "1e300", "86401"] {
        refused(
            &["127.0.0.1", "--timeout", time],
            "expected 0 to 86400 seconds",
        );
    }
    refused(
        &["127.0.0.1", "--timeout=-1"],
        "expected 0 to 86400 seconds",
    );
    refused(
        &["127.0.0.1", "--timeout", "soon"],
        "expected a number of seconds",
    );
    for size in ["0", "16777217", "4294967296"] {
        refused(&["127.0.0.1", "--recv-size", size], "1..=16777216");
    }
    refused(&["127.0.0.1", "--recv-size=-1"], "1..=16777216");
    refused(&["127.0.0.1", "--recv-size", "1.5"], "--recv-size <BYTES>");
    refused(&["127.0.0.1", "--max-size", "0"], "--max-size <MIB>");
    refused(&["127.0.0.1", "--max-size=-1"], "--max-size <MIB>");
}

#[test]
fn what_is_not_known_is_wrong_usage() {
    refused(&["--verbose"], "--verbose");
    refused(&["127.0.0.1", "127.0.0.2"], "127.0.0.2");
    refused(&["127.0.0.1", "-o"], "-o");
    refused(&["127.0.0.1", "-o", ""], "--output <FILE>");
}

#[test]
fn help_says_what_it_is_what_it_takes_and_how_to_try_it() {
    let help = run(program("http-fetch").arg("--help"));
    assert!(help.status.success(), "{help}");
    for words in [
        "Fetches a web page",
        "[http://]HOST[:PORT][/PATH]",
        "[default: www.sina.com.cn]",
        "[default: sina.html]",
        "[default: 1024]",
        "[default: 30]",
        "[default: 100]",
        "cargo run -p http-fetch -- 127.0.0.1:8080",
        "cargo run -p http-fetch --example page_server",
    ] {
        assert!(help.stdout.contains(words), "no {words:?} in {help}");
    }
    let version = run(program("http-fetch").arg("--version"));
    assert!(version.status.success(), "{version}");
    assert_eq!(
        version.stdout,
        concat!("http-fetch ", env!("CARGO_PKG_VERSION"), "\n")
    );
}
