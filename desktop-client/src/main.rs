//! `cinemasync`: the window, and `cinemasync headless`.

use cinemasync_client::app;
use cinemasync_client::ui::Look;
use clap::Parser;

/// Watch a film in sync with friends, peer to peer.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Show the window on a scripted evening, without a network; begin so many seconds into it.
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "0")]
    demo: Option<f64>,
    /// Use the light look.
    #[arg(long)]
    light: bool,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let look = if arguments.light { Look::Light } else { Look::Dark };
    let seconds =
        arguments.demo.ok_or_else(|| anyhow::anyhow!("only --demo can be shown so far"))?;
    app::run_demo(look, seconds)
}
