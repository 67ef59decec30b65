//! The contract agrees with itself, and its examples with it.

use std::collections::{BTreeSet, HashSet};
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::support::spec::{Answer, Spec};

/// The problems a schema alone can find; all others need the state of a house.
const SEEN_BY_SCHEMA: [&str; 6] = [
    "invalid",
    "unknown-field",
    "wrong-type",
    "malformed-id",
    "out-of-range",
    "too-many-entries",
];

/// The figures of surveys and stories, whose routes and texts come with them.
const OUTCOME_FIGURES: [&str; 2] = ["survey_responses", "stories"];

fn examples(folder: &str) -> Vec<(String, Value)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("api-spec/examples")
        .join(folder);
    let mut found: Vec<(String, Value)> = std::fs::read_dir(&folder)
        .expect("the folder of examples is there")
        .map(|file| {
            let file = file.expect("the folder can be read").path();
            let name = file
                .file_stem()
                .expect("an example has a name")
                .to_string_lossy()
                .into_owned();
            let text = std::fs::read_to_string(&file).expect("an example can be read");
            (
                name,
                serde_json::from_str(&text).expect("an example is JSON"),
            )
        })
        .collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    assert!(!found.is_empty(), "{} is empty", folder.display());
    found
}

fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get("$ref").and_then(Value::as_str));
            found.extend(
                members
                    .get("mapping")
                    .and_then(Value::as_object)
                    .into_iter()
                    .flatten()
                    .filter_map(|(_, it)| it.as_str()),
            );
            members.values().for_each(|it| references(it, found));
        }
        Value::Array(items) => items.iter().for_each(|it| references(it, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let document = Spec::shared().document();
    let mut found = Vec::new();
    references(document, &mut found);
    assert!(
        found.len() > 300,
        "only {} references were found",
        found.len()
    );
    for reference in found {
        let pointer = reference
            .strip_prefix('#')
            .expect("references stay inside the document");
        assert!(
            document.pointer(pointer).is_some(),
            "{reference} leads nowhere"
        );
    }
}

#[test]
fn every_operation_has_its_own_id_a_summary_and_answers() {
    let mut ids = HashSet::new();
    for (pointer, operation) in Spec::shared().operations() {
        let id = operation["operationId"]
            .as_str()
            .unwrap_or_else(|| panic!("{pointer} has no operationId"));
        assert!(ids.insert(id), "{id} is there twice");
        assert!(operation["summary"].is_string(), "{id} has no summary");
        assert!(
            operation["responses"]
                .as_object()
                .is_some_and(|it| !it.is_empty()),
            "{id} has no answers"
        );
    }
}

#[test]
fn the_problem_schema_lists_the_slugs_of_the_table() {
    let spec = Spec::shared();
    let listed: BTreeSet<String> = spec
        .document()
        .pointer("/components/schemas/Problem/properties/type/enum")
        .and_then(Value::as_array)
        .expect("the schema lists the types")
        .iter()
        .filter_map(|it| it.as_str().map(str::to_owned))
        .collect();
    let table: Vec<String> = spec
        .problems()
        .map(|(slug, _, _)| format!("/problems/{slug}"))
        .collect();
    assert_eq!(table.len(), listed.len(), "a slug is there twice");
    assert_eq!(table.into_iter().collect::<BTreeSet<_>>(), listed);
}

#[test]
fn every_entry_type_has_a_schema_that_refuses_unknown_fields() {
    let schemas = &Spec::shared().document()["components"]["schemas"];
    let types: BTreeSet<&str> = schemas["EntryType"]["enum"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let mapping = schemas["Entry"]["discriminator"]["mapping"]
        .as_object()
        .expect("entries are told apart by type");
    assert_eq!(
        mapping.keys().map(String::as_str).collect::<BTreeSet<_>>(),
        types
    );
    for (kind, reference) in mapping {
        let name = reference
            .as_str()
            .and_then(|it| it.rsplit('/').next())
            .expect("a reference ends in a name");
        assert_eq!(schemas[name]["properties"]["type"]["const"], **kind);
        assert_eq!(schemas[name]["additionalProperties"], false, "{name}");
    }
}

#[test]
fn every_good_example_is_taken_and_every_entry_type_has_one() {
    let mut kinds = BTreeSet::new();
    for (name, body) in examples("good") {
        let operation = name.split('.').next().unwrap_or_default();
        if let Err(difference) = Spec::shared().judge_request(operation, &body) {
            panic!("good/{name}.json: {difference}");
        }
        kinds.extend(
            body["type"]
                .as_str()
                .filter(|_| operation == "record_entries")
                .map(str::to_owned),
        );
    }
    let types = &Spec::shared().document()["components"]["schemas"]["EntryType"]["enum"];
    assert_eq!(
        json!(kinds.len()),
        json!(types.as_array().map_or(0, Vec::len)),
        "{kinds:?}"
    );
}

#[test]
fn every_operation_with_a_json_body_has_a_good_example() {
    let told: HashSet<String> = examples("good")
        .iter()
        .filter_map(|(name, _)| name.split('.').next().map(str::to_owned))
        .collect();
    for (_, operation) in Spec::shared().operations() {
        let id = operation["operationId"]
            .as_str()
            .expect("each operation has an id");
        let takes_json = !operation["requestBody"]["content"]["application/json"].is_null();
        assert!(!takes_json || told.contains(id), "{id} has no example");
    }
}

#[test]
fn a_bad_example_breaks_the_schema_where_a_schema_can_see_it() {
    for (name, body) in examples("bad") {
        let mut parts = name.split('.');
        let (operation, slug) = (
            parts.next().unwrap_or_default(),
            parts.next().unwrap_or_default(),
        );
        assert!(
            Spec::shared().problems().any(|it| it.0 == slug),
            "bad/{name}.json names no problem"
        );
        let taken = Spec::shared().judge_request(operation, &body);
        assert_eq!(
            taken.is_err(),
            SEEN_BY_SCHEMA.contains(&slug),
            "bad/{name}.json: {taken:?}"
        );
    }
}

fn problem(slug: &str, status: u16, title: &str) -> Vec<u8> {
    let problem = json!({"type": format!("/problems/{slug}"), "title": title, "status": status, "instance": "urn:uuid:0198c5a0-0000-7000-8000-000000000001"});
    problem.to_string().into_bytes()
}

fn headers(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

#[test]
fn the_checker_takes_what_is_in_the_contract() {
    let json = headers(&[("content-type", "application/json")]);
    let recorded = json!({"id": "0198c5a0-0000-7000-8000-000000000001", "status": "recorded", "position": 7, "hash": "ab".repeat(32)});
    let body = recorded.to_string();
    let answer = Answer {
        method: "POST",
        path: "/api/v1/entries",
        status: 201,
        headers: &json,
        body: body.as_bytes(),
    };
    Spec::shared().check(answer);
    let stray = problem("not-found", 404, "No such thing");
    let problem_type = headers(&[("Content-Type", "application/problem+json")]);
    let answer = Answer {
        method: "GET",
        path: "/nowhere?a=b",
        status: 404,
        headers: &problem_type,
        body: &stray,
    };
    Spec::shared().check(answer);
}

#[test]
fn the_checker_refuses_what_is_not() {
    let json = headers(&[("content-type", "application/json")]);
    let problem_type = headers(&[("content-type", "application/problem+json")]);
    let entries = |status, headers, body| {
        Spec::shared().judge(Answer {
            method: "POST",
            path: "/api/v1/entries",
            status,
            headers,
            body,
        })
    };
    assert!(
        entries(201, &json, b"{}").is_err(),
        "a body without its fields"
    );
    assert!(
        entries(202, &json, b"{}").is_err(),
        "a status the route does not have"
    );
    let html = headers(&[("content-type", "text/html")]);
    assert!(entries(201, &html, b"{}").is_err(), "another type");
    let busy = problem("busy", 503, "Busy");
    assert!(
        entries(503, &problem_type, &busy).is_err(),
        "Retry-After is missing"
    );
    let with_retry = headers(&[
        ("content-type", "application/problem+json"),
        ("retry-after", "1"),
    ]);
    assert_eq!(entries(503, &with_retry, &busy), Ok(()));
    assert!(
        entries(409, &problem_type, &busy).is_err(),
        "a slug with another status"
    );
    let made_up = problem("made-up", 409, "Made up");
    assert!(
        entries(409, &problem_type, &made_up).is_err(),
        "a slug that is not in the table"
    );
}

#[test]
fn the_longer_route_wins() {
    let png = headers(&[("content-type", "image/png")]);
    let path = format!("/api/v1/codes/{}.png", "0".repeat(26));
    let answer = Answer {
        method: "GET",
        path: &path,
        status: 200,
        headers: &png,
        body: b"png",
    };
    assert_eq!(Spec::shared().judge(answer), Ok(()));
}

#[test]
#[should_panic(expected = "GET /healthz answered 418")]
fn the_checker_panics_with_what_was_asked() {
    Spec::shared().check(Answer {
        method: "GET",
        path: "/healthz",
        status: 418,
        headers: &[],
        body: b"",
    });
}

/// The lines of the first block of this language on a page.
fn block(page: &'static str, language: &str) -> Vec<&'static str> {
    let fence = format!("```{language}");
    page.lines()
        .skip_while(|line| *line != fence)
        .skip(1)
        .take_while(|line| *line != "```")
        .collect()
}

#[test]
fn the_sample_of_the_log_is_a_chain_with_the_head_the_page_names() {
    use sha2::{Digest, Sha256};
    let page = include_str!("../api-spec/log-format.md");
    let (mut position, mut previous, mut head) = (1, [0_u8; 32], String::new());
    for line in block(page, "ndjson") {
        let commit: Value = serde_json::from_str(line).expect("a line is JSON");
        assert_eq!(commit["position"], position);
        let (before, behind) = line.rsplit_once("\"hash\":\"").expect("a line has a hash");
        let mut sum = Sha256::new_with_prefix(previous);
        sum.update(before);
        sum.update(&behind[66..]);
        previous = sum.finalize().into();
        head = previous.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(commit["hash"], head);
        position += commit["events"].as_array().map_or(0, Vec::len);
    }
    assert!(
        page.contains(&format!("prints `{} {head}`", position - 1)),
        "{head}"
    );
}

#[test]
fn every_figure_has_a_label_and_a_definition_in_both_languages() {
    let keys = Spec::shared().document()["components"]["schemas"]["FigureKey"]["enum"].as_array();
    let texts = [
        include_str!("../src/i18n/nl/figures.ftl"),
        include_str!("../src/i18n/en/figures.ftl"),
    ];
    for key in keys
        .expect("the figures are listed")
        .iter()
        .filter_map(Value::as_str)
    {
        if OUTCOME_FIGURES.contains(&key) {
            continue;
        }
        for text in texts {
            for kind in ["figure", "definition"] {
                let id = format!("{kind}-{} =", key.replace('_', "-"));
                assert!(
                    text.lines().any(|line| line.starts_with(&id)),
                    "{id} has no text"
                );
            }
        }
    }
}
