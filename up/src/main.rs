//! `cargo xtask up`: the local process.

use std::{collections::BTreeMap, process::ExitCode};

use igny8_up::{Settings, Up, subscriber};
use tracing_subscriber::filter::LevelFilter;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

#[allow(clippy::disallowed_methods, clippy::print_stdout, reason = "the command line of the local process")]
async fn run() -> Result<(), Box<dyn std::error::Error>> {
    let vars: BTreeMap<String, String> = std::env::vars().collect();
    let settings = Settings::from_vars(&vars);
    // What is wrong with the settings is an error, which every level shows.
    let level = settings.as_ref().map_or(LevelFilter::ERROR, |settings| settings.log);
    tracing::subscriber::set_global_default(subscriber(level, std::io::stderr))?;
    let up = Up::start(&settings?).await?;
    println!("ready {}", up.url());
    tokio::signal::ctrl_c().await?;
    up.stop().await;
    Ok(())
}
