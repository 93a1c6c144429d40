//! The lines that `cinemasync headless` reads: their shapes and names, which other programs rely on.

use std::path::PathBuf;

use cinemasync_core::devices::DeviceKind;
use cinemasync_core::film::FilmId;
use cinemasync_core::interface::Command;
use cinemasync_core::room_rules::Rules;
use cinemasync_core::screen::ScreenSettings;
use cinemasync_core::streaming::StreamMode;
use cinemasync_core::voice_settings::VoiceSettings;
use cinemasync_protocol::ParticipantId;
use serde::Deserialize;

use crate::media::ScreenChoice;

/// One line on stdin.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum CommandLine {
    /// For the session.
    Session(Command),
    /// Print the figures now.
    Stats,
}

#[derive(Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
enum Spoken {
    Chat {
        text: String,
        #[serde(default)]
        at_film: bool,
    },
    Open {
        path: PathBuf,
    },
    OpenAddress {
        address: String,
    },
    AnswerAddress {
        open: bool,
    },
    Attach {
        path: PathBuf,
        #[serde(default)]
        other_cut: bool,
    },
    FilmShift {
        seconds: f64,
    },
    Stream,
    StreamMode {
        mode: StreamMode,
    },
    Keep {
        path: PathBuf,
    },
    ForgetFilms,
    Close,
    Queue {
        path: PathBuf,
    },
    Unqueue {
        id: FilmId,
    },
    MoveInQueue {
        id: FilmId,
        to: usize,
    },
    PlayNext,
    Play,
    Pause,
    Seek {
        position: f64,
    },
    Rate {
        value: f64,
    },
    AudioTrack {
        id: i64,
    },
    SubtitleTrack {
        id: i64,
    },
    SubtitleDelay {
        seconds: f64,
    },
    AudioDelay {
        seconds: f64,
    },
    SubtitleScale {
        value: f64,
    },
    AddSubtitle {
        path: PathBuf,
    },
    TakeSubtitle {
        from: ParticipantId,
        number: u32,
    },
    ProposeTracks,
    AnswerProposal {
        take: bool,
    },
    FilmVolume {
        value: f64,
    },
    Step {
        forward: bool,
    },
    Undo,
    Rules {
        #[serde(flatten)]
        rules: Rules,
    },
    LockRoom {
        locked: bool,
    },
    Ready {
        value: bool,
    },
    Camera {
        on: bool,
    },
    Microphone {
        on: bool,
    },
    Device {
        kind: DeviceWord,
        id: Option<String>,
    },
    Voice(VoiceSettings),
    VoiceVolume {
        who: ParticipantId,
        volume: f64,
    },
    PushToTalk {
        on: bool,
    },
    Talk {
        held: bool,
    },
    ShareScreen {
        source: String,
    },
    StopSharing,
    ScreenSettings(ScreenSettings),
    React {
        emoji: String,
    },
    RaiseHand {
        raised: bool,
    },
    Compared {
        id: ParticipantId,
        equal: bool,
    },
    AcceptKey {
        id: ParticipantId,
    },
    RefuseKey {
        id: ParticipantId,
    },
    Stats,
    Leave,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum DeviceWord {
    Camera,
    Microphone,
    Speaker,
}

impl From<DeviceWord> for DeviceKind {
    fn from(word: DeviceWord) -> Self {
        match word {
            DeviceWord::Camera => Self::Camera,
            DeviceWord::Microphone => Self::Microphone,
            DeviceWord::Speaker => Self::Speaker,
        }
    }
}

impl CommandLine {
    /// Reads a line; an error is a code and a sentence for an `error` line.
    pub(super) fn parse(line: &str) -> Result<Self, (&'static str, String)> {
        let no_command = |reason: &dyn std::fmt::Display| {
            (
                "bad_command",
                format!(
                    "This line is no command ({reason}). A command looks like {{\"command\":\"play\"}}."
                ),
            )
        };
        // A list could be read as a command too; the contract has objects only.
        if !line.trim_start().starts_with('{') {
            return Err(no_command(&"it is no JSON object"));
        }
        let spoken = serde_json::from_str(line).map_err(|error| no_command(&error))?;
        let command = match spoken {
            Spoken::Chat { text, at_film: false } => Command::Chat(text),
            Spoken::Chat { text, at_film: true } => Command::ChatAtFilm(text),
            Spoken::Open { path } => Command::OpenFilm(path),
            Spoken::Stream => Command::StreamFilm,
            Spoken::StreamMode { mode } => Command::StreamMode(mode),
            Spoken::Keep { path } => Command::KeepFilm(path),
            Spoken::ForgetFilms => Command::ForgetFilms,
            Spoken::OpenAddress { address } => Command::OpenAddress(address),
            Spoken::AnswerAddress { open } => Command::AnswerAddress(open),
            Spoken::Attach { path, other_cut: false } => Command::AttachFilm(path),
            Spoken::Attach { path, other_cut: true } => Command::AttachOtherCut(path),
            Spoken::FilmShift { seconds } => Command::FilmShift(seconds),
            Spoken::Close => Command::CloseFilm,
            Spoken::Queue { path } => Command::QueueFilm(path),
            Spoken::Unqueue { id } => Command::Unqueue(id),
            Spoken::MoveInQueue { id, to } => Command::MoveInQueue { film: id, to },
            Spoken::PlayNext => Command::PlayNext,
            Spoken::Play => Command::Play,
            Spoken::Pause => Command::Pause,
            Spoken::Seek { position } => Command::Seek(position),
            Spoken::Rate { value } => Command::Rate(value),
            Spoken::AudioTrack { id } => Command::AudioTrack(id),
            Spoken::SubtitleTrack { id } => Command::SubtitleTrack(id),
            Spoken::SubtitleDelay { seconds } => Command::SubtitleDelay(seconds),
            Spoken::AudioDelay { seconds } => Command::AudioDelay(seconds),
            Spoken::SubtitleScale { value } => Command::SubtitleScale(value),
            Spoken::AddSubtitle { path } => Command::AddSubtitle(path),
            Spoken::TakeSubtitle { from, number } => Command::TakeSubtitle { from, number },
            Spoken::ProposeTracks => Command::ProposeTracks,
            Spoken::AnswerProposal { take } => Command::AnswerProposal(take),
            Spoken::FilmVolume { value } => Command::FilmVolume(value),
            Spoken::Step { forward } => Command::Step { forward },
            Spoken::Undo => Command::Undo,
            Spoken::Rules { rules } => Command::SetRules(rules),
            Spoken::Ready { value } => Command::Ready(value),
            Spoken::LockRoom { locked } => Command::LockRoom(locked),
            Spoken::Camera { on } => Command::Camera(on),
            Spoken::Microphone { on } => Command::Microphone(on),
            Spoken::Device { kind, id } => Command::ChooseDevice { kind: kind.into(), id },
            Spoken::Voice(settings) => Command::Voice(settings),
            Spoken::VoiceVolume { who, volume } => Command::VoiceVolume { who, volume },
            Spoken::PushToTalk { on } => Command::PushToTalk(on),
            Spoken::Talk { held } => Command::Talk(held),
            Spoken::ScreenSettings(settings) => Command::ScreenSettings(settings),
            Spoken::React { emoji } => Command::React(emoji),
            Spoken::RaiseHand { raised } => Command::RaiseHand(raised),
            Spoken::Compared { id, equal } => Command::Compared(id, equal),
            Spoken::AcceptKey { id } => Command::AcceptKey(id),
            Spoken::RefuseKey { id } => Command::RefuseKey(id),
            Spoken::Leave => Command::Leave,
            Spoken::Stats => return Ok(Self::Stats),
            Spoken::ShareScreen { source } => match source.parse::<ScreenChoice>() {
                Ok(ScreenChoice(Some(share))) => Command::ShareScreen(share),
                Ok(ScreenChoice(None)) => Command::StopSharing,
                Err(error) => return Err(("screen", error.to_string())),
            },
            Spoken::StopSharing => Command::StopSharing,
        };
        Ok(Self::Session(command))
    }
}

#[cfg(test)]
mod tests {
    use cinemasync_core::screen::Content;

