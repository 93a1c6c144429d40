//! No signal says here that a certificate was renewed: looking at the files finds it.

/// Signals that never come.
pub(super) struct Hangups;

impl Hangups {
    pub(super) fn new() -> Self {
        Self
    }

    /// Never completes.
    pub(super) async fn next(&mut self) {
        std::future::pending::<()>().await;
    }
}
