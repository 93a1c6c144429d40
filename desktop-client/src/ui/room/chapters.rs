//! Which chapter a place of the film belongs to, and where the ones beside it begin. Pure.

use cinemasync_core::player::Chapter;

/// Whoever has just come into a chapter goes back to the one before it, in seconds.
const JUST_BEGUN_SECS: f64 = 3.0;

/// The chapter at a position, with its number counted from 0.
pub(super) fn at(chapters: &[Chapter], position_secs: f64) -> Option<(usize, &Chapter)> {
    let begun = |(_, chapter): &(usize, &Chapter)| chapter.start_secs <= position_secs;
    chapters.iter().enumerate().rfind(begun)
}

/// Where the chapter begins, or the one before it if it has just begun.
pub(super) fn previous(chapters: &[Chapter], position_secs: f64) -> f64 {
    at(chapters, position_secs - JUST_BEGUN_SECS).map_or(0.0, |(_, chapter)| chapter.start_secs)
}

/// Where the next one begins.
pub(super) fn next(chapters: &[Chapter], position_secs: f64) -> Option<f64> {
    let ahead = |chapter: &&Chapter| chapter.start_secs > position_secs;
    chapters.iter().find(ahead).map(|chapter| chapter.start_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chapters() -> Vec<Chapter> {
        [0.0, 60.0, 120.0].map(|start_secs| Chapter { start_secs, title: None }).to_vec()
    }

    #[test]
    fn chapters_are_gone_through_in_both_directions() {
        let all = chapters();
        assert_eq!(at(&all, 59.9).map(|(number, _)| number), Some(0));
        assert_eq!(at(&all, 60.0).map(|(number, _)| number), Some(1));
        // A chapter that has just begun is left for the one before it.
        for (from, to) in [(61.0, 0.0), (70.0, 60.0), (1.0, 0.0)] {
            assert!((previous(&all, from) - to).abs() < f64::EPSILON, "from {from}");
        }
        assert_eq!(next(&all, 60.0), Some(120.0));
        assert_eq!(next(&all, 120.0), None);
        assert_eq!((at(&[], 5.0), next(&[], 5.0)), (None, None));
    }
}
