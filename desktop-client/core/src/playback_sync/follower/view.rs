//! How the player stands, for the snapshot.

use std::time::Instant;

use super::super::{LocalPlayback, PlaybackState};
use super::{Follower, Phase};
use crate::interface::PlaybackStage;

impl Follower {
    /// How it stands now, where the room is to be at `target_secs`.
    pub(in super::super) fn view(
        &self,
        state: &PlaybackState,
        target_secs: f64,
        now: Instant,
    ) -> LocalPlayback {
        // Past the end there is nothing to wait for.
        let over = state.duration().is_some_and(|duration| target_secs >= duration);
        let stage = match &self.phase {
            _ if state.film.is_none() => PlaybackStage::None,
            Phase::Empty | Phase::Loading { .. } => PlaybackStage::Loading,
            Phase::Playing { .. } if self.buffering.is_some() => PlaybackStage::Waiting,
            Phase::Playing { .. } => PlaybackStage::Playing,
            Phase::Ended => PlaybackStage::Paused,
            Phase::Seeking { .. } | Phase::Standing { .. } | Phase::Armed { .. }
                if state.playing && !over =>
            {
                PlaybackStage::Waiting
            }
            Phase::Seeking { .. } | Phase::Standing { .. } | Phase::Armed { .. } => {
                PlaybackStage::Paused
            }
        };
        let position_secs = match &self.phase {
            Phase::Empty => target_secs,
            Phase::Loading { to, .. } | Phase::Seeking { to, .. } => *to,
            Phase::Standing { at } | Phase::Armed { from: at, .. } => *at,
            Phase::Playing { .. } | Phase::Ended => self.position.map_or(target_secs, |last| {
                let since = if last.playing {
                    now.saturating_duration_since(last.at).as_secs_f64()
                } else {
                    0.0
                };
                state.clamp(last.position_secs + since * self.rate * self.trim)
            }),
        };
        LocalPlayback {
            mine: self.copy(),
            stage,
            playing: state.playing && !matches!(self.phase, Phase::Ended),
            position_secs,
            target_secs,
            offset_ms: self.offset_secs.map(|offset| offset * 1e3),
            speed: self.rate * self.trim,
            buffered_secs: self.position.map_or(0.0, |position| position.buffered_secs),
            tracks: self.tracks.clone(),
            chapters: self.chapters.clone(),
            audio_track: self.chosen.0,
            subtitle_track: self.chosen.1,
            shift_secs: self.shift_secs,
        }
    }
}
