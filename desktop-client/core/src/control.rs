//! The messages of the `control` channel between two peers: their shape, their limits, their codec.
//! Who sends which when is the session's business.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::film::{FilmId, MAX_FILM_SECS};
use crate::film_queue::FilmQueue;
use crate::playback_sync::{PlaybackState, Standing};
use crate::room_rules::RoomRules;
use crate::safety_code::Step;
use crate::streaming::MAX_SIGNAL_BYTES;
use crate::subtitles::SubtitleMessage;
use cinemasync_protocol::limits;

/// Version of the control messages; a peer with another major version still gets the call.
pub const CONTROL_VERSION: u32 = 1;

/// Longest control message that is read, in bytes.
pub const MAX_CONTROL_BYTES: usize = 64 * 1024;

/// Longest reaction, in characters: one emoji with its modifiers and joiners.
pub const MAX_REACTION_CHARS: usize = 16;

/// One message on the `control` channel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ControlMessage {
    /// The first message in each direction.
    Hello {
        /// [`CONTROL_VERSION`].
        version: u32,
        /// The number in the id of the first chat message that was meant for the receiver, so that
        /// it can tell a message still on its way over the server from one it never was to get.
        chat_from: u64,
    },
    /// Which tracks the sender sends now.
    Media {
        /// Is the camera on?
        camera: bool,
        /// Is the microphone on?
        microphone: bool,
        /// Is a screen shared?
        #[serde(default)]
        screen: bool,
        /// With its sound?
        #[serde(default)]
        screen_audio: bool,
    },
    /// How high the sender shows the receiver's pictures.
    Shown {
        /// The camera's: height in pixels; 0 while it is not shown.
        camera: u32,
        /// The screen's; who does not say shows it large.
        #[serde(default = "large")]
        screen: u32,
    },
    /// A chat message.
    Chat {
        /// The sender's id for it.
        id: String,
        /// The text.
        text: String,
        /// The place of the film that it speaks of, in seconds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        film_secs: Option<f64>,
    },
    /// An emoji over the film.
    Reaction {
        /// Which.
        emoji: String,
    },
    /// The sender's hand.
    Hand {
        /// Is it raised?
        #[serde(default)]
        raised: bool,
    },
    /// The room's playback state as the sender knows it.
    Playback {
        /// The state.
        state: PlaybackState,
    },
    /// The room's rules as the sender knows them.
    Rules {
        /// The rules.
        rules: RoomRules,
    },
    /// The films that wait, as the sender knows them.
    Queue {
        /// The queue.
        queue: FilmQueue,
    },
    /// The whole hash of the sender's copy of a film.
    FilmHash {
        /// Which film.
        film: FilmId,
        /// Hexadecimal BLAKE3 of all its bytes.
        hash: String,
    },
    /// About subtitle files.
    Subtitle {
        /// What.
        #[serde(flatten)]
        message: SubtitleMessage,
    },
    /// The sender proposes these tracks of the film to all.
    Proposal {
        /// Of which film.
        film: FilmId,
        /// Audio track; 0 for none.
        audio: i64,
        /// Subtitle track; 0 for none.
        subtitle: i64,
    },
    /// The sender gives this film to whoever lacks it.
    Offers {
        /// Which.
        film: FilmId,
        /// All of it, and not only what has come there.
        whole: bool,
    },
    /// From one end of a bundle of lanes, over which a film comes, to the other.
    Bulk {
        /// The sender is the one who gets the film.
        taker: bool,
        /// What the bundle says.
        text: String,
    },
    /// How the sender stands to the film.
    Standing {
        /// The standing.
        standing: Standing,
    },
    /// The numbers of the safety code.
    Safety {
        /// One message of their exchange.
        step: Step,
    },
}

fn large() -> u32 {
    u32::MAX
}

