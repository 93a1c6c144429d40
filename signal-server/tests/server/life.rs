//! A server's start, and its life as a program of its own.

use cinemasync_server::{Config, Server};

use crate::harness::server;

#[tokio::test]
async fn a_port_in_use_is_said_in_a_sentence() {
    let first = server().await;
    let address = first.local_addr();
    let Err(error) = Server::bind(Config { listen: address, ..Config::embedded() }).await else {
        panic!("two servers on one port")
    };
    let sentence = error.to_string();
    let begin = format!("The server cannot listen on {address}: ");
    assert!(sentence.starts_with(&begin), "{sentence}");
    assert!(
        sentence
            .ends_with("Choose another address with --listen, or end the program that uses it.")
    );
}

#[cfg(unix)]
mod program {
    use std::io::{BufRead as _, BufReader, Read as _};
    use std::net::SocketAddr;
    use std::path::Path;
    use std::process::{Child, ChildStderr, Command, Stdio};

    use cinemasync_protocol::{ClientMessage, ErrorCode};

    use crate::harness::{Client, chat, join, server, soon};
    use crate::raw::get;

    /// The program; it ends with the test.
    struct Program {
        child: Child,
        log: BufReader<ChildStderr>,
        address: SocketAddr,
    }

    impl Drop for Program {
        fn drop(&mut self) {
            // It has ended already if the test got that far.
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }

    fn command(listen: SocketAddr) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cinemasync-server"));
        command.env_remove("CINEMASYNC_LOG").stdout(Stdio::piped()).stderr(Stdio::piped());
        // With one of its own it would keep it in the person's folders.
        command.env("CINEMASYNC_SECRET", "5e".repeat(32));
        command.args(["--log-format", "json", "--listen", &listen.to_string()]);
        command
    }

    /// Starts it on a free port, which its log tells.
    fn start() -> Program {
        started(command(SocketAddr::from(([127, 0, 0, 1], 0))))
    }

    fn started(mut command: Command) -> Program {
        let mut child = command.spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let entry = loop {
            let mut line = String::new();
            assert_ne!(log.read_line(&mut line).unwrap(), 0, "it ended instead of listening");
            let entry: serde_json::Value = serde_json::from_str(&line).unwrap();
            if entry["fields"]["message"] == "listening" {
                break entry;
            }
        };
        let address = entry["fields"]["address"].as_str().unwrap().parse().unwrap();
        Program { child, log, address }
    }

