//! What happens in a room: people come and go, links are negotiated, chat and film state travel.
//! How one gets into the room and out of it is the session's business.

use std::time::{Duration, Instant};

use cinemasync_protocol::{
    ClientMessage, DisconnectReason, IceServer, ParticipantId, ParticipantInfo, RoomCode,
    RoomEntry, ServerMessage, Token, limits,
};

use super::roster::{Link, Member, Roster};
use super::{Io, Now, Output};
use crate::chat::{ChatInbox, ChatNumbers, Incoming};
use crate::clock_sync::ClockSync;
use crate::control::{CONTROL_VERSION, ControlMessage, is_valid_reaction};
use crate::film::{FilmId, FilmInfo};
use crate::interface::{
    Cause, ChatLine, Command, Event, FilmCopy, Invite, Level, MAX_CHAT_LINES, Via, error_code_name,
};
use crate::link::{
    Description, DescriptionKind, LinkCommand, LinkConfig, LinkEvent, LinkState, LinkStats,
};
use crate::negotiation::{Negotiation, NegotiationInput, NegotiationOutput};
use crate::plan::{MediaCommand, MediaEvent};
use crate::playback_sync::{PlaybackInput, PlaybackOutput, PlaybackState, PlaybackSync};
use crate::player::{PlayerCommand, PlayerEvent};
use crate::safety_code::{End, safety_code};
use crate::track::Track;

