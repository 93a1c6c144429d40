//! What the server counts, as Prometheus reads it. Each count is one atomic number: names and labels
//! are looked up once, here, and not for each message.
//!
//! Other modules register what is theirs with [`Metrics::register`].

mod process;

use std::sync::atomic::AtomicU64;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cinemasync_protocol::{ClientMessage, ErrorCode, ServerMessage};
use cinemasync_server_core::admission::Limit;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::text;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Metric, Registry};

/// What the answer of `/metrics` is.
pub(crate) const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// How a connection ends, beside the close codes that the server sends.
pub(crate) const GONE: &str = "gone";
/// The client closed it.
pub(crate) const CLOSED: &str = "closed_by_client";
/// Every way in which a connection ends.
const ENDS: [&str; 10] =
    [GONE, CLOSED, "1000", "1001", "1002", "1003", "1007", "1008", "1009", "1013"];

/// The limits that connections meet after they were let in.
pub(crate) mod limit {
    /// Messages or bytes faster than one connection may.
    pub(crate) const PACE: &str = "pace_of_connection";
    /// That without end: the connection is closed.
    pub(crate) const FLOOD: &str = "flood_of_connection";
    /// A client that does not keep up: the connection is closed.
    pub(crate) const OUTBOX: &str = "outbox_of_connection";
    /// A web page that may not connect.
    pub(crate) const ORIGIN: &str = "origin";
}
const OWN_LIMITS: [&str; 4] = [limit::PACE, limit::FLOOD, limit::OUTBOX, limit::ORIGIN];
/// What is not one of those that were expected.
pub(crate) const OTHER: &str = "other";

/// Everything that is counted.
pub(crate) struct Metrics {
    registry: Mutex<Registry>,
    now: Gauges,
    opened: Counter,
    ends: Counters,
    received: Counters,
    received_bytes: Counter,
    sent: Counters,
    sent_bytes: Counter,
    errors: Counters,
    limits: Counters,
    rooms_created: Counter,
    handling: Histogram,
}

/// What is the case at the moment, as whoever asks for the figures fills in.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Figures {
    pub(crate) connections: usize,
    pub(crate) rooms: usize,
    pub(crate) participants: usize,
    pub(crate) waiting_bytes: usize,
    pub(crate) addresses: usize,
}

#[derive(Default)]
struct Gauges {
    connections: Gauge,
    rooms: Gauge,
    participants: Gauge,
    waiting_bytes: Gauge,
    addresses: Gauge,
}

