//! Answers HTTP requests on the server's port: the page, health, what the administrator may see, and
//! the door to the WebSocket.

use bytes::Bytes;
use cinemasync_protocol::{ErrorCode, Token};
use cinemasync_server_core::{Refusal, RoomOverview, same_secret};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{
    ALLOW, AUTHORIZATION, CACHE_CONTROL, CONNECTION, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
    FORWARDED, HOST, HeaderName, HeaderValue, ORIGIN, REFERER, REFERRER_POLICY, RETRY_AFTER,
    SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE, VIA, WWW_AUTHENTICATE,
    X_CONTENT_TYPE_OPTIONS,
};
use hyper::upgrade::OnUpgrade;
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::Config;
use crate::door::Visit;
use crate::hub::Hub;
use crate::metrics::{self, limit};

pub(crate) type Answer = Response<Full<Bytes>>;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_REAL_IP: HeaderName = HeaderName::from_static("x-real-ip");

const PAGE: &str = include_str!("page.html");
const ICON: &str = include_str!("../../assets/icons/cinemasync.svg");

/// The answer, and the WebSocket that comes after it, if the client asked for one.
pub(crate) fn answer(
    mut request: Request<Incoming>,
    visit: &Visit,
    hub: &Hub,
    config: &Config,
) -> (Answer, Option<OnUpgrade>) {
    tracing::debug!(client = %visit.address(), method = %request.method(), path = request.uri().path(), "request");
    if request.method() != Method::GET {
        let refusal = text(StatusCode::METHOD_NOT_ALLOWED, "Only GET is answered here.\n");
        return (with_header(refusal, ALLOW, "GET"), None);
    }
    let headers = request.headers();
    let answer = match request.uri().path() {
        "/health" => health(hub, config),
        "/ws" => match accept_key(headers) {
            Some(_) if !may_connect(headers, config) => {
                hub.metrics().limit(limit::ORIGIN);
                text(
                    StatusCode::FORBIDDEN,
                    "This server takes no connections from that web page.\n",
                )
            }
            // Over a limit too: a browser learns the reason over an open WebSocket only.
            Some(key) if !hub.health().shutting_down => {
                return (switching(&key), Some(hyper::upgrade::on(&mut request)));
            }
            Some(_) => text(StatusCode::SERVICE_UNAVAILABLE, "The server is going down.\n"),
            None => upgrade_required(),
        },
        _ if let Some(denied) = visit.denied() => too_much(&denied.refusal()),
        "/" => page(),
        "/debug/rooms" => debug_rooms(headers, visit, hub, config),
        "/metrics" => metrics(headers, visit, hub, config),
        "/api/turn-credentials" => turn_credentials(headers, hub),
        _ => text(StatusCode::NOT_FOUND, "There is nothing here.\n"),
    };
    (answer, None)
}

fn health(hub: &Hub, config: &Config) -> Answer {
    let health = hub.health();
    let (status, word) = if health.shutting_down {
        (StatusCode::SERVICE_UNAVAILABLE, "shutting_down")
    } else {
        (StatusCode::OK, "ok")
    };
    let mut body = json!({
        "status": word,
        "rooms": health.rooms,
        "connections": health.connections,
        "version": env!("CARGO_PKG_VERSION"),
        "uptime_seconds": health.uptime.as_secs(),
    });
    if let Some(version) = config.client_version {
        body["client_version"] = version.to_string().into();
    }
    json_answer(status, &body)
}

/// Whether the web page that the request comes from, if any, may connect.
fn may_connect(headers: &HeaderMap, config: &Config) -> bool {
    let mut origins = headers.get_all(ORIGIN).iter();
    origins.all(|origin| origin.to_str().is_ok_and(|origin| config.limits.allows_origin(origin)))
}

fn debug_rooms(headers: &HeaderMap, visit: &Visit, hub: &Hub, config: &Config) -> Answer {
    if let Some(refusal) = refuse_strangers(headers, visit, config) {
        return refusal;
    }
    let rooms: Vec<Value> = hub.overview().iter().map(room).collect();
    json_answer(StatusCode::OK, &json!({ "rooms": rooms }))
}

fn metrics(headers: &HeaderMap, visit: &Visit, hub: &Hub, config: &Config) -> Answer {
    if !is_this_machine(headers, visit, config)
        && let Some(refusal) = refuse_strangers(headers, visit, config)
    {
        return refusal;
    }
    with_type(StatusCode::OK, metrics::CONTENT_TYPE, hub.metrics().text(hub.figures()))
}

/// The answer to whoever is not the administrator.
fn refuse_strangers(headers: &HeaderMap, visit: &Visit, config: &Config) -> Option<Answer> {
    // An empty word in the environment means none.
    let Some(wanted) = config.admin_token.as_ref().filter(|token| !token.is_empty()) else {
        return Some(text(StatusCode::NOT_FOUND, "There is nothing here.\n"));
    };
    if let Err(refusal) = visit.may_show_token() {
        return Some(too_much(&refusal));
    }
    let given = bearer(headers);
    if given.is_some_and(|given| same_secret(given, wanted)) {
        return None;
    }
    if given.is_some() {
        visit.token_failed();
    }
    Some(unauthorized("The admin token is wanted.\n"))
}

/// Whether somebody on this machine asks a server that only this machine can reach and that has no
/// admin token. A proxy on this machine brings strangers along: where one is named, or names itself
/// in a field, nobody is taken for local. Nor is a web page, by whatever name it got here.
fn is_this_machine(headers: &HeaderMap, visit: &Visit, config: &Config) -> bool {
    let proxied = [FORWARDED, VIA, ORIGIN, REFERER, X_FORWARDED_FOR, X_REAL_IP];
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let host = host.rsplit_once(':').map_or(host, |(name, port)| {
        if port.bytes().all(|byte| byte.is_ascii_digit()) { name } else { host }
    });
    config.admin_token.as_ref().is_none_or(String::is_empty)
        && config.listen.ip().is_loopback()
        && config.tls.trusted_proxy.is_empty()
        && visit.address().is_loopback()
        && matches!(host, "" | "localhost" | "127.0.0.1" | "[::1]")
        && !proxied.iter().any(|name| headers.contains_key(name))
}

/// The answer to whoever has been told often enough that it does too much.
pub(crate) fn turned_away() -> Answer {
    text(StatusCode::TOO_MANY_REQUESTS, "Too many connections come from your network.\n")
}

/// The refusal of a client that did too much.
fn too_much(refusal: &Refusal) -> Answer {
    let status = if refusal.code() == ErrorCode::ServerFull {
        StatusCode::SERVICE_UNAVAILABLE
    } else {
        StatusCode::TOO_MANY_REQUESTS
    };
    let mut answer = with_type(status, "text/plain; charset=utf-8", format!("{refusal}\n"));
    let seconds = refusal.retry_after_ms().unwrap_or_default().div_ceil(1_000);
    answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    answer
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
                "away": each.away,
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
    let body = PAGE.replace("{{version}}", env!("CARGO_PKG_VERSION")).replace("{{icon}}", ICON);
    let answer = with_type(StatusCode::OK, "text/html; charset=utf-8", body);
    // It loads nothing, runs nothing and stands in no other page.
    let policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    let answer = with_header(answer, CONTENT_SECURITY_POLICY, policy);
    with_header(answer, REFERRER_POLICY, "no-referrer")
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
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}
