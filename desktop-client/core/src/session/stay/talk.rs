//! Chat, reactions, hands and system lines.

use cinemasync_protocol::{ClientMessage, ErrorCode, ParticipantId, limits};

use super::{Io, Stay};
use crate::chat::Incoming;
use crate::control::{ControlMessage, is_valid_reaction};
use crate::interface::{ChatLine, Event, Level, MAX_CHAT_LINES, Via, error_code_name};
use crate::sentence::{self, Sentence};

impl Stay {
    pub(super) fn say(&mut self, text: String, film_secs: Option<f64>, io: &mut Io<'_>) {
        if !limits::is_valid_chat_text(&text) {
            let code = error_code_name(ErrorCode::TooLarge);
            let text = sentence::message_length(limits::MAX_CHAT_CHARS);
            return io.event(Event::Failed { code, text, fatal: false });
        }
        let id = self.numbers.take_id();
        let message = ControlMessage::Chat { id: id.clone(), text: text.clone(), film_secs };
        self.broadcast(&message, io);
        let unreached: Vec<ParticipantId> = self
            .roster
            .others()
            .filter(|(_, member)| !member.link.control_open)
            .map(|(id, _)| id.clone())
            .collect();
        if !unreached.is_empty() {
            if !io.signaling_up {
                io.notice(Level::Warning, sentence::message_unreached());
            }
            io.signal(ClientMessage::ChatMessage {
                id: id.clone(),
                text: text.clone(),
                to: Some(unreached),
            });
        }
        let (from, name) = (Some(self.me().clone()), self.invite.name.clone());
        let at_unix_ms = io.now.unix_ms;
        let (via, sentence) = (Via::Here, None);
        self.keep(ChatLine { from, name, text, sentence, film_secs, id, via, at_unix_ms });
    }

    pub(super) fn react(&mut self, emoji: String, io: &mut Io<'_>) {
        if is_valid_reaction(&emoji) {
            self.broadcast(&ControlMessage::Reaction { emoji: emoji.clone() }, io);
            io.event(Event::Reaction { from: self.me().clone(), emoji });
        } else {
            io.failed("bad_reaction", sentence::reaction_invalid());
        }
    }

    pub(super) fn raise_hand(&mut self, raised: bool, io: &mut Io<'_>) {
        if std::mem::replace(&mut self.hand, raised) != raised {
            self.broadcast(&ControlMessage::Hand { raised }, io);
            io.event(Event::Hand { from: self.me().clone(), raised });
        }
    }

    /// Is one's own hand raised?
    pub(in crate::session) fn hand(&self) -> bool {
        self.hand
    }

    pub(super) fn hand_of(&mut self, from: &ParticipantId, raised: bool, io: &mut Io<'_>) {
        let Some(member) = self.roster.get_mut(from) else { return };
        if std::mem::replace(&mut member.hand, raised) != raised {
            io.event(Event::Hand { from: from.clone(), raised });
        }
    }

    pub(super) fn show(&mut self, from: &ParticipantId, message: Incoming, io: &mut Io<'_>) {
        let name = self.roster.get(from).map(|member| member.name.clone()).unwrap_or_default();
        let Incoming { id, text, film_secs, via } = message;
        let (from, at_unix_ms) = (Some(from.clone()), io.now.unix_ms);
        let line = ChatLine { from, name, text, sentence: None, film_secs, id, via, at_unix_ms };
        io.event(Event::Chat(line.clone()));
        self.keep(line);
    }

    pub(super) fn system_line(&mut self, text: Sentence, io: &mut Io<'_>) {
        self.line_at(Level::Info, text, io);
    }

    /// A line of no person that is more than good to know.
    pub(super) fn line_at(&mut self, level: Level, text: Sentence, io: &mut Io<'_>) {
        let id = format!("system-{}", self.system_lines);
        self.system_lines += 1;
        let at_unix_ms = io.now.unix_ms;
        self.keep(ChatLine {
            from: None,
            name: String::new(),
            text: text.to_string(),
            sentence: Some(text.clone()),
            film_secs: None,
            id,
            via: Via::Here,
            at_unix_ms,
        });
        io.notice(level, text);
    }

    pub(super) fn keep(&mut self, line: ChatLine) {
        let chat = std::sync::Arc::make_mut(&mut self.chat);
        if chat.len() >= MAX_CHAT_LINES {
            // Forgetting a tenth at once keeps this rare.
            chat.drain(..MAX_CHAT_LINES / 10);
        }
        chat.push(line);
    }
}
