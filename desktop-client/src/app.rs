//! The window: owns every part and joins them.
