//! A full room: everybody can be told apart, in a small window as well.

use super::*;

/// The scripted evening with eight people, with and without the film.
fn crowd(seconds: f64) -> Snapshot {
    let snapshot = Demo::at(seconds, Instant::now()).snapshot().clone();
    assert_eq!(snapshot.participants.len(), 7);
    snapshot
}

/// Where the pictures are that a menu opens from.
fn faces(window: &Window, snapshot: &Snapshot) -> Vec<Rect> {
    let people = snapshot.participants.iter();
    let face = |person: &cinemasync_core::interface::ParticipantView| {
        let said = text::face(&person.name, person.speaking, !person.microphone, person.state);
        let said = if person.hand { text::hand_raised(&said) } else { said };
        window.get_by_label(&text::face_menu(&said)).rect()
    };
    people.map(face).collect()
}

#[test]
fn eight_faces_have_room_for_a_name_in_every_shape() {
    for size in [WIDE, NARROW, vec2(360.0, 640.0), vec2(1920.0, 1080.0)] {
        for seconds in [175.0, 185.0] {
            let snapshot = crowd(seconds);
            let window = window(size, snapshot.clone());
            let places = faces(&window, &snapshot);
            for (index, place) in places.iter().enumerate() {
                assert!(place.width() >= 72.0 && place.height() >= 50.0, "{size:?}: {place:?}");
                let whole = Rect::from_min_size(pos2(0.0, 0.0), size);
                assert!(whole.contains_rect(*place), "{size:?}: {place:?}");
                for other in &places[index + 1..] {
                    assert!(!place.shrink(0.5).intersects(*other), "{size:?}: {place:?} {other:?}");
                }
            }
        }
    }
}

#[test]
fn a_state_that_does_not_fit_beside_the_code_is_told_by_the_people_pill() {
    let snapshot = crowd(175.0);
    let people = text::people(8);
    let low = window(vec2(360.0, 640.0), snapshot.clone());
    let pill = low.get_by_role_and_label(Role::Button, &people);
    assert_eq!(pill.accesskit_node().description().as_deref(), Some(text::connected()));
    let wide = window(WIDE, snapshot);
    let pill = wide.get_by_role_and_label(Role::Button, &people);
    assert_ne!(pill.accesskit_node().description().as_deref(), Some(text::connected()));
}
