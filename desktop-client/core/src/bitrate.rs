//! What links can carry, and what is therefore encoded: estimates in, encoders' targets out.

pub mod camera;
pub mod estimator;
mod grouping;
pub mod ladder;
pub mod screen;
pub mod shares;

pub use grouping::{MAX_RUNGS, Receiver};
