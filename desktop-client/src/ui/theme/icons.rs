//! The icons in use, by what they mean here; one family (Phosphor), outlined, filled for play and
//! send.

/// A glyph of the icon typeface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Icon {
    /// The character.
    pub(crate) glyph: char,
    /// From the filled cut?
    pub(crate) filled: bool,
}

const fn outlined(glyph: char) -> Icon {
    Icon { glyph, filled: false }
}

const fn filled(glyph: char) -> Icon {
    Icon { glyph, filled: true }
}

pub(crate) const MICROPHONE: Icon = outlined('\u{e326}');
pub(crate) const MICROPHONE_OFF: Icon = outlined('\u{e328}');
pub(crate) const CAMERA: Icon = outlined('\u{e4da}');
pub(crate) const CAMERA_OFF: Icon = outlined('\u{e4dc}');
pub(crate) const REACT: Icon = outlined('\u{e436}');
pub(crate) const CHAT: Icon = outlined('\u{e168}');
pub(crate) const FACES: Icon = outlined('\u{e4c4}');
pub(crate) const HAND: Icon = outlined('\u{e298}');
pub(crate) const HEART: Icon = filled('\u{e2a8}');
pub(crate) const LEAVE: Icon = outlined('\u{e3c4}');
pub(crate) const COPY: Icon = outlined('\u{e1ca}');
pub(crate) const DONE: Icon = outlined('\u{e182}');
pub(crate) const PEOPLE: Icon = outlined('\u{e4d6}');
pub(crate) const NEW_ROOM: Icon = filled('\u{e8c2}');
pub(crate) const FILM: Icon = outlined('\u{e792}');
pub(crate) const OPEN: Icon = outlined('\u{e256}');
pub(crate) const PLAY: Icon = filled('\u{e3d0}');
pub(crate) const PAUSE: Icon = filled('\u{e39e}');
pub(crate) const BACK: Icon = outlined('\u{e038}');
pub(crate) const FORWARD: Icon = outlined('\u{e036}');
pub(crate) const VOLUME: Icon = outlined('\u{e44a}');
pub(crate) const VOLUME_LOW: Icon = outlined('\u{e44c}');
pub(crate) const VOLUME_OFF: Icon = outlined('\u{e45c}');
pub(crate) const SUBTITLES: Icon = outlined('\u{e1a8}');
pub(crate) const RATE: Icon = outlined('\u{e628}');
pub(crate) const FULL_SCREEN: Icon = outlined('\u{e0a6}');
pub(crate) const LEAVE_FULL_SCREEN: Icon = outlined('\u{e09e}');
pub(crate) const SEND: Icon = filled('\u{e396}');
pub(crate) const CLOSE: Icon = outlined('\u{e4f6}');
pub(crate) const SETTINGS: Icon = outlined('\u{e272}');
pub(crate) const COMPARED: Icon = outlined('\u{e40c}');
pub(crate) const PREVIOUS_CHAPTER: Icon = outlined('\u{e5a4}');
pub(crate) const NEXT_CHAPTER: Icon = outlined('\u{e5a6}');
pub(crate) const FILMS: Icon = outlined('\u{e6ac}');
pub(crate) const ADDRESS: Icon = outlined('\u{e2e2}');
pub(crate) const MORE: Icon = outlined('\u{e3d4}');
pub(crate) const LESS: Icon = outlined('\u{e32a}');
pub(crate) const SOONER: Icon = outlined('\u{e08e}');
pub(crate) const LATER: Icon = outlined('\u{e03e}');
pub(crate) const REMOVE: Icon = outlined('\u{e4a6}');
pub(crate) const FILM_PLACE: Icon = outlined('\u{e19a}');
pub(crate) const UNDO: Icon = outlined('\u{e038}');
pub(crate) const SHARE: Icon = outlined('\u{e58a}');
pub(crate) const SCREEN: Icon = outlined('\u{e32e}');
pub(crate) const WINDOW: Icon = outlined('\u{e5da}');
pub(crate) const ACTUAL_SIZE: Icon = outlined('\u{e310}');
pub(crate) const WHOLE: Icon = outlined('\u{e30e}');
pub(crate) const LAYOUT_TALK: Icon = outlined('\u{e464}');
pub(crate) const LAYOUT_WATCH: Icon = outlined('\u{e58c}');
pub(crate) const PASSWORD: Icon = outlined('\u{e2fe}');
pub(crate) const SEEN: Icon = outlined('\u{e220}');
pub(crate) const UNSEEN: Icon = outlined('\u{e224}');
pub(crate) const COMPACT: Icon = outlined('\u{e64c}');
pub(crate) const LEAVE_COMPACT: Icon = outlined('\u{e0a2}');
pub(crate) const PINNED: Icon = filled('\u{e3e2}');
pub(crate) const SEARCH: Icon = outlined('\u{e30c}');
pub(crate) const STOP: Icon = filled('\u{e46c}');
pub(crate) const WAIT: Icon = outlined('\u{e2b2}');
pub(crate) const HELP: Icon = outlined('\u{e3e8}');
pub(crate) const INFO: Icon = outlined('\u{e2ce}');
pub(crate) const WARNING: Icon = outlined('\u{e4e0}');
pub(crate) const ERROR: Icon = outlined('\u{e4e2}');
