//! One connection of a bundle, from its description to its end.
//!
//! Whoever makes it offers; it is described once, with what is known of ways to it by then. A connection that loses
//! its way is given up and made anew rather than mended: it holds nothing worth mending.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use cinemasync_protocol::IceCandidate;
use rtc::data_channel::RTCDataChannelInit;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout, timeout_at};
use webrtc::data_channel::DataChannel;
use webrtc::error::Result;
use webrtc::peer_connection::{
    PeerConnection, RTCIceCandidateInit, RTCPeerConnectionState, RTCSessionDescription,
};

use super::BulkEvent;
use super::carry::{Standing, probe};
use super::pieces::MAX_PIECE_BYTES;
use super::shared::Shared;
use super::signal::{LIGHT, Said, Signal};
use crate::peer::engine::{self, DataBounds};
use crate::peer::handler::{Fact, Facts};
use crate::peer::link::Endings;
use crate::peer::runtime::{LinkRuntime, Traffic};
use crate::peer::sdp;

/// A lane: 256 KiB fill a way of 40 ms at 50 Mbit/s, eight times that. What is sent and not acknowledged is lost
/// with the lane, and keeps what is more urgent now from leaving.
const BOUNDS: DataBounds = DataBounds {
    send_buffer: 128 * 1024,
    receive_window: 256 * 1024,
    message: MAX_PIECE_BYTES as u32,
};

/// A description waits so long for the ways that are found over servers; later ones follow it.
const GATHERING: Duration = Duration::from_millis(100);
/// A connection that does not stand by then is given up.
const OPENING: Duration = Duration::from_secs(15);
/// The account is looked at this often.
const LOOK: Duration = Duration::from_secs(1);
/// Closing tells the other side and frees relays; it is not waited for longer.
const CLOSING: Duration = Duration::from_millis(300);

/// The channel of a lane.
const BULK: &str = "bulk";
/// The channels of the light connection.
const URGENT: &str = "urgent";
const PROBES: &str = "probes";

/// One attempt at a connection.
pub(super) struct Lane {
    pub(super) number: usize,
    pub(super) attempt: u32,
    pub(super) shared: Arc<Shared>,
}

/// What the tasks of a connection hold on to; all of it ends with this.
struct Held {
    runtime: Arc<LinkRuntime>,
    account: Account,
    facts: mpsc::Receiver<Fact>,
    endings: Endings,
    carriers: JoinSet<()>,
    /// Channels that have a carrier.
    carried: Vec<&'static str>,
}

/// What came over the wire, and what of it became messages. The crate bounds what it keeps of messages that are not
/// read, but not a message that never ends: what comes and is neither is kept, or nearly nothing.
struct Account {
    traffic: Arc<Traffic>,
    sent_before: u64,
    received_before: u64,
    /// Bytes of pieces.
    came: Arc<AtomicU64>,
}

/// What may come and be no message: twice 256 messages that are not read, and the heads and checks of hours. A
/// connection over which more came is made anew.
const UNACCOUNTED: u64 = 12 << 20;

impl Account {
    fn of(traffic: &Arc<Traffic>) -> Self {
        Self {
            traffic: Arc::clone(traffic),
            sent_before: traffic.sent.load(Ordering::Relaxed),
            received_before: traffic.received.load(Ordering::Relaxed),
            came: Arc::default(),
        }
    }

    fn is_overdrawn(&self) -> bool {
        let since =
            |count: &AtomicU64, before| count.load(Ordering::Relaxed).saturating_sub(before);
        let received = since(&self.traffic.received, self.received_before);
        // Of what is sent an eighth comes back as acknowledgements at most; a small packet is half head.
        let acknowledgements = since(&self.traffic.sent, self.sent_before) / 8;
        received > UNACCOUNTED + acknowledgements + 2 * self.came.load(Ordering::Relaxed)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.runtime.end();
    }
}

