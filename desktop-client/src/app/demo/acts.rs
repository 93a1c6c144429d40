//! What the scripted evening does when a person presses something, as far as it needs nobody else.

use std::sync::Arc;

use cinemasync_core::devices::DeviceKind;
use cinemasync_core::film::FilmInfo;
use cinemasync_core::interface::{
    Cause, Command, FilmCopy, PlaybackView, SharingView, Stage, UndoView,
};
use cinemasync_core::player::{FilmTrack, FilmTrackKind};
use cinemasync_core::screen::{Content, ScreenSource, Share};

use super::cast::{film_by, lobby, next_film, other_cut, set_playing};
use super::screen::{draw_thumbnails, listing};
use super::{Demo, SELF};

/// How long something can be taken back, in seconds.
const UNDO_SECS: f64 = 8.0;
/// A frame of the film, in seconds.
const FRAME_SECS: f64 = 1.0 / 24.0;

/// Where the film would be without what was done last.
#[derive(Debug)]
pub(super) struct Undo {
    pub(super) until: f64,
    position_secs: f64,
    playing: bool,
}

impl Demo {
    /// Does what a person asks, as far as it needs nobody else.
    pub fn command(&mut self, command: Command) {
        let playback = &mut self.snapshot.playback;
        match command {
            Command::Camera(on) => self.snapshot.me.camera = on,
            Command::CameraQuality(quality) => self.snapshot.camera_quality = quality,
            Command::Voice(voice) => self.snapshot.voice = voice,
            Command::VoiceVolume { who, volume } => {
                let mut people = self.snapshot.participants.iter_mut();
                if let Some(person) = people.find(|person| person.id == who) {
                    person.volume = volume;
                }
            }
            Command::PushToTalk(on) => self.snapshot.me.push_to_talk = on,
            Command::Talk(held) => self.snapshot.me.audible = held,
            Command::ShareScreen(share) => {
                self.share(share.source, share.sound);
            }
            Command::ListScreens(on) => {
                let screens = if on { listing() } else { Vec::new() };
                draw_thumbnails(&screens, &mut self.frames, self.origin);
                self.snapshot.screens = Arc::new(screens);
            }
            Command::StopSharing => self.snapshot.sharing = None,
            Command::ScreenSettings(settings) => self.snapshot.screen_settings = settings,
            Command::ScreenVolume { who, volume } => {
                let mut people = self.snapshot.participants.iter_mut();
                if let Some(person) = people.find(|person| person.id == who) {
                    person.screen_volume = volume;
                }
            }
            Command::Route(route) => self.snapshot.route = route,
            Command::ChooseDevice { kind, id } => self.choose(kind, id),
            Command::Microphone(on) => self.snapshot.me.microphone = on,
            Command::Chat(text) => self.say((SELF, "Cyd"), &text, None, self.seconds),
            Command::ChatAtFilm(text) => {
                let place = Some(playback.position_secs);
                self.say((SELF, "Cyd"), &text, place, self.seconds);
            }
            Command::Play => set_playing(playback, true),
            Command::Pause => {
                self.undoable("Cyd", Cause::Pause, self.seconds, |playback| {
                    set_playing(playback, false);
                });
            }
            Command::Seek(to) => {
                self.undoable("Cyd", Cause::Seek, self.seconds, |playback| {
                    playback.position_secs = to;
                });
            }
            Command::Step { forward } => {
                playback.position_secs += if forward { FRAME_SECS } else { -FRAME_SECS };
            }
            Command::Rate(rate) => playback.rate = rate,
            Command::SetRules(rules) => self.snapshot.rules = rules,
            Command::Ready(ready) => self.ready(ready),
            Command::Undo => self.undo(),
            Command::AnswerProposal(_) => playback.proposal = None,
            Command::AnswerAddress(open) => {
                playback.address_asked = None;
                if open {
                    playback.mine = FilmCopy::Local;
                    set_playing(playback, false);
                }
            }
            Command::StreamFilm => {
                playback.mine = FilmCopy::Streaming;
                playback.stream_offer = None;
                set_playing(playback, false);
            }
            Command::StreamMode(mode) => self.snapshot.stream_mode = mode,
            Command::AttachOtherCut(_) => {
                playback.mine = FilmCopy::Local;
                playback.refused_cut = None;
                playback.other_cut = other_cut();
                set_playing(playback, false);
            }
            Command::FilmShift(shift_secs) => {
                if let Some(cut) = &mut playback.other_cut {
                    cut.shift_secs = shift_secs;
                }
            }
            Command::QueueFilm(path) => {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                let number = u32::try_from(playback.queue.len()).unwrap_or(0) + 100;
                playback.queue.push((next_film(number, &name), "Cyd".to_owned()));
            }
            Command::MoveInQueue { film, to } => {
                if let Some(from) = playback.queue.iter().position(|(next, _)| next.id == film) {
                    let moved = playback.queue.remove(from);
                    playback.queue.insert(to.min(playback.queue.len()), moved);
                }
            }
            Command::PlayNext => self.play_next(),
            Command::OpenAddress(address) => {
                let film = FilmInfo { address: Some(address), ..next_film(99, "film") };
                *playback =
                    PlaybackView { mine: FilmCopy::Local, film: Some(film), ..film_by("Cyd") };
                set_playing(playback, true);
            }
            Command::SubtitleDelay(seconds) => playback.tuning.subtitle_delay_secs = seconds,
            Command::AudioDelay(seconds) => playback.tuning.audio_delay_secs = seconds,
            Command::SubtitleScale(scale) => {
                playback.tuning.subtitle_scale = scale.clamp(0.25, 4.0);
            }
            Command::AddSubtitle(_) => add_subtitle(playback),
            Command::TakeSubtitle { number, .. } => {
                let mut offers = playback.subtitle_offers.iter_mut();
                if let Some(offer) = offers.find(|offer| offer.number == number) {
                    offer.taken = true;
                    add_subtitle(playback);
                }
            }
            Command::Unqueue(id) => playback.queue.retain(|(film, _)| film.id != id),
            Command::AudioTrack(id) => playback.audio_track = id,
            Command::SubtitleTrack(id) => playback.subtitle_track = id,
            Command::FilmVolume(volume) => playback.volume = volume,
            Command::CloseFilm => *playback = PlaybackView::default(),
            Command::OpenFilm(_) | Command::AttachFilm(_) => self.open_film(),
            Command::Enter(_) => self.enter(),
            Command::Leave => self.snapshot = lobby(),
            Command::LockRoom(lock) => {
                if let Stage::Room { locked, .. } = &mut self.snapshot.stage {
                    *locked = lock;
                }
            }
            Command::Compared(id, equal) => {
                if let Some(person) = self.person(id.as_str()) {
                    person.compared = equal;
                }
            }
            Command::AcceptKey(id) | Command::RefuseKey(id) => {
                if let Some(person) = self.person(id.as_str()) {
                    person.other_key = None;
                }
            }
            Command::RaiseHand(raised) => self.snapshot.me.hand = raised,
            Command::React(_)
            | Command::Shown(_)
            | Command::ListDevices
            | Command::Preview(_)
            | Command::KeepFilm(_)
            | Command::ForgetFilms
            | Command::ReopenFilm
            | Command::RequeueFilm
            | Command::ProposeTracks => {}
        }
    }

