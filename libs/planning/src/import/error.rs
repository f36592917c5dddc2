//! Why a file as a whole cannot be read.

use igny8_core::{Error, ErrorKind};

/// A file that cannot be read at all; single lines that cannot are in [`super::Import::rejected`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// No bytes, or white space only.
    #[error("The file is empty. Export the keywords again and send the whole file.")]
    Empty,
    /// Not text in an encoding that we know; `what` says what it seems to be.
    #[error("The file is not a text file: {what}. Save it as CSV in UTF-8 (in a spreadsheet: Save as, CSV UTF-8).")]
    NotText {
        /// What it seems to be, as half a sentence.
        what: &'static str,
    },
    /// No line among the first ones has a header that names a keyword column.
    #[error(
        "No column for keywords was found in the first {looked} lines. {seen}The first line must name the columns, one of them {aliases}."
    )]
    NoKeywordColumn {
        /// How many lines that are not empty were looked at.
        looked: usize,
        /// The cells that were taken for headers, as a sentence with a space after it, or nothing.
        seen: String,
        /// Headers that are accepted for the keyword column, as a list.
        aliases: String,
    },
    /// More columns than any tool exports.
    #[error("The file has more than {most} columns. Remove the ones that are not needed.")]
    TooManyColumns {
        /// The most columns.
        most: usize,
    },
    /// More lines than the limit.
    #[error("The file has more than {most} lines with keywords. Split it into files of at most {most} lines.")]
    TooManyLines {
        /// The most lines.
        most: usize,
    },
    /// More bytes than the limit.
    #[error("The file is larger than {most} bytes. Split it into smaller files.")]
    TooLarge {
        /// The most bytes.
        most: usize,
    },
}

impl From<ImportError> for Error {
    fn from(error: ImportError) -> Self {
        let kind = match &error {
            ImportError::NotText { .. } => ErrorKind::Unreadable,
            ImportError::Empty | ImportError::NoKeywordColumn { .. } | ImportError::TooManyColumns { .. } => {
                ErrorKind::Invalid
            }
            ImportError::TooManyLines { .. } | ImportError::TooLarge { .. } => ErrorKind::TooLarge,
        };
        Self::new(kind, error.to_string())
    }
}
