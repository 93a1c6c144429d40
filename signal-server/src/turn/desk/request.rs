//! The requests of those who proved who they are: allocations, their refresh, permissions and
//! channels.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

use cinemasync_server_core::relay_policy::Forbidden;
use cinemasync_server_core::relay_quota::Full;
use cinemasync_server_core::relay_table::{CHANNEL, NotEntered};
use cinemasync_server_core::turn_wire::{Class, Message, Method, attribute};
use tokio::sync::Mutex;
use tokio::time::Instant;
use turn::allocation::allocation_manager::{Manager, ManagerConfig};
use turn::server::request::Request;

use super::{Asker, Desk, Held, refusal};
use crate::turn::client::Client;
use crate::turn::crate_side::{Answer, KnownKey, RelayMaker, Wanted};
use crate::turn::figures::Refused;

/// The numbers that a channel can have (RFC 5766; RFC 8656 uses the first quarter of them).
const CHANNELS: std::ops::RangeInclusive<u16> = 0x4000..=0x7FFF;

/// An error to answer with.
struct No(u16, &'static str);

const BAD_REQUEST: No = No(400, "Bad Request");
const FORBIDDEN: No = No(403, "Forbidden");
const MISMATCH: No = No(437, "Allocation Mismatch");
const WRONG_CREDENTIALS: No = No(441, "Wrong Credentials");
const FAMILY: No = No(440, "Address Family not Supported");
const PEER_FAMILY: No = No(443, "Peer Address Family Mismatch");
const QUOTA: No = No(486, "Allocation Quota Reached");
const CAPACITY: No = No(508, "Insufficient Capacity");

impl From<NotEntered> for No {
    fn from(why: NotEntered) -> Self {
        match why {
            NotEntered::Full => CAPACITY,
            NotEntered::Taken => BAD_REQUEST,
        }
    }
}

impl Desk {
    /// Does what is asked; the answer, if there is one.
    pub(super) async fn serve(
        &mut self,
        client: &Client,
        message: &Message<'_>,
        packet: &[u8],
        asker: &Asker<'_>,
    ) -> Option<Vec<u8>> {
        let result = match message.method() {
            Method::Allocate => self.allocate(client, message, packet, asker).await,
            Method::Refresh => self.refresh(client, packet, asker).await,
            Method::CreatePermission => self.permit(client, message, packet, asker).await,
            Method::ChannelBind => self.bind(client, message, packet, asker).await,
            Method::Binding | Method::Send | Method::Data => return None,
        };
        match result {
            Ok(answer) => answer,
            Err(No(code, reason)) => Some(refusal(message, Some(&asker.key), code, reason)),
        }
    }

    async fn allocate(
        &mut self,
        client: &Client,
        message: &Message<'_>,
        packet: &[u8],
        asker: &Asker<'_>,
    ) -> Result<Option<Vec<u8>>, No> {
        let key = client.key();
        if let Some(held) = self.held.get(&key).filter(|held| !held.relay.has_ended()) {
            // The answer got lost: the crate would refuse, and the client give up.
            let again = held.transaction == message.transaction() && held.holder == asker.id;
            return if again { Ok(Some(held.answer.clone())) } else { Err(MISMATCH) };
        }
        self.held.remove(&key);
        // A pair of ports, or one kept for later, is for RTP without ICE.
        let even = message.get(attribute::EVEN_PORT);
        let pair = even.and_then(|value| value.first()).is_some_and(|flags| flags & 0x80 != 0);
        if pair || message.get(attribute::RESERVATION_TOKEN).is_some() {
            return Err(CAPACITY);
        }
        let six = match message.get(attribute::REQUESTED_ADDRESS_FAMILY) {
            None | Some([1, ..]) => false,
            Some([2, ..]) => true,
            Some(_) => return Err(FAMILY),
        };
        if !self.shared.public.iter().any(|ip| ip.is_ipv6() == six) {
            return Err(FAMILY);
        }
        let (place, budget) =
            self.shared.quotas.take(asker.id, self.shared.now()).map_err(|full| match full {
                Full::Participant => {
                    self.shared.counters.refuse(Refused::ParticipantQuota);
                    QUOTA
                }
                Full::Server => {
                    self.shared.counters.refuse(Refused::ServerQuota);
                    CAPACITY
                }
            })?;
        let wanted = Wanted { six, even: even.is_some() };
        let maker = RelayMaker::new(self.shared.clone(), client.clone(), budget, place, wanted);
        let made = maker.made();
        let manager = Arc::new(Manager::new(ManagerConfig {
            relay_addr_generator: Box::new(maker),
            alloc_close_notify: None,
        }));
        let answer = self.ask_crate(&manager, client, packet, asker).await;
        if let (Some(answer), Some(relay)) = (&answer, made.take())
            && is_success(answer)
        {
            self.shared.enter(&relay);
            tracing::debug!(holder = asker.id, address = %relay.address, "relay allocated");
            let held = Held {
                manager,
                relay,
                holder: asker.id.to_owned(),
                expires_unix: asker.expires_unix,
                transaction: message.transaction(),
                answer: answer.clone(),
            };
            self.held.insert(key, held);
        }
        Ok(answer)
    }

    async fn refresh(
        &mut self,
        client: &Client,
        packet: &[u8],
        asker: &Asker<'_>,
    ) -> Result<Option<Vec<u8>>, No> {
        let key = client.key();
        let manager = self.held_by(client, asker)?.manager.clone();
        let answer = self.ask_crate(&manager, client, packet, asker).await;
        if let Some(held) = self.held.get_mut(&key) {
            // Renewed credentials keep an allocation for as long as they last themselves.
            held.expires_unix = held.expires_unix.max(asker.expires_unix);
            if held.relay.has_ended() {
                self.held.remove(&key);
            }
        }
        Ok(answer)
    }

    async fn permit(
        &mut self,
        client: &Client,
        message: &Message<'_>,
        packet: &[u8],
        asker: &Asker<'_>,
    ) -> Result<Option<Vec<u8>>, No> {
        let held = self.held_by(client, asker)?;
        let (manager, relay) = (held.manager.clone(), held.relay.clone());
        let mut ips = Vec::new();
        for (kind, value) in message.attributes() {
            if kind == attribute::XOR_PEER_ADDRESS {
                let peer = message.address(value).ok_or(BAD_REQUEST)?;
                same_family(peer, relay.address)?;
                self.shared.policy.permission(peer.ip()).map_err(|why| self.forbid(why))?;
                ips.push(peer.ip());
            }
        }
        if ips.is_empty() {
            return Err(BAD_REQUEST);
        }
        let now = self.shared.now();
        relay.table().has_room_for(&ips, now)?;
        let answer = self.ask_crate(&manager, client, packet, asker).await;
        if answer.as_deref().is_some_and(is_success) {
            let mut table = relay.table_mut();
            for ip in ips {
                table.permit(ip, now)?;
            }
        }
        Ok(answer)
    }

    async fn bind(
        &mut self,
        client: &Client,
        message: &Message<'_>,
        packet: &[u8],
        asker: &Asker<'_>,
    ) -> Result<Option<Vec<u8>>, No> {
        let held = self.held_by(client, asker)?;
        let (manager, relay) = (held.manager.clone(), held.relay.clone());
        let number = match message.get(attribute::CHANNEL_NUMBER) {
            Some([high, low, _, _]) => u16::from_be_bytes([*high, *low]),
            _ => return Err(BAD_REQUEST),
        };
        let address = message.get(attribute::XOR_PEER_ADDRESS).ok_or(BAD_REQUEST)?;
        let peer = message.address(address).ok_or(BAD_REQUEST)?;
        if !CHANNELS.contains(&number) {
            return Err(BAD_REQUEST);
        }
        same_family(peer, relay.address)?;
        self.shared.policy.way(peer).map_err(|why| self.forbid(why))?;
        let now = self.shared.now();
        relay.table().can_bind(number, peer, now)?;
        let answer = self.ask_crate(&manager, client, packet, asker).await;
        if answer.as_deref().is_some_and(is_success) {
            relay.table_mut().bind(number, peer, now)?;
        }
        Ok(answer)
    }

    /// The client's allocation, if it is the asker's.
    fn held_by(&self, client: &Client, asker: &Asker<'_>) -> Result<&Held, No> {
        let held = self.held.get(&client.key()).filter(|held| !held.relay.has_ended());
        let held = held.ok_or(MISMATCH)?;
        if held.holder == asker.id {
            Ok(held)
        } else {
            self.shared.counters.refuse(Refused::Holder);
            Err(WRONG_CREDENTIALS)
        }
    }

    fn forbid(&self, why: Forbidden) -> No {
        self.shared.counters.refuse(why);
        FORBIDDEN
    }

    async fn ask_crate(
        &self,
        manager: &Arc<Manager>,
        client: &Client,
        packet: &[u8],
        asker: &Asker<'_>,
    ) -> Option<Vec<u8>> {
        let answer = Arc::new(Answer::new(client.local_addr()));
        let nonces = HashMap::from([(asker.nonce.to_owned(), Instant::now())]);
        let mut request = Request {
            conn: answer.clone(),
            src_addr: client.key().address,
            buff: packet.to_vec(),
            allocation_manager: manager.clone(),
            // One that was just checked: the crate's own list has no bound.
            nonces: Arc::new(Mutex::new(nonces)),
            auth_handler: Arc::new(KnownKey(asker.key.clone())),
            realm: self.authority.realm.clone(),
            channel_bind_timeout: CHANNEL,
        };
        if let Err(error) = request.handle_request().await {
            tracing::debug!(%error, "a request to the relay failed");
        }
        answer.take()
    }
}

fn same_family(peer: SocketAddr, relay: SocketAddr) -> Result<(), No> {
    if peer.is_ipv4() == relay.is_ipv4() { Ok(()) } else { Err(PEER_FAMILY) }
}

fn is_success(answer: &[u8]) -> bool {
    Message::parse(answer).is_some_and(|answer| answer.class() == Class::Success)
}
