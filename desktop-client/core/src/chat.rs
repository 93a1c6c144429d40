//! The chat: every message once, in order per sender, over whichever way is open.
//!
//! A message goes directly to those whose control channel is open and over the server to the rest,
//! so the two ways can overtake each other when a channel opens. Our ids therefore count
//! (`NONCE-7`), and a receiver holds a message back for a moment while an earlier one is missing.
//! Ids of other programs are opaque: their messages are shown as they come, once each.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::{Duration, Instant};

use cinemasync_protocol::ParticipantId;

use crate::interface::Via;

/// How long a message waits for an earlier one that may still be on its way over the server.
const GAP_PATIENCE: Duration = Duration::from_secs(3);
/// Messages that wait per sender; one more gives up the gap.
const MAX_HELD: usize = 64;
/// Opaque ids remembered per sender to recognise repeats.
const MAX_REMEMBERED: usize = 512;

/// Numbers one's own messages.
#[derive(Debug)]
pub struct ChatNumbers {
    nonce: String,
    next: u64,
}

impl ChatNumbers {
    /// Numbers under this nonce: a word that differs from stay to stay, without a hyphen.
    pub fn new(nonce: String) -> Self {
        Self { nonce, next: 0 }
    }

    /// The number that the next message will have.
    pub fn next_number(&self) -> u64 {
        self.next
    }

    /// The id of a new message.
    pub fn take_id(&mut self) -> String {
        let id = format!("{}-{}", self.nonce, self.next);
        self.next += 1;
        id
    }
}

/// A message that came.
#[derive(Debug, Clone, PartialEq)]
pub struct Incoming {
    /// The sender's id for it.
    pub id: String,
    /// The text.
    pub text: String,
    /// The place of the film that it speaks of, in seconds.
    pub film_secs: Option<f64>,
    /// How it came.
    pub via: Via,
}

/// Puts what others wrote in order.
#[derive(Debug, Default)]
pub struct ChatInbox {
    senders: BTreeMap<ParticipantId, Sender>,
    ready: VecDeque<(ParticipantId, Incoming)>,
}

#[derive(Debug, Default)]
struct Sender {
    nonce: Option<String>,
    /// The number to show next; unknown until a hello or the first message tells.
    expected: Option<u64>,
    held: BTreeMap<u64, Incoming>,
    held_since: Option<Instant>,
    seen: BTreeSet<String>,
    seen_order: VecDeque<String>,
}

impl ChatInbox {
    /// The sender said hello: its messages to us start at this number.
    pub fn hello(&mut self, from: &ParticipantId, chat_from: u64) {
        let sender = self.senders.entry(from.clone()).or_default();
        sender.expected = sender.expected.max(Some(chat_from));
    }

    /// Forgets a sender; what it wrote and was held back is delivered first.
    pub fn remove(&mut self, from: &ParticipantId) {
        if let Some(mut sender) = self.senders.remove(from) {
            let rest = std::mem::take(&mut sender.held).into_values();
            self.ready.extend(rest.map(|message| (from.clone(), message)));
        }
    }

    /// A message came.
    pub fn receive(&mut self, from: &ParticipantId, message: Incoming, now: Instant) {
        let sender = self.senders.entry(from.clone()).or_default();
        if let Some((nonce, number)) = numbered(&message.id) {
            let nonce = nonce.to_owned();
            sender.receive_numbered(nonce, number, message, now);
            sender.release(from, now, &mut self.ready);
        } else if sender.remember(&message.id) {
            self.ready.push_back((from.clone(), message));
        }
    }

    /// The next message to show.
    pub fn poll(&mut self) -> Option<(ParticipantId, Incoming)> {
        self.ready.pop_front()
    }

    /// Gives up gaps that lasted too long.
    pub fn handle_timeout(&mut self, now: Instant) {
        for (id, sender) in &mut self.senders {
            if sender.held_since.is_some_and(|since| now >= since + GAP_PATIENCE) {
                sender.skip_gap();
                sender.release(id, now, &mut self.ready);
            }
        }
    }

    /// When [`ChatInbox::handle_timeout`] wants to be called.
    pub fn next_timeout(&self) -> Option<Instant> {
        self.senders
            .values()
            .filter_map(|sender| sender.held_since)
            .min()
            .map(|since| since + GAP_PATIENCE)
    }
}

impl Sender {
    fn receive_numbered(&mut self, nonce: String, number: u64, message: Incoming, now: Instant) {
        if self.nonce.as_ref() != Some(&nonce) {
            let restarted = self.nonce.is_some();
            self.nonce = Some(nonce);
            if restarted {
                self.expected = None;
                self.held.clear();
            }
        }
        if number < *self.expected.get_or_insert(number) {
            return;
        }
        self.held.entry(number).or_insert(message);
        self.held_since.get_or_insert(now);
        if self.held.len() > MAX_HELD {
            self.skip_gap();
        }
    }

    fn skip_gap(&mut self) {
        self.expected = self.held.keys().next().copied().or(self.expected);
    }

