//! Records what this computer plays, so that the echo canceller knows all of it and not our own
//! voices alone. Where a system does not offer that, nothing is recorded, and the voices serve.

#[cfg_attr(target_os = "linux", path = "loopback/pulse.rs")]
#[cfg_attr(windows, path = "loopback/wasapi.rs")]
#[cfg_attr(not(any(target_os = "linux", windows)), path = "loopback/absent.rs")]
mod system;

use std::sync::Arc;
use std::time::Duration;

use super::reference::ReferenceQueue;
use super::worker::Worker;

/// How long a recording that ended or could not be made is left alone.
const REST: Duration = Duration::from_secs(2);
/// How often a recording is looked after.
const LOOK: Duration = Duration::from_millis(250);

/// Records what the loudspeaker with this id plays (`None`: the system's default one) into `queue`,
/// until the worker is dropped.
pub(super) fn start(speaker: Option<String>, queue: Arc<ReferenceQueue>) -> Worker {
    Worker::spawn("loopback", move |stop| {
        let mut told = false;
        loop {
            match system::Recording::open(speaker.as_deref(), &queue) {
                Ok(recording) => {
                    queue.set_live(true);
                    while recording.is_alive() && !stop.sleep(LOOK) {}
                    queue.set_live(false);
                    told = false;
                }
                Err(reason) if !told => {
                    tracing::info!(reason, "what the computer plays cannot be recorded");
                    told = true;
                }
                Err(_) => {}
            }
            if stop.sleep(REST) {
                return;
            }
        }
    })
}
