//! Systems where the sound of other programs is not recorded.

use super::timeline::Timeline;

/// No recording.
pub(super) struct Recording;

impl Recording {
    /// Says that there is none.
    pub(super) fn open() -> Result<Self, String> {
        Err("this system does not offer it".to_owned())
    }

    /// Nothing comes.
    pub(super) fn pump(&mut self, _timeline: &mut Timeline) -> Result<(), String> {
        Err("this system does not offer it".to_owned())
    }
}
