//! Every sentence and word of the window, in one place, and how times and figures are written, in each
//! language that it speaks.

mod care;
mod catalog;
mod film;
mod layouts;
mod people;
mod screens;
mod streams;
mod told;
mod tracks;
mod window;

use catalog::messages;
use cinemasync_core::bitrate::ladder::CameraQuality;
use cinemasync_core::devices::DeviceKind;
use cinemasync_core::link::{LinkState, Route};
use cinemasync_protocol::RoomCode;

pub(crate) use self::care::*;
pub(crate) use self::catalog::{Language, figure, speak};
pub(crate) use self::film::*;
pub(crate) use self::layouts::*;
pub(crate) use self::people::*;
pub(crate) use self::screens::*;
pub(crate) use self::streams::*;
pub(crate) use self::told::*;
pub(crate) use self::tracks::*;
pub(crate) use self::window::*;

pub(crate) const APP: &str = "CinemaSync";
pub(crate) const ADDRESS_HINT: &str = "wss://films.example.org";

messages! {
    lobby_hint, your_name, name_hint, name_missing, name_too_long, new_room, or_join, room_code,
    code_hint, code_missing, code_length, join, come_back, entering_new, entering, cancel, server,
    on_this_computer, on_this_computer_hint, at_an_address, address, address_missing,
    address_scheme, address_host, you, mute, unmute, camera_off, camera_on, microphone_is_on,
    microphone_is_off, heard, camera_is_off, speaker_is_on, echo_is_taken_out, camera_starting,
    react, leave, copy_code, copied, people_label, alone, send_code, message, send, dismiss,
    with_password, new_password, room_password, password_wanted, password_wrong, show_password,
    hide_password, chat_empty, server_away, settings, settings_camera, settings_voice, settings_sound,
    settings_connections, system_default, no_device, away, level, input_gain, automatic_gain,
    noise_suppression, echo_cancellation, push_to_talk, talk_key, press_a_key, ducking_label,
    ducking_release, sounds, quality_label, quality_hint, route_label, route_hint, copy_report,
    report_copied, you_send, graph_rtt, graph_loss, graph_rate, safety_code, no_safety_code,
    they_are_equal, take_back, accept_key, refuse_key, another_key, key_refused, catching_up,
    connected, connecting, just_you, paused, opening, waiting_label, answer_wanted, copy_wanted,
    compared(name), face_menu(said), how_to_compare(name),
    milliseconds(ms), no_connection, gone, reconnecting, percent(percent), people(count), somebody,
    the_host, volume_of(name),
}

mod say {
    use super::messages;

    messages! {
        clock_known(ms), code_character(found), clock_not_compared, ducking_off, face_muted(said), face_speaking(said),
        face_connecting(said), face_reconnecting(said), face_unconnected(said), face_gone(said),
        headline_1, headline_2, in_sync(ms), names_more(one, two, more), names_two(one, two),
        other_key(name), other_key_compared(name), quality(height, fps), seconds(seconds),
        device_camera, device_microphone, device_speaker, route_any, route_relay_only,
        route_no_relay,
    }
}

/// The emoji that can be floated over the film.
pub(crate) const REACTIONS: [&str; 6] = ["😂", "❤", "👍", "😮", "😢", "👏"];

/// A code as people read it: two groups of four.
pub(crate) fn code(code: RoomCode) -> String {
    let code = code.as_str();
    format!("{} {}", &code[..4], &code[4..])
}

/// What "copy" puts on the clipboard: a link that can be pasted into the code field whole.
pub(crate) fn invite_link(code: RoomCode, server: &str) -> String {
    let mut escaped = String::with_capacity(server.len());
    for byte in server.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:/".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    format!("cinemasync://join/{}?server={escaped}", code.as_str())
}

/// A time of day, 24 hours, `utc_offset_minutes` east of Greenwich.
pub(crate) fn clock_time(unix_ms: u64, utc_offset_minutes: i32) -> String {
    let minutes = i64::try_from(unix_ms / 60_000).unwrap_or(0) + i64::from(utc_offset_minutes);
    format!("{:02}:{:02}", minutes.div_euclid(60).rem_euclid(24), minutes.rem_euclid(60))
}

/// The headline's lines.
pub(crate) fn headline() -> [&'static str; 2] {
    [say::headline_1(), say::headline_2()]
}

