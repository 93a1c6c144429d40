//! Reads the service's answer, a list in the shape of WebRTC's `RTCIceServer`. What a participant
//! could not use, or should not be sent, is left out.

use std::time::Duration;

use cinemasync_protocol::IceServer;
use serde_json::{Map, Value};
use thiserror::Error;

/// An answer is about one kilobyte; a longer one is not read.
pub const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// Every participant tries every one of them.
const MAX_SERVERS: usize = 16;
const MAX_URLS: usize = 8;
const MAX_URL_BYTES: usize = 256;
const MAX_WORD_BYTES: usize = 512;

/// What the service gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The servers, at least one.
    pub servers: Vec<IceServer>,
    /// How long the credentials live, if the answer says it: the shortest of them.
    pub lifetime: Option<Duration>,
}

/// What is wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Fault {
    /// Not JSON.
    #[error("its answer is not JSON")]
    NotJson,
    /// JSON of another shape.
    #[error("its answer is not a list of ICE servers")]
    NoList,
    /// A list without anything to use.
    #[error("its answer names no server that can be used")]
    NoServers,
}

/// Reads an answer.
///
/// # Errors
/// [`Fault`] when there is no usable server in it.
pub fn read(body: &[u8]) -> Result<Answer, Fault> {
    let answer: Value = serde_json::from_slice(body).map_err(|_| Fault::NotJson)?;
    let items = match &answer {
        Value::Array(items) => items,
        Value::Object(fields) => {
            fields.get("iceServers").and_then(Value::as_array).ok_or(Fault::NoList)?
        }
        _ => return Err(Fault::NoList),
    };
    let objects = items.iter().filter_map(Value::as_object);
    let usable = objects.filter_map(|fields| Some((server(fields)?, lifetime(fields))));
    let (servers, lifetimes): (Vec<_>, Vec<_>) = usable.take(MAX_SERVERS).unzip();
    if servers.is_empty() {
        return Err(Fault::NoServers);
    }
    Ok(Answer { servers, lifetime: lifetimes.into_iter().flatten().min() })
}

fn server(fields: &Map<String, Value>) -> Option<IceServer> {
    let given = match fields.get("urls")? {
        Value::String(url) => vec![url.as_str()],
        Value::Array(urls) => urls.iter().filter_map(Value::as_str).collect(),
        _ => return None,
    };
    let word = |name: &str| fields.get(name).and_then(Value::as_str).filter(|word| is_word(word));
    let credentials = word("username").zip(word("credential"));
    let usable = |url: &&str| is_stun(url) || (is_turn(url) && credentials.is_some());
    let urls: Vec<String> =
        given.into_iter().filter(usable).take(MAX_URLS).map(str::to_owned).collect();
    let (username, credential) = credentials.unzip();
    (!urls.is_empty()).then(|| IceServer {
        urls,
        username: username.map(str::to_owned),
        credential: credential.map(str::to_owned),
    })
}

fn lifetime(fields: &Map<String, Value>) -> Option<Duration> {
    let seconds = fields.get("expiryInSeconds")?.as_u64()?;
    (seconds > 0).then(|| Duration::from_secs(seconds))
}

fn is_stun(url: &str) -> bool {
    is_address(url, &["stun:", "stuns:"])
}

fn is_turn(url: &str) -> bool {
    is_address(url, &["turn:", "turns:"])
}

fn is_address(url: &str, schemes: &[&str]) -> bool {
    let rest = schemes.iter().find_map(|scheme| url.strip_prefix(scheme));
    rest.is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_graphic()))
        && url.len() <= MAX_URL_BYTES
}

