//! The TCP client with the server it was written for.

use lab::{Running, program};

#[test]
fn three_people_are_introduced() {
    let server = Running::start(program("tcp-server").args(["127.0.0.1:0", "--delay", "0"]));
    let client = lab::run(program("tcp-client").arg(server.address().to_string()));
    assert!(client.status.success(), "{client}");
    assert_eq!(
        client.stdout,
        "Welcome!\nHello, Michael!\nHello, Tracy!\nHello, Sarah!\n"
    );
    assert_eq!(client.stderr, "");
}
