//! Cameras, microphones and loudspeakers: which there are, which one is wished for, which one is
//! used. A device that vanishes or fails gives way to the system's default one and gets its place
//! back when it returns. Pure: media lists devices, opens them and tells of failures.

use std::time::{Duration, Instant};

use crate::interface::{Level, Notice};
use crate::sentence::{self, Sentence};

/// How long a device that could not be used is left alone at first; doubled with each failure.
const FIRST_REST: Duration = Duration::from_secs(5);
/// And at most. A try interrupts the device that is used in its stead.
const LONGEST_REST: Duration = Duration::from_secs(60);
/// Most devices of a kind that are kept; the rest of a longer listing is left out.
const MAX_DEVICES: usize = 64;

/// What a device is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeviceKind {
    /// Pictures in.
    Camera,
    /// Sound in.
    Microphone,
    /// Sound out.
    Speaker,
}

impl DeviceKind {
    /// As a person calls it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Camera => "camera",
            Self::Microphone => "microphone",
            Self::Speaker => "loudspeaker",
        }
    }
}

/// A device of this computer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// What the program calls it; the same after it was unplugged and connected again.
    pub id: String,
    /// What a person calls it; unlike that of any other device of its kind.
    pub name: String,
}

/// The devices of one kind, as the system lists them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeviceListing {
    /// All of them.
    pub devices: Vec<Device>,
    /// The id of the system's default one.
    pub default: Option<String>,
}

/// Which device is wished for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum DeviceWish {
    /// None: media has a source or a sink of its own, such as a tone or a file.
    #[default]
    Fixed,
    /// The system's default one, whichever that is.
    Default,
    /// The one with this id or name, or whose id or name alone contains it.
    Named(String),
}

/// Which device media is to use.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum DeviceUse {
    /// What media was set up with.
    #[default]
    Configured,
    /// None: there is none that works.
    Nothing,
    /// The one with this id.
    Device(String),
}

/// The devices of one kind, as the window shows them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeviceView {
    /// Those that are there.
    pub available: Vec<Device>,
    /// The id of the one that was chosen, there or not; `None` for the system's default.
    pub chosen: Option<String>,
    /// The id of the one that is used, whenever one is needed.
    pub in_use: Option<String>,
}

/// The devices of all kinds, as the window shows them. Empty until they are listed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Devices {
    /// Cameras.
    pub cameras: DeviceView,
    /// Microphones.
    pub microphones: DeviceView,
    /// Loudspeakers.
    pub speakers: DeviceView,
}

/// What a name means among devices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// The device at this place.
    One(usize),
    /// Nothing.
    Nothing,
    /// A part of the names of all these.
    Several(Vec<usize>),
}

/// The device that `name` means: by its id or name, or by an unambiguous part of one.
pub fn find(devices: &[Device], name: &str) -> Found {
    let exactly = |device: &Device| device.id == name || device.name == name;
    let mut exact = (0..devices.len()).filter(|at| exactly(&devices[*at]));
    if let (Some(only), None) = (exact.next(), exact.next()) {
        return Found::One(only);
    }
    let part = name.to_lowercase();
    let named_so = |device: &Device| {
        device.id.to_lowercase().contains(&part) || device.name.to_lowercase().contains(&part)
    };
    let matches: Vec<usize> = (0..devices.len()).filter(|at| named_so(&devices[*at])).collect();
    match matches.as_slice() {
        [] => Found::Nothing,
        [one] => Found::One(*one),
        _ => Found::Several(matches),
    }
}

/// A device that could not be used, left alone for a while.
#[derive(Debug)]
struct Resting {
    id: String,
    until: Instant,
    rest: Duration,
}

/// Decides which device of one kind is used.
#[derive(Debug)]
pub(crate) struct DeviceDesk {
    kind: DeviceKind,
    wish: DeviceWish,
    listing: Option<DeviceListing>,
    resting: Vec<Resting>,
    using: Option<Device>,
    /// Was the wished one used at the last decision? `None` before the first.
    content: Option<bool>,
    /// Was a person told that there is none?
    lack_told: bool,
}

impl DeviceDesk {
    pub(crate) fn new(kind: DeviceKind, wish: DeviceWish) -> Self {
        Self {
            kind,
            wish,
            listing: None,
            resting: Vec::new(),
            using: None,
            content: None,
            lack_told: false,
        }
    }

    /// Is a listing needed to decide?
    pub(crate) fn wants_listing(&self) -> bool {
        self.wish != DeviceWish::Fixed
    }

    /// What media is to use.
    pub(crate) fn choice(&self) -> DeviceUse {
        match (&self.wish, &self.using) {
            (DeviceWish::Fixed, _) => DeviceUse::Configured,
            (_, Some(device)) => DeviceUse::Device(device.id.clone()),
            (_, None) => DeviceUse::Nothing,
        }
    }

    /// Can anything be captured or played?
    pub(crate) fn is_usable(&self) -> bool {
        self.choice() != DeviceUse::Nothing
    }

    pub(crate) fn view(&self) -> DeviceView {
        let chosen = match &self.wish {
            DeviceWish::Fixed | DeviceWish::Default => None,
            DeviceWish::Named(name) => Some(self.wished().map_or(name, |device| &device.id)),
        };
        DeviceView {
            available: self.listed_devices().to_vec(),
            chosen: chosen.cloned(),
            in_use: self.using.as_ref().map(|device| device.id.clone()),
        }
    }

    /// A person chose; `None` for the system's default. A choice is a fresh try of each device.
    pub(crate) fn choose(&mut self, id: Option<String>, now: Instant) {
        self.wish = id.map_or(DeviceWish::Default, DeviceWish::Named);
        self.resting.clear();
        self.lack_told = false;
        self.decide(now);
    }

