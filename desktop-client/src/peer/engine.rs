//! How a connection is set up: codecs, ICE and DTLS settings, the chain of interceptors.
//!
//! One page for all that the crate must be told; what is done with the connection is `link`'s.

use std::sync::Arc;
use std::time::Duration;

use cinemasync_core::link::{LinkConfig, Route};
use rtc::ice::mdns::MulticastDnsMode;
use rtc::ice::url::{ProtoType, SchemeType};
use rtc::interceptor::{
    CongestionControlBuilder, NackGeneratorBuilder, NackResponderBuilder, ReceiverReportBuilder,
    SenderReportBuilder, Slot, TwccReceiverBuilder, TwccSenderBuilder,
};
use rtc::peer_connection::configuration::media_engine::{MIME_TYPE_H264, MIME_TYPE_OPUS};
use rtc::peer_connection::configuration::setting_engine::SctpMaxMessageSize;
use rtc::rtp_transceiver::rtp_sender::{
    RTCPFeedback, RTCRtpCodec, RTCRtpCodecParameters, RTCRtpHeaderExtensionCapability,
    RtpCodecKind, TYPE_RTCP_FB_TRANSPORT_CC,
};
use rtc::sdp::extmap::TRANSPORT_CC_URI;
use webrtc::error::Result;
use webrtc::peer_connection::{
    MediaEngine, PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCCertificate,
    RTCConfiguration, RTCConfigurationBuilder, RTCIceServer, RTCIceTransportPolicy, Registry,
    SettingEngine, SettingEngineBuilder,
};

use super::addresses::LocalAddresses;
use super::channels::{MAX_CONTROL_BYTES, SEND_BUFFER_BYTES};
use super::feedback::FeedbackReader;
use super::identity;
use super::pacer::Pacer;
use super::runtime::LinkRuntime;
use super::tunnel::Tunnels;
use super::uplink::{OnEstimate, Uplink, UplinkEstimator};

/// Payload types that our offers propose. What is sent and expected is what was negotiated.
const OPUS_OFFERED: u8 = 111;
const H264_OFFERED: u8 = 102;

/// A check every 20 ms, so that a path is found as soon as both sides know of it; a pair fails
/// after 400 of them, so that it has as long as before (both go together: 200 ms and 7 by default).
const ICE_CHECK_INTERVAL: Duration = Duration::from_millis(20);
const ICE_CHECKS: u16 = 400;
/// Silence after which the path counts as lost for now, and after which the link gives up. Alive
/// means an answer to the checks sent every second, which also measure the round trip.
const ICE_DISCONNECTED: Duration = Duration::from_secs(4);
const ICE_FAILED: Duration = Duration::from_secs(20);
const ICE_KEEPALIVE: Duration = Duration::from_secs(1);
/// How long a worse path waits for a better one before it is accepted. A relay's is long enough for
/// a direct path to answer, and short enough not to be noticed.
const ACCEPT_REFLEXIVE: Duration = Duration::from_millis(150);
const ACCEPT_RELAY: Duration = Duration::from_millis(300);

/// Packets that may lie between a packet and its repair. The default of 64 is less than a
/// keyframe, so that repairs would be dropped as replays and asked for without end.
const SRTP_REPLAY_WINDOW: usize = 1024;
/// A missing packet is asked for so often and at most so many times. The frame assembler waits
/// accordingly.
const NACK_INTERVAL: Duration = Duration::from_millis(20);
const NACK_TRIES: u16 = 8;
/// How often it is reported which packets arrived when (transport-wide congestion control,
/// draft-holmer-rmcat-transport-wide-cc-extensions-01).
const ARRIVAL_REPORTS: Duration = Duration::from_millis(50);

/// Our picture codec: constrained baseline, which every browser must decode. Level 5.1: a screen may be as
/// large as 4096×2304, which is also what our decoder takes.
pub(super) fn h264() -> RTCRtpCodec {
    let feedback = |typ: &str, parameter: &str| RTCPFeedback {
        typ: typ.to_owned(),
        parameter: parameter.to_owned(),
    };
    RTCRtpCodec {
        mime_type: MIME_TYPE_H264.to_owned(),
        clock_rate: 90_000,
        channels: 0,
        sdp_fmtp_line: "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e033"
            .to_owned(),
        rtcp_feedback: vec![feedback("nack", ""), feedback("nack", "pli"), feedback("ccm", "fir")],
    }
}

/// Our voice codec. RFC 7587 §7: always written as 48000/2, whatever is sent.
pub(super) fn opus() -> RTCRtpCodec {
    RTCRtpCodec {
        mime_type: MIME_TYPE_OPUS.to_owned(),
        clock_rate: 48_000,
        channels: 2,
        sdp_fmtp_line: "minptime=10;useinbandfec=1".to_owned(),
        rtcp_feedback: vec![],
    }
}

