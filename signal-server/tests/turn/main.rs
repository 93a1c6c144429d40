//! The embedded relay, whole, over real sockets on loopback: clients of our own that break rules, and
//! coturn's client, which knows nothing of us.

#![allow(clippy::unwrap_used, reason = "a failed step is a failed test")]

mod client;
mod credentials;
mod foreign;
mod harness;
mod hostile;
mod peers;
mod probe;
mod quota;
mod streams;
