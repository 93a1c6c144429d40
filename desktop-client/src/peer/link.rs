//! The task of one link: builds the connection, carries out commands in order, tells events, and
//! cleans up whatever way it ends.
//!
//! The exchange of descriptions is `negotiate`'s part.

mod negotiate;

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use cinemasync_core::link::{LinkCommand, LinkConfig, LinkEvent, LinkState, Path};
use cinemasync_core::track::Track;
use cinemasync_protocol::ParticipantId;
use futures_util::FutureExt;
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, timeout};
use webrtc::media_stream::track_remote::TrackRemote;
use webrtc::peer_connection::{
    PeerConnection, RTCIceCandidateType, RTCPeerConnectionState, RTCStatsReport,
    RTCStatsReportEntry, StatsSelector,
};

use self::negotiate::Negotiation;
use super::channels::Channels;
use super::engine;
use super::feedback::FeedbackReader;
use super::figures::Figures;
use super::handler::{Fact, Facts};
use super::inbound::{OnPacket, Reader, classify};
use super::outbound::{Gate, LocalTrack, LocalTracks, Queues, pump_audio, pump_video};
use super::runtime::{LinkRuntime, WrapSocket};

/// The path and the round trip are looked at so often.
const REFRESH: Duration = Duration::from_secs(1);
/// Closing tells the other side and frees relays; it is not waited for longer.
const CLOSE_WAIT: Duration = Duration::from_millis(300);
/// The last event of a link waits so long for a session that hangs.
const LAST_EVENT_WAIT: Duration = Duration::from_secs(5);

/// Why a link is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// Its handle was dropped: nobody wants to know.
    Dropped,
    /// A queue was full.
    Overflow,
    /// The crate's driver stopped, or the connection could not be made.
    Stopped,
}

/// Lets anybody end the link, from anywhere, without waiting. The first reason counts.
#[derive(Debug, Clone)]
pub(super) struct Endings(watch::Sender<Option<Ending>>);

impl Default for Endings {
    fn default() -> Self {
        Self(watch::Sender::new(None))
    }
}

impl Endings {
    pub(super) fn end(&self, ending: Ending) {
        self.0.send_if_modified(|current| {
            // A dropped handle overrules: then nothing is told any more.
            let news = current.is_none() || ending == Ending::Dropped;
            if news {
                *current = Some(ending);
            }
            news
        });
    }

    pub(super) async fn wait(&self) -> Ending {
        let mut endings = self.0.subscribe();
        let ending = *endings.wait_for(Option::is_some).await.expect("we hold a sender");
        ending.expect("waited for")
    }
}

/// What a link is made of.
pub(super) struct Parts {
    pub(super) id: ParticipantId,
    pub(super) config: LinkConfig,
    pub(super) events: mpsc::Sender<(ParticipantId, LinkEvent)>,
    pub(super) on_packet: OnPacket,
    pub(super) gate: Arc<Gate>,
    pub(super) facts: Facts,
    pub(super) figures: Arc<Figures>,
    pub(super) wrap: Option<WrapSocket>,
}

/// What comes in.
pub(super) struct Inputs {
    pub(super) commands: mpsc::Receiver<LinkCommand>,
    pub(super) control: mpsc::Receiver<String>,
    pub(super) clock: mpsc::Receiver<Bytes>,
    pub(super) facts: mpsc::Receiver<Fact>,
    pub(super) media: Queues,
}

/// The link task's state.
pub(super) struct Link {
    parts: Parts,
    runtime: Arc<LinkRuntime>,
    tracks: LocalTracks,
    /// Their tracks that are read now; each is notified when a keyframe is wanted.
    readers: Arc<Mutex<BTreeMap<Track, Arc<Notify>>>>,
    channels: Arc<Channels>,
    tasks: JoinSet<()>,
    connection: Option<Arc<dyn PeerConnection>>,
    negotiation: Negotiation,
    state: LinkState,
    was_connected: bool,
    path: Option<Path>,
    /// The candidate pair in use, as the crate names it.
    pair: Option<String>,
    fingerprints: Option<(String, String)>,
}

impl Link {
    pub(super) fn new(mut parts: Parts) -> Self {
        let traffic = Arc::clone(&parts.figures.traffic);
        let runtime = LinkRuntime::new(traffic, parts.wrap.take(), parts.facts.on_relay_lost());
        let channels = Channels::new(parts.id.clone(), parts.events.clone());
        Self {
            parts,
            runtime,
            tracks: LocalTracks::default(),
            readers: Arc::default(),
            channels,
            tasks: JoinSet::new(),
            connection: None,
            negotiation: Negotiation::default(),
            state: LinkState::Connecting,
            was_connected: false,
            path: None,
            pair: None,
            fingerprints: None,
        }
    }

