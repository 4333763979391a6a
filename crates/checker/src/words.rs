//! All that the checker says, in both languages, side by side.
//!
//! A message without its Chinese does not compile; that both have the same `{placeholders}`, a test asks.

use std::env;
use std::fmt::Display;

/// A language that the checker speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Language {
    En,
    Zh,
}

impl Language {
    /// The other one.
    pub fn other(self) -> Self {
        match self {
            Self::En => Self::Zh,
            Self::Zh => Self::En,
        }
    }

    /// What the system's settings ask for: the first of them that is set decides.
    pub fn of_the_system() -> Self {
        let names = ["LC_ALL", "LC_MESSAGES", "LANG"];
        let set = names.iter().filter_map(|name| env::var(name).ok());
        let first = set.into_iter().find(|value| !value.is_empty());
        if first.is_some_and(|value| value.to_lowercase().starts_with("zh")) {
            Self::Zh
        } else {
            Self::En
        }
    }
}

/// A message with what stands in its placeholders, in no language yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    message: Message,
    values: Vec<(&'static str, Value)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    Plain(String),
    Text(Text),
}

impl Text {
    /// Fills one more placeholder.
    pub fn with(mut self, name: &'static str, value: impl Display) -> Self {
        self.values.push((name, Value::Plain(value.to_string())));
        self
    }

    /// Fills a placeholder with another message.
    pub fn with_text(mut self, name: &'static str, value: impl Into<Text>) -> Self {
        self.values.push((name, Value::Text(value.into())));
        self
    }

    /// The message in a language.
    pub fn render(&self, language: Language) -> String {
        let (en, zh) = self.message.texts();
        let mut rest = if language == Language::En { en } else { zh };
        let mut text = String::new();
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            text.push_str(before);
            match self.values.iter().find(|(known, _)| *known == name) {
                Some((_, Value::Plain(value))) => text.push_str(value),
                Some((_, Value::Text(value))) => text.push_str(&value.render(language)),
                None => debug_assert!(false, "{:?} has no {name}", self.message),
            }
            rest = after;
        }
        text + rest
    }
}

impl From<Message> for Text {
    fn from(message: Message) -> Self {
        Self {
            message,
            values: Vec::new(),
        }
    }
}

impl Message {
    /// Fills a placeholder.
    pub fn with(self, name: &'static str, value: impl Display) -> Text {
        Text::from(self).with(name, value)
    }
}

macro_rules! messages {
    ($($name:ident $en:literal $zh:literal)*) => {
        /// What the checker may say.
        #[allow(dead_code)] // each system has something of its own to say: a test looks for what nobody says
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Message { $($name),* }

        impl Message {
            /// Each of them.
            #[cfg(test)]
            pub const ALL: &[Self] = &[$(Self::$name),*];

            fn texts(self) -> (&'static str, &'static str) {
                match self { $(Self::$name => ($en, $zh)),* }
            }
        }
    };
}

