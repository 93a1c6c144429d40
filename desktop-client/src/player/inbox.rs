//! The player's waiting commands. Owns which newer command makes which older one pointless, and by that
//! the bound: at most one of each kind waits, so there is no "full". Pure.

use cinemasync_core::player::PlayerCommand;

/// Commands that the player has not looked at yet, oldest first.
#[derive(Debug, Default)]
pub(super) struct Inbox {
    waiting: Vec<PlayerCommand>,
}

impl Inbox {
    /// Adds a command and drops the waiting ones that it supersedes.
    pub(super) fn push(&mut self, command: PlayerCommand) {
        self.waiting.retain(|older| !supersedes(&command, older));
        self.waiting.push(command);
    }

    /// Does none wait?
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Takes the oldest one.
    pub(super) fn take(&mut self) -> Option<PlayerCommand> {
        (!self.waiting.is_empty()).then(|| self.waiting.remove(0))
    }
}

/// Would doing `older` first make no difference once `newer` is done?
fn supersedes(newer: &PlayerCommand, older: &PlayerCommand) -> bool {
    use PlayerCommand::{
        AudioTrack, Load, Pause, PlayAt, Rate, Seek, SubtitleTrack, Trim, Unload, Volume,
    };
    match newer {
        // Another film ends whatever was asked about the film before it.
        Load { .. } | Unload => {
            matches!(
                older,
                Load { .. }
                    | Unload
                    | Seek { .. }
                    | PlayAt(_)
                    | Pause
                    | AudioTrack(_)
                    | SubtitleTrack(_)
            )
        }
        // A seek ends paused.
        Seek { .. } => matches!(older, Seek { .. } | PlayAt(_) | Pause),
        PlayAt(_) | Pause => matches!(older, PlayAt(_) | Pause),
        Rate(_) => matches!(older, Rate(_)),
        Trim(_) => matches!(older, Trim(_)),
        AudioTrack(_) => matches!(older, AudioTrack(_)),
        SubtitleTrack(_) => matches!(older, SubtitleTrack(_)),
        Volume(_) => matches!(older, Volume(_)),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::time::Instant;

    use proptest::prelude::*;

    use super::*;

    fn drain(commands: impl IntoIterator<Item = PlayerCommand>) -> Vec<PlayerCommand> {
        let mut inbox = Inbox::default();
        commands.into_iter().for_each(|command| inbox.push(command));
        std::iter::from_fn(|| inbox.take()).collect()
    }

    fn load(name: &str) -> PlayerCommand {
        PlayerCommand::Load { path: PathBuf::from(name), position_secs: 0.0 }
    }

    fn seek(position_secs: f64) -> PlayerCommand {
        PlayerCommand::Seek { position_secs }
    }

    #[test]
    fn of_many_seeks_only_the_last_is_done() {
        assert_eq!(drain([seek(1.0), seek(2.0), seek(3.0)]), [seek(3.0)]);
    }

    #[test]
    fn a_pause_cancels_a_scheduled_start_but_not_the_seek_before_it() {
        let start = PlayerCommand::PlayAt(Instant::now());
        assert_eq!(
            drain([seek(1.0), start, PlayerCommand::Pause]),
            [seek(1.0), PlayerCommand::Pause]
        );
    }

    #[test]
    fn a_new_film_drops_what_was_asked_of_the_old_one_but_keeps_loudness_and_rate() {
        let commands = [
            load("a"),
            seek(5.0),
            PlayerCommand::Volume(0.5),
            PlayerCommand::AudioTrack(2),
            PlayerCommand::Rate(1.5),
            load("b"),
        ];
        assert_eq!(
            drain(commands),
            [PlayerCommand::Volume(0.5), PlayerCommand::Rate(1.5), load("b")]
        );
    }

    fn any_command() -> impl Strategy<Value = PlayerCommand> {
        let now = Instant::now();
        prop_oneof![
            Just(load("a")),
            Just(PlayerCommand::Unload),
            (0.0..100.0f64).prop_map(seek),
            Just(PlayerCommand::PlayAt(now)),
            Just(PlayerCommand::Pause),
            (0.25..4.0f64).prop_map(PlayerCommand::Rate),
            (0.9..1.1f64).prop_map(PlayerCommand::Trim),
            (0..4i64).prop_map(PlayerCommand::AudioTrack),
            (0..4i64).prop_map(PlayerCommand::SubtitleTrack),
            (0.0..1.0f64).prop_map(PlayerCommand::Volume),
        ]
    }

    proptest! {
        #[test]
        fn whatever_comes_few_commands_wait_and_the_last_one_is_last(
            commands in prop::collection::vec(any_command(), 1..200),
        ) {
            let last = commands.last().cloned();
            let waiting = drain(commands);
            prop_assert!(waiting.len() <= 8);
            prop_assert_eq!(waiting.last().cloned(), last);
        }
    }
}
