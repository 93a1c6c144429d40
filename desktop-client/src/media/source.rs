//! What media may be fed from and where it may go, and how a person names it on a command line.
//! Nothing is opened here.

mod screen;

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use cinemasync_core::bitrate::ladder::CameraQuality;
use cinemasync_core::devices::DeviceWish;
pub use screen::ScreenChoice;
use thiserror::Error;

/// Where the camera's pictures come from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum CameraSource {
    /// No camera.
    #[default]
    None,
    /// A moving picture that carries its capture time.
    TestPattern {
        /// Width in pixels; even.
        width: u32,
        /// Height in pixels; even.
        height: u32,
        /// Pictures a second.
        fps: u32,
    },
    /// The system's first camera.
    Default,
    /// The camera whose name or number is this, or whose name alone contains it.
    Device(String),
    /// A film's video, looped.
    File(PathBuf),
}

/// Where the voice comes from.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum MicrophoneSource {
    /// No microphone.
    #[default]
    None,
    /// A sine of this frequency in Hz, at -12 dBFS.
    Tone(f32),
    /// The system's default microphone.
    Default,
    /// The microphone with this id or name, or whose id or name alone contains it.
    Device(String),
    /// A WAV file, looped.
    File(PathBuf),
}

/// Where the voices of the others go.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum SpeakerSink {
    /// Nowhere. They are decoded all the same, for their loudness.
    #[default]
    None,
    /// The system's default loudspeaker.
    Default,
    /// The loudspeaker with this id or name, or whose id or name alone contains it.
    Device(String),
    /// A WAV file of what would be heard, 48 kHz mono.
    File(PathBuf),
}

/// Why a text names no source.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SourceError {
    /// Neither a word nor a prefix that is known.
    #[error("{given:?} is not a {kind}. Use {choices}.")]
    Unknown {
        /// What was given.
        given: String,
        /// What it should have named.
        kind: &'static str,
        /// What is possible.
        choices: &'static str,
    },
    /// `device:` or `file:` with nothing behind it.
    #[error("{0:?} needs a name behind the colon.")]
    NameMissing(String),
    /// The picture's size or rate is not readable or out of range.
    #[error(
        "{0:?} is not a test pattern. Use test-pattern or, for another size and rate, \
         test-pattern:1280x720@30 (96x64 to 1920x1080, even, 1 to 60 pictures a second)."
    )]
    Pattern(String),
    /// The frequency is not readable or out of range.
    #[error("{0:?} is not a tone. Use tone or, for another frequency, tone:660 (20 to 20000 Hz).")]
    Tone(String),
}

impl CameraSource {
    /// The best that is asked for when nobody says: a pattern of some size is to be sent in that size.
    pub fn quality(&self) -> CameraQuality {
        match *self {
            Self::TestPattern { height, fps, .. } => CameraQuality { height, fps },
            _ => CameraQuality::default(),
        }
    }

    /// The pattern without further words: 640×360 at 30 pictures a second.
    pub const TEST_PATTERN: Self = Self::TestPattern { width: 640, height: 360, fps: 30 };
}

impl CameraSource {
    /// The device that is wished for; `kept` is the one that was chosen earlier in the default's place.
    pub fn wish(&self, kept: Option<&str>) -> DeviceWish {
        match self {
            Self::None | Self::TestPattern { .. } | Self::File(_) => DeviceWish::Fixed,
            Self::Default => wish(kept),
            Self::Device(name) => wish(Some(name)),
        }
    }
}

impl MicrophoneSource {
    /// Does it hear a room? A tone and a file come as they are.
    pub(super) fn is_device(&self) -> bool {
        matches!(self, Self::Default | Self::Device(_))
    }

    /// The device that is wished for; `kept` is the one that was chosen earlier in the default's place.
    pub fn wish(&self, kept: Option<&str>) -> DeviceWish {
        match self {
            Self::None | Self::Tone(_) | Self::File(_) => DeviceWish::Fixed,
            Self::Default => wish(kept),
            Self::Device(name) => wish(Some(name)),
        }
    }
}

impl SpeakerSink {
    /// The device that is wished for; `kept` is the one that was chosen earlier in the default's place.
    pub fn wish(&self, kept: Option<&str>) -> DeviceWish {
        match self {
            Self::None | Self::File(_) => DeviceWish::Fixed,
            Self::Default => wish(kept),
            Self::Device(name) => wish(Some(name)),
        }
    }
}

fn wish(name: Option<&str>) -> DeviceWish {
    name.map_or(DeviceWish::Default, |name| DeviceWish::Named(name.to_owned()))
}

impl FromStr for CameraSource {
    type Err = SourceError;