messages! {
    // --- The report's own words
    Ok "ok" "正确"
    Fault "FAULT" "错误"
    NotReached "not reached" "未检查"
    Yours "yours: " "你的写法："
    Beyond "beyond the tutorial: " "教程之外："
    FaultHeading "FAULT {name} (step {number})" "错误 {name}（第 {number} 步）"
    TheChecker "the checker:            " "检查程序："
    WhatCame "what came:              " "结果："
    TheTutorial "the tutorial's program: " "教程的程序："
    Task "task: " "任务："
    TheTask "the task:               " "任务要求："
    MostLikely "most likely:            " "最可能的原因："
    Read "read:                   " "参阅："
    YourProgramPrinted "your program printed:" "你的程序输出："

    // --- Where it runs
    OwnWorld
        "Your program runs in a world of its own: all addresses and ports are free, and files that it saves in this folder are thrown away."
        "你的程序运行在独立环境中：所有地址和端口均可使用，它在本文件夹保存的文件会被丢弃。"
    OwnAddressesMissing
        "This system lets the checker set up no addresses: the text's addresses may be out of reach."
        "本系统不允许设置地址：教程中的地址可能无法访问。"
    OwnHostsMissing
        "Web sites could not be led to the checker's own web server."
        "无法把网站域名指向检查程序自己的网页服务器。"
    OwnFolderKept
        "What your program saves in this folder stays there."
        "你的程序在本文件夹保存的文件会保留。"
    HereAsked
        "Your program runs on this machine itself, as --here asks: packets cannot be seen, and files that it saves stay."
        "按 --here 的要求，你的程序直接在本机运行：无法观察数据包，它保存的文件会保留。"
    HereOtherSystem
        "Your program runs on this machine itself (a world of its own needs Linux): packets cannot be seen, and files that it saves stay."
        "你的程序直接在本机运行（独立环境需要 Linux）：无法观察数据包，它保存的文件会保留。"
    HereNoTool
        "Your program runs on this machine itself, as `{tool}` is not installed (util-linux, iproute2): packets cannot be seen, and files that it saves stay."
        "本机没有安装 `{tool}`（util-linux、iproute2），你的程序直接在本机运行：无法观察数据包，它保存的文件会保留。"
    HereRefused
        "Your program runs on this machine itself, as this user may not make namespaces: packets cannot be seen, and files that it saves stay."
        "当前用户不能创建命名空间，你的程序直接在本机运行：无法观察数据包，它保存的文件会保留。"

    // --- The steps of tcp-server
    TcpServerSocket "create a TCP socket" "创建 TCP socket"
    TcpServerBind "bind it to an address" "绑定地址"
    TcpServerListen "listen for connections" "监听连接"
    TcpServerThreads "talk to a second client while the first one is silent" "第一个客户端不说话时，也能为第二个客户端服务"
    TcpServerWelcome "welcome the client" "发送欢迎消息"
    TcpServerGreets "greet each name" "回答每个名字"
    TcpServerExit "end the talk at `exit`" "收到 `exit` 后结束对话"
    TcpServerHangUp "end the talk when the client hangs up" "客户端断开后结束对话"
    TcpServerClose "close the connection" "关闭连接"

    // --- The steps of udp-server
    UdpServerSocket "create a UDP socket" "创建 UDP socket"
    UdpServerBind "bind it to an address" "绑定地址"
    UdpServerReceive "receive a datagram from anyone" "接收任何人发来的数据报"
    UdpServerAnswer "send the greeting back to where it came from" "把问候发回给发送者"
    UdpServerGoesOn "go on with the next datagram" "继续处理下一个数据报"

    // --- The steps of tcp-client
    TcpClientSocket "create a TCP socket" "创建 TCP socket"
    TcpClientConnect "connect to the server" "连接服务器"
    TcpClientWelcome "wait for the welcome before it says anything" "先等欢迎消息，再说话"
    TcpClientNames "send a name, and wait for the answer before the next" "发送一个名字，收到回答后再发下一个"
    TcpClientShows "show the answers" "显示收到的回答"
    TcpClientExit "say `exit`, or hang up" "发送 `exit`，或者直接断开"
    TcpClientClose "close the connection, and end" "关闭连接并结束"

    // --- The steps of udp-client
    UdpClientSocket "create a UDP socket" "创建 UDP socket"
    UdpClientSends "send each name to the server" "向服务器发送每个名字"
    UdpClientShows "receive the answers, and show them" "接收并显示回答"
    UdpClientCloses "close the socket, and end" "关闭 socket 并结束"

    // --- The steps of http-fetch
    HttpSocket "create a TCP socket" "创建 TCP socket"
    HttpConnect "connect to the web server" "连接网页服务器"
    HttpRequest "send the request" "发送请求"
    HttpReceives "receive until the server closes the connection" "一直接收，直到服务器关闭连接"
    HttpCloses "close the connection, and end" "关闭连接并结束"
    HttpShows "print the header" "打印响应头"
    HttpSaves "save the page" "保存网页"

    // --- What the check of http-fetch says
    HttpNotSeen "Your program goes to the real web site, where the checker cannot see what the two say. To have it checked, let it connect to 127.0.0.1, port 8080, for once." "你的程序连接的是真实的网站，检查程序看不到双方的对话。要检查它，请暂时让它连接 127.0.0.1 的 8080 端口。"
    HttpTls "Your program speaks TLS, which is https. The checker speaks plain HTTP: let your program connect to port 80." "你的程序使用 TLS，也就是 https。检查程序只会普通的 HTTP：请让你的程序连接 80 端口。"
    HttpTooManyFiles "There are too many files in this folder to find the one that your program saves: start the checker in an empty folder." "本文件夹中文件太多，找不到你的程序保存的文件：请在空文件夹中启动检查程序。"
    DidWaitRequest "accepted your program's connection and waited for its request" "接受了你的程序的连接，等待它的请求"
    DidSendHeader "sent the header {bytes}" "发送了响应头 {bytes}"
    DidSendPage "sent the header and a page of {length} bytes, in pieces, and closed the connection" "分多次发送了响应头和 {length} 字节的网页，然后关闭了连接"
    DidSendPageOpen "sent the header and a page of {length} bytes, in pieces; the connection stays open, as nobody asked to close it" "分多次发送了响应头和 {length} 字节的网页；没有人要求关闭，所以连接保持打开"
    DidLookForFiles "looked for the files that your program wrote" "查找你的程序写入的文件"
    CameNoSuchName "your program asks for the address of `{name}`, and nobody knows that name" "你的程序查询 `{name}` 的地址，但是没有这个域名"
    CameKnock "your program knocks at {address}, where no web server is" "你的程序连接 {address}，那里没有网页服务器"
    CameStops "your program closed the connection before it had received everything" "你的程序没有接收完就关闭了连接"
    CameStopsSaved "your program closed the connection before it had received everything, and saved {length} of {all} bytes" "你的程序没有接收完就关闭了连接，{all} 字节只保存了 {length} 字节"
    CameTooMany "your program's own split gave more than two parts: the page has a blank line inside" "你的程序的 split 得到两个以上的部分：网页内部也有空行"
    CameHeaderNotShown "your program printed none of it" "你的程序没有打印其中任何内容"
    CameNoFile "no file" "没有任何文件"
    CameEmptyFile "the file {file} is empty" "文件 {file} 是空的"
    CameDiffers "{file} has {length} bytes, the page {all}; the first one that differs is number {at}: {found}, where the page has {expected}" "{file} 有 {length} 字节，网页有 {all} 字节；从第 {at} 个字节开始不同：文件中是 {found}，网页中是 {expected}"
    TutorialPort80 "connects to port 80, the port of the web" "连接 80 端口，即网页服务的端口"
    TutorialRequest "sends b'GET / HTTP/1.1\\r\\nHost: www.sina.com.cn\\r\\nConnection: close\\r\\n\\r\\n'" "发送 b'GET / HTTP/1.1\\r\\nHost: www.sina.com.cn\\r\\nConnection: close\\r\\n\\r\\n'"
    TutorialReceives "calls recv in a loop until it returns b''" "在循环里调用 recv，直到它返回 b''"
    TutorialShowsHeader "prints what stands before the first blank line" "打印第一个空行之前的内容"
    TutorialSaves "writes all the bytes after the first blank line, as they came, into sina.html" "把第一个空行之后的全部字节原样写入 sina.html"
    CameUdpSocket "your program runs and sends nothing; it holds a UDP socket" "你的程序在运行，但没有发送任何数据；它打开的是 UDP socket"
    CameBrokenPipe "your program wanted to send through a TCP socket that is not connected, and the system ended that" "你的程序想通过没有连接的 TCP socket 发送，被系统中止"
    WhyNotConnected "connect is missing before the first send or recv, or its parentheses are" "第一次 send 或 recv 之前缺少 connect，或者 connect 少了括号"
    WhyTextFile "the file is open for text, and recv returned bytes: open it with 'wb'" "文件以文本方式打开，而 recv 返回的是 bytes：请用 'wb' 打开"
    AdviceFile "the file cannot be opened: its folder does not exist, or nobody may write there; a plain 'sina.html' is saved in this folder" "无法打开文件：文件夹不存在，或者没有写权限；只写 'sina.html' 会保存在本文件夹"
    WhyPort80 "the port in connect is not 80" "connect 里的端口不是 80"
    WhyNoSuchSite "the host in connect is misspelled, or it is more than a name: write 'www.sina.com.cn', without http:// and without a path" "connect 里的域名拼写有误，或者多写了内容：只写 'www.sina.com.cn'，不要 http://，也不要路径"
    WhyHostSpelled "`{name}` is misspelled: did you mean `{other}`?" "`{name}` 拼写有误：是不是 `{other}`？"
    WhyRequestMissing "send is missing, or recv stands before it: in HTTP the client speaks first" "没有调用 send，或者 recv 写在了它前面：HTTP 由客户端先说话"
    WhyNoBlankLine "the request has no end: after its last line, an empty line is missing, so write \\r\\n\\r\\n there" "请求没有结束：最后一行之后缺少空行，应写 \\r\\n\\r\\n"
    WhyLineEnds "each line of a request ends with \\r\\n: carriage return, then line feed, with backslashes, in a string without r in front" "请求的每一行都以 \\r\\n 结束：先回车，后换行；用反斜杠书写，字符串前面不要加 r"
    WhyRequestLine "the first line is `{line}`: it must be GET, a space, a path that begins with /, a space, and HTTP/1.1" "第一行是 `{line}`：应为 GET、空格、以 / 开头的路径、空格、HTTP/1.1"
    WhyFieldLine "the line `{line}` is not a name, a colon at once, and a value" "`{line}` 这一行不符合格式：名称，紧跟冒号，然后是值"
    WhyNoHost "HTTP/1.1 wants the line `Host: www.sina.com.cn`, with the name of the site and nothing else" "HTTP/1.1 要求有 `Host: www.sina.com.cn` 这一行，只写网站的域名"
    WhyNoConnectionClose "the line `Connection: close` is missing or misspelled: without it the server keeps the connection open, and recv waits for ever" "缺少 `Connection: close` 这一行，或者拼写有误：没有它，服务器不会关闭连接，recv 会一直等待"
    WhyStopsEarly "recv is called once, or the loop ends too soon: a recv returns what has arrived, not all; go on until it returns b''" "只调用了一次 recv，或者循环结束得太早：recv 返回的是已到达的部分，不是全部；要一直接收到它返回 b''"
    WhyHangsHttp "the loop does not end: leave it when recv returns b'' (if not d: break)" "循环没有结束：recv 返回 b'' 时要退出（if not d: break）"
    WhyRunsOn "something after the loop waits for ever" "循环之后的某条语句一直在等待"
    WhyHeaderNotShown "print is missing: print(header.decode('utf-8'))" "缺少 print：print(header.decode('utf-8'))"
    WhyNotSaved "open and write are missing, or they stand where they are never reached, perhaps within a comment or a string" "缺少 open 和 write，或者它们永远不会执行，例如写在注释或字符串里"
    WhyJoined "the pieces are joined with {bytes} between them: write b''.join(buffer)" "各部分之间用 {bytes} 连接：应写 b''.join(buffer)"
    WhyHeaderSaved "the header is saved, too: write only what stands after the first blank line" "响应头也被保存了：只写入第一个空行之后的内容"
    WhyBytesAsText "the bytes were turned into text with str(): open the file with 'wb' and write the bytes themselves" "用 str() 把 bytes 变成了文本：用 'wb' 打开文件，直接写入 bytes"
    WhyTextMode "the line ends were changed on the way: open the file with 'wb' and write the bytes themselves" "换行符被改变了：用 'wb' 打开文件，直接写入 bytes"
    WhyOtherEncoding "the bytes were decoded and encoded in another way: open the file with 'wb' and write the bytes themselves" "bytes 先解码，再用另一种编码写入：用 'wb' 打开文件，直接写入 bytes"
    WhySplitEverywhere "it splits at every blank line: split(b'\\r\\n\\r\\n', 1) splits at the first one only" "在每个空行处都分割了：split(b'\\r\\n\\r\\n', 1) 只在第一个空行处分割"
    WhyBlankLineInside "the blank line after the header is saved, too" "响应头之后的空行也被保存了"
    WhyEndMissing "the end is missing: not all pieces are joined" "缺少末尾：没有把所有部分连接起来"
    WhyStartMissing "the beginning is missing: each piece replaces the one before it, or open(..., 'wb') stands in the loop" "缺少开头：后一部分覆盖了前一部分，或者 open(..., 'wb') 写在了循环里"
    WhyMoreThanThePage "the page is there, and more: the file is opened with 'ab', or written more than once" "除了网页还有别的内容：文件用 'ab' 打开，或者写了多次"
    WhyDiffers "the bytes are changed between recv and write" "从 recv 到 write 之间，字节被改变了"
    ReadHttpFetch "docs/http-fetch.md, step {step}" "docs/zh-CN/http-fetch.md，第 {step} 步"
    YoursHost "it asks for the page of {host}" "它请求的是 {host} 的网页"
    YoursStatus "it ends with the exit status {code}; 0 says that all went well" "它以退出码 {code} 结束；0 表示一切正常"

    // --- What the checks of clients say
    ToEveryone "Your program sends to everyone, at {address}, where the checker cannot answer: let it send to 127.0.0.1:9999." "你的程序向所有人发送（{address}），检查程序无法在那里回答：请改为向 127.0.0.1:9999 发送。"
    NoDoor "The checker could not wait at {address} for your program: {error}. Is a server of yours running there? End it first." "检查程序无法在 {address} 等待你的程序：{error}。你的服务器是否正在那里运行？请先结束它。"
    PortTaken "Another program waits at {address} already. Here the checker cannot tell the two apart: end that one first." "另一个程序已经在 {address} 等待。检查程序在这里分不清两者：请先结束那个程序。"
    KnocksElsewhere "Your program goes to another address than 127.0.0.1:9999. Without a world of its own the checker cannot see where." "你的程序连接的不是 127.0.0.1:9999。没有独立环境，检查程序看不到它连接哪里。"
    DidAcceptOnly "accepted your program's connection, and sent nothing yet" "接受了你的程序的连接，还没有发送任何内容"
    DidNotAnswer "received your program's message, and did not answer yet" "收到你的程序的消息，还没有回答"
    DidWelcome "accepted the connection and sent b'Welcome!'" "接受连接并发送 b'Welcome!'"
    DidWaitClient "sent all that it had to say, and waited {seconds} s for your program" "该发送的都发送了，又等了你的程序 {seconds} 秒"
    DidCloseClient "ended the talk, as the server does" "像服务器那样结束了对话"
    DidAnswers "answered {count} messages with b'Hello, ...!'" "用 b'Hello, ...!' 回答了 {count} 条消息"
    CameNoSuchHost "your program says that it cannot find the server's name" "你的程序提示找不到服务器的域名"
    CameNoPacket "your program runs, and sends nothing to anyone" "你的程序在运行，但没有向任何人发送数据"
    CameDatagram "your program sent a UDP datagram to {address}" "你的程序向 {address} 发送了 UDP 数据报"
    CameTcpKnock "your program opened a TCP connection to {address}" "你的程序向 {address} 发起了 TCP 连接"
    CameNoName "no name" "没有收到名字"
    CameRunsOn "your program runs on" "你的程序没有结束"
    CameTalksOn "{count} messages, and neither `exit` nor the end of the connection" "{count} 条消息，既没有 `exit`，也没有断开"
    CameNoneShown "your program ended, and had printed none of the answers" "你的程序结束了，却没有显示任何回答"
    TutorialConnects "goes to the server at once" "启动后立刻联系服务器"
    TutorialWaitsWelcome "receives the welcome first: the server speaks first" "先接收欢迎消息：由服务器先说话"
    TutorialWaitsAnswer "receives the answer to a name before it sends the next" "收到一个名字的回答之后才发送下一个"
    TutorialNames "sends b'Michael', then b'Tracy' and b'Sarah'" "发送 b'Michael'，然后是 b'Tracy' 和 b'Sarah'"
    TutorialSaysExit "sends b'exit' and closes" "发送 b'exit' 并关闭"
    TutorialShows "prints each answer" "打印每个回答"
    TutorialEnds "closes its socket and ends" "关闭 socket 并结束"
    WhyNoSuchHost "the server's name is misspelled in connect" "connect 里服务器的域名拼写有误"
    WhyDoesNotConnect "connect or sendto is not called, or something before it waits for ever" "没有调用 connect 或 sendto，或者前面的语句一直在等待"
    WhyNoWaitWelcome "send stands before the first recv: each later answer is then one too early" "send 写在第一次 recv 之前：之后每次收到的都是上一条回答"
    WhyNoWaitAnswer "recv is missing in the loop: put one after each send" "循环里缺少 recv：每次 send 之后都要 recv"
    WhyNoNames "the loop that sends the names is missing, or it is never entered" "缺少发送名字的循环，或者从未进入循环"
    WhyNoExit "send(b'exit') and close() are missing, or something before them waits for ever" "缺少 send(b'exit') 和 close()，或者前面的语句一直在等待"
    WhyAsksOn "the loop that asks has no end: leave it after `exit` (if data == 'exit': break), and close" "询问输入的循环没有结束：输入 `exit` 后要退出循环（if data == 'exit': break），然后 close"
    WhyHangs "a recv waits for something that the server never sends: count the recv calls, one for the welcome and one for each answer" "某个 recv 在等待服务器永远不会发送的内容：数一数 recv，欢迎消息一次，每个回答一次"
    WhyNotShown "recv is called, but its result is not printed: print(s.recv(1024).decode('utf-8')); or there is no recv" "调用了 recv，却没有打印结果：print(s.recv(1024).decode('utf-8'))；或者没有调用 recv"
    ReadTcpClient "docs/tcp-client.md, step {step}" "docs/zh-CN/tcp-client.md，第 {step} 步"
    ReadUdpClient "docs/udp-client.md, step {step}" "docs/zh-CN/udp-client.md，第 {step} 步"
    YoursServer "it goes to {address}; the text's is {text}" "它连接 {address}；教程用的是 {text}"
    YoursNoExit "it leaves without `exit`, and closes" "它没有发送 `exit` 就关闭了连接"
    YoursOwnWords "it prints words of its own, not the answers as they came" "它打印的是自己的文字，不是原样的回答"
    AsksForMore "it waits at its keyboard for words that the checker does not know: how it goes on was not checked" "它在等待键盘输入，而检查程序不知道该输入什么：之后的部分没有检查"
    YoursCtrlC "it goes on until Ctrl+C, and ends then" "它一直运行，直到按下 Ctrl+C 才结束"
    YoursText003Client "this is text 003's client: it speaks first, gets one answer, and leaves" "这是教程文本 003 的客户端：它先说话，得到一个回答就离开"

    // --- A pair: the learner's server with the learner's client
    PairListens "the server waits for clients" "服务器等待客户端"
    PairMeets "the client comes to the server" "客户端找到服务器"
    PairTalks "they talk" "双方对话"
    PairEnds "the client ends" "客户端结束"
    DidPair "started your server, then your client, and watched them until nothing had happened for {seconds} s" "启动你的服务器，再启动你的客户端，一直观察到 {seconds} 秒内没有任何动静"
    DidPairServer "started your server" "启动了你的服务器"
    DidPairClient "started your server, and then your client" "启动了你的服务器，再启动你的客户端"
    CamePairElsewhere "your server waits at {server} ({waits}), and your client goes to {client} ({goes})" "你的服务器在 {server}（{waits}）等待，你的客户端却去找 {client}（{goes}）"
    CamePairNothing "your client came and left, and nobody said anything" "你的客户端来了又走，双方什么都没说"
    CamePairBoth "nobody has said anything: your server waits for your client, and your client waits for your server" "谁都没有说话：服务器在等客户端，客户端也在等服务器"
    CamePairServer "the last message is your client's, {bytes}: your client waits for your server, which does not answer" "最后一条消息来自客户端：{bytes}；客户端在等服务器，而服务器没有回答"
    CamePairClient "the last message is your server's, {bytes}: your server waits for your client, which says nothing more and does not end" "最后一条消息来自服务器：{bytes}；服务器在等客户端，而客户端不再说话，也没有结束"
    CamePairUnseen "your client runs on; packets cannot be seen here" "你的客户端没有结束；这里无法观察数据包"
    TutorialPair "the server speaks first (UDP: the client does), and then each waits for the other's answer in turn" "服务器先说话（UDP 是客户端先），然后双方轮流等待对方的回答"
    WhyPairAddress "the two have different addresses or ports: bind and connect (or sendto) need the same" "双方的地址或端口不同：bind 与 connect（或 sendto）应当一致"
    WhyPairBoth "both call recv first: one of them has to send first" "双方都先调用 recv：必须有一方先发送"
    WhyPairServer "your server waits for more than this, such as a line end or a length, or it sends nothing back" "服务器还在等更多内容，例如换行或固定长度；或者它没有发回任何内容"
    WhyPairClient "your client waits for one message more than your server sends: count the recv calls" "客户端等待的消息比服务器发送的多一条：数一数 recv"
    WhyPairUnseen "one of the two waits for something that the other does not send" "其中一方在等待另一方不会发送的内容"
    YoursPair "your client sent {client} packets with data, your server {server}" "客户端发送了 {client} 个带数据的包，服务器发送了 {server} 个"
    ReadPair "docs/{kind}-server.md and docs/{kind}-client.md" "docs/zh-CN/{kind}-server.md 和 docs/zh-CN/{kind}-client.md"

    // --- What the checker did
    DidStart "started your program" "启动了你的程序"
    DidStartAndLook "started your program and looked for {seconds} s for a port at which it waits" "启动了你的程序，并用 {seconds} 秒寻找它等待的端口"
    DidConnect "connected to {address} and waited up to {seconds} s" "连接 {address}，最多等待 {seconds} 秒"
    DidConnectAgain "connected to {address} once more, after the first client had gone" "在第一个客户端离开之后，再次连接 {address}"
    DidSend "sent {bytes} and waited up to {seconds} s for an answer" "发送 {bytes}，最多等待 {seconds} 秒"
    DidHangUp "closed its connection to {address} without `exit`" "没有发送 `exit` 就关闭了到 {address} 的连接"
    DidTwo "kept one client connected and silent, connected a second one, and waited up to {seconds} s" "让一个客户端保持连接但不说话，再连接第二个客户端，最多等待 {seconds} 秒"
    DidUdpFrom "sent {bytes} from {from} to {address} and waited up to {seconds} s" "从 {from} 向 {address} 发送 {bytes}，最多等待 {seconds} 秒"

    // --- What came
    CameNothing "nothing" "什么都没有收到"
    CameBytes "{bytes}" "{bytes}"
    CameClosed "the end of the connection" "连接被关闭"
    CameBytesThenClosed "{bytes}, then the end of the connection" "{bytes}，然后连接被关闭"
    CameRefused "the connection was refused: {error}" "连接被拒绝：{error}"
    CameEnded "your program ended ({status})" "你的程序结束了（{status}）"
    CameError "{error}, {place}" "{error}，{place}"
    CameErrorNoPlace "{error}" "{error}"
    PlaceLine "{file}, line {line}: {code}" "{file} 第 {line} 行：{code}"
    CameNoCommand "the system says: {error}" "系统提示：{error}"
    CameNoPort "your program runs, and waits nowhere" "你的程序在运行，但没有在任何端口等待"
    CameUdpPort "your program waits for UDP datagrams at {address}" "你的程序在 {address} 等待 UDP 数据报"
    CameTcpPort "your program listens for TCP connections at {address}" "你的程序在 {address} 监听 TCP 连接"
    CameSecondLater "nothing, until the first client hung up: then the second one got {bytes}" "什么都没有；直到第一个客户端断开，第二个才收到 {bytes}"
    CameBusy "no client is there, and your program used {percent} % of a processor" "没有任何客户端，你的程序却占用了 {percent}% 的处理器"
    CameStillOpen "the connection stayed open" "连接没有关闭"
    CameBytesStillOpen "{bytes}, and the connection stayed open" "{bytes}，而且连接没有关闭"
    CameExitIgnored "no answer; but the connection stayed open, and the next name was greeted" "没有回答；但是连接没有关闭，而且下一个名字得到了问候"
    CameElsewhere "an answer went to {to}, not to {from}" "回答发给了 {to}，而不是 {from}"
    CameWelcomeLate "no welcome; only after the checker had sent a name: {bytes}" "没有欢迎消息；检查程序发送名字之后才收到：{bytes}"

    // --- What the tutorial's program does
    TutorialRuns "starts and goes on until Ctrl+C" "启动后一直运行，直到按下 Ctrl+C"
    TutorialStarts "starts without an error" "启动时不出错"
    TutorialNoError "meets no error here" "在这里不会出错"
    TutorialListens "waits on 127.0.0.1:9999" "在 127.0.0.1:9999 等待"
    TutorialTcp "uses SOCK_STREAM, which is TCP" "使用 SOCK_STREAM，也就是 TCP"
    TutorialUdp "uses SOCK_DGRAM, which is UDP" "使用 SOCK_DGRAM，也就是 UDP"
    TutorialWelcome "sends b'Welcome!' at once, before the client says anything" "连接后立刻发送 b'Welcome!'，不等客户端说话"
    TutorialGreets "answers {bytes}" "回答 {bytes}"
    TutorialExit "closes the connection, and does not greet `exit`" "关闭连接，不回答 `exit`"
    TutorialManyClients "starts a thread for each connection, and goes back to accept" "为每个连接创建一个线程，然后回去继续 accept"
    TutorialGoesOn "goes on and accepts the next client" "继续运行，接受下一个客户端"
    TutorialGoesOnUdp "goes on and receives the next datagram" "继续运行，接收下一个数据报"
    TutorialTalksOn "keeps the connection open until `exit`" "在收到 `exit` 之前保持连接"
    TutorialHangUp "sees recv return b'' and leaves its loop" "recv 返回 b''，退出循环"
    TutorialAnswersSender "answers to the address that recvfrom returned" "回答发往 recvfrom 返回的地址"

    // --- Why, most likely
    WhyNoCommand "the name is misspelled, the file is not in this folder, or it has no execute bit" "命令名拼错、文件不在本文件夹，或者没有执行权限"
    WhyPython2 "the program is written for Python 2, and runs under Python 3: write print(...), and bytes as b'...'" "程序是按 Python 2 写的，却用 Python 3 运行：请写 print(...)，字节串写成 b'...'"
    WhySyntax "Python cannot read this line, or the one before it: look for a missing bracket, quote, colon or indent" "Python 无法读懂这一行或上一行：检查是否缺少括号、引号、冒号或缩进"
    WhyFullWidth "`{char}` is a Chinese punctuation mark: Python reads only the half-width ones, such as ( ) , : ' and \"" "`{char}` 是中文标点：Python 只认半角的 ( ) , : ' 和 \" 等符号"
    WhyTabs "tabs and spaces are mixed at the beginnings of the lines: take four spaces everywhere" "行首混用了制表符（Tab）和空格：请一律使用四个空格"
    WhyIndent "this line begins too far to the right or to the left: what stands under a colon begins four spaces further right, all lines alike" "这一行的缩进不对：冒号下面的各行都应向右缩进四个空格，并且对齐"
    WhyEncoding "the file is not saved as UTF-8: save it as UTF-8, or name its encoding in the first line, as in # -*- coding: gbk -*-" "文件不是用 UTF-8 保存的：请存为 UTF-8，或者在第一行写明编码，例如 # -*- coding: gbk -*-"
    WhyOwnModule "Python takes your file {file} for its own module `{module}`: give your file another name, and remove the folder __pycache__" "Python 把你的文件 {file} 当成了模块 `{module}`：请给文件换一个名字，并删除 __pycache__ 文件夹"
    WhyStarImport "after `from socket import *`, `socket` is the class itself: write socket(AF_INET, SOCK_STREAM), or `import socket` at the top" "写了 `from socket import *` 之后，`socket` 就是类本身：应写 socket(AF_INET, SOCK_STREAM)，或者在开头改写 `import socket`"
    WhyNameImport "the line `import {name}` is missing at the top" "开头缺少 `import {name}`"
    WhyNameSpelled "`{name}` is misspelled: did you mean `{other}`?" "`{name}` 拼写有误：是不是 `{other}`？"
    WhyNameLate "`{name}` is defined in line {line}, after the loop that never ends: move the `def` above the loop" "`{name}` 在第 {line} 行才定义，而前面的循环永不结束：请把 `def` 移到循环之前"
    WhyNameLateCall "`{name}` is defined in line {line}, after the line that uses it: move the `def` up" "`{name}` 在第 {line} 行才定义，却在此之前就使用了：请把 `def` 往上移"
    WhyName "`{name}` is defined nowhere: an import is missing, or the name is misspelled" "`{name}` 没有定义：缺少 import，或者名字拼错"
    WhyTwoValues "a {kind} has no `{name}`: accept and recvfrom return two values, so write sock, addr = s.accept() and data, addr = s.recvfrom(1024)" "{kind} 没有 `{name}`：accept 和 recvfrom 返回两个值，应写 sock, addr = s.accept() 和 data, addr = s.recvfrom(1024)"
    WhyKind "the value before `.{name}` is a {kind}, which has no `{name}`: look at where it comes from" "`.{name}` 前面的值是 {kind}，它没有 `{name}`：请看这个值从哪里来"
    WhyModule "there is no module `{name}` here: the name is misspelled, or it is not installed" "这里没有模块 `{name}`：名字拼错，或者没有安装"
    WhyTuple "an address is one argument, a tuple: write two pairs of parentheses, as in bind(('127.0.0.1', 9999))" "地址是一个参数，即一个 tuple：要写两层括号，例如 bind(('127.0.0.1', 9999))"
    WhyBytes "a socket carries bytes, not str: send b'...' or text.encode('utf-8'), and decode('utf-8') what recv returns" "socket 传送的是 bytes，不是 str：发送 b'...' 或 text.encode('utf-8')，接收后再 decode('utf-8')"
    WhyEndsAtOnce "nothing is called: the functions are defined, and no line outside of them starts one; or the loop is missing" "没有调用任何函数：只定义了函数，函数之外没有一行调用它；或者缺少循环"
    WhyCrash "the error above ended the program; the line that it names is the place to look at" "上面的错误使程序结束：请看它指出的那一行"
    WhyInUse "the address is bound already: by this program, a second time, or by another one" "地址已被绑定：本程序绑定了两次，或者被另一个程序占用"
    WhyNotPermitted "ports below 1024 need a privilege here: take a larger one" "在这里，小于 1024 的端口需要管理员权限：请换一个大一些的端口"
    WhyWrongSocket "the second argument of socket.socket is the other kind: SOCK_STREAM is TCP, SOCK_DGRAM is UDP" "socket.socket 的第二个参数写成了另一种类型：SOCK_STREAM 是 TCP，SOCK_DGRAM 是 UDP"
    WhyNotListening "bind and listen are not called, or something before them waits for ever" "没有调用 bind 和 listen，或者前面的语句一直在等待"
    WhyNotBound "bind is not called, or something before it waits for ever" "没有调用 bind，或者前面的语句一直在等待"
    WhyNoWelcome "nothing is sent before the first recv, so both sides wait for each other; or the thread is made, and start() is not called" "第一次 recv 之前没有 send，于是双方互相等待；或者创建了线程却没有调用 start()"
    WhyWelcomeOnce "only the first client is welcomed: the welcome stands outside of what is done for each client, or a condition is true once only" "只有第一个客户端得到了欢迎：欢迎语不在每个客户端都执行的代码里，或者某个条件只成立一次"
    WhyWelcomeAfter "recv stands before the first send: the tutorial's client waits for the welcome before it says a name" "recv 写在第一次 send 之前：教程的客户端要先收到欢迎消息才会发送名字"
    WhyNoAnswer "your program waits for more: a line end, a certain length, or the end of the connection; or it sends nothing back" "你的程序还在等待更多数据：换行、固定长度或连接结束；或者它没有把回答发回来"
    WhyNoAnswerLine "your program waits for a line end (readline): it answered once the checker had sent one" "你的程序在等待换行（readline）：检查程序补发换行之后才得到回答"
    WhyShared "two clients share one variable, such as self.conn or a global: the second one's connection has taken the place of the first one's; hand each connection to its own thread, as in args=(sock, addr)" "两个客户端共用了一个变量（例如 self.conn 或全局变量）：第二个连接顶替了第一个；应把每个连接交给它自己的线程，例如 args=(sock, addr)"
    WhyExitNowhere "the program looks for no `exit`: compare what recv returned with it, and leave the loop" "程序没有检查 `exit`：应把 recv 返回的内容与它比较，相等时退出循环"
    WhyWrongAnswer "the answer is not built from what recv returned" "回答没有用到 recv 返回的内容"
    WhyBytesInText "bytes are put into a text with %s or str(): decode them first, as in data.decode('utf-8')" "用 %s 或 str() 把 bytes 直接放进了文本：请先 data.decode('utf-8')"
    WhyOneAtATime "the main loop talks to one client to the end before it accepts the next. Reasons: no thread; target=talk(...) calls the function, target=talk passes it; run() instead of start(); join() at once" "主循环与一个客户端谈完才接受下一个。原因：没有线程；target=talk(...) 是调用，target=talk 才是传入；用了 run() 而不是 start()；立刻 join()"
    WhyServesOnce "accept is not in a loop, or the loop is left after the first client" "accept 不在循环里，或者第一个客户端之后就退出了循环"
    WhyExitGreeted "the comparison is never true: compare text with text, data.decode('utf-8') == 'exit', or bytes with bytes, data == b'exit'" "比较永远不成立：应当用文本比文本 data.decode('utf-8') == 'exit'，或者用 bytes 比 bytes data == b'exit'"
    WhyExitIgnored "your program does not greet `exit`, and goes on receiving: after the comparison, leave the loop (break) and close the connection" "你的程序没有问候 `exit`，却继续接收：比较成立后，应当退出循环（break）并关闭连接"
    WhyNotClosed "close is missing, or has no parentheses: write sock.close()" "没有调用 close，或者少了括号：应写 sock.close()"
    WhyClosesEarly "recv and send are not in a loop, or close stands inside of it" "recv 和 send 不在循环里，或者 close 写在了循环里面"
    WhySpins "recv returns b'' again and again once the client has gone: leave the loop at `if not data`" "客户端离开后 recv 会不断返回 b''：用 `if not data` 退出循环"
    WhyThreadDies "the error above ended the thread that talked to this client; the others go on" "上面的错误使与这个客户端对话的线程结束，其他线程继续"
    WhyElsewhere "sendto is given a fixed address: give it the address that recvfrom returned" "sendto 用了固定的地址：应使用 recvfrom 返回的地址"
    WhyServesOnceUdp "recvfrom is not in a loop" "recvfrom 不在循环里"
    WhyNoAnswerUdp "sendto is missing, or your program waits for something else" "没有调用 sendto，或者你的程序在等待别的东西"

    // --- Where to read
    ReadTcpServer "docs/tcp-server.md, step {step}" "docs/zh-CN/tcp-server.md，第 {step} 步"
    ReadUdpServer "docs/udp-server.md, step {step}" "docs/zh-CN/udp-server.md，第 {step} 步"
    ReadTroubleshooting "docs/troubleshooting.md" "docs/zh-CN/troubleshooting.md"

    ReadBoth "{lesson}, and {claim}" "{lesson}；{claim}"
    ReadClaim "docs/claims.md#claim-{claim}" "docs/zh-CN/claims.md#claim-{claim}"

    // --- Errors that Python names, and what to do about them
    AdviceGone "the other side had gone already; before that, recv returned b'': leave the loop at `if not data`" "对方早已离开；在那之前 recv 返回过 b''：用 `if not data` 退出循环"
    AdviceClosed "this socket was closed before: a close() runs too early" "这个 socket 之前已经关闭：某个 close() 执行得太早"
    AdviceListen "accept needs a socket that listens: the line s.listen(5) is missing before it" "accept 之前必须监听：缺少 s.listen(5) 这一行"
    AdviceAccept "a UDP socket has no connections: after bind comes recvfrom, and neither listen nor accept" "UDP socket 没有连接：bind 之后直接 recvfrom，不需要 listen 和 accept"
    AdviceRecvFrom "recv returns the data alone; recvfrom returns the data and the sender's address" "recv 只返回数据；recvfrom 返回数据和发送者的地址"
    AdviceRefused "nobody listens at that address and port" "那个地址和端口没有程序在监听"
    AdviceNotHere "this machine does not have that address: take 127.0.0.1" "本机没有这个地址：请用 127.0.0.1"
    AdviceUtf8 "the bytes are no whole UTF-8 text: the sender uses another encoding, or recv returned a part of a character" "这些 bytes 不是完整的 UTF-8 文本：发送者用了别的编码，或者 recv 只返回了字符的一部分"
    AdviceArguments "args=(...) of the thread and the parameters of its function must be equally many; one argument alone needs a comma: args=(sock,)" "线程的 args=(...) 与函数的参数个数必须相同；只有一个参数时要写逗号：args=(sock,)"
    AdvicePort "a port is a number, not a text: write 9999 without quotes, or int(...) around what input returns" "端口是数字，不是字符串：写 9999，不要加引号；input 的结果要用 int(...) 转换"
    AdviceInit "the method that takes the arguments is called __init__, with two underscores on each side" "接收参数的方法叫 __init__，前后各有两个下划线"
    AdviceModule "this calls the module: write socket.socket(...)" "这里调用的是模块本身：应写 socket.socket(...)"
    AdviceTimeout "nothing came within the time of settimeout: catch the error and go on, or set no time" "在 settimeout 的时间内没有等到：捕获这个错误并继续，或者不要设置超时"
    AdviceHost "no machine has this name or address: 127.0.0.1 is this one" "没有机器叫这个名字或地址：本机是 127.0.0.1"
    AdvicePercentMore "the text has more %s than there are values after the %: one for each" "文本中的 %s 比 % 后面的值多：应一一对应"
    AdviceSendTo "sendto takes the data and the address: sendto(data, addr)" "sendto 需要数据和地址：sendto(data, addr)"
    AdvicePercent "the text has fewer %s than there are values after the %: one for each" "文本中的 %s 比 % 后面的值少：应一一对应"

    // --- The line of the learner's source to look at
    LookAt "look at:                " "请看："
    SuspectRun "line {line}, `{code}`: run() talks to the client itself; start() begins a thread that does" "第 {line} 行 `{code}`：run() 自己去对话；start() 才会启动线程"
    SuspectCalled "line {line}, `{code}`: this calls the function here and now: write target=NAME, and args=(...)" "第 {line} 行 `{code}`：这里立刻调用了函数：应写 target=函数名，参数放在 args=(...)"
    SuspectJoin "line {line}, `{code}`: join() waits here until this client has gone" "第 {line} 行 `{code}`：join() 会一直等到这个客户端离开"
    SuspectNoThread "line {line}, `{code}`: no thread is started for this client" "第 {line} 行 `{code}`：没有为这个客户端启动线程"
    SuspectNotStarted "line {line}, `{code}`: this makes a thread, and no line starts it: t.start()" "第 {line} 行 `{code}`：创建了线程，却没有 t.start()"
    SuspectNoParentheses "line {line}, `{code}`: without parentheses nothing is called: write {name}()" "第 {line} 行 `{code}`：没有括号就没有调用：应写 {name}()"
    SuspectExit "line {line}, `{code}`: can this ever be true? Both sides must be text, or both bytes" "第 {line} 行 `{code}`：它会成立吗？两边必须都是文本，或者都是 bytes"
    SuspectNotCalled "`{name}` is defined in line {line}, and no line calls it" "第 {line} 行定义了 `{name}`，却没有一行调用它"
    SuspectNoLoop "line {line}, `{code}`: no loop is around it, so it runs once" "第 {line} 行 `{code}`：它不在循环里，只执行一次"
    SuspectCloseInLoop "line {line}, `{code}`: this stands in the loop, and closes after one round: move it out" "第 {line} 行 `{code}`：它在循环里面，一轮之后就关闭了：请移到循环之后"
    SuspectEmpty "line {line}, `{code}`: this returns b'' at once, again and again, when the client has gone" "第 {line} 行 `{code}`：客户端离开后，它会不断立刻返回 b''"
    SuspectWaits "line {line}, `{code}`: this waits for more than the client sends" "第 {line} 行 `{code}`：它在等待客户端不会发送的内容"
    SuspectBytes "line {line}, `{code}`: what recv returned goes into a text here without decode" "第 {line} 行 `{code}`：recv 返回的内容没有 decode 就放进了文本"
    SuspectSendTo "line {line}, `{code}`: is this address the one that recvfrom returned?" "第 {line} 行 `{code}`：这个地址是 recvfrom 返回的那个吗？"
    SuspectNotShown "line {line}, `{code}`: what it returns is not printed" "第 {line} 行 `{code}`：它返回的内容没有打印"
    SuspectKind "line {line}, `{code}`: this lesson needs socket.{right}" "第 {line} 行 `{code}`：这一课需要 socket.{right}"

    // --- What a report without a fault must not hide
    NotChecked "not checked: " "没有检查："
    NotCheckedSteps "{count} of {all} steps above are `not reached`. Nothing is known about them: the checker saw neither a fault nor that they work." "上面 {all} 步中有 {count} 步“未检查”：既没有发现错误，也没有证明它们正确。"

    // --- What is the learner's own
    YoursAddress "it waits on {address}; the text's is {text}" "它在 {address} 等待；教程用的是 {text}"
    YoursWelcome "the welcome is {bytes}" "欢迎消息是 {bytes}"
    YoursAnswer "the answer is {bytes}" "回答是 {bytes}"
    YoursSlow "it takes {seconds} s for an answer" "它回答一次要 {seconds} 秒"
    YoursEndWord "the talk ends at {word}, not at `exit`" "对话在收到 {word} 时结束，而不是 `exit`"
    YoursFarewell "at `exit` it says {bytes} before it closes" "收到 `exit` 后，它先说 {bytes} 再关闭"
    YoursText003 "this is text 003's server: one client, one answer, and the end" "这是教程文本 003 的服务器：一个客户端，一个回答，然后结束"
    YoursLines "messages end with a line end, both ways" "双方的消息都以换行结束"
    YoursProcesses "each client has a process of its own, and the parent keeps the connection open until it accepts the next: close it there, too" "每个客户端有自己的进程，而父进程直到下一次 accept 才放开连接：在父进程里也要 close"
    YoursOtherPort "the answer comes from another port: {address}" "回答来自另一个端口：{address}"
    YoursAsks "it asks at the keyboard, `{question}`; the checker typed {line}" "它在键盘上询问 `{question}`；检查程序输入了 {line}"
    YoursBusy "it uses the processor even while nobody is there" "没有客户端时它也占用处理器"

    // --- Beyond the tutorial
    BeyondNotUtf8 "a name that is not UTF-8: {what}" "不是 UTF-8 的名字：{what}"
    BeyondReset "a client that breaks off with a reset: {what}" "客户端用 RST 中断连接：{what}"
    BeyondCrowd "{all} clients at once: {count} were welcomed within {seconds} s" "{all} 个客户端同时连接：{count} 个在 {seconds} 秒内收到欢迎消息"
    BeyondCut "a name that comes in two pieces: {what}" "分两块到达的名字：{what}"
    BeyondRestart "started again at once: {what}" "结束后立刻重新启动：{what}"
    BeyondSenders "datagrams from {all} clients at once: {count} answered" "{all} 个客户端同时发送数据报：回答了 {count} 个"
    DoingBeyond "try what is beyond the tutorial" "尝试教程之外的情况"
    AnsweredWhole "answered as one name" "当作一个名字回答"
    AnsweredTwice "answered as two names, {bytes}: TCP keeps no boundaries" "当作两个名字回答 {bytes}：TCP 没有消息边界"
    NotAnsweredError "not answered; your program says: {error}" "没有回答；你的程序提示：{error}"
    DoesNotStart "it does not start: {error}; SO_REUSEADDR helps (exercise `restart`)" "它不能启动：{error}；设置 SO_REUSEADDR 即可（练习 `restart`）"
    DoesNotListen "it does not listen again" "它没有重新开始监听"
    ListensAgain "it listens again" "它重新开始监听"
    BeyondEmpty "an empty datagram: {what}" "空数据报：{what}"
    BeyondCtrlC "Ctrl+C: {what}" "Ctrl+C：{what}"
    Answered "answered" "有回答"
    NotAnswered "not answered" "没有回答"
    GoesOn "your program goes on" "你的程序继续运行"
    EndsBy "your program ends" "你的程序结束"
    EndsLater "your program ends once its clients have left" "客户端都离开之后，你的程序才结束"
    RunsOn "your program runs on" "你的程序没有结束"

    // --- The exercises: what is asked for
    TaskCutAnywhere "fetch the page of www.sina.com.cn (port 80, or 8080) and save it, without its header, as page.html. The server cuts its answer anywhere, and closes at the end." "下载 www.sina.com.cn 的网页（端口 80 或 8080），去掉 header，保存为 page.html。服务器会在任意位置切开回答，最后关闭连接。"
    TaskContentLength "fetch the page of www.sina.com.cn (port 80, or 8080) and save it, without its header, as page.html. The server keeps the connection open: stop when Content-Length bytes are there." "下载 www.sina.com.cn 的网页（端口 80 或 8080），去掉 header，保存为 page.html。服务器不关闭连接：收到 Content-Length 个字节后就要停止。"
    TaskThreads "talk to a second client while the first one is silent: start a thread for each connection." "第一个客户端不说话时，也能为第二个客户端服务：为每个连接启动一个线程。"
    TaskLines "answer each line with `Hello, NAME!` and a line end, however TCP cuts or joins the lines. The line `exit` ends the talk." "对每一行回答 `Hello, 名字!` 并换行，不管 TCP 如何切开或合并。收到 `exit` 这一行就结束对话。"
    TaskUpper "send one client its message back in upper case, close the connection, and end." "把一个客户端的消息变成大写发回去，关闭连接，然后结束。"
    TaskRestart "a server that was ended can be started again at once, although its last connection is not forgotten yet." "服务器结束后可以立刻重新启动，即使系统还没有忘记上一个连接。"
    TaskLengthPrefix "talk to the server at 127.0.0.1:9999 as tcp-client does, with 4 bytes before each message, both ways: its length, big-endian. Show each message that comes." "像 tcp-client 一样与 127.0.0.1:9999 的服务器对话，但双方的每条消息前面都有 4 个字节：消息的长度（大端序）。显示收到的每条消息。"
    TaskHalfClose "send Michael, Tracy and Sarah, a line each, to 127.0.0.1:9999, close your half of the connection, and show all that comes until the server closes." "向 127.0.0.1:9999 发送 Michael、Tracy、Sarah，每个一行，然后关闭自己这一半连接，显示收到的全部内容，直到服务器关闭。"
    TaskCutDatagram "greet names of up to 1024 bytes. Answer `too long` to a longer datagram, of which your buffer has only the start." "问候不超过 1024 字节的名字。更长的数据报在缓冲区里只剩开头，这时回答 `too long`。"
    TaskIpv6 "wait at the IPv6 address [::1]:9999, and greet each name as udp-server does." "在 IPv6 地址 [::1]:9999 等待，像 udp-server 一样问候每个名字。"
    TaskPinger "send `ping 1` to `ping 5` to 127.0.0.1:9999, one after the other, and print the round trip of each in ms. The server sends them back, but every third datagram is lost: after one second, send it again." "依次向 127.0.0.1:9999 发送 `ping 1` 到 `ping 5`，打印每次的往返时间（ms）。服务器原样发回，但每三个数据报丢一个：等一秒后重新发送。"
    TaskConnected "connect your UDP socket to 127.0.0.1:9999, and say the three names. Datagrams of others do not reach you, and you say so when nobody is at that port." "把 UDP socket 用 connect 连接到 127.0.0.1:9999，说出三个名字。别人的数据报到不了你这里；那个端口没有程序时要报告。"

    // --- The exercises: their steps
    StepRequest "send a request" "发送请求"
    StepUntilEnd "receive until the server closes" "一直接收，直到服务器关闭"
    StepStops "stop after Content-Length bytes, and end" "收到 Content-Length 个字节后停止并结束"
    StepPage "save the page, without its header, as page.html" "把网页（不含 header）保存为 page.html"
    StepTwoLines "answer two lines that come together, one by one" "两行一起到达时，逐行回答"
    StepHalfLine "wait for the rest of a line that was cut" "一行被切开时，等它的其余部分"
    StepLineExit "end the talk at the line `exit`" "收到 `exit` 这一行后结束对话"
    StepUpper "send the message back in upper case" "把消息变成大写发回去"
    StepUpperEnds "close the connection, and end" "关闭连接并结束"
    StepClosesFirst "close the connection at `exit`, before the client does" "收到 `exit` 后，先于客户端关闭连接"
    StepRestarts "start again at once at the same address" "立刻在同一地址重新启动"
    StepWhole "wait for a whole message, however it was cut" "不管怎样切开，都等到一条完整的消息"
    StepSendsLength "send each name with its length before it" "发送每个名字，前面加上长度"
    StepExitLength "say `exit` with its length before it" "发送 `exit`，前面加上长度"
    StepSendsAll "send the three names, and wait for no answer" "发送三个名字，不等回答"
    StepHalfClose "close your half, and go on receiving" "关闭自己这一半，继续接收"
    StepAnswersToEnd "show all answers until the server closes" "显示全部回答，直到服务器关闭"
    StepWholeName "greet a name of 1024 bytes" "问候 1024 字节的名字"
    StepTooLong "answer `too long` to a datagram that was cut" "数据报被截断时回答 `too long`"
    StepBindIpv6 "bind it to an IPv6 address" "绑定 IPv6 地址"
    StepAnswersIpv6 "greet each name over IPv6" "通过 IPv6 问候每个名字"
    StepNumbers "number each message" "给每条消息编号"
    StepResends "send again what got lost" "重新发送丢失的消息"
    StepOldAnswer "do not take an old answer for the new one" "不把旧回答当成新回答"
    StepRoundTrips "print the round trip of each" "打印每次的往返时间"
    StepStranger "take no datagram of a stranger" "不接收陌生人的数据报"
    StepNobodyThere "say so when nobody is there" "没有程序在那里时要报告"

    // --- The exercises: what the checker did
    DidStartAndWait "started your program and waited up to {seconds} s for it" "启动了你的程序，最多等待 {seconds} 秒"
    DidPieces "sent an answer of {bytes} bytes in {count} pieces, and closed" "把 {bytes} 字节的回答分 {count} 块发送，然后关闭"
    DidKeepsOpen "sent a header and a page of {bytes} bytes, and kept the connection open" "发送了 header 和 {bytes} 字节的网页，不关闭连接"
    DidHalfLine "sent b'Sa', and then b'rah\\n'" "先发送 b'Sa'，再发送 b'rah\\n'"
    DidRestart "ended your program right after the talk, and started it again at {address}" "对话结束后立刻结束你的程序，再在 {address} 重新启动"
    DidPart "sent {bytes}, a part of {all}, and nothing more yet" "发送了 {bytes}，是 {all} 的一部分，其余还没有发送"
    DidWelcomeLength "sent a message with its length, and waited up to {seconds} s" "发送了一条带长度的消息，最多等待 {seconds} 秒"
    DidAllAnswers "sent all answers, and closed the connection" "发送了全部回答并关闭连接"
    DidListens "accepted the connection, and said nothing for {seconds} s" "接受连接，{seconds} 秒内什么都不说"
    DidDrop "received {bytes}, let it get lost, and waited {seconds} s" "收到 {bytes}，当作丢失，等待了 {seconds} 秒"
    DidOldAnswer "received {new}, and sent the old answer {old} once more" "收到 {new}，又发了一次旧回答 {old}"
    DidAnswerPings "answered {count} pings" "回答了 {count} 个 ping"
    DidStranger "sent b'Hello, stranger!' from {address}, which is not the server, before the server's answer" "在服务器回答之前，从 {address}（不是服务器）发送了 b'Hello, stranger!'"
    DidNobody "closed the server's port {address}, started your program once more, and waited up to {seconds} s" "关闭服务器端口 {address}，再次启动你的程序，最多等待 {seconds} 秒"

    // --- The exercises: what came
    CameNobody "nobody came" "没有程序来联系"
    CameStopped "your program closed the connection after {sent} of {bytes} bytes" "收到 {bytes} 字节中的 {sent} 字节后，你的程序就关闭了连接"
    CamePage "{file} has {bytes} bytes, the page has {all}; the first {same} are equal" "{file} 有 {bytes} 字节，网页有 {all} 字节；前 {same} 字节相同"
    CameNoPage "there is no {file}: {error}" "没有 {file}：{error}"
    CameInUse "your program says that the address is in use" "你的程序提示地址已被占用"
    CameNotBack "nobody listened there again" "那里不再有程序监听"
    CameIpv4 "your program waits at {address}, which is an IPv4 address" "你的程序在 {address} 等待，这是 IPv4 地址"
    CameNotAllShown "your program did not print all messages, each whole" "你的程序没有完整地显示每条消息"
    CameNoEndOfNames "the names, and no end of them" "收到了名字，但没有收到结束"
    CameTimes "{count} lines with a time" "{count} 行带有时间"
    CameTookStranger "your program took it for the server's answer" "你的程序把它当成了服务器的回答"
    CameNoWord "your program ended without a word" "你的程序什么都没说就结束了"

    // --- The exercises: what the task asks for
    TaskRequest "send a request that begins with GET and ends with an empty line" "发送以 GET 开头、以空行结尾的请求"
    AnswersTwoLines "answer b'Hello, Michael!\\nHello, Tracy!\\n'" "回答 b'Hello, Michael!\\nHello, Tracy!\\n'"
    AnswersHalfLine "answer b'Hello, Sarah!\\n' once the line end is there" "收到换行后才回答 b'Hello, Sarah!\\n'"
    AnswersUpper "answer {bytes}" "回答 {bytes}"
    AnswersLength "send {bytes}" "发送 {bytes}"
    AnswersWholeName "greet the whole name" "问候完整的名字"
    AnswersTooLong "answer b'too long'" "回答 b'too long'"
    TaskWaitsIpv6 "wait at [::1]:9999" "在 [::1]:9999 等待"
    TaskShowsAll "print each message whole, and end" "完整地打印每条消息，然后结束"
    TaskHalfCloses "close the sending half only: the answers come after that" "只关闭发送的一半：回答在这之后才来"
    TaskNumbers "send `ping 1`, `ping 2` and so on" "发送 `ping 1`、`ping 2`，依此类推"
    TaskResends "send the same message again after one second" "等一秒后重新发送同一条消息"
    TaskOldAnswer "wait on for the answer with the right number" "继续等待编号正确的回答"
    TaskRoundTrips "print five round trips in ms, and end" "打印五个往返时间（ms），然后结束"
    TaskNobodyThere "say that nobody is there, and end" "报告那里没有程序，然后结束"

    // --- The exercises: why, most likely
    WhyOneRecv "one recv returns what is there already, not all: call it in a loop until it returns b''" "一次 recv 只返回已到达的部分，不是全部：要在循环里调用，直到返回 b''"
    WhyNoEnd "the loop is not left when recv returns b''" "recv 返回 b'' 时没有退出循环"
    WhyNoLength "the loop waits for b'', which comes when the server closes: count the bytes after the blank line instead" "循环在等 b''，而它要到服务器关闭才会出现：应当数空行之后的字节"
    WhyNoRequest "the request's last line is not empty: it ends with \\r\\n\\r\\n" "请求的最后一行不是空行：应以 \\r\\n\\r\\n 结尾"
    WhyHeaderInside "the header is saved, too: split at the first \\r\\n\\r\\n only" "header 也被保存了：只在第一个 \\r\\n\\r\\n 处分开"
    WhyPageShort "the last pieces are missing: the loop ends too early" "缺少最后几块：循环结束得太早"
    WhyPageOther "pieces are joined or decoded one by one: join the bytes with b''.join, split once, and write in 'wb' mode" "逐块解码或合并有误：用 b''.join 合并，只分一次，并以 'wb' 模式写入"
    WhyNoPage "open('page.html', 'wb') is not called, or the file has another name" "没有调用 open('page.html', 'wb')，或者文件名不同"
    WhyNoLines "what recv returns is taken for one message: it may be half a line, or two: collect the bytes, and split them at b'\\n'" "把 recv 返回的内容当成一条消息；它可能是半行或两行：要先积累，再按 b'\\n' 分开"
    WhyFirstLineOnly "only the first line of what recv returned is answered: go on while there is a b'\\n' in the rest" "只回答了 recv 返回的第一行：只要剩余部分还有 b'\\n' 就要继续"
    WhyLineLost "the half that came before is forgotten: keep it, and add what comes next" "先到的半行丢了：要保留它，再加上后面到达的部分"
    WhyExitLine "the line is compared with its line end, or the connection is not closed" "比较时带着换行，或者没有关闭连接"
    WhyNotUpper "the message is sent back as it came: data.upper()" "消息原样发回了：应使用 data.upper()"
    WhyOtherUpper "another method than upper() was called" "调用的不是 upper()"
    WhyUpperRunsOn "the connection is not closed, or the server waits for another client" "没有关闭连接，或者服务器还在等另一个客户端"
    WhyRestart "SO_REUSEADDR is not set before bind: setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)" "bind 之前没有设置 SO_REUSEADDR：setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)"
    WhyPart "one recv is taken for one message: recv again until 4 bytes, and then as many as they say, are there" "把一次 recv 当成一条消息：应反复 recv，先收满 4 个字节，再收满它所说的字节数"
    WhyNoPrefix "the name is sent without its length: struct.pack('>I', len(name)) + name" "发送名字时没有加长度：struct.pack('>I', len(name)) + name"
    WhyNothingSent "your program waits for more: is the length read as big-endian, and does it count the text alone?" "你的程序还在等待：长度是否按大端序读取，是否只计算文本的长度？"
    WhyOtherPrefix "the length has another order of bytes or counts something else: struct.pack('>I', len(name))" "长度的字节序不同，或者计算了别的内容：struct.pack('>I', len(name))"
    WhyNotUntilEnd "the loop is not left when recv returns b''" "recv 返回 b'' 时没有退出循环"
    WhyWaitsForAnswer "a recv stands before the last send: here the server answers only when all names are there" "最后一次 send 之前有 recv：这里服务器要收齐名字才回答"
    WhyNoHalfClose "shutdown(socket.SHUT_WR) is missing: the server cannot know that no more names come, and both sides wait" "缺少 shutdown(socket.SHUT_WR)：服务器无法知道名字已经发完，双方都在等待"
    WhyBothClosed "both halves are closed: shutdown(socket.SHUT_WR) closes yours alone" "两个方向都关闭了：shutdown(socket.SHUT_WR) 只关闭自己这一半"
    WhyWholeName "the buffer is smaller than 1024 bytes, or 1024 bytes count as too long" "缓冲区小于 1024 字节，或者把 1024 字节也算作太长"
    WhyTooLong "recvfrom drops what does not fit, and says nothing: ask for one byte more, and look whether it came" "recvfrom 会丢弃放不下的部分，而且不提示：多要一个字节，看它是否到达"
    WhyIpv4 "the socket is AF_INET, or bind has an IPv4 address" "socket 是 AF_INET，或者 bind 用了 IPv4 地址"
    WhyNoNumber "the message has no number: without one, nobody can tell which answer belongs to which message" "消息没有编号：没有编号就分不清哪个回答属于哪条消息"
    WhyNotAgain "recvfrom waits for ever, or its timeout ends the program: settimeout(1), and send again in `except socket.timeout`" "recvfrom 一直等待，或者超时后程序结束：settimeout(1)，并在 `except socket.timeout` 里重新发送"
    WhyOldAnswer "any answer is taken for the right one: compare its number, and receive again if it is another" "把任何回答都当成正确的：应比较编号，不同就继续接收"
    WhyNoTimes "take time.perf_counter() before sendto and after recvfrom, and print the difference times 1000" "在 sendto 之前和 recvfrom 之后取 time.perf_counter()，打印差值乘 1000"
    WhyStranger "the socket is not connected: anyone may send to its port, and recvfrom returns what comes first" "socket 没有 connect：谁都可以向它的端口发送，recvfrom 返回最先到达的"
    WhyNobodyThere "the socket is not connected, so that the system reports nothing; or the error is not caught and told" "socket 没有 connect，系统就不会报告；或者没有捕获并说明这个错误"
    ReadTurn "docs/{lesson}.md, `Your turn`" "docs/zh-CN/{lesson}.md，“轮到你了”"
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    fn placeholders(text: &str) -> Vec<&str> {
        let mut names: Vec<_> = text
            .split('{')
            .skip(1)
            .filter_map(|part| Some(part.split_once('}')?.0))
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    #[test]
    fn both_languages_say_the_same() {
        for message in Message::ALL {
            let (en, zh) = message.texts();
            assert!(!en.is_empty() && !zh.is_empty(), "{message:?}");
            assert_eq!(placeholders(en), placeholders(zh), "{message:?}");
        }
    }

    #[test]
    fn none_is_left_over() {
        let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
        let mut sources = String::new();
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if !path.ends_with("words.rs") {
                    sources += &fs::read_to_string(path).unwrap();
                }
            }
        }
        let words = sources.split(|char: char| !char.is_alphanumeric());
        let said: HashSet<_> = words.collect();
        for message in Message::ALL {
            assert!(
                said.contains(&*format!("{message:?}")),
                "nobody says {message:?}"
            );
        }
    }

    #[test]
    fn a_message_may_stand_in_another() {
        let text = Text::from(Message::BeyondCtrlC).with_text("what", Message::EndsBy);
        assert_eq!(text.render(Language::En), "Ctrl+C: your program ends");
        assert_eq!(text.render(Language::Zh), "Ctrl+C：你的程序结束");
    }
}
