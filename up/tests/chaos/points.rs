//! The fail points that the sources name, and the rule that no write is without one.
//!
//! Sources are read as tokens, so comments and texts cannot deceive it, and what stands in macros is seen too.

use std::{collections::BTreeSet, path::PathBuf};

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// Operations of AWS's clients that change nothing. Every other one counts as a write.
const READS: [&str; 7] =
    ["get_item", "batch_get_item", "query", "get_object", "head_object", "list_objects_v2", "get_secret_value"];
/// The rooms that may hold AWS's clients.
const ROOMS: [&str; 2] = ["libs/cloud", "libs/table"];

/// What the sources say.
#[derive(Debug, Default)]
pub struct Found {
    /// Every fail point.
    pub points: BTreeSet<String>,
    /// Requests to AWS inside of `failpoint::around`.
    pub writes: usize,
    /// Requests to AWS that only read.
    pub reads: usize,
    /// What breaks the rule, in words.
    pub faults: Vec<String>,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The source files of everything that is deployed, with their paths in the repository.
fn sources() -> Vec<(String, TokenStream)> {
    let mut open = vec![root().join("libs"), root().join("functions")];
    let mut found = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(root()).unwrap().display().to_string();
            // The local cloud plays the other side, and is in no deployed binary.
            let other = ["libs/local", "libs/testing"].contains(&name.as_str());
            if path.is_dir() && !other && !name.ends_with("/tests") && !name.ends_with("/examples") {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") && name.contains("/src/") {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((name, text.parse().unwrap()));
            }
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

/// All fail points, and all breaches of the rule, of the sources as they are.
pub fn of_the_sources() -> Found {
    let sources = sources();
    let mut found = read(&sources);
    for (folder, text) in manifests() {
        let used: toml_like::Section = toml_like::dependencies(&text);
        if used.any("aws-sdk-") && !ROOMS.contains(&folder.as_str()) {
            found.faults.push(format!("{folder} depends on AWS's clients"));
        }
        if used.any("igny8-local") || used.any("igny8-testing") {
            found.faults.push(format!("{folder} depends on what only tests and the local cloud may use"));
        }
    }
    found
}

/// Cargo.toml of everything that is deployed.
fn manifests() -> Vec<(String, String)> {
    let folders = ["libs", "functions"].into_iter().flat_map(|folder| std::fs::read_dir(root().join(folder)).unwrap());
    let folders = folders.map(|entry| entry.unwrap().path());
    let read = folders.filter_map(|path| {
        let folder = path.strip_prefix(root()).unwrap().display().to_string();
        let text = std::fs::read_to_string(path.join("Cargo.toml")).ok()?;
        (!["libs/local", "libs/testing"].contains(&folder.as_str())).then_some((folder, text))
    });
    read.collect()
}

/// As much of TOML as the question needs.
mod toml_like {
    pub struct Section(Vec<String>);

    impl Section {
        pub fn any(&self, prefix: &str) -> bool {
            self.0.iter().any(|line| line.starts_with(prefix))
        }
    }

    /// The lines of `[dependencies]` and of tables below it.
    pub fn dependencies(text: &str) -> Section {
        let mut inside = false;
        let mut lines = Vec::new();
        for line in text.lines() {
            if line.starts_with('[') {
                inside = line == "[dependencies]";
                lines.extend(line.strip_prefix("[dependencies.").map(str::to_owned));
            } else if inside {
                lines.push(line.to_owned());
            }
        }
        Section(lines)
    }
}

fn read(sources: &[(String, TokenStream)]) -> Found {
    let mut found = Found::default();
    let mut takers = BTreeSet::new();
    for (_, tokens) in sources {
        walk(&list(tokens), false, &mut |level, at, _| takers.extend(taker(level, at)));
    }
    for (file, tokens) in sources {
        let room = ROOMS.iter().any(|room| file.starts_with(room));
        walk(&list(tokens), false, &mut |level, at, around| {
            call_of_a_taker(file, level, at, &takers, &mut found);
            if room {
                request(file, level, at, around, &mut found);
            }
        });
    }
    found
}

fn list(tokens: &TokenStream) -> Vec<TokenTree> {
    tokens.clone().into_iter().collect()
}

/// Visits every token with the others of its level; modules of tests are passed over. The visitor is told whether it is
/// inside of the parentheses of `failpoint::around`.
fn walk(level: &[TokenTree], around: bool, visit: &mut impl FnMut(&[TokenTree], usize, bool)) {
    for (at, token) in level.iter().enumerate() {
        visit(level, at, around);
        let TokenTree::Group(group) = token else { continue };
        let is_test = at >= 4
            && is(level, at - 2, "mod")
            && matches!(&level[at - 3], TokenTree::Group(attribute) if attribute.stream().to_string().replace(' ', "") == "cfg(test)");
        if is_test {
            continue;
        }
        let inside = at >= 4 && is(level, at - 1, "around") && is(level, at - 4, "failpoint");
        walk(&list(&group.stream()), around || inside, visit);
    }
}

fn is(level: &[TokenTree], at: usize, word: &str) -> bool {
    matches!(level.get(at), Some(TokenTree::Ident(ident)) if ident == word)
}

fn dot(level: &[TokenTree], at: usize) -> bool {
    matches!(level.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == '.')
}

fn parentheses(level: &[TokenTree], at: usize) -> Option<&Group> {
    match level.get(at) {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis => Some(group),
        _ => None,
    }
}

/// The name of the function that is declared here, if it takes a fail point: a parameter `point` of the type `Point`, or
/// of what that is, `&'static str`.
fn taker(level: &[TokenTree], at: usize) -> Option<String> {
    let TokenTree::Ident(name) = level.get(at + 1)? else { return None };
    if !is(level, at, "fn") {
        return None;
    }
    // Generics may stand before the parameters.
    let parameters = (at + 2..level.len()).find_map(|at| parentheses(level, at))?;
    let parameters = list(&parameters.stream());
    let takes = (0..parameters.len()).any(|at| {
        let colon = matches!(parameters.get(at + 1), Some(TokenTree::Punct(colon)) if colon.as_char() == ':');
        let kind = parameters.get(at + 2..).unwrap_or_default();
        let kind = kind.iter().take_while(|token| !matches!(token, TokenTree::Punct(comma) if comma.as_char() == ','));
        is(&parameters, at, "point")
            && colon
            && kind
                .into_iter()
                .any(|token| matches!(token, TokenTree::Ident(name) if name == "Point" || name == "static"))
    });
    takes.then(|| name.to_string())
}

/// Reads the fail point that a function is given: a text, or the `point` of a function that was given one itself.
fn call_of_a_taker(file: &str, level: &[TokenTree], at: usize, takers: &BTreeSet<String>, found: &mut Found) {
    let TokenTree::Ident(name) = &level[at] else { return };
    let Some(arguments) = parentheses(level, at + 1) else { return };
    if !(takers.contains(&name.to_string()) && at > 0 && dot(level, at - 1)) {
        return;
    }
    let arguments = list(&arguments.stream());
    let text = arguments.iter().find_map(|argument| match argument {
        TokenTree::Literal(literal) => literal.to_string().strip_prefix('"')?.strip_suffix('"').map(str::to_owned),
        _ => None,
    });
    let passed_on = (0..arguments.len()).any(|at| is(&arguments, at, "point"));
    match text {
        Some(text) if text.contains('.') => drop(found.points.insert(text)),
        _ if passed_on => {}
        // The operations of AWS's clients begin without arguments; `send` is also a channel's.
        _ if arguments.is_empty() || name == "send" && commas(&arguments) < 2 => {}
        _ => found.faults.push(format!("{file}: the fail point of a call of {name} cannot be read")),
    }
}

fn commas(arguments: &[TokenTree]) -> usize {
    arguments.iter().filter(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',')).count()
}

/// Holds a request to AWS, `….send()`, to the rule: it only reads, or it stands inside of `failpoint::around`.
fn request(file: &str, level: &[TokenTree], at: usize, around: bool, found: &mut Found) {
    let empty = |at| parentheses(level, at).is_some_and(|group| group.stream().is_empty());
    if !(is(level, at, "send") && at > 0 && dot(level, at - 1) && empty(at + 1)) {
        return;
    }
    // Only what reads pages has a start.
    let pages = "set_exclusive_start_key";
    // The operation is the first call of the chain that a client begins: `client.get_item()`, `self.s3().put_object()`.
    let ends = |at: &usize| matches!(&level[*at], TokenTree::Punct(punct) if matches!(punct.as_char(), ';' | '='));
    let chain = (1..at).rev().take_while(|at| !ends(at)).filter(|at| dot(level, at - 1));
    let mut calls = chain.filter(|at| is(level, *at, pages) || empty(at + 1));
    let reads = calls.any(|at| is(level, at, pages) || READS.iter().any(|read| is(level, at, read)));
    match (around, reads) {
        (true, _) => found.writes += 1,
        (false, true) => found.reads += 1,
        (false, false) => {
            found.faults.push(format!("{file}: a request to AWS that is no known read has no fail point"));
        }
    }
}

#[test]
fn no_write_is_without_a_fail_point() {
    let found = of_the_sources();
    assert_eq!(found.faults, Vec::<String>::new());
    // put_item, update_item, transact_write_items; put_object three times, copy_object, delete_objects; send_message; put_events;
    // post_to_connection, delete_connection.
    assert_eq!(found.writes, 12, "a new way to write: is it inside of failpoint::around?");
    assert!(found.reads >= 7 && found.points.len() >= 77, "{found:#?}");
}

#[test]
fn a_write_without_a_fail_point_is_found() {
    let check = |file: &str, text: &str| read(&[(file.to_owned(), text.parse().unwrap())]);
    let bad = [
        "async fn f(&self) { let answer = self.s3().put_object().key(key).send().await; }",
        "async fn f(&self) { self.client().query().send().await?; self.client().put_item().send().await?; }",
        "async fn f(&self) { tokio::select! { sent = self.sqs().send_message().send() => {} } }",
        "async fn f() { around(point, async { 1 }).await; client.put_events().set_entries(x).send().await }",
        "async fn f() { let request = client.delete_objects(); request.send().await }",
        "fn w(point: Point) {} fn f(&self) { self.w(NAME) }",
        "fn send(&self, point: Point, queue: Queue, message: Message) {} fn f(&self) { self.send(NAME, &queue, message) }",
    ];
    for text in bad {
        assert_eq!(check("libs/cloud/src/x.rs", text).faults.len(), 1, "{text}");
    }
    let good = "fn w(&self, point: Point) { failpoint::around(point, self.s3().put_object().key(\"k\").send()).await } \
        fn g(&self, point: Point) { self.w(point) } fn f(&self) { self.g(\"x.y\"); self.client().get_item().send().await; } \
        #[cfg(test)] mod tests { fn t() { x.g(\"not.this\") } }";
    let found = check("libs/table/src/x.rs", good);
    assert_eq!((found.faults.len(), found.writes, found.reads), (0, 1, 1), "{found:?}");
    assert_eq!(found.points, BTreeSet::from(["x.y".to_owned()]));
}
