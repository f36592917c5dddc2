//! Secrets of the system itself.

use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueError;

use crate::{Cloud, CloudError};

impl Cloud {
    /// The text of a secret, by name or ARN; [`CloudError::NotFound`] when it has no value yet.
    pub async fn secret(&self, name: &str) -> Result<String, CloudError> {
        let client = self.0.secrets.get_or_init(|| aws_sdk_secretsmanager::Client::new(self.sdk_config()));
        let answer = match client.get_secret_value().secret_id(name).send().await {
            Ok(answer) => answer,
            // The secret exists from the deployment on; its value is put in by the operator.
            Err(error)
                if error.as_service_error().is_some_and(GetSecretValueError::is_resource_not_found_exception) =>
            {
                return Err(CloudError::NotFound);
            }
            Err(error) => return Err(CloudError::from_sdk(error)),
        };
        answer.secret_string().map(str::to_owned).ok_or(CloudError::NotFound)
    }
}
