//! Who may name whom, in the source: the modules of the desktop client, and the crates that one
//! module alone may touch. The reasons are in ARCHITECTURE.md.

use super::Violation;
use super::source::Source;

/// What one module of the desktop client must not name.
struct Module {
    name: &'static str,
    never: &'static [&'static str],
}

/// The modules of `desktop-client/src`, and what each must not name.
const MODULES: &[Module] = &[
    Module {
        name: "ui",
        never: &[
            "crate::peer",
            "crate::media",
            "crate::player",
            "crate::store",
            "crate::session",
            "crate::headless",
            "crate::app",
            "tokio",
            "cinemasync_protocol::ClientMessage",
            "cinemasync_protocol::ServerMessage",
        ],
    },
    Module {
        name: "session",
        never: &["crate::ui", "crate::app", "crate::headless", "egui", "eframe"],
    },
    Module {
        name: "peer",
        never: &[
            "crate::media",
            "crate::player",
            "crate::store",
            "crate::ui",
            "crate::session",
            "crate::app",
            "crate::headless",
            "egui",
            "eframe",
        ],
    },
    Module {
        name: "media",
        never: &[
            "crate::peer",
            "crate::player",
            "crate::store",
            "crate::ui",
            "crate::session",
            "crate::app",
            "crate::headless",
            "cinemasync_protocol",
            "egui",
            "eframe",
            "tokio",
        ],
    },
    Module {
        name: "player",
        never: &[
            "crate::peer",
            "crate::media",
            "crate::store",
            "crate::ui",
            "crate::session",
            "crate::app",
            "crate::headless",
            "cinemasync_protocol",
            "egui",
            "eframe",
            "tokio",
        ],
    },
    Module {
        name: "store",
        never: &[
            "crate::peer",
            "crate::media",
            "crate::player",
            "crate::platform",
            "crate::ui",
            "crate::session",
            "crate::app",
            "crate::headless",
            "cinemasync_protocol",
            "egui",
            "eframe",
            "tokio",
        ],
    },
    Module {
        name: "platform",
        never: &[
            "crate::peer",
            "crate::media",
            "crate::player",
            "crate::store",
            "crate::ui",
            "crate::session",
            "crate::app",
            "crate::headless",
            "cinemasync_core",
            "cinemasync_protocol",
        ],
    },
    Module {
        name: "doctor",
        never: &["crate::ui", "crate::app", "crate::headless", "crate::peer"],
    },
    Module {
        name: "health",
        never: &["crate::ui", "crate::app", "crate::headless", "egui", "eframe"],
    },
    Module {
        name: "updates",
        never: &["crate::ui", "crate::app", "crate::headless", "egui", "eframe"],
    },
    Module {
        name: "kept",
        never: &["crate::ui", "crate::app", "crate::session", "egui", "eframe", "tokio"],
    },
    Module {
        name: "log",
        never: &["crate::ui", "crate::app", "crate::session", "egui", "eframe", "tokio"],
    },
    Module {
        name: "crash",
        never: &["crate::ui", "crate::app", "crate::session", "egui", "eframe", "tokio"],
    },
    Module {
        name: "headless",
        never: &["crate::ui", "crate::app", "crate::peer", "egui", "eframe"],
    },
];

/// Crates of the desktop client that none but these modules may name.
const OWNED: &[(&str, &[&str])] = &[
    ("webrtc", &["peer"]),
    ("rtc", &["peer"]),
    ("cpal", &["media"]),
    ("nokhwa", &["media"]),
    ("xcap", &["media"]),
    ("x11rb", &["media"]),
    ("zbus", &["media", "platform"]),
    ("openh264", &["media"]),
    ("openh264_sys2", &["media"]),
    ("opusic_c", &["media"]),
    ("sonora", &["media"]),
    ("sonora_aec3", &["media"]),
    ("pulseaudio", &["media"]),
    ("wasapi", &["media"]),
    ("objc2_core_audio", &["media"]),
    ("libloading", &["player"]),
];

