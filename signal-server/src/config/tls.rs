//! How connections arrive: behind a proxy whose word counts.

use cinemasync_server_core::Network;
use clap::Args;

/// How connections arrive.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Connections")]
pub struct TlsConfig {
    /// A proxy, or a network of proxies, whose X-Forwarded-For or Forwarded says who the client is.
    #[arg(long, env = "CINEMASYNC_TRUSTED_PROXY", value_delimiter = ',', value_name = "CIDR")]
    pub trusted_proxy: Vec<Network>,
}
