//! What happens in a room: people come and go, the server and persons here speak, everything is
//! brought up to date. How one gets into the room and out of it is the session's business.
//!
//! The parts: `pictures` who gets which picture of oneself and one's screen, `screens` who shares one, `commands` what a person asks for, `links` what the links report and negotiate, `keys` which program stands at their other
//! end, `control` what peers tell each other, `talk` chat and reactions, `film` what is watched, `queue` what next,
//! `streaming` from whom it comes, `tracks` in which language, `same_film` whether all have the same, `rules` what the host decided.

mod commands;
mod control;
mod film;
mod keys;
mod links;
mod pictures;
mod queue;
mod rules;
mod same_film;
mod screens;
mod streaming;
mod taken_away;
mod talk;
mod tracks;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cinemasync_protocol::{
    ClientMessage, DisconnectReason, IceServer, ParticipantId, ParticipantInfo, RoomCode,
    RoomEntry, ServerMessage, Token, limits,
};

use super::keys::Keys;
use super::roster::{Link, MAX_OTHERS, Member, Roster, shown_name};
use super::{Io, Now, Output};
use crate::bitrate::camera::CameraRungs;
use crate::bitrate::screen::ScreenRungs;
use crate::bitrate::shares::Taken;
use crate::chat::{ChatInbox, ChatNumbers, Incoming};
use crate::clock_sync::ClockSync;
use crate::ducking::Ducking;
use crate::film::{FilmId, FilmInfo};
use crate::film_queue::FilmQueue;
use crate::interface::{ChatLine, Event, Invite, RoomChoice, Tuning, Via};
use crate::link::{Description, DescriptionKind, LinkCommand, LinkConfig, LinkState};
use crate::negotiation::{Negotiation, NegotiationInput};
use crate::plan::{MediaEvent, Sound};
use crate::playback_sync::{PlaybackInput, PlaybackSync, Standing};
use crate::room_rules::RoomRules;
use crate::safety_code::Exchange;
use crate::sentence;
use crate::subtitles::SubtitleShelf;
use crate::track::Track;

use pictures::ShownHeights;
pub(super) use same_film::FilmHash;
pub(super) use screens::OwnTracks;
pub(super) use streaming::Offer;
use streaming::Streaming;
use taken_away::TakenAway;

/// How long an opened film waits for the room to tell what it shows, so that somebody who comes
/// back with the same film joins it instead of starting it anew.
const INTRODUCTION_PATIENCE: Duration = Duration::from_secs(3);

/// How long relays are watched after the server was away: afterwards ICE has found dead paths by itself.
const RELAY_DOUBT: Duration = Duration::from_secs(5);

/// One stay in one room.
#[derive(Debug)]
pub(super) struct Stay {
    invite: Invite,
    code: RoomCode,
    token: Token,
    server: String,
    max_participants: usize,
    locked: bool,
    ice_servers: Vec<IceServer>,
    roster: Roster,
    keys: Keys,
    pub(super) clock: ClockSync,
    pub(super) playback: PlaybackSync,
    rules: RoomRules,
    /// Is it on us to act for the room while it plays?
    conducts: bool,
    numbers: ChatNumbers,
    inbox: ChatInbox,
    /// What is encoded of one's camera, and for whom.
    camera: CameraRungs,
    /// The same for one's screen.
    screen: ScreenRungs,
    screen_taken: Taken,
    /// How high the others' pictures are shown here, as far as the front end has said.
    shown: BTreeMap<ParticipantId, ShownHeights>,
    /// Whether one shares, as the server knows it; `None`: it may know anything.
    sharing_told: Option<bool>,
    chat: Arc<Vec<ChatLine>>,
    system_lines: u64,
    /// A film to show once the room has told what it shows, at the latest then.
    film_to_open: Option<(FilmInfo, Instant)>,
    introductions_until: Instant,
    clock_settled: bool,
    signaling_up: bool,
    /// The server was away until just now: it may have been started anew, and its relay with it.
    relays_doubted_until: Option<Instant>,
    /// The film that could not be opened here.
    unplayable: Option<FilmId>,
    /// The film as of which the next three are.
    shown_film: Option<FilmId>,
    /// One's own copy, where it is another cut than the room's.
    other_cut: Option<FilmInfo>,
    /// A file that was to be one's own copy and is another cut.
    refused_cut: Option<PathBuf>,
    taken_away: TakenAway,
    queue: FilmQueue,
    /// Of one's own copy, once it was read through.
    my_hash: Option<FilmHash>,
    subtitles: SubtitleShelf,
    streaming: Streaming,
    /// Tracks that somebody proposes.
    proposal: Option<(ParticipantId, i64, i64)>,
    /// When the film's place is to be remembered next.
    place_due: Instant,
    volume: f64,
    /// Is one's hand raised?
    hand: bool,
    tuning: Tuning,
    ducking: Ducking,
    /// When the ducking is to be moved on.
    ducking_due: Option<Instant>,
}

