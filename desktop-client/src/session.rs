//! The session driver: feeds the pure core and carries out what it asks.
