//! Links against each other in one process, over real sockets on loopback.

mod media;
mod rig;
