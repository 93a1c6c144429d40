//! Which program stands at the other end of a link: it is known by its certificate, and a changed one
//! is connected to only if a person accepts it. Also the safety code, by which people make sure.

use cinemasync_protocol::{IceCandidate, ParticipantId};

use super::{Io, Output, OwnTracks, Stay};
use crate::control::ControlMessage;
use crate::interface::{Event, Level};
use crate::link::{Description, DescriptionKind, LinkState};
use crate::negotiation::NegotiationInput;
use crate::safety_code::{End, SafetyCode, Step};
use crate::sentence;
use crate::session::keys::Withheld;
use crate::session::roster::Remote;

/// The line that tells for which connection a description is; other programs skip it.
const ADDRESSEE: &str = "a=x-cinemasync-for:";
/// Longest number of a connection: RFC 8829 has 63 bits.
const MAX_NUMBER_BYTES: usize = 20;

impl Stay {
    /// Is a description for our connection as it is now? What was said to one before may have
    /// waited at the server.
    pub(super) fn is_for_us(&self, from: &ParticipantId, to: Option<&str>) -> bool {
        let ours = self.roster.get(from).and_then(|member| member.link.number.as_deref());
        to.is_none_or(|to| Some(to) == ours)
    }

    /// Somebody's description came over the server: is it to be taken? A connection keeps its
    /// number and its certificate for life. An offer with another number comes from a program that
    /// was started again and took its place back: it knows nothing of the old connection.
    pub(super) fn knows_program(
        &mut self,
        id: &ParticipantId,
        kind: DescriptionKind,
        sdp: &str,
        io: &mut Io<'_>,
    ) -> bool {
        let Some(named) = program(sdp) else {
            // Without a certificate the link refuses it; of who is known, it is not even tried.
            return self.keys.certificate(id).is_none();
        };
        if self.roster.get(id).is_none() {
            return false;
        }
        if self.keys.is_other(id, &named.certificate) {
            self.withhold(id, kind, named.certificate, sdp, io);
            return false;
        }
        let Some(member) = self.roster.get_mut(id) else { return false };
        let returned = member.withheld.take().is_some();
        if member.link.detached {
            // The one who is known is back. An answer would be one to a connection that is gone.
            if kind == DescriptionKind::Offer {
                self.begin_anew(id, named, io);
            }
            return kind == DescriptionKind::Offer;
        }
        match &member.link.remote {
            None => member.link.remote = Some(named),
            Some(known) if *known != named && kind == DescriptionKind::Offer => {
                self.begin_anew(id, named, io);
            }
            Some(_) => {}
        }
        if returned {
            self.tell_peer(id, io);
        }
        true
    }

    /// A candidate came: of whom waits, it is kept.
    pub(super) fn remote_candidate(
        &mut self,
        id: &ParticipantId,
        candidate: Option<IceCandidate>,
        io: &mut Io<'_>,
    ) {
        let Some(member) = self.roster.get_mut(id) else { return };
        if let Some(withheld) = &mut member.withheld {
            withheld.candidate(candidate.clone());
        }
        self.negotiate(id, NegotiationInput::RemoteCandidate(candidate), io);
    }

    /// The handshake is done: these are the certificates.
    pub(super) fn proved(
        &mut self,
        id: &ParticipantId,
        local: String,
        remote: &str,
        io: &mut Io<'_>,
    ) {
        let remote = remote.to_ascii_lowercase();
        if self.keys.is_other(id, &remote) {
            self.detach(id, io);
            return self.ask(id, Withheld::new(remote, None), io);
        }
        self.keys.proved(id, &remote);
        self.with_member(id, |member| member.link.fingerprints = Some((local, remote)));
        self.make_code(id, io);
    }

    /// A message of the safety code's exchange came.
    pub(super) fn safety(&mut self, id: &ParticipantId, step: Step, io: &mut Io<'_>) {
        let Some(member) = self.roster.get_mut(id) else { return };
        match member.link.exchange.receive(step) {
            Ok(Some(step)) => super::control::send(id, &ControlMessage::Safety { step }, io),
            Ok(None) => {}
            // There is no code then, and that is what people see.
            Err(_) => member.link.safety_code = None,
        }
        self.make_code(id, io);
    }

    /// The code, once both certificates and both numbers are known.
    fn make_code(&mut self, id: &ParticipantId, io: &mut Io<'_>) {
        let Some(member) = self.roster.get(id) else { return };
        let (Some((local, remote)), Some((ours, theirs))) =
            (&member.link.fingerprints, member.link.exchange.nonces())
        else {
            return;
        };
        let code = SafetyCode::of(
            End { id: self.roster.me(), fingerprint: local, nonce: &ours },
            End { id, fingerprint: remote, nonce: &theirs },
        );
        if member.link.safety_code != Some(code) {
            self.with_member(id, |member| member.link.safety_code = Some(code));
            self.tell_peer(id, io);
        }
    }