fn media_engine() -> Result<MediaEngine> {
    let mut engine = MediaEngine::default();
    let opus = RTCRtpCodecParameters { rtp_codec: opus(), payload_type: OPUS_OFFERED };
    let h264 = RTCRtpCodecParameters { rtp_codec: h264(), payload_type: H264_OFFERED };
    engine.register_codec(opus, RtpCodecKind::Audio)?;
    // No RTX: the crate's repairs over it bypass the chain, and are asked for again.
    engine.register_codec(h264, RtpCodecKind::Video)?;
    for kind in [RtpCodecKind::Audio, RtpCodecKind::Video] {
        engine.register_feedback(
            RTCPFeedback { typ: TYPE_RTCP_FB_TRANSPORT_CC.to_owned(), parameter: String::new() },
            kind,
        );
        let numbers = RTCRtpHeaderExtensionCapability { uri: TRANSPORT_CC_URI.to_owned() };
        engine.register_header_extension(numbers, kind, None)?;
    }
    Ok(engine)
}

/// The chain, by distance from the wire: what left is recorded last, numbered before, paced before that.
/// Assembled by hand, since the crate's own set-up begins with a pacer that knows no estimate.
fn interceptors(
    feedback: FeedbackReader,
    uplink: &Arc<Uplink>,
    on_estimate: OnEstimate,
) -> Registry {
    let generator = NackGeneratorBuilder::new()
        .with_interval(NACK_INTERVAL)
        .with_max_nacks_per_packet(NACK_TRIES);
    let estimator = UplinkEstimator::new(Arc::clone(uplink), on_estimate);
    let arrivals = TwccReceiverBuilder::new().with_interval(ARRIVAL_REPORTS);
    Registry::new()
        .with(Slot::from(500), feedback)
        .with(Slot::CongestionControl, CongestionControlBuilder::new(estimator).build())
        .with(Slot::TwccSender, TwccSenderBuilder::new().build())
        .with(Slot::Pacer, Pacer::new(Arc::clone(uplink)))
        .with(Slot::NackResponder, NackResponderBuilder::new().build())
        .with(Slot::NackGenerator, generator.build())
        .with(Slot::TwccReceiver, arrivals.build())
        .with(Slot::ReceiverReport, ReceiverReportBuilder::new().build())
        .with(Slot::SenderReport, SenderReportBuilder::new().build())
}

/// What a connection for data alone may hold.
#[derive(Debug, Clone, Copy)]
pub(super) struct DataBounds {
    /// Bytes of what we sent and they have not acknowledged, a channel.
    pub(super) send_buffer: usize,
    /// Bytes of theirs that we have not read.
    pub(super) receive_window: u32,
    /// Bytes of a message of theirs.
    pub(super) message: u32,
}

/// What all connections have in common.
fn settings(route: Route) -> SettingEngineBuilder {
    let relay = if route == Route::RelayOnly { Duration::ZERO } else { ACCEPT_RELAY };
    SettingEngineBuilder::new()
        .with_ice_connection_attempts(Some(ICE_CHECK_INTERVAL), Some(ICE_CHECKS))
        .with_ice_timeouts(Some(ICE_DISCONNECTED), Some(ICE_FAILED), Some(ICE_KEEPALIVE))
        .with_srflx_acceptance_min_wait(Some(ACCEPT_REFLEXIVE))
        .with_prflx_acceptance_min_wait(Some(ACCEPT_REFLEXIVE))
        .with_relay_acceptance_min_wait(Some(relay))
        // Resolving and answering names would bind the multicast port for each connection.
        .with_multicast_dns_mode(MulticastDnsMode::Disabled)
        .with_include_loopback_candidate(true)
        // A restart means that the machine's network may have changed: new sockets on what there
        // is now.
        .with_discard_local_candidates_during_ice_restart(true)
}

fn media_settings(route: Route) -> SettingEngine {
    settings(route)
        .with_srtp_replay_protection_window(SRTP_REPLAY_WINDOW)
        .with_sctp_max_message_size(SctpMaxMessageSize::Bounded(MAX_CONTROL_BYTES))
        .build()
}

fn data_settings(route: Route, bounds: DataBounds) -> SettingEngine {
    settings(route)
        .with_sctp_max_message_size(SctpMaxMessageSize::Bounded(bounds.message))
        .with_sctp_max_receive_buffer_size(bounds.receive_window)
        .build()
}

/// A connection on `runtime` that reports to `handler`.
pub(super) async fn connect(
    config: &LinkConfig,
    runtime: Arc<LinkRuntime>,
    handler: Arc<dyn PeerConnectionEventHandler>,
    feedback: FeedbackReader,
    uplink: &Arc<Uplink>,
    on_estimate: OnEstimate,
) -> Result<Arc<dyn PeerConnection>> {
    let shown = config.identity.iter().map(identity::certificate).collect::<Result<_>>()?;
    let connection = PeerConnectionBuilder::new()
        .with_configuration(with_certificates(config, runtime.tunnels(), shown))
        .with_media_engine(media_engine()?)
        .with_setting_engine(media_settings(config.route))
        .with_interceptor_registry(interceptors(feedback, uplink, on_estimate))
        .with_runtime(runtime)
        .with_handler(handler)
        .with_udp_addrs(vec![LocalAddresses])
        .with_data_channel_send_buffer_limit(SEND_BUFFER_BYTES)
        .build()
        .await?;
    Ok(Arc::new(connection))
}

