//! Reads from an H.264 byte stream what must be known before a decoder may see it: its NAL units,
//! and the picture size that a sequence parameter set asks memory for (ITU-T H.264 §7.3.2.1).

/// Picture sizes are bounded by this many macroblocks a side: 4096×2304.
const MAX_WIDTH_MBS: u32 = 256;
const MAX_HEIGHT_MBS: u32 = 144;
/// Most reference pictures, the bound of the standard (§7.4.2.1.1).
const MAX_REFERENCES: u32 = 16;

/// The NAL units of an Annex B byte stream, without start codes. Never empty ones.
pub(super) fn nal_units(stream: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = after_start_code(stream).unwrap_or_default();
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            let next = after_start_code(rest);
            let end = next.map_or(rest.len(), |next| rest.len() - next.len() - 3);
            let unit = &rest[..end];
            rest = next.unwrap_or_default();
            let trailing = unit.iter().rev().take_while(|byte| **byte == 0).count();
            let unit = &unit[..unit.len() - trailing];
            if !unit.is_empty() {
                return Some(unit);
            }
        }
        None
    })
}

/// What follows the first `00 00 01`.
fn after_start_code(stream: &[u8]) -> Option<&[u8]> {
    stream.windows(3).position(|window| window == [0, 0, 1]).map(|at| &stream[at + 3..])
}

/// May a decoder be given this access unit? False if it holds a parameter set that is unreadable,
/// of an extension that nobody offered, or asks for larger pictures than we show.
pub(super) fn is_acceptable(access_unit: &[u8]) -> bool {
    nal_units(access_unit).all(|unit| match unit[0] & 0x1f {
        7 => picture_size(unit).is_some(),
        // Subset parameter sets and slices of scalable, multiview and 3D streams.
        14 | 15 | 20 | 21 => false,
        _ => true,
    })
}

/// Width and height in macroblocks that a sequence parameter set declares, if within bounds.
fn picture_size(unit: &[u8]) -> Option<(u32, u32)> {
    let payload = without_emulation_prevention(unit);
    let mut bits = Bits { bytes: payload.get(1..)?, at: 0 };
    let profile = bits.take(8)?;
    bits.take(16)?; // constraint flags, level
    bits.ue()?; // id
    if matches!(profile, 100 | 110 | 122 | 244 | 44 | 83 | 86 | 118 | 128 | 138 | 139 | 134 | 135) {
        // 4:2:0 only; scaling matrices are not worth reading for a call.
        if bits.ue()? != 1 || bits.ue()? != 0 || bits.ue()? != 0 {
            return None;
        }
        bits.take(1)?; // lossless transform bypass
        if bits.take(1)? != 0 {
            return None;
        }
    }
    bits.ue()?; // log2_max_frame_num_minus4
    match bits.ue()? {
        0 => {
            bits.ue()?; // log2_max_pic_order_cnt_lsb_minus4
        }
        1 => {
            bits.take(1)?;
            bits.ue()?; // signed ones have the same length
            bits.ue()?;
            let cycle = bits.ue()?;
            if cycle > 255 {
                return None;
            }
            for _ in 0..cycle {
                bits.ue()?;
            }
        }
        2 => {}
        _ => return None,
    }
    if bits.ue()? > MAX_REFERENCES {
        return None;
    }
    bits.take(1)?; // gaps in frame_num
    let width = bits.ue()?.checked_add(1)?;
    let map_units = bits.ue()?.checked_add(1)?;
    let frames_only = bits.take(1)?;
    let height = map_units.checked_mul(2 - frames_only)?;
    (width <= MAX_WIDTH_MBS && height <= MAX_HEIGHT_MBS).then_some((width, height))
}

/// The start of the unit's payload without the bytes that keep start codes from appearing
/// (§7.4.1). What is needed lies within the first 64 bytes, but for the longest offset cycles.
fn without_emulation_prevention(unit: &[u8]) -> Vec<u8> {
    const ENOUGH: usize = 1024;
    let mut payload = Vec::with_capacity(unit.len().min(ENOUGH));
    let mut zeros = 0;
    for &byte in unit.iter().take(ENOUGH) {
        if zeros >= 2 && byte == 3 {
            zeros = 0;
            continue;
        }
        zeros = if byte == 0 { zeros + 1 } else { 0 };
        payload.push(byte);
    }
    payload
}

struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    /// The next `count` bits, 32 at most.
    fn take(&mut self, count: u32) -> Option<u32> {
        let mut value = 0;
        for _ in 0..count {
            let byte = *self.bytes.get(self.at / 8)?;
            value = value << 1 | u32::from(byte >> (7 - self.at % 8) & 1);
            self.at += 1;
        }
        Some(value)
    }

    /// An unsigned Exp-Golomb number (§9.1).
    fn ue(&mut self) -> Option<u32> {
        let mut zeros = 0;
        while self.take(1)? == 0 {
            zeros += 1;
            if zeros > 31 {
                return None;
            }
        }
        Some((1u32 << zeros) - 1 + self.take(zeros)?)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Writes the fields of a baseline parameter set.
    fn sps(width_mbs: u32, height_mbs: u32) -> Vec<u8> {
        let mut bits: Vec<bool> = Vec::new();
        let ue = |bits: &mut Vec<bool>, value: u32| {
            let length = (value + 1).ilog2();
            bits.extend((0..length).map(|_| false));
            bits.extend((0..=length).rev().map(|bit| (value + 1) >> bit & 1 == 1));
        };
        for value in [0, 0, 2, 1] {
            ue(&mut bits, value);
        }
        bits.push(false);
        ue(&mut bits, width_mbs - 1);
        ue(&mut bits, height_mbs - 1);
        bits.extend([true, true, false, false, true]);
        let mut bytes = vec![0x67, 66, 0xc0, 31];
        bytes.extend(bits.chunks(8).map(|byte| {
            byte.iter().enumerate().fold(0, |sum, (at, bit)| sum | u8::from(*bit) << (7 - at))
        }));
        bytes
    }

    #[test]
    fn sizes_are_read_and_bounded() {
        assert_eq!(picture_size(&sps(40, 23)), Some((40, 23)));
        assert_eq!(picture_size(&sps(256, 144)), Some((256, 144)));
        assert_eq!(picture_size(&sps(257, 10)), None);
        assert_eq!(picture_size(&sps(10, 145)), None);
        assert_eq!(picture_size(&sps(65_535, 65_535)), None);
    }

    #[test]
    fn units_are_found_behind_both_kinds_of_start_codes() {
        let stream = [9, 0, 0, 0, 1, 0x67, 1, 0, 0, 1, 0x68, 2, 0, 0, 0, 1, 0x65];
        let units: Vec<_> = nal_units(&stream).collect();
        assert_eq!(units, [&[0x67, 1][..], &[0x68, 2], &[0x65]]);
        assert_eq!(nal_units(&[]).count(), 0);
        assert_eq!(nal_units(&[0, 0, 1, 0, 0, 1]).count(), 0);
    }

    #[test]
    fn a_unit_with_too_large_a_picture_is_refused() {
        let with = |sps: Vec<u8>| [vec![0, 0, 0, 1], sps, vec![0, 0, 0, 1, 0x65, 1]].concat();
        assert!(is_acceptable(&with(sps(80, 45))));
        assert!(!is_acceptable(&with(sps(1_000, 45))));
        assert!(!is_acceptable(&with(vec![0x67, 66])), "cut off");
        assert!(!is_acceptable(&with(vec![0x6f, 1])), "a subset parameter set");
    }

    proptest! {
        #[test]
        fn nonsense_is_read_without_harm(stream in prop::collection::vec(prop_oneof![Just(0u8), Just(1), any::<u8>()], 0..300)) {
            let _ = is_acceptable(&stream);
            let held: usize = nal_units(&stream).map(<[u8]>::len).sum();
            prop_assert!(held <= stream.len());
            let _ = picture_size(&stream);
        }
    }
}
