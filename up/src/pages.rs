//! Pages of the local process: the SPA, where to begin, and the mail that was sent.

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use igny8_core::{Env, Limit};
use igny8_platform::Mail;
use igny8_table::{Index, Keys, Query, Table};
use maud::{DOCTYPE, Markup, html};

/// How many days of mail the outbox shows.
const DAYS: u64 = 14;

const STYLE: &str = "
:root{color-scheme:light dark;--ink:#1c2430;--dim:#5b6675;--line:#d9dee5;--card:#fff;--bg:#f5f6f8;--link:#0b57c2}
@media(prefers-color-scheme:dark){:root{--ink:#e8ecf2;--dim:#9aa5b4;--line:#333c49;--card:#1b212a;--bg:#12161c;--link:#7db3ff}}
body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.6 system-ui,sans-serif}
main{max-width:46rem;margin:0 auto;padding:3rem 1.25rem}
h1{font-size:1.75rem;line-height:1.2;margin:0 0 .5rem}p.lead{color:var(--dim);margin:0 0 2rem}
article,ul{background:var(--card);border:1px solid var(--line);border-radius:.75rem;padding:1rem 1.25rem;margin:0 0 1rem}
ul{list-style:none}li+li{border-top:1px solid var(--line);margin-top:.6rem;padding-top:.6rem}
h2{font-size:1.05rem;margin:0}small{color:var(--dim)}a{color:var(--link)}
pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit;margin:.75rem 0 0}";

#[derive(Clone)]
struct Local {
    table: Table,
    url: String,
    spa: bool,
}

/// The pages. `/` is the SPA when it is built, else a page that says how to build it.
pub(crate) fn router(table: Table, url: String, spa: Option<Router>) -> Router {
    let local = Local { table, url, spa: spa.is_some() };
    let own = Router::new().route("/local", get(home)).route("/local/outbox", get(outbox));
    let own = match spa {
        Some(_) => own,
        None => own.route("/", get(home)).fallback(async || {
            (
                StatusCode::NOT_FOUND,
                page("Not found", &html! { p { "There is no such page. " a href="/" { "Where to begin" } } }),
            )
        }),
    };
    let own = own.with_state(local);
    match spa {
        Some(spa) => own.merge(spa),
        None => own,
    }
}

fn page(title: &str, body: &Markup) -> Response {
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width,initial-scale=1";
                title { (title) " · IGNY8 on this machine" }
                style { (maud::PreEscaped(STYLE)) }
            }
            body { main { h1 { (title) } (body) } }
        }
    };
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-store")], markup.into_string())
        .into_response()
}

async fn home(State(local): State<Local>) -> Response {
    page(
        "IGNY8 runs",
        &html! {
            p.lead { "Every function of the service answers at " code { (local.url) "/api" } ". The README walks from a keyword file to a public page." }
            @if !local.spa { p { "The pages are not built: " code { "cargo xtask up" } " builds them where there is Node 20.19 or newer." } }
            ul {
                li { a href="/api/openapi.json" { "The API" } br; small { "OpenAPI 3.1, every route with an example" } }
                li { a href="/api/system/health" { "Health" } br; small { "200 once everything serves" } }
                li { a href="/local/outbox" { "Outbox" } br; small { "Invitations and password resets that would have been mailed" } }
            }
        },
    )
}

async fn outbox(State(local): State<Local>) -> Response {
    let today = Env::system().now();
    let mut mails: Vec<Mail> = Vec::new();
    for day in 0..DAYS {
        let date = today.before(std::time::Duration::from_hours(24 * day)).date();
        let query = Query::partition(Mail::by_day(&date))
            .index(Index::Gsi1)
            .descending()
            .limit(Limit::new(Limit::MAX).unwrap_or_default());
        match local.table.query::<Mail>(&Keys::outside(), query).await {
            Ok(found) => mails.extend(found.items),
            Err(error) => {
                tracing::error!(%error, "the outbox cannot be read");
                let text = html! { p { "The outbox cannot be read now: " (error) } };
                return (StatusCode::SERVICE_UNAVAILABLE, page("Outbox", &text)).into_response();
            }
        }
    }
    page(
        "Outbox",
        &html! {
            p.lead { "Mail of the last " (DAYS) " days. Nothing leaves this machine." }
            @if mails.is_empty() { article { "No mail yet. Invite someone or ask for a password reset." } }
            @for mail in &mails {
                article {
                    h2 { (mail.subject) }
                    small { "to " (mail.to) " · " (mail.created_at) }
                    pre { (linked(&mail.text)) }
                }
            }
        },
    )
}

/// The text with its addresses as links.
fn linked(text: &str) -> Markup {
    html! {
        @for (n, word) in text.split(' ').enumerate() {
            @if n > 0 { " " }
            @for (n, line) in word.split('\n').enumerate() {
                @if n > 0 { "\n" }
                @if line.starts_with("http://") || line.starts_with("https://") { a href=(line) { (line) } } @else { (line) }
            }
        }
    }
}
