//! Tests of the playback machine: see the naive players here.
