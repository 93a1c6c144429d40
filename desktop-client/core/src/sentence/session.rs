//! Sentences about the room, its server, its people and what they write.

use cinemasync_protocol::ErrorCode;

use super::sentences;

sentences! { SESSION:
    name_invalid = "A name has 1 to 40 characters. Type yours and try again.";
    already_in_room = "You are in a room already. Leave it first.";
    not_in_room = "You are in no room yet. Create one or join one first.";
    server_late = "The server did not answer in time. Check its address and your network, then try again.";
    server_silent = "The server does not answer.";
    server_url_silent(url) = "The server {url} does not answer. Check its address and your network, then try again.";
    server_unreachable(url, error) = "The server {url} cannot be reached ({error}). Check its address and your network, then try again.";
    no_cinemasync_server(url, status) = "{url} answers, but is no CinemaSync server (HTTP status {status}). Check the address.";
    no_server_address(typed) = "{typed} is no server address. One looks like wss://cinema.example.org or ws://192.0.2.7:8080.";
    server_connection_lost = "The connection to the server was lost.";
    server_gone = "The server is away. The call and the film go on; nobody new can join until it is back.";
    server_back = "The server is back";
    room_unknown = "The server no longer knows this room. You can go on with those you are connected to; to let somebody else in, leave and create a new room.";
    message_length(most) = "A message has 1 to {most} characters. Shorten it and send it again.";
    message_unreached = "Not everybody could get your message: the server is away.";
    reaction_invalid = "A reaction is one emoji. Write words in the chat.";
    only_host_rules = "The host sets the rules of this room.";
    everyone_may_steer = "Everyone may steer the film";
    only_host_may_steer(host) = "Only {host} may steer the film";
    starts_when_ready = "A film starts once everybody is ready";
    starts_by_play = "A film starts when somebody presses play";
    host_steers_ask(host) = "In this room {host} steers the film. Ask for it in the chat.";
    no_code_to_compare = "There is no safety code to compare yet. Wait until you are connected.";
    nobody_waits = "Nobody with another key waits in this place.";
    key_changed(who) = "{who}'s program has another key than before. It may have been installed anew, or somebody else wants to take {who}'s place. Ask {who} in another way, then accept it or refuse it; until then nothing is sent to it.";
    key_changed_compared(who) = "{who}'s program has another key than before. You had compared safety codes. It may have been installed anew, or somebody else wants to take {who}'s place. Ask {who} in another way, then accept it or refuse it; until then nothing is sent to it.";
    you_are_back = "You are back in the room";
    joined(who) = "{who} joined";
    has_left(who) = "{who} left";
    lost_connection(who) = "{who} lost the connection";
    was_removed(who) = "{who} was removed";
    room_locked = "The room is locked: nobody else can join";
    room_unlocked = "The room is open again";
}

/// What a server's refusals are called; their words are the server's.
pub const REFUSALS: [(ErrorCode, &str); 12] = [
    (ErrorCode::UnsupportedProtocol, "refused_protocol"),
    (ErrorCode::RoomNotFound, "refused_not_found"),
    (ErrorCode::RoomFull, "refused_full"),
    (ErrorCode::RoomLocked, "refused_locked"),
    (ErrorCode::WrongPassword, "refused_password"),
    (ErrorCode::NameInvalid, "refused_name"),
    (ErrorCode::NotHost, "refused_not_host"),
    (ErrorCode::RateLimited, "refused_rate"),
    (ErrorCode::ResumeExpired, "refused_resume"),
    (ErrorCode::Removed, "refused_removed"),
    (ErrorCode::ShuttingDown, "refused_shutting_down"),
    (ErrorCode::ServerFull, "refused_server_full"),
];

/// What this refusal is called; `None` for those that say nothing to a person.
pub(super) fn refusal_id(code: ErrorCode) -> Option<&'static str> {
    REFUSALS.iter().find(|(known, _)| *known == code).map(|(_, id)| *id)
}
