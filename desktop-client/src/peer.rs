//! One WebRTC connection a participant. Only here: webrtc and rtc.
