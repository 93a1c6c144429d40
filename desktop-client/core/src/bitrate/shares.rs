//! How a link is shared between the pictures of a person and those of that one's screen: the screen
//! first, for it is what everybody looks at, but never so that faces freeze.

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

/// What one link is to carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wanted {
    /// Of the camera, in bits a second: more is not of use.
    pub camera_bps: u64,
    /// Of the screen.
    pub screen_bps: u64,
    /// Is the sound of the screen sent, too?
    pub screen_sound: bool,
}

/// How the link's bits are shared, headers and voice included.
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
    Shares { person_bps: available_bps.saturating_sub(sound_bps + screen_bps), screen_bps }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_screen_comes_first_and_the_camera_keeps_a_floor() {
        let wanted = Wanted { camera_bps: 1_700_000, screen_bps: 8_000_000, screen_sound: false };
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
        let wanted = Wanted { camera_bps: 1_000_000, screen_bps: 0, screen_sound: true };
        assert_eq!(share_out(3, wanted), Shares { person_bps: 3, screen_bps: 0 });
    }

    proptest! {
        #[test]
        fn no_more_is_shared_out_than_there_is(
            available in 0..100_000_000_u64,
            camera_bps in 0..5_000_000_u64,
            screen_bps in 0..60_000_000_u64,
            screen_sound: bool,
        ) {
            let shares = share_out(available, Wanted { camera_bps, screen_bps, screen_sound });
            prop_assert!(shares.person_bps + shares.screen_bps <= available);
            let more = share_out(available + 100_000, Wanted { camera_bps, screen_bps, screen_sound });
            prop_assert!(more.screen_bps >= shares.screen_bps);
        }
    }
}