/// `Ana`, `Ana and Ben`, `Ana, Ben and 2 more`.
pub(crate) fn names(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [one, two] => say::names_two(one, two),
        [one, two, rest @ ..] => say::names_more(one, two, rest.len()),
    }
}

/// In sync, and how exactly.
pub(crate) fn in_sync(milliseconds: f64) -> String {
    say::in_sync(figure(milliseconds, 0))
}

/// The same where there is little room.
pub(crate) fn in_sync_short(ms: f64) -> String {
    format!("±{}", milliseconds(figure(ms, 0)))
}

/// How exactly the room's clock is known.
pub(crate) fn clock_error(milliseconds: Option<f64>) -> String {
    milliseconds
        .map_or_else(|| say::clock_not_compared().to_owned(), |ms| say::clock_known(figure(ms, 1)))
}

/// How a connection stands.
pub(crate) fn link_state(state: LinkState) -> &'static str {
    match state {
        LinkState::Connecting => connecting(),
        LinkState::Connected => connected(),
        LinkState::Reconnecting => reconnecting(),
        LinkState::Failed => no_connection(),
        LinkState::Closed => gone(),
    }
}

/// A kind of device, as a field's name.
pub(crate) fn device_kind(kind: DeviceKind) -> &'static str {
    match kind {
        DeviceKind::Camera => say::device_camera(),
        DeviceKind::Microphone => say::device_microphone(),
        DeviceKind::Speaker => say::device_speaker(),
    }
}

/// Which ways connections may take.
pub(crate) fn route(route: Route) -> &'static str {
    match route {
        Route::Any => say::route_any(),
        Route::RelayOnly => say::route_relay_only(),
        Route::NoRelay => say::route_no_relay(),
    }
}

/// A picture's quality: `720p, 30 fps`.
pub(crate) fn quality(quality: CameraQuality) -> String {
    say::quality(quality.height, quality.fps)
}

/// A gain: `+3 dB`.
pub(crate) fn decibels(gain: f64) -> String {
    if gain.abs() < 0.5 { "0 dB".to_owned() } else { format!("{gain:+.0} dB") }
}

/// How much quieter the film gets.
pub(crate) fn ducking(decibels: f64) -> String {
    if decibels < 0.5 { say::ducking_off().to_owned() } else { format!("−{decibels:.0} dB") }
}

/// A short time: `0.8 s`.
pub(crate) fn seconds(milliseconds: u32) -> String {
    say::seconds(figure(f64::from(milliseconds) / 1_000.0, 1))
}

/// How loud, as a share of how it came.
pub(crate) fn share(volume: f64) -> String {
    percent(figure(volume * 100.0, 0))
}

/// Why somebody is not connected.
pub(crate) fn other_key(name: &str, compared: bool) -> String {
    if compared { say::other_key_compared(name) } else { say::other_key(name) }
}

/// Somebody's sound or picture, for those who cannot see the marks.
pub(crate) fn face(name: &str, speaking: bool, muted: bool, state: LinkState) -> String {
    let mut said = name.to_owned();
    if speaking {
        said = say::face_speaking(said);
    }
    if muted {
        said = say::face_muted(said);
    }
    match state {
        LinkState::Connected => said,
        LinkState::Connecting => say::face_connecting(said),
        LinkState::Reconnecting => say::face_reconnecting(said),
        LinkState::Failed => say::face_unconnected(said),
        LinkState::Closed => say::face_gone(said),
    }
}

/// A character that no room code has.
pub(crate) fn code_character(found: char) -> String {
    say::code_character(found.to_string())
}

#[cfg(test)]
mod translations;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_day_follows_the_offset() {
        assert_eq!(clock_time(0, 0), "00:00");
        assert_eq!(clock_time(60_000 * 59, 90), "02:29");
        assert_eq!(clock_time(0, -30), "23:30");
        assert_eq!(clock_time(u64::MAX, 0).len(), 5);
    }

    #[test]
    fn names_are_listed_as_people_do() {
        let all = ["Ana", "Ben", "Cyd", "Dee"].map(str::to_owned);
        assert_eq!(names(&all[..1]), "Ana");
        assert_eq!(names(&all[..2]), "Ana and Ben");
        assert_eq!(names(&all), "Ana, Ben and 2 more");
    }
}
