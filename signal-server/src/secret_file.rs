//! The server's secret: taken from the environment, or from a file that is made at the first start
//! and never written again. What is derived from it is not decided here.

#[cfg(unix)]
#[path = "secret_file/unix.rs"]
mod permissions;
#[cfg(not(unix))]
#[path = "secret_file/other.rs"]
mod permissions;

use std::fs::File;
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

use data_encoding::{BASE64_NOPAD, HEXLOWER, HEXLOWER_PERMISSIVE};
use thiserror::Error;

use crate::config::{SecretConfig, ServerSecret};
use crate::state_directory::state_directory;

/// The environment's way to hand over the secret itself.
const VARIABLE: &str = "CINEMASYNC_SECRET";
/// Its name in the state directory.
const FILE_NAME: &str = "secret";
/// A secret shorter than the key made of it could be guessed sooner than the key.
const MIN_BYTES: usize = 32;
/// A file longer than this is something else.
const MAX_FILE_BYTES: u64 = 4096;
/// Whatever form it comes in, this makes 32 bytes of it.
const KEY_CONTEXT: &str = "CinemaSync signaling server, server secret, version 1";

/// Why there is no secret.
#[derive(Debug, Error)]
pub enum SecretError {
    /// It is given in two ways.
    #[error(
        "The secret is given twice, by CINEMASYNC_SECRET and as the file {file}. Keep one of them."
    )]
    Twice {
        /// The file.
        file: PathBuf,
    },
    /// What is in the environment is no secret.
    #[error("CINEMASYNC_SECRET is not a secret: {0}. `openssl rand -hex 32` makes one.")]
    Environment(&'static str),
    /// What is in the file is no secret.
    #[error(
        "{file} is not a secret: {fault}. Put a line made by `openssl rand -hex 32` there, or remove the file: the server then makes a new one, and nobody who is in a room now can resume."
    )]
    File {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        fault: &'static str,
    },
    /// The file is there, but cannot be read.
    #[error(
        "The secret in {file} cannot be read: {error}. Let the server's user read it, or choose another file with --secret."
    )]
    Read {
        /// The file.
        file: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// The file cannot be made.
    #[error(
        "The secret cannot be kept in {file}: {error}. Let the server's user write there, choose another file with --secret, or set CINEMASYNC_SECRET."
    )]
    Write {
        /// The file.
        file: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// The system names no directory for it.
    #[error(
        "This user has no place to keep the server's secret. Name a file with --secret, or set CINEMASYNC_SECRET."
    )]
    Nowhere,
    /// The system gives no randomness.
    #[error("The system gives no random numbers ({0}); without them the secret could be guessed.")]
    Random(getrandom::Error),
}

/// Where a secret was found, for the person who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretOrigin {
    /// In the environment.
    Environment,
    /// In this file, which was there before.
    Kept(PathBuf),
    /// In this file, which was made just now.
    Made(PathBuf),
    /// In this file, which the first start would make.
    ToBeMade(PathBuf),
}

impl SecretConfig {
    /// Reads the secret, making its file if there is none, and keeps it in `key`. A file that others
    /// may read is used all the same, with a warning in the log.
    ///
    /// # Errors
    /// [`SecretError`] when there is no secret, and none can be made.
    pub fn load(&mut self) -> Result<SecretOrigin, SecretError> {
        self.find(std::env::var_os(VARIABLE), true)
    }

    /// As [`SecretConfig::load`], but makes nothing.
    ///
    /// # Errors
    /// [`SecretError`] when a secret is there that cannot be used.
    pub fn check(&mut self) -> Result<SecretOrigin, SecretError> {
        self.find(std::env::var_os(VARIABLE), false)
    }