    /// A person has compared the codes.
    pub(super) fn compared(&mut self, id: &ParticipantId, equal: bool, io: &mut Io<'_>) {
        let has_code = |id| self.roster.get(id).is_some_and(|who| who.link.safety_code.is_some());
        if has_code(id) && self.keys.compare(id, equal) {
            self.tell_peer(id, io);
        } else {
            io.failed("no_safety_code", sentence::no_code_to_compare());
        }
    }

    /// A program with another certificate wants somebody's place. A connection that stands is left
    /// alone: it is to the one who is known.
    fn withhold(
        &mut self,
        id: &ParticipantId,
        kind: DescriptionKind,
        certificate: String,
        sdp: &str,
        io: &mut Io<'_>,
    ) {
        let Some(member) = self.roster.get_mut(id) else { return };
        let offer =
            (kind == DescriptionKind::Offer).then(|| Description { kind, sdp: sdp.to_owned() });
        match &mut member.withheld {
            Some(withheld) if withheld.certificate == certificate => {
                if let Some(offer) = offer {
                    withheld.offers(offer);
                }
            }
            _ => {
                if member.link.state != LinkState::Connected {
                    self.detach(id, io);
                }
                self.ask(id, Withheld::new(certificate, offer), io);
            }
        }
    }

    fn ask(&mut self, id: &ParticipantId, withheld: Withheld, io: &mut Io<'_>) {
        let name = self.name_of(id);
        let compared = self.keys.is_compared(id);
        self.with_member(id, |member| member.withheld = Some(withheld));
        self.tell_peer(id, io);
        let text = if compared {
            sentence::key_changed_compared(name)
        } else {
            sentence::key_changed(name)
        };
        self.line_at(Level::Warning, text, io);
    }

    /// Connects to whom was withheld.
    pub(super) fn accept_key(&mut self, id: &ParticipantId, io: &mut Io<'_>) {
        let waiting = self.roster.get_mut(id).and_then(|member| member.withheld.take());
        let Some(withheld) = waiting else { return nobody_waits(io) };
        self.keys.forget(id);
        let certificate = withheld.certificate.clone();
        let (offer, candidates) = withheld.said();
        let session = offer.as_ref().and_then(|offer| program(&offer.sdp)?.session);
        self.begin_anew(id, Remote { certificate, session }, io);
        if let Some(offer) = offer {
            self.negotiate(id, NegotiationInput::RemoteDescription(offer), io);
        }
        for candidate in candidates {
            self.negotiate(id, NegotiationInput::RemoteCandidate(candidate), io);
        }
    }

    /// Leaves it unconnected. It can still be accepted.
    pub(super) fn refuse_key(&mut self, id: &ParticipantId, io: &mut Io<'_>) {
        let waiting = self.roster.get_mut(id).and_then(|member| member.withheld.as_mut());
        let Some(withheld) = waiting else { return nobody_waits(io) };
        withheld.refused = true;
        self.tell_peer(id, io);
    }

    /// While somebody waits for a decision, a connection that breaks is not mended: it would be
    /// mended with the one who waits.
    pub(super) fn let_go_if_withheld(&mut self, id: &ParticipantId, io: &mut Io<'_>) -> bool {
        let broken = self.roster.get(id).is_some_and(|member| {
            member.withheld.is_some() && member.link.state != LinkState::Connected
        });
        if broken {
            self.detach(id, io);
            self.tell_peer(id, io);
        }
        broken
    }

    fn detach(&mut self, id: &ParticipantId, io: &mut Io<'_>) {
        self.close_link(id, io);
        let link = self.new_link(id, false, io);
        let now = io.now.instant;
        self.with_member(id, |member| {
            member.link = link;
            member.link.state = LinkState::Failed;
            member.link.away_since = Some(now);
            member.link.detached = true;
        });
    }

    fn begin_anew(&mut self, id: &ParticipantId, remote: Remote, io: &mut Io<'_>) {
        let Some(info) = self.roster.info(id) else { return };
        self.close_link(id, io);
        let fresh = self.open_link(&info, false, io);
        self.with_member(id, |member| {
            *member = fresh;
            member.link.remote = Some(remote);
            member.link.anew = true;
        });
        self.tell_peer(id, io);
    }

