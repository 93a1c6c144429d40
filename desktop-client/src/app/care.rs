//! How the window keeps the program well: reports of crashes, and whether there is a newer version.

use std::path::PathBuf;
use std::time::Duration;

use cinemasync_core::frame::OnChange;

use crate::crash;
use crate::settings::Settings;
use crate::ui::Crash;
use crate::updates::{EVERY, News, Question};

/// What the window has to do with both.
#[derive(Debug)]
pub(super) struct Care {
    /// Where the reports lie.
    crashes: Option<PathBuf>,
    question: Option<Question>,
    /// Did the person ask it?
    asked: bool,
}

impl Care {
    pub(super) fn new(crashes: Option<PathBuf>) -> Self {
        Self { crashes, question: None, asked: false }
    }

    /// The report that the person has not seen.
    pub(super) fn crash(&self) -> Option<Crash> {
        let report = crash::unseen(self.crashes.as_deref()?)?;
        Some(Crash { text: report.text, ended: report.ended })
    }

    /// No report that is there now is offered again.
    pub(super) fn crash_seen(&self) {
        if let Some(folder) = &self.crashes {
            crash::all_seen(folder);
        }
    }

    /// Asks for a newer version because the person wants to know. What is known until then.
    pub(super) fn ask(&mut self, server: Option<&str>, on_change: OnChange) -> News {
        let Some(server) = server else { return News::NoServer };
        self.asked = true;
        if self.question.is_none() {
            self.question = Some(Question::ask(server.to_owned(), on_change));
        }
        News::Asking
    }

    /// Asks by itself, if the person wants that and it is time to. Is it asked now?
    pub(super) fn ask_daily(
        &mut self,
        settings: &Settings,
        now_unix_secs: u64,
        on_change: impl FnOnce() -> OnChange,
    ) -> bool {
        // A clock that was set back makes a time of the future: it is asked anew.
        let since = now_unix_secs.checked_sub(settings.updates_asked_unix_secs);
        let is_time = since.is_none_or(|since| Duration::from_secs(since) >= EVERY);
        let Some(server) = &settings.server else { return false };
        if !settings.window.check_updates || !is_time || self.question.is_some() {
            return false;
        }
        self.asked = false;
        self.question = Some(Question::ask(server.clone(), on_change()));
        true
    }

    /// The answer, once it is there, and whether the person asked for it.
    pub(super) fn answer(&mut self) -> Option<(News, bool)> {
        let news = self.question.as_ref()?.answer()?;
        self.question = None;
        Some((news, self.asked))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn nobody_is_asked_unless_the_person_wants_it_and_a_day_has_passed() {
        let mut care = Care::new(None);
        let mut settings =
            Settings { server: Some("no address of any server".to_owned()), ..Settings::default() };
        let on_change = || -> OnChange { Arc::new(|| {}) };
        let day = EVERY.as_secs();
        assert!(!care.ask_daily(&settings, 10 * day, on_change));
        settings.window.check_updates = true;
        settings.updates_asked_unix_secs = 10 * day - 5;
        assert!(!care.ask_daily(&settings, 10 * day, on_change), "a moment ago");
        assert!(care.ask_daily(&settings, 11 * day, on_change));
        assert!(!care.ask_daily(&settings, 11 * day, on_change), "one at a time");
        settings.server = None;
        assert!(!Care::new(None).ask_daily(&settings, 12 * day, on_change));
        assert_eq!(Care::new(None).ask(None, on_change()), News::NoServer);
    }
}
