//! A scripted evening for `--demo`, tests and screenshots: three people, later eight, their faces, their chat
//! and a film, all made here from the time alone. No network, device or file. Leaves the window
//! to [`app`](super).

mod acts;
mod cast;
mod face;
mod film;
mod screen;
mod script;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cinemasync_core::frame::{FrameSlot, VideoFrame};
use cinemasync_core::interface::{
    Cause, ChatLine, Event, FilmCopy, MAX_CHAT_LINES, Notice, ParticipantView, PlaybackStage,
    PlaybackView, Snapshot, Stage, Via, WaitReason, WaitingView,
};
use cinemasync_core::screen::ScreenSource;
use cinemasync_core::subtitles::SubtitleOffer;
use cinemasync_protocol::{ParticipantId, RoomCode};

use crate::ui::{FilmPicture, Frames};
use acts::Undo;
use cast::{film_at_address, film_by, lobby, next_film, other_cut, person, set_playing};
use face::{Face, Pose};
pub use film::DemoFilm;
use screen::Sketch;
use script::{Happening, SCRIPT};

/// Time between two pictures of the script.
pub const PICTURE_INTERVAL: Duration = Duration::from_millis(100);
/// The code of the room in the script.
const CODE: [u8; RoomCode::LEN] = [9, 29, 14, 11, 26, 21, 17, 1];
/// When the script begins, in Unix milliseconds: an evening, 21:44.
const EVENING_UNIX_MS: u64 = 1_700_257_440_000;
/// Where in the film the evening is.
const FILM_AT_SECS: f64 = 2892.0;
/// The size of the shared screens.
const SCREEN: (u32, u32) = (1920, 1080);
/// The film's length.
const FILM_SECS: f64 = 7060.0;

/// The evening, played by being told the time.
#[derive(Debug)]
pub struct Demo {
    snapshot: Snapshot,
    frames: Frames,
    next: usize,
    round: u64,
    seconds: f64,
    painted: Option<u64>,
    /// Faces drawn before, by person and pose: drawing takes time, copying none.
    drawn: BTreeMap<(u8, Pose), VideoFrame>,
    /// Screens drawn before, by what is on them and how far it is scrolled.
    screens: BTreeMap<(Sketch, u64), Arc<VideoFrame>>,
    lines: u64,
    /// What can be taken back.
    undo: Option<Undo>,
    origin: Instant,
}

/// The others of the script.
const ANA: &str = "p-ana";
const BEN: &str = "p-ben";
const DANA: &str = "p-dana";
const EMIL: &str = "p-emil";
const FARAH: &str = "p-farah";
const GIULIA: &str = "p-giulia";
const HUGO: &str = "p-hugo";
/// Those of them whose faces are seen, and the number by which they speak.
const FACES: [(u8, &str, Face); 5] = [
    (0, ANA, Face::ANA),
    (1, BEN, Face::BEN),
    (3, DANA, Face::DANA),
    (4, EMIL, Face::EMIL),
    (5, HUGO, Face::HUGO),
];
/// Oneself in the script.
const SELF: &str = "p-cyd";

impl Demo {
    /// Begins in the lobby. Pictures are stamped with times after `origin`.
    pub fn new(origin: Instant) -> Self {
        let mut frames = Frames::default();
        for (_, id, _) in FACES {
            frames.cameras.insert(ParticipantId::new(id), FrameSlot::default());
        }
        Self {
            snapshot: lobby(),
            frames,
            next: 0,
            round: 0,
            seconds: 0.0,
            painted: None,
            drawn: BTreeMap::new(),
            screens: BTreeMap::new(),
            lines: 0,
            undo: None,
            origin,
        }
    }

    /// The evening at a moment: every happening up to `seconds` in the room has taken place.
    /// For tests and screenshots.
    pub fn at(seconds: f64, origin: Instant) -> Self {
        let mut demo = Self::new(origin);
        drop(demo.advance(seconds, origin));
        demo
    }

