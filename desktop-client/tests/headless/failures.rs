//! What goes wrong is told in a sentence with the right exit status, and the rest goes on.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use serde_json::Value;

use crate::person::{Person, text};
use crate::server::TestServer;

const CAMERA: &str = "--camera test-pattern:320x180@15";

/// Ends with status 1, and the last line is an error with this code and a sentence.
fn fails(mut person: Person, code: &str) -> String {
    assert_eq!(person.wait_for_end().code(), Some(1), "{:?}", person.events);
    let last = person.events.last().expect("a line");
    assert_eq!((&last["event"], text(last, "code")), (&"error".into(), code), "{last}");
    sentence(last)
}

fn sentence(event: &Value) -> String {
    let text = text(event, "text");
    assert!(text.len() > 20 && text.ends_with('.') && text.contains(' '), "a sentence: {text}");
    println!("{}: {text}", event["code"].as_str().unwrap_or("notice"));
    text.to_owned()
}

#[test]
fn a_room_that_is_unknown_or_full_is_told() {
    let server = TestServer::start();
    fails(Person::start("Ana", &server.url(), "--join ABCDEFGH"), "room_not_found");
    let (_ana, code) = Person::create("Ana", &server.url(), "");
    // A code as people type it: in small letters, with a hyphen.
    let typed = format!("{}-{}", &code[..4], &code[4..]).to_lowercase();
    let _ben = Person::join("Ben", &server.url(), &typed, "");
    let _cleo = Person::join("Cleo", &server.url(), &code, "");
    fails(Person::start("Dora", &server.url(), &format!("--join {code}")), "room_full");
    let nameless = ["--join", code.as_str()];
    fails(Person::start_with(" ", &server.url(), &nameless), "name_invalid");
}

#[test]
fn bad_arguments_end_with_status_2_and_say_nothing_on_stdout() {
    for arguments in [
        "",
        "--create --join ABCDEFGH",
        "--join SHORT",
        "--join ABCDEFG0",
        "--create --camera nonsense",
        "--create --camera test-pattern:0x0@0",
        "--create --microphone tone:nope",
        "--create --no-such-option",
        "--create --seconds soon",
        "--create --seconds=-1",
        "--create --seconds=nan",
    ] {
        let mut person = Person::start("Ana", "embedded", arguments);
        assert_eq!(person.wait_for_end().code(), Some(2), "{arguments}: {:?}", person.events);
        assert!(person.events.is_empty(), "{arguments}");
        assert!(!person.log().is_empty(), "{arguments}: it says why");
    }
}

#[test]
fn a_password_that_is_missing_or_wrong_keeps_one_out() {
    let server = TestServer::start();
    let (_ana, code) = Person::create("Ana", &server.url(), "--password swordfish");
    fails(Person::start("Ben", &server.url(), &format!("--join {code}")), "wrong_password");
    let wrong = format!("--join {code} --password sordfish");
    fails(Person::start("Ben", &server.url(), &wrong), "wrong_password");
    Person::join("Ben", &server.url(), &code, "--password swordfish").leave();
}

#[test]
fn a_server_that_is_not_there_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    for url in [format!("ws://{address}"), "ws://no-such-host.invalid".to_owned()] {
        fails(Person::start("Ana", &url, "--create"), "no_server");
    }
    for url in ["ftp://127.0.0.1", "ws://127.0.0.1:99999"] {
        let said = fails(Person::start("Ana", url, "--create"), "no_server");
        assert!(said.contains("no server address"), "{said}");
    }
}

#[test]
fn a_server_that_only_speaks_http_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let serving = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("somebody comes");
        let mut request = [0; 4_096];
        let _ = stream.read(&mut request);
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello")
            .expect("it reads");
    });
    let said = fails(Person::start("Ana", &format!("ws://{address}"), "--create"), "no_server");
    assert!(said.contains("200"), "{said}");
    serving.join().expect("it served");
}

