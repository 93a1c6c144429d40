//! Which device is used as devices come, go and fail.

use proptest::prelude::*;

use super::*;

fn device(id: &str) -> Device {
    Device { id: id.to_owned(), name: format!("The {id}") }
}

fn listing(ids: &[&str]) -> DeviceListing {
    DeviceListing {
        devices: ids.iter().map(|id| device(id)).collect(),
        default: ids.first().map(|id| (*id).to_owned()),
    }
}

fn desk(wish: DeviceWish) -> DeviceDesk {
    DeviceDesk::new(DeviceKind::Microphone, wish)
}

fn named(name: &str) -> DeviceWish {
    DeviceWish::Named(name.to_owned())
}

fn uses(desk: &DeviceDesk) -> String {
    match desk.choice() {
        DeviceUse::Device(id) => id,
        other => format!("{other:?}"),
    }
}

#[test]
fn devices_are_found_by_id_name_or_a_part_of_one() {
    let devices = [
        Device { id: "sink_a".into(), name: "Built-in Audio".into() },
        Device { id: "sink_a.monitor".into(), name: "Monitor of Built-in Audio".into() },
        Device { id: "usb".into(), name: "Headset".into() },
    ];
    assert_eq!(find(&devices, "sink_a"), Found::One(0), "exact before partial");
    assert_eq!(find(&devices, "Monitor of Built-in Audio"), Found::One(1));
    assert_eq!(find(&devices, "headset"), Found::One(2));
    assert_eq!(find(&devices, "built-in"), Found::Several(vec![0, 1]));
    assert_eq!(find(&devices, "x"), Found::Nothing);
}

#[test]
fn a_source_that_is_no_device_is_left_alone() {
    let mut desk = desk(DeviceWish::Fixed);
    assert_eq!(desk.listed(listing(&["a"]), Instant::now()), None);
    assert_eq!(desk.choice(), DeviceUse::Configured);
    assert!(desk.is_usable() && !desk.wants_listing());
    assert_eq!(desk.view().available, [device("a")]);
    desk.choose(None, Instant::now());
    assert_eq!(uses(&desk), "a", "until a person chooses");
}

#[test]
fn an_unplugged_device_gives_way_to_the_default_and_comes_back() {
    let now = Instant::now();
    let mut desk = desk(named("usb"));
    assert!(!desk.is_usable(), "nothing is known yet");
    assert_eq!(desk.listed(listing(&["a", "usb"]), now), None);
    assert_eq!(uses(&desk), "usb");
    let notice = desk.listed(listing(&["a"]), now).expect("is told");
    assert_eq!(notice.level, Level::Warning);
    assert_eq!(
        notice.text.as_str(),
        "The microphone “The usb” is gone. “The a” is used until it is back."
    );
    assert_eq!(uses(&desk), "a");
    assert_eq!(desk.listed(listing(&["a"]), now), None, "once");
    let notice = desk.listed(listing(&["a", "usb"]), now).expect("is told");
    assert_eq!(notice.text.as_str(), "The microphone “The usb” is back and in use.");
    assert_eq!(uses(&desk), "usb");
}

#[test]
fn the_last_device_leaves_nothing_and_returns() {
    let now = Instant::now();
    let mut desk = desk(DeviceWish::Default);
    desk.listed(listing(&["a"]), now);
    let notice = desk.listed(listing(&[]), now).expect("is told");
    assert!(notice.text.as_str().contains("there is no other"), "{}", notice.text);
    assert_eq!(desk.choice(), DeviceUse::Nothing);
    let notice = desk.listed(listing(&["a"]), now).expect("is told");
    assert!(notice.text.as_str().contains("is back"), "{}", notice.text);
}

#[test]
fn the_systems_default_is_followed() {
    let now = Instant::now();
    let mut desk = desk(DeviceWish::Default);
    assert_eq!(desk.listed(listing(&["a", "b"]), now), None);
    let notice = desk.listed(listing(&["b", "a"]), now).expect("is told");
    assert_eq!((notice.level, uses(&desk).as_str()), (Level::Info, "b"));
    desk.choose(Some("a".to_owned()), now);
    assert_eq!(desk.listed(listing(&["a", "b"]), now), None);
    assert_eq!(desk.listed(listing(&["b", "a"]), now), None, "not by whom chose another");
    assert_eq!(uses(&desk), "a");
}

