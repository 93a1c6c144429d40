//! What a person is told outside of the window while it is not looked at.

use cinemasync_core::interface::Event;
use cinemasync_protocol::ParticipantId;

use super::{Ui, text};

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Who or what it is about.
    pub title: String,
    /// What happened.
    pub text: String,
}

impl Ui {
    /// The message for this event, if the person wants such messages and it is worth one. `me` is one's own
    /// id.
    pub fn worth_telling(&self, event: &Event, me: Option<&ParticipantId>) -> Option<Told> {
        if !self.window.notifications {
            return None;
        }
        let told =
            |title: &str, text: &str| Told { title: title.to_owned(), text: text.to_owned() };
        match event {
            Event::ParticipantJoined { name, .. } => Some(told(name, text::came_in())),
            Event::Chat(line) if line.from.is_some() && line.from.as_ref() != me => {
                Some(told(&line.name, &line.text))
            }
            Event::Waiting { who, .. } => me
                .is_some_and(|me| who.contains(me))
                .then(|| told(text::APP, text::waits_for_you())),
            _ => None,
        }
    }
}
