//! Where the film's sound goes. Owns the choice as a person writes it and the search for the device that
//! is meant; opening the device is libmpv's.

use std::str::FromStr;

use super::PlayerError;

/// Where the film's sound goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FilmAudio {
    /// Nowhere: the sound is decoded and its clock runs, but no device is opened.
    None,
    /// The system's default device.
    Default,
    /// The device with this id or description, or the only one that has this in either.
    Device(String),
}

impl FromStr for FilmAudio {
    type Err = String;

    /// Reads `none`, `default` or `device:NAME`; the error is a sentence.
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "none" => Ok(Self::None),
            "default" => Ok(Self::Default),
            _ => match text.strip_prefix("device:") {
                Some(name) if !name.is_empty() => Ok(Self::Device(name.to_owned())),
                _ => Err(format!("\"{text}\" is not one of none, default and device:NAME.")),
            },
        }
    }
}

/// An output as libmpv lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AudioDevice {
    /// libmpv's name: the driver, a slash and the system's id.
    pub(super) name: String,
    /// What a person would recognise.
    pub(super) description: String,
}

/// The libmpv name of the device that `wanted` means. The same device may be listed by several drivers;
/// the first driver that has it wins, because libmpv lists the best first.
pub(super) fn find_device(wanted: &str, devices: &[AudioDevice]) -> Result<String, PlayerError> {
    let lower = wanted.to_lowercase();
    let exact = |device: &&AudioDevice| {
        device.name == wanted || id_of(device) == wanted || device.description == wanted
    };
    let part = |device: &&AudioDevice| {
        id_of(device).to_lowercase().contains(&lower)
            || device.description.to_lowercase().contains(&lower)
    };
    let mut found: Vec<&AudioDevice> = devices.iter().filter(exact).collect();
    if found.is_empty() {
        found = devices.iter().filter(part).collect();
    }
    let Some(first) = found.first() else {
        return Err(PlayerError::NoAudioDevice {
            wanted: wanted.to_owned(),
            there: describe(devices.iter()),
        });
    };
    let same_driver: Vec<_> =
        found.iter().copied().filter(|device| driver_of(device) == driver_of(first)).collect();
    match same_driver.as_slice() {
        [only] => Ok(only.name.clone()),
        several => Err(PlayerError::AmbiguousAudioDevice {
            wanted: wanted.to_owned(),
            matches: describe(several.iter().copied()),
        }),
    }
}

fn driver_of(device: &AudioDevice) -> &str {
    device.name.split_once('/').map_or(device.name.as_str(), |(driver, _)| driver)
}

fn id_of(device: &AudioDevice) -> &str {
    device.name.split_once('/').map_or(device.name.as_str(), |(_, id)| id)
}

fn describe<'a>(devices: impl Iterator<Item = &'a AudioDevice>) -> String {
    let names: Vec<String> = devices
        .filter(|device| device.name.contains('/'))
        .map(|device| format!("{} ({})", device.description, id_of(device)))
        .collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn devices() -> Vec<AudioDevice> {
        [
            ("auto", "Autoselect device"),
            ("pulse/room_a", "Null Output A"),
            ("pulse/room_b", "Null Output B"),
            ("alsa/room_a", "Room A through ALSA"),
        ]
        .map(|(name, description)| AudioDevice {
            name: name.to_owned(),
            description: description.to_owned(),
        })
        .to_vec()
    }

    #[test]
    fn a_choice_is_read_as_a_person_writes_it() {
        assert_eq!("none".parse(), Ok(FilmAudio::None));
        assert_eq!("default".parse(), Ok(FilmAudio::Default));
        assert_eq!("device:a:b".parse(), Ok(FilmAudio::Device("a:b".to_owned())));
        assert!("device:".parse::<FilmAudio>().is_err());
        assert!("loud".parse::<FilmAudio>().is_err());
    }

    #[test]
    fn a_device_is_found_by_id_description_or_an_unambiguous_part() {
        for wanted in ["room_b", "pulse/room_b", "Null Output B", "output b"] {
            assert_eq!(find_device(wanted, &devices()).unwrap(), "pulse/room_b", "{wanted}");
        }
    }

    #[test]
    fn the_first_driver_that_has_the_device_wins() {
        assert_eq!(find_device("room_a", &devices()).unwrap(), "pulse/room_a");
    }

    #[test]
    fn an_ambiguous_or_unknown_name_is_refused_with_the_candidates() {
        let several = find_device("null output", &devices()).unwrap_err().to_string();
        assert!(several.contains("Null Output A") && several.contains("Null Output B"));
        let unknown = find_device("cellar", &devices()).unwrap_err().to_string();
        assert!(unknown.contains("cellar") && unknown.contains("Null Output A"));
    }
}
