//! The messages of the `control` channel between two peers.
