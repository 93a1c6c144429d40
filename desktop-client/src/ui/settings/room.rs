//! What holds for the whole room: the host decides, the others read.

use cinemasync_core::interface::{Command, Stage};
use cinemasync_core::room_rules::{MAX_PATIENCE_SECS, Rules, Steering};
use eframe::egui::Ui;

use super::{Fold, SettingsPanel};
use crate::ui::theme::palette;
use crate::ui::widgets::menu;
use crate::ui::widgets::stepper::{Step, stepper};
use crate::ui::widgets::switch::{opener, switch};
use crate::ui::{Scene, text};

/// What there is.
pub(super) fn all() -> [&'static str; 4] {
    [text::lock_room(), text::who_steers(), text::ready_check_rule(), text::patience_label()]
}

/// How long a room can be set to wait from here, in seconds.
const PATIENCE: [u32; 9] = [0, 5, 10, 20, 30, 60, 120, 300, MAX_PATIENCE_SECS];

impl SettingsPanel {
    /// The room's rules.
    pub(super) fn room(&mut self, ui: &mut Ui, scene: &mut Scene<'_>) {
        if !scene.snapshot.me.host {
            for rule in text::rules(scene.snapshot) {
                menu::hint(ui, &rule, palette(ui).text_2);
            }
            return;
        }
        let locked = matches!(scene.snapshot.stage, Stage::Room { locked: true, .. });
        if switch(ui, text::lock_room(), locked).clicked() {
            scene.command(Command::LockRoom(!locked));
        }
        let now = scene.snapshot.rules;
        let mut wanted = now;
        let open = self.unfolded == Some(Fold::Steering);
        if opener(ui, text::who_steers(), text::steering(now.steering), open).clicked() {
            self.fold(Fold::Steering);
        }
        if open {
            for steering in [Steering::Everyone, Steering::Host] {
                let chosen = steering == now.steering;
                if menu::choice(ui, text::steering(steering), chosen).clicked() {
                    self.unfolded = None;
                    wanted.steering = steering;
                }
            }
        }
        if switch(ui, text::ready_check_rule(), now.ready_check).clicked() {
            wanted.ready_check = !now.ready_check;
        }
        let names = (text::patience_less(), text::patience_more());
        if let Some(step) = stepper(ui, text::patience_label(), &text::patience(now), names) {
            wanted.patience_secs = patience(now, step);
        }
        if wanted != now {
            scene.command(Command::SetRules(wanted));
        }
    }
}

/// The next shorter or longer time.
fn patience(rules: Rules, step: Step) -> u32 {
    let now = rules.patience_secs;
    let next = match step {
        Step::Less => PATIENCE.into_iter().rfind(|seconds| *seconds < now),
        Step::More => PATIENCE.into_iter().find(|seconds| *seconds > now),
    };
    next.unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patience_goes_through_sensible_times_and_stays_within_what_can_be() {
        let of = |patience_secs| Rules { patience_secs, ..Rules::default() };
        assert_eq!(patience(of(20), Step::More), 30);
        assert_eq!(patience(of(20), Step::Less), 10);
        assert_eq!(patience(of(25), Step::Less), 20);
        assert_eq!(patience(of(0), Step::Less), 0);
        assert_eq!(patience(of(MAX_PATIENCE_SECS), Step::More), MAX_PATIENCE_SECS);
    }
}
