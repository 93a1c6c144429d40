//! What is shared of the screen, as a person names it on a command line.

use std::str::FromStr;

use cinemasync_core::screen::{ScreenSource, Share};

use super::{SourceError, named, pattern, split};

/// Behind a source: with the system's sound.
const WITH_SOUND: &str = "+audio";

/// What is to be shared, if anything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ScreenChoice(pub Option<Share>);

impl FromStr for ScreenChoice {
    type Err = SourceError;

    fn from_str(given: &str) -> Result<Self, SourceError> {
        let (source, sound) = match given.strip_suffix(WITH_SOUND) {
            Some(source) => (source, true),
            None => (given, false),
        };
        let source = match split(source) {
            ("none", None) if !sound => return Ok(Self(None)),
            ("test-pattern", size) => {
                let (width, height, fps) = pattern(size.unwrap_or("1920x1080@30"))
                    .ok_or_else(|| SourceError::Pattern(given.to_owned()))?;
                ScreenSource::TestPattern { width, height, fps }
            }
            ("monitor", Some(name)) => ScreenSource::Monitor(named(given, name)?),
            ("window", Some(name)) => ScreenSource::Window(named(given, name)?),
            ("portal", None) => ScreenSource::Portal,
            _ => {
                return Err(SourceError::Unknown {
                    given: given.to_owned(),
                    kind: "screen",
                    choices: "none, test-pattern, monitor:N, window:TITLE or portal, each but none \
                              with +audio behind it for the system's sound",
                });
            }
        };
        Ok(Self(Some(Share { source, sound })))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(source: ScreenSource, sound: bool) -> Result<ScreenChoice, SourceError> {
        Ok(ScreenChoice(Some(Share { source, sound })))
    }

    #[test]
    fn screens_are_read_as_the_command_line_names_them() {
        assert_eq!("none".parse(), Ok(ScreenChoice(None)));
        let pattern = |width, height, fps| ScreenSource::TestPattern { width, height, fps };
        assert_eq!("test-pattern".parse(), share(pattern(1920, 1080, 30), false));
        assert_eq!("test-pattern:640x360@15+audio".parse(), share(pattern(640, 360, 15), true));
        assert_eq!("monitor:0+audio".parse(), share(ScreenSource::Monitor("0".into()), true));
        let window = ScreenSource::Window("a: b+audio c".into());
        assert_eq!("window:a: b+audio c".parse(), share(window, false));
        assert_eq!("portal".parse(), share(ScreenSource::Portal, false));
    }

    #[test]
    fn what_is_not_understood_is_answered_by_a_sentence() {
        for given in
            ["", "none+audio", "monitor", "monitor:", "window:+audio", "test-pattern:1x1@1", "all"]
        {
            let error = given.parse::<ScreenChoice>().expect_err(given).to_string();
            assert!(error.ends_with('.') && error.contains(' '), "{error}");
        }
    }
}
