//! What packages of every format say of the product: its names, its version, the films that it opens.

use std::env;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::shell::Invocation;
use crate::workspace;

/// What people call it.
pub(crate) const NAME: &str = "CinemaSync";
/// What it is, in a line.
pub(crate) const SUMMARY: &str = "Watch a film in sync with friends who are elsewhere";
/// Whom systems take for its author.
pub(crate) const AUTHORS: &str = "The CinemaSync contributors";
/// What systems know it by. An identifier, not an address.
pub(crate) const ID: &str = "app.cinemasync.CinemaSync";
/// The scheme of invitations.
pub(crate) const SCHEME: &str = "cinemasync";
/// Where whoever publishes packages names themselves, as `Name <address>`.
const MAINTAINER: &str = "CINEMASYNC_MAINTAINER";

/// A kind of film that the program opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Film {
    /// How such files end.
    pub(crate) endings: &'static [&'static str],
    /// What Linux calls the kind.
    pub(crate) mime: &'static str,
    /// What macOS calls the kind; empty where it has no name of its own.
    pub(crate) uti: &'static str,
}

const fn film(endings: &'static [&'static str], mime: &'static str, uti: &'static str) -> Film {
    Film { endings, mime, uti }
}

/// The kinds of films that systems offer the program for.
pub(crate) const FILMS: &[Film] = &[
    film(&["mp4", "m4v"], "video/mp4", "public.mpeg-4"),
    film(&["mkv"], "video/x-matroska", ""),
    film(&["webm"], "video/webm", ""),
    film(&["avi"], "video/x-msvideo", "public.avi"),
    film(&["mov"], "video/quicktime", "com.apple.quicktime-movie"),
    film(&["mpg", "mpeg"], "video/mpeg", "public.mpeg"),
    film(&["ogv", "ogg"], "video/ogg", ""),
];

/// One release of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Release {
    /// As the manifests say.
    pub(crate) version: String,
    /// Seconds since 1970: when what is packaged was written.
    pub(crate) seconds: u64,
    /// Where it is at home, if the manifest says so.
    pub(crate) home: Option<String>,
    /// Who made the packages.
    pub(crate) maintainer: String,
}

impl Release {
    /// What the manifests, git and the environment tell.
    pub(crate) fn read() -> Result<Self> {
        let (good, text) = Invocation::cargo()
            .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
            .read()?;
        if !good {
            bail!("`cargo metadata` failed; is a Cargo.toml broken?");
        }
        let metadata: Value = serde_json::from_str(&text).context("cargo metadata is no JSON")?;
        let packages = metadata["packages"].as_array().context("cargo metadata has no packages")?;
        let package = packages
            .iter()
            .find(|package| package["name"] == "cinemasync")
            .context("the workspace has no package `cinemasync`")?;
        let maintainer = env::var(MAINTAINER).ok().filter(|name| !name.is_empty());
        Ok(Self {
            version: package["version"].as_str().context("a package without version")?.to_owned(),
            seconds: written(),
            home: package["repository"].as_str().map(str::to_owned),
            maintainer: maintainer
                .unwrap_or_else(|| format!("{AUTHORS} <maintainers@cinemasync.invalid>")),
        })
    }

    /// The day, as `2026-01-31`.
    pub(crate) fn day(&self) -> String {
        let (year, month, day) = civil(self.seconds / 86_400);
        format!("{year:04}-{month:02}-{day:02}")
    }

    /// The moment as Debian's changelogs have it, `Sat, 31 Jan 2026 12:00:00 +0000`.
    pub(crate) fn moment(&self) -> String {
        let (year, month, day) = civil(self.seconds / 86_400);
        let of_day = self.seconds % 86_400;
        let (hour, minute, second) = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
        let (weekday, month) = (self.weekday(), MONTHS[month as usize - 1]);
        format!("{weekday}, {day:02} {month} {year} {hour:02}:{minute:02}:{second:02} +0000")
    }

