//! What links can carry, and what is therefore encoded: estimates in, encoders' targets out.

pub mod camera;
pub mod estimator;
pub mod ladder;
pub mod screen;
