//! Where randomness comes in: codes, ids and salts are made of bytes that the caller provides.

/// A source of random bytes. The server gives the operating system's; a test or simulator gives a
/// counted or seeded one.
pub trait Entropy {
    /// Fills `bytes`, each byte unpredictable to a stranger.
    fn fill(&mut self, bytes: &mut [u8]);
}

/// An array of random bytes.
pub(crate) fn random<const N: usize>(entropy: &mut impl Entropy) -> [u8; N] {
    let mut bytes = [0; N];
    entropy.fill(&mut bytes);
    bytes
}
