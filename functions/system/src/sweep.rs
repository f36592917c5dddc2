//! The minute sweep: finds what crashes and lost messages left behind.

use igny8_lambda::{FunctionSpec, Handler};

/// Runs every minute.
pub const FUNCTION: FunctionSpec = FunctionSpec {
    name: "system-sweep",
    needs: igny8_app::WORKER_NEEDS,
    build: |app| {
        let (work, env) = (igny8_app::work_of_all(app), app.env.clone());
        Ok(Handler::schedule(move |_| {
            let (work, env) = (work.clone(), env.clone());
            async move { work.sweep(&env).await }
        }))
    },
};
