//! A film that only some have: who gets it from whom. How it comes is the streams' business.

use cinemasync_protocol::ParticipantId;

use super::control::send;
use super::{Io, Output, Stay};
use crate::control::ControlMessage;
use crate::film::{FilmId, FilmInfo, FilmSource};
use crate::film_blocks::block_count;
use crate::interface::{Event, FilmCopy, Level, StreamOffer, StreamView};
use crate::link::LinkConfig;
use crate::playback_sync::PlaybackInput;
use crate::sentence;
use crate::session::roster::Member;
use crate::streaming::{StreamCommand, StreamEvent, StreamFigures, StreamMode};

/// Sources that are asked at once: each costs connections, and two add up to what one line carries.
const MOST_SOURCES: usize = 3;

/// A film that somebody gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::session) struct Offer {
    pub(in crate::session) film: FilmId,
    /// All of it, and not only what has come there.
    pub(in crate::session) whole: bool,
}

/// What comes here, and what is given.
#[derive(Debug, Default)]
pub(super) struct Streaming {
    /// The film that comes.
    fetched: Option<FilmId>,
    /// It can be played.
    ready: bool,
    /// The film that is given to others.
    offered: Option<FilmId>,
    sources: Vec<ParticipantId>,
    /// Whose word counts, and its hash of the whole film as told to the streams.
    voucher: Option<(ParticipantId, Option<String>)>,
    /// What the others were told that one gives.
    told: Option<Offer>,
    figures: StreamFigures,
    /// The person said to let this film come.
    wanted: Option<FilmId>,
    keeping: bool,
}

impl Stay {
    /// The person here lets the film come that the room shows.
    pub(super) fn stream_film(&mut self, io: &mut Io<'_>) {
        let film = self.playback.state().film.as_ref();
        self.streaming.wanted = film.map(|film| film.id.clone());
        // Perhaps after all.
        self.unplayable = None;
        self.settle_streams(io);
    }

    /// Saves the film that has come.
    pub(super) fn keep_film(&mut self, path: std::path::PathBuf, io: &mut Io<'_>) {
        if self.streaming.fetched.is_none() {
            return io.failed("no_stream", sentence::no_stream());
        }
        self.streaming.keeping = true;
        io.push(Output::Stream(StreamCommand::Keep(path)));
    }

    /// Brings what comes and what is given in line with what the room shows and who has it.
    pub(super) fn settle_streams(&mut self, io: &mut Io<'_>) {
        let film = self.playback.state().film.clone();
        let shown = film.as_ref().map(|film| &film.id);
        let over = |streamed: &Option<FilmId>| streamed.is_some() && streamed.as_ref() != shown;
        if over(&self.streaming.fetched) || over(&self.streaming.offered) {
            let wanted = self.streaming.wanted.take().filter(|wanted| Some(wanted) == shown);
            self.streaming = Streaming { wanted, ..Streaming::default() };
            io.push(Output::Stream(StreamCommand::Stop));
        }
        let Some(film) = film.filter(|film| film.address.is_none()) else { return };
        self.offer_own(&film, io);
        self.fetch_theirs(&film, io);
        self.tell_offer(io);
    }

    /// Tells the others what one gives, if that changed.
    fn tell_offer(&mut self, io: &mut Io<'_>) {
        let offer = self.own_offer();
        if offer != self.streaming.told {
            self.streaming.told = offer.clone();
            if let Some(Offer { film, whole }) = offer {
                self.broadcast(&ControlMessage::Offers { film, whole }, io);
            }
        }
    }

    pub(super) fn introduce_offer(&self, to: &ParticipantId, io: &mut Io<'_>) {
        if let Some(Offer { film, whole }) = self.streaming.told.clone() {
            send(to, &ControlMessage::Offers { film, whole }, io);
        }
    }

    fn own_offer(&self) -> Option<Offer> {
        let Streaming { offered, fetched, ready, figures, .. } = &self.streaming;
        let all_came = figures.bytes_total > 0 && figures.bytes_have == figures.bytes_total;
        let own = offered.clone().map(|film| Offer { film, whole: true });
        own.or_else(|| {
            fetched.clone().filter(|_| *ready).map(|film| Offer { film, whole: all_came })
        })
    }

