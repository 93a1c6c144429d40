//! Two negotiations over an asynchronous link model and a delayed, ordered signaling: whatever is asked
//! for and whatever fails, both end stable with descriptions that belong together.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use cinemasync_core::link::{Description, DescriptionKind, LinkCommand, LinkState};
use cinemasync_core::negotiation::{Negotiation, NegotiationInput, NegotiationOutput};
use cinemasync_protocol::IceCandidate;
use proptest::prelude::*;

/// A link after the letter of the standard: one command after the other, each taking its time.
#[derive(Default)]
struct Link {
    name: &'static str,
    queue: VecDeque<LinkCommand>,
    busy_until: Option<Instant>,
    made: u32,
    current: Option<(String, String)>,
    local_offer: Option<String>,
    remote_offer: Option<String>,
    failures_left: Vec<bool>,
    candidates_added: usize,
    candidates_refused: usize,
    violations: Vec<String>,
}

impl Link {
    fn fails(&mut self) -> bool {
        self.failures_left.pop().unwrap_or(false)
    }

    /// Carries out the oldest command.
    fn perform(&mut self) -> Vec<NegotiationInput> {
        let Some(command) = self.queue.pop_front() else { return Vec::new() };
        match command {
            LinkCommand::MakeOffer { .. } => {
                if self.fails() || self.remote_offer.is_some() {
                    return vec![NegotiationInput::Failed];
                }
                self.made += 1;
                let sdp = format!("offer {} of {}\r\na=ice-ufrag:{0}\r\n", self.made, self.name);
                self.local_offer = Some(sdp.clone());
                vec![
                    NegotiationInput::LocalCandidate(Some(self.candidate())),
                    NegotiationInput::LocalDescription(Description {
                        kind: DescriptionKind::Offer,
                        sdp,
                    }),
                    NegotiationInput::LocalCandidate(None),
                ]
            }
            LinkCommand::Accept { description, rollback } => self.accept(description, rollback),
            LinkCommand::AddCandidate(_) => {
                if self.current.is_none() && self.remote_offer.is_none() {
                    self.violations.push("a candidate before any remote description".to_owned());
                    self.candidates_refused += 1;
                } else {
                    self.candidates_added += 1;
                }
                Vec::new()
            }
            other => panic!("{other:?} is no negotiation command"),
        }
    }

    fn accept(&mut self, description: Description, rollback: bool) -> Vec<NegotiationInput> {
        if self.fails() {
            return vec![NegotiationInput::Failed];
        }
        assert!(!description.sdp.contains("x-cinemasync"), "marks stay out of the link");
        if rollback {
            self.local_offer = None;
        }
        match description.kind {
            DescriptionKind::Answer => {
                let Some(offer) = self.local_offer.take() else {
                    self.violations.push("an answer without an offer".to_owned());
                    return vec![NegotiationInput::Failed];
                };
                if !description
                    .sdp
                    .contains(offer.lines().next().expect("offers have a first line"))
                {
                    self.violations.push("an answer to another offer".to_owned());
                }
                self.current = Some((offer, description.sdp));
                vec![NegotiationInput::RemoteDescriptionSet(DescriptionKind::Answer)]
            }
            DescriptionKind::Offer => {
                if self.local_offer.is_some() {
                    self.violations.push("a remote offer over a local one".to_owned());
                    return vec![NegotiationInput::Failed];
                }
                self.made += 1;
                let first = description.sdp.lines().next().expect("offers have a first line");
                let sdp = format!("answer {} of {} to [{first}]\r\n", self.made, self.name);
                self.current = Some((description.sdp, sdp.clone()));
                vec![
                    NegotiationInput::RemoteDescriptionSet(DescriptionKind::Offer),
                    NegotiationInput::LocalDescription(Description {
                        kind: DescriptionKind::Answer,
                        sdp,
                    }),
                    NegotiationInput::LocalCandidate(Some(self.candidate())),
                ]
            }
        }
    }

    fn candidate(&self) -> IceCandidate {
        IceCandidate {
            candidate: format!("candidate:{} {}", self.name, self.made),
            sdp_mid: None,
            sdp_m_line_index: Some(0),
            username_fragment: None,
        }
    }
}

#[derive(Debug, Clone)]
enum Letter {
    Description(Description),
    Candidate(Option<IceCandidate>),
}

