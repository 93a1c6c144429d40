//! What the rooms should be, as plainly as it can be said: one list of people in the order they came.

use std::collections::BTreeSet;
use std::time::Duration;

use cinemasync_protocol::{ErrorCode, ParticipantId, RoomCode};

use crate::{MAX_PARTICIPANTS, MAX_ROOMS, WINDOW};

/// A place in a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) room: RoomCode,
    pub(crate) id: ParticipantId,
    pub(crate) name: String,
    /// Lower ones came earlier.
    pub(crate) arrival: usize,
    /// Until when it is kept, if its connection is broken.
    pub(crate) away: Option<Duration>,
    pub(crate) sharing: bool,
}

/// What a person still has in the hand: the place it last got, and in which life of the server.
#[derive(Debug, Clone)]
pub(crate) struct Ticket {
    pub(crate) place: Place,
    pub(crate) life: usize,
}

#[derive(Debug, Default)]
pub(crate) struct Model {
    /// Time since the server's start.
    pub(crate) elapsed: Duration,
    pub(crate) life: usize,
    arrivals: usize,
    places: Vec<Place>,
    locked: BTreeSet<RoomCode>,
    removed: BTreeSet<(RoomCode, ParticipantId)>,
}

impl Model {
    pub(crate) fn rooms(&self) -> BTreeSet<RoomCode> {
        self.places.iter().map(|place| place.room).collect()
    }

    pub(crate) fn is_locked(&self, room: RoomCode) -> bool {
        self.locked.contains(&room)
    }

    /// The people of a room, the host first.
    pub(crate) fn people(&self, room: RoomCode) -> Vec<&Place> {
        let mut people: Vec<&Place> =
            self.places.iter().filter(|place| place.room == room).collect();
        people.sort_by_key(|place| place.arrival);
        people
    }

    pub(crate) fn host(&self, room: RoomCode) -> Option<&ParticipantId> {
        self.people(room).first().map(|place| &place.id)
    }

    pub(crate) fn place(&mut self, room: RoomCode, id: &ParticipantId) -> Option<&mut Place> {
        self.places.iter_mut().find(|place| place.room == room && place.id == *id)
    }

    pub(crate) fn may_create(&self) -> Result<(), ErrorCode> {
        if self.rooms().len() < MAX_ROOMS { Ok(()) } else { Err(ErrorCode::ServerFull) }
    }

    /// Whose place somebody of this name takes who joins a full room.
    fn again(&self, room: RoomCode, name: &str) -> Option<ParticipantId> {
        let people = self.people(room);
        let away = people.iter().find(|place| place.name == name && place.away.is_some());
        away.filter(|_| people.len() >= MAX_PARTICIPANTS).map(|place| place.id.clone())
    }

    pub(crate) fn may_join(&self, room: RoomCode, name: &str) -> Result<(), ErrorCode> {
        match self.people(room).len() {
            0 => Err(ErrorCode::RoomNotFound),
            _ if self.is_locked(room) => Err(ErrorCode::RoomLocked),
            MAX_PARTICIPANTS.. if self.again(room, name).is_none() => Err(ErrorCode::RoomFull),
            _ => Ok(()),
        }
    }

    pub(crate) fn may_resume(&mut self, ticket: &Ticket) -> Result<(), ErrorCode> {
        let (room, id) = (ticket.place.room, &ticket.place.id);
        let people = self.people(room).len();
        if self.place(room, id).is_some() {
            return Ok(());
        }
        if self.removed.contains(&(room, id.clone())) {
            return Err(ErrorCode::Removed);
        }
        if ticket.life == self.life || self.elapsed >= WINDOW {
            return Err(ErrorCode::ResumeExpired);
        }
        match people {
            0 => self.may_create(),
            MAX_PARTICIPANTS.. => Err(ErrorCode::RoomFull),
            _ => Ok(()),
        }
    }

    /// Somebody new is in; its ticket.
    pub(crate) fn seat(&mut self, room: RoomCode, id: ParticipantId, name: &str) -> Ticket {
        if let Some(again) = self.again(room, name) {
            self.unseat(room, &again);
        }
        let name = name.to_owned();
        self.arrivals += 1;
        let arrival = self.arrivals;
        self.seat_again(Place { room, id, name, arrival, away: None, sharing: false })
    }

    /// Somebody is back, whether the place was kept or not.
    pub(crate) fn seat_again(&mut self, place: Place) -> Ticket {
        let kept = self.place(place.room, &place.id).cloned();
        self.places.retain(|other| other.id != place.id);
        let place = Place { away: None, sharing: kept.is_some_and(|kept| kept.sharing), ..place };
        self.places.push(place.clone());
        Ticket { place, life: self.life }
    }

    pub(crate) fn lock(&mut self, room: RoomCode, locked: bool) {
        if locked {
            self.locked.insert(room);
        } else {
            self.locked.remove(&room);
        }
    }

    pub(crate) fn unseat(&mut self, room: RoomCode, id: &ParticipantId) {
        self.places.retain(|place| place.room != room || place.id != *id);
        self.forget_the_empty();
    }

    pub(crate) fn send_away(&mut self, room: RoomCode, id: &ParticipantId) {
        self.removed.insert((room, id.clone()));
        self.unseat(room, id);
    }

    /// Time has passed: places whose time is over are gone.
    pub(crate) fn expire(&mut self) {
        let elapsed = self.elapsed;
        self.places.retain(|place| place.away.is_none_or(|until| elapsed < until));
        self.forget_the_empty();
    }

    /// The server starts anew and knows nobody.
    pub(crate) fn restart(&mut self) {
        *self = Self { life: self.life + 1, arrivals: self.arrivals, ..Self::default() };
    }

    fn forget_the_empty(&mut self) {
        let rooms = self.rooms();
        self.locked.retain(|room| rooms.contains(room));
        self.removed.retain(|(room, _)| rooms.contains(room));
    }
}