    /// Moves on to `seconds` since the start; returns what happened. Time never runs backwards.
    pub fn advance(&mut self, seconds: f64, now: Instant) -> Vec<Event> {
        let elapsed = (seconds - self.seconds).max(0.0);
        self.seconds = seconds;
        let mut events = Vec::new();
        let mut into = seconds - self.round as f64 * script::LENGTH_SECS;
        while into >= script::LENGTH_SECS {
            into -= script::LENGTH_SECS;
            self.round += 1;
            self.next = 0;
            self.snapshot = Snapshot { me: self.snapshot.me.clone(), ..lobby() };
            events.push(Event::Left);
        }
        while let Some((at, happening)) = SCRIPT.get(self.next)
            && *at <= into
        {
            self.next += 1;
            self.happen(happening, *at, &mut events);
        }
        if self.undo.as_ref().is_none_or(|undo| undo.until <= seconds) {
            (self.undo, self.snapshot.playback.undo) = (None, None);
        }
        self.play(elapsed);
        self.speak(into);
        self.paint(seconds, now);
        events
    }

    /// What is, now.
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// The pictures of this moment, with the film's if a film is shown.
    pub fn frames(&self, film: FilmPicture) -> Frames {
        let shown = self.snapshot.playback.film.is_some();
        Frames { film: shown.then_some(film), ..self.frames.clone() }
    }

    /// Where the film is, in seconds.
    pub fn film_seconds(&self) -> f64 {
        self.snapshot.playback.position_secs
    }

    /// A film is on the stage, playing.
    pub fn open_film(&mut self) {
        self.snapshot.playback = film_by("Ana");
        self.snapshot.playback.mine = FilmCopy::Local;
        set_playing(&mut self.snapshot.playback, true);
    }

    fn enter(&mut self) {
        let code = RoomCode::from_random(CODE);
        self.snapshot.stage = Stage::Room {
            code,
            server: "wss://films.example.org".to_owned(),
            max_participants: 8,
            locked: false,
        };
        self.snapshot.signaling_connected = true;
        self.snapshot.me.id = Some(ParticipantId::new(SELF));
    }

    fn happen(&mut self, happening: &Happening, at: f64, events: &mut Vec<Event>) {
        match happening {
            Happening::Entering => self.snapshot.stage = Stage::Entering,
            Happening::Enter => {
                self.enter();
                events.push(Event::Room {
                    code: RoomCode::from_random(CODE),
                    id: ParticipantId::new(SELF),
                    name: "Cyd".to_owned(),
                    server: "wss://films.example.org".to_owned(),
                    participants: Vec::new(),
                });
            }
            Happening::Comes(id, name) => {
                self.snapshot.participants.push(person(id, name));
                self.tell(&format!("{name} came in"), at);
            }
            Happening::Link(id, state) => {
                if let Some(person) = self.person(id) {
                    person.state = *state;
                }
            }
            Happening::Film => self.snapshot.playback = film_by("Ana"),
            Happening::Copy => {
                let playback = &mut self.snapshot.playback;
                (playback.mine, playback.state) = (FilmCopy::Local, PlaybackStage::Loading);
                (playback.refused_cut, playback.address_asked) = (None, None);
            }
            Happening::Play => set_playing(&mut self.snapshot.playback, true),
            Happening::Pause => {
                let since = self.round as f64 * script::LENGTH_SECS + at;
                self.undoable("Ana", Cause::Pause, since, |playback| set_playing(playback, false));
            }
            Happening::WaitFor(who, why) => self.wait_for(who, *why),
            Happening::Slow(on) => self.snapshot.playback.slowed = *on,
            Happening::ReadyCheck(on) => self.snapshot.rules.ready_check = *on,
            Happening::Queue(films) => {
                let queued = |(number, (name, by)): (u32, &(&str, &str))| {
                    (next_film(number, name), (*by).to_owned())
                };
                self.snapshot.playback.queue = (1..).zip(*films).map(queued).collect();
            }
            Happening::WrongFile => {
                self.snapshot.playback.refused_cut = Some("The Long Way (TV).mkv".into());
            }
            Happening::OtherCut => self.snapshot.playback.other_cut = other_cut(),
            Happening::Proposes(name, audio, subtitle) => {
                self.snapshot.playback.proposal = Some(((*name).to_owned(), *audio, *subtitle));
            }
            Happening::Offers(id, name) => {
                self.snapshot.playback.subtitle_offers.push(SubtitleOffer {
                    from: ParticipantId::new(*id),
                    number: 1,
                    name: (*name).to_owned(),
                    taken: false,
                });
            }
            Happening::Address => self.snapshot.playback = film_at_address(),
            Happening::Says(id, name, text) => {
                self.say((id, name), text, None, at);
                self.tell_others_words(id, events);
            }
            Happening::SaysAt(id, name, text, place) => {
                self.say((id, name), text, Some(*place), at);
                self.tell_others_words(id, events);
            }
            Happening::Tells(text) => self.tell(text, at),
            Happening::Reacts(id, emoji) => events.push(Event::Reaction {
                from: ParticipantId::new(*id),
                emoji: (*emoji).to_owned(),
            }),
            Happening::Notice(level, text) => {
                events.push(Event::Notice(Notice { level: *level, text: (*text).into() }));
            }
            Happening::FilmOff => self.snapshot.playback = PlaybackView::default(),
            Happening::Shares(id, on) => {
                if let Some(person) = self.person(id) {
                    (person.screen, person.screen_audio) = (*on, *on && *id == ANA);
                }
            }
            Happening::YouShare(source) => match source {
                Some(number) => self.share(ScreenSource::Window((*number).to_owned()), true),
                None => self.snapshot.sharing = None,
            },
            Happening::Waves(id, on) => {
                if let Some(person) = self.person(id) {
                    person.hand = *on;
                }
            }
            Happening::CoversCamera(id) => {
                if let Some(person) = self.person(id) {
                    person.camera = false;
                }
            }
            Happening::Server(on) => self.snapshot.signaling_connected = *on,
            Happening::Fails(text) => {
                self.snapshot = Snapshot { me: self.snapshot.me.clone(), ..lobby() };
                events.push(Event::Left);
                events.push(Event::Failed {
                    code: "room_full".to_owned(),
                    text: (*text).to_owned().into(),
                    fatal: true,
                });
            }
            Happening::Mutes(id, on) => {
                if let Some(person) = self.person(id) {
                    person.microphone = !on;
                }
            }
        }
    }