struct End {
    negotiation: Negotiation,
    link: Link,
    /// What is on its way to this end, in order.
    inbox: VecDeque<(Instant, Letter)>,
    offers_sent: usize,
}

struct World {
    now: Instant,
    ends: [End; 2],
    delay: [Duration; 2],
    work: Duration,
    signaling: bool,
}

impl World {
    fn new(polite: usize, newcomer: usize, delay_ms: [u64; 2], work_ms: u64) -> Self {
        let end = |index: usize| End {
            negotiation: Negotiation::new(index == polite, index == newcomer),
            link: Link { name: ["A", "B"][index], ..Link::default() },
            inbox: VecDeque::new(),
            offers_sent: 0,
        };
        let mut world = Self {
            now: Instant::now(),
            ends: [end(0), end(1)],
            delay: delay_ms.map(Duration::from_millis),
            work: Duration::from_millis(work_ms),
            signaling: true,
        };
        world.input(0, NegotiationInput::Timeout);
        world.input(1, NegotiationInput::Timeout);
        world
    }

    fn input(&mut self, index: usize, input: NegotiationInput) {
        let now = self.now;
        self.ends[index].negotiation.handle(input, now);
        while let Some(output) = self.ends[index].negotiation.poll_output() {
            let letter = match output {
                NegotiationOutput::Command(command) => {
                    let end = &mut self.ends[index];
                    end.link.queue.push_back(command);
                    end.link.busy_until.get_or_insert(now + self.work);
                    continue;
                }
                NegotiationOutput::Send(description) => {
                    if description.kind == DescriptionKind::Offer {
                        self.ends[index].offers_sent += 1;
                    }
                    Letter::Description(description)
                }
                NegotiationOutput::SendCandidate(candidate) => Letter::Candidate(candidate),
            };
            if self.signaling {
                let arrives = now + self.delay[index];
                self.ends[1 - index].inbox.push_back((arrives, letter));
            }
        }
    }

    /// Lets time pass, doing what falls due in order.
    fn run(&mut self, span: Duration) {
        let end = self.now + span;
        for _ in 0..20_000 {
            let mut next: Option<(Instant, usize, u8)> = None;
            for (index, side) in self.ends.iter().enumerate() {
                let letters = side.inbox.front().map(|(at, _)| (*at, index, 0));
                let link = side.link.busy_until.map(|at| (at, index, 1));
                let timer = side.negotiation.next_timeout().map(|at| (at, index, 2));
                next = [next, letters, link, timer].into_iter().flatten().min();
            }
            let Some((at, index, what)) = next.filter(|(at, ..)| *at <= end) else {
                self.now = end;
                return;
            };
            self.now = self.now.max(at);
            match what {
                0 => {
                    let (_, letter) = self.ends[index].inbox.pop_front().expect("it is due");
                    self.input(
                        index,
                        match letter {
                            Letter::Description(it) => NegotiationInput::RemoteDescription(it),
                            Letter::Candidate(it) => NegotiationInput::RemoteCandidate(it),
                        },
                    );
                }
                1 => {
                    let reports = self.ends[index].link.perform();
                    let link = &mut self.ends[index].link;
                    link.busy_until = (!link.queue.is_empty()).then(|| self.now + self.work);
                    for report in reports {
                        self.input(index, report);
                    }
                }
                _ => self.input(index, NegotiationInput::Timeout),
            }
        }
        panic!("it never comes to rest");
    }

    fn connect(&mut self) {
        for index in 0..2 {
            self.input(index, NegotiationInput::LinkState(LinkState::Connected));
        }
    }

    fn assert_agreed(&self) {
        for end in &self.ends {
            assert!(end.link.local_offer.is_none(), "{} still waits", end.link.name);
            assert!(end.link.current.is_some(), "{} has no description", end.link.name);
            assert!(end.link.queue.is_empty());
        }
        assert_eq!(self.ends[0].link.current, self.ends[1].link.current);
    }

    fn assert_clean(&self) {
        for end in &self.ends {
            assert_eq!(end.link.violations, Vec::<String>::new(), "{}", end.link.name);
        }
    }
}

