//! The settings' file through the versions of this program: a number in it says which one wrote it, and a
//! table of steps leads from each to the next.

use serde_json::{Map, Value};

use super::Settings;
use crate::kept::Why;

/// Under this name the number stands in the file. A file without one is of the time before numbers.
const FIELD: &str = "version";

/// What leads from each version to the next; the one at 0 reads files without a number. A field that is
/// new, and has its default where it is missing, needs no step: one that is renamed or means something else does.
const STEPS: &[fn(&mut Map<String, Value>)] = &[no_server_is_none];

/// The version that is written.
pub(super) const CURRENT: usize = STEPS.len();

/// Before numbers, the server inside the program could also stand there by its word on the command line.
fn no_server_is_none(file: &mut Map<String, Value>) {
    if file.get("server").is_some_and(|server| server == "embedded" || server == "") {
        file.insert("server".to_owned(), Value::Null);
    }
}

/// Reads a file of this version or an earlier one.
pub(super) fn read(text: &str) -> Result<Settings, Why> {
    let mut file: Map<String, Value> = serde_json::from_str(text).map_err(|_| Why::Broken)?;
    let version = match file.remove(FIELD) {
        None => 0,
        Some(version) => version.as_u64().ok_or(Why::Broken)?,
    };
    let done = usize::try_from(version).map_err(|_| Why::Newer)?;
    let steps = STEPS.get(done..).ok_or(Why::Newer)?;
    steps.iter().for_each(|step| step(&mut file));
    serde_json::from_value(Value::Object(file)).map_err(|_| Why::Broken)
}

/// The file's text.
pub(super) fn write(settings: &Settings) -> serde_json::Result<Vec<u8>> {
    let mut file = serde_json::to_value(settings)?;
    if let Value::Object(fields) = &mut file {
        fields.insert(FIELD.to_owned(), CURRENT.into());
    }
    serde_json::to_vec_pretty(&file)
}

#[cfg(test)]
mod tests {
    use cinemasync_core::link::Route;
    use cinemasync_core::streaming::StreamMode;
    use proptest::prelude::*;

    use super::*;

    /// As each version wrote them.
    #[test]
    fn files_of_every_version_are_read() {
        let first = r#"{"name":"Ana","server":null}"#;
        assert_eq!(read(first), Ok(Settings { name: "Ana".into(), ..Settings::default() }));
        let devices = r#"{"name":"Ana","server":"wss://a.example","camera":"usb","microphone":null,
            "speaker":null,"push_to_talk":true,"talk_key":"N","route":"relay_only",
            "voice":{"ducking_db":6.0},"a_setting_that_is_gone":true}"#;
        let read_devices = read(devices).unwrap();
        assert_eq!(read_devices.server.as_deref(), Some("wss://a.example"));
        assert_eq!(read_devices.camera.as_deref(), Some("usb"));
        assert_eq!((read_devices.push_to_talk, read_devices.route), (true, Route::RelayOnly));
        let embedded = r#"{"server":"embedded","stream_mode":"never"}"#;
        let read_embedded = read(embedded).unwrap();
        assert_eq!((read_embedded.server, read_embedded.stream_mode), (None, StreamMode::Never));
        let numbered = r#"{"version":1,"name":"Ben","window":{"language":"de"}}"#;
        assert_eq!(read(numbered).unwrap().window.language, "de");
    }

    #[test]
    fn the_number_is_written_and_read() {
        let settings = Settings { name: "Ana".into(), ..Settings::default() };
        let text = String::from_utf8(write(&settings).unwrap()).unwrap();
        assert!(text.contains(&format!("\"version\": {CURRENT}")), "{text}");
        assert_eq!(read(&text), Ok(settings));
    }

    #[test]
    fn a_newer_file_and_a_broken_one_are_told_apart() {
        for newer in [format!("{}", CURRENT + 1), u64::MAX.to_string()] {
            assert_eq!(read(&format!("{{\"version\":{newer},\"name\":[]}}")), Err(Why::Newer));
        }
        for broken in
            ["", "{\"name\":", "[]", "{\"version\":-1}", "{\"version\":\"1\"}", "{\"name\":7}"]
        {
            assert_eq!(read(broken), Err(Why::Broken), "{broken}");
        }
    }

    proptest! {
        #[test]
        fn no_file_panics(text in ".{0,200}", version: u64, field in "[a-z_]{1,12}") {
            let _ = read(&text);
            let _ = read(&format!("{{\"version\":{version},\"{field}\":{version}}}"));
        }
    }
}
