//! What a person means among the windows that there are.

use cinemasync_core::screen::{ScreenItem, ScreenSource};

/// The place of the window with this id or title, or whose title alone contains it.
pub(super) fn pick_window(windows: &[ScreenItem], wanted: &str) -> Option<usize> {
    let is = |item: &ScreenItem| item.source == ScreenSource::Window(wanted.to_owned());
    if let Some(at) = windows.iter().position(is) {
        return Some(at);
    }
    if let Some(at) = windows.iter().position(|window| window.title == wanted) {
        return Some(at);
    }
    let wanted = wanted.to_lowercase();
    let mut alike = windows
        .iter()
        .enumerate()
        .filter(|(_, window)| window.title.to_lowercase().contains(&wanted));
    match (alike.next(), alike.next()) {
        (Some((at, _)), None) => Some(at),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_found_by_id_then_title_then_a_part_that_is_in_one_title_alone() {
        let window = |id: u32, title: &str| ScreenItem {
            source: ScreenSource::Window(id.to_string()),
            title: title.to_owned(),
            program: String::new(),
            width: 100,
            height: 100,
        };
        let windows =
            [window(7, "8"), window(8, "Film night"), window(9, "Film"), window(10, "Mail")];
        let pick = |wanted| pick_window(&windows, wanted);
        assert_eq!(pick("8"), Some(1), "the id before the title");
        assert_eq!(pick("Film"), Some(2), "the whole title before a part");
        assert_eq!(pick("mail"), Some(3));
        assert_eq!(pick("fil"), None, "two of them");
        assert_eq!(pick("nothing"), None);
    }
}
