//! The function of settings: the limits of AI work and its models, as a tenant has them.

mod ai_models;
mod tenant;

use igny8_app::{HTTP_NEEDS, Models};
use igny8_core::{Ctx, Error, ErrorKind, Result};
use igny8_lambda::{App, FunctionSpec};
use igny8_platform::{Settings, SettingsRow};
use igny8_table::Table;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The function.
pub const FUNCTION: FunctionSpec =
    FunctionSpec { name: "settings", needs: HTTP_NEEDS, build: |app| igny8_app::http(app, FUNCTION.name, all(app)) };

/// All routes of the module, for the document.
pub fn routes(app: &App) -> Vec<OpenApiRouter> {
    vec![all(app)]
}

fn all(app: &App) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(tenant::get, tenant::change))
        .routes(routes!(ai_models::list, ai_models::change))
        .with_state(Service { table: app.table.clone(), models: Models::new(app) })
}

/// What the handlers work with.
#[derive(Debug, Clone)]
struct Service {
    table: Table,
    models: Models,
}

impl Service {
    async fn settings(&self, ctx: &Ctx) -> Result<Settings> {
        Settings::read(&self.table, ctx).await
    }

    /// The tenant's row, to be changed: fails where the caller has seen another version of it.
    async fn row(&self, ctx: &Ctx, expected: Option<u64>) -> Result<SettingsRow> {
        let row = self.settings(ctx).await?.tenant().clone();
        match expected {
            Some(expected) if expected != row.version => Err(Error::new(
                ErrorKind::VersionMismatch,
                "The settings were changed by someone else in the meantime. Load them again and repeat.",
            )),
            _ => Ok(row),
        }
    }
}