impl Lane {
    /// Makes the connection, as an answer to `offer` or by an offer of its own, and keeps it until it breaks, its
    /// carriers end or `inbox` closes.
    pub(super) async fn run(self, offer: Option<String>, inbox: mpsc::Receiver<Said>) {
        let endings = Endings::default();
        let (facts, facts_in) = Facts::channel(endings.clone());
        let traffic = &self.shared.traffic[self.number];
        let wrap = self.shared.wrap.clone();
        let runtime = LinkRuntime::new(Arc::clone(traffic), wrap, facts.on_relay_lost());
        let mut held = Held {
            runtime: Arc::clone(&runtime),
            account: Account::of(traffic),
            facts: facts_in,
            endings,
            carriers: JoinSet::new(),
            carried: Vec::new(),
        };
        let config = &self.shared.config;
        let connection = match engine::connect_data(config, BOUNDS, runtime, Arc::new(facts)).await
        {
            Ok(connection) => connection,
            Err(error) => {
                tracing::debug!(peer = %self.shared.id, lane = self.number, %error, "a lane could not be set up");
                return;
            }
        };
        let kept = self.keep(connection.as_ref(), &mut held, offer, inbox).await;
        tracing::debug!(peer = %self.shared.id, lane = self.number, error = ?kept.err(), "a lane is over");
        held.carriers.shutdown().await;
        if !matches!(timeout(CLOSING, connection.close()).await, Ok(Ok(()))) {
            tracing::debug!(peer = %self.shared.id, lane = self.number, "a lane did not close in time");
        }
    }

    async fn keep(
        &self,
        connection: &dyn PeerConnection,
        held: &mut Held,
        offer: Option<String>,
        mut inbox: mpsc::Receiver<Said>,
    ) -> Result<()> {
        let by = Instant::now() + OPENING;
        let mut told = match offer {
            Some(offer) => self.answer(connection, held, offer).await?,
            None => self.offer(connection, held).await?,
        };
        let mut connected = false;
        let mut look = interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let ended = held.endings.clone();
        let runtime = Arc::clone(&held.runtime);
        loop {
            tokio::select! {
                biased;
                () = runtime.driver_ended() => return Ok(()),
                _ = ended.wait() => return Ok(()),
                Some(fact) = held.facts.recv() => match fact {
                    Fact::State(RTCPeerConnectionState::Connected) => connected = true,
                    Fact::State(
                        RTCPeerConnectionState::Disconnected
                        | RTCPeerConnectionState::Failed
                        | RTCPeerConnectionState::Closed,
                    ) => return Ok(()),
                    Fact::Channel(channel) => self.adopt(channel, held).await?,
                    Fact::LocalCandidate(candidate) if !told.contains(&candidate.candidate) => {
                        told.push_str(&candidate.candidate);
                        self.say(Said::Candidates(vec![self.shown(candidate)])).await;
                    }
                    _ => {}
                },
                said = inbox.recv() => match said {
                    Some(said) => hear(connection, said).await?,
                    None => return Ok(()),
                },
                Some(_) = held.carriers.join_next() => return Ok(()),
                _ = look.tick() => {
                    if held.account.is_overdrawn() {
                        tracing::debug!(peer = %self.shared.id, lane = self.number, "much came over a lane that is no message");
                        return Ok(());
                    }
                }
                () = tokio::time::sleep_until(by), if !connected => return Ok(()),
            }
        }
    }

    async fn offer(&self, connection: &dyn PeerConnection, held: &mut Held) -> Result<String> {
        let ordered = RTCDataChannelInit { ordered: true, ..Default::default() };
        let datagrams =
            RTCDataChannelInit { ordered: false, max_retransmits: Some(0), ..Default::default() };
        let channels = if self.number == LIGHT {
            vec![(URGENT, ordered), (PROBES, datagrams)]
        } else {
            vec![(BULK, ordered)]
        };
        for (label, init) in channels {
            let channel = connection.create_data_channel(label, Some(init)).await?;
            self.carry(label, channel, held);
        }
        let offer = connection.create_offer(None).await?;
        let sdp = self.describe(connection, held, offer).await?;
        self.say(Said::Offer(sdp.clone())).await;
        Ok(sdp)
    }