    /// Does something that can be taken back for a while, which was done at `since` in seconds.
    pub(super) fn undoable(
        &mut self,
        by: &str,
        cause: Cause,
        since: f64,
        act: impl FnOnce(&mut PlaybackView),
    ) {
        let playback = &mut self.snapshot.playback;
        self.undo = Some(Undo {
            until: since + UNDO_SECS,
            position_secs: playback.position_secs,
            playing: playback.playing,
        });
        act(playback);
        let position_secs = playback.position_secs;
        playback.undo = Some(UndoView { by: by.to_owned(), cause, position_secs });
    }

    fn undo(&mut self) {
        let Some(undo) = self.undo.take() else { return };
        let playback = &mut self.snapshot.playback;
        (playback.position_secs, playback.undo) = (undo.position_secs, None);
        set_playing(playback, undo.playing);
    }

    fn ready(&mut self, ready: bool) {
        let playback = &mut self.snapshot.playback;
        playback.agreed = ready;
        if let Some(waiting) = &mut playback.waiting {
            waiting.who.retain(|(id, ..)| !ready || id.as_str() != SELF);
            if waiting.who.is_empty() {
                set_playing(playback, true);
            }
        }
    }

    fn play_next(&mut self) {
        let queue = std::mem::take(&mut self.snapshot.playback.queue);
        let mut queue = queue.into_iter();
        if let Some((film, by)) = queue.next() {
            let playback = &mut self.snapshot.playback;
            *playback = PlaybackView {
                film: Some(film),
                mine: FilmCopy::Local,
                queue: queue.collect(),
                ..film_by(&by)
            };
            set_playing(playback, true);
        }
    }

    /// Shares what is listed as this.
    pub(super) fn share(&mut self, source: ScreenSource, sound: bool) {
        let shows = listing().into_iter().find(|item| item.source == source);
        let content = Some(Content::Text);
        let share = Share { source, sound };
        self.snapshot.sharing = Some(SharingView { share, shows, content, sound });
    }

    fn choose(&mut self, kind: DeviceKind, id: Option<String>) {
        let devices = &mut self.snapshot.devices;
        let view = match kind {
            DeviceKind::Camera => &mut devices.cameras,
            DeviceKind::Microphone => &mut devices.microphones,
            DeviceKind::Speaker => &mut devices.speakers,
        };
        let first = view.available.first().map(|device| device.id.clone());
        view.in_use = id.clone().or(first);
        view.chosen = id;
    }
}

fn add_subtitle(playback: &mut PlaybackView) {
    let subtitles = |track: &&FilmTrack| track.kind == FilmTrackKind::Subtitle;
    let count = playback.tracks.iter().filter(subtitles).count();
    let id = i64::try_from(count).unwrap_or(0) + 1;
    playback.tracks.push(FilmTrack {
        id,
        kind: FilmTrackKind::Subtitle,
        title: Some("film.de.srt".to_owned()),
        language: None,
        external: true,
        codec: Some("subrip".to_owned()),
        channels: None,
    });
    playback.subtitle_track = id;
}