/// What somebody who lost the place in a room and got another one there still knows.
#[derive(Debug)]
pub(super) struct Memory {
    chat: Arc<Vec<ChatLine>>,
    system_lines: u64,
    unplayable: Option<FilmId>,
    volume: f64,
    keys: Keys,
}

impl Stay {
    pub(super) fn new(
        entry: RoomEntry,
        invite: Invite,
        server: String,
        locked: bool,
        nonce: String,
        now: Now,
    ) -> Self {
        let me = entry.id.clone();
        // Whoever takes a kept place may have shared before the program was started again.
        let sharing_told = (!matches!(invite.room, RoomChoice::Resume(_))).then_some(false);
        Self {
            invite,
            code: entry.room,
            token: entry.token,
            server,
            max_participants: entry.max_participants,
            locked,
            ice_servers: entry.ice_servers,
            clock: ClockSync::new(now.instant),
            playback: PlaybackSync::new(entry.id.clone()),
            rules: RoomRules::unset(entry.id.clone()),
            conducts: false,
            roster: Roster::new(entry.id),
            keys: Keys::default(),
            numbers: ChatNumbers::new(nonce),
            inbox: ChatInbox::default(),
            chat: Arc::default(),
            system_lines: 0,
            film_to_open: None,
            introductions_until: now.instant + INTRODUCTION_PATIENCE,
            clock_settled: true,
            signaling_up: true,
            relays_doubted_until: None,
            unplayable: None,
            shown_film: None,
            other_cut: None,
            refused_cut: None,
            taken_away: TakenAway::default(),
            queue: FilmQueue::empty(me.clone()),
            my_hash: None,
            subtitles: SubtitleShelf::default(),
            streaming: Streaming::default(),
            proposal: None,
            place_due: now.instant,
            volume: 1.0,
            hand: false,
            tuning: Tuning::default(),
            camera: CameraRungs::default(),
            screen: ScreenRungs::default(),
            screen_taken: Taken::default(),
            shown: BTreeMap::new(),
            sharing_told,
            ducking: Ducking::new(),
            ducking_due: None,
        }
    }

    /// What outlives one's place in a room.
    pub(super) fn memory(&self) -> Memory {
        Memory {
            chat: Arc::clone(&self.chat),
            system_lines: self.system_lines,
            unplayable: self.unplayable.clone(),
            volume: self.volume,
            keys: self.keys.clone(),
        }
    }

    /// Goes on where an earlier stay ended.
    pub(super) fn remember(&mut self, memory: Memory, io: &mut Io<'_>) {
        let Memory { chat, system_lines, unplayable, volume, keys } = memory;
        self.keys = keys;
        (self.chat, self.system_lines) = (chat, system_lines);
        (self.unplayable, self.volume) = (unplayable, volume);
        self.system_line(sentence::you_are_back(), io);
    }

    pub(super) fn me(&self) -> &ParticipantId {
        self.roster.me()
    }

    pub(super) fn code(&self) -> RoomCode {
        self.code
    }

    pub(super) fn token(&self) -> &Token {
        &self.token
    }

    pub(super) fn invite(&self) -> &Invite {
        &self.invite
    }

    pub(super) fn server(&self) -> &str {
        &self.server
    }

    pub(super) fn max_participants(&self) -> usize {
        self.max_participants
    }

    pub(super) fn locked(&self) -> bool {
        self.locked
    }

    pub(super) fn compared_with(&self, id: &ParticipantId) -> bool {
        self.keys.is_compared(id)
    }

    pub(super) fn volume(&self) -> f64 {
        self.volume
    }

    pub(super) fn roster(&self) -> &Roster {
        &self.roster
    }

    pub(super) fn chat(&self) -> &Arc<Vec<ChatLine>> {
        &self.chat
    }

    /// Everybody there is a link to.
    pub(super) fn links(&self) -> impl Iterator<Item = ParticipantId> {
        self.roster.other_ids().into_iter()
    }

    pub(super) fn somebody_is_connected(&self) -> bool {
        self.roster.others().any(|(_, member)| is_live(member.link.state))
    }

