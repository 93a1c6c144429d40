//! When the service is asked again, and when its last answer is of no more use.

use std::time::Duration;

/// The times that a schedule is made of.
#[derive(Debug, Clone, Copy)]
pub struct Pacing {
    /// Until the next question after an answer that names no lifetime.
    pub usual: Duration,
    /// How long such an answer is used, if none follows.
    pub kept: Duration,
    /// Longest time before its end at which an answer is renewed; a short-lived one is renewed after
    /// three quarters of its life.
    pub margin: Duration,
    /// The service is not asked more often than this, whatever its answers say.
    pub least: Duration,
    /// Until the first question after a failure. It doubles with each further one.
    pub first_retry: Duration,
    /// What that never exceeds.
    pub last_retry: Duration,
}

impl Default for Pacing {
    fn default() -> Self {
        Self {
            usual: Duration::from_secs(60 * 60),
            kept: Duration::from_secs(24 * 60 * 60),
            margin: Duration::from_secs(15 * 60),
            least: Duration::from_secs(30),
            first_retry: Duration::from_secs(5),
            last_retry: Duration::from_secs(5 * 60),
        }
    }
}

/// What is to be done when the time has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Ask the service.
    Ask,
    /// Its last answer is over: tell nobody of it any more.
    Forget,
}

/// When to do what. All times are those since the server started.
#[derive(Debug)]
pub struct Schedule {
    pacing: Pacing,
    ask: Duration,
    forget: Option<Duration>,
    failures: u32,
    works: Option<bool>,
}

impl Schedule {
    /// The service is asked at once.
    pub fn new(pacing: Pacing) -> Self {
        Self { pacing, ask: Duration::ZERO, forget: None, failures: 0, works: None }
    }

    /// What is next, and when.
    pub fn next(&self) -> (Duration, Step) {
        match self.forget {
            Some(forget) if forget <= self.ask => (forget, Step::Forget),
            _ => (self.ask, Step::Ask),
        }
    }

    /// It answered. True if that is news: it is the first time, or it did not before.
    pub fn succeeded(&mut self, lifetime: Option<Duration>, now: Duration) -> bool {
        let pacing = &self.pacing;
        let renewal = lifetime.map_or(pacing.usual, |lifetime| {
            lifetime.saturating_sub(pacing.margin.min(lifetime / 4)).min(pacing.kept)
        });
        self.ask = now.saturating_add(renewal.max(pacing.least));
        self.forget = Some(now.saturating_add(lifetime.unwrap_or(pacing.kept)));
        self.failures = 0;
        self.works.replace(true) != Some(true)
    }

    /// It did not answer. True if that is news.
    pub fn failed(&mut self, now: Duration) -> bool {
        let wait = self.pacing.first_retry.saturating_mul(1 << self.failures.min(16));
        self.ask = now.saturating_add(wait.min(self.pacing.last_retry));
        self.failures = self.failures.saturating_add(1);
        self.works.replace(false) != Some(false)
    }

    /// The last answer was given up.
    pub fn forgotten(&mut self) {
        self.forget = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minutes(minutes: u64) -> Duration {
        Duration::from_secs(60 * minutes)
    }

    fn schedule() -> Schedule {
        let schedule = Schedule::new(Pacing::default());
        assert_eq!(schedule.next(), (Duration::ZERO, Step::Ask));
        schedule
    }

    #[test]
    fn an_answer_is_renewed_shortly_before_its_end() {
        let mut schedule = schedule();
        schedule.succeeded(Some(minutes(240)), minutes(1));
        assert_eq!(schedule.next(), (minutes(1 + 240 - 15), Step::Ask));
        schedule.succeeded(Some(minutes(20)), minutes(226));
        assert_eq!(schedule.next(), (minutes(226 + 15), Step::Ask));
    }

    #[test]
    fn an_answer_without_a_lifetime_is_renewed_each_hour() {
        let mut schedule = schedule();
        schedule.succeeded(None, minutes(0));
        assert_eq!(schedule.next(), (minutes(60), Step::Ask));
    }

    #[test]
    fn lifetimes_of_no_sense_do_not_make_a_flood_or_a_silence() {
        let mut schedule = schedule();
        schedule.succeeded(Some(Duration::from_secs(1)), minutes(0));
        assert_eq!(schedule.next(), (Duration::from_secs(1), Step::Forget));
        schedule.forgotten();
        assert_eq!(schedule.next(), (Duration::from_secs(30), Step::Ask));
        schedule.succeeded(Some(Duration::MAX), minutes(1));
        assert_eq!(schedule.next(), (minutes(1 + 24 * 60), Step::Ask));
    }

    #[test]
    fn failures_are_retried_later_and_later_and_the_answer_is_used_to_its_end() {
        let mut schedule = schedule();
        schedule.succeeded(Some(minutes(60)), minutes(0));
        let mut now = minutes(45);
        let mut waits = Vec::new();
        loop {
            let (at, step) = schedule.next();
            now = now.max(at);
            if step == Step::Forget {
                break;
            }
            schedule.failed(now);
            waits.push((schedule.ask - now).as_secs());
        }
        assert_eq!(now, minutes(60));
        assert_eq!(waits[..8], [5, 10, 20, 40, 80, 160, 300, 300]);
        schedule.forgotten();
        assert_eq!(schedule.next().1, Step::Ask);
        for _ in 0..100 {
            schedule.failed(now);
        }
        assert_eq!(schedule.next(), (now + minutes(5), Step::Ask));
    }

    #[test]
    fn only_a_change_is_news() {
        let mut schedule = schedule();
        assert!(schedule.failed(minutes(0)));
        assert!(!schedule.failed(minutes(1)));
        assert!(schedule.succeeded(None, minutes(2)));
        assert!(!schedule.succeeded(None, minutes(3)));
        assert!(schedule.failed(minutes(4)));
        assert!(schedule.succeeded(None, minutes(5)));
    }
}
