//! What a PulseAudio sink plays.

use std::sync::Arc;
use std::time::Duration;

use super::super::pulse;
use super::super::reference::ReferenceQueue;

/// A monitor that gives nothing for so long has ended: silence is given, too.
const SILENT: Duration = Duration::from_secs(1);

/// An open recording.
pub(super) struct Recording(pulse::Recording);

impl Recording {
    /// Records the sink of this name.
    pub(super) fn open(sink: Option<&str>, queue: &Arc<ReferenceQueue>) -> Result<Self, String> {
        let queue = Arc::clone(queue);
        pulse::Recording::of_sink(sink, Box::new(move |sound| queue.push(sound))).map(Self)
    }

    /// Does it still give sound?
    pub(super) fn is_alive(&self) -> bool {
        self.0.silent_for() < SILENT
    }
}