    /// One's own file may be given to those in this room for as long as the room watches it.
    fn offer_own(&mut self, film: &FilmInfo, io: &mut Io<'_>) {
        let own = self.playback.copy() == FilmCopy::Local && self.other_cut.is_none();
        if !own || self.streaming.offered.is_some() {
            return;
        }
        if let Some(FilmSource::File(path)) = io.films.get(&film.id) {
            self.streaming.offered = Some(film.id.clone());
            // What came until now stays where it is: one has a file of one's own.
            self.streaming.fetched = None;
            self.streaming.sources.clear();
            let (film, path) = (film.clone(), path.clone());
            io.push(Output::Stream(StreamCommand::Offer { film, path }));
        }
    }

    fn fetch_theirs(&mut self, film: &FilmInfo, io: &mut Io<'_>) {
        if self.streaming.fetched.is_none() && self.may_fetch(film, io) {
            self.streaming.fetched = Some(film.id.clone());
            io.push(Output::Stream(StreamCommand::Fetch(film.clone())));
        }
        if self.streaming.fetched.is_none() {
            return;
        }
        let sources = self.possible_sources(&film.id);
        let gone: Vec<_> =
            self.streaming.sources.iter().filter(|id| !sources.contains(id)).cloned().collect();
        for id in gone {
            self.streaming.sources.retain(|source| *source != id);
            io.push(Output::Stream(StreamCommand::RemoveSource(id)));
        }
        for id in sources {
            if self.streaming.sources.len() < MOST_SOURCES && !self.streaming.sources.contains(&id)
            {
                self.streaming.sources.push(id.clone());
                io.push(Output::Stream(StreamCommand::AddSource(id, self.bulk_config(io))));
            }
        }
        self.choose_voucher(film, io);
    }

    /// The film is not here, somebody has it, and it is to come.
    fn may_fetch(&self, film: &FilmInfo, io: &Io<'_>) -> bool {
        let asked = match io.stream_mode {
            StreamMode::Auto => true,
            StreamMode::Ask => self.streaming.wanted.as_ref() == Some(&film.id),
            StreamMode::Never => false,
        };
        asked && self.can_fetch(film, io)
    }

    fn can_fetch(&self, film: &FilmInfo, io: &Io<'_>) -> bool {
        self.playback.copy() == FilmCopy::None
            && self.unplayable.as_ref() != Some(&film.id)
            && film.address.is_none()
            && block_count(film.bytes).is_some()
            && !io.films.contains_key(&film.id)
            && self.roster.others().any(|(_, member)| gives(member, &film.id) == Some(true))
    }

    /// Those with the whole film first, then those to whom it comes as well.
    fn possible_sources(&self, film: &FilmId) -> Vec<ParticipantId> {
        let those = |whole: bool| {
            self.roster.others().filter(move |(_, member)| gives(member, film) == Some(whole))
        };
        those(true).chain(those(false)).map(|(id, _)| id.clone()).collect()
    }

    /// Whoever opened the film, or else the first one who has all of it.
    fn choose_voucher(&mut self, film: &FilmInfo, io: &mut Io<'_>) {
        let opener = self.playback.state().opened_by.as_ref();
        let whole: Vec<_> = self
            .roster
            .others()
            .filter(|(_, member)| gives(member, &film.id) == Some(true))
            .collect();
        let before = self.streaming.voucher.as_ref().map(|(id, _)| id);
        let of = |wanted: Option<&ParticipantId>| {
            whole.iter().find(|(id, _)| Some(*id) == wanted).copied()
        };
        // Without anybody who has all of it, the word of one of the others is better than no film.
        let gone = before.is_none_or(|id| self.roster.get(id).is_none());
        let partly = || {
            let sources = self.streaming.sources.iter().filter(|_| gone);
            sources.filter_map(|id| Some((id, self.roster.get(id)?))).next()
        };
        let found = of(opener).or_else(|| of(before)).or(whole.first().copied()).or_else(partly);
        let Some((id, member)) = found else { return };
        let hash = member.film_hash.as_ref().filter(|hash| hash.film == film.id);
        let voucher = (id.clone(), hash.map(|hash| hash.hash.clone()));
        if self.streaming.voucher.as_ref() != Some(&voucher) {
            self.streaming.voucher = Some(voucher.clone());
            io.push(Output::Stream(StreamCommand::Vouches(voucher.0, voucher.1)));
        }
    }

