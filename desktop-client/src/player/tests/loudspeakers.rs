//! The film's sound and its devices: null sinks of a PulseAudio daemon of the test's own. Skipped, with a
//! word, where that is not installed.

use std::process::{Child, Stdio};

use super::*;

/// A sound server that ends with the test.
struct SoundServer {
    daemon: Child,
    folder: tempfile::TempDir,
}

impl SoundServer {
    /// With one sink, `home`, the default.
    fn start() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let daemon = Self::run(&folder)?;
        let server = Self { daemon, folder };
        server.wait("a sink", |server| server.list("sinks").contains("home"));
        Some(server)
    }

    fn run(folder: &tempfile::TempDir) -> Option<Child> {
        let socket = folder.path().join("native");
        let listen =
            format!("module-native-protocol-unix auth-anonymous=1 socket={}", socket.display());
        Command::new("pulseaudio")
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
            .ok()
    }

    fn stop(&mut self) {
        self.daemon.kill().unwrap();
        self.daemon.wait().unwrap();
        std::fs::remove_file(self.folder.path().join("native")).ok();
    }

    fn start_again(&mut self) {
        self.daemon = Self::run(&self.folder).expect("it ran before");
        self.wait("a sink", |server| server.list("sinks").contains("home"));
    }

    fn address(&self) -> String {
        format!("unix:{}", self.folder.path().join("native").display())
    }

    fn tool(&self, name: &str, words: &[&str]) -> Command {
        let mut command = Command::new(name);
        command.args(words).env("PULSE_SERVER", self.address()).stdin(Stdio::null());
        command
    }

    fn pactl(&self, words: &[&str]) -> String {
        let output = self.tool("pactl", words).output().expect("pactl comes with pulseaudio");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn list(&self, what: &str) -> String {
        self.pactl(&["list", "short", what])
    }

    /// Plugs a sink in; what unplugs it.
    fn plug_in(&self, name: &str) -> String {
        let module = null_sink(name);
        let words: Vec<&str> = ["load-module"].into_iter().chain(module.split(' ')).collect();
        self.pactl(&words).trim().to_owned()
    }

    /// Is something played into the sink of this name?
    fn is_played_into(&self, sink: &str) -> bool {
        let (sinks, inputs) = (self.list("sinks"), self.list("sink-inputs"));
        let rows = || sinks.lines().map(|line| line.split('\t').collect::<Vec<_>>());
        let index = rows().find(|row| row.get(1) == Some(&sink)).map(|row| row[0].to_owned());
        index.is_some_and(|index| {
            inputs.lines().filter_map(|line| line.split('\t').nth(1)).any(|of| of == index)
        })
    }

    fn wait(&self, what: &str, wanted: impl Fn(&Self) -> bool) {
        let until = Instant::now() + HANG;
        while !wanted(self) {
            assert!(Instant::now() < until, "{what}: {}", self.list("sink-inputs"));
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// A player whose sound comes out here.
    fn player(&self) -> Option<Bench> {
        let bench = Bench::open_with(FilmAudio::Default)?;
        let mpv = bench.player.control.mpv();
        mpv.set_text(c"options/ao", c"pulse,").unwrap();
        mpv.set_text(c"options/pulse-host", &c_text(self.address()).unwrap()).unwrap();
        Some(bench)
    }
}

impl Drop for SoundServer {
    fn drop(&mut self) {
        // It may be over already.
        self.daemon.kill().ok();
        self.daemon.wait().ok();
    }
}

fn null_sink(name: &str) -> String {
    format!("module-null-sink sink_name={name} sink_properties=device.description={name}_box")
}

impl Bench {
    fn device(&self, name: Option<&str>) {
        self.player.command(PlayerCommand::AudioDevice(name.map(str::to_owned)));
    }

    fn goes_on(&self) {
        let now = Instant::now();
        let first = self.position(|position| position.at > now).position_secs;
        self.position(|position| position.playing && position.position_secs > first + 0.3);
    }
}

#[test]
fn the_sound_goes_where_a_person_says_and_returns_to_a_device_that_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let Some(film) = long_film(folder.path()) else { return };
    let Some(server) = SoundServer::start() else { return };
    let Some(bench) = server.player() else { return };
    let module = server.plug_in("kitchen");
    bench.load(&film, 0.0);
    bench.loaded();
    bench.player.command(PlayerCommand::PlayAt(Instant::now()));
    server.wait("the default", |server| server.is_played_into("home"));
    bench.device(Some("kitchen_box"));
    server.wait("the chosen one", |server| server.is_played_into("kitchen"));
    bench.goes_on();
    bench.device(Some("cellar"));
    let sentence = bench.warning();
    assert!(sentence.contains("cellar") && sentence.contains("kitchen_box"), "{sentence}");

    server.pactl(&["unload-module", &module]);
    server.wait("what is left", |server| server.is_played_into("home"));
    bench.goes_on();
    server.plug_in("kitchen");
    server.wait("the one that came back", |server| server.is_played_into("kitchen"));
    bench.goes_on();
    bench.device(None);
    server.wait("the default again", |server| server.is_played_into("home"));
}

#[test]
fn without_any_device_the_film_plays_on_and_is_heard_again_when_there_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let Some(film) = long_film(folder.path()) else { return };
    let Some(mut server) = SoundServer::start() else { return };
    let Some(bench) = server.player() else { return };
    bench.load(&film, 0.0);
    bench.loaded();
    bench.player.command(PlayerCommand::PlayAt(Instant::now()));
    server.wait("the default", |server| server.is_played_into("home"));
    bench.goes_on();

    // The only sink goes, and comes back.
    let modules = server.list("modules");
    let module = modules.lines().find(|line| line.contains("sink_name=home")).unwrap();
    server.pactl(&["unload-module", module.split('\t').next().unwrap()]);
    let sentence = bench.warning();
    assert!(sentence.contains("without sound"), "{sentence}");
    bench.goes_on();
    server.plug_in("home");
    server.wait("the sink that came back", |server| server.is_played_into("home"));
    bench.goes_on();

    // The whole server goes, and comes back.
    server.stop();
    bench.warning();
    bench.goes_on();
    server.start_again();
    server.wait("the server that came back", |server| server.is_played_into("home"));
    bench.goes_on();
}

