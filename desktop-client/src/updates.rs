//! Whether there is a newer version of this program: whoever runs the server can say which one it
//! recommends. It is told and no more; nothing is downloaded, and nobody else is asked.

use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use cinemasync_core::frame::OnChange;

use crate::health::{self, Health, HealthError};

/// So often a server is asked by itself, if the person wants that.
pub const EVERY: Duration = Duration::from_secs(24 * 60 * 60);

/// What is known of newer versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// The server is being asked.
    Asking,
    /// This is the version that it recommends, or a newer one.
    Newest,
    /// It recommends this one, which is newer.
    Newer(String),
    /// It does not say.
    NotTold,
    /// There is no server that could be asked.
    NoServer,
    /// It could not be asked.
    Failed,
}

/// A question that is on its way. Dropping it waits for its end: some seconds at most.
#[derive(Debug)]
pub struct Question {
    answer: mpsc::Receiver<News>,
    thread: Option<JoinHandle<()>>,
}

impl Question {
    /// Asks the server at this address on a thread of its own; `on_change` is told when the answer is there.
    pub fn ask(server: String, on_change: OnChange) -> Self {
        let (sender, answer) = mpsc::sync_channel(1);
        let asking = std::thread::Builder::new().name("updates".to_owned()).spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let news = match runtime {
                Ok(runtime) => {
                    let health = runtime.block_on(health::ask(&server));
                    // A name that is still being looked up holds nobody.
                    runtime.shutdown_background();
                    judge(env!("CARGO_PKG_VERSION"), health)
                }
                Err(error) => {
                    tracing::warn!(%error, "no server can be asked");
                    News::Failed
                }
            };
            // Whoever asked may be gone.
            let _ = sender.send(news);
            on_change();
        });
        let thread = asking.inspect_err(|error| tracing::warn!(%error, "no server can be asked"));
        Self { answer, thread: thread.ok() }
    }

    /// The answer, once it is there.
    pub fn answer(&self) -> Option<News> {
        match self.answer.try_recv() {
            Ok(news) => Some(news),
            Err(mpsc::TryRecvError::Empty) => None,
            Err(mpsc::TryRecvError::Disconnected) => Some(News::Failed),
        }
    }
}

impl Drop for Question {
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the question for a newer version panicked");
        }
    }
}

fn judge(own: &str, health: Result<Health, HealthError>) -> News {
    let recommended = match health {
        Ok(Health { client_version: Some(version), .. }) => version,
        Ok(_) => return News::NotTold,
        Err(error) => {
            tracing::debug!(%error, "the server was not asked for a version");
            return News::Failed;
        }
    };
    match (numbers(&recommended), numbers(own)) {
        (Some(theirs), Some(ours)) if theirs > ours => News::Newer(recommended),
        (Some(_), _) => News::Newest,
        (None, _) => News::NotTold,
    }
}

/// The three numbers of a version.
fn numbers(version: &str) -> Option<[u32; 3]> {
    let mut parts = version.split('.').map(|part| part.parse().ok());
    let numbers = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(numbers)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn versions_are_compared_by_their_numbers() {
        let news = |version: Option<&str>| {
            let health = Health {
                version: String::new(),
                client_version: version.map(str::to_owned),
                round_trip: Duration::ZERO,
                clock_ahead_secs: None,
            };
            judge("0.9.1", Ok(health))
        };
        assert_eq!(news(Some("0.10.0")), News::Newer("0.10.0".to_owned()));
        assert_eq!(news(Some("0.9.1")), News::Newest);
        assert_eq!(news(Some("0.9.0")), News::Newest);
        assert_eq!(news(None), News::NotTold);
        for odd in ["", "1", "1.2", "1.2.3.4", "1.2.x", "<b>", "-1.0.0", "99999999999.0.0"] {
            assert_eq!(news(Some(odd)), News::NotTold, "{odd}");
        }
        assert_eq!(judge("0.9.1", Err(HealthError::Silent)), News::Failed);
    }

    #[test]
    fn a_server_that_recommends_a_newer_version_is_heard() {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let client_version = Some("999.0.0".parse().unwrap());
        let config =
            cinemasync_server::Config { client_version, ..cinemasync_server::Config::embedded() };
        let server = runtime.block_on(cinemasync_server::Server::bind(config)).unwrap();
        let (sender, told) = mpsc::channel();
        let on_change: OnChange = Arc::new(move || sender.send(()).unwrap());
        let question = Question::ask(format!("ws://{}", server.local_addr()), on_change);
        told.recv().unwrap();
        assert_eq!(question.answer(), Some(News::Newer("999.0.0".to_owned())));
    }
}
