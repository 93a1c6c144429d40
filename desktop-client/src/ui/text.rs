//! Every sentence and word of the window, in one place, and how times and figures are written.

mod film;
mod people;
mod screens;
mod tracks;
mod window;

use cinemasync_core::bitrate::ladder::CameraQuality;
use cinemasync_core::devices::DeviceKind;
use cinemasync_core::link::{LinkState, Route};
use cinemasync_protocol::RoomCode;

pub(crate) use self::film::*;
pub(crate) use self::people::*;
pub(crate) use self::screens::*;
pub(crate) use self::tracks::*;
pub(crate) use self::window::*;

pub(crate) const APP: &str = "CinemaSync";
pub(crate) const HEADLINE: [&str; 2] = ["Film night,", "wherever you are."];
pub(crate) const LOBBY_HINT: &str = "Make a room and send the code, or type the one you got.";
pub(crate) const YOUR_NAME: &str = "Your name";
pub(crate) const NAME_HINT: &str = "What friends call you";
pub(crate) const NAME_MISSING: &str = "Type your name first, so that your friends know who came.";
pub(crate) const NAME_TOO_LONG: &str = "Your name is too long: use at most 40 characters.";
pub(crate) const NEW_ROOM: &str = "New room";
pub(crate) const OR_JOIN: &str = "or join one";
pub(crate) const ROOM_CODE: &str = "Room code";
pub(crate) const CODE_HINT: &str = "Code or link";
pub(crate) const CODE_MISSING: &str = "Type the code that your friend sent you, or paste the link.";
pub(crate) const CODE_LENGTH: &str =
    "A room code has 8 letters and digits. Look whether one is missing.";
pub(crate) const JOIN: &str = "Join";
pub(crate) const COME_BACK: &str = "Back to the room you were in";
pub(crate) const ENTERING_NEW: &str = "Making your room…";
pub(crate) const ENTERING: &str = "Going in…";
pub(crate) const CANCEL: &str = "Cancel";
pub(crate) const SERVER: &str = "Server";
pub(crate) const ON_THIS_COMPUTER: &str = "On this computer";
pub(crate) const ON_THIS_COMPUTER_HINT: &str =
    "For trying out, and for friends in the same network.";
pub(crate) const AT_AN_ADDRESS: &str = "At an address";
pub(crate) const ADDRESS_HINT: &str = "wss://films.example.org";
pub(crate) const ADDRESS: &str = "Server address";
pub(crate) const ADDRESS_MISSING: &str =
    "Type the server's address, such as wss://films.example.org.";
pub(crate) const ADDRESS_SCHEME: &str = "A server's address begins with wss:// or ws://.";
pub(crate) const ADDRESS_HOST: &str =
    "That address names no server. It looks like wss://films.example.org or 192.168.1.20:8080.";
pub(crate) const YOU: &str = "You";
pub(crate) const MUTE: &str = "Turn microphone off";
pub(crate) const UNMUTE: &str = "Turn microphone on";
pub(crate) const CAMERA_OFF: &str = "Turn camera off";
pub(crate) const CAMERA_ON: &str = "Turn camera on";
pub(crate) const MICROPHONE_IS_ON: &str = "Your microphone is on";
pub(crate) const MICROPHONE_IS_OFF: &str = "Your microphone is off";
pub(crate) const HEARD: &str = "You are heard";
pub(crate) const CAMERA_IS_OFF: &str = "Your camera is off";
pub(crate) const SPEAKER_IS_ON: &str = "Your loudspeaker";
pub(crate) const ECHO_IS_TAKEN_OUT: &str = "echo is taken out";
pub(crate) const CAMERA_STARTING: &str = "Starting your camera…";
pub(crate) const REACT: &str = "React";
pub(crate) const LEAVE: &str = "Leave the room";
pub(crate) const COPY_CODE: &str = "Copy the invitation to";
pub(crate) const COPIED: &str = "Copied";
pub(crate) const PEOPLE: &str = "People and connections";
pub(crate) const ALONE: &str = "Nobody else is here yet.";
pub(crate) const SEND_CODE: &str = "Send your friends this code:";
pub(crate) const MESSAGE: &str = "Message";
pub(crate) const SEND: &str = "Send";
pub(crate) const DISMISS: &str = "Dismiss";
pub(crate) const CHAT_EMPTY: &str = "Say hello.";
pub(crate) const SERVER_AWAY: &str = "The server is away. The film and the talk go on.";