    fn person(&mut self, id: &str) -> Option<&mut ParticipantView> {
        self.snapshot.participants.iter_mut().find(|person| person.id.as_str() == id)
    }

    fn wait_for(&mut self, who: &[(&str, &str, Option<u8>)], why: WaitReason) {
        let playback = &mut self.snapshot.playback;
        if who.is_empty() {
            return set_playing(playback, true);
        }
        let person = |(id, name, percent): &(&str, &str, Option<u8>)| {
            (ParticipantId::new(*id), (*name).to_owned(), *percent)
        };
        playback.state = PlaybackStage::Waiting;
        playback.waiting = Some(WaitingView { who: who.iter().map(person).collect(), why });
    }

    fn say(&mut self, (id, name): (&str, &str), text: &str, film_secs: Option<f64>, at: f64) {
        self.keep(Some(id), name, text, film_secs, at);
    }

    /// What others write is told as it comes.
    fn tell_others_words(&self, id: &str, events: &mut Vec<Event>) {
        let line = self.snapshot.chat.last().filter(|_| id != SELF);
        events.extend(line.cloned().map(Event::Chat));
    }

    fn tell(&mut self, text: &str, at: f64) {
        self.keep(None, "", text, None, at);
    }

    fn keep(
        &mut self,
        from: Option<&str>,
        name: &str,
        text: &str,
        film_secs: Option<f64>,
        at: f64,
    ) {
        self.lines += 1;
        let chat = Arc::make_mut(&mut self.snapshot.chat);
        if chat.len() >= MAX_CHAT_LINES {
            chat.remove(0);
        }
        // The evening passes faster than the script: twenty seconds of it are a minute there.
        let minutes = (at / 20.0) as u64;
        chat.push(ChatLine {
            film_secs,
            from: from.map(ParticipantId::new),
            name: name.to_owned(),
            text: text.to_owned(),
            sentence: None,
            id: self.lines.to_string(),
            via: Via::Peer,
            at_unix_ms: EVENING_UNIX_MS + minutes * 60_000,
        });
    }

    fn play(&mut self, elapsed: f64) {
        let playback = &mut self.snapshot.playback;
        if playback.state == PlaybackStage::Playing {
            playback.position_secs = (playback.position_secs + elapsed).min(FILM_SECS);
            playback.target_secs = playback.position_secs;
        }
    }

