//! TLS on the server's port over real sockets of the loopback: handshakes good and bad, certificates
//! from files and from an authority.

#![allow(clippy::unwrap_used, reason = "a failed step is a failed test")]

#[cfg(unix)]
mod acme;
mod files;
mod handshakes;
mod harness;
mod options;
#[cfg(unix)]
mod pebble;
#[cfg(unix)]
mod program;
