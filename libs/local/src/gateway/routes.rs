//! Which route of an HTTP API a request takes: the most specific one, as API Gateway chooses.

use percent_encoding::percent_decode_str;

/// A route and the function behind it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Route<T> {
    method: Option<String>,
    /// `None` is `$default`.
    segments: Option<Vec<Segment>>,
    /// `ANY /path`, as the event names it.
    pub key: String,
    pub target: T,
}

#[derive(Debug, Clone, PartialEq)]
enum Segment {
    Fixed(String),
    One(String),
    Rest(String),
}

/// The parts of a path that stand for variables.
pub(super) type Parameters = Vec<(String, String)>;

impl<T> Route<T> {
    pub fn new(method: &str, path: &str, target: T) -> Self {
        if path == "$default" {
            return Self { method: None, segments: None, key: "$default".into(), target };
        }
        let segments = path.trim_start_matches('/').split('/').map(|segment| {
            let inner = segment.strip_prefix('{').and_then(|segment| segment.strip_suffix('}'));
            match inner.map(|name| (name, name.strip_suffix('+'))) {
                Some((_, Some(name))) => Segment::Rest(name.to_owned()),
                Some((name, None)) => Segment::One(name.to_owned()),
                None => Segment::Fixed(segment.to_owned()),
            }
        });
        Self {
            segments: Some(segments.collect()),
            key: format!("{method} {path}"),
            method: (method != "ANY" && method != "*").then(|| method.to_owned()),
            target,
        }
    }

    pub fn is_default(&self) -> bool {
        self.segments.is_none()
    }

    /// How specific the match is, segment by segment, and the variables; none if there is no match.
    fn matches(&self, method: &str, path: &str) -> Option<(Vec<u8>, Parameters)> {
        if self.method.as_ref().is_some_and(|wanted| wanted != method) {
            return None;
        }
        let by_method = u8::from(self.method.is_some());
        let Some(segments) = &self.segments else { return Some((vec![0], Vec::new())) };
        let mut rest: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        let (mut rank, mut parameters) = (Vec::new(), Vec::new());
        for segment in segments {
            match segment {
                Segment::Rest(name) => {
                    // `/a` is not `/a/{proxy+}`, but `/a/` is.
                    if rest.is_empty() {
                        return None;
                    }
                    rank.push(1);
                    parameters.push((name.clone(), rest.join("/")));
                    rest.clear();
                }
                _ if rest.is_empty() => return None,
                Segment::Fixed(text) => {
                    if percent_decode_str(rest.remove(0)).decode_utf8_lossy() != *text {
                        return None;
                    }
                    rank.push(3);
                }
                Segment::One(name) => {
                    let value = rest.remove(0);
                    if value.is_empty() {
                        return None;
                    }
                    rank.push(2);
                    parameters.push((name.clone(), value.to_owned()));
                }
            }
        }
        if !rest.is_empty() {
            return None;
        }
        rank.push(by_method);
        for (_, value) in &mut parameters {
            *value = percent_decode_str(value).decode_utf8_lossy().into_owned();
        }
        Some((rank, parameters))
    }
}

/// The route for a request, if any.
pub(super) fn choose<'a, T>(routes: &'a [Route<T>], method: &str, path: &str) -> Option<(&'a Route<T>, Parameters)> {
    let candidates = routes.iter().filter_map(|route| {
        let (rank, parameters) = route.matches(method, path)?;
        Some((rank, route, parameters))
    });
    candidates.max_by(|a, b| a.0.cmp(&b.0)).map(|(_, route, parameters)| (route, parameters))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_specific_route_wins() {
        let routes: Vec<_> = [
            ("ANY", "$default"),
            ("ANY", "/{proxy+}"),
            ("GET", "/pets/{proxy+}"),
            ("ANY", "/pets/dog"),
            ("GET", "/pets/dog"),
            ("GET", "/pets/dog/{id}"),
            ("GET", "/pets/dog/1"),
            ("ANY", "/"),
        ]
        .into_iter()
        .map(|(method, path)| Route::new(method, path, ()))
        .collect();
        for (method, path, expected) in [
            ("GET", "/pets/dog/1", "GET /pets/dog/1"),
            ("GET", "/pets/dog/2", "GET /pets/dog/{id}"),
            ("GET", "/pets/dog", "GET /pets/dog"),
            ("POST", "/pets/dog", "ANY /pets/dog"),
            ("GET", "/pets/cat/1/2", "GET /pets/{proxy+}"),
            ("POST", "/pets/cat", "ANY /{proxy+}"),
            ("GET", "/pets/", "GET /pets/{proxy+}"),
            ("GET", "/pets", "ANY /{proxy+}"),
            ("GET", "/", "ANY /"),
        ] {
            let (route, _) = choose(&routes, method, path).unwrap();
            assert_eq!(route.key, expected, "{method} {path}");
        }
        let (_, parameters) = choose(&routes, "GET", "/pets/dog/a%20b").unwrap();
        assert_eq!(parameters, [("id".to_owned(), "a b".to_owned())]);
        assert!(choose(&routes[6..7], "POST", "/pets/dog/1").is_none());
    }
}