    fn find(
        &mut self,
        variable: Option<std::ffi::OsString>,
        make: bool,
    ) -> Result<SecretOrigin, SecretError> {
        // An empty word in the environment means none.
        if let Some(value) = variable.filter(|value| !value.is_empty()) {
            if let Some(file) = self.file.clone() {
                return Err(SecretError::Twice { file });
            }
            let key = value.to_str().ok_or("it is not text").and_then(parse);
            self.key = Some(key.map_err(SecretError::Environment)?);
            return Ok(SecretOrigin::Environment);
        }
        let file = match self.file.clone() {
            Some(file) => file,
            None => state_directory().ok_or(SecretError::Nowhere)?.join(FILE_NAME),
        };
        if let Some(key) = read(&file)? {
            self.key = Some(key);
            return Ok(SecretOrigin::Kept(file));
        }
        if !make {
            return Ok(SecretOrigin::ToBeMade(file));
        }
        let (key, made) = create(&file)?;
        self.key = Some(key);
        Ok(if made { SecretOrigin::Made(file) } else { SecretOrigin::Kept(file) })
    }
}

/// `None` when there is no file.
fn read(path: &Path) -> Result<Option<ServerSecret>, SecretError> {
    let unreadable = |error| SecretError::Read { file: path.to_owned(), error };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
    if let Some(open) = permissions::too_open(&file).map_err(unreadable)? {
        tracing::warn!(
            file = %path.display(),
            "others on this machine can read the server's secret ({open}); `chmod 600` it"
        );
    }
    let mut bytes = Vec::new();
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    let key = if bytes.len() as u64 > MAX_FILE_BYTES {
        Err("it is too long")
    } else {
        std::str::from_utf8(&bytes).map_err(|_| "it is not text").and_then(parse)
    };
    key.map(Some).map_err(|fault| SecretError::File { file: path.to_owned(), fault })
}

/// Makes the file; false if another server was faster, whose secret it then is. Nobody ever sees
/// half a file, and none that is there is touched.
fn create(path: &Path) -> Result<(ServerSecret, bool), SecretError> {
    let unwritable = |error| SecretError::Write { file: path.to_owned(), error };
    let mut random = [0; 32];
    getrandom::fill(&mut random).map_err(SecretError::Random)?;
    let text = HEXLOWER.encode(&random);
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    permissions::create_folder(folder).map_err(unwritable)?;
    // Such files are their owner's only, where the system knows owners.
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(unwritable)?;
    writeln!(file, "{text}").and_then(|()| file.as_file().sync_all()).map_err(unwritable)?;
    match file.persist_noclobber(path) {
        Ok(_) => Ok((derive(&random), true)),
        Err(refused) if refused.error.kind() == ErrorKind::AlreadyExists => match read(path)? {
            Some(key) => Ok((key, false)),
            None => Err(unwritable(refused.error)),
        },
        Err(refused) => Err(unwritable(refused.error)),
    }
}

/// Hexadecimal or base64, either alphabet, padded or not.
fn parse(text: &str) -> Result<ServerSecret, &'static str> {
    let text = text.trim();
    if text.is_empty() {
        return Err("it is empty");
    }
    let bytes = HEXLOWER_PERMISSIVE.decode(text.as_bytes()).or_else(|_| {
        let plain = text.trim_end_matches('=').replace('-', "+").replace('_', "/");
        BASE64_NOPAD.decode(plain.as_bytes())
    });
    match bytes {
        Ok(bytes) if bytes.len() >= MIN_BYTES => Ok(derive(&bytes)),
        Ok(_) => Err("it is shorter than 32 bytes"),
        Err(_) => Err("it is neither hexadecimal nor base64"),
    }
}

