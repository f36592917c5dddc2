//! The OpenAPI document, from the routes of all functions.

use igny8_cloud::Config;
use igny8_core::Env;
use igny8_lambda::App;
use utoipa::openapi::OpenApi;

/// The document of the whole API.
///
/// # Panics
/// Never in practice: the configuration it is built from is written here, and nothing is connected.
pub fn document() -> OpenApi {
    igny8_api::docs::document(env!("CARGO_PKG_VERSION"), parts())
}

/// The documents of the functions, one each.
///
/// # Panics
/// Never in practice: the configuration it is built from is written here, and nothing is connected.
#[allow(clippy::expect_used, reason = "the configuration is written here")]
pub fn parts() -> Vec<OpenApi> {
    let vars = [("AWS_REGION", "us-east-1"), ("AWS_ACCESS_KEY_ID", "none"), ("AWS_SECRET_ACCESS_KEY", "none")];
    let vars = vars.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let app = App::new(Config::from_vars(vars).expect("the variables are there"), Env::system());
    let routers = [
        igny8_fn_auth::routes(&app),
        igny8_fn_planner::routes(&app),
        igny8_fn_writer::routes(&app),
        igny8_fn_thinker::routes(&app),
        igny8_fn_publisher::routes(&app),
        igny8_fn_billing::routes(&app),
        igny8_fn_settings::routes(&app),
        igny8_fn_system::routes(&app),
    ];
    routers.into_iter().flatten().map(|router| router.split_for_parts().1).collect()
}