    async fn answer(
        &self,
        connection: &dyn PeerConnection,
        held: &mut Held,
        offer: String,
    ) -> Result<String> {
        connection.set_remote_description(RTCSessionDescription::offer(offer)?).await?;
        let answer = connection.create_answer(None).await?;
        let sdp = self.describe(connection, held, answer).await?;
        self.say(Said::Answer(sdp.clone())).await;
        Ok(sdp)
    }

    /// Sets the description, and gives it as it is sent, with the ways found soon.
    async fn describe(
        &self,
        connection: &dyn PeerConnection,
        held: &mut Held,
        description: RTCSessionDescription,
    ) -> Result<String> {
        connection.set_local_description(description).await?;
        let by = Instant::now() + GATHERING;
        // None: nobody tells any more, which the driver's end says as well.
        while let Ok(Some(fact)) = timeout_at(by, held.facts.recv()).await {
            match fact {
                Fact::GatheringComplete => break,
                Fact::Channel(channel) => self.adopt(channel, held).await?,
                _ => {}
            }
        }
        let described = connection.local_description().await.map(|it| it.sdp).unwrap_or_default();
        Ok(sdp::with_shown_candidates(&described, self.shared.config.route))
    }

    fn shown(&self, candidate: RTCIceCandidateInit) -> IceCandidate {
        IceCandidate {
            candidate: sdp::shown(&candidate.candidate, self.shared.config.route),
            sdp_mid: candidate.sdp_mid.filter(|mid| !mid.is_empty()),
            sdp_m_line_index: Some(candidate.sdp_mline_index.unwrap_or(0)),
            username_fragment: None,
        }
    }

    async fn say(&self, said: Said) {
        let signal = Signal { lane: self.number, attempt: self.attempt, said };
        // Nobody listens any more: the bundle is about to end.
        let _ = self.shared.tell(BulkEvent::Signal(signal.to_text())).await;
    }

    /// Takes a channel that they opened, if it is one that belongs here.
    async fn adopt(&self, channel: Arc<dyn DataChannel>, held: &mut Held) -> Result<()> {
        let label = channel.label().await?;
        let expected: &[&'static str] =
            if self.number == LIGHT { &[URGENT, PROBES] } else { &[BULK] };
        let label = expected.iter().find(|expected| **expected == label);
        match label.filter(|label| !held.carried.contains(label)) {
            Some(label) => self.carry(label, channel, held),
            None => {
                tracing::warn!(peer = %self.shared.id, "refusing a channel that no lane has");
                channel.close().await?;
            }
        }
        Ok(())
    }

    fn carry(&self, label: &'static str, channel: Arc<dyn DataChannel>, held: &mut Held) {
        held.carried.push(label);
        let (shared, came) = (Arc::clone(&self.shared), Arc::clone(&held.account.came));
        held.carriers.spawn(async move {
            if label == PROBES {
                return probe(channel, shared).await;
            }
            if let Some(standing) = Standing::of(channel, shared, label == URGENT, came).await {
                // Over: the bundle's handle is gone, and the lane soon told so.
                let _ = standing.carry().await;
            }
        });
    }
}

/// Takes what the other end says of a connection that exists.
async fn hear(connection: &dyn PeerConnection, said: Said) -> Result<()> {
    match said {
        // An offer makes another connection.
        Said::Offer(_) => Ok(()),
        Said::Answer(sdp) => {
            connection.set_remote_description(RTCSessionDescription::answer(sdp)?).await
        }
        Said::Candidates(candidates) => {
            for candidate in candidates {
                let init = RTCIceCandidateInit {
                    candidate: candidate.candidate,
                    sdp_mid: candidate.sdp_mid,
                    sdp_mline_index: candidate.sdp_m_line_index,
                    username_fragment: candidate.username_fragment,
                    url: None,
                };
                if let Err(error) = connection.add_ice_candidate(init).await {
                    tracing::debug!(%error, "a candidate of a lane could not be added");
                }
            }
            Ok(())
        }
    }
}
