//! Who is compared with whom: the servers that can have the tutorial's conversations, ours first.

use std::process::Command;

use crate::floor;
use crate::process::{free_port, is_installed};
use crate::report::Theme;

/// A name, and a command that starts a server which says where it is.
pub type Entry = (&'static str, fn() -> Command);

/// Adds those of the peers that are installed, and notes the others as left out.
fn add_installed(entries: &mut Vec<Entry>, theme: &mut Theme, peers: [Entry; 3]) {
    for (name, command) in peers {
        let installed = match name {
            "Python" => lab::python("tcp_server.py").is_some(),
            tool => is_installed(tool),
        };
        if installed {
            entries.push((name, command));
        } else {
            theme.leave_out(name, "not installed");
        }
    }
}

/// socat takes apart the command that it is given, quotes and commas: so the shell finds it in a variable.
fn shell(text: &str) -> [String; 2] {
    ["TALK".into(), text.into()]
}

/// TCP: `Welcome!`, and a greeting for every name until `exit`.
pub mod tcp {
    use super::{Command, Entry, Theme, add_installed, floor as floor_of, free_port, shell};

    /// What a shell has to do to have this conversation; each `dd` is one `recv(1024)`.
    const TALK: &str = "printf Welcome!; \
        while name=$(dd bs=1024 count=1 2>/dev/null) && [ \"$name\" ] && [ \"$name\" != exit ]; \
        do printf 'Hello, %s!' \"$name\"; done";

    pub fn ours() -> Command {
        let mut command = lab::program("tcp-server");
        command.args(["127.0.0.1:0", "--delay", "0", "--backlog", "128"]);
        command
    }

    pub fn floor() -> Command {
        floor_of::command("tcp")
    }

    pub fn on_one_thread() -> Command {
        let mut command = lab::example("many_on_one_thread");
        command.arg("127.0.0.1:0");
        command
    }

    pub fn with_processes() -> Command {
        let mut command = lab::example("process_per_connection");
        command.arg("127.0.0.1:0");
        command
    }

    pub fn python() -> Command {
        let mut command = lab::python("tcp_server.py").expect("it was asked for");
        command.args(["127.0.0.1:0", "none"]);
        command
    }

    /// As ours, the tutorial's program with its second of sleep made 0; but in Python that is still a sleep.
    pub fn python_with_sleep() -> Command {
        let mut command = lab::python("tcp_server.py").expect("it was asked for");
        command.args(["127.0.0.1:0", "0"]);
        command
    }

    fn socat() -> Command {
        let mut command = Command::new("socat");
        let [name, value] = shell(TALK);
        command.env(name, value);
        command.args(["-d", "-d", "TCP-LISTEN:0,bind=127.0.0.1,fork,backlog=128"]);
        command.arg("SYSTEM:eval $TALK");
        command
    }

    fn ncat() -> Command {
        let mut command = Command::new("ncat");
        command.args([
            "-v",
            "-l",
            "-k",
            "-m",
            "1000",
            "--sh-exec",
            TALK,
            "127.0.0.1",
        ]);
        command.arg(free_port().to_string());
        command
    }

    /// Who can have this conversation here, ours first.
    pub fn entries(theme: &mut Theme) -> Vec<Entry> {
        let mut entries: Vec<Entry> = vec![("tcp-server", ours), ("floor", floor)];
        let peers: [Entry; 3] = [("Python", python), ("socat", socat), ("ncat", ncat)];
        add_installed(&mut entries, theme, peers);
        entries
    }
}

/// UDP: a greeting for every datagram.
pub mod udp {
    use super::{Command, Entry, Theme, add_installed, floor as floor_of, free_port, shell};

    pub fn ours() -> Command {
        let mut command = lab::program("udp-server");
        command.arg("127.0.0.1:0");
        command
    }

    fn floor() -> Command {
        floor_of::command("udp")
    }

    fn printing_floor() -> Command {
        floor_of::command("udp-printing")
    }

    pub fn python() -> Command {
        let mut command = lab::python("udp_server.py").expect("it was asked for");
        command.arg("127.0.0.1:0");
        command
    }

    /// A process for each datagram.
    fn socat() -> Command {
        let mut command = Command::new("socat");
        let answer = "name=$(dd bs=1024 count=1 2>/dev/null); printf 'Hello, %s!' \"$name\"";
        let [name, value] = shell(answer);
        command.env(name, value);
        let address = format!("UDP-RECVFROM:{},bind=127.0.0.1,fork", free_port());
        command.args(["-d", "-d", &address]);
        command.arg("SYSTEM:eval $TALK");
        command
    }

    /// A process for each peer, which an empty datagram ends.
    fn ncat() -> Command {
        let talk = "while name=$(dd bs=1024 count=1 2>/dev/null) && [ \"$name\" ]; \
                    do printf 'Hello, %s!' \"$name\"; done";
        let mut command = Command::new("ncat");
        command.args([
            "-v",
            "-u",
            "-l",
            "-k",
            "-m",
            "1000",
            "--sh-exec",
            talk,
            "127.0.0.1",
        ]);
        command.arg(free_port().to_string());
        command
    }

    /// Who answers datagrams here, ours first.
    pub fn entries(theme: &mut Theme) -> Vec<Entry> {
        let mut entries: Vec<Entry> = vec![
            ("udp-server", ours),
            ("floor", floor),
            ("floor, printing", printing_floor),
        ];
        let peers: [Entry; 3] = [("Python", python), ("socat", socat), ("ncat", ncat)];
        add_installed(&mut entries, theme, peers);
        entries
    }
}
