//! Where the open film comes from, as far as it matters later: how far it is read ahead, and what is said when
//! no more of it comes.

use std::ffi::CStr;

use cinemasync_core::film::FilmSource;
use cinemasync_core::sentence::{self, Sentence};

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
    pub(super) fn unreachable(self) -> Option<Sentence> {
        match self {
            Self::File => None,
            Self::Address => Some(sentence::film_unreachable()),
            Self::Stream => Some(sentence::film_stream_unreachable()),
        }
    }

    /// What is said if opening took too long.
    pub(super) fn silence(self) -> Sentence {
        match self {
            Self::File => sentence::film_late_from_disk(),
            Self::Address => sentence::film_late_from_server(),
            Self::Stream => sentence::film_late_from_others(),
        }
    }

    /// What is said if it ends too early; `None`: it is as long as it is.
    pub(super) fn cut_off(self) -> Option<Sentence> {
        match self {
            Self::File => None,
            Self::Address => Some(sentence::film_cut_off()),
            Self::Stream => Some(sentence::film_stream_cut_off()),
        }
    }
}