    /// Those whose media is decoded.
    pub(super) fn receivable(&self) -> Vec<ParticipantId> {
        let others =
            self.roster.others().filter(|(_, member)| !member.link.anew && !member.link.detached);
        others.map(|(id, _)| id.clone()).collect()
    }

    /// Those of them who share a screen.
    pub(super) fn sharers(&self) -> Vec<ParticipantId> {
        let sharers = self.roster.others().filter(|(_, member)| member.screen_sharing);
        sharers.map(|(id, _)| id.clone()).collect()
    }

    pub(super) fn next_timeout(&self) -> Option<Instant> {
        let negotiations =
            self.roster.others().filter_map(|(_, member)| member.link.negotiation.next_timeout());
        let opening = self.film_to_open.as_ref().map(|_| self.introductions_until);
        let machines = [
            self.clock.next_timeout(),
            self.playback.next_timeout(),
            self.inbox.next_timeout(),
            opening,
            self.ducking_due,
            self.next_film_at(),
        ];
        let reopenings = self.reopenings();
        let gone = self.roster.others().filter_map(|(_, member)| member.gone_at(self.signaling_up));
        negotiations.chain(machines.into_iter().flatten()).chain(gone).chain(reopenings).min()
    }

    pub(super) fn timeout(&mut self, io: &mut Io<'_>) {
        let now = io.now.instant;
        for id in self.roster.other_ids() {
            let due = |member: &Member| {
                member.link.negotiation.next_timeout().is_some_and(|at| now >= at)
            };
            if self.roster.get(&id).is_some_and(due) {
                self.negotiate(&id, NegotiationInput::Timeout, io);
            }
        }
        self.reopen_links(io);
        if self.clock.next_timeout().is_some_and(|at| now >= at) {
            self.clock.handle_timeout(now);
        }
        if self.playback.next_timeout().is_some_and(|at| now >= at) {
            self.playback(PlaybackInput::Timeout, io);
        }
        self.inbox.handle_timeout(now);
    }

    /// What every input ends with: the parts that depend on several others are brought up to date.
    pub(super) fn settle(&mut self, io: &mut Io<'_>) {
        self.signaling_up = io.signaling_up;
        self.part_from_the_gone(io);
        self.duck(io);
        self.share_pictures(io);
        self.tell_sharing(io);
        self.clock.set_reference(self.roster.time_reference(), io.now.instant);
        self.pass_baton(io);
        self.show_next_film(io);
        self.remember_place(io);
        self.settle_streams(io);
        while let Some((to, datagram)) = self.clock.poll_output() {
            io.push(Output::Link(to, LinkCommand::Clock(datagram)));
        }
        let settled = self.clock.is_settled();
        let before = std::mem::replace(&mut self.clock_settled, settled);
        if settled && !before {
            self.playback(PlaybackInput::ClockSettled, io);
        }
        while let Some((from, message)) = self.inbox.poll() {
            self.show(&from, message, io);
        }
        if let Some((film, _)) =
            self.film_to_open.take_if(|(_, until)| io.now.instant >= *until).or_else(|| {
                if self.everybody_is_introduced() { self.film_to_open.take() } else { None }
            })
        {
            self.open_or_attach(film, io);
        }
    }

    fn everybody_is_introduced(&self) -> bool {
        self.roster.others().all(|(_, member)| member.link.introduced)
    }

    // ---- people ----

    /// Tells the front end where one is.
    pub(super) fn announce(
        &self,
        others: &[ParticipantInfo],
        outputs: &mut std::collections::VecDeque<Output>,
    ) {
        outputs.push_back(Output::Event(Event::Room {
            code: self.code,
            id: self.me().clone(),
            name: self.invite.name.clone(),
            server: self.server.clone(),
            participants: others.iter().map(|info| (info.id.clone(), info.name.clone())).collect(),
        }));
    }

    /// Meets those who are in the room: the newcomer, oneself, offers to each.
    pub(super) fn meet(&mut self, others: &[ParticipantInfo], io: &mut Io<'_>) {
        for info in others {
            let member = self.open_link(info, true, io);
            self.roster.add_elder(info, member);
            if info.screen_sharing {
                let (from, source) = (info.id.clone(), Track::Screen);
                io.event(Event::TrackChanged { from, source, on: true });
            }
        }
        for info in others {
            // The newcomer's first offer comes with the first input of its negotiation.
            self.negotiate(&info.id, NegotiationInput::Timeout, io);
        }
    }

