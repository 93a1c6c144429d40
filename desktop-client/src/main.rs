//! `cinemasync`: the window, and `cinemasync headless`.

fn main() {}
