//! Getting into a room and out of it, and what becomes of the stay when the server comes and goes.

use std::time::Duration;

use cinemasync_protocol::{
    ClientMessage, ErrorCode, PROTOCOL_VERSION, ParticipantInfo, RoomEntry, ServerMessage, limits,
};

use super::stay::Stay;
use super::{Io, NetworkChange, Now, Output, SessionCore, Stage, roster};
use crate::interface::{Event, Invite, Level, Place, RoomChoice};
use crate::player::PlayerCommand;
use crate::sentence::{self, Sentence};
use crate::streaming::StreamCommand;

/// How long entering a room may take before one is told that it failed.
const ENTER_PATIENCE: Duration = Duration::from_secs(15);

impl SessionCore {
    pub(super) fn enter(&mut self, invite: Invite, now: Now) {
        let Some(name) = limits::normalize_name(&invite.name) else {
            let fatal = !matches!(self.stage, Stage::Room(_));
            return self.fail(ErrorCode::NameInvalid, sentence::name_invalid(), fatal);
        };
        if !matches!(self.stage, Stage::Lobby) {
            return self.fail(ErrorCode::AlreadyInRoom, sentence::already_in_room(), false);
        }
        let invite = Invite { name, ..invite };
        self.signaling.connect(invite.server.clone());
        self.outputs.push_back(Output::ConnectSignaling(invite.server.clone()));
        self.stage = Stage::Entering { invite, deadline: now.instant + ENTER_PATIENCE };
    }

    pub(super) fn leave(&mut self) {
        if self.signaling.is_up() && matches!(self.stage, Stage::Room(_)) {
            self.outputs.push_back(Output::Signal(ClientMessage::LeaveRoom));
        }
        self.enter_lobby();
    }

    pub(super) fn enter_lobby(&mut self) {
        let was = std::mem::replace(&mut self.stage, Stage::Lobby);
        if let Stage::Room(stay) = &was {
            self.outputs.extend(stay.links().map(Output::CloseLink));
            self.outputs.push_back(Output::Player(PlayerCommand::Unload));
            self.outputs.push_back(Output::Stream(StreamCommand::Stop));
            self.outputs.push_back(Output::Event(Event::Place(None)));
        }
        self.sharing.stop();
        // Who was choosing what to share chooses no more.
        self.sharing.list(false);
        if self.signaling.close() {
            self.outputs.push_back(Output::CloseSignaling);
        }
        if !matches!(was, Stage::Lobby) {
            self.outputs.push_back(Output::Event(Event::Left));
        }
    }

    pub(super) fn signaling_up(&mut self, server: String) {
        self.signaling.connected(server);
        let message = match &self.stage {
            Stage::Lobby => return,
            Stage::Entering { invite, .. } => entry_request(invite),
            Stage::Room(stay) => ClientMessage::Resume { token: stay.token().clone() },
        };
        self.outputs.push_back(Output::Signal(message));
    }

    pub(super) fn signaling_down(&mut self, text: Sentence, now: Now) {
        match &self.stage {
            Stage::Lobby => self.signaling.reset(),
            Stage::Entering { .. } => {
                self.signaling.reset();
                self.fail_named("no_server", text, true);
                self.enter_lobby();
            }
            Stage::Room(_) => {
                if self.signaling.lost(now.instant) {
                    self.notice(Level::Warning, sentence::server_gone());
                }
            }
        }
    }

    pub(super) fn network_changed(&mut self, change: NetworkChange, now: Now) {
        let server = match change {
            NetworkChange::AddressLost => self.signaling.renew(),
            NetworkChange::AddressGained => self.signaling.hurry(),
            NetworkChange::Woke => {
                // What others said meanwhile is read first, if the connection lives.
                if self.signaling.is_up() {
                    self.outputs.push_back(Output::ProbeSignaling);
                }
                return;
            }
        };
        if let Some(server) = server {
            self.outputs.push_back(Output::ConnectSignaling(server));
        }
        let lost = change == NetworkChange::AddressLost;
        self.in_room(|stay, io| stay.network_changed(lost, io), now);
    }

