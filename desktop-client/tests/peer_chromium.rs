//! A link to a browser: voice, pictures and a screen both ways with headless Chromium and its fake
//! devices, whoever begins.
//! Skipped, with the reason printed, where there is no Chromium.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use cinemasync_client::peer::{PacketSender, Peer};
use cinemasync_core::link::{
    Description, DescriptionKind, LinkCommand, LinkConfig, LinkEvent, Route,
};
use cinemasync_core::packet::{InboundPacket, OutboundPacket};
use cinemasync_core::track::Track;
use cinemasync_protocol::{IceCandidate, ParticipantId};
use futures_util::{SinkExt, StreamExt};
use openh264::decoder::Decoder;
use openh264::encoder::Encoder;
use openh264::formats::{YUVBuffer, YUVSource};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;

/// Starting a browser on a busy machine takes its time.
const PATIENCE: Duration = Duration::from_secs(60);
/// 20 ms of silence, as Opus.
const SILENCE: [u8; 3] = [0xf8, 0xff, 0xfe];

const PAGE: &str = r#"<!doctype html><video id=v autoplay muted playsinline></video><script>
const ws = new WebSocket('ws://127.0.0.1:PORT');
const tell = message => ws.send(JSON.stringify(message));
const pc = new RTCPeerConnection();
const queued = [];
// A screen of its own: what a canvas shows.
const screen = () => {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [320, 200];
  const drawing = canvas.getContext('2d');
  setInterval(() => { drawing.fillStyle = `hsl(${Date.now() / 20 % 360} 80% 50%)`; drawing.fillRect(0, 0, 320, 200); }, 40);
  const stream = canvas.captureStream(25);
  pc.addTrack(stream.getVideoTracks()[0], stream);
};
pc.onicecandidate = e => tell({candidate: e.candidate ? e.candidate.toJSON() : null});
pc.ontrack = e => { if (e.track.kind === 'video') v.srcObject = new MediaStream([e.track]); };
pc.ondatachannel = e => { e.channel.onmessage = m => e.channel.send(m.data); };
ws.onmessage = async m => {
  const message = JSON.parse(m.data);
  if (message.start) {
    // The browser begins, with a camera and a microphone and a channel alone.
    const media = await navigator.mediaDevices.getUserMedia({audio: true, video: {width: 640, height: 360}});
    for (const track of media.getTracks()) pc.addTrack(track, media);
    const channel = pc.createDataChannel('control');
    channel.onmessage = m => channel.send(m.data);
    await pc.setLocalDescription();
    tell({offer: pc.localDescription.sdp});
  } else if (message.answer) {
    await pc.setRemoteDescription({type: 'answer', sdp: message.answer});
    for (const candidate of queued.splice(0)) await pc.addIceCandidate(candidate);
  } else if (message.offer && pc.localDescription) {
    screen();
    await pc.setRemoteDescription({type: 'offer', sdp: message.offer});
    await pc.setLocalDescription();
    tell({answer: pc.localDescription.sdp});
  } else if (message.offer) {
    await pc.setRemoteDescription({type: 'offer', sdp: message.offer});
    const media = await navigator.mediaDevices.getUserMedia({audio: true, video: {width: 640, height: 360}});
    for (const track of media.getTracks()) pc.addTrack(track, media);
    screen();
    await pc.setLocalDescription();
    tell({answer: pc.localDescription.sdp});
    for (const candidate of queued.splice(0)) await pc.addIceCandidate(candidate);
  } else if (message.candidate) {
    if (pc.remoteDescription) await pc.addIceCandidate(message.candidate);
    else queued.push(message.candidate);
  }
};
window.onunhandledrejection = e => tell({failed: String(e.reason)});
setInterval(async () => {
  const figures = {moving: 0, width: 0, samples: 0};
  for (const s of (await pc.getStats()).values()) if (s.type === 'inbound-rtp') {
    if (s.kind === 'video') { figures.moving += s.framesDecoded >= 30; figures.width = s.frameWidth || figures.width; }
    else figures.samples += s.packetsReceived || 0;
  }
  if (ws.readyState === 1) tell({figures});
}, 200);
</script>"#;

