//! The developer entry.

fn main() {}
