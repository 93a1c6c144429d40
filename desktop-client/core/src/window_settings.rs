//! How a person wants the window itself: how large things are, whether they move, which keys do what.
//! Values only; what keys there are and what they do is the window's business.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The sizes that can be chosen, in percent.
pub const SCALES: [u16; 9] = [80, 90, 100, 110, 125, 140, 150, 175, 200];
/// More keys than these are not kept: there are fewer things to do.
const MOST_KEYS: usize = 64;
/// The longest name of a key or of what it does, in bytes.
const LONGEST_NAME: usize = 40;

/// The settings. What is missing where they are kept has its default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WindowSettings {
    /// How large everything is, in percent of what the system says.
    pub scale_percent: u16,
    /// Does nothing glide, fade or float?
    pub reduced_motion: bool,
    /// Is the person told outside of the window what happens while it is not looked at?
    pub notifications: bool,
    /// Does the window stay above all others?
    pub on_top: bool,
    /// The language, by its tag such as `de`; empty: the system's.
    pub language: String,
    /// Is the server asked once a day whether there is a newer version?
    pub check_updates: bool,
    /// Keys that were chosen by the person: what is done, then the key's name. What is not named here has its
    /// usual keys.
    pub keys: BTreeMap<String, String>,
}

impl Default for WindowSettings {
    fn default() -> Self {
        Self {
            scale_percent: 100,
            reduced_motion: false,
            notifications: true,
            on_top: false,
            language: String::new(),
            check_updates: false,
            keys: BTreeMap::new(),
        }
    }
}

impl WindowSettings {
    /// The same within its limits, whatever a file says.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        let (least, most) = (SCALES[0], SCALES[SCALES.len() - 1]);
        self.scale_percent = self.scale_percent.clamp(least, most);
        if self.language.len() > LONGEST_NAME {
            self.language.clear();
        }
        self.keys.retain(|what, key| what.len() <= LONGEST_NAME && key.len() <= LONGEST_NAME);
        while self.keys.len() > MOST_KEYS {
            self.keys.pop_last();
        }
        self
    }

    /// The next larger or smaller size that can be chosen; the same at the end.
    pub fn next_scale(&self, larger: bool) -> u16 {
        let now = self.scale_percent;
        let next = if larger {
            SCALES.into_iter().find(|scale| *scale > now)
        } else {
            SCALES.into_iter().rfind(|scale| *scale < now)
        };
        next.unwrap_or(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_file_says_stays_within_limits() {
        let keys = (0..500).map(|n| (format!("key {n}"), "K".to_owned()));
        let wild =
            WindowSettings { scale_percent: 9_000, keys: keys.collect(), ..Default::default() };
        let tame = wild.bounded();
        assert_eq!((tame.scale_percent, tame.keys.len()), (200, MOST_KEYS));
        let long = BTreeMap::from([("a".repeat(99), "K".to_owned())]);
        let wild = WindowSettings {
            scale_percent: 0,
            keys: long,
            language: "a".repeat(99),
            ..Default::default()
        };
        let tame = wild.bounded();
        assert_eq!((tame.scale_percent, tame.keys.len(), tame.language.as_str()), (80, 0, ""));
    }

    #[test]
    fn sizes_go_by_steps_and_end() {
        let of = |scale_percent| WindowSettings { scale_percent, ..Default::default() };
        assert_eq!(of(100).next_scale(true), 110);
        assert_eq!(of(100).next_scale(false), 90);
        assert_eq!(of(130).next_scale(false), 125);
        assert_eq!(of(80).next_scale(false), 80);
        assert_eq!(of(200).next_scale(true), 200);
    }
}
