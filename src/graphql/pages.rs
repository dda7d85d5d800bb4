//! The pages for people who write programs against a node: what it is (`/`), GraphiQL (`/graphiql`) and the
//! reference of the REST face (`/docs`).
//!
//! The node serves all of it. No page asks anything of another host: the files are in the binary, and the content
//! security policy lets the browser go nowhere else. No page knows who is calling; the token is typed into the tool
//! and sent to the API by it, never kept.
//!
//! All links are relative, so a node may live below a path.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, HeaderMap},
    web,
};

use crate::text::Languages;
use texts::{TEXTS, Texts};

#[cfg(test)]
mod tests;
mod texts;

/// Scripts and styles come from our own files, and none stands in a page itself.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Mounts the pages and their files.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/").get(home).head(home))
        .service(web::resource("/graphiql").get(graphiql).head(graphiql))
        .service(web::resource("/docs").get(docs).head(docs))
        .service(web::resource("/assets/{path:.+}").get(asset).head(asset));
}

#[derive(rust_embed::Embed)]
#[folder = "src/graphql/assets/"]
struct Assets;

async fn home(http: HttpRequest) -> HttpResponse {
    let t = texts(&http);
    let link = |to: &str, text: &str| format!("<li><a href=\"{to}\">{text}</a></li>");
    let links = [link("docs", t.rest), link("graphiql", t.graphql), link("openapi.json", t.openapi)];
    let body =
        format!("<main><h1>Samvirke</h1><p>{}</p><p>{}</p><ul>{}</ul></main>", t.what, t.who, links.concat());
    page(&http, t, "Samvirke", &[], &[], &body)
}

async fn graphiql(http: HttpRequest) -> HttpResponse {
    let t = texts(&http);
    let body = format!("<div id=\"tool\" class=\"tool\" data-hint=\"{}\"></div>", t.token);
    let scripts = [
        "react-18.3.1/react.production.min.js",
        "react-18.3.1/react-dom.production.min.js",
        "graphiql-3.9.0/graphiql.min.js",
        "own/graphiql.js",
    ];
    page(&http, t, t.graphql, &["graphiql-3.9.0/graphiql.min.css"], &scripts, &body)
}

async fn docs(http: HttpRequest) -> HttpResponse {
    let t = texts(&http);
    let scripts = ["swagger-ui-5.35.0/swagger-ui-bundle.js", "own/docs.js"];
    let body = "<div id=\"tool\" class=\"light\"></div>";
    page(&http, t, t.rest, &["swagger-ui-5.35.0/swagger-ui.css"], &scripts, body)
}

/// The texts in the caller's language, or in the one that it reads most easily.
fn texts(http: &HttpRequest) -> &'static Texts {
    let wishes = Languages::accept(http.headers().get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()));
    let mut order = wishes.order().iter();
    order.find_map(|lang| TEXTS.iter().find(|t| t.lang == *lang)).unwrap_or(&texts::ENGLISH)
}

fn page(
    http: &HttpRequest,
    t: &Texts,
    title: &str,
    styles: &[&str],
    scripts: &[&str],
    body: &str,
) -> HttpResponse {
    let styles: String = ["own/page.css"]
        .iter()
        .chain(styles)
        .map(|path| format!("<link rel=\"stylesheet\" href=\"assets/{path}\">\n"))
        .collect();
    let without =
        if scripts.is_empty() { String::new() } else { format!("<noscript>{}</noscript>\n", t.script) };
    let scripts: String =
        scripts.iter().map(|path| format!("<script src=\"assets/{path}\" defer></script>\n")).collect();
    let html = format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <link rel=\"icon\" href=\"assets/own/icon.svg\">\n{styles}{scripts}</head>\n<body>\n{without}{body}\n\
         </body>\n</html>\n",
        t.lang.tag()
    );
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, html.as_bytes());
    let mut answer = send(http, digest.as_ref(), "text/html; charset=utf-8", "no-cache", html.into_bytes());
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_LANGUAGE, header::HeaderValue::from_static(t.lang.tag()));
    headers.insert(header::VARY, header::HeaderValue::from_static("accept-language"));
    answer
}

async fn asset(http: HttpRequest, path: web::Path<String>) -> HttpResponse {
    let Some(file) = Assets::get(&path) else {
        return HttpResponse::NotFound().insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff")).finish();
    };
    let kind = match path.rsplit_once('.').map(|(_, end)| end) {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "text/plain; charset=utf-8",
    };
    // A folder with a version in its name never changes.
    let keep = if path.starts_with("own/") { "no-cache" } else { "public, max-age=31536000, immutable" };
    send(&http, &file.metadata.sha256_hash(), kind, keep, file.data.into_owned())
}

/// The tag is weak because the body may be compressed on its way.
fn send(
    http: &HttpRequest,
    digest: &[u8],
    kind: &'static str,
    keep: &'static str,
    body: Vec<u8>,
) -> HttpResponse {
    let tag: String = digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    let known = is_known(http.headers(), &tag);
    let mut answer = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    answer
        .insert_header((header::ETAG, format!("W/\"{tag}\"")))
        .insert_header((header::CACHE_CONTROL, keep))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .insert_header(("cross-origin-opener-policy", "same-origin"))
        .insert_header(("cross-origin-resource-policy", "same-origin"));
    if known {
        return answer.finish();
    }
    answer.insert_header((header::CONTENT_TYPE, kind)).body(body)
}

fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let lines = headers.get_all(header::IF_NONE_MATCH).filter_map(|v| v.to_str().ok());
    lines
        .flat_map(|line| line.split(','))
        .map(str::trim)
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known).trim_matches('"') == tag)
}
