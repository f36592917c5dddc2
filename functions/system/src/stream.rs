//! The table's stream: a row that says which event it is goes on the bus.

use igny8_cloud::Event;
use igny8_lambda::{FunctionSpec, Handler, StreamChange, StreamError};
use igny8_table::text_of;
use serde_json::json;

/// Takes the records of the table's stream.
pub const FUNCTION: FunctionSpec = FunctionSpec {
    name: "system-stream",
    needs: &["EVENT_BUS_NAME"],
    build: |app| {
        let cloud = app.cloud.clone();
        Ok(Handler::stream(move |records, _| {
            let cloud = cloud.clone();
            async move {
                for record in &records {
                    // Only a new row is an event; a later change of it is not the event again.
                    if record.name != StreamChange::Insert {
                        continue;
                    }
                    let Some(row) = &record.new else { continue };
                    let Some(event) = text_of(row, "event") else { continue };
                    let detail = json!({
                        "event_id": record.event_id,
                        "kind": text_of(row, "_k"),
                        "pk": text_of(row, "PK"),
                        "sk": text_of(row, "SK"),
                        "id": text_of(row, "id"),
                    });
                    let event = Event { detail_type: event.to_owned(), detail };
                    cloud
                        .put_events("system.put_events", &[event])
                        .await
                        .map_err(|error| StreamError::at(record, error))?;
                }
                Ok(())
            }
        }))
    },
};
