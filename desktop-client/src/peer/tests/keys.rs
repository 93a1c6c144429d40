//! Who is at the other end: encryption is never left out, and the certificate of the handshake is
//! the one that the description named.

use cinemasync_core::link::{
    Description, DescriptionKind, Identity, LinkCommand, LinkEvent, LinkState,
};

use super::rig::{Pair, Side};
use crate::peer::identity;

/// The one line of a description that begins like this.
fn line(sdp: &str, begin: &str) -> String {
    sdp.lines().find_map(|line| line.strip_prefix(begin)).expect("described").to_owned()
}

fn descriptions(side: &Side) -> Vec<String> {
    let described = side.told.iter().filter_map(|event| match event {
        LinkEvent::LocalDescription(description) => Some(description.sdp.clone()),
        _ => None,
    });
    described.collect()
}

fn fingerprints(side: &Side) -> (String, String) {
    let told = side.told.iter().find_map(|event| match event {
        LinkEvent::Fingerprints { local, remote } => Some((local.clone(), remote.clone())),
        _ => None,
    });
    told.expect("the handshake is done")
}

/// With the first digit of each fingerprint another one.
fn with_other_fingerprint(sdp: &str) -> String {
    let marker = "a=fingerprint:sha-256 ";
    let mut lines = Vec::new();
    for line in sdp.split_inclusive('\n') {
        lines.push(match line.strip_prefix(marker) {
            Some(digits) => {
                let first = if digits.starts_with('0') { '1' } else { '0' };
                format!("{marker}{first}{}", &digits[1..])
            }
            None => line.to_owned(),
        });
    }
    lines.concat()
}

async fn connected(identities: [Option<Identity>; 2]) -> Pair {
    let mut pair = Pair::showing(identities);
    pair.connect().await;
    pair.until("the handshake's certificates", |a, b| {
        let proved = |event: &LinkEvent| matches!(event, LinkEvent::Fingerprints { .. });
        a.has_told(proved) && b.has_told(proved)
    })
    .await;
    pair
}

#[tokio::test]
async fn the_handshake_proves_what_the_descriptions_name() {
    let kept = identity::generate().unwrap();
    let mut names = Vec::new();
    for identity in [Some(kept.clone()), Some(kept), None] {
        let pair = connected([identity, None]).await;
        let ((a_own, a_other), (b_own, b_other)) = (fingerprints(&pair.a), fingerprints(&pair.b));
        assert_eq!((&a_own, &a_other), (&b_other, &b_own));
        let named = line(&descriptions(&pair.a)[0], "a=fingerprint:sha-256 ");
        assert_eq!(named.to_uppercase(), a_own);
        let answered = line(&descriptions(&pair.b)[0], "a=fingerprint:sha-256 ");
        assert_eq!(answered.to_uppercase(), b_own);
        names.push(a_own);
    }
    assert_eq!(names[0], names[1], "a kept identity is shown again");
    assert_ne!(names[0], names[2], "and nobody else's");
}

#[tokio::test]
async fn a_certificate_that_was_not_named_is_no_connection() {
    for newcomer_lies in [true, false] {
        let mut pair = Pair::new();
        let liar = if newcomer_lies { &mut pair.a } else { &mut pair.b };
        liar.tamper = Some(with_other_fingerprint);
        pair.offer(false);
        pair.until("the end", |a, b| {
            let over = |side: &Side| side.is(LinkState::Failed) || side.is(LinkState::Closed);
            over(a) || over(b)
        })
        .await;
        for side in [&pair.a, &pair.b] {
            let open = |event: &LinkEvent| {
                matches!(event, LinkEvent::ControlOpen | LinkEvent::Fingerprints { .. })
                    || *event == LinkEvent::State(LinkState::Connected)
            };
            assert!(!side.has_told(open), "newcomer lies: {newcomer_lies}");
        }
        assert!(pair.a.packets.try_recv().is_err() && pair.b.packets.try_recv().is_err());
    }
}

#[tokio::test]
async fn a_description_without_a_certificate_is_refused() {
    let mut pair = Pair::new();
    pair.offer(false);
    pair.until("an offer", |a, _| !descriptions(a).is_empty()).await;
    let offer = descriptions(&pair.a)[0].clone();
    let keyless: String =
        offer.split_inclusive('\n').filter(|line| !line.starts_with("a=fingerprint")).collect();
    let mut pair = Pair::new();
    let description = Description { kind: DescriptionKind::Offer, sdp: keyless };
    pair.b.peer.command(LinkCommand::Accept { description, rollback: false });
    let refused = async {
        while let Some((_, event)) = pair.b.events.recv().await {
            if matches!(event, LinkEvent::NegotiationFailed(_)) {
                return;
            }
        }
    };
    tokio::time::timeout(super::rig::PATIENCE, refused).await.expect("refused");
}

#[tokio::test]
async fn a_connection_keeps_its_number_and_each_has_its_own() {
    let identity = identity::generate().unwrap();
    let number = |sdp: &String| line(sdp, "o=").split(' ').nth(1).expect("a number").to_owned();
    let mut pair = connected([Some(identity.clone()), None]).await;
    pair.b.make_offer(true);
    pair.until("the restart", |a, b| descriptions(a).len() > 1 && descriptions(b).len() > 1).await;
    let of_a: Vec<String> = descriptions(&pair.a).iter().map(number).collect();
    assert_eq!(of_a[0], of_a[1], "in an offer and in an answer");
    let again = connected([Some(identity), None]).await;
    assert_ne!(number(&descriptions(&again.a)[0]), of_a[0]);
}
