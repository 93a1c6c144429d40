//! Room time: what all participants' clocks agree on, and how exactly.
