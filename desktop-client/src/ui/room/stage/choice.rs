//! What is large: the film or somebody's screen. What came last is, until a person chooses; but
//! nobody's screen takes the place of a film that plays. Pure.

use cinemasync_core::interface::Snapshot;
use cinemasync_protocol::ParticipantId;

/// Something that can be large.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::ui::room) enum View {
    /// The room's film.
    Film,
    /// What somebody shares.
    Screen(ParticipantId),
}

/// What can be large, and what is.
#[derive(Debug, Default)]
pub(in crate::ui::room) struct OnStage {
    /// In the order in which it came.
    there: Vec<View>,
    large: Option<View>,
}

impl OnStage {
    /// Takes in what is there now.
    pub(in crate::ui::room) fn update(&mut self, snapshot: &Snapshot) {
        let playback = &snapshot.playback;
        let film = playback.film.as_ref().map(|_| View::Film);
        let sharers = snapshot.participants.iter().filter(|person| person.screen);
        let now: Vec<View> =
            film.into_iter().chain(sharers.map(|person| View::Screen(person.id.clone()))).collect();
        self.there.retain(|view| now.contains(view));
        for view in now {
            if self.there.contains(&view) {
                continue;
            }
            let disturbs = self.large == Some(View::Film) && playback.playing;
            if !disturbs {
                self.large = Some(view.clone());
            }
            self.there.push(view);
        }
        if self.large.as_ref().is_none_or(|large| !self.there.contains(large)) {
            self.large = self.there.last().cloned();
        }
    }

    /// A person wants this to be large.
    pub(in crate::ui::room) fn choose(&mut self, view: View) {
        if self.there.contains(&view) {
            self.large = Some(view);
        }
    }

    /// What is large; `None` while there is nothing but faces.
    pub(in crate::ui::room) fn large(&self) -> Option<&View> {
        self.large.as_ref()
    }

    /// What can be large: the film first, then screens in the order in which they came.
    pub(in crate::ui::room) fn there(&self) -> Vec<View> {
        let is_film = |view: &&View| **view == View::Film;
        let film = self.there.iter().filter(is_film);
        film.chain(self.there.iter().filter(|view| !is_film(view))).cloned().collect()
    }

    /// Does anybody share a screen?
    pub(in crate::ui::room) fn has_screens(&self) -> bool {
        self.there.iter().any(|view| matches!(view, View::Screen(_)))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::app::demo::Demo;

    fn ana() -> View {
        View::Screen(ParticipantId::new("p-ana"))
    }

    fn ben() -> View {
        View::Screen(ParticipantId::new("p-ben"))
    }

    /// A room with a film or without, in which Ana and Ben share or do not.
    fn room(film: Option<bool>, sharing: [bool; 2]) -> Snapshot {
        let mut snapshot = Demo::at(30.0, Instant::now()).snapshot().clone();
        match film {
            None => snapshot.playback.film = None,
            Some(playing) => snapshot.playback.playing = playing,
        }
        for (person, sharing) in snapshot.participants.iter_mut().zip(sharing) {
            person.screen = sharing;
        }
        snapshot
    }

    #[test]
    fn what_came_last_is_large() {
        let mut stage = OnStage::default();
        stage.update(&room(None, [false, false]));
        assert_eq!(stage.large(), None);
        for (now, expected) in [
            (room(None, [true, false]), Some(ana())),
            (room(None, [true, true]), Some(ben())),
            (room(Some(false), [true, true]), Some(View::Film)),
            (room(None, [true, true]), Some(ben())),
            (room(None, [true, false]), Some(ana())),
            (room(None, [false, false]), None),
        ] {
            stage.update(&now);
            assert_eq!(stage.large(), expected.as_ref());
        }
    }

    #[test]
    fn a_film_that_plays_is_not_disturbed_and_one_that_stands_is() {
        let mut stage = OnStage::default();
        stage.update(&room(Some(true), [false, false]));
        stage.update(&room(Some(true), [true, false]));
        assert_eq!(stage.large(), Some(&View::Film));
        stage.update(&room(Some(false), [true, true]));
        assert_eq!(stage.large(), Some(&ben()));
    }

    #[test]
    fn what_a_person_chose_stays_until_something_comes_or_it_goes() {
        let mut stage = OnStage::default();
        stage.update(&room(Some(true), [true, true]));
        stage.choose(ana());
        stage.update(&room(Some(true), [true, true]));
        assert_eq!(stage.large(), Some(&ana()));
        assert_eq!(stage.there(), [View::Film, ana(), ben()]);
        stage.update(&room(Some(true), [false, true]));
        assert_eq!(stage.large(), Some(&ben()), "what came last takes its place");
        stage.choose(ana());
        assert_eq!(stage.large(), Some(&ben()), "what is gone cannot be chosen");
    }
}