    /// What to tell a person who needs a device, if there is none; once.
    pub(crate) fn lack(&mut self, needed: bool) -> Option<Notice> {
        let lacks = needed && self.listing.is_some() && !self.is_usable();
        if !lacks || std::mem::replace(&mut self.lack_told, lacks) {
            self.lack_told &= lacks;
            return None;
        }
        let text = sentence::device_lack(self.kind.word());
        Some(Notice { level: Level::Warning, text })
    }

    /// The system's devices as they are now.
    pub(crate) fn listed(&mut self, mut listing: DeviceListing, now: Instant) -> Option<Notice> {
        listing.devices.truncate(MAX_DEVICES);
        // What was away and is back is as good as new.
        self.resting.retain(|resting| listing.devices.iter().any(|it| it.id == resting.id));
        self.listing = Some(listing);
        let (before, was_content) = (self.using.clone(), self.content);
        self.decide(now);
        self.tell(before.as_ref(), was_content)
    }

    /// A device could not be opened or ended; `why` is media's sentence about it.
    pub(crate) fn failed(&mut self, id: &str, why: Sentence, now: Instant) -> Option<Notice> {
        let again = self.resting.iter_mut().find(|resting| resting.id == id);
        let known = again.is_some();
        match again {
            Some(resting) => {
                resting.rest = (resting.rest * 2).min(LONGEST_REST);
                resting.until = now + resting.rest;
            }
            None => self.resting.push(Resting {
                id: id.to_owned(),
                until: now + FIRST_REST,
                rest: FIRST_REST,
            }),
        }
        let name = self.name_of(id);
        self.using.take_if(|device| device.id == id)?;
        self.decide(now);
        if known {
            return None;
        }
        // They are one sentence to a person: the lack is told with the failure.
        self.lack_told = self.using.is_none();
        let name = name.unwrap_or_else(|| id.to_owned());
        let text = match &self.using {
            Some(device) => sentence::device_failed_instead(name, why, &device.name),
            None => sentence::device_failed(name, why),
        };
        Some(Notice { level: Level::Warning, text })
    }

    /// When [`Self::timeout`] is wanted.
    pub(crate) fn next_timeout(&self) -> Option<Instant> {
        // Only what would be used is worth a new try.
        let wanted = self.wanted();
        let waits = |resting: &&Resting| wanted.iter().any(|device| device.id == resting.id);
        self.resting.iter().filter(waits).map(|resting| resting.until).min()
    }

    /// A rest is over. A new try is no news: what comes of it may be.
    pub(crate) fn timeout(&mut self, now: Instant) {
        self.decide(now);
    }

    fn listed_devices(&self) -> &[Device] {
        self.listing.as_ref().map_or(&[], |listing| &listing.devices)
    }

    fn name_of(&self, id: &str) -> Option<String> {
        self.listed_devices().iter().find(|it| it.id == id).map(|it| it.name.clone())
    }

    fn default_device(&self) -> Option<&Device> {
        let id = self.listing.as_ref()?.default.as_ref()?;
        self.listed_devices().iter().find(|device| device.id == *id)
    }

    fn wished(&self) -> Option<&Device> {
        match &self.wish {
            DeviceWish::Fixed => None,
            DeviceWish::Default => self.default_device(),
            DeviceWish::Named(name) => match find(self.listed_devices(), name) {
                Found::One(at) => self.listed_devices().get(at),
                Found::Nothing | Found::Several(_) => None,
            },
        }
    }

    /// Those that would be used, best first.
    fn wanted(&self) -> Vec<Device> {
        if self.wish == DeviceWish::Fixed {
            return Vec::new();
        }
        let mut wanted: Vec<Device> = self.wished().cloned().into_iter().collect();
        wanted.extend(self.default_device().filter(|it| !wanted.contains(it)).cloned());
        wanted
    }

    /// Takes the best device that does not rest.
    fn decide(&mut self, now: Instant) {
        if self.listing.is_none() || self.wish == DeviceWish::Fixed {
            return;
        }
        let rests = |device: &Device| {
            self.resting.iter().any(|resting| resting.id == device.id && now < resting.until)
        };
        self.using = self.wanted().into_iter().find(|device| !rests(device));
        self.content = Some(self.using.is_some() && self.using.as_ref() == self.wished());
    }

    /// A change that a new listing brought, if it is worth a sentence.
    fn tell(&self, before: Option<&Device>, was_content: Option<bool>) -> Option<Notice> {
        let kind = self.kind.word();
        let gone = before.filter(|device| !self.listed_devices().contains(device));
        let now = self.using.as_ref();
        let content = self.content == Some(true);
        let (level, text) = match (now, gone) {
            _ if now == before && was_content.is_some() => return None,
            (Some(now), Some(gone)) => {
                let text = match self.wish {
                    DeviceWish::Named(_) => {
                        sentence::device_gone_until_back(kind, &gone.name, &now.name)
                    }
                    DeviceWish::Fixed | DeviceWish::Default => {
                        sentence::device_gone_instead(kind, &gone.name, &now.name)
                    }
                };
                (Level::Warning, text)
            }
            (None, Some(gone)) => (Level::Warning, sentence::device_gone(kind, &gone.name)),
            (None, None) => return None,
            (Some(now), None) if content && was_content == Some(false) => {
                (Level::Info, sentence::device_back(kind, &now.name))
            }
            (Some(now), None) => match (&self.wish, was_content) {
                (DeviceWish::Named(name), None) if !content => {
                    (Level::Warning, sentence::device_absent(kind, name, &now.name))
                }
                (DeviceWish::Default, Some(_)) => {
                    (Level::Info, sentence::device_default_now(kind, &now.name))
                }
                _ => return None,
            },
        };
        Some(Notice { level, text })
    }
}

#[cfg(test)]
mod tests;
