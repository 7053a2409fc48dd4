//! The log of the server: to standard error, with a filter that can change while it runs.

use anyhow::{Result, anyhow};
use tracing_subscriber::{EnvFilter, Registry, layer::SubscriberExt, reload, util::SubscriberInitExt};

use crate::config::LogFormat;

/// The running log.
pub(crate) struct Log(reload::Handle<EnvFilter, Registry>);

impl Log {
    /// Changes what is logged. The filter was checked with the configuration.
    pub(crate) fn set_filter(&self, filter: &str) {
        if let Err(error) = self.0.reload(EnvFilter::builder().parse_lossy(filter)) {
            tracing::error!(%error, "the log filter can't be changed");
        }
    }
}

/// Begins to log.
pub(crate) fn start(filter: &str, format: LogFormat) -> Result<Log> {
    let filter = EnvFilter::builder().parse(filter).map_err(|error| anyhow!("`log`: {error}"))?;
    let (filter, handle) = reload::Layer::new(filter);
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(crate::style::on_stderr());
    let registry = tracing_subscriber::registry().with(filter);
    match format {
        LogFormat::Text => registry.with(lines).init(),
        LogFormat::Json => registry.with(lines.json()).init(),
    }
    Ok(Log(handle))
}
