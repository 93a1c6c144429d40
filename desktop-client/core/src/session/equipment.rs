//! One's own equipment: which devices are used, how voices are treated, push-to-talk and how loud
//! each of the others is. It outlives a stay in a room.

use std::time::Instant;

use super::volumes::Volumes;
use crate::bitrate::ladder::CameraQuality;
use crate::devices::{DeviceDesk, DeviceKind, DeviceListing, DeviceWish, Devices};
use crate::interface::Notice;
use crate::plan::MediaPlan;
use crate::sentence::Sentence;
use crate::track::Track;
use crate::voice_settings::VoiceSettings;

/// Losses in percent that an encoder is told of. Fewer steps than percents, so that a figure that
/// wavers does not change the plan each second.
const LOSS_STEPS: [u8; 6] = [0, 3, 6, 10, 15, 25];

/// One's devices and how voices are treated at the start of a session.
#[derive(Debug, Clone, Default)]
pub struct EquipmentConfig {
    /// Which camera.
    pub camera: DeviceWish,
    /// Which microphone.
    pub microphone: DeviceWish,
    /// Which loudspeaker.
    pub speaker: DeviceWish,
    /// The best that the camera is asked for.
    pub camera_quality: CameraQuality,
    /// How voices are treated.
    pub voice: VoiceSettings,
    /// Is one's voice sent only while a key is held?
    pub push_to_talk: bool,
}

/// The equipment as it is.
#[derive(Debug)]
pub(super) struct Equipment {
    camera: DeviceDesk,
    microphone: DeviceDesk,
    speaker: DeviceDesk,
    pub(super) camera_quality: CameraQuality,
    pub(super) voice: VoiceSettings,
    pub(super) push_to_talk: bool,
    /// Is the key to talk held?
    pub(super) held: bool,
    /// Does somebody look at the own picture and meter before joining?
    pub(super) preview: bool,
    /// Did somebody ask what devices there are?
    pub(super) watched: bool,
    /// Does the open microphone hear a voice?
    pub(super) voiced: bool,
    /// How loud it is, 0 to 1.
    pub(super) level: f64,
    pub(super) volumes: Volumes,
    loss_percent: u8,
}

impl Equipment {
    pub(super) fn new(config: EquipmentConfig) -> Self {
        Self {
            camera: DeviceDesk::new(DeviceKind::Camera, config.camera),
            microphone: DeviceDesk::new(DeviceKind::Microphone, config.microphone),
            speaker: DeviceDesk::new(DeviceKind::Speaker, config.speaker),
            camera_quality: config.camera_quality.bounded(),
            voice: config.voice.bounded(),
            push_to_talk: config.push_to_talk,
            held: false,
            preview: false,
            watched: false,
            voiced: false,
            level: 0.0,
            volumes: Volumes::default(),
            loss_percent: 0,
        }
    }

    fn desk(&mut self, kind: DeviceKind) -> &mut DeviceDesk {
        match kind {
            DeviceKind::Camera => &mut self.camera,
            DeviceKind::Microphone => &mut self.microphone,
            DeviceKind::Speaker => &mut self.speaker,
        }
    }

    /// A person chose a device.
    pub(super) fn choose(&mut self, kind: DeviceKind, id: Option<String>, now: Instant) {
        self.desk(kind).choose(id, now);
    }

    /// The devices of a kind as they are now; perhaps with a sentence about it.
    pub(super) fn listed(
        &mut self,
        kind: DeviceKind,
        listing: DeviceListing,
        now: Instant,
    ) -> Option<Notice> {
        self.desk(kind).listed(listing, now)
    }

    /// The device that feeds `track` (or the loudspeaker) failed.
    pub(super) fn failed(
        &mut self,
        track: Option<Track>,
        id: &str,
        why: Sentence,
        now: Instant,
    ) -> Option<Notice> {
        let kind = match track {
            Some(track) if track.is_video() => DeviceKind::Camera,
            Some(_) => DeviceKind::Microphone,
            None => DeviceKind::Speaker,
        };
        self.desk(kind).failed(id, why, now)
    }

    pub(super) fn next_timeout(&self) -> Option<Instant> {
        let desks = [&self.camera, &self.microphone, &self.speaker];
        desks.into_iter().filter_map(DeviceDesk::next_timeout).min()
    }

    pub(super) fn timeout(&mut self, now: Instant) {
        for desk in [&mut self.camera, &mut self.microphone, &mut self.speaker] {
            if desk.next_timeout().is_some_and(|at| now >= at) {
                desk.timeout(now);
            }
        }
    }

