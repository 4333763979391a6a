//! A world of its own for the learner's program, in which the tutorial's text works as printed.
//!
//! On Linux it is made of namespaces: every address is this machine's, every port is free, the portals that
//! learners fetch lead here, and what is saved in the current folder is thrown away. Elsewhere, and where
//! the system does not let us, the program runs on the machine itself, and the report says so.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::words::Text;
#[cfg(target_os = "linux")]
pub use linux::enter;

/// Tells the checker inside where its scratch folder is. No program of a learner's gets to see it.
pub const VARIABLE: &str = "CHECKER_WORLD";

/// Web sites that learners fetch. In the checker's world each is the checker's own web server.
pub const PORTALS: &[&str] = &[
    "www.sina.com.cn",
    "sina.com.cn",
    "sina.com",
    "www.sina.com",
    "www.baidu.com",
    "baidu.com",
    "www.163.com",
    "www.qq.com",
    "www.sohu.com",
    "www.zhihu.com",
    "zhihu.com",
    "www.taobao.com",
    "www.jd.com",
    "www.bing.com",
    "cn.bing.com",
    "www.douban.com",
    "www.csdn.net",
    "www.liaoxuefeng.com",
    "www.google.com",
    "www.python.org",
    "www.example.com",
    "example.com",
    "www.ifeng.com",
    "www.tmall.com",
    "www.github.com",
    "github.com",
    "news.sina.com.cn",
    "www.runoob.com",
    "www.cnblogs.com",
    "www.weibo.com",
    "weibo.com",
    "www.hao123.com",
];

/// Where they are in the checker's world: addresses that are kept for examples (RFC 5737, RFC 3849).
pub const SITE: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 80);
pub const SITE6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0x80);

/// Where the learner's program runs.
pub struct World {
    /// Whether it is a world of its own.
    pub own: bool,
    /// What the report says about it.
    pub notes: Vec<Text>,
}

/// What came of the attempt to enter a world of our own.
pub enum Entered {
    /// We are inside, or on the machine itself: go on.
    Here(World),
    #[cfg_attr(not(target_os = "linux"), allow(dead_code))] // there are no worlds
    /// Another checker has run inside and has said all: end with its status.
    Done(u8),
}

/// Elsewhere than on Linux, and with `--here`: the machine itself.
#[cfg(not(target_os = "linux"))]
pub fn enter(_here: bool) -> Entered {
    Entered::Here(machine(crate::words::Message::HereOtherSystem.into()))
}

