//! A PulseAudio daemon of our own without sound hardware: two sinks that are the two channels of one
//! device, so that one recording holds both, sample by sample at the same time.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, ChildStdout, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::children::{self, Owned};
use crate::shell::Invocation;
use crate::workspace;

/// Frames a second in the recording.
pub(crate) const RATE: u32 = 48_000;

/// Two channels of 16 bits.
const FRAME_BYTES: usize = 4;

const PATIENCE: Duration = Duration::from_secs(20);

/// The device whose channels the sinks are.
const DEVICE: &str = "cinemasync_bench";

/// A running daemon.
#[derive(Debug)]
pub(crate) struct SoundServer {
    process: Owned,
    environment: Vec<(String, String)>,
    folder: PathBuf,
}

impl SoundServer {
    /// The sinks that the two people play into.
    pub(crate) const SINKS: [&str; 2] = ["bench_anna", "bench_ben"];

    /// Starts the daemon; its socket, state and log lie in `folder`.
    pub(crate) fn start(folder: &Path) -> Result<Self> {
        if ["pulseaudio", "pactl", "parec"].iter().any(|p| workspace::find_program(p).is_none()) {
            bail!("pulseaudio with its tools is not installed; run `cargo xtask setup`");
        }
        let home = folder.join("pulse");
        fs::create_dir_all(&home).with_context(|| format!("cannot make {}", home.display()))?;
        let home_text = home.to_string_lossy().into_owned();
        // A socket's path is limited to about a hundred characters, so it lies in the system's
        // folder for short-lived files.
        let socket = std::env::temp_dir().join(format!("cinemasync-bench-{}", std::process::id()));
        let socket = socket.to_string_lossy().into_owned();
        let own = [
            ("HOME", home_text.clone()),
            ("XDG_RUNTIME_DIR", home_text.clone()),
            ("PULSE_RUNTIME_PATH", home_text),
        ];
        let log = File::create(folder.join("pulseaudio.log")).context("cannot write a log")?;
        let mut command = Command::new("pulseaudio");
        command
            .args(["-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"])
            .args(["--disable-shm=yes", "--log-target=stderr"])
            .arg("-L")
            .arg(format!("module-native-protocol-unix auth-anonymous=1 socket={socket}"))
            .arg("-L")
            .arg(format!(
                "module-null-sink sink_name={DEVICE} rate={RATE} channels=2 \
                 channel_map=aux0,aux1"
            ));
        for (sink, channel) in Self::SINKS.iter().zip(["aux0", "aux1"]) {
            command.arg("-L").arg(format!(
                "module-remap-sink sink_name={sink} master={DEVICE} channels=1 \
                 channel_map=mono master_channel_map={channel} remix=no"
            ));
        }
        command
            .envs(own.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log);
        let process = Owned::spawn("the sound server", &mut command)?;
        let environment = vec![("PULSE_SERVER".to_owned(), format!("unix:{socket}"))];
        let mut server = Self { process, environment, folder: folder.to_path_buf() };
        server.wait_until_ready()?;
        Ok(server)
    }

    /// What a program's environment needs to play into it.
    pub(crate) fn environment(&self) -> &[(String, String)] {
        &self.environment
    }

    /// Records both sinks into `path` until the recording is dropped. Comes back once it runs: a sink
    /// for which nobody asked for a short latency renders two seconds at once before it notices.
    pub(crate) fn record(&self, path: &Path) -> Result<Recording> {
        let file =
            File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
        let log = File::create(self.folder.join("parec.log")).context("cannot write a log")?;
        let mut command = Command::new("parec");
        command
            .args(["--device", &format!("{DEVICE}.monitor"), "--format=s16le"])
            .args(["--rate", &RATE.to_string(), "--channels=2", "--channel-map=aux0,aux1"])
            .args(["--latency-msec=20", "--raw"])
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(file)
            .stderr(log);
        let process = Owned::spawn("the recorder", &mut command)?;
        let recording = Recording { _process: process, path: path.to_path_buf() };
        let end = Instant::now() + PATIENCE;
        while recording.frames()? == 0 {
            if Instant::now() >= end {
                bail!("nothing is recorded; the log is in {}", self.folder.display());
            }
            children::pause(Duration::from_millis(20))?;
        }
        Ok(recording)
    }

    /// Plays samples, mono at [`RATE`], into a sink.
    pub(crate) fn play(&self, sink: &str) -> Result<Playing> {
        let log = File::create(self.folder.join(format!("pacat-{sink}.log")))
            .context("cannot write a log")?;
        let mut command = Command::new("pacat");
        command
            .args(["--playback", "--device", sink, "--format=float32le"])
            .args(["--rate", &RATE.to_string(), "--channels=1", "--latency-msec=20", "--raw"])
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(log);
        let mut process = Owned::spawn("a player", &mut command)?;
        let input = process.child().stdin.take().expect("stdin was piped above");
        Ok(Playing { input, _process: process })
    }

