//! How a link is shared between the pictures of a person and those of that one's screen: the screen
//! first, for it is what everybody looks at, but never so that faces freeze. What a still page leaves
//! over is the camera's, until the page is turned.

use super::MAX_RUNGS;

/// Of what a link carries, so much is kept for voice and control, in bits a second.
pub(super) const VOICE_BPS: u64 = 60_000;
/// And this share for repairs and headers.
pub(super) const OVERHEAD: f64 = 0.06;
/// What the sound of a screen takes with its headers.
const SCREEN_SOUND_BPS: u64 = 150_000;

/// A camera beside a screen keeps this share of the link, within these bounds, and never more than
/// the second share of it.
const CAMERA_SHARE: u64 = 8;
const LEAST_CAMERA_BPS: u64 = 150_000;
const MOST_CAMERA_BPS: u64 = 600_000;
const CAMERA_AT_MOST: u64 = 3;

/// What a screen is taken to take before it has shown it.
const FIRST_TAKEN_BPS: u64 = 8_000_000;

/// What one link is to carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wanted {
    /// Of the camera, in bits a second: more is not of use.
    pub camera_bps: u64,
    /// Of the screen.
    pub screen_bps: u64,
    /// What the screen has taken of late; `None` while that is not known: it may take all.
    pub screen_taken_bps: Option<u64>,
    /// Is the sound of the screen sent, too?
    pub screen_sound: bool,
}

/// How the link's bits are shared, headers and voice included. For a moment both together may be more than
/// there is: when a screen that took little begins to move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shares {
    /// For voice, control and the camera, in bits a second.
    pub person_bps: u64,
    /// For the pictures of the screen.
    pub screen_bps: u64,
}

/// Shares out what a link carries.
pub fn share_out(available_bps: u64, wanted: Wanted) -> Shares {
    if wanted.screen_bps == 0 {
        return Shares { person_bps: available_bps, screen_bps: 0 };
    }
    let sound_bps = if wanted.screen_sound { SCREEN_SOUND_BPS } else { 0 };
    let gross = |bps: u64| (bps as f64 / (1.0 - OVERHEAD)).ceil() as u64;
    let rest = available_bps.saturating_sub(VOICE_BPS + sound_bps);
    let floor = (rest / CAMERA_SHARE).clamp(LEAST_CAMERA_BPS, MOST_CAMERA_BPS);
    let floor = floor.min(rest / CAMERA_AT_MOST).min(gross(wanted.camera_bps));
    let screen_bps = gross(wanted.screen_bps).min(rest - floor);
    let taken = wanted.screen_taken_bps.map_or(screen_bps, |bps| bps.saturating_mul(5) / 4);
    let kept_bps = sound_bps + taken.min(screen_bps);
    Shares { person_bps: available_bps.saturating_sub(kept_bps), screen_bps }
}

/// What each encoding of the screen has taken of late: rises at once and falls slowly.
#[derive(Debug, Default)]
pub struct Taken([Option<u64>; MAX_RUNGS]);

impl Taken {
    /// Takes what each encoding has made since the last figures, in bits a second, about a second ago.
    pub fn note(&mut self, made: impl IntoIterator<Item = (usize, u64)>) {
        let before = std::mem::take(&mut self.0);
        for (rung, bps) in made {
            if let (Some(taken), Some(before)) = (self.0.get_mut(rung), before.get(rung)) {
                *taken = Some(bps.max(before.unwrap_or(FIRST_TAKEN_BPS) / 4 * 3));
            }
        }
    }

    /// What this encoding takes; `None` while that is not known.
    pub fn of(&self, rung: Option<usize>) -> Option<u64> {
        self.0.get(rung?).copied().flatten()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_screen_comes_first_and_the_camera_keeps_a_floor() {
        let wanted = Wanted { camera_bps: 1_700_000, screen_bps: 8_000_000, ..Wanted::default() };
        for (available, camera) in
            [(600_000, 150_000), (1_060_000, 150_000), (4_060_000, 500_000), (6_060_000, 600_000)]
        {
            let shares = share_out(available, wanted);
            assert_eq!(shares.person_bps - VOICE_BPS, camera, "{available}");
        }
        // Where there is enough for both, both have it.
        let shares = share_out(30_000_000, wanted);
        assert!(shares.screen_bps >= 8_500_000 && shares.person_bps >= 20_000_000);
        // A camera that is off keeps nothing.
        let shares = share_out(2_060_000, Wanted { camera_bps: 0, ..wanted });
        assert_eq!(shares.screen_bps, 2_000_000);
    }

    #[test]
    fn without_a_screen_the_person_has_it_all() {
        let wanted = Wanted { camera_bps: 1_000_000, screen_sound: true, ..Wanted::default() };
        assert_eq!(share_out(3, wanted), Shares { person_bps: 3, screen_bps: 0 });
    }

    #[test]
    fn what_a_still_page_leaves_over_is_the_camera_s_until_it_moves() {
        let mut taken = Taken::default();
        let share = |taken: &Taken| {
            let screen_taken_bps = taken.of(Some(0));
            let wanted = Wanted {
                camera_bps: 1_700_000,
                screen_bps: 8_000_000,
                screen_taken_bps,
                screen_sound: false,
            };
            share_out(2_060_000, wanted)
        };
        assert_eq!(share(&taken).person_bps - VOICE_BPS, 250_000);
        let mut seconds = 0;
        while share(&taken).person_bps < 1_800_000 {
            taken.note([(0, 1_000)]);
            seconds += 1;
        }
        assert!((5..60).contains(&seconds), "{seconds}");
        assert_eq!(share(&taken).screen_bps, 1_750_000, "it may take all of its part at any time");
        taken.note([(0, 1_700_000)]);
        assert_eq!(share(&taken).person_bps - VOICE_BPS, 250_000);
        taken.note([(1, 5)]);
        assert_eq!((taken.of(Some(0)), taken.of(Some(9)), taken.of(None)), (None, None, None));
    }

    proptest! {
        #[test]
        fn no_more_is_shared_out_than_there_is(
            available in 0..100_000_000_u64,
            camera_bps in 0..5_000_000_u64,
            screen_bps in 0..60_000_000_u64,
            screen_taken_bps: Option<u64>,
            screen_sound: bool,
        ) {
            let wanted = Wanted { camera_bps, screen_bps, screen_taken_bps, screen_sound };
            let shares = share_out(available, wanted);
            prop_assert!(shares.screen_bps <= available && shares.person_bps <= available);
            if screen_taken_bps.is_none() {
                prop_assert!(shares.person_bps + shares.screen_bps <= available);
            }
            let more = share_out(available + 100_000, wanted);
            prop_assert!(more.screen_bps >= shares.screen_bps);
        }
    }
}
