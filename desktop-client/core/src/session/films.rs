//! The films that are here, and looking at one before anybody is told of it.

use std::collections::BTreeMap;

use super::{Now, Output, SessionCore};
use crate::film::{FilmAddress, FilmId, FilmInfo, FilmSource};
use crate::sentence::Sentence;

/// The films that are here: whoever opened or attached one need not do so again in this session.
#[derive(Debug, Default)]
pub(super) struct Films {
    pub(super) sources: BTreeMap<FilmId, FilmSource>,
    /// Those being looked at, with what they are for.
    inspecting: BTreeMap<FilmSource, FilmUse>,
}

/// What a film was picked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FilmUse {
    /// To show it to the room.
    Open,
    /// To be one's own copy of what the room shows.
    Attach,
    /// The same, although it is another cut.
    AttachOtherCut,
    /// To be shown later.
    Queue,
}

impl SessionCore {
    /// Only what a person here typed is opened before anybody is asked.
    pub(super) fn open_address(&mut self, address: &str) {
        match FilmAddress::parse(address) {
            Ok(address) => {
                self.inspect(FilmSource::Address(address.as_str().to_owned()), FilmUse::Open);
            }
            Err(error) => self.fail_named("film_address", error.sentence(), false),
        }
    }

    pub(super) fn inspect(&mut self, source: FilmSource, purpose: FilmUse) {
        self.films.inspecting.insert(source.clone(), purpose);
        self.outputs.push_back(Output::InspectFilm(source));
    }

    pub(super) fn film_inspected(
        &mut self,
        source: FilmSource,
        result: Result<FilmInfo, Sentence>,
        now: Now,
    ) {
        let Some(purpose) = self.films.inspecting.remove(&source) else { return };
        let info = match result {
            Ok(info) => info,
            Err(text) => return self.fail_named("film", text, false),
        };
        self.films.sources.insert(info.id.clone(), source);
        self.in_room(
            |stay, io| match purpose {
                FilmUse::Open => stay.open_film(info, io),
                FilmUse::Attach => stay.attach_film(&info, io),
                FilmUse::AttachOtherCut => stay.attach_other_cut(info, io),
                FilmUse::Queue => stay.queue_film(info, io),
            },
            now,
        );
    }
}
