//! What we read from and strip out of session descriptions and candidates before the crate sees
//! them. Not a parser: single lines only.

use std::net::IpAddr;

use cinemasync_core::link::Route;

use super::tunnel::is_tunnel;

/// Longest description that is looked at; the signaling protocol allows no more.
pub(super) const MAX_SDP_BYTES: usize = 32 * 1024;
/// Remote candidates used at most, per ICE generation: each pairs with each of ours.
pub(super) const MAX_REMOTE_CANDIDATES: usize = 48;

/// The first `ice-ufrag` of a description.
pub(super) fn ufrag(sdp: &str) -> Option<&str> {
    sdp.lines().find_map(|line| line.strip_prefix("a=ice-ufrag:")).map(str::trim)
}

/// Has the description a section for data channels?
pub(super) fn has_channels(sdp: &str) -> bool {
    sdp.lines().any(|line| line.starts_with("m=application "))
}

/// May this remote candidate be used on such a route? Relayed ones not where nothing is to be
/// relayed; names (mDNS) never: resolving them would send multicast for a stranger; nor addresses that
/// stand for our own relays.
pub(super) fn admits(candidate: &str, route: Route) -> bool {
    let mut fields = candidate.trim_start_matches("candidate:").split_ascii_whitespace().skip(2);
    let (protocol, _priority, address) = (fields.next(), fields.next(), fields.next());
    let (_port, _typ, kind) = (fields.next(), fields.next(), fields.next());
    protocol.is_some_and(|protocol| protocol.eq_ignore_ascii_case("udp"))
        && address.is_some_and(|address| address.parse().is_ok_and(|ip: IpAddr| !is_tunnel(ip)))
        && !(route == Route::NoRelay && kind == Some("relay"))
}

/// The description without the candidates that are not to be used, and how many it kept.
pub(super) fn with_admitted_candidates(sdp: &str, route: Route) -> (String, usize) {
    let mut kept = 0;
    let mut out = String::with_capacity(sdp.len());
    for line in sdp.split_inclusive('\n') {
        if let Some(candidate) = line.trim_end().strip_prefix("a=candidate:") {
            if kept == MAX_REMOTE_CANDIDATES || !admits(candidate, route) {
                continue;
            }
            kept += 1;
        }
        out.push_str(line);
    }
    (out, kept)
}

/// A candidate of ours as others may see it on such a route. The address behind a relayed one (RFC 8839
/// §5.1: for diagnosis only) is what whoever shows nothing but relays wants to keep.
pub(super) fn shown(candidate: &str, route: Route) -> String {
    if route != Route::RelayOnly {
        return candidate.to_owned();
    }
    let mut words: Vec<&str> = candidate.split(' ').collect();
    for at in 1..words.len() {
        match words[at - 1] {
            "raddr" => words[at] = if words[at].contains(':') { "::" } else { "0.0.0.0" },
            "rport" => words[at] = "0",
            _ => {}
        }
    }
    words.join(" ")
}

/// A description of ours with its candidates as others may see them.
pub(super) fn with_shown_candidates(sdp: &str, route: Route) -> String {
    let line = |line: &str| {
        if line.starts_with("a=candidate:") { shown(line, route) } else { line.to_owned() }
    };
    let text = |with_end: &str| {
        let bare = with_end.trim_end_matches(['\r', '\n']);
        line(bare) + &with_end[bare.len()..]
    };
    sdp.split_inclusive('\n').map(text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: &str = "candidate:1 1 udp 2130706431 192.168.1.7 5000 typ host";
    const RELAY: &str =
        "candidate:2 1 UDP 16777215 203.0.113.9 6000 typ relay raddr 0.0.0.0 rport 0";

    #[test]
    fn candidates_are_admitted_by_route_and_kind() {
        assert!(admits(HOST, Route::Any) && admits(RELAY, Route::Any));
        assert!(admits(HOST, Route::NoRelay) && !admits(RELAY, Route::NoRelay));
        assert!(!admits("candidate:1 1 udp 1 b7.local 5000 typ host", Route::Any));
        assert!(!admits("candidate:1 1 tcp 1 10.0.0.1 9 typ host tcptype active", Route::Any));
        assert!(!admits("candidate:1 1 udp 1 127.213.77.0 3478 typ host", Route::Any));
        assert!(!admits("", Route::Any) && !admits("candidate:", Route::Any));
    }

    #[test]
    fn a_description_keeps_all_but_the_candidates_refused() {
        let sdp = format!("v=0\r\na=ice-ufrag:abcd\r\na={HOST}\r\na={RELAY}\r\na=mid:0\r\n");
        let (kept, candidates) = with_admitted_candidates(&sdp, Route::NoRelay);
        assert_eq!(kept, format!("v=0\r\na=ice-ufrag:abcd\r\na={HOST}\r\na=mid:0\r\n"));
        assert_eq!(candidates, 1);
        assert_eq!(ufrag(&kept), Some("abcd"));
    }

    #[test]
    fn whoever_shows_only_relays_shows_no_address_behind_them() {
        let relay = "candidate:2 1 udp 16777215 203.0.113.9 6000 typ relay";
        let behind = |address: &str| format!("{relay} raddr {address} rport 5000");
        let hidden = format!("{relay} raddr 0.0.0.0 rport 0");
        let hidden_v6 = format!("{relay} raddr :: rport 0");
        assert_eq!(shown(&behind("192.168.1.7"), Route::RelayOnly), hidden);
        assert_eq!(shown(&behind("2001:db8::7"), Route::RelayOnly), hidden_v6);
        assert_eq!(shown(&behind("192.168.1.7"), Route::Any), behind("192.168.1.7"));
        assert_eq!(shown("candidate:2 1 udp raddr", Route::RelayOnly), "candidate:2 1 udp raddr");
        let sdp = |candidate: &str| format!("v=0\r\na={candidate}\r\na=mid:0\r\n");
        let shown = with_shown_candidates(&sdp(&behind("192.168.1.7")), Route::RelayOnly);
        assert_eq!(shown, sdp(&hidden));
    }

    #[test]
    fn a_flood_of_candidates_is_cut() {
        let sdp = format!("a={HOST}\n").repeat(500);
        assert_eq!(with_admitted_candidates(&sdp, Route::Any).1, MAX_REMOTE_CANDIDATES);
    }
}
