//! Whether the signaling server is there and well.

use super::Finding;
use crate::health::{Health, HealthError};

pub(super) const NAME: (&str, &str) = ("server", "Server");

/// Clocks this far apart, in seconds, make passwords of relays worthless and certificates doubtful.
const CLOCKS_APART: i64 = 30;
/// An answer that takes longer than this, in milliseconds, is felt when one enters a room.
const SLOW_MS: u128 = 400;

/// `address`: as it is set; `None` for the server inside the program.
pub(super) fn judge(address: Option<&str>, health: &Result<Health, HealthError>) -> Finding {
    let health = match health {
        Ok(health) => health,
        Err(error) => {
            let found = format!("{}: {error}", address.unwrap_or("The one inside this program"));
            let advice = match error {
                HealthError::Address(_) => {
                    "Correct the address in the lobby, or the one after --server."
                }
                HealthError::Unwell(_) => "Try again in a minute; else ask whoever runs it.",
                HealthError::Foreign(_) => "Compare the address with the one that you were given.",
                HealthError::Unreachable(_) | HealthError::Silent => {
                    "Is the address right, and this computer on the net? Else ask whoever runs it."
                }
            };
            return Finding::bad(NAME, found, advice);
        }
    };
    let Some(address) = address else {
        return Finding::ok(
            NAME,
            "None is set: rooms are made inside this program, for the computers of this home. Friends \
             elsewhere need a server on the internet.",
        );
    };
    let (version, trip) = (&health.version, health.round_trip.as_millis());
    let found = format!("{address} is well: version {version}, answers in {trip} ms.");
    match health.clock_ahead_secs {
        Some(ahead) if ahead.abs() >= CLOCKS_APART => {
            let apart = ahead.abs();
            Finding::warn(
                NAME,
                format!("{found} Its clock and this computer's are {apart} s apart."),
                "Let the system set its clock by itself.",
            )
        }
        _ if trip >= SLOW_MS => {
            Finding::warn(NAME, found, "It is far away or busy: entering a room takes a moment.")
        }
        _ => Finding::ok(NAME, found),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::doctor::Verdict;

    #[test]
    fn a_server_is_judged_by_its_answer_and_its_clock() {
        let health = |ahead, trip| {
            Ok(Health {
                version: "0.1.0".to_owned(),
                client_version: None,
                round_trip: Duration::from_millis(trip),
                clock_ahead_secs: ahead,
            })
        };
        let verdict = |health| judge(Some("wss://a"), &health).verdict;
        assert_eq!(verdict(health(None, 20)), Verdict::Ok);
        assert_eq!(verdict(health(Some(-1), 20)), Verdict::Ok);
        assert_eq!(verdict(health(Some(-90), 20)), Verdict::Warn);
        assert_eq!(verdict(health(Some(0), 900)), Verdict::Warn);
        assert_eq!(verdict(Err(HealthError::Silent)), Verdict::Bad);
        assert!(judge(None, &health(None, 1)).found.starts_with("None is set"));
    }
}