#[test]
fn the_newcomer_offers_once_and_candidates_arrive() {
    let mut world = World::new(0, 1, [30, 40], 5);
    for index in 0..2 {
        world.input(index, NegotiationInput::Needed);
    }
    world.run(Duration::from_millis(500));
    world.connect();
    world.run(Duration::from_secs(60));
    world.assert_agreed();
    world.assert_clean();
    assert_eq!(world.ends[0].offers_sent, 0);
    assert!(world.ends[1].offers_sent == 1, "what was needed at the start is in the first offer");
    assert_eq!(world.ends[0].link.candidates_added, 2);
    assert_eq!(world.ends[1].link.candidates_added, 1);
}

#[test]
fn when_both_offer_at_once_the_impolite_one_goes_first_and_both_get_through() {
    for polite in 0..2 {
        let mut world = World::new(polite, 0, [50, 50], 5);
        world.run(Duration::from_secs(1));
        world.connect();
        let before = [0, 1].map(|index| world.ends[index].offers_sent);
        for index in 0..2 {
            world.input(index, NegotiationInput::Needed);
        }
        world.run(Duration::from_secs(2));
        world.assert_agreed();
        world.assert_clean();
        assert_eq!(world.ends[1 - polite].offers_sent - before[1 - polite], 1);
        assert_eq!(world.ends[polite].offers_sent - before[polite], 2, "taken back, then repeated");
    }
}

#[test]
fn a_lost_path_is_restarted_by_the_impolite_one_alone() {
    let mut world = World::new(0, 1, [20, 20], 5);
    world.run(Duration::from_secs(1));
    world.connect();
    let before = [0, 1].map(|index| world.ends[index].offers_sent);
    for index in 0..2 {
        world.input(index, NegotiationInput::LinkState(LinkState::Reconnecting));
    }
    world.run(Duration::from_millis(2_900));
    assert_eq!(world.ends[1].offers_sent, before[1], "a short loss is waited out");
    world.run(Duration::from_secs(1));
    world.connect();
    world.run(Duration::from_secs(30));
    world.assert_agreed();
    assert_eq!(world.ends[0].offers_sent, before[0]);
    assert_eq!(world.ends[1].offers_sent, before[1] + 1);
}

#[test]
fn restarts_of_a_dead_path_back_off() {
    let mut world = World::new(0, 1, [20, 20], 5);
    world.run(Duration::from_secs(1));
    world.connect();
    let before = world.ends[1].offers_sent;
    for index in 0..2 {
        world.input(index, NegotiationInput::LinkState(LinkState::Failed));
    }
    world.run(Duration::from_secs(300));
    let restarts = world.ends[1].offers_sent - before;
    assert!((5..=14).contains(&restarts), "{restarts} restarts in five minutes");
    world.assert_agreed();
}

#[test]
fn what_was_lost_while_signaling_was_down_is_said_again() {
    let mut world = World::new(1, 0, [20, 20], 5);
    world.signaling = false;
    world.run(Duration::from_secs(2));
    world.signaling = true;
    for index in 0..2 {
        world.input(index, NegotiationInput::SignalingRestored);
    }
    world.run(Duration::from_millis(300));
    world.assert_agreed();
    world.assert_clean();
    assert!(world.ends[1].link.candidates_added >= 1);
}

#[test]
fn one_who_waits_in_vain_for_the_first_offer_offers_itself() {
    let mut world = World::new(0, 0, [20, 20], 5);
    world.ends[0].inbox.clear();
    world.ends[0].link.failures_left = vec![true; 5];
    world.ends[0].link.queue.clear();
    world.ends[0].link.busy_until = None;
    world.run(Duration::from_secs(14));
    world.connect();
    world.run(Duration::from_secs(20));
    world.assert_agreed();
}

#[test]
fn what_is_too_large_or_answers_nothing_is_ignored() {
    let mut world = World::new(0, 1, [20, 20], 5);
    world.run(Duration::from_secs(1));
    world.connect();
    let agreed = world.ends[0].link.current.clone();
    let kinds = [DescriptionKind::Offer, DescriptionKind::Answer];
    for kind in kinds {
        let sdp = "x".repeat(33 * 1024);
        world.input(0, NegotiationInput::RemoteDescription(Description { kind, sdp }));
    }
    let stray = Description { kind: DescriptionKind::Answer, sdp: "stray".to_owned() };
    world.input(0, NegotiationInput::RemoteDescription(stray));
    world.run(Duration::from_secs(1));
    assert_eq!(world.ends[0].link.current, agreed);
    world.assert_clean();
}