    use super::*;

    #[test]
    fn each_command_of_the_contract_is_understood() {
        let session = |line| match CommandLine::parse(line) {
            Ok(CommandLine::Session(command)) => command,
            other => panic!("{line}: {other:?}"),
        };
        assert_eq!(session(r#"{"command":"chat","text":"hi"}"#), Command::Chat("hi".into()));
        assert_eq!(
            session(r#"{"command":"open","path":"/films/a.mkv"}"#),
            Command::OpenFilm("/films/a.mkv".into())
        );
        assert_eq!(session(r#"{"command":"seek","position":73.5}"#), Command::Seek(73.5));
        assert_eq!(session(r#"{"command":"rate","value":1.25}"#), Command::Rate(1.25));
        assert_eq!(session(r#"{"command":"camera","on":false}"#), Command::Camera(false));
        assert_eq!(
            session(r#"{"command":"device","kind":"speaker","id":"usb"}"#),
            Command::ChooseDevice { kind: DeviceKind::Speaker, id: Some("usb".into()) }
        );
        assert_eq!(
            session(r#"{"command":"voice","ducking_db":6}"#),
            Command::Voice(VoiceSettings { ducking_db: 6.0, ..VoiceSettings::default() })
        );
        assert_eq!(session(r#"{"command":"talk","held":true}"#), Command::Talk(true));
        let settings = ScreenSettings { content: Some(Content::Text), ..ScreenSettings::default() };
        assert_eq!(
            session(r#"{"command":"screen_settings","content":"text"}"#),
            Command::ScreenSettings(settings)
        );
        assert_eq!(session(r#"{"command":"leave"}"#), Command::Leave);
        let ben = ParticipantId::new("b");
        assert_eq!(
            session(r#"{"command":"compared","id":"b","equal":true}"#),
            Command::Compared(ben.clone(), true)
        );
        assert_eq!(
            session(r#"{"command":"accept_key","id":"b"}"#),
            Command::AcceptKey(ben.clone())
        );
        assert_eq!(session(r#"{"command":"refuse_key","id":"b"}"#), Command::RefuseKey(ben));
        assert_eq!(CommandLine::parse(r#"{"command":"stats"}"#), Ok(CommandLine::Stats));
    }

    #[test]
    fn anything_else_is_an_error_with_a_sentence() {
        for line in
            ["", "play", "[]", "[\"play\"]", "{}", r#"{"command":"fly"}"#, r#"{"command":"seek"}"#]
        {
            assert!(matches!(CommandLine::parse(line), Err(("bad_command", _))), "{line}");
        }
    }
}
