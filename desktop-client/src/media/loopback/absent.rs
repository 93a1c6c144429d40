//! Systems where what the computer plays is not recorded.

use std::sync::Arc;

use super::super::reference::ReferenceQueue;

/// No recording.
pub(super) struct Recording;

impl Recording {
    /// Says that there is none.
    pub(super) fn open(
        _speaker: Option<&str>,
        _queue: &Arc<ReferenceQueue>,
    ) -> Result<Self, String> {
        Err("this system does not offer it".to_owned())
    }

    /// Does it still record?
    pub(super) fn is_alive(&self) -> bool {
        false
    }
}
