//! Capture, codecs, mixing and devices. Only here: cpal, nokhwa, openh264, opus.
