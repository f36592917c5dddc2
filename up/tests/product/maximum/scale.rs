//! How large the transactions of this process were, by what the table tells about each write.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

/// The largest transactions so far, by fail point: actions and bytes.
static LARGEST: Mutex<BTreeMap<String, (u64, u64)>> = Mutex::new(BTreeMap::new());

/// Listens to what the table tells about each write.
struct Scale;

impl<S: tracing::Subscriber> Layer<S> for Scale {
    fn enabled(&self, metadata: &tracing::Metadata<'_>, _: Context<'_, S>) -> bool {
        metadata.target() == "igny8_table::transact"
    }

    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        #[derive(Default)]
        struct Found(String, u64, u64);
        impl tracing::field::Visit for Found {
            fn record_str(&mut self, field: &tracing::field::Field, value: &str) {
                if field.name() == "point" {
                    value.clone_into(&mut self.0);
                }
            }
            fn record_u64(&mut self, field: &tracing::field::Field, value: u64) {
                match field.name() {
                    "actions" => self.1 = value,
                    "bytes" => self.2 = value,
                    _ => {}
                }
            }
            fn record_debug(&mut self, _: &tracing::field::Field, _: &dyn std::fmt::Debug) {}
        }
        let mut found = Found::default();
        event.record(&mut found);
        let mut largest = LARGEST.lock().unwrap_or_else(PoisonError::into_inner);
        let row = largest.entry(found.0).or_default();
        *row = (row.0.max(found.1), row.1.max(found.2));
    }
}

/// From now on every write is weighed.
pub fn listen() {
    let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry().with(Scale));
}

/// The largest transaction at a fail point so far.
pub fn largest(point: &str) -> (u64, u64) {
    let largest = LARGEST.lock().unwrap_or_else(PoisonError::into_inner);
    let found = largest.get(point).copied().unwrap_or_else(|| panic!("{point}: {largest:?}"));
    println!("{point}: {} actions, {} bytes", found.0, found.1);
    found
}
