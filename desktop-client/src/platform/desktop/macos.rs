//! The desktop by two of the system's own programs.

use std::process::{Child, Command, Stdio};

/// The services.
pub(super) struct Services {
    /// Keeps the screen on while it runs, and ends with this program.
    awake: Option<Child>,
}

impl Services {
    pub(super) fn new() -> Self {
        Self { awake: None }
    }

    pub(super) fn tell(&mut self, title: &str, text: &str) {
        // What is said comes as arguments: nothing of it is read as a script.
        let script = [
            "-e",
            "on run argv",
            "-e",
            "display notification (item 2 of argv) with title (item 1 of argv)",
            "-e",
            "end run",
        ];
        let mut command = Command::new("/usr/bin/osascript");
        command.args(script).arg("--").args([title, text]);
        if let Err(error) = quiet(&mut command).status() {
            tracing::debug!(%error, "no notification");
        }
    }

    pub(super) fn awake(&mut self, awake: bool) {
        match (awake, self.awake.take()) {
            (true, Some(child)) => self.awake = Some(child),
            (true, None) => {
                let this = std::process::id().to_string();
                let mut command = Command::new("/usr/bin/caffeinate");
                let child = quiet(command.args(["-d", "-w", &this])).spawn();
                self.awake =
                    child.inspect_err(|error| tracing::debug!(%error, "the screen may sleep")).ok();
            }
            (false, Some(mut child)) => {
                let ended = child.kill().and_then(|()| child.wait());
                if let Err(error) = ended {
                    tracing::debug!(%error, "the screen is kept on until this program ends");
                }
            }
            (false, None) => {}
        }
    }
}

fn quiet(command: &mut Command) -> &mut Command {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null())
}
