//! The door against the plain way to count, and against crowds.

use std::net::{Ipv4Addr, Ipv6Addr};

use cinemasync_protocol::ErrorCode;
use proptest::prelude::*;

use super::*;

/// Small enough that random steps meet every limit.
fn small() -> Limits {
    let rate = |burst, millis| Rate { burst, every: Duration::from_millis(millis) };
    Limits {
        connections: 6,
        connections_of_one: 3,
        handshakes: rate(5, 40),
        rooms: rate(2, 100),
        guesses: rate(3, 150),
        guesses_of_all: rate(4, 60),
        addresses: 1_000,
        loopback: false,
    }
}

fn address(number: u8) -> IpAddr {
    // Both kinds; the last bytes of one network are one party.
    if number.is_multiple_of(2) {
        Ipv4Addr::new(192, 0, 2, number).into()
    } else {
        Ipv6Addr::new(0x2001, 0xdb8, 0, u16::from(number), 0, 0, 0, u16::from(number)).into()
    }
}

/// Everything that was ever taken of one budget, never forgotten.
#[derive(Default)]
struct History(Vec<u128>);

impl History {
    fn has_one(&self, rate: Rate, now: Duration) -> bool {
        let (every, now) = (rate.every.as_micros(), now.as_micros());
        let full = every * u128::from(rate.burst);
        let (mut level, mut at) = (full, 0);
        for time in &self.0 {
            level = (level + (time - at)).min(full).saturating_sub(every);
            at = *time;
        }
        (level + (now - at)).min(full) >= every
    }

    fn take(&mut self, now: Duration) {
        self.0.push(now.as_micros());
    }
}

#[derive(Default)]
struct Person {
    handshakes: History,
    rooms: History,
    guesses: History,
    patience: History,
}

/// What came of a new connection, without the guest.
#[derive(Debug, PartialEq, Eq)]
enum Fate {
    Welcome,
    Told(Limit),
    Dropped(Limit),
}

#[derive(Debug, Clone)]
enum Step {
    Arrive(u8),
    Leave(prop::sample::Index),
    Create(prop::sample::Index),
    Join(prop::sample::Index, bool),
}

fn step() -> impl Strategy<Value = (u64, Step)> {
    let who = any::<prop::sample::Index>;
    let step = prop_oneof![
        4 => (0..5_u8).prop_map(Step::Arrive),
        2 => who().prop_map(Step::Leave),
        2 => who().prop_map(Step::Create),
        4 => (who(), any::<bool>()).prop_map(|(who, right)| Step::Join(who, right)),
    ];
    (0..40_000_u64, step)
}

