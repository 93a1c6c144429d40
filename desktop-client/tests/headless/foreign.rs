//! A participant that is not ours and sends what nobody should.

use cinemasync_server::Config;
use serde_json::{Value, json};

use crate::person::Person;
use crate::server::{ForeignPeer, TestServer};

const CAMERA: &str = "--camera test-pattern:320x180@15";

fn candidate(line: &str) -> Value {
    json!({ "candidate": line, "sdpMid": "0", "sdpMLineIndex": 0, "usernameFragment": "x" })
}

#[test]
fn garbage_from_one_does_not_disturb_the_others() {
    let server = TestServer::start_with(Config { resume_window: 1, ..Config::embedded() });
    let (mut ana, code) = Person::create("Ana", &server.url(), CAMERA);
    let mut ben = Person::join("Ben", &server.url(), &code, CAMERA);
    let (a, b) = (ana.id(), ben.id());
    ana.wait("first_frame", |event| event["from"] == *b);
    ben.wait("first_frame", |event| event["from"] == *a);

    let mut stranger = ForeignPeer::join(&server.url(), &code, "Stranger");
    let s = stranger.id.clone();
    ana.wait("participant_joined", |event| event["id"] == *s);

    let real = real_looking_sdp();
    let mut descriptions = vec![
        "x".to_owned(),
        "v=0\r\n".repeat(6_000),
        "\u{1f980}".repeat(8_000),
        "a=".to_owned() + &"9".repeat(32_000),
        "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n".to_owned()
            + &"m=video 9 UDP/TLS/RTP/SAVPF 96\r\n".repeat(900),
        real.clone(),
        real.replace("UDP/TLS/RTP/SAVPF 111", "UDP/TLS/RTP/SAVPF 999999999999"),
        real.replace("a=mid:0", "a=mid:9"),
        real.replace("sha-256 ", "sha-256 ZZ:"),
        real.replace("\r\n", "\n"),
    ];
    // Cut off at every hundredth byte.
    descriptions.extend((1..real.len() / 100).map(|part| real[..part * 100].to_owned()));
    let candidates = [
        candidate(""),
        candidate("candidate:"),
        candidate("candidate:1 1 udp 4294967295 999.999.999.999 99999 typ host"),
        candidate("candidate:1 1 udp 1 127.0.0.1 0 typ host"),
        candidate("candidate:1 1 udp 1 127.0.0.1 9 typ relay raddr 0.0.0.0 rport 0"),
        candidate("candidate:1 1 tcp 1 evil.example.invalid 9 typ host tcptype active"),
        candidate(&format!("candidate:{}", "9 ".repeat(900))),
        json!({ "candidate": "candidate:1 1 udp 1 127.0.0.1 9 typ host", "sdpMid": null, "sdpMLineIndex": 65535, "usernameFragment": null }),
        Value::Null,
    ];
    for to in [&a, &b] {
        for (number, sdp) in descriptions.iter().enumerate() {
            let kind = if number % 3 == 0 { "webrtc_answer" } else { "webrtc_offer" };
            stranger.send(&json!({ "type": kind, "to": to, "sdp": sdp }));
            let candidate = &candidates[number % candidates.len()];
            stranger
                .send(&json!({ "type": "webrtc_ice_candidate", "to": to, "candidate": candidate }));
        }
    }
    for odd in [
        json!({ "type": "no_such_thing", "to": a }),
        json!({ "type": "chat_message", "id": "x".repeat(5_000), "text": "long id" }),
        json!({ "type": "chat_message", "id": "n-18446744073709551615", "text": "the last number" }),
        json!({ "type": "chat_message", "id": "n-18446744073709551616", "text": "one more" }),
        json!({ "type": "chat_message", "id": "m-0", "text": "\u{202e}\u{0}\u{7}\u{1b}[2J" }),
        json!({ "type": "webrtc_offer", "to": a, "sdp": { "deep": [[[[[]]]]] } }),
        json!([1, 2, 3]),
        json!("text"),
    ] {
        stranger.send(&odd);
    }
    // What comes after all that proves that all that was taken in.
    stranger.send(&json!({ "type": "chat_message", "id": "last", "text": "harmless" }));
    ana.wait("chat", |chat| chat["text"] == "harmless");
    ben.wait("chat", |chat| chat["text"] == "harmless");
    ana.wait_for_more_frames(&b);
    ben.wait_for_more_frames(&a);
    ana.say("who is that?");
    ben.wait("chat", |chat| chat["text"] == "who is that?" && chat["via"] == "peer");

    drop(stranger);
    let ended = ana.wait("participant_left", |left| left["id"] == *s);
    assert_eq!(ended["reason"], "lost");
    // There is room for a friend again.
    let mut cleo = Person::join("Cleo", &server.url(), &code, "");
    cleo.wait("first_frame", |event| event["from"] == *a);
    for me in [&mut ana, &mut ben, &mut cleo] {
        me.leave();
    }
}

fn real_looking_sdp() -> String {
    let head = "v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n\
                a=extmap-allow-mixed\r\na=msid-semantic: WMS\r\n";
    let transport = "c=IN IP4 0.0.0.0\r\na=ice-ufrag:F7gI\r\na=ice-pwd:x9cml/YzichV2+XlhiMu8g\r\na=ice-options:trickle\r\n\
                     a=fingerprint:sha-256 D2:FA:0E:C3:22:59:5E:14:95:69:92:3D:13:B4:84:24:2C:C2:A2:C0:3E:FD:34:8E:5E:EA:6F:AF:52:CE:E6:0F\r\n\
                     a=setup:actpass\r\n";
    format!(
        "{head}m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n{transport}a=mid:0\r\na=sendrecv\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\n\
         m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n{transport}a=mid:1\r\na=sctp-port:5000\r\na=max-message-size:262144\r\n"
    )
}