    fn speak(&mut self, into: f64) {
        for (number, id, _) in FACES {
            if let Some(person) = self.person(id) {
                person.speaking = script::speaks(u32::from(number), into) && person.microphone;
            }
        }
        self.snapshot.me.speaking = script::speaks(2, into) && self.snapshot.me.microphone;
    }

    /// New pictures of the faces, [`PICTURE_INTERVAL`] apart.
    fn paint(&mut self, seconds: f64, now: Instant) {
        let number = (seconds / PICTURE_INTERVAL.as_secs_f64()) as u64;
        if self.painted == Some(number) {
            return;
        }
        self.painted = Some(number);
        let at = now.max(self.origin);
        if self.snapshot.me.camera {
            let speaking = self.snapshot.me.speaking;
            let picture = drawn(&mut self.drawn, 2, Face::CYD, seconds, speaking, at);
            self.frames.own.put(Arc::new(picture));
        }
        for (number, id, face) in FACES {
            let found = self.snapshot.participants.iter().find(|one| one.id.as_str() == id);
            if let (Some(one), Some(slot)) =
                (found, self.frames.cameras.get(&ParticipantId::new(id)))
            {
                let speaking = one.speaking;
                let picture = drawn(&mut self.drawn, number, face, seconds, speaking, at);
                slot.put(Arc::new(picture));
            }
        }
        self.paint_screens(seconds, at);
    }

    /// The shared screens, as far as they have changed.
    fn paint_screens(&mut self, seconds: f64, at: Instant) {
        let step = Sketch::step(seconds);
        let mut drawn = |sketch: Sketch, slot: &FrameSlot| {
            let picture = self
                .screens
                .entry((sketch, step))
                .or_insert_with(|| Arc::new(sketch.picture(SCREEN.0, SCREEN.1, step, at)));
            if slot.get().is_none_or(|shown| !Arc::ptr_eq(&shown, picture)) {
                slot.put(Arc::clone(picture));
            }
        };
        for (id, sketch) in [(ANA, Sketch::Page), (BEN, Sketch::Editor)] {
            let id = ParticipantId::new(id);
            let people = &self.snapshot.participants;
            if people.iter().any(|person| person.id == id && person.screen) {
                drawn(sketch, self.frames.screens.entry(id).or_default());
            } else {
                self.frames.screens.remove(&id);
            }
        }
        if self.snapshot.sharing.is_some() {
            drawn(Sketch::Page, &self.frames.own_screen);
        }
    }
}

/// A face at a time of the script, drawn now or before.
fn drawn(
    before: &mut BTreeMap<(u8, Pose), VideoFrame>,
    person: u8,
    face: Face,
    seconds: f64,
    speaking: bool,
    at: Instant,
) -> VideoFrame {
    let pose = face.pose(seconds, speaking);
    let picture = before.entry((person, pose)).or_insert_with(|| face.picture(pose, at));
    VideoFrame { at, ..picture.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_evening_goes_from_the_lobby_through_the_film_and_begins_again() {
        let origin = Instant::now();
        let stage = |seconds| Demo::at(seconds, origin).snapshot().clone();
        assert_eq!(stage(0.0).stage, Stage::Lobby);
        for (seconds, others) in [(160.0, 2), (200.0, 7)] {
            let late = stage(seconds);
            assert!(matches!(late.stage, Stage::Room { .. }));
            assert_eq!(late.participants.len(), others);
            assert!(late.playback.film.is_some());
            assert!(!late.chat.is_empty());
        }
        assert_eq!(stage(script::LENGTH_SECS - 1.0).stage, Stage::Lobby, "one more is too many");
        assert_eq!(stage(script::LENGTH_SECS + 0.5).stage, Stage::Lobby);
    }

    #[test]
    fn faces_are_whole_pictures_that_move() {
        let origin = Instant::now();
        let mut demo = Demo::at(1.0, origin);
        let first = demo.frames.own.get().unwrap();
        assert_eq!(first.y.len(), first.width as usize * first.height as usize);
        demo.advance(4.4, origin);
        assert_ne!(demo.frames.own.get().unwrap().y, first.y);
    }

    #[test]
    fn the_script_is_in_order() {
        assert!(SCRIPT.windows(2).all(|two| two[0].0 <= two[1].0));
        assert!(SCRIPT.last().is_some_and(|(at, _)| *at < script::LENGTH_SECS));
    }
}
