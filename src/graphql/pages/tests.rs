use actix_web::{App, http::StatusCode, test as served};

use super::*;

/// Status, headers and body of a GET.
async fn get(path: &str, headers: &[(&str, &str)]) -> (StatusCode, HeaderMap, String) {
    let app = served::init_service(App::new().configure(routes)).await;
    let request = headers.iter().fold(served::TestRequest::get().uri(path), |r, h| r.insert_header(*h));
    let answer = served::call_service(&app, request.to_request()).await;
    let (status, headers) = (answer.status(), answer.headers().clone());
    (status, headers, String::from_utf8(served::read_body(answer).await.to_vec()).unwrap())
}

fn header<'h>(headers: &'h HeaderMap, name: &str) -> &'h str {
    headers.get(name).unwrap_or_else(|| panic!("no {name}")).to_str().unwrap()
}

/// What `src="..."` and `href="..."` of a page name.
fn named(html: &str) -> Vec<&str> {
    ["src=\"", "href=\""]
        .iter()
        .flat_map(|by| html.split(by).skip(1))
        .map(|rest| rest.split('"').next().unwrap())
        .collect()
}

const PAGES: [&str; 3] = ["/", "/graphiql", "/docs"];

#[actix_web::test]
async fn every_file_a_page_names_is_there() {
    for page in PAGES {
        let (status, _, html) = get(page, &[]).await;
        assert_eq!(status, StatusCode::OK);
        let files: Vec<_> = named(&html).into_iter().filter(|to| to.starts_with("assets/")).collect();
        assert!(files.len() >= 2, "{page}: {files:?}");
        for file in files {
            let (status, headers, body) = get(&format!("/{file}"), &[]).await;
            assert_eq!(status, StatusCode::OK, "{file}");
            assert!(!body.is_empty() && !body.contains("sourceMappingURL"), "{file}");
            let kind = match file.rsplit('.').next().unwrap() {
                "js" => "text/javascript; charset=utf-8",
                "css" => "text/css; charset=utf-8",
                _ => "image/svg+xml",
            };
            assert_eq!(header(&headers, "content-type"), kind);
        }
    }
}

#[actix_web::test]
async fn a_page_is_made_of_the_node_s_own_files_alone() {
    for page in PAGES {
        let (_, headers, html) = get(page, &[]).await;
        for to in named(&html) {
            assert!(!to.starts_with('/') && !to.contains(':'), "{page} names {to}");
        }
        // No script and no style in the page itself: the policy would not run it.
        assert!(!html.contains("style=") && !html.contains("<style") && !html.contains("<script>"), "{page}");
        let policy = header(&headers, "content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
        assert!(
            policy.contains("frame-ancestors 'none'") && policy.contains("connect-src 'self'"),
            "{policy}"
        );
        assert!(!policy.contains("http") && !policy.contains("unsafe-eval"), "{policy}");
        assert_eq!(header(&headers, "x-content-type-options"), "nosniff");
        assert_eq!(header(&headers, "referrer-policy"), "no-referrer");
    }
}

#[actix_web::test]
async fn what_is_known_is_not_sent_again() {
    for (path, keep) in [
        ("/", "no-cache"),
        ("/assets/own/page.css", "no-cache"),
        ("/assets/react-18.3.1/react.production.min.js", "public, max-age=31536000, immutable"),
    ] {
        let (_, headers, _) = get(path, &[]).await;
        assert_eq!(header(&headers, "cache-control"), keep);
        let tag = header(&headers, "etag");
        for known in [tag, "\"x\", *", &format!("\"x\", {tag}"), tag.trim_start_matches("W/")] {
            let (status, again, body) = get(path, &[("if-none-match", known)]).await;
            assert_eq!((status, body.as_str()), (StatusCode::NOT_MODIFIED, ""), "{path} {known}");
            assert_eq!(header(&again, "etag"), tag);
        }
        assert_eq!(get(path, &[("if-none-match", "\"other\"")]).await.0, StatusCode::OK);
    }
}

#[actix_web::test]
async fn the_front_page_speaks_the_reader_s_language() {
    for (wish, lang, says) in [
        ("nb-NO,nb;q=0.9,en;q=0.5", "nb", "regionale bibliotek finner"),
        ("no", "nb", "regionale bibliotek finner"),
        ("nn", "nn", "regionale bibliotek finn ut"),
        ("sv-SE", "sv", "regionala bibliotek"),
        ("da", "da", "regionale biblioteker"),
        ("fi;q=0.8, en;q=0.2", "fi", "alueelliset kirjastot"),
        ("se", "nb", "regionale bibliotek finner"),
        ("de, *", "en", "regional libraries"),
        ("", "en", "regional libraries"),
    ] {
        let (_, headers, html) = get("/", &[("accept-language", wish)]).await;
        assert_eq!(header(&headers, "content-language"), lang, "{wish}");
        assert_eq!(header(&headers, "vary"), "accept-language");
        assert!(html.contains(&format!("<html lang=\"{lang}\">")) && html.contains(says), "{wish}: {html}");
    }
    let tag = async |wish| header(&get("/", &[("accept-language", wish)]).await.1, "etag").to_owned();
    assert_ne!(tag("nb").await, tag("nn").await);
}

#[test]
fn no_text_needs_escaping() {
    for t in &TEXTS {
        for text in [t.what, t.who, t.rest, t.graphql, t.openapi, t.script, t.token] {
            assert!(!text.is_empty() && !text.contains(['<', '>', '&', '"']), "{text}");
        }
    }
}

#[actix_web::test]
async fn nothing_but_the_files_is_served() {
    for path in
        ["/assets/../pages.rs", "/assets/%2e%2e/pages.rs", "/assets/own", "/assets/", "/assets//etc/passwd"]
    {
        assert_eq!(get(path, &[]).await.0, StatusCode::NOT_FOUND, "{path}");
    }
    let (status, headers, text) = get("/assets/swagger-ui-5.35.0/LICENSE", &[]).await;
    assert_eq!((status, header(&headers, "content-type")), (StatusCode::OK, "text/plain; charset=utf-8"));
    assert!(text.contains("Apache License"));
}
