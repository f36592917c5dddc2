//! The event bus: facts that other parts may care about.

use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use serde::Serialize;

use crate::{Cloud, CloudError, failpoint};

/// EventBridge takes at most this many entries per call.
const CHUNK: usize = 10;

/// A fact for the bus.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Event {
    /// What happened, as `mail.requested`.
    pub detail_type: String,
    /// JSON with the ids it is about.
    pub detail: serde_json::Value,
}

impl Cloud {
    /// Puts events on the bus; an entry that the bus refuses is an error, not a silence.
    pub async fn put_events(&self, point: failpoint::Point, events: &[Event]) -> Result<(), CloudError> {
        let client = self.0.bus.get_or_init(|| aws_sdk_eventbridge::Client::new(self.sdk_config()));
        let bus = self.config().need("EVENT_BUS_NAME")?;
        for chunk in events.chunks(CHUNK) {
            let entries = chunk.iter().map(|event| {
                PutEventsRequestEntry::builder()
                    .event_bus_name(bus)
                    .source("igny8")
                    .detail_type(&event.detail_type)
                    .detail(event.detail.to_string())
                    .build()
            });
            let entries = Some(entries.collect());
            let answer = failpoint::around(point, client.put_events().set_entries(entries).send())
                .await
                .map_err(CloudError::from_sdk)?;
            if answer.failed_entry_count() > 0 {
                let reasons: Vec<_> = answer.entries().iter().filter_map(|entry| entry.error_message()).collect();
                return Err(CloudError::Unavailable(format!("the bus refused entries: {}", reasons.join("; "))));
            }
        }
        Ok(())
    }
}