struct Browser(Child);

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn browser(page: &Path, profile: &Path) -> Option<Browser> {
    let mut tried = ["chromium", "chromium-browser", "google-chrome"].into_iter().map(|program| {
        Command::new(program)
            .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run"])
            .args(["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"])
            .args(["--autoplay-policy=no-user-gesture-required", "--mute-audio"])
            .arg("--disable-features=WebRtcHideLocalIpsWithMdns")
            .arg(format!("--user-data-dir={}", profile.display()))
            .arg(format!("file://{}", page.display()))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
    });
    tried.find_map(Result::ok).map(Browser)
}

/// Our camera and our screen: a moving grey, really encoded.
fn film(sender: PacketSender) {
    std::thread::spawn(move || {
        let mut encoder = Encoder::new().expect("the encoder is built in");
        let (width, height) = (320, 240);
        for i in 0_u32..3000 {
            let shade = |at: usize| u8::try_from((at + 3 * i as usize) % 200).expect("below 200");
            let luma = (0..width * height).map(|at| shade(at % width));
            let planes = luma.chain(std::iter::repeat_n(128, width * height / 2)).collect();
            if i % 30 == 0 {
                encoder.force_intra_frame();
            }
            let encoded =
                encoder.encode(&YUVBuffer::from_vec(planes, width, height)).expect("a picture");
            let access_unit = Bytes::from(encoded.to_vec());
            for track in [Track::Camera, Track::Screen] {
                sender.send(&OutboundPacket::Video {
                    track,
                    rung: 0,
                    access_unit: access_unit.clone(),
                    rtp_timestamp: i * 3000,
                    keyframe: i % 30 == 0,
                    captured: Instant::now(),
                });
            }
            for voice in [2 * i, 2 * i + 1] {
                sender.send(&OutboundPacket::Audio {
                    track: Track::Microphone,
                    payload: Bytes::from_static(&SILENCE),
                    rtp_timestamp: voice * 960,
                    talk_spurt: voice == 0,
                });
            }
            std::thread::sleep(Duration::from_millis(33));
        }
    });
}

/// What both ends have seen so far.
#[derive(Debug, Default)]
struct Seen {
    their_pictures: u32,
    their_size: (usize, usize),
    their_screens: u32,
    their_screen_size: (usize, usize),
    their_voice: u32,
    /// Our pictures that move there: camera and screen.
    our_moving: u64,
    our_width: u64,
    our_voice: u64,
    echoed: bool,
}

impl Seen {
    fn enough(&self) -> bool {
        self.their_pictures >= 30
            && self.their_size == (640, 360)
            && self.their_screens >= 10
            && self.their_screen_size == (320, 200)
            && self.their_voice >= 30
            && self.our_moving == 2
            && self.our_width == 320
            && self.our_voice >= 30
            && self.echoed
    }
}

fn event_to_page(event: LinkEvent, peer: &Peer, seen: &mut Seen) -> Option<Value> {
    match event {
        LinkEvent::NegotiationNeeded => {
            peer.command(LinkCommand::MakeOffer { ice_restart: false });
            None
        }
        LinkEvent::LocalDescription(Description { kind: DescriptionKind::Offer, sdp }) => {
            Some(json!({ "offer": sdp }))
        }
        LinkEvent::LocalDescription(Description { kind: DescriptionKind::Answer, sdp }) => {
            Some(json!({ "answer": sdp }))
        }
        LinkEvent::LocalCandidate(candidate) => Some(json!({ "candidate": candidate })),
        LinkEvent::NegotiationFailed(text) => panic!("{text}"),
        LinkEvent::ControlOpen => {
            peer.command(LinkCommand::Control("echo".to_owned()));
            None
        }
        LinkEvent::Control(text) => {
            seen.echoed = text == "echo";
            None
        }
        _ => None,
    }
}

