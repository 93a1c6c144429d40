//! Rooms and what decides in the server, pure.
