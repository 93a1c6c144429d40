//! How loud each of the others is to be here.

use std::collections::BTreeMap;

use cinemasync_protocol::ParticipantId;

use crate::voice_settings::MAX_VOICE_VOLUME;

/// Volumes that are kept, for people who are there or may come back. Full: the first in order of
/// their ids is forgotten.
const MAX_VOLUMES: usize = 64;

/// Volumes that a person has set: 0 is silent, 1 as it comes, [`MAX_VOICE_VOLUME`] the most.
#[derive(Debug, Default)]
pub(super) struct Volumes(BTreeMap<ParticipantId, f64>);

impl Volumes {
    /// Sets how loud somebody is; what is no number changes nothing.
    pub(super) fn set(&mut self, who: ParticipantId, volume: f64) {
        if volume.is_nan() {
            return;
        }
        self.0.insert(who, volume.clamp(0.0, MAX_VOICE_VOLUME));
        if self.0.len() > MAX_VOLUMES {
            self.0.pop_first();
        }
    }

    /// How loud somebody is to be.
    pub(super) fn of(&self, who: &ParticipantId) -> f64 {
        self.0.get(who).copied().unwrap_or(1.0)
    }

    /// Those that were set among these people.
    pub(super) fn among(&self, people: &[ParticipantId]) -> Vec<(ParticipantId, f64)> {
        let set = |who: &ParticipantId| Some((who.clone(), *self.0.get(who)?));
        people.iter().filter_map(set).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_bounded_in_number_and_size() {
        let mut volumes = Volumes::default();
        let people: Vec<_> = (0..1_000).map(|n| ParticipantId::new(format!("p{n}"))).collect();
        for who in &people {
            volumes.set(who.clone(), 9.0);
        }
        let set = volumes.among(&people);
        assert_eq!(set.len(), MAX_VOLUMES);
        assert!(set.iter().all(|(_, volume)| *volume <= MAX_VOICE_VOLUME));
        let nobody = ParticipantId::new("z");
        volumes.set(nobody.clone(), f64::NAN);
        assert!((volumes.of(&nobody) - 1.0).abs() < f64::EPSILON);
    }
}
