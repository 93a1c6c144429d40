//! The way of every packet through the relay, both directions. Runs for batches of packets without
//! waiting; looks are remembered from one packet to the next, as most go the same way.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use cinemasync_server_core::relay_policy::Way;
use cinemasync_server_core::turn_wire::frame;

use super::figures::Refused;
use super::relay::Relay;
use super::shared::Shared;
use super::train::{Target, Train};

/// What precedes data on its way to a client.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wrap {
    Channel(u16),
    Indication(SocketAddr),
}

/// Where one kind of packet goes, found once for a whole batch.
#[derive(Clone)]
enum Route {
    Outside(Target),
    /// To another client of this server, whose allocation is the peer.
    Inside {
        relay: Arc<Relay>,
        target: Target,
        wrap: Wrap,
    },
    Client {
        target: Target,
        wrap: Wrap,
    },
    Nowhere(Refused),
}

/// What the packets of one kind have in common.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    FromChannel(u16),
    ToPeer(SocketAddr),
    FromPeer(SocketAddr),
}

thread_local! {
    /// Trains keep their memory from batch to batch.
    static TRAIN: RefCell<Train> = RefCell::default();
}

/// Forwards the packets of one batch.
pub(super) struct Forwarder<'a> {
    shared: &'a Shared,
    train: &'a mut Train,
    now: Duration,
    last: Option<(Arc<Relay>, Kind, Route)>,
}

impl<'a> Forwarder<'a> {
    /// Forwards what `batch` gives it, and sends all of it before it returns.
    pub(super) fn run(shared: &'a Shared, batch: impl FnOnce(&mut Forwarder<'_>)) {
        TRAIN.with_borrow_mut(|train| {
            let mut forwarder = Forwarder { shared, train, now: shared.now(), last: None };
            batch(&mut forwarder);
            forwarder.train.flush(&shared.counters);
        });
    }

    /// A packet from the client of `relay`: data of a channel or a Send indication.
    pub(super) fn take_from_client(&mut self, relay: &Arc<Relay>, packet: &[u8]) {
        let (kind, data) = if frame::is_channel_data(packet) {
            let Some((number, data)) = frame::channel_data(packet) else {
                return self.shared.counters.refuse(Refused::Garbage);
            };
            (Kind::FromChannel(number), data)
        } else {
            let Some((peer, data)) = frame::send_indication(packet) else {
                return self.shared.counters.refuse(Refused::Garbage);
            };
            (Kind::ToPeer(peer), data)
        };
        self.go(relay, kind, data);
    }

    /// A packet that came to the socket of `relay` from the network.
    pub(super) fn take_from_peer(&mut self, relay: &Arc<Relay>, peer: SocketAddr, data: &[u8]) {
        self.go(relay, Kind::FromPeer(peer), data);
    }

    fn go(&mut self, relay: &Arc<Relay>, kind: Kind, data: &[u8]) {
        let known = self
            .last
            .as_ref()
            .is_some_and(|(last, last_kind, _)| *last_kind == kind && Arc::ptr_eq(last, relay));
        if !known {
            self.last = Some((relay.clone(), kind, self.route(relay, kind)));
        }
        let Some((_, _, route)) = &self.last else { return };
        let counters = &self.shared.counters;
        // After the way was found: packets of strangers use up nobody's budget.
        let within = match route {
            Route::Nowhere(why) => return counters.refuse(*why),
            Route::Outside(_) => relay.budget.may_send(data.len(), self.now),
            Route::Inside { relay: other, .. } => {
                relay.budget.may_send(data.len(), self.now)
                    && other.budget.may_receive(data.len(), self.now)
            }
            Route::Client { .. } => relay.budget.may_receive(data.len(), self.now),
        };
        if !within {
            return counters.refuse(Refused::Bandwidth);
        }
        match route {
            Route::Nowhere(_) => {}
            Route::Outside(target) => {
                self.train.push(target, data.len(), data.len(), counters, |bytes| {
                    bytes.extend_from_slice(data);
                });
            }
            Route::Inside { target, wrap, .. } | Route::Client { target, wrap } => {
                push_wrapped(self.train, self.shared, target, *wrap, data);
            }
        }
    }

    fn route(&self, relay: &Arc<Relay>, kind: Kind) -> Route {
        match kind {
            Kind::FromChannel(number) => {
                let peer = relay.table().peer_of(number, self.now);
                peer.map_or(Route::Nowhere(Refused::NoPermission), |peer| self.to_peer(relay, peer))
            }
            Kind::ToPeer(peer) => self.to_peer(relay, peer),
            // Over the network come the outside's packets only: the server's own relayed addresses
            // are handed over within, so that one of those here is forged.
            Kind::FromPeer(peer) => match self.shared.policy.way(peer) {
                Ok(Way::Outside | Way::InsideOrOutside) => match self.wrap(relay, peer) {
                    Some(wrap) => {
                        Route::Client { target: Target::Client(relay.client.clone()), wrap }
                    }
                    None => Route::Nowhere(Refused::NoPermission),
                },
                Ok(Way::Inside) => Route::Nowhere(Refused::OwnAddress),
                Err(forbidden) => Route::Nowhere(forbidden.into()),
            },
        }
    }

    fn to_peer(&self, relay: &Arc<Relay>, peer: SocketAddr) -> Route {
        let way = match self.shared.policy.way(peer) {
            Ok(way) => way,
            Err(forbidden) => return Route::Nowhere(forbidden.into()),
        };
        if !relay.table().allows(peer.ip(), self.now) {
            return Route::Nowhere(Refused::NoPermission);
        }
        let outside = || Route::Outside(Target::Peer(relay.clone(), peer));
        match (way, self.shared.relay_at(peer)) {
            (Way::Outside, _) | (Way::InsideOrOutside, None) => outside(),
            (Way::Inside, None) => Route::Nowhere(Refused::OwnAddress),
            (Way::Inside | Way::InsideOrOutside, Some(other)) => {
                match self.wrap(&other, relay.address) {
                    Some(wrap) => {
                        let target = Target::Client(other.client.clone());
                        Route::Inside { relay: other, target, wrap }
                    }
                    None => Route::Nowhere(Refused::NoPermission),
                }
            }
        }
    }

    /// How data from `peer` is wrapped for the client of `relay`; `None` if it must not come.
    fn wrap(&self, relay: &Relay, peer: SocketAddr) -> Option<Wrap> {
        let table = relay.table();
        if !table.allows(peer.ip(), self.now) {
            return None;
        }
        Some(match table.channel_of(peer, self.now) {
            Some(number) => Wrap::Channel(number),
            None => Wrap::Indication(peer),
        })
    }
}

fn push_wrapped(train: &mut Train, shared: &Shared, target: &Target, wrap: Wrap, data: &[u8]) {
    let Target::Client(client) = target else { return };
    let padded = client.is_stream();
    match wrap {
        Wrap::Channel(number) => {
            let len = frame::channel_data_len(data, padded);
            train.push(target, len, data.len(), &shared.counters, |bytes| {
                frame::write_channel_data(bytes, number, data, padded);
            });
        }
        Wrap::Indication(peer) => {
            let len = frame::data_indication_len(peer, data);
            train.push(target, len, data.len(), &shared.counters, |bytes| {
                frame::write_data_indication(bytes, shared.next_transaction(), peer, data);
            });
        }
    }
}
