//! What can go wrong outside of the process.

use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::display::DisplayErrorContext;
use igny8_core::Error;

use crate::MissingSetting;

/// An error of an AWS call.
#[derive(Debug, thiserror::Error)]
pub enum CloudError {
    /// The object is not there.
    #[error("there is no such object")]
    NotFound,
    /// The service did not answer or asked us to slow down; the call may work later.
    #[error("{0}")]
    Unavailable(String),
    /// Anything else: a bug or a missing permission.
    #[error("{0}")]
    Failed(String),
    /// A setting is missing.
    #[error(transparent)]
    Missing(#[from] MissingSetting),
}

impl CloudError {
    /// Classes an SDK error: what did not come through, was throttled or is the service's fault may work later.
    pub(crate) fn from_sdk<E>(error: SdkError<E, aws_smithy_runtime_api::client::orchestrator::HttpResponse>) -> Self
    where
        E: std::error::Error + aws_smithy_types::error::metadata::ProvideErrorMetadata + Send + Sync + 'static,
    {
        let later = match &error {
            SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | SdkError::ResponseError(_) => true,
            SdkError::ServiceError(service) => {
                let status = service.raw().status().as_u16();
                status >= 500
                    || status == 429
                    || matches!(
                        service.err().code(),
                        Some("SlowDown" | "ThrottlingException" | "RequestThrottled" | "Throttling")
                    )
            }
            _ => false,
        };
        let text = DisplayErrorContext(&error).to_string();
        if later { Self::Unavailable(text) } else { Self::Failed(text) }
    }
}

impl From<CloudError> for Error {
    fn from(error: CloudError) -> Self {
        match error {
            CloudError::Unavailable(_) => Self::unavailable(error),
            CloudError::NotFound | CloudError::Failed(_) | CloudError::Missing(_) => Self::internal(error),
        }
    }
}

impl From<MissingSetting> for Error {
    fn from(error: MissingSetting) -> Self {
        Self::internal(error)
    }
}
