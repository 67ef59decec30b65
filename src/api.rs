//! The JSON routes of `api-spec/openapi.yaml`.

pub mod entry_body;
pub mod openapi;
