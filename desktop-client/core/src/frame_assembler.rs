//! RTP packets of one video track in, whole H.264 access units out.
