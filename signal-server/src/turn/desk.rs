//! Answers requests, one after the other: who asks, whether they may, and then the `turn` crate does
//! it and writes the answer. What the crate does not check is checked here first: addresses, quotas,
//! bounds, whose allocation it is. Only what bears a good signature reaches the crate.

mod request;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cinemasync_server_core::turn_credentials::{self, Invalid};
use cinemasync_server_core::turn_nonce::NonceKey;
use cinemasync_server_core::turn_wire::{Class, Message, Method, Transaction, Writer, attribute};
use tokio::sync::mpsc;
use turn::allocation::allocation_manager::Manager;

use super::client::{Client, ClientKey};
use super::figures::Refused;
use super::relay::Relay;
use super::shared::Shared;

/// How often allocations are looked through for those whose credentials have expired.
const SWEEP: Duration = Duration::from_secs(1);

/// What the listeners bring.
pub(super) enum Ask {
    /// A message that is not data.
    Packet(Client, Vec<u8>),
    /// A stream is closed.
    Gone(ClientKey),
}

/// Who may use the relay.
pub(super) struct Authority {
    pub(super) secret: Vec<u8>,
    pub(super) realm: String,
    pub(super) nonces: NonceKey,
}

/// The one who answers.
pub(super) struct Desk {
    shared: Arc<Shared>,
    authority: Authority,
    held: HashMap<ClientKey, Held>,
}

/// One client's allocation.
struct Held {
    /// The crate's side; dropping it ends the allocation.
    manager: Arc<Manager>,
    relay: Arc<Relay>,
    holder: String,
    expires_unix: u64,
    /// The request that made it and its answer, for when the answer got lost.
    transaction: Transaction,
    answer: Vec<u8>,
}

/// Who asks, proved.
struct Asker<'a> {
    id: &'a str,
    expires_unix: u64,
    key: Vec<u8>,
    nonce: &'a str,
}

impl Desk {
    pub(super) fn new(shared: Arc<Shared>, authority: Authority) -> Self {
        Self { shared, authority, held: HashMap::new() }
    }

    /// Answers until nobody can ask any more.
    pub(super) async fn run(mut self, mut asks: mpsc::Receiver<Ask>) {
        let mut sweep = tokio::time::interval(SWEEP);
        loop {
            tokio::select! {
                ask = asks.recv() => match ask {
                    Some(Ask::Packet(client, packet)) => self.answer(&client, &packet).await,
                    Some(Ask::Gone(key)) => drop(self.held.remove(&key)),
                    None => return,
                },
                _ = sweep.tick() => self.sweep(),
            }
        }
    }

    /// Ends what is over.
    fn sweep(&mut self) {
        let now = unix_now();
        let counters = &self.shared.counters;
        self.held.retain(|_, held| {
            let expired = held.expires_unix <= now;
            if expired && !held.relay.has_ended() {
                counters.refuse(Refused::Expired);
            }
            !expired && !held.relay.has_ended()
        });
    }

    async fn answer(&mut self, client: &Client, packet: &[u8]) {
        let Some(message) = Message::parse(packet) else {
            return self.shared.counters.refuse(Refused::Garbage);
        };
        if message.class() != Class::Request {
            return;
        }
        let answer = match message.method() {
            Method::Binding => {
                let mapped = attribute::XOR_MAPPED_ADDRESS;
                let writer = Writer::new(Class::Success, Method::Binding, message.transaction());
                Some(writer.with_address(mapped, client.key().address).finish())
            }
            Method::Send | Method::Data => None,
            _ => match self.authenticate(client, &message) {
                Ok(asker) => self.serve(client, &message, packet, &asker).await,
                Err(refusal) => Some(refusal),
            },
        };
        if let Some(answer) = answer
            && !client.send(&answer)
        {
            self.shared.counters.refuse(Refused::NotSent);
        }
    }

    /// Who asks; or the answer to whoever cannot prove it.
    fn authenticate<'a>(
        &self,
        client: &Client,
        message: &Message<'a>,
    ) -> Result<Asker<'a>, Vec<u8>> {
        let now = unix_now();
        let address = client.key().address;
        let challenge = |code, reason| {
            Writer::new(Class::Error, message.method(), message.transaction())
                .with_error(code, reason)
                .with(attribute::NONCE, self.authority.nonces.make(address, now).as_bytes())
                .with(attribute::REALM, self.authority.realm.as_bytes())
                .finish()
        };
        if message.get(attribute::MESSAGE_INTEGRITY).is_none() {
            return Err(challenge(401, "Unauthorized"));
        }
        let text = |kind| message.text(kind);
        let (Some(name), Some(realm), Some(nonce)) =
            (text(attribute::USERNAME), text(attribute::REALM), text(attribute::NONCE))
        else {
            return Err(refusal(message, None, 400, "Bad Request"));
        };
        if !self.authority.nonces.is_fresh(nonce, address, now) {
            return Err(challenge(438, "Stale Nonce"));
        }
        let refuse = |why| {
            self.shared.counters.refuse(why);
            challenge(401, "Unauthorized")
        };
        let holder = turn_credentials::holder(name, now)
            .and_then(|_| turn_credentials::parse(name))
            .map_err(|invalid| match invalid {
                Invalid::Expired => refuse(Refused::Expired),
                Invalid::Malformed => refuse(Refused::Credentials),
            })?;
        let password = turn_credentials::password(&self.authority.secret, name);
        let key = turn::auth::generate_auth_key(name, &self.authority.realm, &password);
        if realm != self.authority.realm || !message.is_signed_with(&key) {
            return Err(refuse(Refused::Credentials));
        }
        Ok(Asker { id: holder.id, expires_unix: holder.expires_unix, key, nonce })
    }
}

/// An error as answer, signed if one knows with what.
fn refusal(message: &Message<'_>, key: Option<&[u8]>, code: u16, reason: &str) -> Vec<u8> {
    let writer =
        Writer::new(Class::Error, message.method(), message.transaction()).with_error(code, reason);
    match key {
        Some(key) => writer.signed_with(key).finish(),
        None => writer.finish(),
    }
}

/// Unix seconds.
fn unix_now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}
