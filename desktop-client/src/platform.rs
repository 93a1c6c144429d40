//! What differs between operating systems, and what only the operating system can give.

pub mod console;
pub mod desktop;
pub mod folders;
pub mod fonts;
pub mod network;
pub mod private_file;
pub mod process;
pub mod screen_permission;
pub mod tls;

/// Completes when the system asks the program to end (Ctrl-C, SIGTERM or its like).
pub async fn termination() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminate) = signal(SignalKind::terminate()) else {
            tracing::warn!("SIGTERM cannot be heard; only Ctrl-C ends the program properly");
            return interrupt().await;
        };
        tokio::select! {
            () = interrupt() => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    interrupt().await;
}

async fn interrupt() {
    if let Err(error) = tokio::signal::ctrl_c().await {
        tracing::warn!(%error, "Ctrl-C cannot be heard");
        std::future::pending::<()>().await;
    }
}

/// The language and country that the person has chosen in the system, such as `de-AT`; empty if not known.
pub fn locale() -> String {
    sys_locale::get_locale().unwrap_or_default()
}

/// 256 random bits that nobody can guess.
///
/// # Errors
/// When the system gives none.
pub fn random() -> std::io::Result<[u8; 32]> {
    let mut random = [0; 32];
    getrandom::fill(&mut random).map_err(std::io::Error::other)?;
    Ok(random)
}

/// A word of 8 random letters and digits, unlike that of any other session.
pub fn nonce() -> String {
    let mut random = [0; 8];
    if let Err(error) = getrandom::fill(&mut random) {
        // Ids then only differ by the process: enough for order, not a secret.
        tracing::warn!(%error, "the system gives no random numbers");
        random[..4].copy_from_slice(&std::process::id().to_le_bytes());
    }
    random
        .map(|byte| char::from(b"abcdefghijklmnopqrstuvwxyz234567"[usize::from(byte % 32)]))
        .iter()
        .collect()
}
