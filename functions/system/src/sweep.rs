//! The minute sweep: finds what crashes and lost messages left behind, and starts what is due.

use igny8_content::DueStarted;
use igny8_lambda::{FunctionSpec, Handler};
use igny8_work::Swept;
use serde::Serialize;

/// What a sweep did.
#[derive(Debug, Serialize)]
struct Done {
    #[serde(flatten)]
    swept: Swept,
    due_tasks: DueStarted,
}

/// Runs every minute.
pub const FUNCTION: FunctionSpec = FunctionSpec {
    name: "system-sweep",
    needs: igny8_app::WORKER_NEEDS,
    build: |app| {
        let (work, contents, env) = (igny8_app::work_of_all(app), igny8_app::contents(app), app.env.clone());
        Ok(Handler::schedule(move |_| {
            let (work, contents, env) = (work.clone(), contents.clone(), env.clone());
            async move {
                let swept = work.sweep(&env).await?;
                Ok(Done { swept, due_tasks: contents.start_due_tasks(&env).await? })
            }
        }))
    },
};
