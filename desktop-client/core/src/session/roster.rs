//! The participants of a room: who they are, in which order they came, how our link to each stands.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use cinemasync_protocol::{ParticipantId, ParticipantInfo, limits};

use super::keys::Withheld;
use super::stay::{FilmHash, Offer};
use crate::bitrate::estimator::FIRST_BPS;
use crate::link::{LinkState, LinkStats, Path};
use crate::negotiation::Negotiation;
use crate::playback_sync::Standing;
use crate::safety_code::{Exchange, SafetyCode};

/// No room holds more others, whatever a server says: each costs a connection.
pub(super) const MAX_OTHERS: usize = limits::MAX_MAX_PARTICIPANTS - 1;

/// A name as it can be shown, whatever a server says.
pub(super) fn shown_name(name: &str) -> String {
    limits::normalize_name(name).unwrap_or_else(|| "?".to_owned())
}

/// The others in a room as a server lists them: each once, not oneself, no more than there can be.
pub(super) fn others_of(me: &ParticipantId, listed: Vec<ParticipantInfo>) -> Vec<ParticipantInfo> {
    let mut others: Vec<ParticipantInfo> = Vec::new();
    for info in listed {
        let known = info.id == *me || others.iter().any(|other| other.id == info.id);
        if !known && others.len() < MAX_OTHERS {
            others.push(ParticipantInfo { name: shown_name(&info.name), ..info });
        }
    }
    others
}

/// Another participant.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) name: String,
    pub(super) screen_sharing: bool,
    pub(super) link: Link,
    /// Tracks that it says it sends; a program without a control channel just sends.
    pub(super) camera: bool,
    pub(super) microphone: bool,
    /// Does it send the sound of its screen?
    pub(super) screen_audio: bool,
    pub(super) speaking: bool,
    /// Is its hand raised?
    pub(super) hand: bool,
    /// For a meter, 0 to 1.
    pub(super) level: f64,
    /// How it stands to the film.
    pub(super) standing: Standing,
    /// The film that it gives to whoever lacks it.
    pub(super) offer: Option<Offer>,
    /// Of its copy, once it was read through there.
    pub(super) film_hash: Option<FilmHash>,
    /// The number of the first chat message that was meant for it.
    pub(super) chat_from: u64,
    /// Since when the server does not list it although there is a link: it lost the place, or the
    /// server has started anew and it has not come back yet.
    pub(super) unlisted_since: Option<Instant>,
    /// How many links to it ended by their own fault since one stood.
    pub(super) closings: u32,
    /// A program with another key than before that wants its place.
    pub(super) withheld: Option<Withheld>,
}

/// Our side of the connection to one participant.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) negotiation: Negotiation,
    pub(super) state: LinkState,
    pub(super) path: Option<Path>,
    pub(super) safety_code: Option<SafetyCode>,
    /// The numbers of the safety code.
    pub(super) exchange: Exchange,
    /// Both certificates, ours first, as the handshake saw them.
    pub(super) fingerprints: Option<(String, String)>,
    pub(super) stats: LinkStats,
    /// What it is estimated to carry, in bits a second.
    pub(super) estimate_bps: u64,
    /// How high one's own camera picture is shown there, in pixels; a program that does not say shows
    /// it large.
    pub(super) shown_height: u32,
    /// The same for one's own screen.
    pub(super) shown_screen_height: u32,
    /// Which encoding of one's camera it was told to send.
    pub(super) camera_rung: Option<usize>,
    /// And of one's screen.
    pub(super) screen_rung: Option<usize>,
    pub(super) control_open: bool,
    /// Its hello came, and with it everything it had to tell before.
    pub(super) introduced: bool,
    /// Since when there is no way to it, after there was one.
    pub(super) away_since: Option<Instant>,
    /// The number of our connection, as our descriptions tell it.
    pub(super) number: Option<String>,
    /// What its descriptions tell of the other side's program.
    pub(super) remote: Option<Remote>,
    /// It takes the place of one to an earlier start of the same person's program, and does not
    /// stand yet: what decodes media is to begin anew with it.
    pub(super) anew: bool,
    /// It is over by its own fault; when another one is to be made.
    pub(super) reopen_at: Option<Instant>,
    /// There is no connection and none is made: somebody is to decide first.
    pub(super) detached: bool,
}

/// One start of somebody's program, as its descriptions tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Remote {
    /// Its certificate's fingerprint.
    pub(super) certificate: String,
    /// The number of its connection (RFC 8829 §5.2.1): the same for as long as the connection lives.
    pub(super) session: Option<String>,
}

/// How long somebody is waited for, here as on the server.
const PATIENCE: Duration = Duration::from_secs(limits::RESUME_WINDOW_SECS);

impl Member {
    /// When one concludes by oneself that it is gone: as late as the server would. While the server
    /// is there, only of whom it does not list.
    pub(super) fn gone_at(&self, signaling_up: bool) -> Option<Instant> {
        let away = self.link.away_since.filter(|_| !signaling_up);
        [away, self.unlisted_since].into_iter().flatten().min().map(|since| since + PATIENCE)
    }

    /// Whether it may be there although the server does not list it.
    pub(super) fn may_be_there(&self) -> bool {
        matches!(self.link.state, LinkState::Connected | LinkState::Reconnecting)
    }
}

impl Link {
    pub(super) fn new(negotiation: Negotiation, exchange: Exchange) -> Self {
        Self {
            negotiation,
            state: LinkState::Connecting,
            path: None,
            safety_code: None,
            exchange,
            fingerprints: None,
            stats: LinkStats::default(),
            estimate_bps: FIRST_BPS as u64,
            shown_height: u32::MAX,
            shown_screen_height: u32::MAX,
            camera_rung: Some(0),
            screen_rung: Some(0),
            control_open: false,
            introduced: false,
            away_since: None,
            number: None,
            remote: None,
            anew: false,
            reopen_at: None,
            detached: false,
        }
    }
}

