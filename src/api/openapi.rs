//! The contract as JSON, for `/api/v1/openapi.json`.

use std::sync::LazyLock;

use serde_json::Value;

/// `api-spec/openapi.yaml`, the only place where the contract is written.
const WRITTEN: &str = include_str!("../../api-spec/openapi.yaml");

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    serde_saphyr::from_str(WRITTEN)
        .expect("the contract is part of the program, and a test reads it")
});

/// The contract, read at first use.
pub fn document() -> &'static Value {
    &DOCUMENT
}

#[cfg(test)]
mod tests {
    use super::document;

    #[test]
    fn the_contract_reads_as_openapi_3_1() {
        assert_eq!(document()["openapi"], "3.1.1");
        assert!(document()["paths"]["/api/v1/entries"]["post"].is_object());
        assert_eq!(
            document()["paths"]["/api/v1/entries"]["post"]["responses"]["201"]["description"],
            "Recorded",
            "statuses are texts, not numbers"
        );
    }
}
