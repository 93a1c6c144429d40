//! How one participant stands to the film, as it tells the others.

use serde::{Deserialize, Serialize};

use crate::interface::{FilmCopy, WaitReason};

/// How a participant stands to the film that is shown.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Standing {
    /// Where its copy is.
    pub copy: FilmCopy,
    /// Is the film open there, so that it can play?
    pub ready: bool,
    /// What keeps it from being where the room is.
    #[serde(default)]
    pub stall: Option<Stall>,
    /// Does it play, but with so little input ahead that it will stop soon?
    #[serde(default)]
    pub strained: bool,
    /// Has its person said to be ready for the first start?
    #[serde(default)]
    pub agreed: bool,
    /// Where it is heard minus where the room is, in milliseconds, while it plays.
    #[serde(default)]
    pub offset_ms: Option<f64>,
    /// How long its player takes to stand at another place, in milliseconds.
    #[serde(default)]
    pub seek_ms: u32,
}

/// Something keeps a player from playing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stall {
    /// What.
    pub why: WaitReason,
    /// How much of what it needs is there, in percent, if that is known.
    pub percent: Option<u8>,
}

impl Standing {
    /// What a peer told, without what cannot be.
    pub(crate) fn bounded(self) -> Self {
        let offset_ms = self.offset_ms.filter(|offset| offset.is_finite());
        let stall = self
            .stall
            .map(|stall| Stall { percent: stall.percent.map(|percent| percent.min(100)), ..stall });
        Self { offset_ms, stall, ..self }
    }

    /// Is it the same but for the offset?
    pub(super) fn is_like(&self, other: &Self) -> bool {
        Self { offset_ms: None, ..*self } == Self { offset_ms: None, ..*other }
    }
}
