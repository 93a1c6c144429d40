//! Random evenings on one server: whatever people do, in whatever order, with lost connections and a
//! server that starts anew, the rooms are those of a naive model (`model`), and what each client
//! knows from the messages it got is what the server has (`evening`).

mod evening;
mod model;

use std::time::Duration;

use evening::{Evening, Step};
use proptest::prelude::*;

const PEOPLE: usize = 6;
const MAX_PARTICIPANTS: usize = 3;
const MAX_ROOMS: usize = 2;
const WINDOW: Duration = Duration::from_secs(60);

fn step() -> impl Strategy<Value = Step> {
    let choice = 0..8_usize;
    prop_oneof![
        4 => Just(Step::Create),
        12 => choice.clone().prop_map(Step::Join),
        3 => Just(Step::Leave),
        4 => Just(Step::Vanish),
        5 => Just(Step::Resume),
        3 => any::<bool>().prop_map(Step::Share),
        3 => any::<bool>().prop_map(Step::Lock),
        3 => choice.clone().prop_map(Step::Remove),
        3 => choice.clone().prop_map(Step::Offer),
        3 => proptest::option::of(choice).prop_map(Step::Chat),
        3 => (1..50_u64).prop_map(Step::Wait),
        1 => Just(Step::Restart),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn the_rooms_are_those_of_the_model_and_everybody_knows_them(
        steps in proptest::collection::vec((0..PEOPLE, step()), 1..100),
    ) {
        let mut evening = Evening::begin();
        for (by, step) in steps {
            evening.take(by, &step);
            evening.agrees();
        }
        for person in 0..PEOPLE {
            evening.take(person, &Step::Vanish);
            evening.agrees();
        }
        evening.take(0, &Step::Wait(WINDOW.as_secs() + 1));
        evening.agrees();
        prop_assert!(evening.is_over(), "no room and nothing to wait for is left");
    }
}
