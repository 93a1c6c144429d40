//! The chat: every message once, in order per sender, over whichever way is open.
