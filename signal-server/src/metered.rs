//! Asks Metered.ca for relays in the background, and hands over what it gives. When the service
//! fails, everything else goes on: its last answer is used to its end.

mod fetch;
#[cfg(test)]
mod tests;

use cinemasync_protocol::IceServer;
use cinemasync_server_core::metered::{Pacing, Schedule, Step};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::config::MeteredService;

/// The task that asks. Dropping it ends it.
pub(crate) struct Metered {
    task: JoinHandle<()>,
}

impl Metered {
    /// Begins to ask; `deliver` gets each answer, and an empty list when the last one is over.
    pub(crate) fn start(
        service: MeteredService,
        pacing: Pacing,
        deliver: impl Fn(Vec<IceServer>) + Send + 'static,
    ) -> Self {
        Self { task: tokio::spawn(run(service, pacing, deliver)) }
    }
}

impl Drop for Metered {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn run(service: MeteredService, pacing: Pacing, deliver: impl Fn(Vec<IceServer>)) {
    let started = Instant::now();
    let mut schedule = Schedule::new(pacing);
    loop {
        let (at, step) = schedule.next();
        tokio::time::sleep_until(started + at).await;
        if step == Step::Forget {
            schedule.forgotten();
            tracing::warn!("the relays of Metered.ca have expired and are offered no more");
            deliver(Vec::new());
            continue;
        }
        match fetch::fetch(&service).await {
            Ok(answer) => {
                if schedule.succeeded(answer.lifetime, started.elapsed()) {
                    let servers = answer.servers.len();
                    tracing::info!(servers, "Metered.ca gives relays");
                }
                deliver(answer.servers);
            }
            Err(error) if schedule.failed(started.elapsed()) => {
                tracing::warn!(
                    %error,
                    "Metered.ca gives no relays; it is asked again, and all else works"
                );
            }
            Err(error) => tracing::debug!(%error, "Metered.ca still gives no relays"),
        }
    }
}
