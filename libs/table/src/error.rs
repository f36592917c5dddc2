//! What can go wrong with the table.

use aws_sdk_dynamodb::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use igny8_cloud::MissingSetting;
use igny8_core::Error;

use crate::Item;

/// A condition did not hold; nothing of the transaction was written.
#[derive(Debug, Clone)]
pub struct ConditionFailed {
    /// The label of the action whose condition failed (see [`crate::Effects`]).
    pub label: &'static str,
    /// The row as it is, where there is one.
    pub found: Option<Item>,
}

/// An error of the table.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// A condition did not hold.
    #[error("the condition {:?} did not hold", .0.label)]
    Condition(Box<ConditionFailed>),
    /// Conflicts and throttles went on for too long, or the table did not answer.
    #[error("the table is busy: {0}")]
    Busy(String),
    /// A row cannot be read or written in this shape.
    #[error("a row has another shape: {0}")]
    Shape(String),
    /// The cursor of a list is broken.
    #[error("the cursor cannot be read")]
    Cursor,
    /// More than 100 actions or 4 MB in one transaction.
    #[error("a transaction is too large: {actions} actions, {bytes} bytes")]
    TooLarge {
        /// How many actions.
        actions: usize,
        /// About how many bytes.
        bytes: usize,
    },
    /// Anything else: a bug or a missing permission.
    #[error("{0}")]
    Failed(String),
    /// A setting is missing.
    #[error(transparent)]
    Missing(#[from] MissingSetting),
}

impl TableError {
    /// The condition that failed, if that is what happened.
    pub fn condition(&self) -> Option<&ConditionFailed> {
        match self {
            Self::Condition(failed) => Some(failed),
            _ => None,
        }
    }

    /// True when the condition with this label failed.
    pub fn failed(&self, label: &str) -> bool {
        self.condition().is_some_and(|failed| failed.label == label)
    }

    pub(crate) fn from_sdk<E>(error: &SdkError<E>) -> Self
    where
        E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
    {
        let text = DisplayErrorContext(error).to_string();
        if is_busy(error) { Self::Busy(text) } else { Self::Failed(text) }
    }
}

/// True for what may succeed when it is tried again: nothing came back, a throttle, or the service's own fault.
pub(crate) fn is_busy<E: ProvideErrorMetadata>(error: &SdkError<E>) -> bool {
    match error {
        SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | SdkError::ResponseError(_) => true,
        SdkError::ServiceError(service) => {
            service.raw().status().as_u16() >= 500
                || matches!(
                    service.err().code(),
                    Some(
                        "ProvisionedThroughputExceededException"
                            | "ThrottlingException"
                            | "RequestLimitExceeded"
                            | "TransactionConflictException"
                            | "TransactionInProgressException"
                            | "InternalServerError"
                    )
                )
        }
        _ => false,
    }
}

impl From<TableError> for Error {
    fn from(error: TableError) -> Self {
        match error {
            TableError::Condition(_) => {
                Self::conflict("It was changed by someone else in the meantime. Load it again and repeat.")
                    .with_source(error)
            }
            TableError::Busy(_) => Self::unavailable(error),
            TableError::Cursor => Self::invalid("cursor", "cannot be read; take next_cursor of the page before"),
            TableError::Shape(_) | TableError::TooLarge { .. } | TableError::Failed(_) | TableError::Missing(_) => {
                Self::internal(error)
            }
        }
    }
}
