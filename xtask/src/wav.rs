//! Reads recordings: WAV files (16-bit integers or 32-bit floats) as one mono signal.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

/// Sound, as one channel.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sound {
    /// Samples a second.
    pub(crate) rate: u32,
    /// Samples from -1 to 1, the channels averaged.
    pub(crate) samples: Vec<f32>,
}

/// Reads the WAV file at `path`.
pub(crate) fn read(path: &Path) -> Result<Sound> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    parse(&bytes).with_context(|| format!("{} is not a WAV file", path.display()))
}

/// Writes samples from -1 to 1 as a WAV file of 16-bit integers, mono.
pub(crate) fn write(path: &Path, rate: u32, samples: &[f32]) -> Result<()> {
    let size = u32::try_from(samples.len() * 2).context("the sound is too long for a WAV file")?;
    let mut bytes = Vec::with_capacity(samples.len() * 2 + 44);
    bytes.extend(b"RIFF");
    bytes.extend((36 + size).to_le_bytes());
    bytes.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    bytes.extend(rate.to_le_bytes());
    bytes.extend((rate * 2).to_le_bytes());
    bytes.extend(b"\x02\0\x10\0data");
    bytes.extend(size.to_le_bytes());
    let whole = |sample: &f32| (sample.clamp(-1.0, 1.0) * 32_767.0).round() as i16;
    bytes.extend(samples.iter().flat_map(|sample| whole(sample).to_le_bytes()));
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

struct Format {
    float: bool,
    channels: usize,
    rate: u32,
    bits: u16,
}

fn parse(bytes: &[u8]) -> Result<Sound> {
    if bytes.get(..4) != Some(b"RIFF") || bytes.get(8..12) != Some(b"WAVE") {
        bail!("it does not begin as one");
    }
    let mut format = None;
    let mut at = 12;
    while let Some(head) = bytes.get(at..at + 8) {
        let size = u32::from_le_bytes(head[4..8].try_into().expect("four bytes")) as usize;
        // A recording that was cut off says more than there is.
        let end = (at + 8).saturating_add(size).min(bytes.len());
        let body = &bytes[at + 8..end];
        match &head[..4] {
            b"fmt " => format = Some(parse_format(body)?),
            b"data" => return samples(&format.context("its sound comes before its format")?, body),
            _ => {}
        }
        // Chunks begin at even places.
        at = end + size % 2;
    }
    bail!("it has no sound")
}

fn parse_format(body: &[u8]) -> Result<Format> {
    let word = |at: usize| body.get(at..at + 2).map(|b| u16::from_le_bytes([b[0], b[1]]));
    let (Some(mut tag), Some(channels), Some(bits)) = (word(0), word(2), word(14)) else {
        bail!("its format is cut off");
    };
    let rate = u32::from_le_bytes(body[4..8].try_into().expect("four bytes, bits lie behind them"));
    if tag == 0xFFFE {
        // "Extensible": the real tag opens the format's GUID.
        tag = word(24).context("its format is cut off")?;
    }
    if channels == 0 || !matches!((tag, bits), (1, 16) | (3, 32)) {
        bail!(
            "only 16-bit integers and 32-bit floats can be read, this is format {tag}, {bits} bits"
        );
    }
    Ok(Format { float: tag == 3, channels: usize::from(channels), rate, bits })
}

fn samples(format: &Format, body: &[u8]) -> Result<Sound> {
    let width = usize::from(format.bits / 8);
    let value = |bytes: &[u8]| {
        if format.float {
            f32::from_le_bytes(bytes.try_into().expect("chunks of four"))
        } else {
            f32::from(i16::from_le_bytes([bytes[0], bytes[1]])) / 32_768.0
        }
    };
    let samples = body
        .chunks_exact(width * format.channels)
        .map(|frame| frame.chunks_exact(width).map(value).sum::<f32>() / format.channels as f32)
        .collect();
    Ok(Sound { rate: format.rate, samples })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wav(tag: u16, channels: u16, bits: u16, data: &[u8]) -> Vec<u8> {
        let mut bytes = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0".to_vec();
        bytes.extend(tag.to_le_bytes());
        bytes.extend(channels.to_le_bytes());
        bytes.extend(48_000_u32.to_le_bytes());
        bytes.extend([0; 6]);
        bytes.extend(bits.to_le_bytes());
        bytes.extend(b"data");
        bytes.extend((data.len() as u32).to_le_bytes());
        bytes.extend(data);
        bytes
    }

    #[test]
    fn what_is_written_is_read() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("a.wav");
        write(&path, 48_000, &[0.5, -0.25, 2.0]).expect("is written");
        let sound = read(&path).expect("is read");
        assert_eq!(sound.rate, 48_000);
        let off = sound.samples.iter().zip([0.5, -0.25, 1.0]).map(|(a, b)| (a - b).abs());
        assert!(off.fold(0.0, f32::max) < 1e-4, "{sound:?}");
    }

    #[test]
    fn stereo_becomes_the_mean_of_both() {
        let data: Vec<u8> = [16_384_i16, 0].iter().flat_map(|s| s.to_le_bytes()).collect();
        let sound = parse(&wav(1, 2, 16, &data)).expect("a WAV");
        assert_eq!(sound, Sound { rate: 48_000, samples: vec![0.25] });
    }

    #[test]
    fn floats_are_read_as_they_are() {
        let sound = parse(&wav(3, 1, 32, &0.5_f32.to_le_bytes())).expect("a WAV");
        assert_eq!(sound.samples, [0.5]);
    }

    #[test]
    fn what_was_cut_off_is_read_as_far_as_it_goes() {
        let mut bytes = wav(1, 1, 16, &[0, 64, 0, 64]);
        bytes.truncate(bytes.len() - 2);
        assert_eq!(parse(&bytes).expect("a WAV").samples, [0.5]);
    }

    #[test]
    fn what_is_no_wav_is_refused() {
        for bytes in [&b""[..], b"RIFF", b"RIFF\0\0\0\0WAVE", &wav(7, 1, 8, &[])] {
            assert!(parse(bytes).is_err());
        }
    }
}