    /// What to tell a person who needs devices (camera, microphone, loudspeaker) that are not there.
    pub(super) fn lacks(&mut self, needed: (bool, bool, bool)) -> impl Iterator<Item = Notice> {
        let (camera, microphone, speaker) = needed;
        let lacks = [
            self.camera.lack(camera),
            self.microphone.lack(microphone),
            self.speaker.lack(speaker),
        ];
        lacks.into_iter().flatten()
    }

    /// Is there a camera, or something in its place?
    pub(super) fn has_camera(&self) -> bool {
        self.camera.is_usable()
    }

    /// Would an open microphone be sent?
    pub(super) fn may_talk(&self) -> bool {
        self.microphone.is_usable() && (!self.push_to_talk || self.held)
    }

    /// The worst live link loses so many percent of the packets; `None`: no link tells.
    pub(super) fn expect_loss(&mut self, percent: Option<f64>) {
        let percent = percent.filter(|percent| percent.is_finite()).unwrap_or(0.0);
        let step = LOSS_STEPS.into_iter().rev().find(|step| percent >= f64::from(*step));
        let step = step.unwrap_or(0);
        // Down only when it is clearly over: the next loss is likelier than the last one.
        if step > self.loss_percent || percent < 0.6 * f64::from(self.loss_percent) {
            self.loss_percent = step;
        }
    }

    /// The plan with everything that the equipment has to say to it.
    pub(super) fn complete(&self, plan: MediaPlan) -> MediaPlan {
        let desks = [&self.camera, &self.microphone, &self.speaker];
        let volumes = self.volumes.among(&plan.receive);
        MediaPlan {
            camera: plan.camera && self.camera.is_usable(),
            encode_camera: if self.camera.is_usable() { plan.encode_camera } else { Vec::new() },
            camera_quality: self.camera_quality,
            camera_device: self.camera.choice(),
            microphone: plan.microphone && self.microphone.is_usable(),
            microphone_device: self.microphone.choice(),
            speaker_device: self.speaker.choice(),
            voice: self.voice,
            expected_loss_percent: self.loss_percent,
            watch_devices: self.watched || desks.into_iter().any(DeviceDesk::wants_listing),
            volumes,
            ..plan
        }
    }

    pub(super) fn view(&self) -> Devices {
        Devices {
            cameras: self.camera.view(),
            microphones: self.microphone.view(),
            speakers: self.speaker.view(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::devices::{Device, DeviceUse};

    #[test]
    fn the_loss_to_expect_follows_at_once_upwards_and_late_downwards() {
        let mut equipment = Equipment::new(EquipmentConfig::default());
        let mut seen = Vec::new();
        for percent in [0.0, 2.0, 7.0, 5.9, 4.0, 3.5, 1.0, f64::NAN, 90.0] {
            equipment.expect_loss(Some(percent));
            seen.push(equipment.loss_percent);
        }
        assert_eq!(seen, [0, 0, 6, 6, 6, 3, 0, 0, 25]);
    }

    #[test]
    fn push_to_talk_is_heard_while_the_key_is_held() {
        let mut equipment = Equipment::new(EquipmentConfig::default());
        assert!(equipment.may_talk());
        equipment.push_to_talk = true;
        assert!(!equipment.may_talk());
        equipment.held = true;
        assert!(equipment.may_talk());
    }

    #[test]
    fn without_a_device_nothing_is_opened_but_the_call_is_heard_somewhere() {
        let wish = DeviceWish::Default;
        let config = EquipmentConfig {
            camera: wish.clone(),
            microphone: wish.clone(),
            speaker: wish,
            ..EquipmentConfig::default()
        };
        let mut equipment = Equipment::new(config);
        let wanted = MediaPlan { camera: true, microphone: true, ..MediaPlan::default() };
        let plan = equipment.complete(wanted.clone());
        assert!(!plan.camera && !plan.microphone && plan.watch_devices);
        assert_eq!(plan.speaker_device, DeviceUse::Nothing);
        let devices = vec![Device { id: "mic".into(), name: "Microphone".into() }];
        let listing = DeviceListing { devices, default: Some("mic".into()) };
        equipment.listed(DeviceKind::Microphone, listing, Instant::now());
        let plan = equipment.complete(wanted);
        assert!(plan.microphone);
        assert_eq!(plan.microphone_device, DeviceUse::Device("mic".into()));
    }
}