    pub(super) fn close_link(&mut self, id: &ParticipantId, io: &mut Io<'_>) {
        io.push(Output::CloseLink(id.clone()));
        self.clock.remove_peer(id);
        self.inbox.remove(id);
        self.tracks_of(id, OwnTracks::default(), io);
    }

    pub(super) fn tell_peer(&self, id: &ParticipantId, io: &mut Io<'_>) {
        if let Some(member) = self.roster.get(id) {
            io.event(Event::Peer {
                id: id.clone(),
                state: member.link.state,
                path: member.link.path,
                safety_code: member.link.safety_code,
                compared: self.keys.is_compared(id),
                other_key: member.withheld.as_ref().map(Withheld::view),
            });
        }
    }
}

fn nobody_waits(io: &mut Io<'_>) {
    io.failed("no_other_key", sentence::nobody_waits());
}

/// Which program a description comes from: its certificate's fingerprint (RFC 8122) and the number in
/// its origin. `None` if it names no certificate, or several.
fn program(sdp: &str) -> Option<Remote> {
    let mut named = lines(sdp).filter_map(|line| line.strip_prefix("a=fingerprint:"));
    let first = named.next()?.trim().to_ascii_lowercase();
    if named.any(|other| other.trim().to_ascii_lowercase() != first) {
        return None;
    }
    let certificate = first.strip_prefix("sha-256 ").map_or(first.as_str(), str::trim).to_owned();
    Some(Remote { certificate, session: number(sdp) })
}

/// The lines as the link reads them: it skips carriage returns before a line, too.
fn lines(sdp: &str) -> impl Iterator<Item = &str> {
    sdp.split('\n').map(|line| line.trim_matches('\r'))
}

/// The number of the connection that a description is of.
pub(super) fn number(sdp: &str) -> Option<String> {
    let origin = lines(sdp).find_map(|line| line.strip_prefix("o="))?;
    let number = origin.split(' ').nth(1).map(str::trim)?;
    // What is longer is no number, and would be sent back.
    (1..=MAX_NUMBER_BYTES).contains(&number.len()).then(|| number.to_owned())
}

/// The description as it is sent to the connection with this number, if that is known.
pub(super) fn addressed(sdp: String, to: Option<&str>) -> String {
    let Some(to) = to else { return sdp };
    let newline = if sdp.ends_with('\n') { "" } else { "\r\n" };
    format!("{sdp}{newline}{ADDRESSEE}{to}\r\n")
}

/// The description without its addressee, and who that is.
pub(super) fn opened(sdp: &str) -> (String, Option<String>) {
    let mut to = None;
    let mut plain = String::with_capacity(sdp.len());
    for line in sdp.split_inclusive('\n') {
        match line.strip_prefix(ADDRESSEE) {
            Some(number) => to = Some(number.trim_end().to_owned()),
            None => plain.push_str(line),
        }
    }
    (plain, to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_tells_its_program_by_certificate_and_connection() {
        let sdp = "v=0\r\no=- 42 7 IN IP4 0.0.0.0\r\na=fingerprint:sha-256 AB:CD\r\n";
        let found = program(sdp).unwrap();
        assert_eq!((found.certificate.as_str(), found.session.as_deref()), ("ab:cd", Some("42")));
        let later = program(&sdp.replace("42 7", "42 8")).unwrap();
        assert_eq!(found, later, "a new version of the same connection");
        assert_eq!(program("v=0\r\n"), None);
        let long = format!("o=- {} 1\r\na=fingerprint:sha-256 AB\r\n", "9".repeat(100));
        assert_eq!(program(&long).unwrap().session, None);
    }

    #[test]
    fn no_spelling_hides_a_certificate() {
        let hidden = program("v=0\r\n\r\ra=fingerprint:sha-256 EE\n").unwrap();
        assert_eq!(hidden.certificate, "ee");
        let two = "a=fingerprint:sha-256 AB\r\n\ra=fingerprint:sha-256 EE\r\n";
        assert_eq!(program(two), None);
        let same = "a=fingerprint:sha-256 AB\r\na=fingerprint:SHA-256 ab\r\n";
        assert!(program(same).is_some());
    }

    #[test]
    fn a_description_is_for_one_connection() {
        for sdp in ["v=0\r\n", "v=0"] {
            let sent = addressed(sdp.to_owned(), Some("42"));
            let (plain, to) = opened(&sent);
            assert_eq!((plain.trim_end(), to.as_deref()), ("v=0", Some("42")));
        }
        assert_eq!(opened(&addressed("v=0\r\n".to_owned(), None)), ("v=0\r\n".to_owned(), None));
    }
}