    /// Runs the link to its end, and ends all that belongs to it.
    pub(super) async fn supervise(mut self, inputs: Inputs, endings: Endings) {
        let ending = {
            // The crate parses what strangers send: its panic is one link's end, not the program's.
            let run = AssertUnwindSafe(self.run(inputs)).catch_unwind();
            tokio::select! {
                biased;
                ending = endings.wait() => ending,
                ran = run => ran.unwrap_or(Ending::Stopped),
            }
        };
        tracing::debug!(peer = %self.parts.id, ?ending, "link is over");
        self.parts.gate.close();
        self.tasks.shutdown().await;
        if let Some(connection) = self.connection.take()
            && !matches!(timeout(CLOSE_WAIT, connection.close()).await, Ok(Ok(())))
        {
            tracing::debug!(peer = %self.parts.id, "the connection did not close in time");
        }
        self.runtime.end();
        if ending != Ending::Dropped && self.state != LinkState::Closed {
            // A session that has gone or hangs is not waited for.
            let last = self.tell(LinkEvent::State(LinkState::Closed));
            tokio::select! {
                _ = timeout(LAST_EVENT_WAIT, last) => {}
                () = dropped(&endings) => {}
            }
        }
    }

    async fn tell(&self, event: LinkEvent) {
        // An error means that the session is gone; our handle is about to be dropped too.
        let _ = self.parts.events.send((self.parts.id.clone(), event)).await;
    }