    async fn ends_properly_on(signal: &str) {
        let mut program = start();
        let mut ana = Client::connect_to(program.address).await;
        let room = ana.create("Ana Secret").await.room;
        assert_eq!(get(program.address, "/health", &[]).await.status, 200);
        let pid = program.child.id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &pid]).status().unwrap().success());
        assert_eq!(ana.hear_error().await, ErrorCode::ShuttingDown);
        assert_eq!(ana.closed().await, 1001);
        let ended = tokio::task::spawn_blocking(move || {
            let mut rest = String::new();
            program.log.read_to_string(&mut rest).unwrap();
            (program.child.wait().unwrap(), rest)
        });
        let (status, log) = soon("the end of the program", ended).await.unwrap();
        assert_eq!(status.code(), Some(0), "{status}");
        for event in ["connected", "room created", "disconnected", "going down"] {
            assert!(log.contains(&format!("\"message\":\"{event}\"")), "{event}: {log}");
        }
        assert!(!log.contains(room.as_str()) && !log.contains("Secret"), "{log}");
    }

    #[tokio::test]
    async fn a_program_that_is_killed_and_started_again_has_its_rooms_back() {
        let mut killed = start();
        let address = killed.address;
        let [mut ana, mut ben, mut cleo] = [
            Client::connect_to(address).await,
            Client::connect_to(address).await,
            Client::connect_to(address).await,
        ];
        let first = ana.create("Ana").await;
        let second = ben.join(first.room, "Ben").await.entry;
        let third = cleo.join(first.room, "Cleo").await.entry;
        // SIGKILL: it says nothing and writes nothing.
        killed.child.kill().unwrap();
        killed.child.wait().unwrap();

        let again = started(command(address));
        for (number, entry) in [&third, &first, &second].into_iter().enumerate() {
            let mut client = Client::connect_to(again.address).await;
            let back = client.resume(&entry.token).await;
            assert_eq!((back.entry.room, &back.entry.id), (first.room, &entry.id));
            assert_eq!(back.participants.len(), number, "those who are back already");
            match number {
                0 => cleo = client,
                1 => ana = client,
                _ => ben = client,
            }
        }
        ben.say(&chat("m", "Was there anything?", None)).await;
        for client in [&mut ana, &mut cleo] {
            while client.hear().await.wire_type() != "chat_message" {}
        }
    }

    /// One line an event, with fields, and nothing in them that is for the room only.
    #[tokio::test]
    async fn the_log_tells_what_happens_and_no_secret() {
        let mut program = start();
        let mut ana = Client::connect_to(program.address).await;
        let mut ben = Client::connect_to(program.address).await;
        let entry = ana.create_with("Ana Secret", Some("hidden password")).await;
        ben.say(&join(entry.room, "Ben Secret", Some("hidden password"))).await;
        assert_eq!(ben.hear().await.wire_type(), "room_joined");
        let (to, sdp) = (entry.id.clone(), "v=hidden".to_owned());
        ben.say(&ClientMessage::WebrtcOffer { to, sdp }).await;
        ben.say(&chat("1", "a hidden word", None)).await;
        ben.say(&join(entry.room, "Ben Secret", None)).await;
        ben.fence().await;
        assert!(ben.close().await && ana.close().await);
        let said = tokio::task::spawn_blocking(move || {
            let (mut lines, mut gone) = (Vec::new(), 0);
            while gone < 2 {
                let mut line = String::new();
                program.log.read_line(&mut line).unwrap();
                let entry: serde_json::Value = serde_json::from_str(&line).unwrap();
                gone += usize::from(entry["fields"]["message"] == "disconnected");
                lines.push(entry);
            }
            lines
        });
        let lines = soon("the log", said).await.unwrap();
        let fields = |message: &str| {
            let line = lines.iter().find(|line| line["fields"]["message"] == message);
            &line.unwrap_or_else(|| panic!("{message}: {lines:?}"))["fields"]
        };
        assert_eq!(fields("connected")["connection"], "1");
        assert_eq!(fields("connected").get("address"), None);
        assert_eq!(fields("joined")["participants"], 2);
        assert_eq!(fields("joined")["room"], fields("room created")["room"]);
        assert_eq!(fields("offer relayed")["connection"], "2");
        assert_eq!(fields("chat relayed")["receivers"], 1);
        assert_eq!(fields("disconnected")["close"], "closed_by_client");
        let all = format!("{lines:?}");
        for secret in ["Secret", "hidden", entry.room.as_str(), entry.token.reveal()] {
            assert!(!all.contains(secret), "{secret}: {all}");
        }
    }

    #[tokio::test]
    async fn it_ends_properly_on_sigterm() {
        ends_properly_on("TERM").await;
    }

    #[tokio::test]
    async fn it_ends_properly_on_ctrl_c() {
        ends_properly_on("INT").await;
    }

    #[tokio::test]
    async fn it_says_what_is_wrong_and_fails_when_it_cannot_start() {
        let other = server().await;
        let ended = command(other.local_addr()).output().unwrap();
        assert_eq!(ended.status.code(), Some(1));
        let said = String::from_utf8(ended.stderr).unwrap();
        assert!(said.starts_with("cinemasync-server: The server cannot listen on "), "{said}");
    }

    #[tokio::test]
    async fn its_secret_is_made_once_and_a_look_at_the_configuration_makes_nothing() {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("made-once");
        let _ = std::fs::remove_dir_all(&folder);
        let secret = folder.join("secret");
        let look = || {
            let mut command = command(SocketAddr::from(([127, 0, 0, 1], 0)));
            command.env_remove("CINEMASYNC_SECRET").env("CINEMASYNC_SECRET_FILE", &secret);
            command.env("CINEMASYNC_ADMIN_TOKEN", "hunter2");
            command.arg("--check-config").output().unwrap()
        };
        let looked = look();
        let summary = String::from_utf8(looked.stdout).unwrap();
        assert_eq!(looked.status.code(), Some(0), "{summary}");
        assert!(summary.contains("the first start will make a secret"), "{summary}");
        assert!(summary.ends_with("The configuration is good.\n"), "{summary}");
        assert!(!summary.contains("hunter2"), "{summary}");
        assert!(!folder.exists());

        let mut start_it = command(SocketAddr::from(([127, 0, 0, 1], 0)));
        start_it.env_remove("CINEMASYNC_SECRET").env("CINEMASYNC_SECRET_FILE", &secret);
        drop(started(start_it));
        let made = std::fs::read(&secret).unwrap();
        let looked = look();
        let summary = String::from_utf8(looked.stdout).unwrap();
        assert!(summary.contains("the secret is kept in"), "{summary}");
        assert_eq!(std::fs::read(&secret).unwrap(), made);

        std::fs::write(&secret, "open sesame").unwrap();
        let looked = look();
        let said = String::from_utf8(looked.stderr).unwrap();
        assert_eq!(looked.status.code(), Some(1), "{said}");
        assert!(said.contains("is not a secret"), "{said}");
    }
}
