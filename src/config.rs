//! Every setting of a server, with its default and unit; all mistakes are reported together, before anything starts.

use crate::writer::MEMORY_BYTES_DEFAULT;
use actix_web::http::Uri;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

/// What a server is started with. Each flag is also an environment variable.
#[derive(Debug, Clone, clap::Args)]
pub struct ServeArguments {
    /// The data folder; made where it is missing
    #[arg(
        long,
        value_name = "DIR",
        env = "MEETELLEN_DATA",
        default_value = "data"
    )]
    pub data: PathBuf,
    /// The key folder [default: DIR/keys]
    #[arg(long, value_name = "DIR", env = "MEETELLEN_KEYS")]
    pub keys: Option<PathBuf>,
    /// Where to listen; port 0 picks one [default: 127.0.0.1:8080, with --demo 0.0.0.0:8080]
    #[arg(long, value_name = "HOST:PORT", env = "MEETELLEN_LISTEN")]
    pub listen: Option<SocketAddr>,
    /// The address people reach it by, as printed in links and QR codes [default: http://HOST:PORT]
    #[arg(long, value_name = "URL", env = "MEETELLEN_PUBLIC_URL")]
    pub public_url: Option<String>,
    /// Fills an empty folder with three invented initiatives first
    #[arg(long, env = "MEETELLEN_DEMO")]
    pub demo: bool,
    /// Addresses of reverse proxies whose X-Forwarded-For is believed; loopback always is
    #[arg(
        long,
        value_name = "IP",
        env = "MEETELLEN_TRUSTED_PROXIES",
        value_delimiter = ','
    )]
    pub trusted_proxies: Vec<IpAddr>,
    /// Memory for organisations, in MiB, before the least recently used is dropped
    #[arg(long, value_name = "MIB", env = "MEETELLEN_MEMORY", default_value_t = MEMORY_BYTES_DEFAULT >> 20)]
    pub memory: u64,
    /// What is logged, such as `info` or `meetellen=debug`
    #[arg(
        long,
        value_name = "FILTER",
        env = "MEETELLEN_LOG",
        default_value = "info,actix_server=warn"
    )]
    pub log: String,
    /// How log lines look
    #[arg(long, env = "MEETELLEN_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines: one JSON object a line.
    Json,
}

/// Settings that were checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// The data folder.
    pub data: PathBuf,
    /// The key folder.
    pub keys: PathBuf,
    /// Where to listen.
    pub listen: SocketAddr,
    /// The address people reach it by, without a slash at its end; else that of `listen`.
    pub public_url: Option<String>,
    /// Whether an empty folder is filled with the demo.
    pub demo: bool,
    /// Proxies whose word on addresses is believed, beside loopback.
    pub trusted_proxies: Vec<IpAddr>,
    /// Memory for organisations, in bytes.
    pub memory_bytes: u64,
}

/// Mistakes in the settings, all of them.
#[derive(Debug, thiserror::Error)]
#[error("wrong settings:\n  {}", .0.join("\n  "))]
pub struct InvalidConfig(Vec<String>);

/// MiB that `--memory` may say: less thrashes, more no address space has.
const MEMORY_MIB: std::ops::RangeInclusive<u64> = 8..=1 << 20;

impl Config {
    /// Checks all settings.
    pub fn new(arguments: ServeArguments) -> Result<Self, InvalidConfig> {
        let mut mistakes = Vec::new();
        let public_url = arguments.public_url.and_then(|url| {
            origin(&url)
                .map_err(|mistake| mistakes.push(format!("--public-url {url}: {mistake}")))
                .ok()
        });
        if !MEMORY_MIB.contains(&arguments.memory) {
            mistakes.push(format!(
                "--memory {}: must be {} to {} MiB",
                arguments.memory,
                MEMORY_MIB.start(),
                MEMORY_MIB.end()
            ));
        }
        let everywhere = if arguments.demo {
            [0, 0, 0, 0]
        } else {
            [127, 0, 0, 1]
        };
        let keys = arguments
            .keys
            .unwrap_or_else(|| arguments.data.join("keys"));
        if mistakes.is_empty() {
            Ok(Self {
                keys,
                data: arguments.data,
                listen: arguments
                    .listen
                    .unwrap_or_else(|| (everywhere, 8080).into()),
                public_url,
                demo: arguments.demo,
                trusted_proxies: arguments.trusted_proxies,
                memory_bytes: arguments.memory << 20,
            })
        } else {
            Err(InvalidConfig(mistakes))
        }
    }
}

/// Scheme and host of an address, and no more: codes are printed below it for years.
fn origin(url: &str) -> Result<String, &'static str> {
    let url = url.trim_end_matches('/');
    let parsed: Uri = url.parse().map_err(|_| "is no address")?;
    let known = matches!(parsed.scheme_str(), Some("http" | "https"));
    let bare = parsed.host().is_some_and(|host| !host.is_empty())
        && matches!(parsed.path(), "" | "/")
        && parsed.query().is_none()
        && !url.contains(['#', '@']);
    if known && bare {
        Ok(url.to_owned())
    } else {
        Err("must be http:// or https:// with a host, and nothing behind it")
    }
}

#[cfg(test)]
mod tests {
    use super::{Config, ServeArguments};
    use clap::Parser;

    #[derive(Parser)]
    struct Only {
        #[command(flatten)]
        serve: ServeArguments,
    }

    fn config(flags: &[&str]) -> Result<Config, String> {
        let arguments = ["serve"].iter().chain(flags);
        let only = Only::try_parse_from(arguments).map_err(|error| error.to_string())?;
        Config::new(only.serve).map_err(|error| error.to_string())
    }

    #[test]
    fn the_demo_listens_where_a_phone_can_reach_it() {
        let listen = |flags| config(flags).map(|config| config.listen.to_string());
        assert_eq!(listen(&[]), Ok("127.0.0.1:8080".to_owned()));
        assert_eq!(listen(&["--demo"]), Ok("0.0.0.0:8080".to_owned()));
        let told = listen(&["--demo", "--listen", "127.0.0.1:0"]);
        assert_eq!(told, Ok("127.0.0.1:0".to_owned()));
    }

    #[test]
    fn the_readme_has_every_setting() {
        let readme = include_str!("../README.md");
        let command = <Only as clap::CommandFactory>::command();
        let mut settings = 0;
        for argument in command.get_arguments() {
            let (Some(flag), Some(variable)) = (argument.get_long(), argument.get_env()) else {
                continue;
            };
            let row = format!("| `--{flag}` | `{}` |", variable.to_string_lossy());
            assert!(readme.contains(&row), "{row}");
            settings += 1;
        }
        assert!(settings >= 9, "every setting is a flag and a variable");
    }

    #[test]
    fn all_mistakes_are_told_together() {
        let said = config(&["--public-url", "ftp://x", "--memory", "1"]).expect_err("two mistakes");
        assert!(
            said.contains("--public-url ftp://x") && said.contains("--memory 1"),
            "{said}"
        );
    }

    #[test]
    fn the_public_address_is_an_origin() {
        for good in ["https://tel.example.org", "http://10.0.0.2:8080/"] {
            let kept = config(&["--public-url", good]).map(|config| config.public_url);
            assert_eq!(kept, Ok(Some(good.trim_end_matches('/').to_owned())));
        }
        for bad in [
            "example.org",
            "https://",
            "https://a/b",
            "https://a?b",
            "https://u@a",
        ] {
            assert!(config(&["--public-url", bad]).is_err(), "{bad}");
        }
    }
}
