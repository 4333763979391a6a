//! Where `http-fetch` saves a page, and what it leaves there when it cannot.

mod failed;

use std::fs;
use std::net::SocketAddr;

use failed::failed;
#[cfg(unix)]
use lab::Running;
use lab::{Folder, Server, program, run};

const REPLY: &str = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHello";

fn page_server() -> SocketAddr {
    Server::sends(REPLY).address
}

#[test]
fn without_a_name_the_page_is_called_sina_html() {
    let folder = Folder::new();
    let ended = run(program("http-fetch")
        .arg(page_server().to_string())
        .current_dir(folder.path()));
    assert!(ended.status.success(), "{ended}");
    assert!(
        ended.stderr.ends_with("saved 5 bytes in sina.html\n"),
        "{ended}"
    );
    assert_eq!(folder.names(), ["sina.html"]);
    let saved = fs::read(folder.path().join("sina.html")).unwrap();
    assert_eq!(saved, b"Hello");
}

#[test]
fn the_old_page_is_replaced_whole_and_nothing_else_is_touched() {
    let folder = Folder::with_old_page();
    fs::write(folder.path().join("other.html"), Folder::OLD_PAGE).unwrap();
    let ended = folder.fetch(page_server(), &[]);
    assert!(ended.status.success(), "{ended}");
    assert_eq!(folder.saved(), "Hello");
    assert_eq!(folder.names(), ["other.html", "page.html"]);
}

#[test]
fn a_folder_that_is_missing_is_named() {
    let folder = Folder::new();
    let file = folder.path().join("missing").join("page.html");
    let ended = run(program("http-fetch")
        .arg(page_server().to_string())
        .arg("-o")
        .arg(&file));
    failed(
        &ended,
        file.display(),
        "(os error ",
        "the folder that you name",
    );
    assert!(folder.names().is_empty());
}

#[test]
fn a_file_where_the_folder_should_be_is_named() {
    let folder = Folder::with_old_page();
    let file = folder.page().join("page.html");
    let ended = run(program("http-fetch")
        .arg(page_server().to_string())
        .arg("-o")
        .arg(&file));
    // Windows does not tell it from a folder that is not there.
    let hint = if cfg!(windows) {
        "the folder that you name does not exist"
    } else {
        "what stands before the last / is no folder"
    };
    failed(&ended, file.display(), "(os error ", hint);
    assert_eq!(folder.names(), ["page.html"]);
    assert_eq!(folder.saved(), Folder::OLD_PAGE);
}

/// What ends in a slash names a folder, and there is none.
#[test]
fn a_slash_at_the_end_names_no_file() {
    let folder = Folder::new();
    let file = folder.path().join("missing/");
    let ended = run(program("http-fetch")
        .arg(page_server().to_string())
        .arg("-o")
        .arg(&file));
    let hint = "what stands before the last / is no folder";
    failed(&ended, file.display(), "(os error ", hint);
    assert!(folder.names().is_empty());
}

#[test]
fn a_folder_where_the_file_should_be_is_named() {
    let folder = Folder::new();
    fs::create_dir(folder.page()).unwrap();
    let ended = folder.fetch(page_server(), &[]);
    failed(&ended, folder.page().display(), "(os error ", "hint: ");
    assert_eq!(folder.names(), ["page.html"]);
    assert_eq!(fs::read_dir(folder.page()).unwrap().count(), 0);
}

#[test]
fn a_hyphen_is_no_stdout() {
    let folder = Folder::new();
    let fetch = |file| {
        run(program("http-fetch")
            .args([&page_server().to_string(), "-o", file])
            .current_dir(folder.path()))
    };
    let ended = fetch("-");
    assert_eq!(ended.code(), Some(2), "{ended}");
    assert!(
        ended
            .stderr
            .contains("name a file, such as page.html (or ./- "),
        "{ended}"
    );
    let ended = fetch("./-");
    assert!(ended.status.success(), "{ended}");
    assert_eq!(folder.names(), ["-"]);
}

