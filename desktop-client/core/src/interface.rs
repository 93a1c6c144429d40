//! What a front end (window or headless) and the session say to each other: commands ask, events
//! tell, the snapshot is.

mod command;
mod entry;
mod event;
mod playback_view;
mod snapshot;

use cinemasync_protocol::ErrorCode;

pub use command::{Command, Shown};
pub use entry::{Invite, Place, RoomChoice, ServerChoice};
pub use event::{Cause, ChatLine, Event, FilmCopy, Level, Notice, Via, WaitReason};
pub use playback_view::{
    OtherCut, PlaybackStage, PlaybackView, StreamOffer, StreamView, Tuning, UndoView, WaitingView,
};
pub use snapshot::{
    MAX_CHAT_LINES, OtherKey, ParticipantView, SelfView, SharingView, Snapshot, Stage,
};

/// The wire's name of an error code.
pub fn error_code_name(code: ErrorCode) -> String {
    serde_json::to_value(code)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_else(|| "unrecognized".to_owned())
}