#[test]
fn a_device_that_fails_rests_and_is_tried_again() {
    let now = Instant::now();
    let mut desk = desk(named("usb"));
    desk.listed(listing(&["a", "usb"]), now);
    let notice = desk.failed("usb", "It is used by another program.".into(), now).expect("is told");
    assert_eq!(
        notice.text.as_str(),
        "The usb: It is used by another program. Meanwhile “The a” is used."
    );
    assert_eq!(uses(&desk), "a");
    let due = desk.next_timeout().expect("a new try");
    assert_eq!(due, now + FIRST_REST);
    desk.timeout(due);
    assert_eq!(uses(&desk), "usb");
    assert_eq!(desk.failed("usb", "Still.".into(), due), None, "told once");
    assert_eq!(uses(&desk), "a");
    let due_again = desk.next_timeout().expect("another try");
    assert_eq!(due_again, due + 2 * FIRST_REST, "less and less often");
    desk.timeout(due_again);
    assert_eq!(uses(&desk), "usb");
    assert_eq!(desk.listed(listing(&["a", "usb"]), due_again), None);
}

#[test]
fn a_device_that_was_connected_anew_is_tried_at_once() {
    let now = Instant::now();
    let mut desk = desk(named("usb"));
    desk.listed(listing(&["a", "usb"]), now);
    desk.failed("usb", "It was disconnected.".into(), now);
    assert_eq!(desk.listed(listing(&["a"]), now), None, "it was told with the failure");
    let notice = desk.listed(listing(&["a", "usb"]), now).expect("is told");
    assert!(notice.text.as_str().contains("back"), "{}", notice.text);
    assert_eq!(uses(&desk), "usb");
}

#[test]
fn a_failure_of_what_is_no_longer_used_changes_nothing() {
    let now = Instant::now();
    let mut desk = desk(DeviceWish::Default);
    desk.listed(listing(&["a", "b"]), now);
    desk.choose(Some("b".to_owned()), now);
    assert_eq!(desk.failed("a", "Gone.".into(), now), None);
    assert_eq!(uses(&desk), "b");
}

#[test]
fn who_needs_a_device_that_is_not_there_is_told_once() {
    let now = Instant::now();
    let mut desk = desk(DeviceWish::Default);
    assert_eq!(desk.lack(true), None, "nothing is known yet");
    desk.listed(listing(&[]), now);
    assert_eq!(desk.lack(false), None);
    assert!(desk.lack(true).is_some());
    assert_eq!(desk.lack(true), None);
    desk.lack(false);
    assert!(desk.lack(true).is_some(), "asked for again");
}

#[test]
fn a_name_that_is_not_there_is_told_with_what_is_used_instead() {
    let mut desk = desk(named("head"));
    let notice = desk.listed(listing(&["a", "b"]), Instant::now()).expect("is told");
    assert!(
        notice.text.as_str().contains("“head”") && notice.text.as_str().contains("“The a”"),
        "{}",
        notice.text
    );
    assert_eq!(desk.view().chosen.as_deref(), Some("head"));
    assert_eq!(desk.view().in_use.as_deref(), Some("a"));
}

proptest! {
    /// Whatever comes and goes: what is used is there, and the wished one is used if it is there
    /// and has not failed.
    #[test]
    fn the_best_device_that_is_there_is_used(
        steps in prop::collection::vec((prop::collection::vec(0..4u8, 0..4), any::<bool>()), 1..40),
        wish in prop::option::of(0..4u8),
    ) {
        let names = ["a", "b", "c", "d"];
        let mut now = Instant::now();
        let mut desk = desk(wish.map_or(DeviceWish::Default, |at| named(names[usize::from(at)])));
        for (mut ids, fails) in steps {
            ids.dedup();
            let ids: Vec<&str> = ids.iter().map(|at| names[usize::from(*at)]).collect();
            desk.listed(listing(&ids), now);
            if let DeviceUse::Device(used) = desk.choice() {
                prop_assert!(ids.contains(&used.as_str()));
                if fails {
                    desk.failed(&used, "It fails.".into(), now);
                    prop_assert_ne!(desk.choice(), DeviceUse::Device(used));
                }
            } else {
                let rests = |id: &&str| desk.resting.iter().any(|resting| resting.id == **id);
                prop_assert!(ids.first().is_none_or(rests));
            }
            now += LONGEST_REST;
            desk.timeout(now);
            let wished = wish.map(|at| names[usize::from(at)]).filter(|id| ids.contains(id));
            let best = wished.or(ids.first().copied());
            prop_assert_eq!(desk.choice(), best.map_or(DeviceUse::Nothing, |id| DeviceUse::Device(id.to_owned())));
        }
    }
}
