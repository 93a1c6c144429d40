//! One stay in a room: roster, negotiations, chat, film and what media must run.