/// Loudness (root mean square) and peak of each of two channels.
fn measure(samples: &[f64]) -> [(f64, f64); 2] {
    [0, 1].map(|channel| {
        let of_channel = || samples.iter().skip(channel).step_by(2);
        let power = of_channel().map(|sample| sample * sample).sum::<f64>();
        let peak = of_channel().fold(0.0f64, |peak, sample| peak.max(sample.abs()));
        ((power / of_channel().count() as f64).sqrt(), peak)
    })
}

/// A tone at full scale in some of six channels.
fn six_channels(folder: &Path, name: &str, channels: &str) -> Option<PathBuf> {
    let arguments =
        format!("-f lavfi -i aevalsrc=sin(2*PI*440*t):d=4 -af pan=5.1|{channels} -c:a pcm_s16le");
    ffmpeg(folder, name, &arguments)
}

/// What a stereo file or a stereo device gets of six channels.
#[test]
fn six_channels_become_two_with_the_voices_of_the_centre_and_without_clipping() {
    let folder = tempfile::tempdir().unwrap();
    let Some(centre) = six_channels(folder.path(), "centre.wav", "FC=c0") else { return };
    let all = "FL=c0|FR=c0|FC=c0|LFE=c0|BL=c0|BR=c0";
    let all = six_channels(folder.path(), "all.wav", all).expect("ffmpeg was there before");
    let server = SoundServer::start();
    for (film, is_loud) in [(centre, false), (all, true)] {
        let mixed = film.with_extension("mixed.wav");
        let Some(bench) = Bench::open_with(FilmAudio::Default) else { return };
        let mpv = bench.player.control.mpv();
        mpv.set_text(c"options/ao", c"pcm").unwrap();
        mpv.set_text(c"options/audio-channels", c"stereo").unwrap();
        mpv.set_text(c"options/audio-format", c"s16").unwrap();
        mpv.set_text(
            c"options/ao-pcm-file",
            &c_text(mixed.as_os_str().as_encoded_bytes()).unwrap(),
        )
        .unwrap();
        bench.load(&film, 0.0);
        bench.loaded();
        bench.player.command(PlayerCommand::PlayAt(Instant::now()));
        bench.wait(|event| matches!(event, PlayerEvent::Ended).then_some(()));
        drop((bench, mpv));
        let mut samples = hound::WavReader::open(&mixed).unwrap();
        let samples: Vec<f64> =
            samples.samples::<i16>().map(|sample| f64::from(sample.unwrap()) / 32_768.0).collect();
        check_mix("file", is_loud, &samples[samples.len() / 4..samples.len() / 2]);

        let Some(server) = &server else { continue };
        let Some(bench) = server.player() else { return };
        bench.load(&film, 0.0);
        bench.loaded();
        bench.player.command(PlayerCommand::PlayAt(Instant::now()));
        bench.position(|position| position.playing && position.position_secs > 1.0);
        let mut parec = server
            .tool("parec", &["--raw", "--format=s16le", "--channels=2", "-d", "home.monitor"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("parec comes with pulseaudio");
        let mut bytes = vec![0; 300_000];
        std::io::Read::read_exact(parec.stdout.as_mut().unwrap(), &mut bytes).unwrap();
        parec.kill().unwrap();
        parec.wait().unwrap();
        let samples: Vec<f64> = bytes
            .chunks_exact(2)
            .map(|pair| f64::from(i16::from_le_bytes([pair[0], pair[1]])) / 32_768.0)
            .collect();
        check_mix("device", is_loud, &samples[samples.len() / 2..]);
    }
}

fn check_mix(what: &str, is_loud: bool, samples: &[f64]) {
    let measured = measure(samples);
    println!("{what}, {}: {measured:.3?}", if is_loud { "all" } else { "centre" });
    for (loudness, peak) in measured {
        // A sine's peak is 1.414 times its loudness; cut off, it is less.
        assert!((1.38..1.45).contains(&(peak / loudness)), "{what}: {loudness}, {peak}");
        // At most 12 dB less than what it was.
        assert!(loudness > 0.25 * std::f64::consts::FRAC_1_SQRT_2, "{what}: {loudness}");
    }
}

/// Long enough for what takes a while.
fn long_film(folder: &Path) -> Option<PathBuf> {
    let arguments = "-f lavfi -i testsrc2=s=160x90:r=25:d=120 -f lavfi -i sine=d=120 -c:v libx264 \
        -preset ultrafast -c:a aac";
    ffmpeg(folder, "long.mkv", arguments)
}
