//! The whole server over real sockets of the loopback: what clients, good ones and bad ones, get.
//!
//! Nothing here waits for time to pass. That nobody was told something is shown by a fence: a
//! message that the server answers after everything it said before.

#![allow(clippy::unwrap_used, reason = "a failed step is a failed test")]

mod call;
mod errors;
mod faults;
mod floods;
mod harness;
mod hostile;
mod http;
mod life;
mod limits;
mod metered;
mod metrics;
mod raw;
mod relays;
mod resume;
mod rooms;
mod shutdown;
mod slow_reader;