    pub(super) fn server_message(&mut self, message: ServerMessage, now: Now) {
        match message {
            ServerMessage::RoomCreated(entry) => self.entered(entry, &[], false, now),
            ServerMessage::RoomJoined { entry, participants, locked } => {
                let others = roster::others_of(&entry.id, participants);
                self.entered(entry, &others, locked, now);
            }
            ServerMessage::RoomLeft => {}
            ServerMessage::Error { code, message, .. } => self.server_error(code, message),
            other => {
                self.in_room(|stay, io| stay.server_message(other, io), now);
            }
        }
    }

    pub(super) fn entered(
        &mut self,
        entry: RoomEntry,
        others: &[ParticipantInfo],
        locked: bool,
        now: Now,
    ) {
        let (invite, memory) = match &self.stage {
            Stage::Lobby => return,
            Stage::Entering { invite, .. } => (invite.clone(), None),
            Stage::Room(stay) if *stay.me() == entry.id => {
                // The same place as before: links and film are untouched.
                let place = self.place(&entry, stay.invite());
                let was_away = self.signaling.take_told_away();
                self.in_room(|stay, io| stay.resumed(entry, others, locked, was_away, io), now);
                self.outputs.push_back(Output::Event(Event::Place(Some(place))));
                return;
            }
            Stage::Room(stay) => {
                self.outputs.extend(stay.links().map(Output::CloseLink));
                // Those who are there again come over new links, and the film may be another one.
                self.plan.receive.clear();
                self.outputs.push_back(Output::Plan(self.plan.clone()));
                self.outputs.push_back(Output::Player(PlayerCommand::Unload));
                (stay.invite().clone(), Some(stay.memory()))
            }
        };
        self.stays += 1;
        let nonce = format!("{}{}", self.config.nonce, self.stays);
        let server = self.signaling.server().to_owned();
        let place = self.place(&entry, &invite);
        let stay = Box::new(Stay::new(entry, invite, server, locked, nonce, now));
        stay.announce(others, &mut self.outputs);
        self.outputs.push_back(Output::Event(Event::Place(Some(place))));
        self.stage = Stage::Room(stay);
        let meet = |stay: &mut Stay, io: &mut Io<'_>| {
            if let Some(memory) = memory {
                stay.remember(memory, io);
            }
            stay.meet(others, io);
        };
        self.in_room(meet, now);
    }

    pub(super) fn place(&self, entry: &RoomEntry, invite: &Invite) -> Place {
        Place {
            server: self.signaling.server().to_owned(),
            name: invite.name.clone(),
            token: entry.token.clone(),
            identity: invite.identity.clone(),
        }
    }

    pub(super) fn server_error(&mut self, code: ErrorCode, message: String) {
        let text = Sentence::refusal(code, message);
        match (&self.stage, code) {
            (Stage::Lobby, _) => {}
            (Stage::Entering { .. }, _) => {
                self.fail(code, text, true);
                self.enter_lobby();
            }
            (Stage::Room(_), ErrorCode::Removed) => {
                self.fail(code, text, true);
                self.enter_lobby();
            }
            (Stage::Room(stay), ErrorCode::ResumeExpired) => {
                // The place is gone; the room may still be there.
                let join = ClientMessage::JoinRoom {
                    room: stay.code().to_string(),
                    name: stay.invite().name.clone(),
                    protocol: PROTOCOL_VERSION,
                    password: stay.invite().password.clone(),
                };
                self.outputs.push_back(Output::Signal(join));
            }
            (
                Stage::Room(_),
                ErrorCode::RoomNotFound | ErrorCode::RoomFull | ErrorCode::WrongPassword,
            ) => {
                if self.signaling.close() {
                    self.outputs.push_back(Output::CloseSignaling);
                }
                self.notice(Level::Warning, sentence::room_unknown());
            }
            (Stage::Room(_), ErrorCode::ShuttingDown) => self.notice(Level::Warning, text),
            (Stage::Room(_), _) => self.fail(code, text, false),
        }
    }
}

fn entry_request(invite: &Invite) -> ClientMessage {
    let Invite { room, name, password, .. } = invite.clone();
    match room {
        RoomChoice::Create => {
            ClientMessage::CreateRoom { name, protocol: PROTOCOL_VERSION, password }
        }
        RoomChoice::Join(code) => ClientMessage::JoinRoom {
            room: code.to_string(),
            name,
            protocol: PROTOCOL_VERSION,
            password,
        },
        RoomChoice::Resume(token) => ClientMessage::Resume { token },
    }
}