#[test]
fn a_candidate_that_comes_while_the_answer_is_made_is_added() {
    let now = Instant::now();
    let mut negotiation = Negotiation::new(true, false);
    let offer = Description { kind: DescriptionKind::Offer, sdp: "a=ice-ufrag:abcd\r\n".into() };
    let candidate = IceCandidate {
        candidate: "candidate:1".to_owned(),
        sdp_mid: None,
        sdp_m_line_index: Some(0),
        username_fragment: Some("abcd".to_owned()),
    };
    negotiation.handle(NegotiationInput::RemoteDescription(offer), now);
    negotiation.handle(NegotiationInput::RemoteDescriptionSet(DescriptionKind::Offer), now);
    while negotiation.poll_output().is_some() {}
    negotiation.handle(NegotiationInput::RemoteCandidate(Some(candidate.clone())), now);
    let added = NegotiationOutput::Command(LinkCommand::AddCandidate(Some(candidate)));
    assert_eq!(negotiation.poll_output(), Some(added));
}

/// An end without a world: what it says goes nowhere unless the test carries it.
fn offered(polite: bool, now: Instant) -> (Negotiation, Description) {
    let mut negotiation = Negotiation::new(polite, true);
    negotiation.handle(NegotiationInput::Timeout, now);
    let offer = Description {
        kind: DescriptionKind::Offer,
        sdp: format!("v=0\r\na=ice-ufrag:{polite}\r\n"),
    };
    negotiation.handle(NegotiationInput::LocalDescription(offer), now);
    let said = sent(&mut negotiation);
    (negotiation, said.into_iter().next().expect("its offer"))
}

fn sent(negotiation: &mut Negotiation) -> Vec<Description> {
    let outputs = std::iter::from_fn(|| negotiation.poll_output());
    let described = |output| match output {
        NegotiationOutput::Send(description) => Some(description),
        _ => None,
    };
    outputs.filter_map(described).collect()
}

#[test]
fn an_offer_that_was_not_heard_is_said_again_to_whoever_offers_meanwhile() {
    let mut now = Instant::now();
    let (mut impolite, said) = offered(false, now);
    let (_, theirs) = offered(true, now);
    impolite.handle(NegotiationInput::RemoteDescription(theirs.clone()), now);
    assert_eq!(sent(&mut impolite), [], "both offered at once: it is on its way");
    now += Duration::from_millis(1_500);
    impolite.handle(NegotiationInput::RemoteDescription(theirs.clone()), now);
    assert_eq!(sent(&mut impolite), [said]);
    impolite.handle(NegotiationInput::RemoteDescription(theirs), now);
    assert_eq!(sent(&mut impolite), [], "not more often than it takes");
}

#[test]
fn two_restarts_that_cross_are_one() {
    for polite in 0..2 {
        let mut world = World::new(polite, 0, [30, 40], 5);
        world.run(Duration::from_secs(1));
        world.connect();
        let offers = |world: &World| world.ends[0].offers_sent + world.ends[1].offers_sent;
        let before = offers(&world);
        for index in 0..2 {
            world.input(index, NegotiationInput::RestartIce);
        }
        world.run(Duration::from_secs(2));
        world.assert_agreed();
        world.assert_clean();
        assert_eq!(offers(&world) - before, 2, "none is made once more afterwards");
    }
}

#[test]
fn a_flood_of_candidates_is_bounded() {
    let now = Instant::now();
    let mut negotiation = Negotiation::new(true, false);
    for number in 0..10_000 {
        let candidate = IceCandidate {
            candidate: format!("candidate:{number}"),
            sdp_mid: None,
            sdp_m_line_index: None,
            username_fragment: None,
        };
        negotiation.handle(NegotiationInput::RemoteCandidate(Some(candidate)), now);
    }
    assert!(negotiation.poll_output().is_none(), "there is no description yet");
    let offer = Description { kind: DescriptionKind::Offer, sdp: "o".to_owned() };
    negotiation.handle(NegotiationInput::RemoteDescription(offer), now);
    negotiation.handle(NegotiationInput::RemoteDescriptionSet(DescriptionKind::Offer), now);
    let outputs = std::iter::from_fn(|| negotiation.poll_output()).count();
    assert!(outputs <= 130, "{outputs}");
}

