//! Every path of the OpenAPI document with its methods, and whose it is.
//!
//! The framework tries one path after the other, each by a regular expression: of some two hundred that took longer than all
//! else that a short answer takes. So a request's path is looked up once, as it comes in, and only the routes of that noun are tried.

use actix_web::{HttpMessage, dev::ServiceRequest, guard::GuardContext, http::Method};
use utoipa::openapi::{OpenApi, path::Operation};

/// Whose a request is: a place among [`crate::rest::NOUNS`].
struct Whose(usize);

/// Is this request the n-th noun's?
pub(super) fn is_of(asked: &GuardContext<'_>, noun: usize) -> bool {
    asked.req_data().get::<Whose>().is_some_and(|whose| whose.0 == noun)
}

struct Path {
    template: String,
    parts: Vec<String>,
    /// In the order of their names, with whose it is; none: no noun's.
    methods: Vec<(Method, Option<usize>)>,
}

/// In the order of their templates: what stands just so comes before what has an id in its place, for a brace sorts last.
pub struct Routes(Vec<Path>);

impl Routes {
    /// Of the parts of the OpenAPI document, in the order of the nouns.
    pub(super) fn of(parts: &[OpenApi]) -> Self {
        let mut routes = Self(Vec::new());
        for (noun, part) in parts.iter().enumerate() {
            for (template, item) in &part.paths.paths {
                let methods: [(Method, &Option<Operation>); 5] = [
                    (Method::DELETE, &item.delete),
                    (Method::GET, &item.get),
                    (Method::PATCH, &item.patch),
                    (Method::POST, &item.post),
                    (Method::PUT, &item.put),
                ];
                for (method, _) in methods.into_iter().filter(|(_, operation)| operation.is_some()) {
                    routes.add(template, method, Some(noun));
                }
            }
        }
        for (template, method) in [
            ("/oauth2/token", Method::POST),
            ("/calendar/{client}/{secret}", Method::GET),
            ("/.well-known/jwks.json", Method::GET),
            ("/.well-known/oauth-authorization-server", Method::GET),
            ("/openapi.json", Method::GET),
        ] {
            routes.add(template, method, None);
        }
        routes.sort();
        routes
    }

    fn sort(&mut self) {
        for path in &mut self.0 {
            path.methods.sort_by(|(a, _), (b, _)| a.as_str().cmp(b.as_str()));
        }
        self.0.sort_by(|a, b| a.template.cmp(&b.template));
    }

    fn add(&mut self, template: &str, method: Method, noun: Option<usize>) {
        match self.0.iter_mut().find(|path| path.template == template) {
            Some(path) => path.methods.push((method, noun)),
            None => self.0.push(Path {
                template: template.to_owned(),
                parts: template.split('/').map(str::to_owned).collect(),
                methods: vec![(method, noun)],
            }),
        }
    }

    fn fitting<'r>(&'r self, parts: &[&str]) -> impl Iterator<Item = &'r Path> {
        self.0.iter().filter(move |path| path.fits(parts))
    }

    /// Notes on a request whose it is, before anything else is done with it, and gives the template of its path, if there is
    /// such a path.
    pub fn look_up(&self, request: &ServiceRequest) -> Option<String> {
        // HEAD is asked as GET; see [`crate::rest::paced`].
        let method = if request.method() == Method::HEAD { &Method::GET } else { request.method() };
        let (template, noun) = self.find(method, request.match_info().as_str())?;
        if let Some(noun) = noun {
            request.extensions_mut().insert(Whose(noun));
        }
        Some(template.to_owned())
    }

    /// The template that fits a path and has the method, and whose it is; or else one that fits the path.
    fn find(&self, method: &Method, path: &str) -> Option<(&str, Option<usize>)> {
        let parts: Vec<&str> = path.split('/').collect();
        let has = |path: &Path| path.methods.iter().find(|(known, _)| known == method).map(|(_, noun)| *noun);
        let answering = self.fitting(&parts).find_map(|path| Some((path.template.as_str(), has(path)?)));
        answering.or_else(|| self.fitting(&parts).next().map(|path| (path.template.as_str(), None)))
    }

    /// Of a path that is just so in the document, without an id in it.
    pub(super) fn plain(&self, path: &str) -> String {
        self.0.iter().find(|known| known.template == path).map(Path::methods).unwrap_or_default()
    }

    pub(super) fn methods(&self, path: &str) -> String {
        let parts: Vec<&str> = path.split('/').collect();
        self.fitting(&parts).next().map(Path::methods).unwrap_or_default()
    }
}

impl Path {
    fn fits(&self, parts: &[&str]) -> bool {
        self.parts.len() == parts.len()
            && self.parts.iter().zip(parts).all(|(t, p)| (t.starts_with('{') && !p.is_empty()) || t == p)
    }

    fn methods(&self) -> String {
        let names: Vec<&str> = self.methods.iter().map(|(method, _)| method.as_str()).collect();
        names.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{app, rest};

    #[test]
    fn every_operation_is_found_to_be_its_own_nouns() {
        let parts = app::parts();
        let routes = Routes::of(&parts);
        assert_eq!(parts.len(), rest::NOUNS.len() + 1);
        let mut found: BTreeMap<usize, usize> = BTreeMap::new();
        for (noun, part) in parts.iter().enumerate() {
            for (template, item) in &part.paths.paths {
                let path = template.replace('{', "a").replace('}', "z");
                for (method, there) in [
                    (Method::GET, item.get.is_some()),
                    (Method::POST, item.post.is_some()),
                    (Method::PUT, item.put.is_some()),
                    (Method::PATCH, item.patch.is_some()),
                    (Method::DELETE, item.delete.is_some()),
                ] {
                    if there {
                        assert_eq!(
                            routes.find(&method, &path),
                            Some((template.as_str(), Some(noun))),
                            "{method} {path}"
                        );
                        *found.entry(noun).or_default() += 1;
                    }
                }
            }
        }
        assert_eq!(found.len(), parts.len());
    }

    #[test]
    fn what_stands_just_so_comes_before_an_id_and_a_path_without_the_method_is_nobodys() {
        let mut routes = Routes(Vec::new());
        for (template, method, noun) in [
            ("/api/v1/things/{id}", Method::GET, 1),
            ("/api/v1/things/{id}", Method::DELETE, 1),
            ("/api/v1/things/offered", Method::GET, 2),
            ("/api/v1/things/{id}/parts/{part}", Method::GET, 3),
        ] {
            routes.add(template, method, Some(noun));
        }
        routes.sort();
        let find = |method, path: &str| {
            routes.find(&method, path).map(|(template, noun)| (template.trim_start_matches("/api/v1"), noun))
        };
        assert_eq!(find(Method::GET, "/api/v1/things/offered"), Some(("/things/offered", Some(2))));
        // As an id that is none: whoever answers there says so.
        assert_eq!(find(Method::DELETE, "/api/v1/things/offered"), Some(("/things/{id}", Some(1))));
        assert_eq!(find(Method::PUT, "/api/v1/things/offered"), Some(("/things/offered", None)));
        assert_eq!(
            find(Method::GET, "/api/v1/things/a/parts/b"),
            Some(("/things/{id}/parts/{part}", Some(3)))
        );
        for none in
            ["/api/v1/things", "/api/v1/things/", "/api/v1/things/a/parts/", "/api/v1/things/a/", "/", ""]
        {
            assert_eq!(find(Method::GET, none), None, "{none}");
        }
        assert_eq!(routes.methods("/api/v1/things/a"), "DELETE, GET");
        assert_eq!(routes.plain("/api/v1/things/a"), "");
    }
}
