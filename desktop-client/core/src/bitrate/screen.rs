//! What is encoded of one's own shared screen.

/// One encoding of the screen. Its size and rate follow from what the pictures are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScreenRung {
    /// What it aims at, in bits a second.
    pub bps: u64,
    /// The greatest height in which somebody shows it, in pixels; more is not of use.
    pub height: u32,
}