fn is_word(word: &str) -> bool {
    !word.is_empty() && word.len() <= MAX_WORD_BYTES && !word.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stun(url: &str) -> IceServer {
        IceServer { urls: vec![url.to_owned()], username: None, credential: None }
    }

    fn turn(urls: &[&str]) -> IceServer {
        let urls = urls.iter().map(|&url| url.to_owned()).collect();
        IceServer { urls, username: Some("ana".to_owned()), credential: Some("tea".to_owned()) }
    }

    #[test]
    fn the_answer_that_the_service_documents_is_understood() {
        let body = br#"[
            { "urls": "stun:stun.relay.example:80" },
            { "urls": "turn:relay.example:80", "username": "ana", "credential": "tea" },
            { "urls": "turn:relay.example:80?transport=tcp", "username": "ana", "credential": "tea" },
            { "urls": "turns:relay.example:443?transport=tcp", "username": "ana", "credential": "tea" }
        ]"#;
        let servers = vec![
            stun("stun:stun.relay.example:80"),
            turn(&["turn:relay.example:80"]),
            turn(&["turn:relay.example:80?transport=tcp"]),
            turn(&["turns:relay.example:443?transport=tcp"]),
        ];
        assert_eq!(read(body), Ok(Answer { servers, lifetime: None }));
    }

    #[test]
    fn lists_of_addresses_and_wrapped_answers_are_understood_too() {
        let body = br#"{ "iceServers": [
            { "urls": ["turn:a.example", "turns:a.example"], "username": "ana",
              "credential": "tea", "expiryInSeconds": 3600 },
            { "urls": ["turn:b.example"], "username": "ana", "credential": "tea",
              "expiryInSeconds": 600, "region": null }
        ] }"#;
        let servers = vec![turn(&["turn:a.example", "turns:a.example"]), turn(&["turn:b.example"])];
        let lifetime = Some(Duration::from_secs(600));
        assert_eq!(read(body), Ok(Answer { servers, lifetime }));
    }

    #[test]
    fn what_cannot_be_used_is_left_out() {
        let long = format!("turn:{}", "x".repeat(MAX_URL_BYTES));
        let body = serde_json::json!([
            null, 7, "turn:a.example", [], {}, { "urls": 7 }, { "urls": [] },
            { "urls": "https://a.example", "username": "ana", "credential": "tea" },
            { "urls": "turn:", "username": "ana", "credential": "tea" },
            { "urls": "turn:a b", "username": "ana", "credential": "tea" },
            { "urls": long, "username": "ana", "credential": "tea" },
            { "urls": "turn:a.example" },
            { "urls": "turn:a.example", "username": "ana" },
            { "urls": "turn:a.example", "username": "ana\n", "credential": "tea" },
            { "urls": "turn:a.example", "username": "a".repeat(513), "credential": "tea" },
            { "urls": "turn:a.example", "username": ["ana"], "credential": "tea" },
        ]);
        assert_eq!(read(body.to_string().as_bytes()), Err(Fault::NoServers));
        let one_good = serde_json::json!([
            { "urls": ["javascript:alert(1)", "turn:a.example", 7], "username": "ana",
              "credential": "tea", "expiryInSeconds": -1 },
        ]);
        let answer = Answer { servers: vec![turn(&["turn:a.example"])], lifetime: None };
        assert_eq!(read(one_good.to_string().as_bytes()), Ok(answer));
    }

    #[test]
    fn a_long_list_is_cut() {
        let many: Vec<String> = (0..100).map(|n| format!("stun:{n}.example")).collect();
        let body = serde_json::json!(vec![serde_json::json!({ "urls": many }); 100]);
        let answer = read(body.to_string().as_bytes()).unwrap();
        assert_eq!(answer.servers.len(), MAX_SERVERS);
        assert!(answer.servers.iter().all(|server| server.urls.len() == MAX_URLS));
    }

    #[test]
    fn other_answers_are_faults() {
        assert_eq!(read(b""), Err(Fault::NotJson));
        assert_eq!(read(b"<html>"), Err(Fault::NotJson));
        assert_eq!(read(b"[\xff]"), Err(Fault::NotJson));
        assert_eq!(read("[".repeat(10_000).as_bytes()), Err(Fault::NotJson));
        assert_eq!(read(br#"{ "error": "Invalid API Key" }"#), Err(Fault::NoList));
        assert_eq!(read(b"7"), Err(Fault::NoList));
        assert_eq!(read(b"[]"), Err(Fault::NoServers));
    }
}
