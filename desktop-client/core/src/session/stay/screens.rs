//! Who shares a screen, as the server and peers tell it, and as one tells them.

use cinemasync_protocol::{ClientMessage, ParticipantId};

use super::{Io, Stay};
use crate::interface::Event;
use crate::sentence;
use crate::track::Track;

/// Which tracks somebody sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::session) struct OwnTracks {
    pub(in crate::session) camera: bool,
    pub(in crate::session) microphone: bool,
    pub(in crate::session) screen: bool,
    pub(in crate::session) screen_audio: bool,
}

impl Stay {
    /// Tells the server whether one shares, for those who come later and those without a control
    /// channel.
    pub(super) fn tell_sharing(&mut self, io: &mut Io<'_>) {
        let on = io.tracks.screen;
        if !io.signaling_up || self.sharing_told == Some(on) {
            return;
        }
        self.sharing_told = Some(on);
        io.signal(if on {
            ClientMessage::ScreenShareStarted
        } else {
            ClientMessage::ScreenShareStopped
        });
    }

    /// Somebody shares or no longer does. Told twice, by the server and over the control channel: the
    /// first counts.
    pub(super) fn sharing(&mut self, from: &ParticipantId, on: bool, io: &mut Io<'_>) {
        let Some(member) = self.roster.get_mut(from) else { return };
        if std::mem::replace(&mut member.screen_sharing, on) == on {
            return;
        }
        let name = &member.name;
        let text = if on { sentence::share_started(name) } else { sentence::share_stopped(name) };
        io.event(Event::TrackChanged { from: from.clone(), source: Track::Screen, on });
        self.system_line(text, io);
    }

    /// A picture may come before the words that announce it, and some programs never say any.
    pub(super) fn seen(&mut self, from: &ParticipantId, track: Track, io: &mut Io<'_>) {
        let Some(member) = self.roster.get(from).filter(|member| !member.link.introduced) else {
            return;
        };
        let (microphone, screen_audio) = (member.microphone, member.screen_audio);
        let (camera, screen) = match track {
            Track::Camera => (true, member.screen_sharing),
            Track::Screen => (member.camera, true),
            Track::Microphone | Track::ScreenAudio => return,
        };
        self.tracks_of(from, OwnTracks { camera, microphone, screen, screen_audio }, io);
    }
}
