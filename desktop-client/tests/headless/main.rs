//! Evenings of real `cinemasync headless` processes on real sockets, as somebody who drives them by
//! their lines sees it. Every wait is for a line that is to come; none depends on how fast.

mod call;
mod chat;
mod commands;
#[cfg(target_os = "linux")]
mod devices;
mod failures;
mod film;
mod film_night;
mod foreign;
mod keys;
mod outage;
mod person;
mod relay;
mod screens;
mod server;
mod streams;
mod tones;
