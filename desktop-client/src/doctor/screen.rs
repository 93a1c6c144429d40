//! Whether the screen can be shared here. Nothing is looked at but how many monitors there are.

use super::Finding;
use crate::media::{self, ScreenAccess};
use crate::platform::screen_permission;

pub(super) const NAMES: &[(&str, &str)] = &[NAME];
const NAME: (&str, &str) = ("screen", "Screen");

pub(super) fn check() -> Finding {
    if screen_permission::asks_first() {
        return Finding::warn(
            NAME,
            "The system does not let this program record the screen yet.",
            "Allow it under Privacy & Security, Screen Recording, and start the program again.",
        );
    }
    if super::no_display() {
        return judge(Err("there is no display here.".to_owned()));
    }
    judge(media::screen_access())
}

fn judge(access: Result<ScreenAccess, String>) -> Finding {
    match access {
        Ok(ScreenAccess::Dialog) => {
            Finding::ok(NAME, "It can be shared; the system's own dialog asks what, each time.")
        }
        Ok(ScreenAccess::Monitors(1)) => Finding::ok(NAME, "It can be shared: 1 monitor."),
        Ok(ScreenAccess::Monitors(count)) => {
            Finding::ok(NAME, format!("It can be shared: {count} monitors."))
        }
        Err(why) => Finding::warn(
            NAME,
            format!("It cannot be shared: {why}"),
            "Run this in a session with a desktop. Under Wayland a portal (xdg-desktop-portal with the \
             desktop's own part) and GStreamer's PipeWire plugin are needed.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

    #[test]
    fn a_computer_without_a_screen_is_no_failure() {
        assert_eq!(judge(Ok(ScreenAccess::Dialog)).verdict, Verdict::Ok);
        assert_eq!(judge(Ok(ScreenAccess::Monitors(2))).found, "It can be shared: 2 monitors.");
        let none = judge(Err("there is no display.".to_owned()));
        assert_eq!(none.verdict, Verdict::Warn);
        assert!(none.found.ends_with("there is no display."));
    }
}
