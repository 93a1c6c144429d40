//! The relays of Metered.ca: what an answer of that service says, and when to ask again. Asking is
//! the shell's, and so is knowing the time.

mod answer;
mod schedule;

pub use answer::{Answer, Fault, MAX_ANSWER_BYTES, read};
pub use schedule::{Pacing, Schedule, Step};
