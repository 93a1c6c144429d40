//! What is remembered of films beyond an evening: where the room stopped, and how another cut of a film
//! lies to it. Kept by the front end; nobody else is told.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::film::{FilmId, FilmInfo, MAX_FILM_SECS};

/// Films and cuts that are remembered; the one that was longest untouched goes.
const MOST: usize = 300;
/// A film that stopped this early begins at its beginning, in seconds.
const BARELY_BEGUN_SECS: f64 = 60.0;
/// One that stopped this near its end was watched, in seconds.
const NEARLY_OVER_SECS: f64 = 120.0;

/// The memory.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct FilmMemory {
    places: VecDeque<Place>,
    cuts: VecDeque<Cut>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Place {
    film: FilmId,
    position_secs: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Cut {
    shown: FilmId,
    mine: FilmId,
    shift_secs: f64,
}

impl FilmMemory {
    /// What was kept, without what cannot be.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        let sane = |seconds: f64| seconds.abs() <= MAX_FILM_SECS;
        self.places.retain(|place| sane(place.position_secs));
        self.cuts.retain(|cut| sane(cut.shift_secs));
        self.places.truncate(MOST);
        self.cuts.truncate(MOST);
        self
    }

    /// Where to go on with a film, in seconds; `None`: at its beginning.
    pub fn place(&self, film: &FilmId) -> Option<f64> {
        self.places.iter().find(|place| place.film == *film).map(|place| place.position_secs)
    }

    /// The room is here in the film, in seconds. True if that changed anything.
    pub(crate) fn stopped(&mut self, film: &FilmInfo, position_secs: f64) -> bool {
        let before = self.place(&film.id);
        let end = film.duration_secs - NEARLY_OVER_SECS;
        let begun = position_secs > BARELY_BEGUN_SECS;
        let over = film.duration_secs > 0.0 && position_secs >= end;
        let after = (begun && !over).then_some(position_secs);
        if before == after {
            return false;
        }
        self.places.retain(|place| place.film != film.id);
        let film = film.id.clone();
        self.places.extend(after.map(|position_secs| Place { film, position_secs }));
        if self.places.len() > MOST {
            self.places.pop_front();
        }
        true
    }

    /// The time of one's own cut minus that of the one shown, in seconds.
    pub fn shift(&self, shown: &FilmId, mine: &FilmId) -> f64 {
        let pair = |cut: &&Cut| cut.shown == *shown && cut.mine == *mine;
        self.cuts.iter().find(pair).map_or(0.0, |cut| cut.shift_secs)
    }

    /// One's own cut lies like this to the one shown.
    pub(crate) fn shifted(&mut self, shown: &FilmId, mine: &FilmId, shift_secs: f64) {
        self.cuts.retain(|cut| cut.shown != *shown || cut.mine != *mine);
        self.cuts.push_back(Cut { shown: shown.clone(), mine: mine.clone(), shift_secs });
        if self.cuts.len() > MOST {
            self.cuts.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn film(id: &str) -> FilmInfo {
        let id = FilmId(id.to_owned());
        FilmInfo { name: "a.mkv".to_owned(), bytes: 1, duration_secs: 3_600.0, id, address: None }
    }

    #[test]
    fn a_film_goes_on_where_it_stopped_unless_barely_begun_or_nearly_over() {
        let mut memory = FilmMemory::default();
        assert!(!memory.stopped(&film("a"), 10.0));
        assert!(memory.stopped(&film("a"), 900.0));
        assert!(!memory.stopped(&film("a"), 900.0));
        assert_eq!(memory.place(&film("a").id), Some(900.0));
        assert!(memory.stopped(&film("a"), 3_550.0));
        assert_eq!(memory.place(&film("a").id), None);
    }

    #[test]
    fn it_forgets_what_was_longest_untouched() {
        let mut memory = FilmMemory::default();
        for number in 0..MOST + 5 {
            memory.stopped(&film(&number.to_string()), 900.0);
            memory.stopped(&film("0"), 900.0 + number as f64);
            memory.shifted(&film("a").id, &film(&number.to_string()).id, 1.0);
        }
        assert_eq!((memory.places.len(), memory.cuts.len()), (MOST, MOST));
        assert!(memory.place(&film("0").id).is_some() && memory.place(&film("1").id).is_none());
    }

    #[test]
    fn it_survives_the_disk_and_what_was_written_into_it() {
        let mut memory = FilmMemory::default();
        memory.stopped(&film("a"), 900.0);
        memory.shifted(&film("a").id, &film("b").id, -4.25);
        let text = serde_json::to_string(&memory).unwrap();
        let read: FilmMemory = serde_json::from_str(&text).unwrap();
        assert_eq!(read.bounded(), memory);
        let odd = r#"{"places":[{"film":"x","position_secs":1e300}],"more":1}"#;
        let read: FilmMemory = serde_json::from_str(odd).unwrap();
        assert_eq!(read.bounded(), FilmMemory::default());
    }
}
