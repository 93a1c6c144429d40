//! Looks at a file before anybody is told of it: is it a film that plays here, which one, how long?

use std::sync::{Arc, mpsc};
use std::time::Duration;

use cinemasync_core::film::{FilmId, FilmInfo, FilmSource};
use cinemasync_core::player::{PlayerCommand, PlayerEvent};
use cinemasync_core::sentence::{self, Sentence};

use super::{FilmAudio, FilmError, Player, PlayerConfig, PlayerError, fingerprint};

/// The player itself gives up sooner and says why; this is for a player that does not answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// Reports of the player that matter here come one at a time.
const REPORTS: usize = 16;

/// Why a file cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum InspectError {
    /// It is no readable file.
    #[error(transparent)]
    File(#[from] FilmError),
    /// There is no player to try it.
    #[error(transparent)]
    Player(#[from] PlayerError),
    /// The player cannot play it; its sentence.
    #[error("{0}")]
    Unplayable(Sentence),
}

impl InspectError {
    /// For a person.
    pub fn sentence(&self) -> Sentence {
        match self {
            Self::File(error) => error.sentence(),
            Self::Player(error) => error.sentence(),
            Self::Unplayable(sentence) => sentence.clone(),
        }
    }
}

/// Name, size, fingerprint and duration of a film that can be played here.
///
/// Blocks for some tenths of a second, or longer for an address: a silent player opens it and is dropped
/// again.
///
/// # Errors
/// [`InspectError`], a sentence for a person.
pub fn inspect(source: &FilmSource) -> Result<FilmInfo, InspectError> {
    let film = match source {
        FilmSource::File(path) => fingerprint(path)?,
        FilmSource::Address(address) => at_address(address),
        FilmSource::Stream(_) => return Err(InspectError::Unplayable(sentence::film_is_offered())),
    };
    let (reports, received) = mpsc::sync_channel(REPORTS);
    let report = Arc::new(move |event| {
        let last = match event {
            PlayerEvent::Loaded { duration_secs, .. } => Ok(duration_secs),
            PlayerEvent::Failed(sentence) => Err(sentence),
            _ => return,
        };
        // Only the first one is waited for.
        let _ = reports.try_send(last);
    });
    let player =
        Player::open(PlayerConfig { audio: FilmAudio::None, video: false, streams: None }, report)?;
    player.command(PlayerCommand::Load { source: source.clone(), position_secs: 0.0 });
    let duration_secs = received
        .recv_timeout(PATIENCE)
        .map_err(|_| sentence::player_silent())
        .and_then(|answer| answer)
        .map_err(InspectError::Unplayable)?;
    Ok(FilmInfo { duration_secs, ..film })
}

/// A film that is known by where it is: its size is unknown, its name is the last part of its path.
fn at_address(address: &str) -> FilmInfo {
    let path = address.split(['?', '#']).next().unwrap_or(address);
    let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or(path);
    FilmInfo {
        name: fingerprint::shown_name(name),
        bytes: 0,
        duration_secs: 0.0,
        id: FilmId(blake3::hash(address.as_bytes()).to_hex().to_string()),
        address: Some(address.to_owned()),
    }
}
