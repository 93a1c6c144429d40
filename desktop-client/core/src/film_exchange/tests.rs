//! Whole films from sources that are slow, leave, stall and lie, with a clock that is turned by hand.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use cinemasync_protocol::ParticipantId;
use proptest::prelude::*;

use super::intake::{Intake, IntakeInput, IntakeOutput};
use super::serving::{Serving, Wish};
use crate::film_blocks::{BLOCK_BYTES, BlockSet};

const TICK: Duration = Duration::from_millis(10);
const PIECES: u32 = 16;
const PIECE_BYTES: u64 = BLOCK_BYTES / PIECES as u64;

/// Somebody who has the film or some of it.
struct Source {
    here: BlockSet,
    serving: Serving,
    bytes_per_second: f64,
    delay: Duration,
    /// From this time on it sends nothing more, without a word.
    silent_from: Option<Duration>,
    lies: bool,
    /// Each so manieth piece is held up for [`HELD_UP`].
    holds_up: u32,
    /// What is urgent, and the rest: the wish and the next piece.
    sending: [Option<(Wish, u32)>; 2],
    /// Bytes that it may send by now.
    budget: f64,
    sent: u32,
    /// Pieces of blocks, in no order.
    on_the_way: Vec<(Duration, u32, u32)>,
}

/// How long a connection holds up what it lost and noticed late.
const HELD_UP: Duration = Duration::from_millis(1_200);

struct World {
    start: Instant,
    now: Duration,
    intake: Intake,
    sources: BTreeMap<ParticipantId, Source>,
    /// Pieces that came, as bits.
    parts: BTreeMap<(ParticipantId, u32), u32>,
    left: Vec<ParticipantId>,
    asked_in_flight: usize,
    complete: bool,
}

fn id(name: &str) -> ParticipantId {
    ParticipantId::new(name)
}

fn source(blocks: u32, bytes_per_second: f64) -> Source {
    Source {
        here: BlockSet::all(blocks),
        serving: Serving::default(),
        bytes_per_second,
        delay: Duration::from_millis(20),
        silent_from: None,
        lies: false,
        holds_up: u32::MAX,
        sending: [None; 2],
        budget: 0.0,
        sent: 0,
        on_the_way: Vec::new(),
    }
}

