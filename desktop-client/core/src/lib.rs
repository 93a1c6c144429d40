//! What decides in the desktop client, as pure machines: no socket, clock, thread, random source or
//! device. Each takes `(input, now)` and is drained of its outputs; the shell around it acts.
//!
//! The types here are also the vocabulary by which the shell's modules (peer, media, player, ui)
//! speak to the session without knowing each other.

pub mod bitrate;
pub mod bubbles;
pub mod bulk_throttle;
pub mod call_status;
pub mod chat;
pub mod clock_sync;
pub mod control;
pub mod devices;
mod ducking;
pub mod film;
pub mod film_blocks;
pub mod film_cache;
pub mod film_exchange;
pub mod film_memory;
pub mod film_queue;
pub mod frame;
pub mod frame_assembler;
pub mod interface;
pub mod invitation;
pub mod jitter_buffer;
pub mod link;
pub mod lip_sync;
pub mod negotiation;
pub mod packet;
pub mod plan;
pub mod playback_sync;
pub mod player;
pub mod recent_rooms;
pub mod room_rules;
pub mod safety_code;
pub mod screen;
pub mod sentence;
pub mod session;
pub mod streaming;
pub mod subtitles;
pub mod track;
pub mod voice_settings;
pub mod window_settings;
