//! How long an Opus packet lasts, read from its first bytes (RFC 6716 §3.1 and §3.2). Nothing is
//! decoded here.

/// Samples a millisecond in the RTP clock of Opus, which is 48 kHz whatever the voice's bandwidth.
pub(super) const SAMPLES_A_MS: u32 = 48;

/// The longest packet that Opus allows, 120 ms.
const LONGEST: u32 = 120 * SAMPLES_A_MS;

/// The packet's duration in samples at 48 kHz, or `None` for what cannot be an Opus packet.
pub(super) fn duration(packet: &[u8]) -> Option<u32> {
    let toc = *packet.first()?;
    let config = toc >> 3;
    // Frame sizes in tenths of a millisecond, by the ranges of table 2.
    let frame_tenths = match config {
        0..=11 => [100, 200, 400, 600][usize::from(config % 4)],
        12..=15 => [100, 200][usize::from(config % 2)],
        _ => [25, 50, 100, 200][usize::from(config % 4)],
    };
    let frames = match toc & 0b11 {
        0 => 1,
        1 | 2 => 2,
        _ => u32::from(*packet.get(1)? & 0b11_1111),
    };
    let samples = frames * frame_tenths * SAMPLES_A_MS / 10;
    (1..=LONGEST).contains(&samples).then_some(samples)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_follow_the_table_of_contents() {
        let toc = |config: u8, code: u8| (config << 3) | code;
        assert_eq!(duration(&[toc(1, 0)]), Some(960), "SILK, 20 ms");
        assert_eq!(duration(&[toc(3, 0)]), Some(2880), "SILK, 60 ms");
        assert_eq!(duration(&[toc(13, 0)]), Some(960), "hybrid, 20 ms");
        assert_eq!(duration(&[toc(16, 0)]), Some(120), "CELT, 2.5 ms");
        assert_eq!(duration(&[toc(31, 1)]), Some(1920), "two CELT frames of 20 ms");
        assert_eq!(duration(&[toc(31, 3), 3]), Some(2880), "three, counted");
    }

    #[test]
    fn what_cannot_be_opus_has_no_duration() {
        assert_eq!(duration(&[]), None);
        assert_eq!(duration(&[0b11]), None, "the count is missing");
        assert_eq!(duration(&[0b11, 0]), None, "no frames");
        assert_eq!(duration(&[(31 << 3) | 3, 63]), None, "63 frames of 20 ms are over 120 ms");
    }
}