/// One counter for each value of one label.
struct Counters(Vec<(&'static str, Counter)>);

impl Counters {
    fn register(
        registry: &mut Registry,
        (name, help): (&str, &str),
        label: &'static str,
        values: impl IntoIterator<Item = &'static str>,
    ) -> Self {
        let family: Family<[(&'static str, &'static str); 1], Counter> = Family::default();
        let values = values.into_iter().chain([OTHER]);
        let counters =
            values.map(|value| (value, family.get_or_create_owned(&[(label, value)]))).collect();
        registry.register(name, help, family);
        Self(counters)
    }

    fn count(&self, value: &str) {
        let known = self.0.iter().find(|(known, _)| *known == value);
        if let Some((_, counter)) = known.or(self.0.last()) {
            counter.inc();
        }
    }
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("cinemasync");
        let now = Gauges::default();
        for (name, help, gauge) in [
            ("connections", "WebSockets that are open", &now.connections),
            ("rooms", "Rooms", &now.rooms),
            ("participants", "People who are connected and in a room", &now.participants),
            ("outbox_bytes", "What waits to be sent to all", &now.waiting_bytes),
            ("tracked_addresses", "Client addresses that are remembered", &now.addresses),
        ] {
            registry.register(name, help, gauge.clone());
        }
        let info = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("server", "The program", info);
        let started: Gauge = Gauge::default();
        let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        started.set(i64::try_from(unix.as_secs()).unwrap_or(i64::MAX));
        registry.register("start_time_seconds", "When the server started, in Unix time", started);
        registry.register_collector(Box::new(process::Process));

        let opened = counter(&mut registry, "connections_opened", "WebSockets opened");
        let ends = Counters::register(
            &mut registry,
            ("connections_closed", "WebSockets that ended, by the server's close code"),
            "code",
            ENDS,
        );
        let received = Counters::register(
            &mut registry,
            ("messages_received", "Messages of clients"),
            "type",
            ClientMessage::TYPES.iter().copied(),
        );
        let sent = Counters::register(
            &mut registry,
            ("messages_sent", "Messages to clients, when they were queued"),
            "type",
            ServerMessage::TYPES.iter().copied(),
        );
        let received_bytes =
            counter(&mut registry, "received_bytes", "Bytes in messages of clients");
        let sent_bytes = counter(&mut registry, "sent_bytes", "Bytes in messages to clients");
        let errors = Counters::register(
            &mut registry,
            ("refusals", "Requests that were answered with an error"),
            "code",
            ErrorCode::ALL.iter().map(|code| code.as_str()),
        );
        let limits = Counters::register(
            &mut registry,
            ("limits_met", "Times that a client met a limit"),
            "limit",
            Limit::ALL.iter().map(|limit| limit.as_str()).chain(OWN_LIMITS),
        );
        let rooms_created = counter(&mut registry, "rooms_created", "Rooms made");
        let handling = Histogram::new(exponential_buckets(4e-6, 4.0, 9));
        let help =
            "From a message's arrival to what it causes being queued, with the wait for others";
        registry.register("message_handling_seconds", help, handling.clone());
        Self {
            registry: Mutex::new(registry),
            now,
            opened,
            ends,
            received,
            received_bytes,
            sent,
            sent_bytes,
            errors,
            limits,
            rooms_created,
            handling,
        }
    }

    /// Adds a metric, `cinemasync_` before its name, and a counter's `_total` after it.
    pub(crate) fn register(&self, name: &str, help: &str, metric: impl Metric) {
        self.registry().register(name, help, metric);
    }

    /// Adds what is read when somebody asks.
    pub(crate) fn register_collector(&self, collector: impl Collector) {
        self.registry().register_collector(Box::new(collector));
    }

    /// All figures as text.
    pub(crate) fn text(&self, figures: Figures) -> String {
        let now = &self.now;
        for (gauge, figure) in [
            (&now.connections, figures.connections),
            (&now.rooms, figures.rooms),
            (&now.participants, figures.participants),
            (&now.waiting_bytes, figures.waiting_bytes),
            (&now.addresses, figures.addresses),
        ] {
            gauge.set(i64::try_from(figure).unwrap_or(i64::MAX));
        }
        let mut written = String::new();
        text::encode(&mut written, &self.registry()).expect("a String takes everything");
        written
    }

    pub(crate) fn opened(&self) {
        self.opened.inc();
    }

    /// A connection ended: [`GONE`], [`CLOSED`], or a close code.
    pub(crate) fn ended(&self, how: &str) {
        self.ends.count(how);
    }

    /// A client said something of this `type`.
    pub(crate) fn received(&self, wire_type: &str, bytes: usize) {
        self.received.count(wire_type);
        self.received_bytes.inc_by(bytes as u64);
    }

    /// Something of this `type` is on its way to a client.
    pub(crate) fn sent(&self, wire_type: &str, bytes: usize) {
        self.sent.count(wire_type);
        self.sent_bytes.inc_by(bytes as u64);
    }

    /// A client was answered with an error.
    pub(crate) fn refused(&self, code: ErrorCode) {
        self.errors.count(code.as_str());
    }

    /// A client met a limit.
    pub(crate) fn limit(&self, limit: &str) {
        self.limits.count(limit);
    }

    /// A room was made.
    pub(crate) fn room_created(&self) {
        self.rooms_created.inc();
    }

    /// A message was dealt with in this time.
    pub(crate) fn handled(&self, time: Duration) {
        self.handling.observe(time.as_secs_f64());
    }

    fn registry(&self) -> std::sync::MutexGuard<'_, Registry> {
        self.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn counter(registry: &mut Registry, name: &str, help: &str) -> Counter<u64, AtomicU64> {
    let counter = Counter::default();
    registry.register(name, help, counter.clone());
    counter
}

#[cfg(test)]
mod tests {
    use super::*;

    const DASHBOARD: &str = include_str!("../../assets/server/grafana-dashboard.json");

    fn samples(text: &str) -> Vec<&str> {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        lines.map(|line| line.split(['{', ' ']).next().unwrap()).collect()
    }

    #[test]
    fn every_metric_has_a_help_text_and_every_label_its_zero() {
        let text = Metrics::new().text(Figures::default());
        for line in text.lines().filter(|line| line.starts_with("# TYPE")) {
            let name = line.split(' ').nth(2).unwrap();
            assert!(text.contains(&format!("# HELP {name} ")), "{name}: {text}");
        }
        assert!(text.contains("cinemasync_messages_received_total{type=\"webrtc_offer\"} 0"));
        assert!(text.contains("cinemasync_limits_met_total{limit=\"failed_joins\"} 0"));
        assert!(text.ends_with("# EOF\n"));
    }

    #[test]
    fn what_is_counted_is_written() {
        let metrics = Metrics::new();
        metrics.received("webrtc_offer", 100);
        metrics.received("something new", 1);
        metrics.ended("1013");
        metrics.refused(ErrorCode::RoomFull);
        metrics.limit(limit::FLOOD);
        let text = metrics.text(Figures { rooms: 7, ..Figures::default() });
        for line in [
            "cinemasync_messages_received_total{type=\"webrtc_offer\"} 1",
            "cinemasync_messages_received_total{type=\"other\"} 1",
            "cinemasync_received_bytes_total 101",
            "cinemasync_connections_closed_total{code=\"1013\"} 1",
            "cinemasync_refusals_total{code=\"room_full\"} 1",
            "cinemasync_limits_met_total{limit=\"flood_of_connection\"} 1",
            "cinemasync_rooms 7",
        ] {
            assert!(text.lines().any(|written| written == line), "{line}: {text}");
        }
    }

    #[test]
    fn another_part_adds_what_is_its_own() {
        let metrics = Metrics::new();
        let counter: Counter = Counter::default();
        metrics.register("relay_allocations", "Relayed addresses given out", counter.clone());
        counter.inc();
        let text = metrics.text(Figures::default());
        assert!(text.contains("cinemasync_relay_allocations_total 1"), "{text}");
    }

    #[test]
    fn the_dashboard_asks_for_metrics_that_exist() {
        let text = Metrics::new().text(Figures::default());
        let known = samples(&text);
        let dashboard: serde_json::Value = serde_json::from_str(DASHBOARD).unwrap();
        let panels = dashboard["panels"].as_array().unwrap();
        let targets = panels.iter().filter_map(|panel| panel["targets"].as_array()).flatten();
        let mut asked = 0;
        for target in targets {
            let query = target["expr"].as_str().unwrap();
            let words = query.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            for name in words.filter(|word| word.starts_with("cinemasync_")) {
                // Figures of the process are there on Linux only; those of the relay and of TLS,
                // where there is one: their own tests know them.
                let parts = ["cinemasync_process_", "cinemasync_turn_", "cinemasync_tls_"];
                let of_a_part = parts.iter().any(|part| name.starts_with(part));
                assert!(known.contains(&name) || of_a_part, "{name} in {query}");
                asked += 1;
            }
        }
        assert!(asked > 10);
    }
}