    /// Hears what a sink plays, mono at [`RATE`].
    pub(crate) fn hear(&self, sink: &str) -> Result<Hearing> {
        let log = File::create(self.folder.join(format!("parec-{sink}.log")))
            .context("cannot write a log")?;
        let mut command = Command::new("parec");
        command
            .args(["--device", &format!("{sink}.monitor"), "--format=float32le"])
            .args(["--rate", &RATE.to_string(), "--channels=1", "--latency-msec=10", "--raw"])
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log);
        let mut process = Owned::spawn("a listener", &mut command)?;
        let output = process.child().stdout.take().expect("stdout was piped above");
        Ok(Hearing { output, _process: process })
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        let end = Instant::now() + PATIENCE;
        loop {
            let mut list = Invocation::new("pactl").args(["list", "short", "sinks"]);
            for (name, value) in &self.environment {
                list = list.env(name, value);
            }
            let (good, sinks) = list.read()?;
            if good && Self::SINKS.iter().all(|sink| sinks.contains(sink)) {
                return Ok(());
            }
            children::check_interrupted()?;
            if let Some(status) = self.process.ended()? {
                bail!(
                    "pulseaudio ended at once ({status}); its log is in {}",
                    self.folder.display()
                );
            }
            if Instant::now() >= end {
                bail!("pulseaudio does not answer; its log is in {}", self.folder.display());
            }
            thread::sleep(Duration::from_millis(50));
        }
    }
}

/// A sink that is played into.
#[derive(Debug)]
pub(crate) struct Playing {
    input: ChildStdin,
    /// Ends it.
    _process: Owned,
}

impl Playing {
    /// Plays these; waits while the sink has enough. An error once the player has ended.
    pub(crate) fn write(&mut self, samples: &[f32]) -> Result<()> {
        let bytes: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        self.input.write_all(&bytes).context("the player has ended")
    }
}

/// A sink that is listened to.
#[derive(Debug)]
pub(crate) struct Hearing {
    output: ChildStdout,
    /// Ends it.
    _process: Owned,
}

impl Hearing {
    /// Waits for the next samples, as many as fit. An error once the listener has ended.
    pub(crate) fn read(&mut self, samples: &mut [f32]) -> Result<()> {
        let mut bytes = vec![0; samples.len() * 4];
        self.output.read_exact(&mut bytes).context("the listener has ended")?;
        for (sample, bytes) in samples.iter_mut().zip(bytes.chunks_exact(4)) {
            *sample = f32::from_le_bytes(bytes.try_into().expect("chunks of four"));
        }
        Ok(())
    }
}

/// A recording that still grows.
#[derive(Debug)]
pub(crate) struct Recording {
    /// Ends it.
    _process: Owned,
    path: PathBuf,
}

impl Recording {
    /// How many frames there are so far.
    pub(crate) fn frames(&self) -> Result<usize> {
        let size = fs::metadata(&self.path).context("the recording is gone")?.len();
        usize::try_from(size / FRAME_BYTES as u64).context("the recording is too long")
    }

    /// Both channels from the frame `start` on, at most for `span`.
    pub(crate) fn read(&self, start: usize, span: Duration) -> Result<[Vec<f32>; 2]> {
        let wanted = (span.as_secs_f64() * f64::from(RATE)) as u64 * FRAME_BYTES as u64;
        let mut file = File::open(&self.path).context("the recording is gone")?;
        file.seek(SeekFrom::Start((start * FRAME_BYTES) as u64))
            .context("the recording cannot be read")?;
        let mut bytes = Vec::new();
        file.take(wanted).read_to_end(&mut bytes).context("the recording cannot be read")?;
        Ok(channels(&bytes))
    }
}

fn channels(bytes: &[u8]) -> [Vec<f32>; 2] {
    let sample = |bytes: &[u8]| f32::from(i16::from_le_bytes([bytes[0], bytes[1]])) / 32_768.0;
    bytes
        .chunks_exact(FRAME_BYTES)
        .map(|frame| (sample(&frame[..2]), sample(&frame[2..])))
        .unzip::<_, _, Vec<f32>, Vec<f32>>()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_is_two_channels() {
        let bytes: Vec<u8> = [16_384_i16, -16_384, 0, 8_192].map(i16::to_le_bytes).concat();
        assert_eq!(channels(&bytes), [vec![0.5, 0.0], vec![-0.5, 0.25]]);
    }

    #[test]
    fn half_a_frame_at_the_end_is_left_out() {
        assert_eq!(channels(&[0, 64, 0]), [Vec::<f32>::new(), Vec::new()]);
    }

    #[test]
    fn each_sink_is_a_channel_of_the_recording() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        if workspace::find_program("pulseaudio").is_none() {
            eprintln!("skipped: pulseaudio is not installed");
            return;
        }
        let server = SoundServer::start(folder.path()).expect("the daemon starts");
        let recording = server.record(&folder.path().join("both")).expect("it can be recorded");
        let noise: Vec<u8> = (0..u32::from(u16::MAX)).map(|i| ((i * i) >> 4) as u8 / 4).collect();
        let file = folder.path().join("noise.s16");
        fs::write(&file, noise).expect("the folder can be written");

        // Again and again, as a recorder that just started misses the first of them.
        let end = Instant::now() + Duration::from_secs(60);
        let heard = loop {
            let mut play = Invocation::new("pacat")
                .args(["--playback", "--raw", "--format=s16le", "--rate=48000", "--channels=1"])
                .args(["--device", SoundServer::SINKS[1]])
                .arg(&file);
            for (name, value) in server.environment() {
                play = play.env(name, value);
            }
            play.run_quietly().expect("pacat plays");
            let heard = recording.read(0, Duration::from_secs(60)).expect("the recording is there");
            if heard[1].iter().any(|sample| sample.abs() > 0.01) || Instant::now() > end {
                break heard;
            }
        };
        assert!(heard[1].iter().any(|sample| sample.abs() > 0.01), "Ben's sink is heard");
        assert!(heard[0].iter().all(|sample| sample.abs() < 0.001), "Anna's is silent");
    }
}
