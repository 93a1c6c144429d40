//! What the program keeps between two starts: a small JSON file in the user's configuration folder.

mod version;

use std::io;
use std::path::{Path, PathBuf};

use cinemasync_core::bitrate::ladder::CameraQuality;
use cinemasync_core::bubbles::Bubbles;
use cinemasync_core::link::Route;
use cinemasync_core::screen::ScreenSettings;
use cinemasync_core::streaming::StreamMode;
use cinemasync_core::voice_settings::VoiceSettings;
use cinemasync_core::window_settings::WindowSettings;
use serde::{Deserialize, Serialize};

use crate::kept::{self, Aside, Look, What};
use crate::platform::private_file;

/// The largest file that is read, in bytes.
const LARGEST: u64 = 1024 * 1024;

/// The settings. Whatever is missing in the file has its default.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// What to be called.
    pub name: String,
    /// The signaling server's address; none means the one inside the program.
    pub server: Option<String>,
    /// The camera's id; none means the system's default.
    pub camera: Option<String>,
    /// The microphone's.
    pub microphone: Option<String>,
    /// The loudspeaker's.
    pub speaker: Option<String>,
    /// The best that the camera is asked for.
    pub camera_quality: CameraQuality,
    /// Is one's voice sent only while a key is held?
    pub push_to_talk: bool,
    /// Which key that is, by its name; empty: the usual one.
    pub talk_key: String,
    /// Which ways connections may take.
    pub route: Route,
    /// How voices are treated.
    pub voice: VoiceSettings,
    /// How a shared screen is sent.
    pub screen: ScreenSettings,
    /// Whether a film that is not here comes from friends.
    pub stream_mode: StreamMode,
    /// How the window itself is.
    pub window: WindowSettings,
    /// Where and how large the faces stand over a film that fills the screen.
    pub bubbles: Bubbles,
    /// When the server was asked last for a newer version, in Unix seconds; 0: never.
    pub updates_asked_unix_secs: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            name: "Guest".to_owned(),
            server: None,
            camera: None,
            microphone: None,
            speaker: None,
            camera_quality: CameraQuality::default(),
            push_to_talk: false,
            talk_key: String::new(),
            route: Route::Any,
            voice: VoiceSettings::default(),
            screen: ScreenSettings::default(),
            stream_mode: StreamMode::default(),
            window: WindowSettings::default(),
            bubbles: Bubbles::default(),
            updates_asked_unix_secs: 0,
        }
    }
}

impl Settings {
    /// Where the settings are kept, if the system has such a place.
    pub fn default_path() -> Option<PathBuf> {
        Some(crate::platform::folders::config()?.join("settings.json"))
    }

    /// The kept settings, or the defaults if there are none. What cannot be read, or is of a newer version
    /// of this program, is put aside.
    pub fn load(path: &Path) -> (Self, Option<Aside>) {
        kept::read(path, What::Settings, LARGEST, version::read)
    }

    /// The same for who only looks: nothing is put aside.
    ///
    /// # Errors
    /// Why they cannot be read; a sentence.
    pub fn look(path: &Path) -> Result<Self, String> {
        match kept::look(path, LARGEST) {
            Look::None => Ok(Self::default()),
            Look::Text(text) => version::read(&text).map_err(|why| match why {
                kept::Why::Broken => "It is damaged.".to_owned(),
                kept::Why::Newer => "A newer version of CinemaSync wrote it.".to_owned(),
            }),
            Look::Unreadable(error) => Err(format!("It cannot be read: {error}.")),
        }
    }

    /// Keeps the settings: written beside and moved into place, so that a crash leaves the old ones.
    ///
    /// # Errors
    /// Whatever the disk answers.
    pub fn save(&self, path: &Path) -> io::Result<()> {
        private_file::replace(path, &version::write(self)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_survive_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deeper/settings.json");
        assert_eq!(Settings::load(&path), (Settings::default(), None));
        let settings = Settings {
            name: "Ana".into(),
            server: Some("wss://cinema.example.org".into()),
            microphone: Some("usb".into()),
            voice: VoiceSettings { ducking_db: 0.0, ..VoiceSettings::default() },
            ..Settings::default()
        };
        settings.save(&path).unwrap();
        assert_eq!(Settings::load(&path), (settings, None));
    }

    #[test]
    fn damaged_settings_are_the_defaults_and_lie_aside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.json");
        std::fs::write(&path, "{\"name\":").unwrap();
        assert_eq!(Settings::look(&path), Err("It is damaged.".to_owned()));
        let (settings, told) = Settings::load(&path);
        assert_eq!(settings, Settings::default());
        assert_eq!(told.unwrap().path, folder.path().join("settings.json.broken"));
        settings.save(&path).unwrap();
        assert_eq!(Settings::load(&path), (settings, None));
    }
}
