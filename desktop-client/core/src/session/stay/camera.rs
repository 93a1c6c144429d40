//! Who gets which picture of oneself: by what each link carries, and by how large it is shown there.

use std::collections::BTreeMap;

use cinemasync_protocol::ParticipantId;

use super::control::send;
use super::{Io, Output, Stay, is_live};
use crate::bitrate::camera::{Receiver, Rung};
use crate::control::ControlMessage;
use crate::interface::Shown;
use crate::link::LinkCommand;
use crate::plan::MediaCommand;
use crate::track::Track;

impl Stay {
    /// What is to be encoded of one's camera, if it is on.
    pub(in crate::session) fn camera_rungs(&self) -> Vec<Rung> {
        self.camera.rungs()
    }

    /// Shares out what is encoded, and has each link send its part.
    pub(super) fn share_camera(&mut self, io: &mut Io<'_>) {
        let receivers: Vec<Receiver> = self
            .roster
            .others()
            .filter(|(_, member)| is_live(member.link.state))
            .map(|(id, member)| Receiver {
                id: id.clone(),
                available_bps: member.link.estimate_bps,
                height: member.link.shown_height,
            })
            .collect();
        self.camera.update(&receivers, io.equipment.camera_quality);
        for Receiver { id, .. } in receivers {
            let rung = self.camera.of(&id);
            let Some(member) = self.roster.get_mut(&id) else { continue };
            if std::mem::replace(&mut member.link.camera_rung, rung) == rung {
                continue;
            }
            let track = Track::Camera;
            io.push(Output::Link(id, LinkCommand::SendRung { track, rung }));
            if let Some(rung) = rung {
                io.push(Output::Media(MediaCommand::Keyframe { track, rung }));
            }
        }
    }

    /// Somebody can decode nothing of a picture before a keyframe.
    pub(super) fn refresh_picture(&mut self, id: &ParticipantId, track: Track, io: &mut Io<'_>) {
        let rung = self.roster.get(id).and_then(|member| member.link.camera_rung);
        if let Some(rung) = rung {
            io.push(Output::Media(MediaCommand::Keyframe { track, rung }));
        }
    }

    /// The front end shows the others' pictures in these sizes.
    pub(super) fn shows(&mut self, shown: &[Shown], io: &mut Io<'_>) {
        let mut heights = BTreeMap::new();
        for shown in shown.iter().filter(|shown| shown.track == Track::Camera) {
            // The picture is cut to fill its place, so that a wide place needs a higher picture.
            let height = if shown.width == 0 { 0 } else { shown.height.max(shown.width / 16 * 9) };
            let highest: &mut u32 = heights.entry(shown.of.clone()).or_default();
            *highest = height.max(*highest);
        }
        let before = std::mem::replace(&mut self.shown, heights);
        for id in self.roster.other_ids() {
            if before.get(&id) != self.shown.get(&id) {
                self.tell_shown(&id, io);
            }
        }
    }

    /// Tells somebody how large its picture is shown here, if that is known.
    pub(super) fn tell_shown(&self, to: &ParticipantId, io: &mut Io<'_>) {
        let Some(&camera) = self.shown.get(to) else { return };
        if self.roster.get(to).is_some_and(|member| member.link.control_open) {
            send(to, &ControlMessage::Shown { camera }, io);
        }
    }
}
