//! How the program keeps itself well: the report of a crash, files that were put aside, newer versions.

use super::*;
use crate::kept::{Aside, What, Why};
use crate::ui::Crash;
use crate::updates::News;

fn crashed(size: Vec2, language: text::Language) -> Window {
    let crash = Crash { text: "it failed at a.rs:1".to_owned(), ended: true };
    let locale = language.tag().to_owned();
    let defaults = LobbyDefaults { locale, crash: Some(crash), ..LobbyDefaults::default() };
    window_with(size, Snapshot::default(), defaults)
}

#[test]
fn a_crash_is_offered_read_copied_and_not_offered_again() {
    for size in [WIDE, NARROW] {
        let mut window = crashed(size, text::Language::English);
        window.get_by_label("CinemaSync ended unexpectedly last time.");
        click(&mut window, text::show_report());
        assert_eq!(window.state().actions, [UiAction::CrashSeen]);
        assert!(window.query_by_label(text::crashed_last_time()).is_none());
        window.get_by_label(text::crash_report());
        click(&mut window, text::copy_crash_report());
        let copied = UiAction::CopyReport("it failed at a.rs:1".to_owned());
        assert_eq!(window.state().actions.last(), Some(&copied));
        click(&mut window, text::close());
        assert!(window.query_by_label(text::crash_report()).is_none());
    }
}

#[test]
fn a_crash_can_be_dismissed_unread() {
    let mut window = crashed(NARROW, text::Language::English);
    click(&mut window, text::dismiss());
    assert_eq!(window.state().actions, [UiAction::CrashSeen]);
    assert!(window.query_by_label(text::crashed_last_time()).is_none());
    assert!(window.query_by_label(text::crash_report()).is_none());
}

#[test]
fn a_film_room_is_not_disturbed_by_an_old_crash() {
    let crash = Some(Crash { text: String::new(), ended: false });
    let window = window_with(WIDE, watching(), LobbyDefaults { crash, ..LobbyDefaults::default() });
    assert!(window.query_by_label(text::failed_last_time()).is_none());
}

#[test]
fn what_was_put_aside_is_told() {
    let mut window = lobby();
    let path = "/home/ana/settings.json.broken".into();
    let aside = Aside { what: What::Settings, why: Why::Broken, path };
    window.state_mut().ui.as_mut().expect("it was shown").put_aside(&aside);
    window.run_steps(2);
    window.get_by_label_contains("/home/ana/settings.json.broken");
}

#[test]
fn newer_versions_are_asked_for_and_told() {
    let mut window = lobby();
    click(&mut window, text::settings());
    type_into(&mut window, text::search_settings(), "update");
    click(&mut window, text::check_updates());
    assert_eq!(window.state().actions.last(), Some(&UiAction::CheckForUpdates));
    let tell = |window: &mut Window, news: News, tell| {
        window.state_mut().ui.as_mut().expect("it was shown").set_updates(news, tell);
        window.run_steps(2);
    };
    tell(&mut window, News::Asking, false);
    window.get_by_label("Asking…");
    tell(&mut window, News::Newer("9.0.0".to_owned()), false);
    window.get_by_label_contains("Version 9.0.0 is recommended");
    type_into(&mut window, text::search_settings(), "");
    let mut unasked = lobby();
    tell(&mut unasked, News::Newest, true);
    assert!(unasked.query_by_label_contains("recommends").is_none());
    tell(&mut unasked, News::Newer("9.0.0".to_owned()), true);
    unasked.get_by_label_contains("Version 9.0.0 is recommended");
}

#[test]
fn nobody_is_asked_daily_unless_it_is_switched_on() {
    let mut window = lobby();
    click(&mut window, text::settings());
    type_into(&mut window, text::search_settings(), "once a day");
    window.get_by_role_and_label(Role::Switch, text::check_daily()).click();
    window.run_steps(3);
    let kept = WindowSettings { check_updates: true, ..WindowSettings::default() };
    assert_eq!(window.state().actions.last(), Some(&UiAction::KeepWindow(kept)));
}
