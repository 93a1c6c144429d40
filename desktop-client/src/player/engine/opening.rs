//! How each source of a film is opened: under which name and with which of libmpv's demuxers. Owns the
//! checks before libmpv sees it.

use std::ffi::{CStr, CString};
use std::path::Path;

use cinemasync_core::film::{FilmAddress, FilmAddressError, FilmSource};
use cinemasync_core::sentence::{self, Sentence};

use crate::player::fingerprint::{FilmError, check};
use crate::player::handle::c_text;
use crate::player::shelf::Shelf;
use crate::player::streams::{FilmStream, FilmStreams};

/// What libmpv is told to open.
pub(super) struct Opening {
    /// Its `loadfile` name.
    pub(super) name: CString,
    /// The only demuxer that may read it.
    pub(super) demuxer: &'static CStr,
}

impl Opening {
    /// The error is a sentence.
    pub(super) fn of(
        source: &FilmSource,
        streams: Option<&dyn FilmStreams>,
        shelf: &Shelf,
    ) -> Result<Self, Sentence> {
        match source {
            FilmSource::File(path) => Self::of_file(path),
            FilmSource::Address(address) => Self::of_address(address),
            FilmSource::Stream(film) => {
                let stream = streams.and_then(|streams| streams.open(film));
                Ok(Self::of_stream(stream.ok_or_else(sentence::film_not_streamed)?, shelf))
            }
        }
    }

    fn of_file(path: &Path) -> Result<Self, Sentence> {
        check(path).map_err(|error| error.sentence())?;
        let container = Container::of(path).map_err(|error| error.sentence())?;
        // Absolute, so that no file name is read as an address, an option or "-".
        let absolute =
            std::path::absolute(path).map_err(|error| FilmError::Unreadable(error).sentence())?;
        let name = c_text(absolute.as_os_str().as_encoded_bytes())
            .ok_or_else(sentence::film_name_unusable)?;
        Ok(Self { name, demuxer: container.demuxer() })
    }

    fn of_address(address: &str) -> Result<Self, Sentence> {
        let address = FilmAddress::parse(address).map_err(FilmAddressError::sentence)?;
        let name = c_text(address.as_str()).expect("visible ASCII only");
        // What lies there is not known before it is opened. libavformat's readers, Matroska's among them,
        // follow no references.
        Ok(Self { name, demuxer: Container::Other.demuxer() })
    }

    fn of_stream(stream: Box<dyn FilmStream>, shelf: &Shelf) -> Self {
        let mut head = [0; EBML.len()];
        // What is not known yet is left to libavformat, as with addresses.
        let matroska = stream.head(&mut head) && head == EBML;
        let container = if matroska { Container::Matroska } else { Container::Other };
        Self { name: shelf.lay(stream), demuxer: container.demuxer() }
    }
}

/// The EBML header that each Matroska file begins with.
const EBML: [u8; 4] = [0x1a, 0x45, 0xdf, 0xa3];

/// Which of libmpv's demuxers may read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Container {
    /// Matroska and WebM: libmpv's own reader, with its references to other files off.
    Matroska,
    /// The rest: libavformat, with a list of formats that hold everything themselves.
    Other,
}

impl Container {
    fn of(path: &Path) -> Result<Self, FilmError> {
        use std::io::Read;
        let mut head = Vec::with_capacity(EBML.len());
        std::fs::File::open(path)?.take(EBML.len() as u64).read_to_end(&mut head)?;
        Ok(if head == EBML { Self::Matroska } else { Self::Other })
    }

    fn demuxer(self) -> &'static CStr {
        match self {
            Self::Matroska => c"mkv",
            Self::Other => c"lavf",
        }
    }
}