    fn from_str(given: &str) -> Result<Self, SourceError> {
        match split(given) {
            ("none", None) => Ok(Self::None),
            ("default", None) => Ok(Self::Default),
            ("test-pattern", None) => Ok(Self::TEST_PATTERN),
            ("test-pattern", Some(size)) => {
                let (width, height, fps) =
                    pattern(size).ok_or_else(|| SourceError::Pattern(given.to_owned()))?;
                Ok(Self::TestPattern { width, height, fps })
            }
            ("device", Some(name)) => named(given, name).map(Self::Device),
            ("file", Some(path)) => named(given, path).map(|path| Self::File(path.into())),
            _ => Err(SourceError::Unknown {
                given: given.to_owned(),
                kind: "camera",
                choices: "none, test-pattern, default, device:NAME or file:PATH",
            }),
        }
    }
}

impl FromStr for MicrophoneSource {
    type Err = SourceError;

    fn from_str(given: &str) -> Result<Self, SourceError> {
        match split(given) {
            ("none", None) => Ok(Self::None),
            ("default", None) => Ok(Self::Default),
            ("tone", None) => Ok(Self::Tone(440.0)),
            ("tone", Some(hz)) => hz
                .parse()
                .ok()
                .filter(|hz| (20.0..=20_000.0).contains(hz))
                .map(Self::Tone)
                .ok_or_else(|| SourceError::Tone(given.to_owned())),
            ("device", Some(name)) => named(given, name).map(Self::Device),
            ("file", Some(path)) => named(given, path).map(|path| Self::File(path.into())),
            _ => Err(SourceError::Unknown {
                given: given.to_owned(),
                kind: "microphone",
                choices: "none, tone, default, device:NAME or file:PATH",
            }),
        }
    }
}

impl FromStr for SpeakerSink {
    type Err = SourceError;

    fn from_str(given: &str) -> Result<Self, SourceError> {
        match split(given) {
            ("none", None) => Ok(Self::None),
            ("default", None) => Ok(Self::Default),
            ("device", Some(name)) => named(given, name).map(Self::Device),
            ("file", Some(path)) => named(given, path).map(|path| Self::File(path.into())),
            _ => Err(SourceError::Unknown {
                given: given.to_owned(),
                kind: "speaker",
                choices: "none, default, device:NAME or file:PATH",
            }),
        }
    }
}

impl fmt::Display for CameraSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::Default => f.write_str("default"),
            Self::TestPattern { width, height, fps } => {
                write!(f, "test-pattern:{width}x{height}@{fps}")
            }
            Self::Device(name) => write!(f, "device:{name}"),
            Self::File(path) => write!(f, "file:{}", path.display()),
        }
    }
}

/// The word before the first colon and what is behind it.
fn split(given: &str) -> (&str, Option<&str>) {
    match given.split_once(':') {
        Some((word, rest)) => (word, Some(rest)),
        None => (given, None),
    }
}

fn named(given: &str, name: &str) -> Result<String, SourceError> {
    if name.is_empty() {
        return Err(SourceError::NameMissing(given.to_owned()));
    }
    Ok(name.to_owned())
}

/// Reads `1280x720@30`: width, height and pictures a second.
fn pattern(size: &str) -> Option<(u32, u32, u32)> {
    let (size, fps) = size.split_once('@').unwrap_or((size, "30"));
    let (width, height) = size.split_once('x')?;
    let (width, height, fps) = (width.parse().ok()?, height.parse().ok()?, fps.parse().ok()?);
    let even = |size: u32| size.is_multiple_of(2);
    // 96 pixels are two for each of the pattern's 48 columns.
    let fits =
        (96..=1920).contains(&width) && (64..=1080).contains(&height) && (1..=60).contains(&fps);
    (fits && even(width) && even(height)).then_some((width, height, fps))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cameras_are_read_as_the_command_line_names_them() {
        assert_eq!("none".parse(), Ok(CameraSource::None));
        assert_eq!("test-pattern".parse(), Ok(CameraSource::TEST_PATTERN));
        assert_eq!(
            "test-pattern:1280x720@30".parse(),
            Ok(CameraSource::TestPattern { width: 1280, height: 720, fps: 30 })
        );
        assert_eq!("device:USB: left".parse(), Ok(CameraSource::Device("USB: left".into())));
        assert_eq!("file:a:b.mkv".parse(), Ok(CameraSource::File("a:b.mkv".into())));
    }

    #[test]
    fn voices_are_read_as_the_command_line_names_them() {
        assert_eq!("tone".parse(), Ok(MicrophoneSource::Tone(440.0)));
        assert_eq!("tone:660".parse(), Ok(MicrophoneSource::Tone(660.0)));
        assert_eq!("file:/a.wav".parse(), Ok(SpeakerSink::File("/a.wav".into())));
        assert_eq!("default".parse(), Ok(SpeakerSink::Default));
    }

    #[test]
    fn what_is_not_understood_is_answered_by_a_sentence() {
        for given in ["", "webcam", "device", "device:", "test-pattern:", "test-pattern:9x9@1"] {
            let error = given.parse::<CameraSource>().expect_err(given).to_string();
            assert!(error.ends_with('.') && error.contains(' '), "{error}");
        }
        for given in ["tone:", "tone:NaN", "tone:1e9", "none:1"] {
            given.parse::<MicrophoneSource>().expect_err(given);
        }
        "tone".parse::<SpeakerSink>().expect_err("a speaker does not hum");
    }
}