/// How long an opened film waits for the room to tell what it shows, so that somebody who comes
/// back with the same film joins it instead of starting it anew.
const INTRODUCTION_PATIENCE: Duration = Duration::from_secs(3);

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
    pub(super) clock: ClockSync,
    pub(super) playback: PlaybackSync,
    numbers: ChatNumbers,
    inbox: ChatInbox,
    chat: std::sync::Arc<Vec<ChatLine>>,
    system_lines: u64,
    /// A film to show once the room has told what it shows, at the latest then.
    film_to_open: Option<(FilmInfo, Instant)>,
    introductions_until: Instant,
    clock_settled: bool,
    /// The film that could not be opened here.
    unplayable: Option<FilmId>,
    volume: f64,
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
            roster: Roster::new(entry.id),
            numbers: ChatNumbers::new(nonce),
            inbox: ChatInbox::default(),
            chat: std::sync::Arc::default(),
            system_lines: 0,
            film_to_open: None,
            introductions_until: now.instant + INTRODUCTION_PATIENCE,
            clock_settled: true,
            unplayable: None,
            volume: 1.0,
        }
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

    pub(super) fn volume(&self) -> f64 {
        self.volume
    }

    pub(super) fn roster(&self) -> &Roster {
        &self.roster
    }

    pub(super) fn chat(&self) -> &std::sync::Arc<Vec<ChatLine>> {
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
        self.roster.other_ids()
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
        ];
        negotiations.chain(machines.into_iter().flatten()).min()
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
        self.clock.set_reference(self.roster.time_reference(), io.now.instant);
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
        }
        for info in others {
            // The newcomer's first offer comes with the first input of its negotiation.
            self.negotiate(&info.id, NegotiationInput::Timeout, io);
        }
    }

    /// The signaling connection was lost and one is back in the same place.
    pub(super) fn resumed(
        &mut self,
        entry: RoomEntry,
        others: &[ParticipantInfo],
        locked: bool,
        io: &mut Io<'_>,
    ) {
        self.token = entry.token;
        self.ice_servers = entry.ice_servers;
        self.locked = locked;
        for id in self.roster.other_ids() {
            if !others.iter().any(|info| info.id == id) {
                self.part(&id, DisconnectReason::Lost, io);
            }
        }
        for info in others {
            if self.roster.get(&info.id).is_some() {
                self.negotiate(&info.id, NegotiationInput::SignalingRestored, io);
            } else {
                // Whoever came while one was away has found one in the room and offers.
                self.join(info, io);
            }
        }
        self.system_line("The server is back".to_owned(), io);
    }

    fn join(&mut self, info: &ParticipantInfo, io: &mut Io<'_>) {
        if self.roster.get(&info.id).is_some() || info.id == *self.me() {
            return;
        }
        let member = self.open_link(info, false, io);
        self.roster.add_newcomer(info, member);
        // From now on the newcomer's first offer is awaited.
        self.negotiate(&info.id, NegotiationInput::Timeout, io);
        io.event(Event::ParticipantJoined { id: info.id.clone(), name: info.name.clone() });
        self.system_line(format!("{} joined", info.name), io);
    }

    fn part(&mut self, id: &ParticipantId, reason: DisconnectReason, io: &mut Io<'_>) {
        let Some(member) = self.roster.remove(id) else { return };
        io.push(Output::CloseLink(id.clone()));
        self.clock.remove_peer(id);
        self.inbox.remove(id);
        let (reason, text) = match reason {
            DisconnectReason::Left => ("left", "left"),
            DisconnectReason::Lost => ("lost", "lost the connection"),
            DisconnectReason::Removed => ("removed", "was removed"),
        };
        self.system_line(format!("{} {text}", member.name), io);
        io.event(Event::ParticipantLeft { id: id.clone(), name: member.name, reason });
    }

    fn open_link(&self, info: &ParticipantInfo, newcomer: bool, io: &mut Io<'_>) -> Member {
        let config = LinkConfig {
            opens_channels: newcomer,
            ice_servers: self.ice_servers.clone(),
            route: io.route,
        };
        io.push(Output::OpenLink(info.id.clone(), config));
        let polite = *self.me() < info.id;
        Member {
            name: limits::normalize_name(&info.name).unwrap_or_else(|| "?".to_owned()),
            screen_sharing: info.screen_sharing,
            link: Link::new(Negotiation::new(polite, newcomer)),
            camera: false,
            microphone: false,
            speaking: false,
            copy: FilmCopy::None,
            chat_from: self.numbers.next_number(),
        }
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
                self.described(&from, DescriptionKind::Offer, sdp, io);
            }
            ServerMessage::WebrtcAnswer { from, sdp } => {
                self.described(&from, DescriptionKind::Answer, sdp, io);
            }
            ServerMessage::WebrtcIceCandidate { from, candidate } => {
                self.negotiate(&from, NegotiationInput::RemoteCandidate(candidate), io);
            }
            ServerMessage::ChatMessage { from, id, text, at: _ } => {
                let valid = limits::is_valid_chat_text(&text) && id.len() <= limits::MAX_ID_BYTES;
                if valid && self.roster.get(&from).is_some() {
                    self.inbox.receive(
                        &from,
                        Incoming { id, text, via: Via::Server },
                        io.now.instant,
                    );
                }
            }
            ServerMessage::ScreenShareStarted { from } => self.sharing(&from, true, io),
            ServerMessage::ScreenShareStopped { from } => self.sharing(&from, false, io),
            ServerMessage::RoomLocked { locked } => {
                self.locked = locked;
                let text = if locked {
                    "The room is locked: nobody else can join"
                } else {
                    "The room is open again"
                };
                self.system_line(text.to_owned(), io);
            }
            ServerMessage::IceServers { ice_servers } => self.ice_servers = ice_servers,
            // The session has handled these.
            ServerMessage::RoomCreated(_)
            | ServerMessage::RoomJoined { .. }
            | ServerMessage::RoomLeft
            | ServerMessage::Error { .. } => {}
        }
    }

    fn described(
        &mut self,
        from: &ParticipantId,
        kind: DescriptionKind,
        sdp: String,
        io: &mut Io<'_>,
    ) {
        if limits::is_valid_sdp(&sdp) {
            self.negotiate(
                from,
                NegotiationInput::RemoteDescription(Description { kind, sdp }),
                io,
            );
        }
    }

    fn sharing(&mut self, from: &ParticipantId, on: bool, io: &mut Io<'_>) {
        let Some(member) = self.roster.get_mut(from) else { return };
        if std::mem::replace(&mut member.screen_sharing, on) == on {
            return;
        }
        let text = format!(
            "{} {} sharing the screen",
            member.name,
            if on { "started" } else { "stopped" }
        );
        io.event(Event::TrackChanged { from: from.clone(), source: Track::Screen, on });
        self.system_line(text, io);
    }

    // ---- links ----

    pub(super) fn link_event(&mut self, id: &ParticipantId, event: LinkEvent, io: &mut Io<'_>) {
        if self.roster.get(id).is_none() {
            return;
        }
        match event {
            LinkEvent::NegotiationNeeded => self.negotiate(id, NegotiationInput::Needed, io),
            LinkEvent::LocalDescription(description) => {
                self.negotiate(id, NegotiationInput::LocalDescription(description), io);
            }
            LinkEvent::RemoteDescriptionSet(kind) => {
                self.negotiate(id, NegotiationInput::RemoteDescriptionSet(kind), io);
            }
            LinkEvent::NegotiationFailed(_) => self.negotiate(id, NegotiationInput::Failed, io),
            LinkEvent::LocalCandidate(candidate) => {
                self.negotiate(id, NegotiationInput::LocalCandidate(candidate), io);
            }
            LinkEvent::State(state) => self.link_state(id, state, io),
            LinkEvent::Path(path) => {
                self.with_member(id, |member| member.link.path = Some(path));
                self.tell_peer(id, io);
            }
            LinkEvent::Fingerprints { local, remote } => {
                let me = End { id: self.roster.me(), fingerprint: &local };
                let code = safety_code(me, End { id, fingerprint: &remote });
                self.with_member(id, |member| member.link.safety_code = Some(code));
                self.tell_peer(id, io);
            }
            LinkEvent::ControlOpen => self.control_open(id, io),
            LinkEvent::ControlClosed => {
                self.with_member(id, |member| member.link.control_open = false);
                self.clock.remove_peer(id);
            }
            LinkEvent::Control(text) => {
                // What is malformed is dropped: the link has logged it, and the call goes on.
                if let Ok(message) = ControlMessage::decode(&text) {
                    self.control(id, message, io);
                }
            }
            LinkEvent::Clock(datagram, arrived) => {
                self.clock.datagram(id, &datagram, arrived, io.now.instant);
            }
            LinkEvent::KeyframeWanted(track) => {
                io.push(Output::Media(MediaCommand::Keyframe(track)));
            }
        }
    }

    pub(super) fn link_stats(&mut self, links: Vec<(ParticipantId, LinkStats)>) {
        for (id, stats) in links {
            self.with_member(&id, |member| member.link.stats = stats);
        }
    }

    fn link_state(&mut self, id: &ParticipantId, state: LinkState, io: &mut Io<'_>) {
        let Some(member) = self.roster.get_mut(id) else { return };
        let before = std::mem::replace(&mut member.link.state, state);
        self.negotiate(id, NegotiationInput::LinkState(state), io);
        if before == state {
            return;
        }
        self.tell_peer(id, io);
        if state == LinkState::Connected {
            // The newcomer, or whoever was away, can decode nothing before a keyframe.
            io.push(Output::Media(MediaCommand::Keyframe(Track::Camera)));
        }
    }

    fn tell_peer(&self, id: &ParticipantId, io: &mut Io<'_>) {
        if let Some(Member { link, .. }) = self.roster.get(id) {
            io.event(Event::Peer {
                id: id.clone(),
                state: link.state,
                path: link.path,
                safety_code: link.safety_code.clone(),
            });
        }
    }

    fn negotiate(&mut self, id: &ParticipantId, input: NegotiationInput, io: &mut Io<'_>) {
        let Some(member) = self.roster.get_mut(id) else { return };
        let negotiation = &mut member.link.negotiation;
        negotiation.handle(input, io.now.instant);
        while let Some(output) = negotiation.poll_output() {
            let to = id.clone();
            match output {
                NegotiationOutput::Command(command) => io.push(Output::Link(to, command)),
                NegotiationOutput::Send(Description { kind: DescriptionKind::Offer, sdp }) => {
                    io.signal(ClientMessage::WebrtcOffer { to, sdp });
                }
                NegotiationOutput::Send(Description { kind: DescriptionKind::Answer, sdp }) => {
                    io.signal(ClientMessage::WebrtcAnswer { to, sdp });
                }
                NegotiationOutput::SendCandidate(candidate) => {
                    io.signal(ClientMessage::WebrtcIceCandidate { to, candidate });
                }
            }
        }
    }

    // ---- control channel ----

    fn control_open(&mut self, id: &ParticipantId, io: &mut Io<'_>) {
        let Some(member) = self.roster.get_mut(id) else { return };
        member.link.control_open = true;
        let hello = ControlMessage::Hello { version: CONTROL_VERSION, chat_from: member.chat_from };
        send(id, &hello, io);
        send(id, &tracks(io), io);
        self.clock.add_peer(id.clone(), io.now.instant);
        self.playback(PlaybackInput::PeerJoined(id.clone()), io);
    }

    fn control(&mut self, from: &ParticipantId, message: ControlMessage, io: &mut Io<'_>) {
        match message {
            ControlMessage::Hello { chat_from, .. } => self.inbox.hello(from, chat_from),
            ControlMessage::Media { camera, microphone } => {
                self.tracks_of(from, camera, microphone, io);
            }
            ControlMessage::Chat { id, text } => {
                self.inbox.receive(from, Incoming { id, text, via: Via::Peer }, io.now.instant);
            }
            ControlMessage::Reaction { emoji } => {
                io.event(Event::Reaction { from: from.clone(), emoji });
            }
            ControlMessage::Playback { state } => {
                self.playback(PlaybackInput::Remote(state), io);
                // The state is the last thing a peer tells of itself when the channel opens.
                self.with_member(from, |member| member.link.introduced = true);
            }
            ControlMessage::Standing { standing } => {
                let copy = standing.copy;
                self.with_member(from, |member| member.copy = copy);
            }
        }
    }

    /// Tells everybody which of one's tracks are on.
    pub(super) fn tell_tracks(&mut self, io: &mut Io<'_>) {
        let message = tracks(io);
        self.broadcast(&message, io);
    }

    fn tracks_of(&mut self, from: &ParticipantId, camera: bool, microphone: bool, io: &mut Io<'_>) {
        let Some(member) = self.roster.get_mut(from) else { return };
        let changes = [
            (Track::Camera, std::mem::replace(&mut member.camera, camera), camera),
            (Track::Microphone, std::mem::replace(&mut member.microphone, microphone), microphone),
        ];
        member.speaking &= microphone;
        for (source, before, on) in changes {
            if before != on {
                io.event(Event::TrackChanged { from: from.clone(), source, on });
            }
        }
    }

    fn broadcast(&self, message: &ControlMessage, io: &mut Io<'_>) {
        for (id, member) in self.roster.others() {
            if member.link.control_open {
                send(id, message, io);
            }
        }
    }

    // ---- what a person asks for ----

    pub(super) fn command(&mut self, command: Command, io: &mut Io<'_>) {
        let input = match command {
            Command::Chat(text) => return self.say(text, io),
            Command::React(emoji) => return self.react(emoji, io),
            Command::CloseFilm => PlaybackInput::Close,
            Command::Play => PlaybackInput::Play,
            Command::Pause => PlaybackInput::Pause,
            Command::Seek(position_secs) => PlaybackInput::Seek(position_secs),
            Command::Rate(rate) => PlaybackInput::Rate(rate),
            // Everybody's own affair: the room is not told.
            Command::AudioTrack(id) => {
                return io.push(Output::Player(PlayerCommand::AudioTrack(id)));
            }
            Command::SubtitleTrack(id) => {
                return io.push(Output::Player(PlayerCommand::SubtitleTrack(id)));
            }
            Command::FilmVolume(volume) => {
                self.volume = volume.clamp(0.0, 1.0);
                return io.push(Output::Player(PlayerCommand::Volume(self.volume)));
            }
            // The session has handled these.
            Command::Enter(_)
            | Command::Leave
            | Command::Camera(_)
            | Command::Microphone(_)
            | Command::OpenFilm(_)
            | Command::AttachFilm(_) => return,
        };
        if self.playback.state().film.is_none() {
            let text = "There is no film yet. Open one first.";
            return io.event(Event::Failed {
                code: "no_film".to_owned(),
                text: text.to_owned(),
                fatal: false,
            });
        }
        self.playback(input, io);
    }

    fn say(&mut self, text: String, io: &mut Io<'_>) {
        if !limits::is_valid_chat_text(&text) {
            let code = error_code_name(cinemasync_protocol::ErrorCode::TooLarge);
            let text = format!(
                "A message has 1 to {} characters. Shorten it and send it again.",
                limits::MAX_CHAT_CHARS
            );
            return io.event(Event::Failed { code, text, fatal: false });
        }
        let id = self.numbers.take_id();
        let message = ControlMessage::Chat { id: id.clone(), text: text.clone() };
        self.broadcast(&message, io);
        let unreached: Vec<ParticipantId> = self
            .roster
            .others()
            .filter(|(_, member)| !member.link.control_open)
            .map(|(id, _)| id.clone())
            .collect();
        if !unreached.is_empty() {
            if !io.signaling_up {
                io.notice(
                    Level::Warning,
                    "Not everybody could get your message: the server is away.".to_owned(),
                );
            }
            io.signal(ClientMessage::ChatMessage {
                id: id.clone(),
                text: text.clone(),
                to: Some(unreached),
            });
        }
        let (from, name) = (Some(self.me().clone()), self.invite.name.clone());
        self.keep(ChatLine { from, name, text, id, via: Via::Here, at_unix_ms: io.now.unix_ms });
    }

    fn react(&mut self, emoji: String, io: &mut Io<'_>) {
        if is_valid_reaction(&emoji) {
            self.broadcast(&ControlMessage::Reaction { emoji: emoji.clone() }, io);
            io.event(Event::Reaction { from: self.me().clone(), emoji });
        } else {
            let text = "A reaction is one emoji. Write words in the chat.".to_owned();
            io.event(Event::Failed { code: "bad_reaction".to_owned(), text, fatal: false });
        }
    }

    // ---- chat ----

    fn show(&mut self, from: &ParticipantId, message: Incoming, io: &mut Io<'_>) {
        let name = self.roster.get(from).map(|member| member.name.clone()).unwrap_or_default();
        let Incoming { id, text, via } = message;
        let line =
            ChatLine { from: Some(from.clone()), name, text, id, via, at_unix_ms: io.now.unix_ms };
        io.event(Event::Chat(line.clone()));
        self.keep(line);
    }

    fn system_line(&mut self, text: String, io: &mut Io<'_>) {
        let id = format!("system-{}", self.system_lines);
        self.system_lines += 1;
        let at_unix_ms = io.now.unix_ms;
        self.keep(ChatLine {
            from: None,
            name: String::new(),
            text: text.clone(),
            id,
            via: Via::Here,
            at_unix_ms,
        });
        io.notice(Level::Info, text);
    }

    fn keep(&mut self, line: ChatLine) {
        let chat = std::sync::Arc::make_mut(&mut self.chat);
        if chat.len() >= MAX_CHAT_LINES {
            // Forgetting a tenth at once keeps this rare.
            chat.drain(..MAX_CHAT_LINES / 10);
        }
        chat.push(line);
    }

    // ---- film ----

    /// Shows a film to the room, once it is known what the room shows.
    pub(super) fn open_film(&mut self, film: FilmInfo, io: &mut Io<'_>) {
        self.film_to_open = Some((film, self.introductions_until.max(io.now.instant)));
    }

    fn open_or_attach(&mut self, film: FilmInfo, io: &mut Io<'_>) {
        let shown = self.playback.state().film.as_ref();
        if shown.is_none_or(|shown| shown.id != film.id) {
            self.playback(PlaybackInput::Open(film), io);
        } else {
            self.attach_film(&film, io);
        }
    }

    /// Takes a file as one's own copy of the film that the room shows.
    pub(super) fn attach_film(&mut self, film: &FilmInfo, io: &mut Io<'_>) {
        let text = match self.playback.state().film.as_ref() {
            None => "The room shows no film. Open this one to show it.".to_owned(),
            Some(shown) if shown.id == film.id => {
                if let Some(path) = io.films.get(&film.id) {
                    // Chosen again on purpose: perhaps the disk is back.
                    self.unplayable = None;
                    self.playback(PlaybackInput::Attached(path.clone()), io);
                }
                return;
            }
            Some(shown) => format!(
                "This is another file than the one the room shows ({} bytes instead of {}). Choose the same release, \
                 or open this one for everybody.",
                film.bytes, shown.bytes
            ),
        };
        io.event(Event::Failed { code: "wrong_film".to_owned(), text, fatal: false });
    }

    pub(super) fn player_event(&mut self, event: PlayerEvent, io: &mut Io<'_>) {
        if let PlayerEvent::Failed(text) = &event {
            // Not tried again by itself: the same file fails the same way.
            self.unplayable = self.playback.state().film.as_ref().map(|film| film.id.clone());
            io.event(Event::Failed { code: "film".to_owned(), text: text.clone(), fatal: false });
        }
        self.playback(PlaybackInput::Player(event), io);
    }

    fn playback(&mut self, input: PlaybackInput, io: &mut Io<'_>) {
        self.playback.handle(input, &self.clock, io.now.instant);
        while let Some(output) = self.playback.poll_output() {
            match output {
                PlaybackOutput::Player(command) => io.push(Output::Player(command)),
                PlaybackOutput::Broadcast(state) => {
                    self.broadcast(&ControlMessage::Playback { state }, io);
                }
                PlaybackOutput::SendTo(to, state) => {
                    send(&to, &ControlMessage::Playback { state }, io);
                }
                PlaybackOutput::Standing(standing) => {
                    self.broadcast(&ControlMessage::Standing { standing }, io);
                }
                PlaybackOutput::FilmChanged => self.film_changed(io),
                PlaybackOutput::Waiting { who, why } => io.event(Event::Waiting { who, why }),
                PlaybackOutput::Changed { playing, position_secs, rate, by, cause } => {
                    self.tell_playback(&by, cause, position_secs, rate, io);
                    io.event(Event::Playback { playing, position_secs, rate, by, cause });
                }
            }
        }
    }

    fn film_changed(&mut self, io: &mut Io<'_>) {
        let PlaybackState { film, opened_by, .. } = self.playback.state().clone();
        let mine = self.playback.copy();
        io.event(Event::Film { film: film.clone(), from: opened_by.clone(), mine });
        let Some(film) = film else { return };
        if mine == FilmCopy::None
            && self.unplayable.as_ref() != Some(&film.id)
            && let Some(path) = io.films.get(&film.id)
        {
            self.playback(PlaybackInput::Attached(path.clone()), io);
        }
    }

    fn tell_playback(
        &mut self,
        by: &ParticipantId,
        cause: Cause,
        position_secs: f64,
        rate: f64,
        io: &mut Io<'_>,
    ) {
        let who = self.name_of(by);
        let place = clock_text(position_secs);
        let text = match cause {
            Cause::Play => format!("{who} pressed play at {place}"),
            Cause::Pause => format!("{who} paused at {place}"),
            Cause::Seek => format!("{who} went to {place}"),
            Cause::Rate => format!("{who} set the speed to {rate}"),
            Cause::Join | Cause::Waiting | Cause::Resumed => return,
        };
        self.system_line(text, io);
    }

    pub(super) fn name_of(&self, id: &ParticipantId) -> String {
        if id == self.me() {
            return self.invite.name.clone();
        }
        self.roster
            .get(id)
            .map_or_else(|| "Somebody who left".to_owned(), |member| member.name.clone())
    }

    // ---- media ----

    pub(super) fn media_event(&mut self, event: MediaEvent, io: &mut Io<'_>) {
        match event {
            MediaEvent::FirstFrame { from, track, width, height } => {
                self.with_member(&from, |member| member.camera |= track == Track::Camera);
                io.event(Event::FirstFrame { from, source: track, width, height });
            }
            MediaEvent::KeyframeNeeded { from, track } => {
                io.push(Output::Link(from, LinkCommand::RequestKeyframe(track)));
            }
            MediaEvent::Speaking { who: Some(who), speaking } => {
                self.with_member(&who, |member| member.speaking = speaking);
            }
            // The session has handled these.
            MediaEvent::Speaking { who: None, .. } | MediaEvent::DeviceFailed { .. } => {}
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

fn tracks(io: &Io<'_>) -> ControlMessage {
    ControlMessage::Media { camera: io.camera, microphone: io.microphone }
}

fn send(to: &ParticipantId, message: &ControlMessage, io: &mut Io<'_>) {
    io.push(Output::Link(to.clone(), LinkCommand::Control(message.encode())));
}

/// A film position as people read it: `12:31`, `1:57:40`.
pub(super) fn clock_text(position_secs: f64) -> String {
    // A film is shorter than 2^53 seconds, and `as` saturates.
    let total = position_secs.max(0.0) as u64;
    let (hours, minutes, seconds) = (total / 3_600, total / 60 % 60, total % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes:02}:{seconds:02}")
    }
}
