//! The generated tables' words in Chinese, for the Chinese page: the figures are the same.

/// What is replaced by what; of two that begin alike, the longer one first.
const WORDS: &[(&str, &str)] = &[
    (
        "| what | who | median | lowest to highest | ours is … times as good | must be | verdict |",
        "| 测什么 | 谁 | 中位数 | 最低到最高 | 本项目是它的几倍好 | 要求 | 结论 |",
    ),
    (
        "| what | seen | must be | verdict |",
        "| 测什么 | 结果 | 要求 | 结论 |",
    ),
    ("| machine |", "| 机器 |"),
    ("| processor |", "| 处理器 |"),
    ("| cores |", "| 核数 |"),
    ("| memory |", "| 内存 |"),
    ("| kernel |", "| 内核 |"),
    ("| not here |", "| 没有 |"),
    ("Goals met: ", "达到要求："),
    (". Not met: ", "；未达到："),
    (
        ". Inconclusive, because the program differed from itself by more than 5 %: ",
        "；无定论（程序与它自己相差 5 % 以上）：",
    ),
    ("**not met**", "**未达到**"),
    ("| met |", "| 达到 |"),
    ("inconclusive", "无定论"),
    ("at least ", "至少 "),
    ("at most ", "至多 "),
    ("| none |", "| 没有 |"),
    ("| all |", "| 全部 |"),
    ("| floor, printing", "| 底线，加上打印"),
    ("| floor", "| 底线"),
    (", floor", "，底线"),
    ("Left out: ", "未测："),
    ("(not installed)", "（没有安装）"),
    (
        "(two processes a client, thousands of times)",
        "（每个客户端要两个进程，成千上万个）",
    ),
    (
        "(this system has no /proc to read it from)",
        "（这个系统没有 /proc 可读）",
    ),
    ("(strace is not installed)", "（没有安装 strace）"),
    ("(strace may not trace here)", "（这里不允许 strace 跟踪）"),
    (
        "(it needs the crates that cargo has already downloaded)",
        "（需要 cargo 已经下载好的依赖）",
    ),
    ("system calls of ", "系统调用："),
    (" system calls |", " 次系统调用 |"),
    ("system calls", "系统调用"),
    (" under strace", "（在 strace 之下）"),
    ("socat and ncat", "socat 和 ncat"),
    ("605,503 bytes", "605,503 字节"),
    (" bytes a receive", " 字节一次接收"),
    ("peak memory, ", "内存峰值，"),
    ("messages/s", "条消息/秒"),
    ("connections/s", "个连接/秒"),
    ("answers/s", "个应答/秒"),
    ("connect, greeting, exit", "连接、问候、exit"),
    (" clients at once, backlog ", " 个客户端同时连接，backlog "),
    ("SYN cookies, ", "SYN cookie，这样的突发 "),
    (" such bursts", " 次"),
    ("| greeted, of ", "| 得到问候的，共 "),
    ("| greeted ", "| 得到问候的："),
    (" not within 5 s", " 个 5 秒内没有"),
    (" at once", " 个立刻"),
    (" crowds |", " 批 |"),
    ("memory for each of ", "每个客户端的内存，共 "),
    (" are greeted", " 个都得到问候为止"),
    ("until ", "到 "),
    (
        "not closed in order after Ctrl+C",
        "Ctrl+C 之后没有正常关闭的",
    ),
    ("Ctrl+C 到 all ", "Ctrl+C 到全部 "),
    (
        " were closed and the server was gone",
        " 个关闭、服务器结束",
    ),
    (
        ": answers that were wrong or took more than a second",
        "：出错或超过一秒的应答",
    ),
    (" clients", " 个客户端"),
    ("1 client", "1 个客户端"),
    (": start 到 ready", "：启动到就绪"),
    (": Ctrl+C 到 gone", "：Ctrl+C 到结束"),
    (", idle for ", "，空闲 "),
    (" ns on a processor, ", " 纳秒占用处理器，"),
    (" times given one", " 次得到处理器"),
    ("the five programs from nothing, ", "从零编译五个程序，"),
    ("size of ", "大小："),
    (", release", "，release"),
    (
        "Ours against the floor: how many times as good",
        "与底线相比：是它的几倍好",
    ),
    (
        "Ours against Python: how many times as good",
        "与 Python 相比：是它的几倍好",
    ),
    (
        "Ours against curl: how many times as good",
        "与 curl 相比：是它的几倍好",
    ),
    ("times as good", "倍"),
    (" after ", " 个在这之后："),
    (" to ", " 到 "),
    (" in ", "，"),
];

/// The same part in Chinese.
pub fn chinese(part: &str) -> String {
    WORDS
        .iter()
        .fold(part.to_owned(), |text, (english, chinese)| {
            text.replace(english, chinese)
        })
}
