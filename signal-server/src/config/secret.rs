//! Options for the server's secret, from which the keys of tokens and of the relay are derived.
//! Reading and making it is `secret_file`.

use std::path::PathBuf;

use clap::Args;

/// Where the server's secret comes from.
#[derive(Debug, Clone, Default, Args)]
pub struct SecretConfig {
    /// Where the server's secret is kept; made at the first start. A restarted server with the same
    /// secret takes participants back. [default: `secret` in the state directory]
    #[arg(long = "secret", env = "CINEMASYNC_SECRET_FILE", value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// The secret itself. Without one a server makes its own, which ends with it.
    #[arg(skip)]
    pub key: Option<ServerSecret>,
}

/// 32 secret bytes. Its `Debug` output hides them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ServerSecret(pub [u8; 32]);

impl std::fmt::Debug for ServerSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ServerSecret(…)")
    }
}
