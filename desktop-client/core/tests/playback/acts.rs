//! Taking things back, going frame by frame, another cut.

use cinemasync_core::interface::Cause;
use cinemasync_core::playback_sync::{Opening, PlaybackInput};
use cinemasync_protocol::ParticipantId;

use super::room::{GOOD, Room, attached, film};

fn playing() -> Room {
    let mut room = Room::new(&[GOOD; 2], &[0, 0], 40);
    room.start_film();
    room.secs(20.0);
    room
}

#[test]
fn a_pause_is_taken_back_by_anybody() {
    let mut room = playing();
    room.input(0, PlaybackInput::Pause);
    room.secs(2.0);
    let undoable = room.members[1].sync.undoable(room.now).expect("can be taken back");
    assert_eq!((undoable.by, undoable.cause), (ParticipantId::new("p0"), Cause::Pause));
    room.input(1, PlaybackInput::Undo);
    room.secs(1.0);
    assert_eq!(room.moving(), [true; 2]);
    room.assert_together(8.0);
}

#[test]
fn a_seek_is_taken_back_to_where_the_film_would_be() {
    let mut room = playing();
    let before = room.target();
    room.input(0, PlaybackInput::Seek(3_000.0));
    room.secs(3.0);
    room.input(1, PlaybackInput::Undo);
    room.secs(3.0);
    // What the leads of both seeks cost is lost.
    let lost = before + 6.0 - room.target();
    assert!((0.0..1.5).contains(&lost), "{lost} s");
    room.assert_together(8.0);
}

#[test]
fn what_is_long_ago_or_done_over_is_not_taken_back() {
    let mut room = playing();
    room.input(0, PlaybackInput::Pause);
    room.secs(9.0);
    assert!(room.members[1].sync.undoable(room.now).is_none());
    room.input(1, PlaybackInput::Undo);
    room.secs(1.0);
    assert_eq!(room.moving(), [false; 2]);
    room.input(0, PlaybackInput::Seek(100.0));
    room.input(0, PlaybackInput::Play);
    assert!(room.members[0].sync.undoable(room.now).is_none());
}

#[test]
fn a_film_that_stands_still_goes_frame_by_frame_for_all() {
    let mut room = playing();
    room.input(0, PlaybackInput::Pause);
    room.secs(1.0);
    let before = room.target();
    for _ in 0..3 {
        room.input(0, PlaybackInput::Step { forward: true });
        room.secs(0.5);
    }
    room.input(1, PlaybackInput::Step { forward: false });
    room.secs(0.5);
    assert!((room.target() - before - 2.0 / 24.0).abs() < 1e-6);
    room.assert_together(1.0);
}

#[test]
fn another_cut_is_followed_at_its_own_time() {
    let mut room = Room::new(&[GOOD; 2], &[0, 0], 40);
    room.members[1].attaches = false;
    room.start_film();
    room.input(1, attached(4.0));
    room.secs(5.0);
    let off = |room: &Room| room.members[1].player.position_secs - room.target();
    assert!((off(&room) - 4.0).abs() < 0.01, "{}", off(&room));
    room.input(1, PlaybackInput::Shift(-2.5));
    room.secs(5.0);
    assert!((off(&room) + 2.5).abs() < 0.01, "{}", off(&room));
    assert_eq!(room.moving(), [true; 2]);
    let told = room.members[1].sync.view(&room.members[1].clock, room.now);
    assert!((told.position_secs - room.target()).abs() < 0.01, "told in the room's time");
}

#[test]
fn a_film_that_plays_by_itself_starts_when_all_have_opened_it() {
    let mut room = playing();
    let mut next = film();
    next.id.0.push('2');
    let by = ParticipantId::new("p0");
    let opening = Opening { film: next, by, position_secs: 30.0, plays: true };
    room.input(0, PlaybackInput::Open(opening));
    room.secs(4.0);
    assert_eq!(room.moving(), [true; 2]);
    assert!((31.0..34.0).contains(&room.target()), "{}", room.target());
    room.assert_together(8.0);
}
