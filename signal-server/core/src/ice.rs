//! Which ICE servers a participant is told: STUN for its public address, and relays with credentials
//! that are its own and end by themselves. Fetching what others run is the shell's.

use std::fmt;
use std::time::Duration;

use cinemasync_protocol::{IceServer, ParticipantId};

use crate::turn_credentials;

/// How long relay credentials live unless settings say otherwise: longer than a film night, so that
/// a relayed call does not depend on a renewal.
pub const DEFAULT_CREDENTIALS_TTL: Duration = Duration::from_secs(6 * 60 * 60);

/// A relay whose secret this server knows: its own, or a coturn with `use-auth-secret`.
#[derive(Clone, PartialEq, Eq)]
pub struct Relay {
    /// Where it is reached: `turn:` and `turns:` addresses.
    pub urls: Vec<String>,
    /// The secret it shares with this server.
    pub secret: Vec<u8>,
}

impl fmt::Debug for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Relay").field("urls", &self.urls).finish_non_exhaustive()
    }
}

/// Everything participants can be told to find each other with.
#[derive(Debug, Clone)]
pub struct IceSettings {
    /// `stun:` addresses.
    pub stun: Vec<String>,
    /// Relays that this server makes credentials for.
    pub relays: Vec<Relay>,
    /// How long those credentials live.
    pub ttl: Duration,
}

impl Default for IceSettings {
    fn default() -> Self {
        Self { stun: Vec::new(), relays: Vec::new(), ttl: DEFAULT_CREDENTIALS_TTL }
    }
}

/// The settings, and what a service has given.
#[derive(Debug)]
pub(crate) struct IceDirectory {
    settings: IceSettings,
    fetched: Vec<IceServer>,
}

impl IceDirectory {
    pub(crate) fn new(settings: IceSettings) -> Self {
        Self { settings, fetched: Vec::new() }
    }

    pub(crate) fn add_relay(&mut self, relay: Relay) {
        self.settings.relays.push(relay);
    }

    /// Replaces what a service has given; true if that is something else than before.
    pub(crate) fn set_fetched(&mut self, servers: Vec<IceServer>) -> bool {
        let news = self.fetched != servers;
        self.fetched = servers;
        news
    }

    /// After how long a room's participants need fresh credentials; `None` if theirs never end.
    /// Half their life, so that one renewal may be missed.
    pub(crate) fn renewal(&self) -> Option<Duration> {
        (!self.settings.relays.is_empty()).then_some(self.settings.ttl / 2)
    }

    /// What the participant is told now.
    pub(crate) fn servers_for(&self, id: &ParticipantId, now_unix: u64) -> Vec<IceServer> {
        let mut servers = Vec::new();
        if !self.settings.stun.is_empty() {
            let urls = self.settings.stun.clone();
            servers.push(IceServer { urls, username: None, credential: None });
        }
        let expires_unix = now_unix.saturating_add(self.settings.ttl.as_secs());
        for relay in &self.settings.relays {
            let issued = turn_credentials::issue(&relay.secret, id, expires_unix);
            servers.push(IceServer {
                urls: relay.urls.clone(),
                username: Some(issued.username),
                credential: Some(issued.credential),
            });
        }
        servers.extend(self.fetched.iter().cloned());
        servers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(url: &str) -> IceServer {
        IceServer { urls: vec![url.to_owned()], username: None, credential: None }
    }

    fn directory(relays: Vec<Relay>) -> IceDirectory {
        let stun = vec!["stun:stun.example.org".to_owned()];
        IceDirectory::new(IceSettings { stun, relays, ttl: Duration::from_secs(600) })
    }

    #[test]
    fn a_relays_credentials_are_the_participants_own_and_end() {
        let relay = Relay { urls: vec!["turn:turn.example.org".to_owned()], secret: vec![1; 32] };
        let servers = directory(vec![relay]).servers_for(&ParticipantId::new("ana"), 1_000);
        assert_eq!(servers[0], server("stun:stun.example.org"));
        let username = servers[1].username.as_deref().unwrap();
        assert_eq!(username, "1600:ana");
        assert_eq!(servers[1].credential, Some(turn_credentials::password(&[1; 32], username)));
    }

    #[test]
    fn only_credentials_that_end_are_renewed() {
        assert_eq!(directory(Vec::new()).renewal(), None);
        let relay = Relay { urls: Vec::new(), secret: Vec::new() };
        assert_eq!(directory(vec![relay]).renewal(), Some(Duration::from_secs(300)));
    }

    #[test]
    fn what_a_service_gives_is_told_beside_the_rest_and_the_same_again_is_no_news() {
        let mut directory = directory(Vec::new());
        let fetched = vec![server("turn:relay.example.net")];
        assert!(directory.set_fetched(fetched.clone()));
        assert!(!directory.set_fetched(fetched.clone()));
        let servers = directory.servers_for(&ParticipantId::new("ana"), 0);
        assert_eq!(servers, [vec![server("stun:stun.example.org")], fetched].concat());
    }
}