pub(crate) const SETTINGS: &str = "Settings";
pub(crate) const SETTINGS_CAMERA: &str = "Camera";
pub(crate) const SETTINGS_VOICE: &str = "Your voice";
pub(crate) const SETTINGS_SOUND: &str = "What you hear";
pub(crate) const SETTINGS_CONNECTIONS: &str = "Connections";
pub(crate) const SYSTEM_DEFAULT: &str = "As the system says";
pub(crate) const NO_DEVICE: &str = "None found";
pub(crate) const AWAY: &str = "Not connected";
pub(crate) const LEVEL: &str = "How loud your microphone is";
pub(crate) const INPUT_GAIN: &str = "Louder or quieter";
pub(crate) const AUTOMATIC_GAIN: &str = "Even out loudness";
pub(crate) const NOISE_SUPPRESSION: &str = "Take out noise";
pub(crate) const ECHO_CANCELLATION: &str = "Take out echo of the loudspeaker";
pub(crate) const PUSH_TO_TALK: &str = "Only while a key is held";
pub(crate) const TALK_KEY: &str = "Key to talk";
pub(crate) const PRESS_A_KEY: &str =
    "Press the key to hold while you talk; Escape leaves it as it is.";
pub(crate) const DUCKING: &str = "Film while people talk";
pub(crate) const DUCKING_RELEASE: &str = "Loud again within";
pub(crate) const SOUNDS: &str = "Sounds for coming, leaving and muting";
pub(crate) const QUALITY: &str = "At most";
pub(crate) const QUALITY_HINT: &str = "What is sent follows the connection and how large your friends show you; it is never more than this.";
pub(crate) const ROUTE: &str = "Ways";
pub(crate) const ROUTE_HINT: &str = "For connections made from now on. Through relays only, friends do not learn your network address.";
pub(crate) const COPY_REPORT: &str = "Copy a report";
pub(crate) const REPORT_COPIED: &str = "Copied, without names and addresses";
pub(crate) const YOU_SEND: &str = "You and this program";
pub(crate) const GRAPH_RTT: &str = "Round trip";
pub(crate) const GRAPH_LOSS: &str = "Lost";
pub(crate) const GRAPH_RATE: &str = "In";
pub(crate) const SAFETY_CODE: &str = "Safety code";
pub(crate) const NO_SAFETY_CODE: &str =
    "There is none yet: it comes with the connection, if the other program knows codes.";
pub(crate) const THEY_ARE_EQUAL: &str = "They are equal";
pub(crate) const TAKE_BACK: &str = "Take that back";
pub(crate) const ACCEPT_KEY: &str = "Connect to the new program";
pub(crate) const REFUSE_KEY: &str = "Refuse it";
pub(crate) const ANOTHER_KEY: &str = "Another key: press to decide";
pub(crate) const KEY_REFUSED: &str = "Refused: another key";

/// The sync pill's words.
pub(crate) const CATCHING_UP: &str = "Catching up";
pub(crate) const CONNECTED: &str = "Connected";
pub(crate) const CONNECTING: &str = "Connecting";
pub(crate) const JUST_YOU: &str = "Just you";
pub(crate) const PAUSED: &str = "Paused";
pub(crate) const OPENING: &str = "Opening the film";
pub(crate) const WAITING: &str = "Getting ready";
pub(crate) const ANSWER_WANTED: &str = "You are asked";
pub(crate) const COPY_WANTED: &str = "Your copy is wanted";

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

/// `Ana`, `Ana and Ben`, `Ana, Ben and 2 more`.
pub(crate) fn names(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [one, two] => format!("{one} and {two}"),
        [one, two, rest @ ..] => format!("{one}, {two} and {} more", rest.len()),
    }
}

/// In sync, and how exactly.
pub(crate) fn in_sync(milliseconds: f64) -> String {
    format!("In sync · ±{milliseconds:.0} ms")
}

