//! How this network looks from outside (RFC 4787, RFC 5780): whether it has an address translator, and
//! whether that keeps one address for all whom one talks to. Only servers that the signaling server names
//! are asked.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use cinemasync_protocol::IceServer;
use cinemasync_server::probe::mapped;
use tokio::net::UdpSocket;

use super::Finding;
use super::network::{Over, targets};

pub(super) const NAME: (&str, &str) = ("nat", "Network");

/// Answers that are compared.
const COMPARED: usize = 3;

/// What two or three servers said.
#[derive(Debug, Default)]
struct Seen {
    /// How many were asked.
    asked: usize,
    /// Under which address each of those that answered sees the socket.
    as_seen: Vec<SocketAddr>,
    /// This computer's own addresses.
    own: BTreeSet<IpAddr>,
    /// And the socket's port.
    port: u16,
}

pub(super) async fn check(servers: &[IceServer]) -> Finding {
    match look(servers).await {
        Ok(seen) => judge(&seen),
        Err(error) => {
            let found = format!("UDP cannot be used here: {error}.");
            Finding::warn(
                NAME,
                found,
                "Calls go over a relay by TCP or TLS, if the server has one.",
            )
        }
    }
}

async fn look(servers: &[IceServer]) -> std::io::Result<Seen> {
    // Version 6 of the protocol has no need of translators.
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).await?;
    let own = if_addrs::get_if_addrs()?.into_iter().map(|interface| interface.ip()).collect();
    let mut seen = Seen { own, port: socket.local_addr()?.port(), ..Seen::default() };
    let mut asked = BTreeSet::new();
    // One after the other: it must be the same socket, and the answers come within milliseconds.
    let all = async {
        for target in targets(servers).iter().filter(|target| target.over == Over::Udp) {
            let Ok(address @ SocketAddr::V4(_)) = target.address().await else { continue };
            if !asked.insert(address) {
                continue;
            }
            seen.asked += 1;
            if let Ok(as_seen) = mapped(&socket, address).await {
                seen.as_seen.push(as_seen);
            }
            if seen.as_seen.len() >= COMPARED {
                break;
            }
        }
    };
    // What came until then counts.
    let _ = tokio::time::timeout(super::PATIENCE, all).await;
    Ok(seen)
}

fn judge(seen: &Seen) -> Finding {
    let Some(first) = seen.as_seen.first() else {
        return match seen.asked {
            0 => Finding::unknown(
                NAME,
                "The server names nobody who could be asked how this network looks (STUN).",
            ),
            _ => Finding::warn(
                NAME,
                "No answer comes back over UDP: this network does not let it out. Calls go over a relay, \
                 and are slower.",
                "Another network, or a firewall that lets UDP out, makes direct calls possible.",
            ),
        };
    };
    if seen.as_seen.iter().any(|other| other != first) {
        return Finding::warn(
            NAME,
            "Its address translator gives another port for each whom one talks to (symmetric NAT). With \
             friends whose network does so, too, calls go over a relay.",
            "A router's setting such as \"full cone\" or UPnP, or another network, makes it direct.",
        );
    }
    if seen.own.contains(&first.ip()) && first.port() == seen.port {
        return Finding::ok(NAME, "No address translator: direct calls are possible with anybody.");
    }
    if seen.as_seen.len() == 1 {
        return Finding::unknown(
            NAME,
            "There is an address translator. Only one server answered, so it is not known whether it keeps \
             its ports.",
        );
    }
    Finding::ok(
        NAME,
        "Its address translator keeps one port for all (endpoint-independent mapping): direct calls are \
         possible with almost anybody.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

    fn seen(asked: usize, as_seen: &[&str]) -> Seen {
        Seen {
            asked,
            as_seen: as_seen.iter().map(|address| address.parse().unwrap()).collect(),
            own: BTreeSet::from(["192.168.1.7".parse().unwrap()]),
            port: 5000,
        }
    }

    #[test]
    fn translators_are_told_apart() {
        let verdict = |asked, as_seen: &[&str]| judge(&seen(asked, as_seen)).verdict;
        assert_eq!(verdict(0, &[]), Verdict::Unknown);
        assert_eq!(verdict(2, &[]), Verdict::Warn);
        assert_eq!(verdict(2, &["203.0.113.1:700"]), Verdict::Unknown);
        assert_eq!(verdict(2, &["203.0.113.1:700", "203.0.113.1:700"]), Verdict::Ok);
        let symmetric = judge(&seen(2, &["203.0.113.1:700", "203.0.113.1:701"]));
        assert_eq!(symmetric.verdict, Verdict::Warn);
        assert!(symmetric.found.contains("symmetric"));
        let open = judge(&seen(1, &["192.168.1.7:5000"]));
        assert!(open.found.starts_with("No address translator"));
        // A private address with another port is a translator within the home.
        assert_eq!(verdict(1, &["192.168.1.7:5001"]), Verdict::Unknown);
    }
}
