//! Every dependency may go into a binary under EUPL-1.2: its licence expression can be met with the permissive ids below.

use serde_json::Value;
use std::process::Command;

/// What may go in without a question.
const ALLOWED: &[&str] = &[
    "MIT",
    "MIT-0",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Zlib",
    "Unicode-3.0",
    "EUPL-1.2",
];

/// Whether some choice in an SPDX expression (`OR`, old `/`, `AND`, one level of brackets) needs only what is allowed.
fn can_be_met(expression: &str) -> bool {
    let expression = expression.replace('/', " OR ");
    let mut flat = expression.as_str().to_owned();
    while let (Some(open), Some(close)) = (flat.find('('), flat.find(')')) {
        let met = open < close && can_be_met(&flat[open + 1..close]);
        let word = if met { "MIT" } else { "refused" };
        flat.replace_range(open..=close, word);
    }
    flat.split(" OR ")
        .any(|choice| choice.split(" AND ").all(|id| ALLOWED.contains(&id.trim())))
}

#[test]
fn expressions_are_read_as_spdx_means_them() {
    assert!(can_be_met("MIT OR GPL-3.0-or-later"));
    assert!(can_be_met("(MIT OR Apache-2.0) AND Unicode-3.0"));
    assert!(can_be_met("MIT/Apache-2.0"));
    assert!(!can_be_met("GPL-3.0-or-later"));
    assert!(!can_be_met("MIT AND GPL-3.0-or-later"));
    assert!(!can_be_met("(GPL-2.0 OR GPL-3.0) AND MIT"));
}

#[test]
fn every_dependency_has_a_permissive_licence() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs this test");
    assert!(output.status.success(), "cargo metadata failed");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata is JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let refused: Vec<String> = packages
        .iter()
        .filter(|package| !package["license"].as_str().is_some_and(can_be_met))
        .map(|package| {
            format!(
                "{} {}: {}",
                package["name"], package["version"], package["license"]
            )
        })
        .collect();
    assert!(packages.len() > 3, "the list is not empty");
    assert_eq!(refused, Vec::<String>::new());
}
