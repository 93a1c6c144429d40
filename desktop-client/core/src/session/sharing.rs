//! What one shares of one's own screen, how it is sent, and what there is to choose from. Who gets it
//! is a stay's business; what one shares ends with the stay.

use std::sync::Arc;

use super::volumes::Volumes;
use crate::interface::{Level, Notice, SharingView};
use crate::plan::{MediaEvent, ScreenPlan};
use crate::screen::{Content, MAX_SCREENS, ScreenItem, ScreenSettings, ScreenSource, Share};

/// One's shared screen.
#[derive(Debug, Default)]
pub(super) struct Sharing {
    settings: ScreenSettings,
    shared: Option<Shared>,
    /// Does somebody choose what to share?
    listed: bool,
    screens: Arc<Vec<ScreenItem>>,
    pub(super) volumes: Volumes,
}

#[derive(Debug)]
struct Shared {
    share: Share,
    shows: Option<ScreenItem>,
    content: Option<Content>,
    /// Can its sound not be had?
    silent: bool,
}

impl Sharing {
    pub(super) fn new(settings: ScreenSettings) -> Self {
        Self { settings: settings.bounded(), ..Self::default() }
    }

    /// Shares this, in place of what was shared before.
    pub(super) fn share(&mut self, share: Share) {
        if self.shared.as_ref().is_none_or(|shared| shared.share != share || shared.silent) {
            let content = self.shared.as_ref().and_then(|shared| shared.content);
            self.shared = Some(Shared { share, shows: None, content, silent: false });
        }
        self.list(false);
    }

    /// Shares nothing any more.
    pub(super) fn stop(&mut self) {
        self.shared = None;
    }

    /// Lists what there is, or no longer.
    pub(super) fn list(&mut self, listed: bool) {
        self.listed = listed;
        if !listed {
            self.screens = Arc::default();
        }
    }

    pub(super) fn set(&mut self, settings: ScreenSettings) {
        self.settings = settings.bounded();
    }

    pub(super) fn settings(&self) -> ScreenSettings {
        self.settings
    }

    pub(super) fn is_listed(&self) -> bool {
        self.listed
    }

    /// Is something shared?
    pub(super) fn is_on(&self) -> bool {
        self.shared.is_some()
    }

    /// Is its sound shared?
    pub(super) fn has_sound(&self) -> bool {
        self.shared.as_ref().is_some_and(|shared| shared.share.sound && !shared.silent)
    }

    /// What media is to do, if anything is shared; what is encoded for whom is left out.
    pub(super) fn plan(&self) -> Option<ScreenPlan> {
        let shared = self.shared.as_ref()?;
        Some(ScreenPlan {
            share: shared.share.clone(),
            settings: self.settings,
            encode: Vec::new(),
            encode_sound: self.has_sound(),
        })
    }

    /// Media reports of the screen; perhaps there is something to tell.
    pub(super) fn media_event(&mut self, event: MediaEvent) -> Option<Notice> {
        let text = match event {
            MediaEvent::Screens(mut screens) if self.listed => {
                screens.truncate(MAX_SCREENS);
                self.screens = Arc::new(screens);
                return None;
            }
            MediaEvent::ScreenShows(item) => {
                self.shared.as_mut()?.shows = Some(item);
                return None;
            }
            MediaEvent::ScreenContent(content) => {
                self.shared.as_mut()?.content = Some(content);
                return None;
            }
            // What ended before was told of already, and what was shared before is shared no more.
            MediaEvent::ScreenEnded { source, text } => {
                let shared = self.shared.as_ref()?;
                let other = |source: &ScreenSource| *source != shared.share.source;
                if source.as_ref().is_some_and(other) {
                    return None;
                }
                self.shared = None;
                text
            }
            MediaEvent::ScreenSoundEnded(text) => {
                let shared =
                    self.shared.as_mut().filter(|shared| shared.share.sound && !shared.silent)?;
                shared.silent = true;
                text
            }
            _ => return None,
        };
        Some(Notice { level: Level::Warning, text })
    }

    pub(super) fn view(&self) -> Option<SharingView> {
        let shared = self.shared.as_ref()?;
        Some(SharingView {
            share: shared.share.clone(),
            shows: shared.shows.clone(),
            content: self.settings.content.or(shared.content),
            sound: self.has_sound(),
        })
    }

    pub(super) fn screens(&self) -> Arc<Vec<ScreenItem>> {
        Arc::clone(&self.screens)
    }
}
