//! The CinemaSync desktop client: the session's effects (signaling, peers, media, player) and its
//! two front ends, the window and `headless`.

pub mod app;
pub mod cli;
pub mod crash;
pub mod doctor;
pub mod film_memory;
pub mod headless;
pub mod health;
pub mod kept;
pub mod log;
pub mod media;
pub mod peer;
pub mod place;
pub mod platform;
pub mod player;
pub mod recent_rooms;
pub mod session;
pub mod settings;
pub mod store;
pub mod ui;
pub mod updates;