    fn release(
        &mut self,
        from: &ParticipantId,
        now: Instant,
        ready: &mut VecDeque<(ParticipantId, Incoming)>,
    ) {
        while let Some(expected) = self.expected
            && let Some(message) = self.held.remove(&expected)
        {
            self.expected = Some(expected.saturating_add(1));
            self.held_since = Some(now);
            ready.push_back((from.clone(), message));
        }
        if self.held.is_empty() {
            self.held_since = None;
        }
    }

    fn remember(&mut self, id: &str) -> bool {
        if !self.seen.insert(id.to_owned()) {
            return false;
        }
        self.seen_order.push_back(id.to_owned());
        if self.seen_order.len() > MAX_REMEMBERED
            && let Some(oldest) = self.seen_order.pop_front()
        {
            self.seen.remove(&oldest);
        }
        true
    }
}

/// The nonce and number of one of our ids.
fn numbered(id: &str) -> Option<(&str, u64)> {
    let (nonce, number) = id.rsplit_once('-')?;
    let canonical = number == "0" || !number.starts_with('0');
    let short = number.len() < 16 && number.bytes().all(|byte| byte.is_ascii_digit());
    (canonical && short && !nonce.is_empty())
        .then(|| number.parse().ok().map(|number| (nonce, number)))?
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ana() -> ParticipantId {
        ParticipantId::new("ana")
    }

    fn message(id: &str, via: Via) -> Incoming {
        Incoming { id: id.into(), text: format!("text of {id}"), film_secs: None, via }
    }

    fn shown(inbox: &mut ChatInbox) -> Vec<String> {
        std::iter::from_fn(|| inbox.poll()).map(|(_, message)| message.id).collect()
    }

    #[test]
    fn a_direct_message_waits_for_the_one_still_at_the_server() {
        let (mut inbox, now) = (ChatInbox::default(), Instant::now());
        inbox.hello(&ana(), 4);
        inbox.receive(&ana(), message("n-5", Via::Peer), now);
        assert!(shown(&mut inbox).is_empty());
        inbox.receive(&ana(), message("n-4", Via::Server), now);
        assert_eq!(shown(&mut inbox), ["n-4", "n-5"]);
    }

    #[test]
    fn a_message_over_both_ways_is_shown_once() {
        let (mut inbox, now) = (ChatInbox::default(), Instant::now());
        inbox.hello(&ana(), 0);
        inbox.receive(&ana(), message("n-0", Via::Server), now);
        inbox.receive(&ana(), message("n-0", Via::Peer), now);
        inbox.receive(&ana(), message("browser id", Via::Server), now);
        inbox.receive(&ana(), message("browser id", Via::Server), now);
        assert_eq!(shown(&mut inbox), ["n-0", "browser id"]);
    }

    #[test]
    fn a_gap_is_given_up_after_a_while() {
        let (mut inbox, now) = (ChatInbox::default(), Instant::now());
        inbox.hello(&ana(), 0);
        inbox.receive(&ana(), message("n-2", Via::Peer), now);
        assert_eq!(inbox.next_timeout(), Some(now + GAP_PATIENCE));
        inbox.handle_timeout(now + GAP_PATIENCE);
        assert_eq!(shown(&mut inbox), ["n-2"]);
        assert_eq!(inbox.next_timeout(), None);
        inbox.receive(&ana(), message("n-1", Via::Server), now);
        assert!(shown(&mut inbox).is_empty(), "too late to be shown in order");
    }

    proptest! {
        #[test]
        fn any_interleaving_of_two_ways_comes_out_in_order(ways in prop::collection::vec(any::<bool>(), 1..40), picks in prop::collection::vec(any::<bool>(), 80)) {
            let (mut inbox, now) = (ChatInbox::default(), Instant::now());
            inbox.hello(&ana(), 0);
            let (mut server, mut peer) = (VecDeque::new(), VecDeque::new());
            for (number, by_server) in ways.iter().enumerate() {
                let (queue, via) = if *by_server { (&mut server, Via::Server) } else { (&mut peer, Via::Peer) };
                queue.push_back(message(&format!("n-{number}"), via));
            }
            let mut picks = picks.into_iter();
            while !(server.is_empty() && peer.is_empty()) {
                let server_first = picks.next().unwrap_or(true);
                let next = if server_first { server.pop_front().or_else(|| peer.pop_front()) } else { peer.pop_front().or_else(|| server.pop_front()) };
                if let Some(next) = next { inbox.receive(&ana(), next, now); }
            }
            let expected: Vec<String> = (0..ways.len()).map(|number| format!("n-{number}")).collect();
            prop_assert_eq!(shown(&mut inbox), expected);
        }

        #[test]
        fn hostile_ids_neither_panic_nor_grow_without_bound(ids in prop::collection::vec("[a-b]-[0-9]{1,18}|.{0,8}", 0..2_000)) {
            let (mut inbox, now) = (ChatInbox::default(), Instant::now());
            for id in &ids {
                inbox.receive(&ana(), message(id, Via::Peer), now);
            }
            let sender = inbox.senders.values().next();
            prop_assert!(sender.is_none_or(|sender| sender.held.len() <= MAX_HELD + 1 && sender.seen.len() <= MAX_REMEMBERED));
        }
    }
}
