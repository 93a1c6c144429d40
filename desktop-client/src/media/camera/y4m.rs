//! Reads YUV4MPEG2: a line that tells size and rate, then raw pictures. 4:2:0, 8 bits.

use std::io::{self, Read};
use std::time::{Duration, Instant};

use cinemasync_core::frame::VideoFrame;
use thiserror::Error;

/// Longest header line that is read.
const LONGEST_LINE: usize = 1_024;
/// Largest side of a picture.
const LARGEST_SIDE: u32 = 4_096;

/// How a stream begins.
const MAGIC: &str = "YUV4MPEG2";
/// The rate of streams that tell none.
const USUAL_FPS: f64 = 30.0;

/// Why a stream gives no pictures.
#[derive(Debug, Error)]
pub(in crate::media) enum Y4mError {
    #[error("it is not a Y4M stream")]
    NotY4m,
    #[error("its pictures are not 4:2:0 with 8 bits and at most 4096 pixels a side")]
    Format,
    #[error("{0}")]
    Read(#[from] io::Error),
}

/// A stream of raw pictures.
pub(in crate::media) struct Y4mReader<R> {
    input: R,
    width: u32,
    height: u32,
    /// Time between pictures.
    pub(in crate::media) period: Duration,
}

impl<R: Read> Y4mReader<R> {
    /// Reads the header.
    pub(in crate::media) fn new(mut input: R) -> Result<Self, Y4mError> {
        let header = line(&mut input)?.ok_or(Y4mError::NotY4m)?;
        let (width, height, period) = shape(&header)?;
        Ok(Self { input, width, height, period })
    }