#[test]
fn devices_that_are_missing_are_noticed_and_the_rest_goes_on() {
    let server = TestServer::start();
    let missing = "--camera device:no-such-camera --microphone device:no-such-microphone \
                   --speaker device:no-such-speaker";
    let (mut ana, code) = Person::create("Ana", &server.url(), missing);
    let mut ben = Person::join("Ben", &server.url(), &code, CAMERA);
    let b = ben.id();
    ana.wait("first_frame", |event| event["from"] == *b);
    let mut told = Vec::new();
    for what in ["amera", "icrophone", "peaker"] {
        let notice = ana.wait("notice", |notice| {
            notice["level"] == "warning" && text(notice, "text").contains(what)
        });
        told.push(sentence(&notice));
    }
    told.dedup();
    assert_eq!(told.len(), 3, "each for itself: {told:?}");
    ana.wait_for_more_frames(&b);
    ana.say("I see you");
    ben.wait("chat", |chat| chat["text"] == "I see you");
    let notices = |event: &&Value| event["event"] == "notice" && event["level"] == "warning";
    let count = ana.events.iter().filter(notices).count();
    assert!(count <= 6, "nobody is told again and again: {count}");
}

#[test]
fn a_camera_file_that_is_no_film_is_noticed() {
    let server = TestServer::start();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("words.mp4");
    std::fs::write(&file, "not a film").expect("it can be written");
    let sources = format!("--camera file:{0} --microphone file:{0}", file.display());
    let (mut ana, code) = Person::create("Ana", &server.url(), &sources);
    let mut ben = Person::join("Ben", &server.url(), &code, CAMERA);
    let b = ben.id();
    let warning = |notice: &Value| notice["level"] == "warning";
    let first = ana.wait("notice", warning);
    sentence(&first);
    let second = ana.wait("notice", |notice| warning(notice) && notice["text"] != first["text"]);
    sentence(&second);
    ana.wait_for_more_frames(&b);
    ben.leave();
}

#[test]
fn lines_that_are_no_commands_are_answered_and_the_session_goes_on() {
    let server = TestServer::start();
    let (mut ana, code) = Person::create("Ana", &server.url(), "");
    let mut ben = Person::join("Ben", &server.url(), &code, "");
    for line in [
        "hello",
        "{}",
        "[]",
        "null",
        "{\"command\":\"fly\"}",
        "{\"command\":\"seek\"}",
        "{\"command\":\"seek\",\"position\":\"one\"}",
        "{\"command\":\"camera\",\"on\":1}",
        "{\"command\":\"chat\"}",
        "\u{0}\u{1}",
    ] {
        let mark = ana.mark();
        ana.type_line(line);
        let error = ana.wait_since(mark, "error", |_| true);
        assert_eq!(text(&error, "code"), "bad_command", "{line}");
        sentence(&error);
    }
    let deep = "[".repeat(20_000);
    let long = format!("{{\"command\":\"chat\",\"text\":\"{}\"}}", "x".repeat(5_000));
    for (line, code) in [
        (deep.as_str(), "bad_command"),
        (long.as_str(), "too_large"),
        ("{\"command\":\"chat\",\"text\":\"\"}", "too_large"),
        ("{\"command\":\"share_screen\",\"source\":\"everything\"}", "screen"),
        ("{\"command\":\"ready\",\"value\":true}", "no_film"),
        ("{\"command\":\"add_subtitle\",\"path\":\"/no/such/file\"}", "subtitle"),
        ("{\"command\":\"open_address\",\"address\":\"file:///etc/passwd\"}", "film_address"),
        ("{\"command\":\"play_next\"}", "queue_empty"),
        ("{\"command\":\"react\",\"emoji\":\"words\"}", "bad_reaction"),
        ("{\"command\":\"play\"}", "no_film"),
        ("{\"command\":\"seek\",\"position\":3}", "no_film"),
        ("{\"command\":\"attach\",\"path\":\"/no/such/file\"}", "film"),
        ("{\"command\":\"open\",\"path\":\"/\"}", "film"),
    ] {
        let mark = ana.mark();
        ana.type_line(line);
        let error = ana.wait_since(mark, "error", |_| true);
        assert_eq!(text(&error, "code"), code, "{line:.60}");
        sentence(&error);
    }
    ana.say("still here");
    ben.wait("chat", |chat| chat["text"] == "still here");
    // The end of input is not the end of the session.
    ana.close_stdin();
    let mark = ana.mark();
    ben.say("I hear you");
    ana.wait_since(mark, "chat", |chat| chat["text"] == "I hear you");
    ana.wait_since(mark, "stats", |_| true);
}

