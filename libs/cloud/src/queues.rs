//! Messages: they carry ids only, and the tenant as message group (SQS fair queues).

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Cloud, CloudError, failpoint};

/// A queue by its name in template.yaml, as `planner-cluster`.
///
/// Its address comes from the variable of the same name: `PLANNER_CLUSTER_QUEUE_URL`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Queue(pub String);

impl Queue {
    /// The variable that holds the address.
    pub fn variable(&self) -> String {
        format!("{}_QUEUE_URL", self.0.to_uppercase().replace('-', "_"))
    }
}

/// What to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// JSON with ids.
    pub body: String,
    /// The tenant: keeps one tenant's backlog from slowing the others.
    pub group: String,
    /// Not before so long from now; at most 15 minutes.
    pub delay: Duration,
}

impl Cloud {
    #[allow(clippy::disallowed_types, reason = "queues live here")]
    fn sqs(&self) -> &aws_sdk_sqs::Client {
        self.0.sqs.get_or_init(|| aws_sdk_sqs::Client::new(self.sdk_config()))
    }

    /// Sends one message.
    pub async fn send(&self, point: failpoint::Point, queue: &Queue, message: Message) -> Result<(), CloudError> {
        let url = self.config().need(&queue.variable())?;
        let delay = i32::try_from(message.delay.as_secs().min(900)).unwrap_or(900);
        let sent = failpoint::around(
            point,
            self.sqs()
                .send_message()
                .queue_url(url)
                .message_body(message.body)
                .message_group_id(message.group)
                .set_delay_seconds((delay > 0).then_some(delay))
                .send(),
        );
        sent.await.map_err(CloudError::from_sdk)?;
        Ok(())
    }
}
