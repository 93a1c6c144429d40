//! The film player. Only here: libmpv.