/// Links, devices and limits of Unix; Windows has its own, or none.
#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{FileTypeExt, symlink};
    use std::process::Command;
    use std::thread;

    use super::*;

    #[test]
    fn a_link_stays_and_what_it_points_to_is_replaced() {
        let folder = Folder::new();
        let elsewhere = Folder::with_old_page();
        symlink(elsewhere.page(), folder.page()).unwrap();
        let ended = folder.fetch(page_server(), &[]);
        assert!(ended.status.success(), "{ended}");
        assert_eq!(fs::read_link(folder.page()).unwrap(), elsewhere.page());
        assert_eq!(elsewhere.saved(), "Hello");
        assert_eq!(
            (folder.names(), elsewhere.names()),
            (vec!["page.html".into()], vec!["page.html".into()])
        );
    }

    #[test]
    fn a_link_to_a_file_that_is_not_there_yet_makes_it() {
        let folder = Folder::new();
        symlink("new.html", folder.page()).unwrap();
        let ended = folder.fetch(page_server(), &[]);
        assert!(ended.status.success(), "{ended}");
        assert_eq!(folder.names(), ["new.html", "page.html"]);
        assert!(folder.page().is_symlink());
        assert_eq!(folder.saved(), "Hello");
    }

    #[test]
    fn the_longest_name_there_is_can_be_saved_to() {
        let folder = Folder::new();
        let name = "n".repeat(255);
        let ended = run(program("http-fetch")
            .arg(page_server().to_string())
            .arg("-o")
            .arg(folder.path().join(&name)));
        assert!(ended.status.success(), "{ended}");
        assert_eq!(folder.names(), [name.as_str()]);
    }

    /// A shell has the number of the program that takes its place, and so knows the names beforehand.
    #[test]
    fn what_a_killed_fetch_left_behind_is_not_in_the_way() {
        let folder = Folder::with_old_page();
        let script = r#"for n in "" .0 .1; do echo left > "http-fetch.$$$n.part"; done; exec "$@""#;
        let ended = run(Command::new("sh")
            .args(["-c", script, "sh"])
            .arg(program("http-fetch").get_program())
            .arg(page_server().to_string())
            .args(["-o", "page.html"])
            .current_dir(folder.path()));
        assert!(ended.status.success(), "{ended}");
        assert_eq!(folder.saved(), "Hello");
        // They are whole, and ours are gone.
        assert_eq!(folder.names().len(), 4, "{:?}", folder.names());
        for name in folder.names() {
            let text = fs::read_to_string(folder.path().join(&name)).unwrap();
            assert_eq!(text == "left\n", name != "page.html", "{name:?}: {text}");
        }
    }

    /// Whoever fetches into a file that Docker mounted, say.
    #[test]
    #[cfg(target_os = "linux")]
    fn a_file_that_is_mounted_cannot_be_replaced() {
        let folder = Folder::with_old_page();
        let script = r#"mount --bind page.html page.html || exit 77; exec "$@""#;
        let ended = Command::new("unshare")
            .args([
                "--user",
                "--map-root-user",
                "--mount",
                "sh",
                "-c",
                script,
                "sh",
            ])
            .arg(program("http-fetch").get_program())
            .arg(page_server().to_string())
            .args(["-o", "page.html"])
            .current_dir(folder.path())
            .output();
        let ended = match ended {
            Ok(ended)
                if ended.status.code() == Some(1) && ended.stderr.starts_with(b"http-fetch") =>
            {
                ended
            }
            other => {
                eprintln!("skipped: this system lets us mount nothing: {other:?}");
                return;
            }
        };
        let stderr = String::from_utf8(ended.stderr).unwrap();
        assert!(stderr.starts_with("http-fetch: page.html: "), "{stderr}");
        assert!(
            stderr.contains("hint: something is mounted on that file"),
            "{stderr}"
        );
        assert_eq!(
            (folder.saved(), folder.names()),
            (Folder::OLD_PAGE.into(), vec!["page.html".into()])
        );
    }

    /// Fetches into this file, and fails with this hint.
    fn fails(folder: &Folder, file: &str, shown: &str, hint: &str) {
        let ended = run(program("http-fetch")
            .args([&page_server().to_string(), "-o", file])
            .current_dir(folder.path()));
        failed(&ended, shown, "(os error ", hint);
        assert_eq!(folder.saved(), Folder::OLD_PAGE);
    }

    #[test]
    fn a_name_that_is_too_long_is_to_be_shortened() {
        let name = "n".repeat(256);
        fails(
            &Folder::with_old_page(),
            &name,
            &name,
            "choose a shorter name",
        );
    }

    #[test]
    fn links_that_lead_round_in_a_circle_are_told_so() {
        let folder = Folder::with_old_page();
        symlink("there", folder.path().join("here")).unwrap();
        symlink("here", folder.path().join("there")).unwrap();
        fails(&folder, "here", "here", "round in a circle");
        assert_eq!(folder.names(), ["here", "page.html", "there"]);
    }

    #[test]
    fn a_folder_where_one_may_not_write_is_told_so() {
        // Of root alone; whoever tests as another user owns no folder of the system either.
        let command = &mut program("http-fetch");
        let command = command.args([&page_server().to_string(), "-o", "/usr/page.html"]);
        match Running::start_as_ordinary_user(command) {
            Ok(fetch) => failed(
                &fetch.finish(),
                "/usr/page.html",
                "(os error 13)",
                "you may not write there",
            ),
            Err(error) => eprintln!("skipped: {error}"),
        }
    }

    #[test]
    fn a_file_name_does_not_write_to_the_terminal() {
        let shown = "two\\x0alines\\x1b[2J/page.html";
        fails(
            &Folder::with_old_page(),
            "two\nlines\x1b[2J/page.html",
            shown,
            "does not exist",
        );

        let folder = Folder::new();
        let ended = run(program("http-fetch")
            .args([&page_server().to_string(), "-o", "two\nlines\x1b[2J"])
            .current_dir(folder.path()));
        assert!(ended.status.success(), "{ended}");
        assert!(
            ended
                .stderr
                .ends_with("saved 5 bytes in two\\x0alines\\x1b[2J\n"),
            "{ended}"
        );
    }

    #[test]
    fn a_pipe_with_a_name_is_written_to_and_stays() {
        let folder = Folder::new();
        let made = Command::new("mkfifo").arg(folder.page()).status().unwrap();
        assert!(made.success());
        let pipe = folder.page();
        let reader = thread::spawn(move || fs::read(pipe).unwrap());
        let ended = folder.fetch(page_server(), &[]);
        assert!(ended.status.success(), "{ended}");
        assert!(fs::metadata(folder.page()).unwrap().file_type().is_fifo());
        assert_eq!(reader.join().unwrap(), b"Hello");
        assert_eq!(folder.names(), ["page.html"]);
    }

    #[test]
    fn the_null_device_is_written_to_and_stays() {
        let ended = run(program("http-fetch")
            .arg(page_server().to_string())
            .args(["-o", "/dev/null"]));
        assert!(ended.status.success(), "{ended}");
        let device = fs::metadata("/dev/null").unwrap();
        assert!(device.file_type().is_char_device());
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_full_device_is_named() {
        let ended = run(program("http-fetch")
            .arg(page_server().to_string())
            .args(["-o", "/dev/full"]));
        failed(&ended, "/dev/full", "No space left on device", "make room");
        assert!(
            fs::metadata("/dev/full")
                .unwrap()
                .file_type()
                .is_char_device()
        );
    }

    /// A limit on the size of files stands for a full disk: half of the page still fits.
    #[test]
    fn a_disk_that_fills_up_keeps_the_old_page() {
        let server = Server::sends(format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(100_000)));
        let folder = Folder::with_old_page();
        // A file may grow to 50 KiB (the unit is 512 bytes, in some shells 1024); the signal that comes
        // with the limit would end the program, which a full disk does not.
        let script = r#"trap "" XFSZ; ulimit -f 50 && exec "$@""#;
        let ended = run(Command::new("sh")
            .args(["-c", script, "sh"])
            .arg(program("http-fetch").get_program())
            .arg(server.address.to_string())
            .arg("-o")
            .arg(folder.page())
            .env_remove("RUST_LOG"));
        failed(&ended, folder.page().display(), "(os error ", "make room");
        assert_eq!(folder.names(), ["page.html"]);
        assert_eq!(folder.saved(), Folder::OLD_PAGE);
    }
}
