//! The same session without a window: JSON commands in, JSON events out.
