use super::*;
use std::collections::BTreeSet;
use std::path::Path;

/// Keys that the code makes from its own words: `word("role", …)` and the like.
const MADE_FROM_WORDS: [&str; 16] = [
    "evidence",
    "data",
    "coverage",
    "standing",
    "person-age",
    "till",
    "role",
    "role-may",
    "shift-kind",
    "organised-by",
    "entry",
    "state",
    "basis",
    "figure",
    "definition",
    "warning",
];

fn keys(language: Language, file: &str) -> BTreeSet<String> {
    let path = Path::new("src/i18n").join(language.tag()).join(file);
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.lines()
        .filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase()))
        .filter_map(|line| Some(line.split_once('=')?.0.trim().to_owned()))
        .collect()
}

fn files(language: Language) -> BTreeSet<String> {
    std::fs::read_dir(Path::new("src/i18n").join(language.tag()))
        .expect("every language has its folder")
        .map(|entry| {
            entry
                .expect("readable")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect()
}

#[test]
fn every_language_has_the_same_keys() {
    for file in files(Language::Dutch) {
        let languages: &[Language] = if file == "visitor.ftl" {
            &Language::VISITOR
        } else {
            &Language::TEAM
        };
        let dutch = keys(Language::Dutch, &file);
        assert!(!dutch.is_empty(), "{file} has keys");
        for &language in languages {
            let own = keys(language, &file);
            let differing: Vec<_> = dutch.symmetric_difference(&own).collect();
            assert!(
                differing.is_empty(),
                "{file}, {}: {differing:?}",
                language.tag()
            );
        }
    }
}

#[test]
fn every_text_parses_and_is_found_in_its_own_language() {
    let names = [
        "count",
        "what",
        "name",
        "names",
        "counted",
        "all",
        "role",
        "time",
        "day",
        "number",
        "who",
        "value",
        "position",
        "hash",
        "expected",
        "difference",
        "instance",
        "shift",
        "since",
        "until",
        "hours",
        "activity",
        "heads",
        "check_ins",
        "persons",
        "room",
        "holds",
        "cups",
        "visits",
        "revenue",
        "month",
        "when",
    ];
    let arguments = names
        .map(|name| (Cow::Borrowed(name), FluentValue::from(1)))
        .into();
    for language in Language::VISITOR {
        for file in files(language) {
            for key in keys(language, &file) {
                let text =
                    TEXTS.try_lookup_complete(&language.identifier(), &key, Some(&arguments));
                let text = text.unwrap_or_else(|| panic!("{} {key}", language.tag()));
                assert!(
                    !text.contains('{'),
                    "{} {key} fills in an unknown name: {text}",
                    language.tag()
                );
            }
        }
    }
}

/// Everything the pages' routes are made of, to look for keys in.
fn page_sources() -> String {
    let mut text = std::fs::read_to_string("src/web/page.rs").expect("readable");
    let mut folders = vec![Path::new("src/web/page").to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("the routes are there") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                text.push_str(&std::fs::read_to_string(&path).expect("readable"));
            }
        }
    }
    text
}

fn used_in_templates() -> BTreeSet<(String, String)> {
    let mut used = BTreeSet::new();
    for entry in std::fs::read_dir("src/web/templates").expect("the templates are there") {
        let path = entry.expect("readable").path();
        let text = std::fs::read_to_string(&path).expect("readable");
        for call in ["t.say(\"", "t.with(\"", "t.with_two(\""] {
            for rest in text.split(call).skip(1) {
                let key = rest.split('"').next().unwrap_or_default().to_owned();
                used.insert((path.display().to_string(), key));
            }
        }
    }
    used
}

#[test]
fn templates_use_only_known_keys() {
    let known: BTreeSet<String> = files(Language::Dutch)
        .iter()
        .flat_map(|file| keys(Language::Dutch, file))
        .collect();
    let used = used_in_templates();
    assert!(used.len() > 50, "the templates were read");
    for (template, key) in used {
        assert!(known.contains(&key), "{template} uses {key}");
    }
}

#[test]
fn every_text_outside_the_visitors_is_used() {
    let used: BTreeSet<String> = used_in_templates()
        .into_iter()
        .map(|(_, key)| key)
        .collect();
    let routes = page_sources();
    for file in files(Language::Dutch)
        .into_iter()
        .filter(|file| file != "visitor.ftl")
    {
        for key in keys(Language::Dutch, &file) {
            let made = MADE_FROM_WORDS
                .iter()
                .any(|prefix| key.starts_with(&format!("{prefix}-")));
            let used = used.contains(&key) || routes.contains(&format!("\"{key}\""));
            assert!(made || used, "{file}: {key} is used nowhere");
        }
    }
}

#[test]
fn visitors_pages_use_only_texts_that_every_visitor_can_read() {
    let known = keys(Language::Dutch, "visitor.ftl");
    let pages = [
        "check_in",
        "thanks",
        "noted",
        "undone",
        "coffee_code",
        "gift",
        "pass_stranger",
        "problem",
        "base",
    ];
    for (template, key) in used_in_templates() {
        if pages
            .iter()
            .any(|page| template.ends_with(&format!("/{page}.html")))
        {
            assert!(known.contains(&key), "{template} uses {key}");
        }
    }
}

#[test]
fn the_phone_picks_the_language_and_dutch_is_the_rest() {
    let of = |header| Language::accepted(header, &Language::VISITOR);
    assert_eq!(of("ar-SY,ar;q=0.9,en;q=0.5"), Language::Arabic);
    assert_eq!(of("fr;q=0.9, en;q=0.4, uk;q=0.8"), Language::Ukrainian);
    assert_eq!(of("fr"), Language::Dutch);
    assert_eq!(of(""), Language::Dutch);
    assert_eq!(of("en;q=0"), Language::Dutch);
    assert_eq!(Language::accepted("pl", &Language::TEAM), Language::Dutch);
}

#[test]
fn numbers_choose_the_plural() {
    assert_eq!(
        Language::Dutch.with("thanks-party", "count", 3_u64),
        "Jullie zijn met 3 geteld."
    );
    assert_eq!(
        Language::English.with("sticker-today", "count", 1_u64),
        "1 cup has been drunk here today."
    );
}