    async fn run(&mut self, inputs: Inputs) -> Ending {
        let Inputs { mut commands, control, clock, mut facts, media } = inputs;
        let connection = match self.build().await {
            Ok(connection) => connection,
            Err(error) => {
                let text = format!("The connection could not be set up: {error}");
                self.tell(LinkEvent::NegotiationFailed(text)).await;
                return Ending::Stopped;
            }
        };
        self.tasks.spawn(pump_audio(media.audio, Arc::clone(&self.tracks)));
        self.tasks.spawn(pump_video(media.video, Arc::clone(&self.tracks)));
        self.tasks.spawn(Arc::clone(&self.channels).write_control(control));
        self.tasks.spawn(Arc::clone(&self.channels).write_clock(clock));
        let runtime = Arc::clone(&self.runtime);
        self.tell_if_negotiation_needed().await;
        let mut refresh = interval(REFRESH);
        refresh.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                // Facts first: the answer to a command may depend on what happened before it.
                biased;
                () = runtime.driver_ended() => return Ending::Stopped,
                Some(fact) = facts.recv() => self.handle_fact(&connection, fact).await,
                command = commands.recv() => match command {
                    Some(command) => self.carry_out(connection.as_ref(), command).await,
                    None => return Ending::Dropped,
                },
                _ = refresh.tick() => self.refresh(connection.as_ref()).await,
            }
            while self.tasks.try_join_next().is_some() {}
        }
    }

    async fn build(&mut self) -> webrtc::error::Result<Arc<dyn PeerConnection>> {
        let feedback = self.parts.figures.feedback.clone();
        let reader = FeedbackReader::new(feedback.clone(), self.parts.facts.on_keyframe_wanted());
        let handler = Arc::new(self.parts.facts.clone());
        let runtime = Arc::clone(&self.runtime);
        let (uplink, on_estimate) = (&self.parts.figures.uplink, self.parts.facts.on_estimate());
        let connection =
            engine::connect(&self.parts.config, runtime, handler, reader, uplink, on_estimate)
                .await?;
        self.connection = Some(Arc::clone(&connection));
        // All exist from the start and in this order, whatever is sent: an offer is complete, and
        // an answer reuses them.
        for kind in Track::ALL {
            let track = LocalTrack::add(connection.as_ref(), kind).await?;
            feedback.watch(track.ssrc);
            self.lock_tracks().insert(kind, Arc::new(track));
        }
        if self.parts.config.opens_channels {
            for channel in Channels::open(connection.as_ref()).await? {
                self.tasks.spawn(Arc::clone(&self.channels).read(channel));
            }
        }
        Ok(connection)
    }

    fn lock_tracks(&self) -> std::sync::MutexGuard<'_, BTreeMap<Track, Arc<LocalTrack>>> {
        self.tracks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn carry_out(&mut self, connection: &dyn PeerConnection, command: LinkCommand) {
        match command {
            LinkCommand::MakeOffer { ice_restart } => {
                self.make_offer(connection, ice_restart).await;
            }
            LinkCommand::Accept { description, rollback } => {
                self.accept(connection, description, rollback).await;
            }
            LinkCommand::AddCandidate(candidate) => {
                self.add_candidate(connection, candidate).await;
            }
            LinkCommand::RequestKeyframe(track) => {
                let readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(reader) = readers.get(&track) {
                    reader.notify_one();
                }
            }
            LinkCommand::IceServers(ice_servers) => {
                self.parts.config.ice_servers = ice_servers;
                let configuration =
                    engine::configuration(&self.parts.config, self.runtime.tunnels());
                if let Err(error) = connection.set_configuration(configuration).await {
                    tracing::warn!(%error, peer = %self.parts.id, "the relays from before stay in use");
                }
            }
            LinkCommand::Control(_) | LinkCommand::Clock(_) | LinkCommand::SendRung { .. } => {
                unreachable!("the handle carries them out itself")
            }
        }
    }

    async fn handle_fact(&mut self, connection: &Arc<dyn PeerConnection>, fact: Fact) {
        match fact {
            Fact::NegotiationNeeded => self.tell_if_negotiation_needed().await,
            Fact::LocalCandidate(candidate) => {
                let candidate =
                    self.negotiation.local_candidate(candidate, self.parts.config.route);
                self.tell(LinkEvent::LocalCandidate(Some(candidate))).await;
            }
            Fact::GatheringComplete => self.tell(LinkEvent::LocalCandidate(None)).await,
            Fact::State(state) => self.state_changed(connection.as_ref(), state).await,
            Fact::Channel(channel) => {
                self.tasks.spawn(Arc::clone(&self.channels).read(channel));
            }
            Fact::Track(remote) => self.read_track(remote).await,
            Fact::KeyframeAsked(ssrc) => {
                let asked =
                    self.lock_tracks().iter().find(|(_, t)| t.ssrc == ssrc).map(|(kind, _)| *kind);
                if let Some(track) = asked.filter(|track| track.is_video()) {
                    self.tell(LinkEvent::KeyframeWanted(track)).await;
                }
            }
            Fact::RelayLost if self.path == Some(Path::Relay) => {
                self.tell(LinkEvent::RouteLost).await;
            }
            // Another way is in use.
            Fact::RelayLost => {}
            Fact::Estimate(bps) => self.tell(LinkEvent::Estimate(bps)).await,
            Fact::PicturesDropped(track) => {
                tracing::debug!(peer = %self.parts.id, track = track.as_str(), "pictures dropped: the link is too slow");
                self.tell(LinkEvent::KeyframeWanted(track)).await;
            }
        }
    }

    async fn read_track(&mut self, remote: Arc<dyn TrackRemote>) {
        let (stream, kind) = (remote.stream_id().await, remote.kind().await);
        let keyframe = Arc::new(Notify::new());
        let tracks: Vec<_> =
            self.lock_tracks().iter().map(|(kind, t)| (*kind, t.clone())).collect();
        let mut shares = None;
        for (kind, local) in tracks {
            if local.receives(&remote).await {
                shares = Some(kind);
            }
        }
        let track = {
            let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
            let taken: Vec<Track> = readers.keys().copied().collect();
            let track = classify(&stream, kind, shares, &taken);
            if let Some(track) = track {
                readers.insert(track, Arc::clone(&keyframe));
            }
            track
        };
        let Some(track) = track else {
            tracing::warn!(peer = %self.parts.id, "ignoring a track: there is no place for another of its kind");
            return;
        };
        tracing::debug!(peer = %self.parts.id, track = track.as_str(), "remote track");
        let reader = Reader {
            from: self.parts.id.clone(),
            track,
            remote,
            on_packet: Arc::clone(&self.parts.on_packet),
            round_trip: Arc::clone(&self.parts.figures.round_trip),
            keyframe,
        };
        let readers = Arc::clone(&self.readers);
        self.tasks.spawn(async move {
            reader.run().await;
            readers.lock().unwrap_or_else(PoisonError::into_inner).remove(&track);
        });
    }

    async fn state_changed(
        &mut self,
        connection: &dyn PeerConnection,
        state: RTCPeerConnectionState,
    ) {
        let state = match state {
            RTCPeerConnectionState::Connected => LinkState::Connected,
            RTCPeerConnectionState::Disconnected => LinkState::Reconnecting,
            RTCPeerConnectionState::Failed => LinkState::Failed,
            RTCPeerConnectionState::Closed => LinkState::Closed,
            _ if self.was_connected => LinkState::Reconnecting,
            _ => LinkState::Connecting,
        };
        if state == self.state {
            return;
        }
        self.state = state;
        let again = self.was_connected;
        match state {
            LinkState::Connected => {
                self.was_connected = true;
                self.parts.gate.open();
            }
            LinkState::Failed | LinkState::Closed => self.parts.gate.close(),
            LinkState::Connecting | LinkState::Reconnecting => {}
        }
        self.tell(LinkEvent::State(state)).await;
        if state == LinkState::Connected {
            self.refresh(connection).await;
            let pictures: Vec<_> = self
                .lock_tracks()
                .iter()
                .filter(|(kind, _)| kind.is_video())
                .map(|(kind, track)| (*kind, Arc::clone(track)))
                .collect();
            for (kind, track) in pictures {
                if !again && let Err(error) = track.announce().await {
                    tracing::debug!(%error, peer = %self.parts.id, "a track could not be announced");
                }
                // They can decode nothing before one, and asking for it would take a round trip.
                self.tell(LinkEvent::KeyframeWanted(kind)).await;
            }
        }
    }

    /// Looks at the path in use, its round trip and, once, the certificates.
    async fn refresh(&mut self, connection: &dyn PeerConnection) {
        if self.state != LinkState::Connected {
            return;
        }
        let report = connection.get_stats(Instant::now(), StatsSelector::None).await;
        let figures = &self.parts.figures;
        if let Some(rtt) = pair_round_trip(&report).or_else(|| figures.feedback.rtt()) {
            figures.round_trip.set(rtt);
            figures.uplink.set_rtt(rtt);
        }
        if let Some(pair) = report.transport().map(|it| it.selected_candidate_pair_id.clone())
            && self.pair.replace(pair.clone()).is_some_and(|before| before != pair)
        {
            figures.uplink.route_changed();
        }
        if let Some(path) = selected_path(&report)
            && self.path.replace(path) != Some(path)
        {
            self.tell(LinkEvent::Path(path)).await;
        }
        if let Some((local, remote)) = fingerprints(&report)
            && self.fingerprints.replace((local.clone(), remote.clone())).is_none()
        {
            self.tell(LinkEvent::Fingerprints { local, remote }).await;
        }
    }
}