impl World {
    fn new(blocks: u32, sources: impl IntoIterator<Item = (&'static str, Source)>) -> Self {
        let start = Instant::now();
        let mut world = Self {
            start,
            now: Duration::ZERO,
            intake: Intake::new(BlockSet::none(blocks), start),
            sources: BTreeMap::new(),
            parts: BTreeMap::new(),
            left: Vec::new(),
            asked_in_flight: 0,
            complete: false,
        };
        for (name, source) in sources {
            let runs = source.here.untold(&mut BlockSet::none(blocks));
            world.sources.insert(id(name), source);
            world.tell(IntakeInput::SourceUp(id(name)));
            world.tell(IntakeInput::Has(id(name), runs));
        }
        world
    }

    fn tell(&mut self, input: IntakeInput) {
        self.intake.handle(input, self.start + self.now);
        while let Some(output) = self.intake.poll_output() {
            match output {
                IntakeOutput::Ask { source: name, block, urgent } => {
                    let source = self.sources.get_mut(&name).expect("a source that is there");
                    let here = source.here.clone();
                    let came = self.parts.get(&(name, block)).copied().unwrap_or_default();
                    let wish = Wish { block, came };
                    assert!(source.serving.asked(wish, urgent, &here), "never too much");
                    self.asked_in_flight += 1;
                }
                IntakeOutput::Hurry { source, block } => {
                    if let Some(source) = self.sources.get_mut(&source) {
                        source.serving.hurried(block);
                    }
                }
                IntakeOutput::Unask { source, block } => {
                    self.parts.remove(&(source.clone(), block));
                    if let Some(source) = self.sources.get_mut(&source) {
                        source.serving.unasked(block);
                    }
                }
                IntakeOutput::Leave(name) => {
                    self.sources.remove(&name);
                    self.left.push(name);
                }
                IntakeOutput::Complete => self.complete = true,
            }
        }
    }

    fn tick(&mut self) {
        self.now += TICK;
        let mut came = Vec::new();
        for (name, source) in &mut self.sources {
            let silent = source.silent_from.is_some_and(|from| self.now >= from);
            source.budget += source.bytes_per_second * TICK.as_secs_f64();
            while !silent && source.budget >= PIECE_BYTES as f64 {
                let [urgent, rest] = &mut source.sending;
                if urgent.is_none() {
                    *urgent = source.serving.take_urgent().map(|wish| (wish, 0));
                }
                if urgent.is_none() && rest.is_none() {
                    *rest = source.serving.take_next().map(|wish| (wish, 0));
                }
                let sending = if urgent.is_some() { urgent } else { rest };
                let Some((wish, piece)) = *sending else {
                    source.budget = 0.0;
                    break;
                };
                *sending = (piece + 1 < PIECES).then_some((wish, piece + 1));
                if sending.is_none() {
                    source.serving.sent(wish.block);
                }
                if wish.came & (1 << piece) != 0 {
                    continue;
                }
                source.budget -= PIECE_BYTES as f64;
                source.sent += 1;
                let held_up = source.sent.is_multiple_of(source.holds_up);
                let delay = source.delay + if held_up { HELD_UP } else { Duration::ZERO };
                source.on_the_way.push((self.now + delay, wish.block, piece));
            }
            let arrived = source.on_the_way.extract_if(.., |(at, ..)| *at <= self.now);
            came.extend(arrived.map(|(_, block, piece)| (name.clone(), block, piece, source.lies)));
        }
        for (from, block, piece, lies) in came {
            let parts = self.parts.entry((from.clone(), block)).or_default();
            if self.intake.here().contains(block) || *parts & (1 << piece) != 0 {
                continue;
            }
            *parts |= 1 << piece;
            let whole = parts.count_ones() == PIECES;
            self.tell(IntakeInput::Piece { from: from.clone(), block, bytes: PIECE_BYTES });
            if whole {
                self.parts.remove(&(from.clone(), block));
                self.tell(if lies {
                    IntakeInput::False { from, block }
                } else {
                    IntakeInput::Stored(block)
                });
            }
        }
        if self.intake.next_timeout().is_some_and(|at| self.start + self.now >= at) {
            self.tell(IntakeInput::Timeout);
        }
    }

    /// Runs until this is so; how long it took.
    fn until(&mut self, limit: Duration, done: impl Fn(&Self) -> bool) -> Duration {
        let begun = self.now;
        while !done(self) {
            assert!(self.now - begun < limit, "not within {limit:?}: {:?}", self.intake);
            self.tick();
        }
        self.now - begun
    }
}

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn a_film_comes_at_the_speed_of_its_source_and_what_is_needed_first_comes_first() {
    let mut world = World::new(400, [("a", source(400, 6.25e6))]);
    world.tell(IntakeInput::Reads { block: 0, waits: true });
    let first = world.until(SECOND, |world| world.intake.here().contains(0));
    assert!(first <= Duration::from_millis(110), "{first:?}");
    let index = world.until(SECOND, |world| world.intake.here().contains(399));
    assert!(index <= Duration::from_millis(150), "{index:?}");
    let all = world.until(30 * SECOND, |world| world.complete);
    // 104.9 MB at 6.25 MB/s are 16.8 s.
    assert!(all <= Duration::from_millis(17_500), "{all:?}");
}

#[test]
fn a_seek_does_not_wait_behind_what_was_asked_for_before() {
    let mut world = World::new(4_000, [("a", source(4_000, 6.25e6))]);
    world.until(10 * SECOND, |world| world.intake.here().count() > 100);
    // Players say where they are going before they wait there.
    world.tell(IntakeInput::Reads { block: 3_000, waits: false });
    world.tell(IntakeInput::Reads { block: 3_000, waits: true });
    let there = world.until(3 * SECOND, |world| world.intake.here().contains(3_000));
    assert!(there <= Duration::from_millis(300), "{there:?}");
    world.tell(IntakeInput::Reads { block: 3_001, waits: true });
    world.until(SECOND, |world| world.intake.here().run_from(3_000) > 8);
}

#[test]
fn what_a_lane_holds_up_is_asked_for_again_before_the_player_waits_long() {
    let mut world = World::new(200, [("a", Source { holds_up: 40, ..source(200, 2e6) })]);
    let mut longest = Duration::ZERO;
    for block in 0..60 {
        world.tell(IntakeInput::Reads { block, waits: true });
        let there = world.until(2 * SECOND, |world| world.intake.here().contains(block));
        longest = longest.max(there);
    }
    // 131 ms for a block, and for what is missing of it the patience and the way.
    assert!(longest <= Duration::from_millis(700), "{longest:?}");
    assert!(world.now <= 12 * SECOND, "{:?}", world.now);
}

#[test]
fn nothing_is_sent_twice_while_all_goes_well() {
    let mut world = World::new(200, [("a", source(200, 1e6))]);
    for block in 0..100 {
        world.tell(IntakeInput::Reads { block, waits: true });
        world.until(2 * SECOND, |world| world.intake.here().contains(block));
    }
    world.until(60 * SECOND, |world| world.complete);
    assert_eq!(world.sources[&id("a")].sent, 200 * PIECES);
}

#[test]
fn two_slow_sources_add_up_while_the_player_waits_for_each_block() {
    let both = [("a", source(200, 0.55e6)), ("b", source(200, 0.55e6))];
    let mut world = World::new(200, both);
    for block in 0..100 {
        world.tell(IntakeInput::Reads { block, waits: true });
        world.until(3 * SECOND, |world| world.intake.here().contains(block));
    }
    // 26.2 MB at 1.1 MB/s are 23.8 s.
    assert!(world.now <= 26 * SECOND, "{:?}", world.now);
}

#[test]
fn two_sources_add_up() {
    let both = [("a", source(200, 0.625e6)), ("b", source(200, 0.625e6))];
    let mut world = World::new(200, both);
    let all = world.until(60 * SECOND, |world| world.complete);
    // 52.4 MB at 1.25 MB/s are 42 s.
    assert!(all <= Duration::from_secs(45), "{all:?}");
    assert!(world.asked_in_flight <= 220, "{}", world.asked_in_flight);
}

#[test]
fn a_source_that_falls_silent_is_replaced_within_a_second() {
    let silent = Source { silent_from: Some(3 * SECOND), ..source(400, 2e6) };
    let mut world = World::new(400, [("a", silent), ("b", source(400, 2e6))]);
    world.until(4 * SECOND, |world| world.now >= 3 * SECOND);
    let reads = (0..).find(|block| !world.intake.here().contains(*block)).unwrap();
    world.tell(IntakeInput::Reads { block: reads, waits: true });
    let there = world.until(2 * SECOND, |world| world.intake.here().contains(reads));
    assert!(there <= SECOND, "{there:?}");
    world.until(60 * SECOND, |world| world.complete);
}

#[test]
fn the_only_source_may_hold_its_breath() {
    let mut world =
        World::new(100, [("a", Source { silent_from: Some(SECOND), ..source(100, 2e6) })]);
    world.until(3 * SECOND, |world| world.now >= 2 * SECOND);
    let a = world.sources.get_mut(&id("a")).unwrap();
    (a.silent_from, a.budget) = (None, 0.0);
    let before = world.intake.here().count();
    let there = world.until(SECOND, |world| world.intake.here().count() > before);
    assert!(there <= Duration::from_millis(200), "{there:?}");
    world.until(20 * SECOND, |world| world.complete);
}

#[test]
fn whoever_lies_is_left_and_the_film_comes_from_others() {
    let liar = Source { lies: true, ..source(50, 2e6) };
    let mut world = World::new(50, [("a", liar), ("b", source(50, 2e6))]);
    world.until(20 * SECOND, |world| world.complete);
    assert_eq!(world.left, [id("a")]);
}

#[test]
fn a_source_without_some_blocks_is_not_asked_for_them() {
    let mut half = source(64, 2e6);
    (0..32).for_each(|block| {
        half.here.remove(block);
    });
    let mut world = World::new(64, [("half", half), ("all", source(64, 2e6))]);
    world.until(20 * SECOND, |world| world.complete);
    // It says so when it was asked all the same.
    let mut world = World::new(4, [("a", source(4, 2e6)), ("b", source(4, 2e6))]);
    for block in 0..4 {
        world.tell(IntakeInput::Sorry { from: id("a"), block });
    }
    world.sources.get_mut(&id("a")).unwrap().here = BlockSet::none(4);
    world.until(20 * SECOND, |world| world.complete);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// As long as one honest source stays, the film comes to its end whatever the others do.
    #[test]
    fn one_honest_source_is_enough(
        others in prop::collection::vec(
            (0.1_f64..5.0, 0_u64..8_000, any::<bool>(), any::<bool>(), 0_u32..200), 0..3),
        jumps in prop::collection::vec((0_u64..8_000, 0_u32..200, any::<bool>()), 0..10),
    ) {
        const BLOCKS: u32 = 200;
        let names = ["b", "c", "d"];
        let others = others.into_iter().zip(names).map(|((rate, at, lies, falls_silent, lacks), name)| {
            let mut other = source(BLOCKS, rate * 1e6);
            (0..lacks).for_each(|block| { other.here.remove(block); });
            other.lies = lies;
            other.silent_from = falls_silent.then(|| Duration::from_millis(at));
            (name, other)
        });
        let mut world = World::new(BLOCKS, [("a", source(BLOCKS, 2e6))].into_iter().chain(others));
        for (after, block, waits) in jumps {
            let at = world.now + Duration::from_millis(after);
            while world.now < at && !world.complete {
                world.tick();
            }
            world.tell(IntakeInput::Reads { block, waits });
            if waits {
                // Whatever is going on, it is there soon: of one who stalls, another one takes over.
                let there = world.until(6 * SECOND, |world| world.intake.here().contains(block));
                prop_assert!(there <= 4 * SECOND, "{:?}", there);
            }
        }
        // 52.4 MB at 2 MB/s, and what was lost with the others.
        world.until(90 * SECOND, |world| world.complete);
        prop_assert!(!world.left.contains(&id("a")));
    }
}
