//! A PulseAudio server of the test's own.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(30);

/// A child that ends with the test.
pub(crate) struct Owned(pub(crate) Child);

impl Drop for Owned {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs another test of this program with a sound server of its own that has these modules. The server's address is the environment's, so the work is done in a process of its
/// own.
pub(crate) fn with_pulseaudio(modules: &[&str], part: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let socket = folder.path().join("native");
    let daemon = Command::new("pulseaudio")
        .args(["--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "-n"])
        .arg(format!(
            "--load=module-native-protocol-unix auth-anonymous=1 socket={}",
            socket.display()
        ))
        .args(modules.iter().map(|module| format!("--load={module}")))
        .env("PULSE_RUNTIME_PATH", folder.path())
        .env("XDG_RUNTIME_DIR", folder.path())
        .env("HOME", folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let _daemon = match daemon {
        Ok(daemon) => Owned(daemon),
        Err(error) => {
            println!("skipped: pulseaudio does not start ({error})");
            return;
        }
    };
    let until = Instant::now() + PATIENCE;
    while !socket.exists() {
        assert!(Instant::now() < until, "pulseaudio made no socket");
        std::thread::sleep(Duration::from_millis(20));
    }
    let status = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", part, "--ignored", "--nocapture"])
        .env("PULSE_SERVER", format!("unix:{}", socket.display()))
        .env("XDG_RUNTIME_DIR", folder.path())
        .env("HOME", folder.path())
        .env("CINEMASYNC_TEST_FOLDER", folder.path())
        .status()
        .expect("starts");
    assert!(status.success());
}
