//! How the program ends: the one table of exit codes.
//!
//! | code | meaning |
//! |---|---|
//! | 0 | objectives met |
//! | 1 | objectives missed |
//! | 2 | bad usage or scenario, unlike folders, or the harness cannot start |
//! | 3 | target unreachable |
//! | 4 | not trustworthy or not decidable |
//! | 5 | the target broke its booking rules |
//! | 130, 143 | interrupted or terminated; what happened so far is written |

use super::progress::Signal;
use crate::record::summary::{Summary, Verdict};
use std::error::Error;
use std::process::ExitCode;

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Objectives met.
    Met,
    /// Objectives missed.
    Missed,
    /// Bad usage or scenario, or the harness cannot start.
    Usage,
    /// Target unreachable.
    Unreachable,
    /// Not trustworthy or not decidable.
    Undecidable,
    /// Interrupted.
    Interrupted,
    /// Asked to end by the system.
    Terminated,
}

impl Exit {
    /// What the summary of a run means for the exit code.
    pub(super) fn of(summary: &Summary, stopped: Option<Signal>) -> Self {
        match (stopped, summary.verdict) {
            (Some(Signal::Interrupt), _) => Self::Interrupted,
            (Some(Signal::Terminate), _) => Self::Terminated,
            (None, Verdict::Pass) => Self::Met,
            (None, Verdict::Fail) => Self::Missed,
            (None, Verdict::Untrustworthy) => Self::Undecidable,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Met => 0,
            Exit::Missed => 1,
            Exit::Usage => 2,
            Exit::Unreachable => 3,
            Exit::Undecidable => 4,
            Exit::Interrupted => 130,
            Exit::Terminated => 143,
        })
    }
}

/// Why a command could not do its work.
#[derive(Debug)]
pub(super) struct Failure {
    /// The exit code.
    pub exit: Exit,
    /// What the messages are about, where they are several.
    pub heading: Option<String>,
    /// What went wrong, each on lines of its own.
    pub messages: Vec<String>,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Failure {
    /// A failure with one message.
    pub(super) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, heading: None, messages: vec![message.into()], hint: None }
    }

    /// The same with a hint.
    #[must_use]
    pub(super) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// A failure with the chain of an error.
    pub(super) fn from_error(exit: Exit, error: &dyn Error) -> Self {
        let mut message = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            let text = error.to_string();
            if !message.contains(&text) {
                message = format!("{message}: {text}");
            }
            cause = error.source();
        }
        Self::new(exit, message)
    }
}

impl From<crate::record::folder::FolderError> for Failure {
    fn from(error: crate::record::folder::FolderError) -> Self {
        use crate::record::folder::FolderError;
        let failure = Self::from_error(Exit::Usage, &error);
        match error {
            FolderError::Taken(_) => failure.hint("name another folder with --out, or remove this one"),
            FolderError::Io { .. } => failure.hint("check that the place exists and can be written to"),
            FolderError::Foreign { .. } => {
                failure.hint("name a folder that `openrush run` or `simulate` wrote")
            }
        }
    }
}
