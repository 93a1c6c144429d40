//! Who gets which picture of oneself and of one's screen: by what each link carries, and by how large
//! it is shown there.

use std::collections::BTreeMap;

use cinemasync_protocol::ParticipantId;

use super::control::send;
use super::{Io, Output, Stay, is_live};
use crate::bitrate::Receiver;
use crate::bitrate::camera::{self, Rung};
use crate::bitrate::screen::{self, ScreenRung};
use crate::bitrate::shares::{Wanted, share_out};
use crate::control::ControlMessage;
use crate::interface::Shown;
use crate::link::LinkCommand;
use crate::plan::{EncoderStats, MediaCommand};
use crate::session::roster::Link;
use crate::track::Track;

/// How high somebody's pictures are shown here, in pixels; `None` while the front end has not said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct ShownHeights {
    camera: Option<u32>,
    screen: Option<u32>,
}

impl Stay {
    /// What is to be encoded of one's camera, if it is on.
    pub(in crate::session) fn camera_rungs(&self) -> Vec<Rung> {
        self.camera.rungs()
    }

    /// What is to be encoded of one's screen.
    pub(in crate::session) fn screen_rungs(&self) -> &[ScreenRung] {
        self.screen.rungs()
    }

    /// Shares out what is encoded, and has each link send its part.
    pub(super) fn share_pictures(&mut self, io: &mut Io<'_>) {
        let (quality, settings) = (io.equipment.camera_quality, io.screen_settings);
        let (mut cameras, mut screens) = (Vec::new(), Vec::new());
        for (id, member) in self.roster.others() {
            let link = &member.link;
            if !is_live(link.state) {
                continue;
            }
            let wanted = Wanted {
                camera_bps: if io.tracks.camera {
                    camera::worth(link.shown_height, quality)
                } else {
                    0
                },
                screen_bps: if io.tracks.screen {
                    screen::worth(link.shown_screen_height, settings)
                } else {
                    0
                },
                screen_taken_bps: self.screen_taken.of(link.screen_rung),
                screen_sound: io.tracks.screen_audio,
            };
            let shares = share_out(link.estimate_bps, wanted);
            let receiver =
                |available_bps, height| Receiver { id: id.clone(), available_bps, height };
            cameras.push(receiver(shares.person_bps, link.shown_height));
            let height = if io.tracks.screen { link.shown_screen_height } else { 0 };
            screens.push(receiver(shares.screen_bps, height));
        }
        self.camera.update(&cameras, quality);
        self.screen.update(&screens, settings);
        for Receiver { id, .. } in cameras {
            let (camera, screen) = (self.camera.of(&id), self.screen.of(&id));
            self.send_rung(&id, Track::Camera, camera, io);
            self.send_rung(&id, Track::Screen, screen, io);
        }
    }

    /// Figures of the encoders, about once a second.
    pub(in crate::session) fn encoder_stats(&mut self, encoders: &[EncoderStats]) {
        let screens = encoders.iter().filter(|encoder| encoder.track == Track::Screen);
        self.screen_taken.note(screens.map(|encoder| (encoder.rung, encoder.bps)));
    }

    fn send_rung(
        &mut self,
        id: &ParticipantId,
        track: Track,
        rung: Option<usize>,
        io: &mut Io<'_>,
    ) {
        let Some(member) = self.roster.get_mut(id) else { return };
        let sent = match track {
            Track::Screen => &mut member.link.screen_rung,
            _ => &mut member.link.camera_rung,
        };
        if std::mem::replace(sent, rung) == rung {
            return;
        }
        io.push(Output::Link(id.clone(), LinkCommand::SendRung { track, rung }));
        if let Some(rung) = rung {
            io.push(Output::Media(MediaCommand::Keyframe { track, rung }));
        }
    }

    /// Somebody can decode nothing of a picture before a keyframe.
    pub(super) fn refresh_picture(&mut self, id: &ParticipantId, track: Track, io: &mut Io<'_>) {
        let rung = |link: &Link| match track {
            Track::Screen if io.tracks.screen => link.screen_rung,
            Track::Screen => None,
            _ => link.camera_rung,
        };
        if let Some(rung) = self.roster.get(id).and_then(|member| rung(&member.link)) {
            io.push(Output::Media(MediaCommand::Keyframe { track, rung }));
        }
    }

    /// The front end shows the others' pictures in these sizes.
    pub(super) fn shows(&mut self, shown: &[Shown], io: &mut Io<'_>) {
        let mut heights: BTreeMap<ParticipantId, ShownHeights> = BTreeMap::new();
        for Shown { of, track, width, height } in shown {
            let heights = heights.entry(of.clone()).or_default();
            let highest = match track {
                Track::Camera => &mut heights.camera,
                Track::Screen => &mut heights.screen,
                Track::Microphone | Track::ScreenAudio => continue,
            };
            let height = match (width, track) {
                (0, _) => 0,
                // The picture is cut to fill its place, so that a wide place needs a higher picture.
                (_, Track::Camera) => *height.max(&(width / 16 * 9)),
                _ => *height,
            };
            *highest = Some(highest.unwrap_or(0).max(height));
        }
        let before = std::mem::replace(&mut self.shown, heights);
        for id in self.roster.other_ids() {
            if before.get(&id) != self.shown.get(&id) {
                self.tell_shown(&id, io);
            }
        }
    }

    /// Tells somebody how large its pictures are shown here, if that is known.
    pub(super) fn tell_shown(&self, to: &ParticipantId, io: &mut Io<'_>) {
        let Some(shown) = self.shown.get(to) else { return };
        if self.roster.get(to).is_some_and(|member| member.link.control_open) {
            let [camera, screen] = [shown.camera, shown.screen].map(|it| it.unwrap_or(u32::MAX));
            send(to, &ControlMessage::Shown { camera, screen }, io);
        }
    }
}
