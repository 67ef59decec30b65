//! Runs the server until it is told to stop.

use crate::clock::SystemClock;
use crate::config::{Config, LogFormat, ServeArguments};
use crate::erasure::Finished;
use crate::server::{self, Running};
use crate::web::qr;
use std::io::Write;
use std::sync::Arc;

use super::{demo, progress, unfinished};

/// Runs it; `out` hears where it listens.
pub fn run(arguments: ServeArguments, out: &mut dyn Write) -> anyhow::Result<()> {
    log_to_stderr(&arguments.log, arguments.log_format)?;
    let config = Config::new(arguments)?;
    unfinished::refuse(&config.data)?;
    if config.demo {
        demo::prepare(&config)?;
    }
    let bar = progress::bar("opening the log");
    let opened = server::open_log(&config, &mut |step| progress::step(&bar, step))?;
    bar.finish_and_clear();
    let shown = if config.demo {
        Some(crate::demo::filled(&config.data, &opened.0.reader())?)
    } else {
        None
    };
    actix_web::rt::System::new().block_on(async move {
        let running = server::start(&config, opened, Arc::new(SystemClock))?;
        report(&running);
        if let Some(shown) = shown {
            let doors = demo::doors(&running.node, shown).await?;
            eprintln!("\nThe demo is there. Its last two addresses let in one device each, within 15 minutes.");
            doors.iter().for_each(|(what, link)| show(what, link));
            how_to_let_phones_in(&running);
        }
        writeln!(out, "listening on http://{}", running.address)?;
        out.flush()?;
        stop_on_signal(&running)?;
        running.serve().await?;
        Ok(())
    })
}

fn log_to_stderr(filter: &str, format: LogFormat) -> anyhow::Result<()> {
    let filter = tracing_subscriber::EnvFilter::try_new(filter)?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
        .with_writer(std::io::stderr);
    // One is there already where a test runs several commands.
    let _ = match format {
        LogFormat::Text => log.try_init(),
        LogFormat::Json => log.json().try_init(),
    };
    Ok(())
}

/// Says what the start found, and how to begin where there is nobody yet.
fn report(running: &Running) {
    let recovery = &running.recovery;
    if let Some(torn) = &recovery.torn {
        tracing::warn!(%torn, "a batch nobody was told of was cut off");
    }
    if let Some(reason) = &recovery.store_rebuilt {
        tracing::warn!(reason, "the store was made again from the journal");
    }
    for damage in &recovery.restored {
        tracing::warn!(%damage, "the journal was put back from the store");
    }
    for damage in &recovery.refused {
        tracing::error!(%damage, "commits are lost: this organisation is refused, the others are served");
    }
    let Finished {
        persons,
        organisations,
        recorded,
        unknown,
        failed,
    } = running.finished;
    if running.finished != Finished::default() {
        tracing::warn!(
            persons,
            organisations,
            recorded,
            unknown,
            failed,
            "the key folder and the log did not say the same of who is erased: an erasure broke off, or an older copy was put back"
        );
    }
    if let Some(code) = running.node.setup_code() {
        let link = format!("{}/setup/{code}", running.node.public_url);
        show("No organisation yet. Open this link, or scan it:", &link);
        how_to_let_phones_in(running);
    }
}

/// Prints a link and its QR.
fn show(what: &str, link: &str) {
    eprintln!("\n{what}\n\n  {link}\n");
    if let Ok(qr) = qr::Code::of(link) {
        eprintln!("{}", qr.terminal());
    }
}

fn how_to_let_phones_in(running: &Running) {
    if running.address.ip().is_loopback() {
        eprintln!(
            "Only this machine reaches it. To let a phone in, start with\n  --listen 0.0.0.0:{}\n",
            running.address.port()
        );
    }
}

fn stop_on_signal(running: &Running) -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let handle = running.handle();
    actix_web::rt::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        handle.stop(true).await;
    });
    Ok(())
}