/// A connection without media on `runtime` that reports to `handler`.
pub(super) async fn connect_data(
    config: &LinkConfig,
    bounds: DataBounds,
    runtime: Arc<LinkRuntime>,
    handler: Arc<dyn PeerConnectionEventHandler>,
) -> Result<Arc<dyn PeerConnection>> {
    let shown = config.identity.iter().map(identity::certificate).collect::<Result<_>>()?;
    let connection = PeerConnectionBuilder::new()
        .with_configuration(with_certificates(config, runtime.tunnels(), shown))
        .with_setting_engine(data_settings(config.route, bounds))
        .with_runtime(runtime)
        .with_handler(handler)
        .with_udp_addrs(vec![LocalAddresses])
        .with_data_channel_send_buffer_limit(bounds.send_buffer)
        .build()
        .await?;
    Ok(Arc::new(connection))
}

/// Where to look for ways to the other side, of a connection that there is already.
pub(super) fn configuration(config: &LinkConfig, tunnels: &Tunnels) -> RTCConfiguration {
    with_certificates(config, tunnels, Vec::new())
}

fn with_certificates(
    config: &LinkConfig,
    tunnels: &Tunnels,
    shown: Vec<RTCCertificate>,
) -> RTCConfiguration {
    let policy = match config.route {
        Route::RelayOnly => RTCIceTransportPolicy::Relay,
        Route::Any | Route::NoRelay => RTCIceTransportPolicy::All,
    };
    RTCConfigurationBuilder::new()
        .with_ice_servers(ice_servers(config, tunnels))
        .with_ice_transport_policy(policy)
        .with_certificates(shown)
        .build()
}

/// The servers that can be used, each with one address: one that cannot be read, or a relay without
/// credentials, would make the crate refuse the whole connection. Relays over TCP and TLS come as
/// tunnels.
fn ice_servers(config: &LinkConfig, tunnels: &Tunnels) -> Vec<RTCIceServer> {
    let mut usable = Vec::new();
    let mut udp_relay = false;
    for server in &config.ice_servers {
        for url in &server.urls {
            let plain = RTCIceServer {
                urls: vec![url.clone()],
                username: server.username.clone().unwrap_or_default(),
                credential: server.credential.clone().unwrap_or_default(),
            };
            let read = match plain.urls() {
                Ok(read) => read,
                Err(error) => {
                    tracing::warn!(%error, "an ICE server of the signaling server cannot be used");
                    continue;
                }
            };
            for read in read {
                let relay = matches!(read.scheme, SchemeType::Turn | SchemeType::Turns);
                if relay && config.route == Route::NoRelay {
                    continue;
                }
                udp_relay |= read.scheme == SchemeType::Turn && read.proto == ProtoType::Udp;
                if let Some(url) = tunnels.rewritten(&read) {
                    usable.push(RTCIceServer { urls: vec![url], ..plain.clone() });
                }
            }
        }
    }
    tunnels.expect_udp(udp_relay);
    usable
}

#[cfg(test)]
mod tests {
    use cinemasync_core::link::LinkConfig;
    use cinemasync_protocol::IceServer;

    use super::*;

    #[test]
    fn ice_servers_that_cannot_be_used_are_left_out_and_the_others_kept() {
        let server = |url: &str, secret: Option<&str>| IceServer {
            urls: vec![url.to_owned()],
            username: secret.map(str::to_owned),
            credential: secret.map(str::to_owned),
        };
        let config = LinkConfig {
            opens_channels: true,
            ice_servers: vec![
                server("", None),
                server("http://127.0.0.1", None),
                server("turn:127.0.0.1:3478", None),
                server("turn:127.0.0.1:3479", Some("word")),
                server("turn:127.0.0.1:3479?transport=tcp", Some("word")),
                server("turns:relay.example.org:443", Some("word")),
                server("turns:relay.example.org:443?transport=udp", Some("word")),
                server("stun:127.0.0.1:3478", None),
            ],
            route: Route::Any,
            identity: None,
        };
        let tunnels = Tunnels::new(Arc::new(|| ()));
        let kept = |config: &LinkConfig| -> Vec<_> {
            ice_servers(config, &tunnels).into_iter().flat_map(|server| server.urls).collect()
        };
        let udp = "turn:127.0.0.1:3479?transport=udp";
        let tcp = "turn:0.tunnel.invalid:3479?transport=udp";
        let tls = "turn:1.tunnel.invalid:443?transport=udp";
        let stun = "stun:127.0.0.1:3478";
        assert_eq!(kept(&config), [udp, tcp, tls, stun]);
        assert_eq!(kept(&config), [udp, tcp, tls, stun], "a relay keeps its number");
        assert_eq!(tunnels.resolve("1.tunnel.invalid:443"), Some(([127, 213, 77, 1], 443).into()));
        let config = LinkConfig { route: Route::NoRelay, ..config };
        assert_eq!(kept(&config), [stun]);
    }
}
