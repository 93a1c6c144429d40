//! Links against each other in one process, over real sockets on loopback.

mod keys;
mod life;
mod loss;
mod media;
mod negotiation;
mod rig;
