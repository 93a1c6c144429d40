//! What an authority gave, in a folder of the server's own: the account's key, and certificates with
//! theirs. Everything that passes through here is also put to use.

#[cfg(not(unix))]
#[path = "cache/other.rs"]
mod folder;
#[cfg(unix)]
#[path = "cache/unix.rs"]
mod folder;

use std::fs;
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use rustls_acme::{AccountCache, CertCache};

use crate::tls::certificate::{Certificate, Certificates};

/// The folder, and where its certificates go.
pub(super) struct Cache {
    folder: PathBuf,
    certificates: Arc<Certificates>,
}

impl Cache {
    pub(super) fn new(folder: PathBuf, certificates: Arc<Certificates>) -> Self {
        Self { folder, certificates }
    }

    /// One file for each set of names (or contacts) and authority.
    fn path(&self, (kind, ending): (&str, &str), words: &[String], directory: &str) -> PathBuf {
        let mut hasher = blake3::Hasher::new();
        for word in words.iter().map(String::as_str).chain([directory]) {
            hasher.update(&(word.len() as u64).to_le_bytes()).update(word.as_bytes());
        }
        let hash = hasher.finalize().to_hex();
        self.folder.join(format!("{kind}-{}.{ending}", &hash[..16]))
    }

    fn install(&self, pem: &[u8]) {
        match Certificate::from_pem(pem, pem) {
            Ok(certificate) => self.certificates.install(certificate),
            // The order's own parser refuses it too, and a new one is ordered.
            Err(error) => tracing::warn!("A certificate was given, but is not used: {error}"),
        }
    }
}

async fn read(path: PathBuf) -> io::Result<Option<Vec<u8>>> {
    let read = move || match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    };
    tokio::task::spawn_blocking(read).await?
}

async fn write(path: PathBuf, bytes: Vec<u8>) -> io::Result<()> {
    tokio::task::spawn_blocking(move || write_private(&path, &bytes)).await?
}

/// Nobody ever sees half a file, and nobody but the owner any, where the system knows owners.
fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    folder::create(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

#[async_trait]
impl CertCache for Cache {
    type EC = io::Error;

    async fn load_cert(&self, domains: &[String], directory: &str) -> io::Result<Option<Vec<u8>>> {
        let pem = read(self.path(("certificate", "pem"), domains, directory)).await?;
        if let Some(pem) = &pem {
            self.install(pem);
        }
        Ok(pem)
    }

    async fn store_cert(&self, domains: &[String], directory: &str, pem: &[u8]) -> io::Result<()> {
        self.install(pem);
        write(self.path(("certificate", "pem"), domains, directory), pem.to_vec()).await
    }
}

#[async_trait]
impl AccountCache for Cache {
    type EA = io::Error;

    async fn load_account(
        &self,
        contact: &[String],
        directory: &str,
    ) -> io::Result<Option<Vec<u8>>> {
        read(self.path(("account", "key"), contact, directory)).await
    }

    async fn store_account(
        &self,
        contact: &[String],
        directory: &str,
        key: &[u8],
    ) -> io::Result<()> {
        write(self.path(("account", "key"), contact, directory), key.to_vec()).await
    }
}