    fn bulk_config(&self, io: &Io<'_>) -> LinkConfig {
        LinkConfig {
            opens_channels: true,
            ice_servers: self.ice_servers.clone(),
            route: io.route,
            identity: self.invite.identity.clone(),
        }
    }

    /// The streams report.
    pub(in crate::session) fn stream_event(&mut self, event: StreamEvent, io: &mut Io<'_>) {
        match event {
            StreamEvent::Ready(film) if self.streaming.fetched.as_ref() == Some(&film) => {
                self.streaming.ready = true;
                if self.playback.copy() == FilmCopy::None {
                    let source = FilmSource::Stream(film);
                    self.playback(PlaybackInput::Attached { source, shift_secs: 0.0 }, io);
                }
            }
            StreamEvent::Failed(film, text) if self.streaming.fetched.as_ref() == Some(&film) => {
                self.unplayable = Some(film);
                self.streaming.fetched = None;
                io.failed("stream", text.into());
            }
            StreamEvent::Ready(_) | StreamEvent::Failed(..) => {}
            StreamEvent::Signal { to, taker, text } => {
                send(&to, &ControlMessage::Bulk { taker, text }, io);
            }
            StreamEvent::Figures(figures) => self.streaming.figures = figures,
            StreamEvent::Warning(text) => io.notice(Level::Warning, text.into()),
            StreamEvent::Kept(result) => {
                self.streaming.keeping = false;
                match result {
                    Ok(path) => {
                        let name = path.file_name().unwrap_or_default().to_string_lossy();
                        io.notice(Level::Info, sentence::film_saved(&*name));
                        io.event(Event::FilmKept(path.clone()));
                    }
                    Err(text) => io.failed("keep", text.into()),
                }
            }
        }
    }

    /// The other end of a bundle of lanes says something.
    pub(super) fn bulk_signal(
        &mut self,
        from: &ParticipantId,
        taker: bool,
        text: String,
        io: &mut Io<'_>,
    ) {
        let gives = self.streaming.offered.is_some() || self.streaming.fetched.is_some();
        let expected = if taker { gives } else { self.streaming.sources.contains(from) };
        if expected {
            let (from, config) = (from.clone(), self.bulk_config(io));
            io.push(Output::Stream(StreamCommand::Signal { from, taker, text, config }));
        }
    }

    /// Nothing goes to somebody who is gone, and nothing comes from there.
    pub(super) fn stream_gone(&mut self, id: &ParticipantId, io: &mut Io<'_>) {
        self.streaming.sources.retain(|source| source != id);
        io.push(Output::Stream(StreamCommand::Gone(id.clone())));
    }

    /// How the film comes, for the snapshot.
    pub(in crate::session) fn stream_view(&self) -> Option<StreamView> {
        let film = self.playback.state().film.as_ref()?;
        let comes = self.streaming.fetched.as_ref() == Some(&film.id);
        let given = self.streaming.offered.as_ref() == Some(&film.id);
        (comes || given).then_some(StreamView {
            figures: self.streaming.figures,
            comes,
            needs_bytes_per_second: needs(film),
            keeping: self.streaming.keeping,
        })
    }

    /// The film is not here, and somebody gives it.
    pub(in crate::session) fn stream_offer(&self) -> Option<StreamOffer> {
        let film = self.playback.state().film.as_ref()?;
        if self.playback.copy() != FilmCopy::None
            || film.address.is_some()
            || self.streaming.fetched.is_some()
        {
            return None;
        }
        block_count(film.bytes)?;
        let (_, member) =
            self.roster.others().find(|(_, member)| gives(member, &film.id) == Some(true))?;
        Some(StreamOffer { from: member.name.clone(), needs_bytes_per_second: needs(film) })
    }
}

/// Does somebody give this film, and all of it?
fn gives(member: &Member, film: &FilmId) -> Option<bool> {
    let offer = member.offer.as_ref().filter(|_| member.link.control_open)?;
    (offer.film == *film).then_some(offer.whole)
}

/// What a film takes on the average, in bytes a second; `None` if its duration is not known.
fn needs(film: &FilmInfo) -> Option<f64> {
    (film.duration_secs > 0.0).then(|| film.bytes as f64 / film.duration_secs)
}
