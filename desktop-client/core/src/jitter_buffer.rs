//! RTP packets of one voice in, one frame each 20 ms out.
