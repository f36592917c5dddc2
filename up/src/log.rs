//! What the local process logs.

use tracing_subscriber::{
    Layer, Registry,
    filter::{LevelFilter, Targets},
    fmt::{self, MakeWriter},
    layer::SubscriberExt as _,
};

/// The log of the local process: everything from `level` on, to this writer.
///
/// The table's engine warns of every refused condition, and refusals are how the table is used: below `debug` only its
/// errors are told.
pub fn subscriber<W>(level: LevelFilter, writer: W) -> impl tracing::Subscriber + Send + Sync
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let mut targets = Targets::new().with_default(level);
    if level < LevelFilter::DEBUG {
        targets = targets.with_target("dynoxide", level.min(LevelFilter::ERROR));
    }
    Registry::default().with(fmt::layer().with_writer(writer).with_filter(targets))
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{Arc, Mutex},
    };

    use super::{LevelFilter, subscriber};

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// The words that are logged at a level.
    fn logged(level: LevelFilter) -> Vec<&'static str> {
        let lines = Lines::default();
        let writer = lines.clone();
        tracing::subscriber::with_default(subscriber(level, move || writer.clone()), || {
            tracing::warn!(target: "dynoxide::server", "refused");
            tracing::error!(target: "dynoxide::server", "broken");
            tracing::warn!("ours");
            tracing::debug!("small");
        });
        let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        ["refused", "broken", "ours", "small"].into_iter().filter(|word| text.contains(word)).collect()
    }

    #[test]
    fn refusals_of_the_table_are_no_news() {
        assert_eq!(logged(LevelFilter::OFF), [""; 0]);
        assert_eq!(logged(LevelFilter::ERROR), ["broken"]);
        assert_eq!(logged(LevelFilter::WARN), ["broken", "ours"]);
        assert_eq!(logged(LevelFilter::INFO), ["broken", "ours"]);
        assert_eq!(logged(LevelFilter::DEBUG), ["refused", "broken", "ours", "small"]);
    }
}