fn derive(bytes: &[u8]) -> ServerSecret {
    ServerSecret(blake3::derive_key(KEY_CONTEXT, bytes))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const HEX: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    const BASE64: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    fn options(file: &Path) -> SecretConfig {
        SecretConfig { file: Some(file.to_owned()), key: None }
    }

    #[test]
    fn the_first_start_makes_a_secret_and_the_next_finds_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("state/of/it/secret");
        let mut first = options(&file);
        assert_eq!(first.find(None, true).unwrap(), SecretOrigin::Made(file.clone()));
        let written = fs::read(&file).unwrap();
        let mut second = options(&file);
        assert_eq!(second.find(None, true).unwrap(), SecretOrigin::Kept(file.clone()));
        assert!(first.key.is_some() && first.key == second.key);
        assert_eq!(fs::read(&file).unwrap(), written);
        assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().count(), 1, "nothing is left");

        let mut other = options(&folder.path().join("secret"));
        other.find(None, true).unwrap();
        assert_ne!(first.key, other.key);
    }

    #[test]
    fn a_check_makes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("state/secret");
        let origin = options(&file).find(None, false).unwrap();
        assert_eq!(origin, SecretOrigin::ToBeMade(file));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn servers_that_start_together_agree() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        let start = std::sync::Barrier::new(8);
        let keys: Vec<_> = std::thread::scope(|scope| {
            let one = || {
                start.wait();
                create(&file).unwrap()
            };
            let all: Vec<_> = (0..8).map(|_| scope.spawn(one)).collect();
            all.into_iter().map(|each| each.join().unwrap()).collect()
        });
        assert!(keys.iter().all(|(key, _)| *key == keys[0].0));
        assert_eq!(keys.iter().filter(|(_, made)| *made).count(), 1);
    }

    #[test]
    fn every_form_of_the_same_bytes_is_the_same_secret() {
        let url_safe = "-_-_".repeat(11);
        let plain = "+/+/".repeat(11);
        assert_eq!(parse(HEX), parse(&HEX.to_uppercase()));
        assert_eq!(parse(HEX), parse(BASE64));
        assert_eq!(parse(HEX), parse(&format!(" {}\r\n", BASE64.trim_end_matches('='))));
        assert_eq!(parse(&url_safe), parse(&plain));
        assert!(parse(HEX).is_ok() && parse(&plain).is_ok() && parse(HEX) != parse(&plain));
    }

    #[test]
    fn what_is_no_secret_is_refused_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        let long = HEX.repeat(100);
        for (text, fault) in [
            ("", "it is empty"),
            ("\n", "it is empty"),
            (&HEX[2..], "it is shorter than 32 bytes"),
            ("open sesame", "it is neither hexadecimal nor base64"),
            (&long, "it is too long"),
        ] {
            fs::write(&file, text).unwrap();
            let refused = options(&file).find(None, true).unwrap_err();
            assert!(refused.to_string().contains(fault), "{refused}");
            assert!(!text.contains(' ') || !refused.to_string().contains(text), "{refused}");
            assert_eq!(fs::read_to_string(&file).unwrap(), text);
        }
        fs::write(&file, [0xff; 64]).unwrap();
        let refused = options(&file).find(None, true).unwrap_err();
        assert!(refused.to_string().contains("it is not text"), "{refused}");
        // A folder in its place.
        let refused = options(folder.path()).find(None, true).unwrap_err();
        assert!(matches!(refused, SecretError::Read { .. }), "{refused}");
        // A file where the folder should be.
        let refused = options(&file.join("secret")).find(None, true).unwrap_err();
        assert!(
            matches!(refused, SecretError::Read { .. } | SecretError::Write { .. }),
            "{refused}"
        );
    }

    #[test]
    fn the_environment_needs_no_file() {
        let mut from_environment = SecretConfig::default();
        let origin = from_environment.find(Some(HEX.into()), true).unwrap();
        assert_eq!(origin, SecretOrigin::Environment);
        assert_eq!(from_environment.key, parse(HEX).ok());
        let refused = SecretConfig::default().find(Some("hunter2".into()), true).unwrap_err();
        assert!(!refused.to_string().contains("hunter2"), "{refused}");
    }

    #[test]
    fn two_secrets_are_a_contradiction() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        let refused = options(&file).find(Some(HEX.into()), true).unwrap_err();
        assert!(matches!(refused, SecretError::Twice { .. }));
        assert!(!file.exists());
        assert!(options(&file).find(Some("".into()), true).is_ok(), "an empty word is none");
    }

    #[test]
    fn a_secret_shows_itself_to_no_log() {
        let secret = parse(HEX).unwrap();
        assert_eq!(format!("{secret:?}"), "ServerSecret(…)");
    }
}