#[test]
fn time_that_is_up_and_a_leave_are_proper_ends() {
    let server = TestServer::start();
    let (mut ana, code) = Person::create("Ana", &server.url(), "");
    let mut ben = Person::join("Ben", &server.url(), &code, "--seconds 3");
    let mut cleo = Person::join("Cleo", &server.url(), &code, "");
    let (b, c) = (ben.id(), cleo.id());
    assert_eq!(ben.wait_for_end().code(), Some(0));
    cleo.leave();
    for id in [b, c] {
        let left = ana.wait("participant_left", |left| left["id"] == *id);
        assert_eq!(text(&left, "reason"), "left");
    }
    // Alone again, it can still be left.
    ana.leave();
}

#[test]
fn a_host_that_leaves_hands_the_room_on() {
    let server = TestServer::start();
    let (mut ana, code) = Person::create("Ana", &server.url(), "");
    let mut ben = Person::join("Ben", &server.url(), &code, CAMERA);
    ana.leave();
    ben.wait("participant_left", |_| true);
    let mut cleo = Person::join("Cleo", &server.url(), &code, "");
    let b = ben.id();
    cleo.wait("first_frame", |event| event["from"] == *b);
}

#[cfg(unix)]
#[test]
fn signals_leave_properly() {
    let server = TestServer::start();
    let (mut ana, code) = Person::create("Ana", &server.url(), "");
    for signal in ["-TERM", "-INT"] {
        let mut ben = Person::join("Ben", &server.url(), &code, CAMERA);
        let b = ben.id();
        let pid = ben.pid().to_string();
        let sent = std::process::Command::new("kill").args([signal, &pid]).status();
        assert!(sent.is_ok_and(|status| status.success()));
        assert_eq!(ben.wait_for_end().code(), Some(0), "{signal}");
        let left = ana.wait("participant_left", |left| left["id"] == *b);
        assert_eq!(text(&left, "reason"), "left", "{signal}");
    }
}

/// A process whose lines nobody reads; killed when dropped.
#[cfg(unix)]
struct Unread(std::process::Child);

#[cfg(unix)]
impl Drop for Unread {
    fn drop(&mut self) {
        // It may be over already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[cfg(unix)]
#[test]
fn a_reader_who_does_not_read_holds_up_nothing() {
    use std::process::{Command, Stdio};
    let server = TestServer::start();
    let (mut ana, code) = Person::create("Ana", &server.url(), "");
    let ben = Command::new(env!("CARGO_BIN_EXE_cinemasync"))
        .args(["headless", "--server", &server.url(), "--join", &code, "--name", "Ben"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let mut ben = Unread(ben);
    ana.wait("participant_joined", |_| true);
    // Far more lines than a pipe and the queue before it hold.
    let mut stdin = ben.0.stdin.take().expect("stdin is piped");
    for _ in 0..8_000 {
        writeln!(stdin, "{{\"command\":\"stats\"}}").expect("it reads");
    }
    writeln!(stdin, "{{\"command\":\"chat\",\"text\":\"all said\"}}").expect("it reads");
    ana.wait("chat", |chat| chat["text"] == "all said");
    let pid = ben.0.id().to_string();
    let sent = Command::new("kill").args(["-TERM", &pid]).status();
    assert!(sent.is_ok_and(|status| status.success()));
    let left = ana.wait("participant_left", |_| true);
    assert_eq!(text(&left, "reason"), "left");
    assert_eq!(ben.0.wait().expect("it ends").code(), Some(0));
}
