//! Tries a file as a room would: opens it, plays a little of it and seeks in it.

use super::*;

/// What became of a file.
#[derive(Debug)]
pub(super) enum Outcome {
    /// It was not opened.
    Refused,
    /// It was opened, played and seeked in.
    Played,
    /// It was opened, and given up later.
    GivenUp,
}

impl Bench {
    /// Opens a file, plays a little of it and seeks in it.
    pub(super) fn try_out(&self, path: &Path) -> Outcome {
        let given_up = |event: &PlayerEvent| match event {
            PlayerEvent::Failed(sentence) => {
                let sentence = sentence.as_str();
                assert!(sentence.ends_with('.') && sentence.len() > 20, "{sentence}");
                true
            }
            _ => false,
        };
        self.load(path, 0.0);
        let opened = self.wait(|event| match event {
            PlayerEvent::Loaded { duration_secs, .. } => {
                assert!(event.is_finite() && *duration_secs >= 0.0, "{event:?}");
                assert!(*duration_secs < 30.0 * 86_400.0, "{duration_secs}");
                Some(Some(*duration_secs))
            }
            _ => given_up(event).then_some(None),
        });
        let Some(duration_secs) = opened else { return Outcome::Refused };
        let start = Instant::now();
        self.player.command(PlayerCommand::PlayAt(start));
        let plays = self.wait(|event| match event {
            PlayerEvent::Position(position) if position.at > start => Some(true),
            _ => given_up(event).then_some(false),
        });
        if !plays {
            return Outcome::GivenUp;
        }
        self.seek(duration_secs * 0.75);
        let seeked = self.wait(|event| match event {
            PlayerEvent::Seeked { position_secs } => Some(position_secs.is_finite()),
            _ => given_up(event).then_some(false),
        });
        if seeked { Outcome::Played } else { Outcome::GivenUp }
    }
}
