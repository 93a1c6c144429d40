//! What the window shows, drawn from snapshots; sends commands and changes nothing else.
