//! Secrets of the system itself.

use crate::{Cloud, CloudError};

impl Cloud {
    /// The text of a secret, by name or ARN.
    pub async fn secret(&self, name: &str) -> Result<String, CloudError> {
        let client = self.0.secrets.get_or_init(|| aws_sdk_secretsmanager::Client::new(self.sdk_config()));
        let answer = client.get_secret_value().secret_id(name).send().await.map_err(CloudError::from_sdk)?;
        answer.secret_string().map(str::to_owned).ok_or(CloudError::NotFound)
    }
}
