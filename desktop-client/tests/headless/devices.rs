//! Sound devices that are unplugged in mid-call and come back, and a default that moves: null sinks
//! of a PulseAudio daemon of the test's own. Skipped, with a word, where that is not installed.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::person::{Person, text};
use crate::server::TestServer;

const PATIENCE: Duration = Duration::from_secs(60);

/// A sound server that ends with the test.
struct SoundServer {
    daemon: Child,
    folder: TempDir,
}

impl SoundServer {
    /// With one sink, `home`, the default.
    fn start() -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let socket = folder.path().join("native");
        let listen =
            format!("module-native-protocol-unix auth-anonymous=1 socket={}", socket.display());
        let daemon = Command::new("pulseaudio")
            .args(["-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"])
            .args(["--disable-shm=yes", "-L", &listen, "-L", &null_sink("home")])
            .env("PULSE_RUNTIME_PATH", folder.path())
            .env("XDG_RUNTIME_DIR", folder.path())
            .env("HOME", folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .inspect_err(|error| println!("skipped: pulseaudio does not start ({error})"))
            .ok()?;
        let server = Self { daemon, folder };
        server.wait("a sink", |server| server.list("sinks").contains("home"));
        Some(server)
    }

    fn address(&self) -> String {
        format!("unix:{}", self.folder.path().join("native").display())
    }

    fn pactl(&self, words: &[&str]) -> String {
        let output = Command::new("pactl")
            .args(words)
            .env("PULSE_SERVER", self.address())
            .stdin(Stdio::null())
            .output()
            .expect("pactl comes with pulseaudio");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn list(&self, what: &str) -> String {
        self.pactl(&["list", "short", what])
    }

    /// Plugs a sink in; what unplugs it.
    fn plug_in(&self, name: &str) -> String {
        let module = null_sink(name);
        let words: Vec<&str> = ["load-module"].into_iter().chain(module.split(' ')).collect();
        let index = self.pactl(&words).trim().to_owned();
        assert!(!index.is_empty(), "{name} is plugged in");
        index
    }

    fn unplug(&self, module: &str) {
        self.pactl(&["unload-module", module]);
    }

    /// Is something played into the sink of this name?
    fn is_played_into(&self, sink: &str) -> bool {
        self.is_used("sinks", "sink-inputs", sink)
    }

    /// Is something recorded from the source of this name?
    fn is_recorded_from(&self, source: &str) -> bool {
        self.is_used("sources", "source-outputs", source)
    }

    fn is_used(&self, devices: &str, streams: &str, name: &str) -> bool {
        let devices = self.list(devices);
        let rows = || devices.lines().map(|line| line.split('\t').collect::<Vec<_>>());
        let index = rows().find(|row| row.get(1) == Some(&name)).map(|row| row[0].to_owned());
        let streams = self.list(streams);
        let mut used = streams.lines().filter_map(|line| line.split('\t').nth(1));
        index.is_some_and(|index| used.any(|of| of == index))
    }

    fn wait(&self, what: &str, wanted: impl Fn(&Self) -> bool) {
        let until = Instant::now() + PATIENCE;
        while !wanted(self) {
            let lists = ["sinks", "sources", "sink-inputs", "source-outputs"];
            assert!(Instant::now() < until, "{what}: {:?}", lists.map(|list| self.list(list)));
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for SoundServer {
    fn drop(&mut self) {
        // It may be over already.
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

fn null_sink(name: &str) -> String {
    format!("module-null-sink sink_name={name} sink_properties=device.description={name}_box")
}

fn tells(event: &Value, words: &[&str]) -> bool {
    words.iter().all(|word| text(event, "text").contains(word))
}

#[test]
fn a_device_that_is_unplugged_gives_way_and_comes_back() {
    let Some(sound) = SoundServer::start() else { return };
    let module = sound.plug_in("usb");
    let environment = [("PULSE_SERVER", sound.address().into())];
    let server = TestServer::start();
    let (mut ana, code) = Person::create("Ana", &server.url(), "--microphone tone");
    let words = format!("--join {code} --speaker device:usb_box --microphone device:usb.monitor");
    let mut ben = Person::start_in(&environment, "Ben", &server.url(), &words);
    let ana_id = ana.id();
    sound.wait("Ben plays into what he chose", |sound| sound.is_played_into("usb"));
    sound.wait("and records from it", |sound| sound.is_recorded_from("usb.monitor"));

    let mark = ben.mark();
    sound.unplug(&module);
    ben.wait_since(mark, "notice", |notice| tells(notice, &["usb_box", "home_box"]));
    sound.wait("the default takes over", |sound| sound.is_played_into("home"));
    sound.wait("both ways", |sound| sound.is_recorded_from("home.monitor"));
    // The call goes on: the voice is decoded and played.
    let mark = ben.mark();
    ben.peer_stats(mark, &ana_id, |peer| {
        peer["audio_in"]["level_db"].as_f64().is_some_and(|level| level > -30.0)
    });

    let mark = ben.mark();
    sound.plug_in("usb");
    ben.wait_since(mark, "notice", |notice| tells(notice, &["loudspeaker", "usb", "back"]));
    ben.wait_since(mark, "notice", |notice| tells(notice, &["microphone", "usb", "back"]));
    sound.wait("it is played into again", |sound| sound.is_played_into("usb"));
    sound.wait("and recorded from", |sound| sound.is_recorded_from("usb.monitor"));
    assert!(!sound.is_played_into("home"), "and the other one is let go");
    ben.leave();
    ana.leave();
}

#[test]
fn the_systems_default_is_followed_in_mid_call() {
    let Some(sound) = SoundServer::start() else { return };
    sound.plug_in("usb");
    sound.pactl(&["set-default-sink", "home"]);
    let environment = [("PULSE_SERVER", sound.address().into())];
    let server = TestServer::start();
    let (mut ana, code) = Person::create("Ana", &server.url(), "--microphone tone");
    let words = format!("--join {code} --speaker default");
    let mut ben = Person::start_in(&environment, "Ben", &server.url(), &words);
    sound.wait("Ben plays into the default", |sound| sound.is_played_into("home"));
    let mark = ben.mark();
    sound.pactl(&["set-default-sink", "usb"]);
    ben.wait_since(mark, "notice", |notice| tells(notice, &["system's loudspeaker", "usb_box"]));
    sound.wait("Ben follows", |sound| sound.is_played_into("usb"));
    assert!(!sound.is_played_into("home"));
    ben.leave();
    ana.leave();
}
