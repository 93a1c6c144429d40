//! What the host decides for the room, who may steer, and who acts for all.

use cinemasync_protocol::ParticipantId;

use super::control::send;
use super::{Io, Stay};
use crate::control::ControlMessage;
use crate::playback_sync::PlaybackInput;
use crate::room_rules::{RoomRules, Rules, Steering};
use crate::sentence::{self, Sentence};

impl Stay {
    pub(in crate::session) fn rules(&self) -> Rules {
        self.rules.rules
    }

    fn is_host(&self) -> bool {
        self.roster.host() == self.me()
    }

    /// May one play, pause, seek and choose the film?
    pub(in crate::session) fn may_steer(&self) -> bool {
        self.rules.rules.steering == Steering::Everyone || self.is_host()
    }

    /// The same, and says so if one may not.
    pub(super) fn may_steer_now(&self, io: &mut Io<'_>) -> bool {
        if !self.may_steer() {
            let host = self.name_of(self.roster.host());
            io.failed("not_host", sentence::host_steers_ask(host));
        }
        self.may_steer()
    }

    /// Does it count what this one says of film and queue? Where the host alone steers, only the host's
    /// word does; but whoever has just come and knows nothing learns from everybody.
    pub(super) fn may_steer_from(&self, id: &ParticipantId, knows_nothing: bool) -> bool {
        self.rules.rules.steering == Steering::Everyone
            || self.roster.host() == id
            || knows_nothing && self.introduces(id)
    }

    /// Is this one of those from whom one learns what the room does? A host learns it from nobody.
    fn introduces(&self, id: &ParticipantId) -> bool {
        !self.is_host() && self.roster.get(id).is_some_and(|member| !member.link.introduced)
    }

    pub(super) fn set_rules(&mut self, rules: Rules, io: &mut Io<'_>) {
        if !self.is_host() {
            return io.failed("not_host", sentence::only_host_rules());
        }
        let revision = self.rules.revision.saturating_add(1);
        let rules = RoomRules { revision, by: self.me().clone(), rules: rules.bounded() };
        self.broadcast(&ControlMessage::Rules { rules: rules.clone() }, io);
        self.adopt_rules(rules, io);
    }

    /// The host's word counts, and what one finds in a room.
    pub(super) fn rules_of(&mut self, from: &ParticipantId, rules: RoomRules, io: &mut Io<'_>) {
        let introduces = self.rules.revision == 0 && self.introduces(from);
        if !introduces && self.roster.host() != from {
            return;
        }
        if rules.win_over(&self.rules) {
            self.adopt_rules(RoomRules { rules: rules.rules.bounded(), ..rules }, io);
        } else if rules != self.rules && self.rules.win_over(&rules) && !introduces {
            // A host that comes back knows older ones.
            send(from, &ControlMessage::Rules { rules: self.rules.clone() }, io);
        }
    }

    fn adopt_rules(&mut self, rules: RoomRules, io: &mut Io<'_>) {
        let before = std::mem::replace(&mut self.rules, rules).rules;
        let after = self.rules.rules;
        self.playback(PlaybackInput::Rules(after), io);
        let host = self.name_of(self.roster.host());
        let mut tell = |changed: bool, text: Sentence| {
            if changed {
                self.system_line(text, io);
            }
        };
        tell(
            before.steering != after.steering,
            match after.steering {
                Steering::Everyone => sentence::everyone_may_steer(),
                Steering::Host => sentence::only_host_may_steer(host),
            },
        );
        tell(
            before.ready_check != after.ready_check,
            if after.ready_check {
                sentence::starts_when_ready()
            } else {
                sentence::starts_by_play()
            },
        );
    }

    /// Acting for the room is on whoever is there longest and answers, or on the host where that one alone
    /// steers.
    pub(super) fn pass_baton(&mut self, io: &mut Io<'_>) {
        let conducts = match self.rules.rules.steering {
            Steering::Everyone => self.roster.is_eldest_in_reach(),
            Steering::Host => self.is_host(),
        };
        if std::mem::replace(&mut self.conducts, conducts) != conducts {
            self.playback(PlaybackInput::Conduct(conducts), io);
        }
    }
}
