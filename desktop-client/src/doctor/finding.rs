//! What a check found, for a person and for programs.

use serde::Serialize;

/// How a thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// As it should be.
    Ok,
    /// An evening is possible, and something is missing.
    Warn,
    /// Something that was set up, or that nothing goes without, does not work.
    Bad,
    /// It was not looked at, or could not be.
    Unknown,
}

/// What was found of one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at, for programs.
    pub check: &'static str,
    /// The same for a person.
    pub title: &'static str,
    /// How it is.
    pub verdict: Verdict,
    /// What was found and what it means; a sentence or two.
    pub found: String,
    /// What to do; `None` if nothing need be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
}

impl Finding {
    fn new(check: (&'static str, &'static str), verdict: Verdict, found: String) -> Self {
        Self { check: check.0, title: check.1, verdict, found, advice: None }
    }

    pub(super) fn ok(check: (&'static str, &'static str), found: impl Into<String>) -> Self {
        Self::new(check, Verdict::Ok, found.into())
    }

    pub(super) fn warn(
        check: (&'static str, &'static str),
        found: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self { advice: Some(advice.into()), ..Self::new(check, Verdict::Warn, found.into()) }
    }

    pub(super) fn bad(
        check: (&'static str, &'static str),
        found: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self { advice: Some(advice.into()), ..Self::new(check, Verdict::Bad, found.into()) }
    }

    pub(super) fn unknown(check: (&'static str, &'static str), found: impl Into<String>) -> Self {
        Self::new(check, Verdict::Unknown, found.into())
    }

    /// Of a check that did not end in its time.
    pub(super) fn silent(check: &'static str, title: &'static str) -> Self {
        Self::warn(
            (check, title),
            "It does not answer: the check did not end within its time.",
            "Close other programs and run `cinemasync doctor` again; if it stays so, restart the computer.",
        )
    }
}
