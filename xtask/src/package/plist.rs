//! `Info.plist` of the macOS bundle: what the system is told of the program, as a property list.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::product::{AUTHORS, FILMS, ID, NAME, Release, SCHEME};

/// The oldest macOS that the program is for.
const OLDEST: &str = "11.0";

/// The property list of the bundle.
pub(crate) fn info(release: &Release) -> String {
    let films: Vec<Value> = FILMS
        .iter()
        .map(|film| {
            let mut kind = json!({
                "CFBundleTypeName": film.mime,
                "CFBundleTypeRole": "Viewer",
                // Nobody's choice is changed: the program stands in "Open with".
                "LSHandlerRank": "Alternate",
            });
            if film.uti.is_empty() {
                kind["CFBundleTypeExtensions"] = json!(film.endings);
            } else {
                kind["LSItemContentTypes"] = json!([film.uti]);
            }
            kind
        })
        .collect();
    document(&json!({
        "CFBundleDevelopmentRegion": "en",
        "CFBundleDisplayName": NAME,
        "CFBundleDocumentTypes": films,
        "CFBundleExecutable": "cinemasync",
        "CFBundleIconFile": "cinemasync.icns",
        "CFBundleIdentifier": ID,
        "CFBundleInfoDictionaryVersion": "6.0",
        "CFBundleLocalizations": ["en", "de", "es", "fr", "pt", "zh-Hans"],
        "CFBundleName": NAME,
        "CFBundlePackageType": "APPL",
        "CFBundleShortVersionString": release.version,
        "CFBundleURLTypes": [{
            "CFBundleURLName": ID,
            "CFBundleURLSchemes": [SCHEME],
        }],
        "CFBundleVersion": release.version,
        "LSApplicationCategoryType": "public.app-category.video",
        "LSMinimumSystemVersion": OLDEST,
        "NSAudioCaptureUsageDescription":
            "What other programs play is heard by friends while you share a screen with its sound.",
        "NSCameraUsageDescription": "Friends in your room see you.",
        "NSHighResolutionCapable": true,
        "NSHumanReadableCopyright": format!("Copyright 2026 {AUTHORS}. MIT or Apache-2.0."),
        "NSLocalNetworkUsageDescription":
            "Friends in the same network are reached directly, without a detour.",
        "NSMicrophoneUsageDescription": "Friends in your room hear you.",
        "NSScreenCaptureUsageDescription": "Friends see the screen or window that you share.",
        "NSSupportsAutomaticGraphicsSwitching": true,
    }))
}

/// A property list with `value` in it, as XML.
fn document(value: &Value) -> String {
    let mut out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
        <!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \
        \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n<plist version=\"1.0\">\n"
        .to_owned();
    write(&mut out, value, 0);
    out.push_str("</plist>\n");
    out
}

fn write(out: &mut String, value: &Value, depth: usize) {
    let indent = "\t".repeat(depth);
    let _ = match value {
        Value::Bool(truth) => writeln!(out, "{indent}<{truth}/>"),
        Value::String(text) => writeln!(out, "{indent}<string>{}</string>", escaped(text)),
        Value::Array(items) => {
            let _ = writeln!(out, "{indent}<array>");
            items.iter().for_each(|item| write(out, item, depth + 1));
            writeln!(out, "{indent}</array>")
        }
        Value::Object(fields) => {
            let _ = writeln!(out, "{indent}<dict>");
            for (name, field) in fields {
                let _ = writeln!(out, "{indent}\t<key>{}</key>", escaped(name));
                write(out, field, depth + 1);
            }
            writeln!(out, "{indent}</dict>")
        }
        Value::Number(_) | Value::Null => unreachable!("none of ours is one"),
    };
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use plist::Value as Parsed;

    use super::*;

    fn parsed(text: &str) -> plist::Dictionary {
        let value = Parsed::from_reader_xml(text.as_bytes()).expect("a property list");
        value.into_dictionary().expect("a dictionary")
    }

    fn release() -> Release {
        Release { version: "1.2.3".into(), seconds: 0, home: None, maintainer: "A <a@b.c>".into() }
    }

    #[test]
    fn the_bundle_says_why_it_wants_to_see_and_hear() {
        let info = parsed(&info(&release()));
        for what in ["Camera", "Microphone", "ScreenCapture", "AudioCapture", "LocalNetwork"] {
            let text = info[&format!("NS{what}UsageDescription")].as_string().expect("a sentence");
            assert!(text.ends_with('.'), "{text}");
        }
        assert_eq!(info["CFBundleVersion"].as_string(), Some("1.2.3"));
        assert_eq!(info["NSHighResolutionCapable"].as_boolean(), Some(true));
    }

    #[test]
    fn the_bundle_opens_invitations_and_each_film() {
        let info = parsed(&info(&release()));
        let links = info["CFBundleURLTypes"].as_array().expect("a list");
        let schemes =
            links[0].as_dictionary().expect("a dictionary")["CFBundleURLSchemes"].as_array();
        assert_eq!(schemes.expect("a list")[0].as_string(), Some("cinemasync"));
        let films = info["CFBundleDocumentTypes"].as_array().expect("a list");
        assert_eq!(films.len(), FILMS.len());
        for film in films {
            let film = film.as_dictionary().expect("a dictionary");
            let by_ending = film.contains_key("CFBundleTypeExtensions");
            assert_ne!(by_ending, film.contains_key("LSItemContentTypes"), "{film:?}");
        }
    }

    #[test]
    fn what_would_be_markup_is_a_text() {
        let list = parsed(&document(&json!({ "a<b": "x & y > z" })));
        assert_eq!(list["a<b"].as_string(), Some("x & y > z"));
    }

    #[test]
    fn the_entitlements_are_a_property_list() {
        let text =
            super::super::product::template("macos/entitlements.plist").expect("it is there");
        let list = parsed(&text);
        assert!(list.values().all(|value| value.as_boolean() == Some(true)));
    }
}