    /// The signaling connection was lost (people know of it if the server `was_away`) and one is back
    /// in the same place.
    pub(super) fn resumed(
        &mut self,
        entry: RoomEntry,
        others: &[ParticipantInfo],
        locked: bool,
        was_away: bool,
        io: &mut Io<'_>,
    ) {
        self.token = entry.token;
        // What was said last may have been lost with the connection, or with the server.
        self.sharing_told = None;
        self.renew_ice_servers(entry.ice_servers, io);
        for id in self.roster.other_ids() {
            if !others.iter().any(|info| info.id == id) {
                self.miss(&id, io);
            }
        }
        if !others.iter().any(|info| info.host) {
            self.roster.set_host(entry.id);
            if self.locked && !locked {
                // A server that has started anew does not know that the room was locked.
                io.signal(ClientMessage::LockRoom { locked: true });
            }
        }
        self.locked = locked;
        for info in others {
            // Whoever came while one was away has found one in the room and offers.
            self.join(info, io);
        }
        if was_away {
            self.relays_doubted_until = Some(io.now.instant + RELAY_DOUBT);
            self.system_line(sentence::server_back(), io);
        }
    }

    /// The server does not list somebody with whom there was a link. If it has started anew, that
    /// one comes back as soon as oneself.
    fn miss(&mut self, id: &ParticipantId, io: &mut Io<'_>) {
        let Some(member) = self.roster.get_mut(id) else { return };
        if member.may_be_there() {
            member.unlisted_since.get_or_insert(io.now.instant);
        } else {
            self.part(id, DisconnectReason::Lost, io);
        }
    }

    /// The server lists somebody: a newcomer, or one who was there and is back.
    fn join(&mut self, info: &ParticipantInfo, io: &mut Io<'_>) {
        if let Some(member) = self.roster.get_mut(&info.id) {
            member.unlisted_since = None;
            let speaks = member.link.control_open;
            if info.host {
                self.roster.set_host(info.id.clone());
            }
            if !speaks {
                self.sharing(&info.id, info.screen_sharing, io);
            }
            return self.negotiate(&info.id, NegotiationInput::SignalingRestored, io);
        }
        if info.id == *self.me() || self.roster.others().count() >= MAX_OTHERS {
            return;
        }
        let info = &ParticipantInfo { name: shown_name(&info.name), ..info.clone() };
        let member = self.open_link(info, false, io);
        self.roster.add_newcomer(info, member);
        // From now on the newcomer's first offer is awaited.
        self.negotiate(&info.id, NegotiationInput::Timeout, io);
        io.sound(Sound::Joined);
        io.event(Event::ParticipantJoined { id: info.id.clone(), name: info.name.clone() });
        self.system_line(sentence::joined(&info.name), io);
    }

    fn part(&mut self, id: &ParticipantId, reason: DisconnectReason, io: &mut Io<'_>) {
        let Some(member) = self.roster.remove(id) else { return };
        io.push(Output::CloseLink(id.clone()));
        self.clock.remove_peer(id);
        self.inbox.remove(id);
        self.subtitles.gone(id);
        self.stream_gone(id, io);
        self.playback(PlaybackInput::PeerGone(id.clone()), io);
        let (reason, text) = match reason {
            DisconnectReason::Left => ("left", sentence::has_left(&member.name)),
            DisconnectReason::Lost => ("lost", sentence::lost_connection(&member.name)),
            DisconnectReason::Removed => ("removed", sentence::was_removed(&member.name)),
        };
        self.system_line(text, io);
        io.sound(Sound::Left);
        io.event(Event::ParticipantLeft { id: id.clone(), name: member.name, reason });
    }

    fn open_link(&self, info: &ParticipantInfo, newcomer: bool, io: &mut Io<'_>) -> Member {
        let config = LinkConfig {
            opens_channels: newcomer,
            ice_servers: self.ice_servers.clone(),
            route: io.route,
            identity: self.invite.identity.clone(),
        };
        io.push(Output::OpenLink(info.id.clone(), config));
        Member {
            name: info.name.clone(),
            screen_sharing: info.screen_sharing,
            link: self.new_link(&info.id, newcomer, io),
            camera: false,
            microphone: false,
            screen_audio: false,
            speaking: false,
            hand: false,
            level: 0.0,
            standing: Standing::default(),
            offer: None,
            film_hash: None,
            chat_from: self.numbers.next_number(),
            unlisted_since: None,
            closings: 0,
            withheld: None,
        }
    }