/// The same where there is little room.
pub(crate) fn in_sync_short(milliseconds: f64) -> String {
    format!("±{milliseconds:.0} ms")
}

/// How exactly the room's clock is known.
pub(crate) fn clock_error(milliseconds: Option<f64>) -> String {
    milliseconds.map_or_else(
        || "Clock not compared yet".to_owned(),
        |ms| format!("Clock known to ±{ms:.1} ms"),
    )
}

/// How a connection stands.
pub(crate) fn link_state(state: LinkState) -> &'static str {
    match state {
        LinkState::Connecting => "Connecting",
        LinkState::Connected => "Connected",
        LinkState::Reconnecting => "Reconnecting",
        LinkState::Failed => "No connection",
        LinkState::Closed => "Gone",
    }
}

/// A kind of device, as a field's name.
pub(crate) fn device_kind(kind: DeviceKind) -> &'static str {
    match kind {
        DeviceKind::Camera => "Camera",
        DeviceKind::Microphone => "Microphone",
        DeviceKind::Speaker => "Loudspeaker",
    }
}

/// Which ways connections may take.
pub(crate) fn route(route: Route) -> &'static str {
    match route {
        Route::Any => "Direct, else through a relay",
        Route::RelayOnly => "Through relays only",
        Route::NoRelay => "Never through a relay",
    }
}

/// A picture's quality: `720p, 30 fps`.
pub(crate) fn quality(quality: CameraQuality) -> String {
    format!("{}p, {} fps", quality.height, quality.fps)
}

/// A gain: `+3 dB`.
pub(crate) fn decibels(gain: f64) -> String {
    if gain.abs() < 0.5 { "0 dB".to_owned() } else { format!("{gain:+.0} dB") }
}

/// How much quieter the film gets.
pub(crate) fn ducking(decibels: f64) -> String {
    if decibels < 0.5 { "As it is".to_owned() } else { format!("−{decibels:.0} dB") }
}

/// A short time: `0.8 s`.
pub(crate) fn seconds(milliseconds: u32) -> String {
    format!("{:.1} s", f64::from(milliseconds) / 1_000.0)
}

/// How loud, as a share of how it came.
pub(crate) fn share(volume: f64) -> String {
    format!("{:.0} %", volume * 100.0)
}

/// The slider of somebody's voice.
pub(crate) fn volume_of(name: &str) -> String {
    format!("How loud {name} is")
}

/// What to do with a safety code.
pub(crate) fn how_to_compare(name: &str) -> String {
    format!(
        "Read these aloud to each other. If {name} sees the same seven, nobody stands between you: not \
         the server, not a relay."
    )
}

/// The mark of who was compared with.
pub(crate) fn compared(name: &str) -> String {
    format!("You compared it with {name}")
}

/// Why somebody is not connected.
pub(crate) fn other_key(name: &str, compared: bool) -> String {
    let before = if compared { " You had compared safety codes." } else { "" };
    format!(
        "{name}'s program has another key than before.{before} It may have been installed anew, or somebody \
         else wants to take {name}'s place. Ask {name} in another way first. Nothing is sent to it until \
         you connect."
    )
}

/// Somebody's picture, as something to press.
pub(crate) fn face_menu(said: &str) -> String {
    format!("{said}. Volume and safety code")
}

/// How many are in the room.
pub(crate) fn people(count: usize) -> String {
    if count == 1 {
        "1 person in the room".to_owned()
    } else {
        format!("{count} people in the room")
    }
}

/// Somebody's sound or picture, for those who cannot see the marks.
pub(crate) fn face(name: &str, speaking: bool, muted: bool, state: LinkState) -> String {
    let mut said = name.to_owned();
    if speaking {
        said.push_str(", speaking");
    }
    if muted {
        said.push_str(", muted");
    }
    if state != LinkState::Connected {
        said.push_str(", ");
        said.push_str(&link_state(state).to_lowercase());
    }
    said
}

/// A character that no room code has.
pub(crate) fn code_character(found: char) -> String {
    format!("“{found}” does not occur in room codes. They avoid I, O, 0 and 1.")
}

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
