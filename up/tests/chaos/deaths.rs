//! Counts at which fail points processes died; they say so in their log.

use std::{
    collections::BTreeMap,
    io::Write,
    sync::{Arc, Mutex, PoisonError},
};

#[derive(Clone, Default)]
pub struct Deaths(Arc<Mutex<BTreeMap<String, u64>>>);

impl Deaths {
    /// Reads the log of this process, to which the processes' own logs are passed on.
    pub fn count() -> Self {
        let deaths = Self::default();
        let log = deaths.clone();
        let writer = move || log.clone();
        tracing_subscriber::fmt().with_ansi(false).with_max_level(tracing::Level::INFO).with_writer(writer).init();
        deaths
    }

    /// How often at which point, as `before work.finish in writer-generate-worker`.
    pub fn seen(&self) -> BTreeMap<String, u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Write for Deaths {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        let text = String::from_utf8_lossy(line);
        if text.contains("fail point kills the process") {
            let field = |name: &str| {
                let rest = text.split_once(&format!("\"{name}\":\""))?.1;
                Some(rest.split('"').next()?.to_owned())
            };
            let point = format!("{} {}", field("when").unwrap_or_default(), field("point").unwrap_or_default());
            *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(point).or_default() += 1;
        } else if std::env::var_os("IGNY8_CHAOS_LOG").is_some() && (text.contains("WARN") || text.contains("ERROR")) {
            eprint!("{text}");
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
