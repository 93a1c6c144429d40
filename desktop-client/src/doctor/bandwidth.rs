//! What the line carries. It is not measured: a test that says anything sends megabytes through somebody's
//! relay, and each call measures what its own ways carry all the time.

use super::Finding;

pub(super) const NAME: (&str, &str) = ("bandwidth", "Bandwidth");

pub(super) fn check() -> Finding {
    Finding::unknown(
        NAME,
        "It is not measured here. In a call, the panel that opens from a friend's signal bars shows \
         what that way carries; a picture needs about 1 Mbit/s, a voice 0.05.",
    )
}