#[derive(Debug, Clone)]
enum Act {
    Needed(usize),
    Restart(usize),
    State(usize, LinkState),
    Fail(usize, Vec<bool>),
    Signaling(bool),
}

fn act(with_loss: bool) -> impl Strategy<Value = Act> {
    let state = prop_oneof![
        Just(LinkState::Connected),
        Just(LinkState::Reconnecting),
        Just(LinkState::Failed),
        Just(LinkState::Connecting),
    ];
    prop_oneof![
        4 => (0..2_usize).prop_map(Act::Needed),
        2 => (0..2_usize).prop_map(Act::Restart),
        2 => (0..2_usize, state).prop_map(|(index, state)| Act::State(index, state)),
        2 => (0..2_usize, prop::collection::vec(any::<bool>(), 1..5))
            .prop_map(|(index, fails)| Act::Fail(index, fails)),
        1 => any::<bool>().prop_map(move |up| Act::Signaling(up || !with_loss)),
    ]
}

fn play(mut world: World, script: Vec<(u64, Act)>) -> World {
    for (wait_ms, act) in script {
        world.run(Duration::from_millis(wait_ms));
        match act {
            Act::Needed(index) => world.input(index, NegotiationInput::Needed),
            Act::Restart(index) => world.input(index, NegotiationInput::RestartIce),
            Act::State(index, state) => world.input(index, NegotiationInput::LinkState(state)),
            Act::Fail(index, fails) => world.ends[index].link.failures_left = fails,
            Act::Signaling(up) => {
                let restored = up && !world.signaling;
                world.signaling = up;
                if restored {
                    for index in 0..2 {
                        world.input(index, NegotiationInput::SignalingRestored);
                    }
                }
            }
        }
    }
    if !world.signaling {
        world.signaling = true;
        for index in 0..2 {
            world.input(index, NegotiationInput::SignalingRestored);
        }
    }
    world.run(Duration::from_secs(60));
    world.connect();
    world.run(Duration::from_secs(60));
    world
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn both_sides_always_agree_in_the_end(
        polite in 0..2_usize, newcomer in 0..2_usize, delay_ms in [1..400_u64, 1..400_u64], work_ms in 1..200_u64,
        script in prop::collection::vec((0..1_500_u64, act(false)), 0..25),
    ) {
        let world = play(World::new(polite, newcomer, delay_ms, work_ms), script);
        world.assert_agreed();
        world.assert_clean();
    }

    #[test]
    fn both_sides_agree_in_the_end_even_if_signaling_was_lost_at_times(
        polite in 0..2_usize, newcomer in 0..2_usize, delay_ms in [1..400_u64, 1..400_u64], work_ms in 1..200_u64,
        script in prop::collection::vec((0..1_500_u64, act(true)), 0..25),
    ) {
        play(World::new(polite, newcomer, delay_ms, work_ms), script).assert_agreed();
    }

    #[test]
    fn no_input_in_any_order_panics(inputs in prop::collection::vec((0..9_u8, any::<bool>(), 0..20_000_u64, ".{0,40}"), 0..80)) {
        let mut now = Instant::now();
        let mut negotiation = Negotiation::new(true, false);
        for (what, flag, wait_ms, text) in inputs {
            now += Duration::from_millis(wait_ms);
            let kind = if flag { DescriptionKind::Offer } else { DescriptionKind::Answer };
            let description = Description { kind, sdp: text };
            negotiation.handle(match what {
                0 => NegotiationInput::Needed,
                1 => NegotiationInput::LocalDescription(description),
                2 => NegotiationInput::RemoteDescriptionSet(kind),
                3 => NegotiationInput::Failed,
                4 => NegotiationInput::RemoteDescription(description),
                5 => NegotiationInput::RemoteCandidate(None),
                6 => NegotiationInput::LinkState(LinkState::Failed),
                7 => NegotiationInput::SignalingRestored,
                _ => NegotiationInput::Timeout,
            }, now);
            while negotiation.poll_output().is_some() {}
            prop_assert!(negotiation.next_timeout().is_none_or(|at| at > now));
        }
    }
}