    /// The next picture; `None` at the end. Its size may change where a new header stands.
    pub(in crate::media) fn next(&mut self, at: Instant) -> Result<Option<VideoFrame>, Y4mError> {
        let Some(mut header) = line(&mut self.input)? else { return Ok(None) };
        if header.starts_with(MAGIC) {
            (self.width, self.height, self.period) = shape(&header)?;
            let Some(next) = line(&mut self.input)? else { return Ok(None) };
            header = next;
        }
        if !header.starts_with("FRAME") {
            return Err(Y4mError::NotY4m);
        }
        let (width, height) = (self.width as usize, self.height as usize);
        let mut frame = VideoFrame::black(self.width & !1, self.height & !1, at);
        let (even_width, even_height) = (frame.width as usize, frame.height as usize);
        let input = &mut self.input;
        plane(input, (width, height), &mut frame.y, (even_width, even_height))?;
        let from = (width.div_ceil(2), height.div_ceil(2));
        plane(input, from, &mut frame.u, (even_width / 2, even_height / 2))?;
        plane(input, from, &mut frame.v, (even_width / 2, even_height / 2))?;
        Ok(Some(frame))
    }
}

/// Width, height and time between pictures from a header.
fn shape(header: &str) -> Result<(u32, u32, Duration), Y4mError> {
    let mut fields = header.split(' ');
    if fields.next() != Some(MAGIC) {
        return Err(Y4mError::NotY4m);
    }
    let (mut width, mut height, mut fps) = (0, 0, USUAL_FPS);
    for field in fields {
        let Some((kind, value)) = field.split_at_checked(1) else { continue };
        match kind {
            "W" => width = value.parse().map_err(|_| Y4mError::Format)?,
            "H" => height = value.parse().map_err(|_| Y4mError::Format)?,
            "F" => fps = rate(value).ok_or(Y4mError::Format)?,
            "C" if !matches!(value, "420" | "420jpeg" | "420mpeg2" | "420paldv") => {
                return Err(Y4mError::Format);
            }
            _ => {}
        }
    }
    let fits = |side| (2..=LARGEST_SIDE).contains(&side);
    if !fits(width) || !fits(height) {
        return Err(Y4mError::Format);
    }
    Ok((width, height, Duration::from_secs_f64(1.0 / fps)))
}

/// Pictures a second from `30000:1001`; a screen's, which come when something changes, are `0:1`.
fn rate(value: &str) -> Option<f64> {
    let (num, den) = value.split_once(':')?;
    if (num, den) == ("0", "1") {
        return Some(USUAL_FPS);
    }
    let fps = f64::from(num.parse::<u32>().ok()?) / f64::from(den.parse::<u32>().ok()?);
    (1.0..=240.0).contains(&fps).then_some(fps)
}

/// The text up to the next line feed; `None` at the end.
fn line(input: &mut impl Read) -> Result<Option<String>, Y4mError> {
    let mut text = Vec::new();
    let mut byte = [0];
    loop {
        if input.read(&mut byte)? == 0 {
            return if text.is_empty() { Ok(None) } else { Err(Y4mError::NotY4m) };
        }
        if byte[0] == b'\n' {
            return String::from_utf8(text).map(Some).map_err(|_| Y4mError::NotY4m);
        }
        if text.len() == LONGEST_LINE {
            return Err(Y4mError::NotY4m);
        }
        text.push(byte[0]);
    }
}

/// Reads a plane and keeps the part that fits into an even size.
fn plane(
    input: &mut impl Read,
    (width, height): (usize, usize),
    into: &mut [u8],
    (keep_width, keep_height): (usize, usize),
) -> io::Result<()> {
    if (width, height) == (keep_width, keep_height) {
        return input.read_exact(into);
    }
    let mut row = vec![0; width];
    for y in 0..height {
        input.read_exact(&mut row)?;
        if y < keep_height {
            into[y * keep_width..][..keep_width].copy_from_slice(&row[..keep_width]);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_stream_without_a_rate_may_go_on_in_another_size() {
        let mut stream = b"YUV4MPEG2 C420 W4 H2 Ip F0:1\nFRAME\n".to_vec();
        stream.extend([7; 12]);
        stream.extend(b"YUV4MPEG2 C420 W2 H2 Ip F0:1\nFRAME\n");
        stream.extend([9; 6]);
        let mut reader = Y4mReader::new(&stream[..]).expect("a header");
        let mut size = || {
            let frame = reader.next(Instant::now()).expect("reads");
            frame.map(|frame| (frame.width, frame.height, frame.y[0]))
        };
        assert_eq!([size(), size(), size()], [Some((4, 2, 7)), Some((2, 2, 9)), None]);
    }

    #[test]
    fn pictures_are_read_until_the_end() {
        let mut stream = b"YUV4MPEG2 W5 H3 F25:1 Ip A1:1 C420mpeg2 XYSCSS=420MPEG2\n".to_vec();
        for luma in [10, 20] {
            stream.extend(b"FRAME\n");
            stream.extend([luma; 15]);
            stream.extend([luma + 1; 6]);
            stream.extend([luma + 2; 6]);
        }
        let mut reader = Y4mReader::new(&stream[..]).expect("reads");
        assert_eq!(reader.period, Duration::from_millis(40));
        let at = Instant::now();
        for luma in [10, 20] {
            let frame = reader.next(at).expect("reads").expect("a picture");
            assert_eq!((frame.width, frame.height), (4, 2));
            assert_eq!(
                (frame.y, frame.u, frame.v),
                (vec![luma; 8], vec![luma + 1; 2], vec![luma + 2; 2])
            );
        }
        assert!(reader.next(at).expect("the end").is_none());
    }

    #[test]
    fn other_formats_are_refused() {
        for header in [
            "RIFF",
            "YUV4MPEG2\n",
            "YUV4MPEG2 W8 H8 C444\n",
            "YUV4MPEG2 W99999 H8\n",
            "YUV4MPEG2 W8 H8 F0:0\n",
            "YUV4MPEG2 W8 H8 F1\n",
            "YUV4MPEG2 W8 H8 C420p10\n",
        ] {
            assert!(Y4mReader::new(header.as_bytes()).is_err(), "{header}");
        }
    }

    proptest! {
        #[test]
        fn nonsense_is_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let stream = [b"YUV4MPEG2 W4 H4 ".to_vec(), bytes].concat();
            if let Ok(mut reader) = Y4mReader::new(&stream[..]) {
                for _ in 0..10 {
                    if !matches!(reader.next(Instant::now()), Ok(Some(_))) {
                        break;
                    }
                }
            }
        }
    }
}
