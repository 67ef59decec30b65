//! The JSON routes of `api-spec/openapi.yaml`.

pub mod openapi;
