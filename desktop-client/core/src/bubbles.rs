//! Where and how large the faces stand over a film that fills the screen: a person's choice, kept
//! between two starts.

use serde::{Deserialize, Serialize};

/// An edge of the screen. The lower one belongs to subtitles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edge {
    /// The left one.
    Left,
    /// The upper one.
    Top,
    /// The right one.
    #[default]
    Right,
}

/// Where the faces stand, and how large they are.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Bubbles {
    /// At which edge.
    pub edge: Edge,
    /// Where along it: 0 is at its top or left, 1 at its other end.
    pub along: f32,
    /// How large: 1 is the usual size.
    pub size: f32,
}

impl Default for Bubbles {
    fn default() -> Self {
        Self { edge: Edge::Right, along: 0.0, size: 1.0 }
    }
}

impl Bubbles {
    /// The smallest size.
    pub const SMALLEST: f32 = 0.5;
    /// The largest size.
    pub const LARGEST: f32 = 2.5;

    /// The same within what can be, whatever a file says.
    #[must_use]
    pub fn bounded(self) -> Self {
        let or = |value: f32, usual: f32| if value.is_finite() { value } else { usual };
        Self {
            edge: self.edge,
            along: or(self.along, 0.0).clamp(0.0, 1.0),
            size: or(self.size, 1.0).clamp(Self::SMALLEST, Self::LARGEST),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_file_says_the_faces_are_on_the_screen() {
        let wild = Bubbles { edge: Edge::Left, along: f32::NAN, size: 900.0 }.bounded();
        assert_eq!(wild, Bubbles { edge: Edge::Left, along: 0.0, size: Bubbles::LARGEST });
        let small = Bubbles { along: 7.0, size: -1.0, ..Bubbles::default() }.bounded();
        assert_eq!(small, Bubbles { along: 1.0, size: Bubbles::SMALLEST, ..Bubbles::default() });
        assert_eq!(Bubbles::default().bounded(), Bubbles::default());
    }
}