fn machine(note: Text) -> World {
    // What goes into the background stays the checker's, which ends it. In a world of its own that is so anyhow.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_child_subreaper(rustix::process::Pid::from_raw(1));
    World {
        own: false,
        notes: vec![note],
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::env;
    use std::fmt::Write;
    use std::fs;
    use std::net::IpAddr;
    use std::path::{Path, PathBuf};
    use std::process::{self, Command, Stdio};
    use std::sync::mpsc;
    use std::thread;

    use super::{Entered, PORTALS, SITE, SITE6, VARIABLE, World, machine};
    use crate::words::{Message, Text};

    /// Starts this program again in a world of its own, or tells why it cannot.
    pub fn enter(here: bool) -> Entered {
        if let Some(scratch) = env::var_os(VARIABLE) {
            return Entered::Here(furnish(Path::new(&scratch)));
        }
        if here {
            return Entered::Here(machine(Message::HereAsked.into()));
        }
        let missing = ["unshare", "mount", "ip"]
            .into_iter()
            .find(|tool| !answers(tool));
        if let Some(tool) = missing {
            return Entered::Here(machine(Message::HereNoTool.with("tool", tool)));
        }
        let Some(options) = namespaces() else {
            return Entered::Here(machine(Message::HereRefused.into()));
        };
        match run_inside(&options) {
            Ok(status) => Entered::Done(status),
            Err(_) => Entered::Here(machine(Message::HereRefused.into())),
        }
    }

    fn answers(tool: &str) -> bool {
        quiet(Command::new(tool).arg("-V")).is_some()
    }

    fn quiet(command: &mut Command) -> Option<bool> {
        let silent = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        silent.status().ok().map(|status| status.success())
    }

    /// The first set of options that this user may have: as root as it is, or as a user namespace's root.
    fn namespaces() -> Option<Vec<&'static str>> {
        let own = ["--net", "--mount", "--pid", "--fork", "--kill-child"];
        let users: [&[&str]; 2] = [&[], &["--user", "--map-root-user"]];
        // Whoever may mount a proc of its own may do all that we need.
        let probe = ["mount", "-t", "proc", "proc", "/proc"];
        users
            .into_iter()
            .map(|user| [user, &own].concat())
            .find(|options| {
                quiet(Command::new("unshare").args(options).arg("--").args(probe)) == Some(true)
            })
    }

    /// Runs this program inside, and waits for it: its end is the end of all that it has started.
    fn run_inside(options: &[&str]) -> std::io::Result<u8> {
        let scratch = env::temp_dir().join(format!("checker-{}", process::id()));
        fs::create_dir(&scratch)?;
        let spawned = Command::new("unshare")
            .args(options)
            .arg("--")
            .arg(env::current_exe()?)
            .args(env::args_os().skip(1))
            .env(VARIABLE, &scratch)
            .spawn();
        let mut child = match spawned {
            Ok(child) => child,
            Err(error) => {
                let _ = fs::remove_dir(&scratch);
                return Err(error);
            }
        };
        let pid = child.id();
        let (ended, end) = mpsc::channel();
        let interrupted = ended.clone();
        // Ctrl+C reaches the checker inside as well, which says nothing then.
        let _ = ctrlc::set_handler(move || {
            let _ = interrupted.send(None);
        });
        thread::spawn(move || {
            let _ = ended.send(child.wait().ok());
        });
        let first = end.recv().ok().flatten();
        if first.is_none() {
            // The end of the checker inside, which is its world's first process, is the end of all in it; and
            // unshare waits for that.
            kill(first_child(pid).unwrap_or(pid));
            let _ = end.recv();
        }
        let _ = fs::remove_dir(&scratch);
        let Some(status) = first else {
            println!("checker: interrupted");
            return Ok(130);
        };
        let code = status.code().and_then(|code| u8::try_from(code).ok());
        if code == Some(130) {
            println!("checker: interrupted");
        }
        Ok(code.unwrap_or(130))
    }

    fn first_child(pid: u32) -> Option<u32> {
        let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).ok()?;
        children.split_whitespace().next()?.parse().ok()
    }

    fn kill(pid: u32) {
        use rustix::process::{Pid, Signal, kill_process};
        if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
            let _ = kill_process(pid, Signal::KILL);
        }
    }

    /// Makes the world what the text takes for granted, step by step; tells what is missing.
    fn furnish(scratch: &Path) -> World {
        let mut notes = vec![Text::from(Message::OwnWorld)];
        let furnished = tool("mount", &["-t", "proc", "proc", "/proc"])
            && tool("ip", &["link", "set", "lo", "up"])
            && tool("ip", &["route", "add", "local", "0.0.0.0/0", "dev", "lo"]);
        if !furnished {
            notes.push(Message::OwnAddressesMissing.into());
        }
        // IPv6 may be switched off, and nobody needs it then.
        let ipv6 = tool("ip", &["-6", "route", "add", "local", "::/0", "dev", "lo"]);
        let _ = fs::write("/proc/sys/net/ipv6/ip_nonlocal_bind", "1");
        let _ = fs::write("/proc/sys/net/ipv4/ip_nonlocal_bind", "1");
        let _ = fs::write("/proc/sys/net/ipv4/ip_unprivileged_port_start", "0");
        let mounted = tool(
            "mount",
            &["-t", "tmpfs", "tmpfs", &scratch.to_string_lossy()],
        );
        let sites = [
            furnished.then_some(SITE.into()),
            ipv6.then_some(SITE6.into()),
        ];
        if !mounted || !hosts(scratch, &sites) {
            notes.push(Message::OwnHostsMissing.into());
        }
        if !mounted || overlay(scratch).is_none() {
            notes.push(Message::OwnFolderKept.into());
        }
        World { own: true, notes }
    }

    /// The portals' names lead here.
    fn hosts(scratch: &Path, sites: &[Option<IpAddr>]) -> bool {
        let file = scratch.join("hosts");
        let mut text = String::new();
        for site in sites.iter().flatten() {
            for portal in PORTALS {
                // Before what the machine's own file says of them, if anything.
                let _ = writeln!(text, "{site} {portal}");
            }
        }
        text += &fs::read_to_string("/etc/hosts").unwrap_or_default();
        fs::write(&file, text).is_ok()
            && tool("mount", &["--bind", &file.to_string_lossy(), "/etc/hosts"])
    }

    /// Lays a folder over the current one that takes what is written, and goes with this world.
    fn overlay(scratch: &Path) -> Option<()> {
        let folder = env::current_dir().ok()?;
        let [upper, work] = ["upper", "work"].map(|name| scratch.join(name));
        fs::create_dir(&upper).ok()?;
        fs::create_dir(&work).ok()?;
        let option = |name: &str, path: &PathBuf| {
            let path = path.to_str()?;
            // A comma or a colon would end the path there.
            (!path.contains([',', ':', '\\'])).then(|| format!("{name}={path}"))
        };
        let options = [
            option("lowerdir", &folder)?,
            option("upperdir", &upper)?,
            option("workdir", &work)?,
        ];
        let over = folder.to_str().filter(|path| *path != "/")?;
        if !tool(
            "mount",
            &["-t", "overlay", "overlay", "-o", &options.join(","), over],
        ) {
            return None;
        }
        env::set_current_dir(&folder).ok()
    }

    fn tool(name: &str, arguments: &[&str]) -> bool {
        quiet(Command::new(name).args(arguments)) == Some(true)
    }
}
