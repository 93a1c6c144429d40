//! Where the open film comes from, as far as it matters later: how far it is read ahead, and what is said when
//! no more of it comes.

use std::ffi::CStr;

use cinemasync_core::film::FilmSource;

/// Where a film comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// A disk of this computer.
    File,
    /// A server.
    Address,
    /// Others who have it.
    Stream,
}

impl Origin {
    pub(super) fn of(source: &FilmSource) -> Self {
        match source {
            FilmSource::File(_) => Self::File,
            FilmSource::Address(_) => Self::Address,
            FilmSource::Stream(_) => Self::Stream,
        }
    }

    /// Values of `demuxer-max-bytes` and `demuxer-max-back-bytes`. What comes from others lies on the disk, too,
    /// and needs less: 32 MiB are five seconds at 50 Mbit/s.
    pub(super) fn read_ahead(self) -> [&'static CStr; 2] {
        match self {
            Self::File | Self::Address => [c"96MiB", c"32MiB"],
            Self::Stream => [c"32MiB", c"16MiB"],
        }
    }

    /// What is said if it cannot be opened; `None`: libmpv's own words.
    pub(super) fn unreachable(self) -> Option<&'static str> {
        match self {
            Self::File => None,
            Self::Address => Some(
                "The film at this address cannot be opened. Check the address and the connection to the internet, \
                 or choose another film.",
            ),
            Self::Stream => Some(
                "The film that comes from others cannot be opened. Try again, or choose a copy of your own.",
            ),
        }
    }

    /// What is said if opening took too long.
    pub(super) fn silence(self) -> &'static str {
        match self {
            Self::File => {
                "The film could not be opened in time. The disk does not answer or the file is damaged; try again \
                 or choose another file."
            }
            Self::Address => {
                "The film could not be opened in time because its server does not answer or is too slow. Try \
                 again, or choose another address."
            }
            Self::Stream => {
                "The film that comes from others could not be opened in time: it may be damaged. Try again, or \
                 choose a copy of your own."
            }
        }
    }

    /// What is said if it ends too early; `None`: it is as long as it is.
    pub(super) fn cut_off(self) -> Option<&'static str> {
        match self {
            Self::File => None,
            Self::Address => Some(
                "The film breaks off here: its server does not answer any more, or has not all of it. Open it \
                 again, or choose another address.",
            ),
            Self::Stream => Some(
                "The film breaks off here: no more of it can be read. Open it again, or choose a copy of your own.",
            ),
        }
    }
}
