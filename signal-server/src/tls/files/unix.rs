//! SIGHUP, by which whoever renewed a certificate may say so.

use tokio::signal::unix::{Signal, SignalKind, signal};

/// The signals that came.
pub(super) struct Hangups(Option<Signal>);

impl Hangups {
    pub(super) fn new() -> Self {
        let hangups = signal(SignalKind::hangup()).inspect_err(|error| {
            tracing::warn!(%error, "SIGHUP cannot be heard; a new certificate is found all the same");
        });
        Self(hangups.ok())
    }

    /// Completes when the next one comes.
    pub(super) async fn next(&mut self) {
        let came = match &mut self.0 {
            Some(signals) => signals.recv().await,
            None => None,
        };
        if came.is_none() {
            std::future::pending::<()>().await;
        }
    }
}