proptest! {
    #[test]
    fn it_decides_as_one_who_remembers_everything(
        steps in proptest::collection::vec(step(), 1..300),
    ) {
        let limits = small();
        let mut door = Admission::new(limits);
        let mut people: BTreeMap<u8, Person> = BTreeMap::new();
        let mut guesses_of_all = History::default();
        let mut inside: Vec<(u8, Guest)> = Vec::new();
        let mut now = Duration::ZERO;
        for (gap, step) in steps {
            now += Duration::from_micros(gap);
            match step {
                Step::Arrive(number) => {
                    let person = people.entry(number).or_default();
                    let own = inside.iter().filter(|(who, _)| *who == number).count();
                    let welcome = inside.iter().filter(|(_, guest)| !guest.told).count();
                    let limit = if !person.handshakes.has_one(limits.handshakes, now) {
                        Some(Limit::Handshakes)
                    } else if own >= limits.connections_of_one as usize {
                        Some(Limit::ConnectionsOfOne)
                    } else if welcome >= limits.connections {
                        Some(Limit::Connections)
                    } else {
                        None
                    };
                    if limit != Some(Limit::Handshakes) {
                        person.handshakes.take(now);
                    }
                    let expected = match limit {
                        None => Fate::Welcome,
                        Some(limit) if person.patience.has_one(PATIENCE, now) => {
                            person.patience.take(now);
                            Fate::Told(limit)
                        }
                        Some(limit) => Fate::Dropped(limit),
                    };
                    let fate = match door.arrive(address(number), now) {
                        Admitted::Welcome(guest) => {
                            inside.push((number, guest));
                            Fate::Welcome
                        }
                        Admitted::Told(guest, denied) => {
                            inside.push((number, guest));
                            Fate::Told(denied.limit)
                        }
                        Admitted::Dropped(denied) => Fate::Dropped(denied.limit),
                    };
                    prop_assert_eq!(fate, expected);
                }
                _ if inside.is_empty() => {}
                Step::Leave(who) => {
                    let (_, guest) = inside.remove(who.index(inside.len()));
                    door.leave(guest);
                }
                Step::Create(who) => {
                    let (number, guest) = &inside[who.index(inside.len())];
                    let person = people.get_mut(number).unwrap();
                    let allowed = door.may_create(guest, now).is_ok();
                    prop_assert_eq!(allowed, person.rooms.has_one(limits.rooms, now));
                    if allowed {
                        door.created(guest, now);
                        person.rooms.take(now);
                    }
                }
                Step::Join(who, right) => {
                    let (number, guest) = &inside[who.index(inside.len())];
                    let person = people.get_mut(number).unwrap();
                    let allowed = door.may_join(guest, now);
                    let expected = person.guesses.has_one(limits.guesses, now)
                        && guesses_of_all.has_one(limits.guesses_of_all, now);
                    prop_assert_eq!(allowed.is_ok(), expected);
                    match allowed {
                        Ok(()) if right => {}
                        Ok(()) => {
                            door.join_failed(guest, now);
                            person.guesses.take(now);
                            guesses_of_all.take(now);
                        }
                        Err(denied) => {
                            // Whoever waits as told is heard, unless others came meanwhile.
                            let later = now + Duration::from_millis(denied.retry_after_ms);
                            let again = door.may_join(guest, later).err();
                            prop_assert!(again.is_none_or(|again| again.limit != denied.limit));
                        }
                    }
                }
            }
            prop_assert_eq!(door.connections, inside.len());
        }
    }

    #[test]
    fn however_many_come_the_table_keeps_its_size(
        comers in proptest::collection::vec((any::<u64>(), 0..3_000_u64, any::<bool>()), 1..400),
    ) {
        let limits = Limits { addresses: 16, connections: 1_000, ..small() };
        let mut door = Admission::new(limits);
        let mut inside = Vec::new();
        let mut now = Duration::ZERO;
        for (network, gap, stays) in comers {
            now += Duration::from_millis(gap);
            let address = Ipv6Addr::from_bits(u128::from(network) << 64);
            match door.arrive(address.into(), now) {
                Admitted::Welcome(guest) | Admitted::Told(guest, _) if stays => inside.push(guest),
                Admitted::Welcome(guest) | Admitted::Told(guest, _) => door.leave(guest),
                Admitted::Dropped(_) => {}
            }
            prop_assert!(door.tracked() <= 16, "{}", door.tracked());
        }
        for guest in inside {
            door.leave(guest);
        }
        prop_assert_eq!((door.connections, door.told), (0, 0));
        // With everybody gone long enough, all are forgotten as soon as the place is needed.
        now += Duration::from_secs(3_600);
        for network in 0..20_u64 {
            let address = Ipv6Addr::from_bits(u128::from(network) << 64);
            let _ = door.arrive(address.into(), now);
        }
        prop_assert!(door.tracked() <= 16);
    }
}

#[test]
fn a_full_table_forgets_who_left_and_otherwise_counts_newcomers_together() {
    let limits = Limits { addresses: 2, connections: 1_000, ..small() };
    let handshakes = limits.handshakes;
    let mut door = Admission::new(limits);
    let come = |door: &mut Admission, number, now| door.arrive(address(number), now);
    let Admitted::Welcome(first) = come(&mut door, 0, Duration::ZERO) else { panic!("no limit") };
    let Admitted::Welcome(_second) = come(&mut door, 1, Duration::ZERO) else { panic!("no limit") };
    let Admitted::Welcome(third) = come(&mut door, 2, Duration::ZERO) else { panic!("no limit") };
    let Admitted::Welcome(fourth) = come(&mut door, 3, Duration::ZERO) else { panic!("no limit") };
    assert_eq!((third.party, fourth.party), (Party::Crowd, Party::Crowd));
    let mut welcome = 2;
    while let Admitted::Welcome(_) = come(&mut door, 4, Duration::ZERO) {
        welcome += 1;
    }
    assert_eq!(welcome, (handshakes.burst.min(3)) * CROWD, "connections are the crowd's limit");
    door.leave(first);
    let later = Duration::from_secs(3_600);
    let Admitted::Welcome(guest) = come(&mut door, 2, later) else { panic!("no limit") };
    assert_eq!(guest.party, Party::of(address(2)));
}

