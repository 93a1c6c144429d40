//! How a person wants voices to be treated: one's own on its way out, and the film while others
//! talk. Values only; what they do is the business of media and of `ducking`.

use serde::{Deserialize, Serialize};

/// The furthest that one's own voice can be raised or lowered, in decibels.
pub const MAX_GAIN_DB: f64 = 20.0;
/// The furthest that a film can be lowered while somebody talks, in decibels.
pub const MAX_DUCKING_DB: f64 = 40.0;
/// The slowest change of the film's loudness, in milliseconds.
pub const MAX_RAMP_MS: u32 = 5_000;
/// The loudest that one person's voice can be made; 1 is as it came.
pub const MAX_VOICE_VOLUME: f64 = 2.0;

/// The settings. What is missing where they are kept has its default.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct VoiceSettings {
    /// How much one's own voice is raised (or lowered, if negative), in decibels.
    pub input_gain_db: f64,
    /// Is steady noise taken out of it?
    pub noise_suppression: bool,
    /// Is what the loudspeaker plays taken out of it?
    pub echo_cancellation: bool,
    /// Is its loudness evened out?
    pub automatic_gain: bool,
    /// How much the film is lowered while somebody talks, in decibels; 0: not at all.
    pub ducking_db: f64,
    /// How long the film takes to be lowered, in milliseconds.
    pub ducking_attack_ms: u32,
    /// How long the film takes to be as loud as before, in milliseconds.
    pub ducking_release_ms: u32,
    /// Is there a short sound when somebody comes or leaves, and when one mutes oneself?
    pub sounds: bool,
}

impl Default for VoiceSettings {
    fn default() -> Self {
        Self {
            input_gain_db: 0.0,
            noise_suppression: false,
            echo_cancellation: true,
            automatic_gain: true,
            ducking_db: 12.0,
            ducking_attack_ms: 300,
            ducking_release_ms: 800,
            sounds: true,
        }
    }
}

impl VoiceSettings {
    /// The same within its limits, whatever a file or a front end says.
    #[must_use]
    pub fn bounded(self) -> Self {
        let within = |value: f64, least: f64, most: f64, or: f64| {
            if value.is_finite() { value.clamp(least, most) } else { or }
        };
        Self {
            input_gain_db: within(self.input_gain_db, -MAX_GAIN_DB, MAX_GAIN_DB, 0.0),
            ducking_db: within(self.ducking_db, 0.0, MAX_DUCKING_DB, 0.0),
            ducking_attack_ms: self.ducking_attack_ms.min(MAX_RAMP_MS),
            ducking_release_ms: self.ducking_release_ms.min(MAX_RAMP_MS),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_of_an_earlier_version_are_completed() {
        let read: VoiceSettings = serde_json::from_str(r#"{"ducking_db":6.0}"#).unwrap();
        assert_eq!(read, VoiceSettings { ducking_db: 6.0, ..VoiceSettings::default() });
    }

    #[test]
    fn nonsense_is_brought_within_limits() {
        let wild = VoiceSettings {
            input_gain_db: f64::NAN,
            ducking_db: 1e9,
            ducking_release_ms: u32::MAX,
            ..VoiceSettings::default()
        };
        let tame = wild.bounded();
        assert!(tame.input_gain_db.abs() < f64::EPSILON);
        assert!((tame.ducking_db - MAX_DUCKING_DB).abs() < f64::EPSILON);
        assert_eq!(tame.ducking_release_ms, MAX_RAMP_MS);
        assert_eq!(VoiceSettings::default().bounded(), VoiceSettings::default());
    }
}
