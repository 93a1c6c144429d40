//! How the program keeps itself well, in words: files that were put aside, reports of crashes, newer
//! versions.

use super::catalog::messages;
use crate::kept::{Aside, What, Why};
use crate::updates::News;

messages! {
    check_daily, check_updates, check_updates_hint, copy_crash_report, crash_report, crash_report_hint,
    crashed_last_time, failed_last_time, settings_about, show_report,
}

pub(super) mod say {
    use super::messages;

    messages! {
        films_put_aside(file), rooms_put_aside(file), settings_newer(file), settings_put_aside(file),
        updates_asking, updates_failed, updates_newer(version), updates_newest, updates_no_server,
        updates_not_told,
    }
}

/// What became of a file that could not be used.
pub(crate) fn put_aside(aside: &Aside) -> String {
    let file = aside.path.display().to_string();
    match (aside.what, aside.why) {
        (What::Settings, Why::Broken) => say::settings_put_aside(file),
        (What::Settings, Why::Newer) => say::settings_newer(file),
        (What::Films, _) => say::films_put_aside(file),
        (What::Rooms, _) => say::rooms_put_aside(file),
    }
}

/// What is known of newer versions.
pub(crate) fn updates(news: &News) -> String {
    match news {
        News::Asking => say::updates_asking().to_owned(),
        News::Newest => say::updates_newest().to_owned(),
        News::Newer(version) => say::updates_newer(version.as_str()),
        News::NotTold => say::updates_not_told().to_owned(),
        News::NoServer => say::updates_no_server().to_owned(),
        News::Failed => say::updates_failed().to_owned(),
    }
}
