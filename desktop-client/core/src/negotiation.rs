//! Perfect negotiation with one peer (W3C WebRTC 1.0 §10.7), with ICE restarts and back-off.
//!
//! Owns who offers when, glare, the order of candidates and descriptions, repetition of what got no
//! answer, and when ICE restarts. Leaves carrying out to the link, whose commands take effect later
//! and in order, and sending to the session.
//!
//! Every offer is numbered, and its answer names that number, so that an answer to an offer that was
//! given up is never taken for another's. An offer or answer may therefore be repeated at any time.
//! When both sides offer at once the impolite one ignores the other's offer; the polite one takes its
//! own back, answers, and offers again afterwards.

mod candidates;
mod mark;
mod restart;

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use cinemasync_protocol::IceCandidate;
use cinemasync_protocol::limits::is_valid_sdp;

use self::candidates::{LocalCandidates, RemoteCandidates, is_acceptable};
use self::restart::RestartTimer;
use crate::link::{Description, DescriptionKind, LinkCommand, LinkState};

/// How long the one who waits for the newcomer's first offer waits before it offers itself.
const FIRST_OFFER_PATIENCE: Duration = Duration::from_secs(10);
/// An offer without an answer is sent again after this, then after twice that and so on.
const ANSWER_PATIENCE: Duration = Duration::from_secs(4);
/// Whoever offers although an offer of ours waits for its answer may never have heard it: it is said
/// again, but not when both were said at once, and not more often than this.
const REMINDER: Duration = Duration::from_secs(1);
/// Repetitions of one offer before a fresh one with new ICE credentials takes its place.
const MAX_REPEATS: u32 = 2;
/// A command on which the link has not reported after this is taken for failed.
const COMMAND_PATIENCE: Duration = Duration::from_secs(15);
/// Wait before a failed command is tried again; doubles up to [`MAX_BACK_OFF`].
const FIRST_BACK_OFF: Duration = Duration::from_millis(200);
/// Longest wait before a failed command is tried again.
const MAX_BACK_OFF: Duration = Duration::from_secs(10);
/// Failures to take one remote description before it is given up and a fresh offer is made.
const MAX_ACCEPT_FAILURES: u32 = 3;

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum NegotiationInput {
    /// The link needs an offer to be made.
    Needed,
    /// The link made and set this local description.
    LocalDescription(Description),
    /// The link set the remote description. For an offer, the answer follows as a local description.
    RemoteDescriptionSet(DescriptionKind),
    /// The description command under way failed. (A candidate that could not be added is no failure.)
    Failed,
    /// The other side sent a description.
    RemoteDescription(Description),
    /// The other side sent a candidate; `None` ends them.
    RemoteCandidate(Option<IceCandidate>),
    /// The link found a candidate; `None` ends them.
    LocalCandidate(Option<IceCandidate>),
    /// The link's state changed.
    LinkState(LinkState),
    /// Restart ICE, say because the network changed.
    RestartIce,
    /// Signaling works again; what was sent last may have been lost.
    SignalingRestored,
    /// The time of [`Negotiation::next_timeout`] has come.
    Timeout,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NegotiationOutput {
    /// Give this to the link.
    Command(LinkCommand),
    /// Send this description to the other side.
    Send(Description),
    /// Send this candidate to the other side.
    SendCandidate(Option<IceCandidate>),
}

/// A remote description on its way into the link.
#[derive(Debug, Clone)]
struct Incoming {
    description: Description,
    /// The offer's number, or the number of the offer that is answered; `None` from a foreign client.
    number: Option<u64>,
}

/// The description command that the link works on.
#[derive(Debug)]
enum Phase {
    Idle,
    Offering {
        restart: bool,
        since: Instant,
    },
    Accepting {
        incoming: Incoming,
        since: Instant,
        /// Did the description take effect, so that only the answer is to come?
        in_force: bool,
    },
}

/// Our offer that waits for its answer.
#[derive(Debug)]
struct Outstanding {
    number: u64,
    /// As sent.
    description: Description,
    restart: bool,
    repeats: u32,
    repeat_at: Instant,
    said_at: Instant,
}

/// The other side's offer that was answered last, and the answer as sent.
#[derive(Debug)]
struct Answered {
    offer: Description,
    number: Option<u64>,
    answer: Description,
}

/// The negotiation with one peer.
#[derive(Debug)]
pub struct Negotiation {
    polite: bool,
    /// Is the other side still to make the first offer?
    awaits_first_offer: bool,
    /// Until when that offer is waited for; set by the first input.
    first_offer_by: Option<Instant>,
    phase: Phase,
    outstanding: Option<Outstanding>,
    /// The remote description to take next. The latest wins.
    incoming: Option<Incoming>,
    answered: Option<Answered>,
    /// Does the link hold an offer of ours that is neither answered nor taken back?
    local_offer_pending: bool,
    /// Did we ignore the last remote offer?
    ignoring: bool,
    want_offer: bool,
    want_restart: bool,
    offers_made: u64,
    failures: u32,
    retry_at: Option<Instant>,
    remote: RemoteCandidates,
    local: LocalCandidates,
    restart: RestartTimer,
    closed: bool,
    outputs: VecDeque<NegotiationOutput>,
}

impl Negotiation {
    /// A negotiation. The `newcomer` of the two offers first, with the first input; the other waits
    /// for that offer. What is needed before then is covered by it.
    pub fn new(polite: bool, newcomer: bool) -> Self {
        Self {
            polite,
            awaits_first_offer: !newcomer,
            first_offer_by: None,
            phase: Phase::Idle,
            outstanding: None,
            incoming: None,
            answered: None,
            local_offer_pending: false,
            ignoring: false,
            want_offer: newcomer,
            want_restart: false,
            offers_made: 0,
            failures: 0,
            retry_at: None,
            remote: RemoteCandidates::default(),
            local: LocalCandidates::default(),
            restart: RestartTimer::new(polite),
            closed: false,
            outputs: VecDeque::new(),
        }
    }

    /// Takes one input. Give it one (`Timeout` will do) as soon as the link exists.
    pub fn handle(&mut self, input: NegotiationInput, now: Instant) {
        if self.closed {
            return;
        }
        if self.awaits_first_offer && self.first_offer_by.is_none() {
            self.first_offer_by = Some(now + FIRST_OFFER_PATIENCE);
        }
        match input {
            NegotiationInput::Needed => self.needed(),
            NegotiationInput::LocalDescription(description) => self.made(&description, now),
            NegotiationInput::RemoteDescriptionSet(kind) => self.remote_set(kind, now),
            NegotiationInput::Failed => self.failed(now),
            NegotiationInput::RemoteDescription(description) => self.received(&description, now),
            NegotiationInput::RemoteCandidate(candidate) => self.remote_candidate(candidate),
            NegotiationInput::LocalCandidate(candidate) => self.local_candidate(candidate),
            NegotiationInput::LinkState(LinkState::Closed) => {
                self.closed = true;
                self.outputs.clear();
                return;
            }
            NegotiationInput::LinkState(state) => self.restart.state(state, now),
            NegotiationInput::RestartIce => self.want_restart = true,
            NegotiationInput::SignalingRestored => self.repeat_all(now),
            NegotiationInput::Timeout => {}
        }
        self.elapse(now);
        self.proceed(now);
    }

    /// What to do next, or `None`.
    pub fn poll_output(&mut self) -> Option<NegotiationOutput> {
        self.outputs.pop_front()
    }

    /// When to call [`Negotiation::handle`] with `Timeout` at the latest.
    pub fn next_timeout(&self) -> Option<Instant> {
        if self.closed {
            return None;
        }
        let command = match &self.phase {
            Phase::Idle => None,
            Phase::Offering { since, .. } | Phase::Accepting { since, .. } => {
                Some(*since + COMMAND_PATIENCE)
            }
        };
        let repeat = self.outstanding.as_ref().map(|offer| offer.repeat_at);
        let first = self.first_offer_by.filter(|_| self.awaits_first_offer);
        // While the link is busy nothing can be retried; its report or its patience wakes us.
        let retry = self.retry_at.filter(|_| self.is_idle());
        [command, repeat, first, retry, self.restart.due()].into_iter().flatten().min()
    }

    /// Is a restart of ICE of ours under way or about to be?
    pub fn is_restarting(&self) -> bool {
        let offering = matches!(self.phase, Phase::Offering { restart: true, .. });
        let out = self.outstanding.as_ref().is_some_and(|offer| offer.restart);
        self.want_restart || offering || out
    }

    fn is_idle(&self) -> bool {
        matches!(self.phase, Phase::Idle)
    }

    fn needed(&mut self) {
        // Before the first description exists, what is needed is covered by it: it is made of the
        // link's state at that time. A link reports again once stable if something is missing still.
        let covered = self.awaits_first_offer || (self.offers_made == 0 && self.answered.is_none());
        if !covered || self.is_idle() {
            self.want_offer |= !self.awaits_first_offer;
        }
    }

    /// The link made a local description.
    fn made(&mut self, description: &Description, now: Instant) {
        match description.kind {
            DescriptionKind::Offer => self.made_offer(description, now),
            DescriptionKind::Answer => self.made_answer(description, now),
        }
    }

    fn made_offer(&mut self, description: &Description, now: Instant) {
        self.local_offer_pending = true;
        let restart = match &self.phase {
            Phase::Offering { restart, .. } => *restart,
            // A report after its patience ran out, or after a failure that was none.
            Phase::Idle => std::mem::take(&mut self.want_restart),
            Phase::Accepting { .. } => {
                self.want_restart = true;
                return;
            }
        };
        self.phase = Phase::Idle;
        self.succeeded();
        if let Some(incoming) = &self.incoming {
            // The other side's offer crossed it and goes first: we are polite.
            let theirs = incoming.description.clone();
            return self.want_again(restart, &theirs);
        }
        self.want_offer = false;
        self.offers_made += 1;
        let number = self.offers_made;
        let sdp = mark::mark_offer(&description.sdp, number);
        if !is_valid_sdp(&sdp) {
            self.want_offer = true;
            self.want_restart |= restart;
            self.back_off(now);
            return;
        }
        let description = Description { kind: DescriptionKind::Offer, sdp };
        self.send(description.clone(), restart);
        self.outstanding = Some(Outstanding {
            number,
            description,
            restart,
            repeats: 0,
            repeat_at: now + ANSWER_PATIENCE,
            said_at: now,
        });
    }

    fn made_answer(&mut self, description: &Description, now: Instant) {
        let incoming = match std::mem::replace(&mut self.phase, Phase::Idle) {
            Phase::Accepting { incoming, .. } if is_offer(&incoming.description) => incoming,
            // A report after its patience ran out: the offer waits for another try, needlessly.
            Phase::Idle => match self.incoming.take() {
                Some(incoming) if is_offer(&incoming.description) => incoming,
                other => {
                    self.incoming = other;
                    return;
                }
            },
            other => {
                self.phase = other;
                return;
            }
        };
        self.local_offer_pending = false;
        self.succeeded();
        self.awaits_first_offer = false;
        if self.incoming.as_ref().is_some_and(|newer| is_offer(&newer.description)) {
            // The other side gave up the offer that this answers.
            return;
        }
        let sdp = match incoming.number {
            Some(number) => mark::mark_answer(&description.sdp, number),
            None => description.sdp.clone(),
        };
        if !is_valid_sdp(&sdp) {
            self.want_offer = true;
            self.back_off(now);
            return;
        }
        let answer = Description { kind: DescriptionKind::Answer, sdp };
        self.answered = Some(Answered {
            offer: incoming.description,
            number: incoming.number,
            answer: answer.clone(),
        });
        self.send(answer, false);
        self.restart.exchanged(now);
    }

    /// A remote description is in force.
    fn remote_set(&mut self, kind: DescriptionKind, now: Instant) {
        let late = self.is_idle();
        let incoming = match &self.phase {
            Phase::Accepting { incoming, .. } => Some(incoming),
            Phase::Idle => self.incoming.as_ref(),
            Phase::Offering { .. } => None,
        };
        let Some(incoming) = incoming.filter(|incoming| incoming.description.kind == kind) else {
            return;
        };
        let users = mark::ice_users(&incoming.description.sdp);
        for candidate in self.remote.described(users) {
            self.command(LinkCommand::AddCandidate(candidate));
        }
        if let Phase::Accepting { in_force, .. } = &mut self.phase {
            *in_force = true;
        }
        self.local_offer_pending = false;
        if kind == DescriptionKind::Answer {
            if late {
                self.incoming = None;
            }
            self.phase = Phase::Idle;
            self.outstanding = None;
            self.answered = None;
            self.succeeded();
            self.restart.exchanged(now);
        }
    }

    fn failed(&mut self, now: Instant) {
        match std::mem::replace(&mut self.phase, Phase::Idle) {
            // Nothing under way: a candidate that the link could not use.
            Phase::Idle => return,
            Phase::Offering { restart, .. } => {
                self.want_offer = true;
                self.want_restart |= restart;
            }
            Phase::Accepting { incoming, .. } => {
                if self.incoming.is_none() {
                    if self.failures < MAX_ACCEPT_FAILURES {
                        self.incoming = Some(incoming);
                    } else {
                        self.outstanding = None;
                        self.awaits_first_offer = false;
                        self.want_offer = true;
                        self.want_restart = true;
                    }
                }
            }
        }
        self.back_off(now);
    }

    /// The other side sent a description.
    fn received(&mut self, description: &Description, now: Instant) {
        if !is_valid_sdp(&description.sdp) {
            return;
        }
        let (sdp, number) = mark::unmark(&description.sdp);
        let incoming =
            Incoming { description: Description { kind: description.kind, sdp }, number };
        match description.kind {
            DescriptionKind::Offer => self.received_offer(incoming, now),
            DescriptionKind::Answer => self.received_answer(incoming),
        }
    }

    fn received_offer(&mut self, offer: Incoming, now: Instant) {
        if let Phase::Accepting { incoming, .. } = &self.phase
            && incoming.number == offer.number
            && incoming.description == offer.description
        {
            return;
        }
        let repeated = self.is_idle()
            && self.incoming.is_none()
            && self.outstanding.is_none()
            && self.answered.as_ref().is_some_and(|answered| {
                answered.offer == offer.description && answered.number == offer.number
            });
        if repeated {
            self.ignoring = false;
            self.repeat_answer();
            return;
        }
        // While an answer is on its way into our link, the other side is stable already: no glare.
        let answer_held = |held: &Incoming| held.description.kind == DescriptionKind::Answer;
        let answer_underway = match &self.phase {
            Phase::Accepting { incoming, .. } => answer_held(incoming),
            Phase::Idle | Phase::Offering { .. } => self.incoming.as_ref().is_some_and(answer_held),
        };
        let offering = matches!(self.phase, Phase::Offering { .. });
        let glare = offering || (self.outstanding.is_some() && !answer_underway);
        if glare && !self.polite {
            self.ignoring = true;
            return self.remind(now);
        }
        self.ignoring = false;
        let accepting_answer = answer_underway && !self.is_idle();
        if !accepting_answer {
            self.take_back_offer(&offer.description);
        }
        self.incoming = Some(offer);
    }

    /// Our offer gives way to the other side's; what it was for is offered again afterwards, unless
    /// theirs brings it.
    fn take_back_offer(&mut self, theirs: &Description) {
        if let Some(taken_back) = self.outstanding.take() {
            self.want_again(taken_back.restart, theirs);
        }
    }

    /// An offer of ours (was it a `restart`?) came to nothing because of theirs. If both restart ICE,
    /// one restart does; a link tells by itself what else is missing after the exchange.
    fn want_again(&mut self, restart: bool, theirs: &Description) {
        if !(restart && self.remote.is_restarted_by(&mark::ice_users(&theirs.sdp))) {
            self.want_offer = true;
            self.want_restart |= restart;
        }
    }

    /// Says an offer again to whoever seems not to have heard it.
    fn remind(&mut self, now: Instant) {
        if let Some(offer) = &mut self.outstanding
            && offer.said_at + REMINDER <= now
        {
            offer.said_at = now;
            let description = offer.description.clone();
            self.repeat(description);
        }
    }

    fn received_answer(&mut self, answer: Incoming) {
        let Some(outstanding) = &self.outstanding else { return };
        let matches = answer.number.is_none_or(|number| number == outstanding.number);
        if matches && self.is_idle() && self.incoming.is_none() {
            self.ignoring = false;
            self.incoming = Some(answer);
        }
    }

    fn remote_candidate(&mut self, candidate: Option<IceCandidate>) {
        if !is_acceptable(&candidate) {
            return;
        }
        // What the description under way brings with it is added once it is in force.
        let busy = self.incoming.is_some()
            || matches!(self.phase, Phase::Accepting { in_force: false, .. });
        if let Some(candidate) = self.remote.offer(candidate, self.ignoring, busy) {
            self.command(LinkCommand::AddCandidate(candidate));
        }
    }

    fn local_candidate(&mut self, candidate: Option<IceCandidate>) {
        if !is_acceptable(&candidate) {
            return;
        }
        let unsent_description = match &self.phase {
            Phase::Offering { .. } => true,
            Phase::Accepting { incoming, .. } => is_offer(&incoming.description),
            Phase::Idle => self.outstanding.is_none() && self.local_offer_pending,
        };
        if let Some(candidate) = self.local.gathered(candidate, unsent_description) {
            self.outputs.push_back(NegotiationOutput::SendCandidate(candidate));
        }
    }

    /// What the passing of time alone brings.
    fn elapse(&mut self, now: Instant) {
        if let Phase::Offering { since, .. } | Phase::Accepting { since, .. } = &self.phase
            && *since + COMMAND_PATIENCE <= now
        {
            self.failed(now);
        }
        if self.awaits_first_offer && self.first_offer_by.is_some_and(|by| by <= now) {
            self.awaits_first_offer = false;
            self.want_offer |= self.incoming.is_none() && self.is_idle();
        }
        if self.restart.fire(now) {
            self.want_restart = true;
        }
        if self.outstanding.as_ref().is_some_and(|offer| offer.repeat_at <= now) {
            self.repeat_offer(now);
        }
    }

    /// The answer is overdue.
    fn repeat_offer(&mut self, now: Instant) {
        let answering = self.incoming.is_some() || !self.is_idle();
        let Some(offer) = &mut self.outstanding else { return };
        offer.repeat_at = now + ANSWER_PATIENCE * (1 << (offer.repeats + 1).min(3));
        if answering {
            return;
        }
        if offer.repeats >= MAX_REPEATS {
            self.outstanding = None;
            self.want_offer = true;
            self.want_restart = true;
            return;
        }
        offer.repeats += 1;
        offer.said_at = now;
        let description = offer.description.clone();
        self.repeat(description);
    }

    fn repeat_answer(&mut self) {
        if let Some(answered) = &self.answered {
            let answer = answered.answer.clone();
            self.repeat(answer);
        }
    }

    /// Signaling is back: what may have been lost is said again.
    fn repeat_all(&mut self, now: Instant) {
        if let Some(offer) = &mut self.outstanding {
            offer.repeat_at = now + ANSWER_PATIENCE;
            offer.said_at = now;
            offer.repeats = 0;
            let description = offer.description.clone();
            self.repeat(description);
        } else if self.is_idle() && !self.restart.is_connected() {
            self.repeat_answer();
        }
    }

    fn repeat(&mut self, description: Description) {
        self.outputs.push_back(NegotiationOutput::Send(description));
        for candidate in self.local.sent() {
            self.outputs.push_back(NegotiationOutput::SendCandidate(candidate));
        }
    }

    fn send(&mut self, description: Description, restart: bool) {
        self.outputs.push_back(NegotiationOutput::Send(description));
        for candidate in self.local.description_sent(restart) {
            self.outputs.push_back(NegotiationOutput::SendCandidate(candidate));
        }
    }

    /// Starts the next description command, if there is one and the link is free for it.
    fn proceed(&mut self, now: Instant) {
        if !self.is_idle() || self.retry_at.is_some_and(|at| at > now) {
            return;
        }
        self.retry_at = None;
        if let Some(incoming) = self.incoming.take() {
            let rollback = is_offer(&incoming.description) && self.local_offer_pending;
            if rollback {
                // Also when its answer came, but failed to be set before this offer.
                self.take_back_offer(&incoming.description);
            }
            let description = incoming.description.clone();
            self.phase = Phase::Accepting { incoming, since: now, in_force: false };
            self.command(LinkCommand::Accept { description, rollback });
        } else if self.outstanding.is_none()
            && !self.awaits_first_offer
            && (self.want_offer || self.want_restart)
        {
            self.want_offer = false;
            let restart = std::mem::take(&mut self.want_restart);
            self.phase = Phase::Offering { restart, since: now };
            self.command(LinkCommand::MakeOffer { ice_restart: restart });
        }
    }

    fn command(&mut self, command: LinkCommand) {
        self.outputs.push_back(NegotiationOutput::Command(command));
    }

    fn succeeded(&mut self) {
        self.failures = 0;
        self.retry_at = None;
    }

    fn back_off(&mut self, now: Instant) {
        let delay = FIRST_BACK_OFF.saturating_mul(1 << self.failures.min(8)).min(MAX_BACK_OFF);
        self.failures = self.failures.saturating_add(1);
        self.retry_at = Some(now + delay);
    }
}

fn is_offer(description: &Description) -> bool {
    description.kind == DescriptionKind::Offer
}