#[test]
fn who_is_told_too_often_is_dropped_without_a_word() {
    let limits = Limits { connections: 0, ..Limits::default() };
    let mut door = Admission::new(limits);
    let mut told = 0;
    loop {
        match door.arrive(address(0), Duration::ZERO) {
            Admitted::Told(guest, denied) => {
                assert_eq!(denied.refusal().code(), ErrorCode::ServerFull);
                door.leave(guest);
                told += 1;
            }
            Admitted::Dropped(denied) => {
                assert_eq!(denied.limit, Limit::Connections);
                break;
            }
            Admitted::Welcome(_) => panic!("there is no room for anybody"),
        }
    }
    assert_eq!(told, PATIENCE.burst);
}

#[test]
fn those_who_are_told_are_few_at_once() {
    let mut door = Admission::new(Limits { connections: 0, ..Limits::default() });
    let come = |door: &mut Admission, number: u32| {
        let address = Ipv4Addr::from_bits(0x0a00_0000 + number);
        door.arrive(address.into(), Duration::ZERO)
    };
    let told = (0..).map_while(|number| match come(&mut door, number) {
        Admitted::Told(guest, _) => Some(guest),
        _ => None,
    });
    assert_eq!(told.collect::<Vec<_>>().len(), TOLD_AT_ONCE);
}

#[test]
fn this_machine_is_limited_only_if_that_is_wanted() {
    let come = |loopback: bool, text: &str| {
        let mut door = Admission::new(Limits { loopback, ..Limits::default() });
        let address: IpAddr = text.parse().unwrap();
        let welcome = |admitted: &Admitted| matches!(admitted, Admitted::Welcome(_));
        (0..200).map(|_| door.arrive(address, Duration::ZERO)).filter(welcome).count()
    };
    for text in ["127.0.0.1", "127.3.2.1", "::1", "::ffff:127.0.0.1"] {
        assert_eq!(come(false, text), 200, "{text}");
        assert_eq!(come(true, text), 64, "{text}");
    }
    assert_eq!(come(false, "192.0.2.1"), 64);
}

#[test]
fn while_all_have_guessed_too_much_even_a_right_guess_is_not_looked_at() {
    let mut door = Admission::new(Limits::default());
    let guest = |door: &mut Admission, number: u32| {
        let address = Ipv4Addr::from_bits(0x0a00_0000 + number);
        match door.arrive(address.into(), Duration::ZERO) {
            Admitted::Welcome(guest) => guest,
            other => panic!("{other:?}"),
        }
    };
    // Sixty addresses with ten wrong guesses each.
    for number in 0..60 {
        let guest = guest(&mut door, number);
        for _ in 0..10 {
            assert_eq!(door.may_join(&guest, Duration::ZERO), Ok(()));
            door.join_failed(&guest, Duration::ZERO);
        }
        let denied = door.may_join(&guest, Duration::ZERO).unwrap_err();
        assert_eq!(denied, Denied { limit: Limit::Guesses, retry_after_ms: 30_000 });
        assert_eq!(denied.refusal().code(), ErrorCode::RateLimited);
    }
    let innocent = guest(&mut door, 1_000);
    let denied = door.may_join(&innocent, Duration::ZERO).unwrap_err();
    assert_eq!(denied, Denied { limit: Limit::GuessesOfAll, retry_after_ms: 1_000 });
    assert_eq!(door.may_show_token(&innocent, Duration::ZERO), Ok(()));
    assert_eq!(door.may_join(&innocent, Duration::from_secs(1)), Ok(()));
}