    fn new_link(&self, id: &ParticipantId, newcomer: bool, io: &mut Io<'_>) -> Link {
        let first = self.me() < id;
        Link::new(Negotiation::new(first, newcomer), Exchange::new(first, io.nonces.next()))
    }

    // ---- server ----

    pub(super) fn server_message(&mut self, message: ServerMessage, io: &mut Io<'_>) {
        match message {
            ServerMessage::UserJoined { participant } => self.join(&participant, io),
            ServerMessage::UserDisconnected { id, reason, host } => {
                self.part(&id, reason, io);
                self.roster.set_host(host);
            }
            ServerMessage::WebrtcOffer { from, sdp } => {
                self.described(&from, DescriptionKind::Offer, &sdp, io);
            }
            ServerMessage::WebrtcAnswer { from, sdp } => {
                self.described(&from, DescriptionKind::Answer, &sdp, io);
            }
            ServerMessage::WebrtcIceCandidate { from, candidate } => {
                self.remote_candidate(&from, candidate, io);
            }
            ServerMessage::ChatMessage { from, id, text, at: _ } => {
                let valid = limits::is_valid_chat_text(&text) && id.len() <= limits::MAX_ID_BYTES;
                if valid && self.roster.get(&from).is_some() {
                    self.inbox.receive(
                        &from,
                        Incoming { id, text, film_secs: None, via: Via::Server },
                        io.now.instant,
                    );
                }
            }
            ServerMessage::ScreenShareStarted { from } => self.sharing(&from, true, io),
            ServerMessage::ScreenShareStopped { from } => self.sharing(&from, false, io),
            ServerMessage::RoomLocked { locked } => {
                self.locked = locked;
                let text = if locked { sentence::room_locked() } else { sentence::room_unlocked() };
                self.system_line(text, io);
            }
            ServerMessage::IceServers { ice_servers } => self.renew_ice_servers(ice_servers, io),
            // The session has handled these.
            ServerMessage::RoomCreated(_)
            | ServerMessage::RoomJoined { .. }
            | ServerMessage::RoomLeft
            | ServerMessage::Error { .. } => {}
        }
    }

    /// For links to come, and for those there are once they look for another way.
    fn renew_ice_servers(&mut self, ice_servers: Vec<IceServer>, io: &mut Io<'_>) {
        for id in self.roster.other_ids() {
            io.push(Output::Link(id, LinkCommand::IceServers(ice_servers.clone())));
        }
        self.ice_servers = ice_servers;
    }

    fn described(
        &mut self,
        from: &ParticipantId,
        kind: DescriptionKind,
        sdp: &str,
        io: &mut Io<'_>,
    ) {
        let (sdp, to) = keys::opened(sdp);
        let valid = limits::is_valid_sdp(&sdp) && self.is_for_us(from, to.as_deref());
        if valid && self.knows_program(from, kind, &sdp, io) {
            let description = Description { kind, sdp };
            self.negotiate(from, NegotiationInput::RemoteDescription(description), io);
        }
    }

    // ---- media ----

    pub(super) fn media_event(&mut self, event: MediaEvent, io: &mut Io<'_>) {
        match event {
            MediaEvent::FirstFrame { from, track, width, height } => {
                self.seen(&from, track, io);
                io.event(Event::FirstFrame { from, source: track, width, height });
            }
            MediaEvent::KeyframeNeeded { from, track } => {
                io.push(Output::Link(from, LinkCommand::RequestKeyframe(track)));
            }
            MediaEvent::Speaking { who: Some(who), speaking } => {
                self.with_member(&who, |member| member.speaking = speaking);
            }
            MediaEvent::Level { who: Some(who), level } => {
                self.with_member(&who, |member| member.level = level);
            }
            // The session has handled these.
            MediaEvent::Speaking { who: None, .. }
            | MediaEvent::Level { who: None, .. }
            | MediaEvent::Devices { .. }
            | MediaEvent::Screens(_)
            | MediaEvent::ScreenShows(_)
            | MediaEvent::ScreenContent(_)
            | MediaEvent::ScreenEnded { .. }
            | MediaEvent::ScreenSoundEnded(_)
            | MediaEvent::DeviceFailed { .. } => {}
        }
    }

    fn with_member(&mut self, id: &ParticipantId, change: impl FnOnce(&mut Member)) {
        if let Some(member) = self.roster.get_mut(id) {
            change(member);
        }
    }
}

/// Does media flow, or will again by itself?
fn is_live(state: LinkState) -> bool {
    matches!(state, LinkState::Connected | LinkState::Reconnecting)
}
