//! Answers HTTP requests on the server's port: the page, health, what the administrator may see, and
//! the door to the WebSocket.

use std::net::IpAddr;

use bytes::Bytes;
use cinemasync_protocol::Token;
use cinemasync_server_core::{RoomOverview, same_secret};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{
    ALLOW, AUTHORIZATION, CACHE_CONTROL, CONNECTION, CONTENT_TYPE, HeaderName, HeaderValue,
    SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE, WWW_AUTHENTICATE,
};
use hyper::upgrade::OnUpgrade;
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::Config;
use crate::hub::Hub;

type Answer = Response<Full<Bytes>>;

const PAGE: &str = include_str!("page.html");

/// The answer, and the WebSocket that comes after it, if the client asked for one.
pub(crate) fn answer(
    mut request: Request<Incoming>,
    client: IpAddr,
    hub: &Hub,
    config: &Config,
) -> (Answer, Option<OnUpgrade>) {
    tracing::debug!(%client, method = %request.method(), path = request.uri().path(), "request");
    if request.method() != Method::GET {
        let refusal = text(StatusCode::METHOD_NOT_ALLOWED, "Only GET is answered here.\n");
        return (with_header(refusal, ALLOW, "GET"), None);
    }
    let headers = request.headers();
    let answer = match request.uri().path() {
        "/" => page(),
        "/health" => health(hub),
        "/debug/rooms" => debug_rooms(headers, hub, config),
        "/api/turn-credentials" => turn_credentials(headers, hub),
        "/ws" => match accept_key(headers) {
            Some(key) if !hub.health().shutting_down => {
                return (switching(&key), Some(hyper::upgrade::on(&mut request)));
            }
            Some(_) => text(StatusCode::SERVICE_UNAVAILABLE, "The server is going down.\n"),
            None => upgrade_required(),
        },
        _ => text(StatusCode::NOT_FOUND, "There is nothing here.\n"),
    };
    (answer, None)
}

fn health(hub: &Hub) -> Answer {
    let health = hub.health();
    let (status, word) = if health.shutting_down {
        (StatusCode::SERVICE_UNAVAILABLE, "shutting_down")
    } else {
        (StatusCode::OK, "ok")
    };
    let body = json!({
        "status": word,
        "rooms": health.rooms,
        "connections": health.connections,
        "version": env!("CARGO_PKG_VERSION"),
        "uptime_seconds": health.uptime.as_secs(),
    });
    json_answer(status, &body)
}

fn debug_rooms(headers: &HeaderMap, hub: &Hub, config: &Config) -> Answer {
    let Some(wanted) = &config.admin_token else {
        return text(StatusCode::NOT_FOUND, "There is nothing here.\n");
    };
    if !bearer(headers).is_some_and(|given| same_secret(given, wanted)) {
        return unauthorized("The admin token is wanted.\n");
    }
    let rooms: Vec<Value> = hub.overview().iter().map(room).collect();
    json_answer(StatusCode::OK, &json!({ "rooms": rooms }))
}

fn room(overview: &RoomOverview) -> Value {
    let participants: Vec<Value> = overview
        .participants
        .iter()
        .map(|each| {
            json!({
                "id": each.participant.id,
                "name": each.participant.name,
                "host": each.participant.host,
                "screen_sharing": each.participant.screen_sharing,
                "age_seconds": each.age.as_secs(),
            })
        })
        .collect();
    json!({
        "room": overview.room,
        "age_seconds": overview.age.as_secs(),
        "locked": overview.locked,
        "password": overview.password,
        "participants": participants,
    })
}

fn turn_credentials(headers: &HeaderMap, hub: &Hub) -> Answer {
    match bearer(headers).and_then(|token| hub.ice_servers_for(&Token::new(token))) {
        Some(ice_servers) => json_answer(StatusCode::OK, &json!({ "ice_servers": ice_servers })),
        None => unauthorized("A participant's token is wanted.\n"),
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ").map(str::trim)
}

/// The answer's key, if the request opens a WebSocket (RFC 6455 §4.2.1).
fn accept_key(headers: &HeaderMap) -> Option<String> {
    let holds = |name: HeaderName, word: &str| {
        // A list may come on several lines.
        let lines = headers.get_all(name).iter().filter_map(|line| line.to_str().ok());
        let mut words = lines.flat_map(|line| line.split(','));
        words.any(|given| given.trim().eq_ignore_ascii_case(word)).then_some(())
    };
    holds(CONNECTION, "upgrade")?;
    holds(UPGRADE, "websocket")?;
    holds(SEC_WEBSOCKET_VERSION, "13")?;
    Some(derive_accept_key(headers.get(SEC_WEBSOCKET_KEY)?.as_bytes()))
}

fn switching(key: &str) -> Answer {
    let mut answer = Response::new(Full::default());
    *answer.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = answer.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    if let Ok(key) = HeaderValue::from_str(key) {
        headers.insert(SEC_WEBSOCKET_ACCEPT, key);
    }
    answer
}

fn page() -> Answer {
    let body = PAGE.replace("{{version}}", env!("CARGO_PKG_VERSION"));
    with_type(StatusCode::OK, "text/html; charset=utf-8", body)
}

fn json_answer(status: StatusCode, body: &Value) -> Answer {
    with_type(status, "application/json", body.to_string())
}

fn text(status: StatusCode, body: &'static str) -> Answer {
    with_type(status, "text/plain; charset=utf-8", body.to_owned())
}

fn unauthorized(body: &'static str) -> Answer {
    with_header(text(StatusCode::UNAUTHORIZED, body), WWW_AUTHENTICATE, "Bearer")
}

/// Says what is wanted here, the version too (RFC 9110 §15.5.22, RFC 6455 §4.4).
fn upgrade_required() -> Answer {
    let body = "This is a WebSocket: connect with ws:// or wss://.\n";
    let answer = text(StatusCode::UPGRADE_REQUIRED, body);
    with_header(with_header(answer, UPGRADE, "websocket"), SEC_WEBSOCKET_VERSION, "13")
}

fn with_header(mut answer: Answer, name: HeaderName, value: &'static str) -> Answer {
    answer.headers_mut().insert(name, HeaderValue::from_static(value));
    answer
}

fn with_type(status: StatusCode, kind: &'static str, body: String) -> Answer {
    let mut answer = Response::new(Full::new(Bytes::from(body)));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}
