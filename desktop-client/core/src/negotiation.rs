//! Perfect negotiation with one peer (W3C WebRTC 1.0 §10.7), with ICE restarts and back-off.
