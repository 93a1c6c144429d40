//! What is large: the film or somebody's screen. What came last is, until a person chooses; but
//! nobody's screen takes the place of a film that plays. A layout that is pinned goes before all that, as
//! long as there is something for it. Pure.

use cinemasync_core::interface::Snapshot;
use cinemasync_protocol::ParticipantId;

/// How the room is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ui) enum Layout {
    /// The faces are large.
    Talk,
    /// The film is large, faces stand beside it.
    Watch,
    /// Somebody's screen is large, faces stand beside it.
    Share,
    /// Nothing but the film or the screen.
    Theatre,
}

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
    pinned: Option<Layout>,
    /// Is nothing but that to be seen, whatever is pinned?
    alone: bool,
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

    /// A person wants this to be large. What is pinned is that from now on; faces were large until now.
    pub(in crate::ui::room) fn choose(&mut self, view: View) {
        if self.there.contains(&view) {
            self.pinned = match self.pinned {
                None | Some(Layout::Talk) => None,
                Some(Layout::Theatre) => Some(Layout::Theatre),
                Some(Layout::Watch | Layout::Share) => Some(layout_of(Some(&view))),
            };
            self.large = Some(view);
        }
    }

    /// Keeps this layout, or follows what happens again.
    pub(in crate::ui::room) fn pin(&mut self, layout: Option<Layout>) {
        self.pinned = layout;
    }

    /// The layout that is kept.
    pub(in crate::ui::room) fn pinned(&self) -> Option<Layout> {
        self.pinned
    }

    /// Is nothing but the film or the screen to be seen now?
    pub(in crate::ui::room) fn set_alone(&mut self, alone: bool) {
        self.alone = alone;
    }

    /// Is there a film or a screen at all?
    pub(in crate::ui::room) fn is_there(&self) -> bool {
        self.large.is_some()
    }

    /// What is large; `None` while that are the faces.
    pub(in crate::ui::room) fn large(&self) -> Option<&View> {
        let is_film = |view: &&View| **view == View::Film;
        let found = match self.pinned {
            Some(Layout::Talk) if !self.alone => return None,
            Some(Layout::Watch) => self.there.iter().find(is_film),
            // The one that was large before goes before one that came later.
            Some(Layout::Share) => {
                let screen = self.large.as_ref().filter(|view| !is_film(view));
                screen.or(self.there.iter().rfind(|view| !is_film(view)))
            }
            Some(Layout::Talk | Layout::Theatre) | None => None,
        };
        found.or(self.large.as_ref())
    }

    /// What stands small beside faces that a person wants large.
    pub(in crate::ui::room) fn beside(&self) -> Option<&View> {
        self.large.as_ref().filter(|_| self.large().is_none())
    }

    /// The layout as it is now.
    pub(in crate::ui::room) fn layout(&self) -> Layout {
        if self.alone { Layout::Theatre } else { layout_of(self.large()) }
    }

    /// What is to be pinned next by the key that goes through the layouts: what happens by itself is
    /// followed in its turn.
    pub(in crate::ui::room) fn next(&self) -> Option<Layout> {
        let all = [
            (Layout::Talk, true),
            (Layout::Watch, self.there.contains(&View::Film)),
            (Layout::Share, self.has_screens()),
        ];
        let there: Vec<Layout> =
            all.into_iter().filter(|(_, there)| *there).map(|(layout, _)| layout).collect();
        let now = there.iter().position(|layout| *layout == layout_of(self.large()))?;
        let next = there[(now + 1) % there.len()];
        (next != layout_of(self.large.as_ref())).then_some(next)
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

fn layout_of(large: Option<&View>) -> Layout {
    match large {
        None => Layout::Talk,
        Some(View::Film) => Layout::Watch,
        Some(View::Screen(_)) => Layout::Share,
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

    #[test]
    fn a_pinned_layout_stays_as_long_as_there_is_something_for_it() {
        let mut stage = OnStage::default();
        stage.update(&room(Some(true), [false, false]));
        stage.pin(Some(Layout::Share));
        assert_eq!(stage.large(), Some(&View::Film), "nobody shares");
        stage.update(&room(Some(true), [true, false]));
        assert_eq!((stage.large(), stage.layout()), (Some(&ana()), Layout::Share));
        stage.pin(Some(Layout::Talk));
        assert_eq!((stage.large(), stage.beside()), (None, Some(&View::Film)));
        stage.set_alone(true);
        assert_eq!((stage.large(), stage.layout()), (Some(&View::Film), Layout::Theatre));
        stage.set_alone(false);
        stage.pin(Some(Layout::Watch));
        stage.update(&room(Some(false), [true, true]));
        assert_eq!(stage.large(), Some(&View::Film), "no screen takes its place");
        stage.update(&room(None, [true, true]));
        assert_eq!(stage.large(), Some(&ben()));
        stage.update(&room(Some(false), [true, true]));
        assert_eq!(stage.large(), Some(&View::Film), "it is pinned still");
    }

    #[test]
    fn what_a_person_chooses_goes_before_what_is_pinned() {
        let mut stage = OnStage::default();
        stage.update(&room(Some(true), [true, true]));
        stage.pin(Some(Layout::Watch));
        stage.choose(ana());
        assert_eq!((stage.large(), stage.pinned()), (Some(&ana()), Some(Layout::Share)));
        stage.pin(Some(Layout::Talk));
        stage.choose(View::Film);
        assert_eq!((stage.large(), stage.pinned()), (Some(&View::Film), None));
    }

    #[test]
    fn one_key_goes_through_the_layouts_and_back_to_what_happens() {
        let through = |snapshot: &Snapshot| -> Vec<Option<Layout>> {
            let mut stage = OnStage::default();
            stage.update(snapshot);
            let next = |_| {
                stage.pin(stage.next());
                stage.pinned()
            };
            (0..4).map(next).collect()
        };
        let (talk, share) = (Some(Layout::Talk), Some(Layout::Share));
        assert_eq!(through(&room(None, [false, false])), [None; 4]);
        assert_eq!(through(&room(Some(true), [false, false])), [talk, None, talk, None]);
        assert_eq!(through(&room(Some(true), [true, false])), [share, talk, None, share]);
    }
}
