//! The program's other commands: `doctor`, completions and manual pages, as whoever types them sees them.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Command, Output};

use cinemasync_server::{Config, ServerSecret};
use serde_json::Value;

use crate::server::TestServer;

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cinemasync"))
        .args(arguments)
        .env("CINEMASYNC_FOLDER", folder)
        // No display, and no sound server but those that are looked for in usual places.
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .output()
        .expect("the program starts")
}

fn doctor(folder: &Path, arguments: &[&str]) -> (Value, Option<i32>) {
    let output = run(folder, &[&["doctor", "--json"], arguments].concat());
    let said = String::from_utf8_lossy(&output.stdout);
    let report = serde_json::from_str(&said);
    (report.unwrap_or_else(|_| panic!("{output:?}")), output.status.code())
}

fn check<'a>(report: &'a Value, name: &str) -> &'a Value {
    let checks = report["checks"].as_array().expect("a list");
    checks.iter().find(|check| check["check"] == name).unwrap_or_else(|| panic!("{name}: {report}"))
}

#[test]
fn the_doctor_looks_at_a_server_and_its_relay() {
    let folder = tempfile::tempdir().expect("a folder");
    let local = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let anywhere = SocketAddr::new(local, 0);
    let mut config = Config { listen: anywhere, ..Config::embedded() };
    config.secret.key = Some(ServerSecret([3; 32]));
    config.turn.turn = true;
    config.turn.public_ip = vec![local];
    config.turn.turn_listen = vec![anywhere];
    let server = TestServer::start_with(config);
    let (report, _) = doctor(folder.path(), &["--server", &server.url()]);
    let verdict = |name| check(&report, name)["verdict"].as_str().expect("a word");
    for good in ["folders", "settings", "server", "relay", "nat"] {
        assert_eq!(verdict(good), "ok", "{report}");
    }
    let relay = check(&report, "relay")["found"].as_str().expect("a sentence");
    assert!(relay.contains("UDP in ") && relay.contains("TCP in "), "{relay}");
    // Nothing of it can be there.
    if cfg!(target_os = "linux") {
        assert_eq!((verdict("opengl"), verdict("screen")), ("warn", "warn"));
    }
    assert_eq!(verdict("bandwidth"), "unknown");
    for name in ["disk", "camera", "microphone", "loudspeaker", "libmpv"] {
        verdict(name);
    }
}

#[test]
fn the_doctor_says_that_a_server_is_not_there_and_leaves_broken_settings_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = folder.path().join("settings.json");
    std::fs::write(&settings, "{").expect("it can be written");
    let address = TestServer::start().address();
    let (report, code) = doctor(folder.path(), &["--server", &format!("ws://{address}")]);
    assert_eq!((code, &report["good"]), (Some(1), &false.into()));
    assert_eq!(check(&report, "server")["verdict"], "bad");
    assert_eq!(check(&report, "relay")["verdict"], "unknown");
    assert_eq!(check(&report, "settings")["verdict"], "bad");
    assert!(settings.is_file(), "only the window puts it aside");

    let text = run(folder.path(), &["doctor", "--server", &format!("ws://{address}")]);
    let text = String::from_utf8_lossy(&text.stdout);
    assert!(text.contains("bad   Server") && text.contains("To be mended: "), "{text}");
}

#[test]
fn without_a_server_the_doctor_looks_at_the_one_inside() {
    let folder = tempfile::tempdir().expect("a folder");
    let (report, _) = doctor(folder.path(), &[]);
    assert_eq!(check(&report, "server")["verdict"], "ok", "{report}");
    assert_eq!(check(&report, "relay")["verdict"], "unknown");
}

#[test]
fn completions_and_manual_pages_know_the_commands() {
    let folder = tempfile::tempdir().expect("a folder");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = run(folder.path(), &["completions", shell]);
        let script = String::from_utf8_lossy(&script.stdout);
        assert!(script.contains("doctor") && script.contains("film-audio"), "{shell}");
    }
    let pages = folder.path().join("man1");
    assert!(run(folder.path(), &["man", &pages.to_string_lossy()]).status.success());
    for page in ["", "-join", "-open", "-doctor", "-headless"] {
        assert!(pages.join(format!("cinemasync{page}.1")).is_file(), "{page}");
    }
}
