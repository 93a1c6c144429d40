//! The player's waiting commands. Owns which newer command makes which older one pointless, and by that
//! the bound: at most one of each kind waits, so there is no "full". Only of subtitles several may wait,
//! and the oldest gives way. Pure.

use cinemasync_core::player::PlayerCommand;

/// Subtitles that wait at most: more than anybody adds to a film, and 64 MiB of the longest ones.
pub(super) const WAITING_SUBTITLES: usize = 16;

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
        let is_subtitle =
            |waiting: &PlayerCommand| matches!(waiting, PlayerCommand::AddSubtitle { .. });
        if self.waiting.iter().filter(|waiting| is_subtitle(waiting)).count() > WAITING_SUBTITLES {
            let oldest = self.waiting.iter().position(is_subtitle);
            self.waiting.remove(oldest.expect("some were just counted"));
        }
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
        AddSubtitle, AudioDelay, AudioDevice, AudioTrack, Load, Pause, PlayAt, Rate, Seek,
        SubtitleDelay, SubtitleScale, SubtitleTrack, Trim, Unload, Volume,
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
                    | AddSubtitle { .. }
                    | SubtitleDelay(_)
                    | AudioDelay(_)
            )
        }
        // A seek ends paused.
        Seek { .. } => matches!(older, Seek { .. } | PlayAt(_) | Pause),
        PlayAt(_) | Pause => matches!(older, PlayAt(_) | Pause),
        Rate(_) => matches!(older, Rate(_)),
        Trim(_) => matches!(older, Trim(_)),
        AudioTrack(_) => matches!(older, AudioTrack(_)),
        SubtitleTrack(_) => matches!(older, SubtitleTrack(_)),
        // The same text again: its track is not wanted twice.
        AddSubtitle { text, .. } => matches!(older, AddSubtitle { text: old, .. } if old == text),
        SubtitleDelay(_) => matches!(older, SubtitleDelay(_)),
        AudioDelay(_) => matches!(older, AudioDelay(_)),
        SubtitleScale(_) => matches!(older, SubtitleScale(_)),
        Volume(_) => matches!(older, Volume(_)),
        AudioDevice(_) => matches!(older, AudioDevice(_)),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::time::Instant;

    use cinemasync_core::film::FilmSource;
    use proptest::prelude::*;

    use super::*;

    fn drain(commands: impl IntoIterator<Item = PlayerCommand>) -> Vec<PlayerCommand> {
        let mut inbox = Inbox::default();
        commands.into_iter().for_each(|command| inbox.push(command));
        std::iter::from_fn(|| inbox.take()).collect()
    }

    fn load(name: &str) -> PlayerCommand {
        PlayerCommand::Load { source: FilmSource::File(PathBuf::from(name)), position_secs: 0.0 }
    }

    fn subtitle(text: &str) -> PlayerCommand {
        PlayerCommand::AddSubtitle { name: "Anna's".to_owned(), text: text.into() }
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
            subtitle("1"),
            PlayerCommand::SubtitleDelay(1.0),
            PlayerCommand::SubtitleScale(2.0),
            PlayerCommand::Rate(1.5),
            load("b"),
        ];
        assert_eq!(
            drain(commands),
            [
                PlayerCommand::Volume(0.5),
                PlayerCommand::SubtitleScale(2.0),
                PlayerCommand::Rate(1.5),
                load("b")
            ]
        );
    }

    #[test]
    fn different_subtitles_all_wait_and_of_too_many_the_oldest_goes() {
        let texts: Vec<String> = (0..=WAITING_SUBTITLES).map(|n| n.to_string()).collect();
        let waiting = drain([&*texts, &texts[3..4]].concat().iter().map(|text| subtitle(text)));
        let expected = texts[1..].iter().filter(|text| **text != texts[3]).chain([&texts[3]]);
        assert_eq!(waiting, expected.map(|text| subtitle(text)).collect::<Vec<_>>());
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
            any::<Option<u8>>()
                .prop_map(|name| { PlayerCommand::AudioDevice(name.map(|name| name.to_string())) }),
            (0..40u8).prop_map(|text| subtitle(&text.to_string())),
            (-60.0..60.0f64).prop_map(PlayerCommand::SubtitleDelay),
            (-10.0..10.0f64).prop_map(PlayerCommand::AudioDelay),
            (0.25..4.0f64).prop_map(PlayerCommand::SubtitleScale),
        ]
    }

    proptest! {
        #[test]
        fn whatever_comes_few_commands_wait_and_the_last_one_is_last(
            commands in prop::collection::vec(any_command(), 1..200),
        ) {
            let last = commands.last().cloned();
            let waiting = drain(commands);
            prop_assert!(waiting.len() <= 12 + WAITING_SUBTITLES);
            prop_assert_eq!(waiting.last().cloned(), last);
        }
    }
}
