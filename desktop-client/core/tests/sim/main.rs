//! Whole rooms on a hand-cranked clock: session cores, the server's real rules, virtual links and
//! players. An evening takes milliseconds and is the same each time.

mod camera;
mod evening;
mod films;
mod keys;
mod link;
mod player;
mod screens;
mod streams;
mod voices;
mod world;
