//! The camera, the microphone and the loudspeaker: which there are, and whether the ones that were chosen
//! are among them. None is opened: a light that goes on by itself frightens people.

use cinemasync_core::devices::DeviceListing;

use super::Finding;
use crate::media;
use crate::settings::Settings;

pub(super) const CAMERA: &[(&str, &str)] = &[("camera", "Camera")];
pub(super) const SOUND: &[(&str, &str)] =
    &[("microphone", "Microphone"), ("loudspeaker", "Loudspeaker")];

/// Names that are shown; of more the number is.
const NAMED: usize = 4;

/// The devices that were chosen in the settings.
#[derive(Debug, Clone, Default)]
pub(super) struct Wished {
    camera: Option<String>,
    microphone: Option<String>,
    speaker: Option<String>,
}

impl Wished {
    pub(super) fn of(settings: &Settings) -> Self {
        Self {
            camera: settings.camera.clone(),
            microphone: settings.microphone.clone(),
            speaker: settings.speaker.clone(),
        }
    }
}

pub(super) fn camera(wished: &Wished) -> Finding {
    let without = "There is none: friends see your name instead of a picture.";
    judge(CAMERA[0], &media::cameras(), wished.camera.as_deref(), without)
}

pub(super) fn sound(wished: &Wished) -> Vec<Finding> {
    let (microphones, speakers) = media::sound_devices();
    let mute = "There is none: friends do not hear you; you can write to them.";
    let deaf = "There is none: you hear neither friends nor the film.";
    vec![
        judge(SOUND[0], &microphones, wished.microphone.as_deref(), mute),
        judge(SOUND[1], &speakers, wished.speaker.as_deref(), deaf),
    ]
}

/// Without a sound server ALSA also lists what changes sound, which takes it nowhere: all that names no
/// card, unless a person has set up a device of that name. Other systems' names have no such word.
fn only_plugins(listing: &DeviceListing) -> bool {
    const PLUGINS: [&str; 3] = ["null", "lavrate", "samplerate"];
    let is = |id: &str| listing.devices.iter().any(|device| device.id == id);
    PLUGINS.iter().any(|id| is(id)) && listing.devices.iter().all(|it| !it.id.contains("CARD="))
}

fn judge(
    check: (&'static str, &'static str),
    listing: &DeviceListing,
    wished: Option<&str>,
    without: &str,
) -> Finding {
    let devices = &listing.devices;
    if devices.is_empty() || only_plugins(listing) {
        let advice = "Connect one, or let the system's privacy settings allow it to programs.";
        return Finding::warn(check, without, advice);
    }
    let names: Vec<&str> = devices.iter().take(NAMED).map(|device| device.name.as_str()).collect();
    let more = match devices.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let found = format!("{}{more}.", names.join(", "));
    match wished {
        Some(wished)
            if devices.iter().all(|device| device.id != wished && device.name != wished) =>
        {
            Finding::warn(
                check,
                format!(
                    "The one that was chosen is not there; the system's is used instead. There is: {found}"
                ),
                "Connect it again, or choose another one in the settings.",
            )
        }
        _ => Finding::ok(check, found),
    }
}

#[cfg(test)]
mod tests {
    use cinemasync_core::devices::Device;

    use super::*;
    use crate::doctor::Verdict;

    #[test]
    fn a_chosen_device_that_is_not_there_is_noted_and_none_is_no_failure() {
        let device = |name: &str| Device { id: format!("id of {name}"), name: name.to_owned() };
        let names = ["A", "B", "C", "D", "E"];
        let listing = DeviceListing { devices: names.map(device).into(), default: None };
        let judge = |listing: &DeviceListing, wished| judge(CAMERA[0], listing, wished, "None.");
        assert_eq!(judge(&listing, None).verdict, Verdict::Ok);
        assert_eq!(judge(&listing, None).found, "A, B, C, D and 1 more.");
        assert_eq!(judge(&listing, Some("id of E")).verdict, Verdict::Ok);
        assert_eq!(judge(&listing, Some("F")).verdict, Verdict::Warn);
        let plugins = ["null", "lavrate"].map(|id| Device { id: id.into(), name: id.into() });
        let mut listing = DeviceListing { devices: plugins.into(), default: None };
        assert_eq!(judge(&listing, None).verdict, Verdict::Warn);
        listing.devices.push(Device { id: "hw:CARD=PCH,DEV=0".into(), name: "PCH".into() });
        assert_eq!(judge(&listing, None).verdict, Verdict::Ok);
        let none = judge(&DeviceListing::default(), None);
        assert_eq!((none.verdict, none.found.as_str()), (Verdict::Warn, "None."));
    }
}
