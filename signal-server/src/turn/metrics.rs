//! The relay's figures as Prometheus reads them, taken when somebody asks.

use std::fmt;
use std::sync::Arc;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric, MetricEncoder};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;

use super::figures::{Refused, TurnFigures};
use super::shared::Shared;

/// Asks the relay.
pub(crate) struct TurnCollector(pub(super) Arc<Shared>);

impl fmt::Debug for TurnCollector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TurnCollector").finish_non_exhaustive()
    }
}

/// Refusals, one counter for each reason.
struct Refusals(TurnFigures);

impl EncodeMetric for Refusals {
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> fmt::Result {
        for why in Refused::ALL {
            let counter = ConstCounter::new(self.0.refused(why));
            counter.encode(encoder.encode_family(&[("reason", why.label())])?)?;
        }
        Ok(())
    }

    fn metric_type(&self) -> MetricType {
        MetricType::Counter
    }
}

impl Collector for TurnCollector {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let figures = self.0.figures();
        for (name, help, value) in [
            ("turn_allocations", "Relay allocations", figures.allocations),
            ("turn_participants", "People who have allocations", figures.participants),
            ("turn_streams", "Clients of the relay on TCP and TLS", figures.streams),
        ] {
            let gauge = ConstGauge::new(i64::try_from(value).unwrap_or(i64::MAX));
            gauge.encode(encoder.encode_descriptor(name, help, None, gauge.metric_type())?)?;
        }
        for (name, help, value) in [
            ("turn_sent_bytes", "Bytes relayed from clients", figures.sent_bytes),
            ("turn_received_bytes", "Bytes relayed to clients", figures.received_bytes),
            ("turn_packets", "Packets relayed", figures.packets),
        ] {
            let counter = ConstCounter::new(value);
            counter.encode(encoder.encode_descriptor(
                name,
                help,
                None,
                counter.metric_type(),
            )?)?;
        }
        let refusals = Refusals(figures);
        let (name, help) = ("turn_refused", "What the relay did not do, by reason");
        refusals.encode(encoder.encode_descriptor(name, help, None, refusals.metric_type())?)
    }
}
