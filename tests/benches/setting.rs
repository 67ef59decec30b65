//! What a bench is told by its environment.

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The number of a variable, or what is taken without.
pub fn number(variable: &str, otherwise: u64) -> Result<u64, Failure> {
    match std::env::var(variable) {
        Ok(text) => Ok(text
            .parse()
            .map_err(|_| format!("{variable} is no number"))?),
        Err(_) => Ok(otherwise),
    }
}