/// Returns once the handle is dropped.
async fn dropped(endings: &Endings) {
    let mut endings = endings.0.subscribe();
    let dropped = |ending: &Option<Ending>| *ending == Some(Ending::Dropped);
    if endings.wait_for(dropped).await.is_err() {
        std::future::pending::<()>().await;
    }
}

fn entry<'a>(report: &'a RTCStatsReport, id: &str) -> Option<&'a RTCStatsReportEntry> {
    report.iter().find(|entry| entry.id() == id)
}

fn pair_round_trip(report: &RTCStatsReport) -> Option<Duration> {
    let pair = &report.transport()?.selected_candidate_pair_id;
    let Some(RTCStatsReportEntry::IceCandidatePair(pair)) = entry(report, pair) else {
        return None;
    };
    let seconds = pair.current_round_trip_time;
    (seconds > 0.0).then(|| Duration::try_from_secs_f64(seconds).ok()).flatten()
}

fn selected_path(report: &RTCStatsReport) -> Option<Path> {
    let pair = &report.transport()?.selected_candidate_pair_id;
    let Some(RTCStatsReportEntry::IceCandidatePair(pair)) = entry(report, pair) else {
        return None;
    };
    let local = report.iter().find_map(|entry| match entry {
        // The report gives a candidate a longer id than the pair does.
        RTCStatsReportEntry::LocalCandidate(local)
            if local.stats.id.ends_with(&pair.local_candidate_id) =>
        {
            Some(local.candidate_type)
        }
        _ => None,
    });
    match local {
        Some(RTCIceCandidateType::Host) => Some(Path::Host),
        Some(RTCIceCandidateType::Srflx) => Some(Path::Srflx),
        Some(RTCIceCandidateType::Relay) => Some(Path::Relay),
        // Learnt from the other side only: not among those gathered.
        _ => Some(Path::Prflx),
    }
}

/// Ours and theirs, as the handshake verified them.
fn fingerprints(report: &RTCStatsReport) -> Option<(String, String)> {
    let transport = report.transport()?;
    let fingerprint = |id: &str| match entry(report, id) {
        Some(RTCStatsReportEntry::Certificate(certificate)) => {
            Some(certificate.fingerprint.to_ascii_uppercase())
        }
        _ => None,
    };
    Some((
        fingerprint(&transport.local_certificate_id)?,
        fingerprint(&transport.remote_certificate_id)?,
    ))
}