/// What decides must not touch: the clock, chance, threads, files and sockets come as arguments.
const IMPURE: &[&str] = &[
    "Instant::now",
    "SystemTime::now",
    "thread::",
    "std::thread",
    "std::net::TcpStream",
    "std::net::UdpSocket",
    "std::fs",
    "tokio",
    "rand",
    "getrandom",
    "egui",
    "eframe",
    "webrtc",
    "cpal",
];

/// Adds what `source` breaks.
pub(crate) fn check(source: &Source, violations: &mut Vec<Violation>) {
    if source.file.contains("/core/src/") {
        for name in IMPURE {
            report(source, name, violations, || {
                format!("a pure core must not name `{name}`: time, chance and IO are arguments")
            });
        }
    }
    let Some(inside) = source.file.strip_prefix("desktop-client/src/") else {
        return;
    };
    let module = inside.split(['/', '.']).next().unwrap_or_default();
    for rule in MODULES.iter().filter(|rule| rule.name == module) {
        for name in rule.never {
            report(source, name, violations, || format!("`{module}` must not import `{name}`"));
        }
    }
    for (name, owners) in OWNED.iter().filter(|(_, owners)| !owners.contains(&module)) {
        for line in source.lines_naming(name).filter(|line| is_crate_path(source, *line, name)) {
            violations.push(Violation {
                file: source.file.clone(),
                line,
                text: format!("only `{}` may name the crate `{name}`", owners.join("` or `")),
            });
        }
    }
}

/// Is `name` used as a crate on this line (`use rtc`, `rtc::…`, `::rtc`), not as a variable?
fn is_crate_path(source: &Source, line: usize, name: &str) -> bool {
    let code = &source.code[line - 1];
    code.contains(&format!("{name}::")) && !code.contains(&format!("::{name}::"))
        || code.trim_start().starts_with(&format!("use {name}"))
        || code.contains(&format!(" ::{name}::"))
}

fn report(source: &Source, name: &str, violations: &mut Vec<Violation>, text: impl Fn() -> String) {
    for line in source.lines_naming(name) {
        violations.push(Violation { file: source.file.clone(), line, text: text() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(file: &str, text: &str) -> Vec<String> {
        let mut violations = Vec::new();
        check(&Source::new(file, text), &mut violations);
        violations.into_iter().map(|violation| violation.text).collect()
    }

    #[test]
    fn a_core_that_reads_the_clock_is_found() {
        let found = broken("desktop-client/core/src/a.rs", "let now = Instant::now();");
        assert_eq!(
            found,
            ["a pure core must not name `Instant::now`: time, chance and IO are arguments"]
        );
        assert!(!broken("signal-server/core/src/a.rs", "std::thread::spawn(f);").is_empty());
        assert!(!broken("signal-server/core/src/a.rs", "use tokio::sync::mpsc;").is_empty());
        assert!(!broken("signal-server/core/src/a.rs", "let n = rand::random();").is_empty());
    }

    #[test]
    fn a_core_may_take_the_time_as_an_argument_and_test_with_the_clock() {
        let text = "use std::time::Instant;\nfn f(now: Instant) {}\n#[cfg(test)]\nmod t { fn g() { Instant::now(); } }";
        assert!(broken("desktop-client/core/src/a.rs", text).is_empty());
    }

    #[test]
    fn every_module_rule_bites() {
        for rule in MODULES {
            for name in rule.never {
                let file = format!("desktop-client/src/{}/part.rs", rule.name);
                let found = broken(&file, &format!("use {name}::Thing;"));
                assert!(!found.is_empty(), "{} naming {name}", rule.name);
            }
        }
    }

    #[test]
    fn every_owned_crate_is_kept_to_its_owner() {
        for (name, owners) in OWNED {
            let line = format!("use {name}::Thing;");
            assert!(!broken("desktop-client/src/app.rs", &line).is_empty(), "{name}");
            for owner in *owners {
                let file = format!("desktop-client/src/{owner}.rs");
                assert!(broken(&file, &line).is_empty(), "{name} in {owner}");
            }
        }
    }

    #[test]
    fn the_name_of_a_crate_may_be_a_word_of_ours() {
        assert!(broken("desktop-client/src/session.rs", "let rtc = 1; f(rtc);").is_empty());
    }
}