fn page_to_link(message: &Value, peer: &Peer, seen: &mut Seen) {
    let described = [("offer", DescriptionKind::Offer), ("answer", DescriptionKind::Answer)]
        .into_iter()
        .find_map(|(name, kind)| Some((kind, message[name].as_str()?.to_owned())));
    if let Some((kind, sdp)) = described {
        let description = Description { kind, sdp };
        peer.command(LinkCommand::Accept { description, rollback: false });
    } else if let Some(candidate) = message.get("candidate") {
        let candidate: Option<IceCandidate> =
            serde_json::from_value(candidate.clone()).expect("a candidate");
        peer.command(LinkCommand::AddCandidate(candidate));
    } else if let Some(text) = message["failed"].as_str() {
        panic!("the page failed: {text}");
    } else if let Some(figures) = message.get("figures") {
        let figure = |name: &str| figures[name].as_u64().unwrap_or(0);
        seen.our_moving = figure("moving");
        seen.our_width = figure("width");
        seen.our_voice = figure("samples");
    }
}

#[tokio::test]
async fn chromium_hears_and_sees_us_and_we_it() {
    talk_with_chromium(false).await;
}

/// It describes voice, camera and a channel alone; ours then asks for the rest.
#[tokio::test]
async fn chromium_begins_and_describes_less_than_there_is() {
    talk_with_chromium(true).await;
}

async fn talk_with_chromium(it_begins: bool) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("bound").port();
    let folder = tempfile::tempdir().expect("a folder");
    let page = folder.path().join("page.html");
    std::fs::write(&page, PAGE.replace("PORT", &port.to_string())).expect("writes");
    let Some(_browser) = browser(&page, &folder.path().join("profile")) else {
        println!("skipped: no chromium, chromium-browser or google-chrome is installed");
        return;
    };
    let (stream, _) = tokio::time::timeout(PATIENCE, listener.accept())
        .await
        .expect("in time")
        .expect("the page connects");
    let mut page = tokio_tungstenite::accept_async(stream).await.expect("a page");

    let (events, mut told) = mpsc::channel(256);
    let (packets, mut media) = mpsc::unbounded_channel();
    let (ice_servers, route) = (vec![], Route::Any);
    let config = LinkConfig { opens_channels: !it_begins, ice_servers, route, identity: None };
    let on_packet = Arc::new(move |_: &ParticipantId, packet| drop(packets.send(packet)));
    let peer = Peer::open(ParticipantId::new("browser"), config, events, on_packet).expect("opens");
    film(peer.sender());

    if it_begins {
        page.send(Message::text(json!({ "start": true }).to_string()))
            .await
            .expect("the page reads");
    }
    let (mut seen, mut decoder) = (Seen::default(), Decoder::new().expect("built in"));
    let mut screen_decoder = Decoder::new().expect("built in");
    let talk = async {
        while !seen.enough() {
            tokio::select! {
                Some((_, event)) = told.recv() => {
                    if let Some(message) = event_to_page(event, &peer, &mut seen) {
                        page.send(Message::text(message.to_string())).await.expect("the page reads");
                    }
                }
                Some(packet) = media.recv() => match packet {
                    InboundPacket::Video { track: Track::Screen, access_unit, .. } => {
                        if let Ok(Some(picture)) = screen_decoder.decode(&access_unit) {
                            seen.their_screen_size = picture.dimensions();
                            seen.their_screens += 1;
                        }
                    }
                    InboundPacket::Video { access_unit, .. } => {
                        if let Ok(Some(picture)) = decoder.decode(&access_unit) {
                            seen.their_size = picture.dimensions();
                            seen.their_pictures += 1;
                        }
                    }
                    InboundPacket::Audio { .. } => seen.their_voice += 1,
                },
                Some(message) = page.next() => {
                    if let Message::Text(text) = message.expect("the page writes") {
                        page_to_link(&serde_json::from_str(&text).expect("JSON"), &peer, &mut seen);
                    }
                }
            }
        }
    };
    let in_time = tokio::time::timeout(PATIENCE, talk).await.is_ok();
    println!("{seen:?}; {:?}", peer.stats().await);
    assert!(in_time, "not everything was seen: {seen:?}");
}
