//! Asks over HTTP and holds every answer against the contract.

use super::spec::{Answer, Spec};
use reqwest::Method;
use reqwest::blocking::{Client as Http, RequestBuilder};
use reqwest::redirect::Policy;
use serde_json::Value;
use std::sync::LazyLock;

/// Clients without cookies share their connections.
static HTTP: LazyLock<Http> = LazyLock::new(|| {
    let http = Http::builder().redirect(Policy::none());
    http.build().expect("a client needs no settings")
});

/// Somebody who asks one server.
#[derive(Clone)]
pub struct Client {
    http: Http,
    url: String,
    headers: Vec<(String, String)>,
}

/// What came back, and was as the contract says.
#[derive(Debug)]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// As sent.
    pub headers: Vec<(String, String)>,
    /// As sent.
    pub body: Vec<u8>,
}

impl Client {
    /// Sends nothing of its own.
    pub fn new(url: &str) -> Self {
        Self {
            http: HTTP.clone(),
            url: url.to_owned(),
            headers: Vec::new(),
        }
    }

    /// A browser: keeps its cookies, and sends from our own pages.
    pub fn browser(url: &str) -> Self {
        let http = Http::builder().redirect(Policy::none()).cookie_store(true);
        Self {
            http: http.build().expect("a client needs no settings"),
            url: url.to_owned(),
            headers: vec![("sec-fetch-site".to_owned(), "same-origin".to_owned())],
        }
    }

    /// The same, asking another server, such as this one started again.
    pub fn of(&self, server: &super::Server) -> Self {
        let mut other = self.clone();
        other.url.clone_from(&server.url);
        other
    }

    /// The same, with a bearer token.
    pub fn with_token(&self, token: &str) -> Self {
        self.with("authorization", &format!("Bearer {token}"))
    }

    /// The same, with one more header on every request.
    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut other = self.clone();
        other.headers.push((name.to_owned(), value.to_owned()));
        other
    }

    /// Reads.
    #[track_caller]
    pub fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, |request| request)
    }

    /// Sends JSON.
    #[track_caller]
    pub fn post(&self, path: &str, body: &Value) -> Reply {
        self.send(Method::POST, path, |request| request.json(body))
    }

    /// Sends JSON that changes something.
    #[track_caller]
    pub fn patch(&self, path: &str, body: &Value) -> Reply {
        self.send(Method::PATCH, path, |request| request.json(body))
    }

    /// Removes, or ends.
    #[track_caller]
    pub fn delete(&self, path: &str) -> Reply {
        self.send(Method::DELETE, path, |request| request)
    }

    /// Sends a page's form.
    #[track_caller]
    pub fn form(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let encode = |text: &str| -> String {
            text.bytes()
                .map(|byte| {
                    if byte.is_ascii_alphanumeric() {
                        char::from(byte).to_string()
                    } else {
                        format!("%{byte:02X}")
                    }
                })
                .collect()
        };
        let pairs = fields.iter();
        let pairs = pairs.map(|(name, value)| format!("{}={}", encode(name), encode(value)));
        let body = pairs.collect::<Vec<_>>().join("&");
        self.bytes(
            Method::POST,
            path,
            "application/x-www-form-urlencoded",
            body,
        )
    }

    /// Sends a body as it is.
    #[track_caller]
    pub fn bytes(
        &self,
        method: Method,
        path: &str,
        content_type: &str,
        body: impl Into<Vec<u8>>,
    ) -> Reply {
        self.send(method, path, |request| {
            request
                .header("content-type", content_type)
                .body(body.into())
        })
    }

    /// Sends whatever is made of the request.
    #[track_caller]
    pub fn send(
        &self,
        method: Method,
        path: &str,
        make: impl FnOnce(RequestBuilder) -> RequestBuilder,
    ) -> Reply {
        let url = format!("{}{path}", self.url);
        let request = self.http.request(method.clone(), url);
        let own = self.headers.iter();
        let request = own.fold(request, |request, (name, value)| {
            request.header(name, value)
        });
        let response = make(request).send().expect("the server answers");
        let text = |value: &reqwest::header::HeaderValue| {
            String::from_utf8_lossy(value.as_bytes()).into_owned()
        };
        let reply = Reply {
            status: response.status().as_u16(),
            headers: response
                .headers()
                .iter()
                .map(|(name, value)| (name.to_string(), text(value)))
                .collect(),
            body: response.bytes().expect("the answer comes whole").to_vec(),
        };
        if in_contract(path) {
            Spec::shared().check(Answer {
                method: method.as_str(),
                path,
                status: reply.status,
                headers: &reply.headers,
                body: &reply.body,
            });
        }
        reply
    }
}

/// Pages are not in the contract, but for those of problems.
fn in_contract(path: &str) -> bool {
    ["/api/", "/healthz", "/readyz", "/metrics", "/problems/"]
        .iter()
        .any(|start| path.starts_with(start))
}

impl Reply {
    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header, its name in small letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(it, _)| it == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The same, once its status is this one.
    #[track_caller]
    pub fn with_status(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }

    /// The JSON of an answer with this status.
    #[track_caller]
    pub fn told(self, status: u16) -> Value {
        self.with_status(status).json()
    }

    /// The slug of the problem it is; empty where it is none.
    pub fn problem(&self) -> String {
        let body: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        let kind = body["type"].as_str().unwrap_or_default();
        kind.strip_prefix("/problems/")
            .unwrap_or_default()
            .to_owned()
    }
}
