//! Holds answers and requests against `api-spec/openapi.yaml`.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use jsonschema::{Draft, Validator};
use serde_json::{Value, json};

/// What a server answered.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// In capitals or not.
    pub method: &'a str,
    /// As asked, with its query.
    pub path: &'a str,
    /// The status code.
    pub status: u16,
    /// Names in any case.
    pub headers: &'a [(String, String)],
    /// As it came.
    pub body: &'a [u8],
}

/// The contract, ready to judge.
pub struct Spec {
    document: &'static Value,
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

impl Spec {
    /// The one contract there is; its validators are made once a process.
    pub fn shared() -> &'static Self {
        static SPEC: LazyLock<Spec> = LazyLock::new(|| Spec {
            document: meetellen::api::openapi::document(),
            validators: Mutex::default(),
        });
        &SPEC
    }

    /// The document itself.
    pub fn document(&self) -> &'static Value {
        self.document
    }

    /// Panics, naming what differs, unless the contract allows this answer. Where the contract knows no such route or
    /// method, only the problems `not-found` and `method-not-allowed` are right.
    #[track_caller]
    pub fn check(&self, answer: Answer<'_>) {
        if let Err(difference) = self.judge(answer) {
            let Answer {
                method,
                path,
                status,
                ..
            } = answer;
            let shown = &answer.body[..answer.body.len().min(2_000)];
            let body = String::from_utf8_lossy(shown);
            panic!(
                "{method} {path} answered {status}, which is not in openapi.yaml: {difference}\n{body}"
            );
        }
    }

    /// What `check` would panic with.
    pub fn judge(&self, answer: Answer<'_>) -> Result<(), String> {
        let Some(template) = self.template(answer.path) else {
            return self.judge_stray(answer, 404, "/problems/not-found");
        };
        let Some(operation) = self.operation(&template, answer.method) else {
            return self.judge_stray(answer, 405, "/problems/method-not-allowed");
        };
        let status = answer.status.to_string();
        let response = operation["responses"].get(&status);
        let (pointer, response) = self
            .resolve(
                &format!(
                    "{}/responses/{status}",
                    operation_pointer(&template, answer.method)
                ),
                response.ok_or("no such status for this route")?,
            )
            .ok_or("its $ref leads nowhere")?;
        self.judge_headers(answer, response)?;
        self.judge_body(answer, &pointer, response)
    }

    /// Whether the contract takes this body for an operation.
    pub fn judge_request(&self, operation_id: &str, body: &Value) -> Result<(), String> {
        let (pointer, operation) = self
            .operations()
            .find(|(_, it)| it["operationId"] == operation_id)
            .ok_or("no such operation")?;
        let content = operation["requestBody"]["content"]
            .as_object()
            .ok_or("the operation takes no body")?;
        let media = content.keys().next().ok_or("the body has no type")?;
        self.matches(
            &format!("{pointer}/requestBody/content/{}/schema", escape(media)),
            body,
        )
    }

    /// Every operation with the JSON pointer to it.
    pub fn operations(&self) -> impl Iterator<Item = (String, &'static Value)> {
        self.document["paths"]
            .as_object()
            .into_iter()
            .flatten()
            .flat_map(|(template, item)| {
                item.as_object()
                    .into_iter()
                    .flatten()
                    .filter(|(method, _)| *method != "parameters")
                    .map(|(method, operation)| (operation_pointer(template, method), operation))
            })
    }

    /// Slug, status and title of every problem.
    pub fn problems(&self) -> impl Iterator<Item = (&'static str, u64, &'static str)> {
        self.document["x-problems"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|row| {
                (
                    row["slug"].as_str().expect("each problem has a slug"),
                    row["status"].as_u64().expect("each problem has a status"),
                    row["title"].as_str().expect("each problem has a title"),
                )
            })
    }

    /// The target of a `$ref`, or the value itself, with the pointer to it.
    pub fn resolve(
        &self,
        pointer: &str,
        value: &'static Value,
    ) -> Option<(String, &'static Value)> {
        match value.get("$ref").and_then(Value::as_str) {
            Some(reference) => {
                let pointer = reference.strip_prefix('#')?;
                Some((pointer.to_owned(), self.document.pointer(pointer)?))
            }
            None => Some((pointer.to_owned(), value)),
        }
    }

    fn operation(&self, template: &str, method: &str) -> Option<&'static Value> {
        self.document["paths"][template].get(method.to_lowercase())
    }

    /// The route with the most literal text among those that fit: `/codes/{code}.svg` before `/codes/{code}`.
    fn template(&self, path: &str) -> Option<String> {
        let path = path.split(['?', '#']).next().unwrap_or_default();
        self.document["paths"]
            .as_object()?
            .keys()
            .filter(|template| fits(template, path))
            .max_by_key(|template| literal(template))
            .cloned()
    }

    fn judge_stray(&self, answer: Answer<'_>, status: u16, kind: &str) -> Result<(), String> {
        if answer.status != status {
            return Err(format!(
                "the contract has no such route or method, so {status} is right"
            ));
        }
        let problem: Value =
            serde_json::from_slice(answer.body).map_err(|error| error.to_string())?;
        if problem["type"] != kind {
            return Err(format!("{kind} is right"));
        }
        self.judge_problem(answer.status, &problem)
    }

    fn judge_headers(&self, answer: Answer<'_>, response: &'static Value) -> Result<(), String> {
        for (name, header) in response["headers"].as_object().into_iter().flatten() {
            let (_, header) = self
                .resolve("", header)
                .ok_or("a header's $ref leads nowhere")?;
            if header["required"] == true && header_of(answer.headers, name).is_none() {
                return Err(format!("the header {name} is missing"));
            }
        }
        Ok(())
    }

    fn judge_body(
        &self,
        answer: Answer<'_>,
        pointer: &str,
        response: &Value,
    ) -> Result<(), String> {
        let Some(content) = response["content"].as_object() else {
            return if answer.body.is_empty() {
                Ok(())
            } else {
                Err("no body is right".to_owned())
            };
        };
        if answer.method.eq_ignore_ascii_case("HEAD") {
            return Ok(());
        }
        let sent = header_of(answer.headers, "content-type")
            .ok_or("the header Content-Type is missing")?;
        let media = sent.split(';').next().unwrap_or_default().trim();
        if !content.contains_key(media) {
            return Err(format!(
                "the type {media} is not among {:?}",
                content.keys().collect::<Vec<_>>()
            ));
        }
        if media != "application/json" && !media.ends_with("+json") {
            return Ok(());
        }
        let body: Value = serde_json::from_slice(answer.body).map_err(|error| error.to_string())?;
        self.matches(
            &format!("{pointer}/content/{}/schema", escape(media)),
            &body,
        )?;
        match media {
            "application/problem+json" => self.judge_problem(answer.status, &body),
            _ => Ok(()),
        }
    }

    fn judge_problem(&self, status: u16, problem: &Value) -> Result<(), String> {
        self.matches("/components/schemas/Problem", problem)?;
        let slug = problem["type"]
            .as_str()
            .and_then(|kind| kind.strip_prefix("/problems/"))
            .unwrap_or_default();
        let (_, right, title) = self
            .problems()
            .find(|row| row.0 == slug)
            .ok_or("no such slug")?;
        if problem["status"] != right || u64::from(status) != right {
            return Err(format!("{slug} has status {right}"));
        }
        if problem["title"] != title {
            Err(format!("{slug} has the title {title:?}"))
        } else {
            Ok(())
        }
    }

    fn matches(&self, pointer: &str, body: &Value) -> Result<(), String> {
        let validator = self.validator(pointer)?;
        let differences: Vec<String> = validator
            .iter_errors(body)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        if differences.is_empty() {
            Ok(())
        } else {
            Err(differences.join("\n"))
        }
    }

    fn validator(&self, pointer: &str) -> Result<Arc<Validator>, String> {
        let mut validators = self
            .validators
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(validator) = validators.get(pointer) {
            return Ok(Arc::clone(validator));
        }
        let schema = self
            .document
            .pointer(pointer)
            .ok_or_else(|| format!("openapi.yaml has nothing at {pointer}"))?;
        let schema = json!({ "allOf": [schema], "components": self.document["components"] });
        let validator = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .should_validate_formats(true)
            .build(&schema)
            .map_err(|error| format!("the schema at {pointer} is wrong: {error}"))?;
        let validator = Arc::new(validator);
        validators.insert(pointer.to_owned(), Arc::clone(&validator));
        Ok(validator)
    }
}

fn header_of<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers
        .iter()
        .find(|(it, _)| it.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.as_str())
}

fn operation_pointer(template: &str, method: &str) -> String {
    format!("/paths/{}/{}", escape(template), method.to_lowercase())
}

/// As RFC 6901 writes a name inside a pointer.
fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn literal(template: &str) -> usize {
    template
        .split('/')
        .map(|part| {
            part.find('{')
                .map_or(part.len(), |from| part.len() - placeholder(part, from))
        })
        .sum()
}

fn placeholder(part: &str, from: usize) -> usize {
    part.find('}').map_or(0, |to| to + 1 - from)
}

fn fits(template: &str, path: &str) -> bool {
    let (wanted, given): (Vec<&str>, Vec<&str>) =
        (template.split('/').collect(), path.split('/').collect());
    wanted.len() == given.len()
        && wanted
            .iter()
            .zip(given)
            .all(|(part, text)| fits_part(part, text))
}

fn fits_part(part: &str, text: &str) -> bool {
    match (part.split_once('{'), part.split_once('}')) {
        (Some((before, _)), Some((_, behind))) => {
            text.len() > before.len() + behind.len()
                && text.starts_with(before)
                && text.ends_with(behind)
        }
        _ => part == text,
    }
}
