//! What a person asks for.

use super::Invite;
use crate::bitrate::ladder::CameraQuality;
use crate::devices::DeviceKind;
use crate::film::FilmId;
use crate::link::Route;
use crate::room_rules::Rules;
use crate::screen::{ScreenSettings, Share};
use crate::streaming::StreamMode;
use crate::track::Track;
use crate::voice_settings::VoiceSettings;
use cinemasync_protocol::ParticipantId;
use std::path::PathBuf;

/// What a person asks the session to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Enter a room.
    Enter(Invite),
    /// Leave the room, or give up entering it.
    Leave,
    /// Write to everybody.
    Chat(String),
    /// Write to everybody about the place where the film is now.
    ChatAtFilm(String),
    /// Float an emoji over everybody's film.
    React(String),
    /// Raise one's hand, or lower it.
    RaiseHand(bool),
    /// Let nobody else in, or open the room again. The host's to decide.
    LockRoom(bool),
    /// Turn the camera on or off.
    Camera(bool),
    /// Turn the microphone on or off.
    Microphone(bool),
    /// Use this device from now on, by its id; `None` for the system's default one.
    ChooseDevice {
        /// Of which kind it is.
        kind: DeviceKind,
        /// Which.
        id: Option<String>,
    },
    /// List the devices from now on, although none of them is wished for.
    ListDevices,
    /// Run the camera and the microphone although nobody receives them, because a person looks at
    /// their picture and meter: for the lobby and for settings.
    Preview(bool),
    /// Ask the camera for this at most, and send no better.
    CameraQuality(CameraQuality),
    /// Treat voices like this from now on.
    Voice(VoiceSettings),
    /// How loud somebody's voice is to be: 0 is silent, 1 as it comes, 2 the most.
    VoiceVolume {
        /// Whose.
        who: ParticipantId,
        /// How loud.
        volume: f64,
    },
    /// Send one's voice only while [`Command::Talk`] says so; the microphone stays open.
    PushToTalk(bool),
    /// The key to talk is held down, or was let go.
    Talk(bool),
    /// Show this local film to the room.
    OpenFilm(PathBuf),
    /// Show what is at this `http` or `https` address to the room; everybody is asked first.
    OpenAddress(String),
    /// Play the address that the room watches, or do not.
    AnswerAddress(bool),
    /// Use this file as one's own copy of the film that the room shows.
    AttachFilm(PathBuf),
    /// Use this file as one's own copy although it is another cut of the film that the room shows.
    AttachOtherCut(PathBuf),
    /// The time of one's own cut minus that of the room's, in seconds.
    FilmShift(f64),
    /// Let the film come that the room shows and that is not here.
    StreamFilm,
    /// Whether such films come by themselves.
    StreamMode(StreamMode),
    /// Save the film that has come, as this file.
    KeepFilm(PathBuf),
    /// Delete what has come of films that are not watched now.
    ForgetFilms,
    /// Take the film off the screen, for everybody.
    CloseFilm,
    /// Show the film again that one took off last, where it was, for everybody.
    ReopenFilm,
    /// Show this local film after those that wait already.
    QueueFilm(PathBuf),
    /// Take a film out of those that wait.
    Unqueue(FilmId),
    /// Let the film wait again that one took out last, in its place.
    RequeueFilm,
    /// Move a film that waits.
    MoveInQueue {
        /// Which.
        film: FilmId,
        /// Its place, counted from 0.
        to: usize,
    },
    /// Show the next film that waits.
    PlayNext,
    /// Play, for everybody.
    Play,
    /// Pause, for everybody.
    Pause,
    /// Go to this position in seconds, for everybody.
    Seek(f64),
    /// Play at this rate (0.25 to 4), for everybody.
    Rate(f64),
    /// Go a frame forward (or back) while the film stands still, for everybody.
    Step {
        /// Forward?
        forward: bool,
    },
    /// Take back the pause or the seek that somebody just made, for everybody.
    Undo,
    /// One is ready for the first start of the film, or no longer.
    Ready(bool),
    /// Set the room's rules. The host's to decide.
    SetRules(Rules),
    /// One's own audio track; 0 for none.
    AudioTrack(i64),
    /// One's own subtitle track; 0 for none.
    SubtitleTrack(i64),
    /// Show subtitles later here, by seconds; negative is earlier.
    SubtitleDelay(f64),
    /// Let the film's sound come later here, by seconds; negative is earlier.
    AudioDelay(f64),
    /// The size of text subtitles here: 1 is what the film asks for.
    SubtitleScale(f64),
    /// Propose one's own choice of tracks to everybody.
    ProposeTracks,
    /// Take the tracks that somebody proposed, or leave it.
    AnswerProposal(bool),
    /// Add this subtitle file to the film, and offer it to the others.
    AddSubtitle(PathBuf),
    /// Take a subtitle file that somebody offers.
    TakeSubtitle {
        /// Who.
        from: ParticipantId,
        /// That one's number for it.
        number: u32,
    },
    /// One's own loudness of the film, 0 to 1.
    FilmVolume(f64),
    /// List the monitors and windows that can be shared, with small pictures of them: somebody
    /// chooses. Or no longer.
    ListScreens(bool),
    /// Share this, in place of what was shared before.
    ShareScreen(Share),
    /// Share nothing any more.
    StopSharing,
    /// Send one's screen like this from now on.
    ScreenSettings(ScreenSettings),
    /// How loud the sound of somebody's screen is to be: 0 is silent, 1 as it comes, 2 the most.
    ScreenVolume {
        /// Whose.
        who: ParticipantId,
        /// How loud.
        volume: f64,
    },
    /// How large everybody's pictures are shown here now; replaces what was told before.
    Shown(Vec<Shown>),
    /// Which ways connections may take that are made from now on.
    Route(Route),
    /// One has compared safety codes with this participant, and they are equal; or take that back.
    Compared(ParticipantId, bool),
    /// Connect to this participant although its program shows another key than before.
    AcceptKey(ParticipantId),
    /// Do not.
    RefuseKey(ParticipantId),
}

/// How large somebody's picture is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Whose.
    pub of: ParticipantId,
    /// Which.
    pub track: Track,
    /// Width of its place in physical pixels; 0 while it is hidden.
    pub width: u32,
    /// Height of its place; the picture is cut to fill it.
    pub height: u32,
}
