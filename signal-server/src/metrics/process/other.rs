//! A process' use of things where the system does not tell it as Linux does.

use super::Usage;

pub(super) fn usage() -> Option<Usage> {
    None
}