    /// The day as changelogs of RPM have it, `Sat Jan 31 2026`.
    pub(crate) fn rpm_day(&self) -> String {
        let (year, month, day) = civil(self.seconds / 86_400);
        format!("{} {} {day:02} {year}", self.weekday(), MONTHS[month as usize - 1])
    }

    fn weekday(&self) -> &'static str {
        // The first day of 1970 was a Thursday.
        ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][(self.seconds / 86_400 % 7) as usize]
    }
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// When the last commit was made, so that two who package the same commit make the same package; now,
/// where there is no git.
fn written() -> u64 {
    let said = env::var("SOURCE_DATE_EPOCH").ok().and_then(|text| text.parse().ok());
    let committed = || {
        let (good, text) =
            Invocation::new("git").args(["log", "-1", "--format=%ct"]).read().ok()?;
        good.then(|| text.trim().parse().ok()).flatten()
    };
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    said.or_else(committed).unwrap_or_else(now)
}

/// Year, month and day of a day since 1970, by Howard Hinnant's `civil_from_days`.
fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let era = days / 146_097;
    let of_era = days % 146_097;
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year_of_era + era * 400 + u64::from(month <= 2), month, day)
}

/// What a template says, with each `@NAME@` replaced; an error if one is left over.
pub(crate) fn fill(template: &str, values: &[(&str, &str)]) -> Result<String> {
    let mut text = template.to_owned();
    for (name, value) in values {
        text = text.replace(&format!("@{name}@"), value);
    }
    let left = text
        .split('@')
        .find(|part| part.len() > 2 && part.chars().all(|c| c.is_ascii_uppercase() || c == '_'));
    match left {
        Some(name) => bail!("nobody says what @{name}@ is"),
        None => Ok(text),
    }
}

/// A template of ours, from `packaging/`.
pub(crate) fn template(name: &str) -> Result<String> {
    let path = workspace::root().join("packaging").join(name);
    std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn release(seconds: u64) -> Release {
        Release { version: "1.2.3".into(), seconds, home: None, maintainer: "A <a@b>".into() }
    }

    #[test]
    fn days_are_counted_as_calendars_do() {
        assert_eq!(release(0).day(), "1970-01-01");
        assert_eq!(release(951_782_400).day(), "2000-02-29");
        assert_eq!(release(1_772_323_200).day(), "2026-03-01");
        assert_eq!(release(951_786_061).moment(), "Tue, 29 Feb 2000 01:01:01 +0000");
        assert_eq!(release(951_782_400).rpm_day(), "Tue Feb 29 2000");
    }

    #[test]
    fn a_template_is_filled_whole_or_not_at_all() {
        let text = fill("by A <a@b.c>: @VERSION@", &[("VERSION", "1")]).expect("all is said");
        assert_eq!(text, "by A <a@b.c>: 1");
        let error = fill("@VERSION@ @HOME_PAGE@", &[("VERSION", "1")]).unwrap_err().to_string();
        assert!(error.contains("@HOME_PAGE@"), "{error}");
    }

    #[test]
    fn this_workspace_tells_of_a_release() {
        let release = Release::read().expect("cargo answers");
        assert!(release.version.split('.').count() == 3, "{release:?}");
        assert!(release.maintainer.contains('<'), "{release:?}");
    }

    #[test]
    fn the_desktop_entry_offers_the_same_films() {
        let path = workspace::root().join("assets/desktop/cinemasync.desktop");
        let entry = std::fs::read_to_string(path).expect("the entry is there");
        let line = entry.lines().find_map(|line| line.strip_prefix("MimeType=")).expect("a line");
        let mut there: Vec<&str> = line.split_terminator(';').collect();
        let mut ours: Vec<&str> = FILMS.iter().map(|film| film.mime).collect();
        ours.push("x-scheme-handler/cinemasync");
        there.sort_unstable();
        ours.sort_unstable();
        assert_eq!(there, ours);
    }

    #[test]
    fn the_metainfo_is_that_of_this_product() {
        let text = template("linux/metainfo.xml").expect("it is there");
        assert!(text.contains(&format!("<id>{ID}</id>")));
        assert!(text.contains(&format!("<summary>{SUMMARY}</summary>")));
    }
}