/// Why a control message was dropped.
#[derive(Debug, Error)]
pub enum ControlError {
    /// Over [`MAX_CONTROL_BYTES`].
    #[error("control message of {0} bytes is too long")]
    TooLong(usize),
    /// Not a message of this version.
    #[error("malformed control message: {0}")]
    Malformed(#[from] serde_json::Error),
    /// A field is outside its limits.
    #[error("control message with an invalid {0}")]
    Invalid(&'static str),
}

impl ControlMessage {
    /// Reads a message from a peer and checks its limits.
    ///
    /// # Errors
    /// [`ControlError`] for whatever is not a message within its limits.
    pub fn decode(text: &str) -> Result<Self, ControlError> {
        if text.len() > MAX_CONTROL_BYTES {
            return Err(ControlError::TooLong(text.len()));
        }
        let message: Self = serde_json::from_str(text)?;
        message.check()?;
        Ok(message)
    }

    /// Writes a message.
    pub fn encode(&self) -> String {
        serde_json::to_string(self).expect("control messages have string keys and finite numbers")
    }

    fn check(&self) -> Result<(), ControlError> {
        let valid = |ok: bool, field| if ok { Ok(()) } else { Err(ControlError::Invalid(field)) };
        match self {
            Self::Chat { id, text, film_secs } => {
                let placed = film_secs.is_none_or(|at| (0.0..=MAX_FILM_SECS).contains(&at));
                valid(placed, "film_secs")?;
                valid((1..=limits::MAX_ID_BYTES).contains(&id.len()), "id")?;
                valid(limits::is_valid_chat_text(text), "text")
            }
            Self::Reaction { emoji } => valid(is_valid_reaction(emoji), "emoji"),
            Self::Bulk { text, .. } => valid(text.len() <= MAX_SIGNAL_BYTES, "text"),
            // The playback machine checks states itself: it knows what a sane one is.
            Self::Hello { .. }
            | Self::Media { .. }
            | Self::Shown { .. }
            | Self::Hand { .. }
            | Self::Playback { .. }
            | Self::Rules { .. }
            | Self::Queue { .. }
            | Self::FilmHash { .. }
            | Self::Subtitle { .. }
            | Self::Proposal { .. }
            | Self::Offers { .. }
            | Self::Standing { .. }
            | Self::Safety { .. } => Ok(()),
        }
    }
}

/// Whether an emoji may be floated: short, and without letters, digits or control characters, so
/// that nobody writes over the film this way.
pub fn is_valid_reaction(emoji: &str) -> bool {
    let plain = |c: char| c.is_control() || c.is_whitespace() || c.is_alphanumeric();
    (1..=MAX_REACTION_CHARS).contains(&emoji.chars().count()) && !emoji.chars().any(plain)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_chat_message_survives_the_way() {
        let (id, text) = ("a-1".into(), "hi \"there\"".into());
        let message = ControlMessage::Chat { id, text, film_secs: Some(751.5) };
        assert_eq!(ControlMessage::decode(&message.encode()).unwrap(), message);
    }

    #[test]
    fn overlong_and_empty_texts_are_refused() {
        for text in [String::new(), "x".repeat(limits::MAX_CHAT_CHARS + 1)] {
            let encoded = ControlMessage::Chat { id: "a-1".into(), text, film_secs: None }.encode();
            assert!(matches!(ControlMessage::decode(&encoded), Err(ControlError::Invalid("text"))));
        }
        let long = " ".repeat(MAX_CONTROL_BYTES + 1);
        assert!(matches!(ControlMessage::decode(&long), Err(ControlError::TooLong(_))));
    }

    #[test]
    fn reactions_are_emoji_not_text() {
        assert!(is_valid_reaction("😂"));
        assert!(is_valid_reaction("👩‍👩‍👧"));
        for bad in ["", "spoiler", "7", "😂 😂", "\u{7}"] {
            assert!(!is_valid_reaction(bad), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in ".{0,300}") {
            let _ = ControlMessage::decode(&text);
        }

        #[test]
        fn any_object_with_a_known_type_is_read_without_panic(
            tag in "hello|media|shown|hand|chat|reaction|playback|rules|queue|film_hash|subtitle|proposal|offers|bulk|standing|safety",
            rest in "[\\{\\}\\[\\]\",:a-z0-9\\-\\.]{0,200}",
        ) {
            let _ = ControlMessage::decode(&format!("{{\"type\":\"{tag}\",{rest}}}"));
        }
    }
}
