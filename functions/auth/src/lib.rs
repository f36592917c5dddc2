//! The functions of accounts: signing in, the team, sites and sectors, workspaces, API keys.

pub mod api_keys;
pub mod session;
pub mod sites;
pub mod users;
pub mod workspaces;

use igny8_api::List;
use igny8_core::{PageRequest, Result};
use igny8_lambda::App;
use utoipa_axum::router::OpenApiRouter;

/// All routes of the module, for the document.
pub fn routes(app: &App) -> Vec<OpenApiRouter> {
    let accounts = igny8_app::accounts(app);
    vec![
        session::routes(accounts.clone(), session::Keys::new(app), session::TRIAL),
        users::routes(accounts.clone()),
        sites::routes(accounts.clone()),
        workspaces::routes(accounts.clone()),
        api_keys::routes(accounts),
    ]
}

/// The page of a list that knows one order alone and cannot be searched.
fn paging<F>(list: &List<F>, order: &str) -> Result<PageRequest> {
    list.no_search()?;
    list.order(&[(order, ())])?;
    Ok(list.page())
}