/// Everybody in the room, oneself included by id.
#[derive(Debug)]
pub(super) struct Roster {
    me: ParticipantId,
    host: ParticipantId,
    /// All ids, longest there first.
    order: Vec<ParticipantId>,
    members: BTreeMap<ParticipantId, Member>,
}

impl Roster {
    /// A room that only holds oneself so far.
    pub(super) fn new(me: ParticipantId) -> Self {
        Self { host: me.clone(), order: vec![me.clone()], me, members: BTreeMap::new() }
    }

    /// Adds those who were there before oneself, oldest first.
    pub(super) fn add_elder(&mut self, info: &ParticipantInfo, member: Member) {
        let before_me = self.order.iter().position(|id| *id == self.me).unwrap_or(self.order.len());
        self.insert(before_me, info, member);
    }

    /// Adds somebody who came after oneself.
    pub(super) fn add_newcomer(&mut self, info: &ParticipantInfo, member: Member) {
        self.insert(self.order.len(), info, member);
    }

    fn insert(&mut self, place: usize, info: &ParticipantInfo, member: Member) {
        self.order.insert(place, info.id.clone());
        self.members.insert(info.id.clone(), member);
        if info.host {
            self.host = info.id.clone();
        }
    }

    /// Takes somebody out.
    pub(super) fn remove(&mut self, id: &ParticipantId) -> Option<Member> {
        self.order.retain(|other| other != id);
        self.members.remove(id)
    }

    pub(super) fn me(&self) -> &ParticipantId {
        &self.me
    }

    pub(super) fn host(&self) -> &ParticipantId {
        &self.host
    }

    pub(super) fn set_host(&mut self, host: ParticipantId) {
        self.host = host;
    }

    pub(super) fn get(&self, id: &ParticipantId) -> Option<&Member> {
        self.members.get(id)
    }

    pub(super) fn get_mut(&mut self, id: &ParticipantId) -> Option<&mut Member> {
        self.members.get_mut(id)
    }

    /// Somebody as the server would describe it.
    pub(super) fn info(&self, id: &ParticipantId) -> Option<ParticipantInfo> {
        let member = self.members.get(id)?;
        Some(ParticipantInfo {
            id: id.clone(),
            name: member.name.clone(),
            host: self.host == *id,
            screen_sharing: member.screen_sharing,
        })
    }

    /// The others, longest there first.
    pub(super) fn others(&self) -> impl Iterator<Item = (&ParticipantId, &Member)> {
        self.order.iter().filter_map(|id| self.members.get_key_value(id))
    }

    /// The others' ids, longest there first.
    pub(super) fn other_ids(&self) -> Vec<ParticipantId> {
        self.others().map(|(id, _)| id.clone()).collect()
    }

    /// Is everybody who was there before oneself out of reach just now? One whose link does not answer may
    /// hang.
    pub(super) fn is_eldest_in_reach(&self) -> bool {
        let reached = |id: &ParticipantId| {
            let link = self.members.get(id).map(|member| &member.link);
            link.is_some_and(|link| link.control_open && link.state == LinkState::Connected)
        };
        !self.order.iter().take_while(|id| **id != self.me).any(reached)
    }

    /// Who keeps room time: the one who is there longest among those we can talk to and ourselves.
    /// `None` means ourselves.
    pub(super) fn time_reference(&self) -> Option<ParticipantId> {
        self.order
            .iter()
            .take_while(|id| **id != self.me)
            .find(|id| self.members.get(*id).is_some_and(|member| member.link.control_open))
            .cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::safety_code::Nonce;

    fn info(id: &str, host: bool) -> ParticipantInfo {
        ParticipantInfo {
            id: ParticipantId::new(id),
            name: id.to_uppercase(),
            host,
            screen_sharing: false,
        }
    }

    fn member(control_open: bool) -> Member {
        let exchange = Exchange::new(true, Nonce([0; 32]));
        let mut link = Link::new(Negotiation::new(true, true), exchange);
        link.control_open = control_open;
        Member {
            name: String::new(),
            screen_sharing: false,
            link,
            camera: false,
            microphone: false,
            screen_audio: false,
            speaking: false,
            hand: false,
            level: 0.0,
            standing: Standing::default(),
            offer: None,
            film_hash: None,
            chat_from: 0,
            unlisted_since: None,
            closings: 0,
            withheld: None,
        }
    }

    #[test]
    fn elders_come_before_oneself_in_their_order_and_newcomers_after() {
        let mut roster = Roster::new(ParticipantId::new("me"));
        roster.add_elder(&info("b", true), member(true));
        roster.add_elder(&info("a", false), member(true));
        roster.add_newcomer(&info("c", false), member(true));
        let order: Vec<&str> = roster.order.iter().map(ParticipantId::as_str).collect();
        assert_eq!(order, ["b", "a", "me", "c"]);
        assert_eq!(roster.host().as_str(), "b");
    }

    #[test]
    fn the_eldest_one_can_talk_to_keeps_the_time() {
        let mut roster = Roster::new(ParticipantId::new("me"));
        roster.add_elder(&info("b", true), member(false));
        roster.add_elder(&info("a", false), member(true));
        roster.add_newcomer(&info("c", false), member(true));
        assert_eq!(roster.time_reference(), Some(ParticipantId::new("a")));
        roster.remove(&ParticipantId::new("a"));
        assert_eq!(roster.time_reference(), None, "oneself: nobody elder can be reached");
    }
}
