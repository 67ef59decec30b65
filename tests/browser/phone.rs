//! A phone: a browser of 360 × 740 with a profile of its own.

use serde_json::json;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use thirtyfour::prelude::*;
use tokio::runtime::Runtime;

/// How long a page may take before the test fails: a fault, never a speed.
const PATIENCE: Duration = Duration::from_secs(20);

/// A small phone's screen, in CSS pixels.
pub const WIDTH: u32 = 360;

/// The narrowest screen the pages are made for, in CSS pixels.
pub const NARROWEST: u32 = 320;

/// A browser; closed, with all it kept, when it is dropped.
pub struct Phone {
    runtime: Runtime,
    driver: Option<WebDriver>,
    chromedriver: Child,
    _profile: TempDir,
}

impl Phone {
    /// A new one, which nobody knows; `script` says whether pages may run any.
    pub fn new(script: bool) -> Self {
        let (chromedriver, port) = chromedriver();
        let profile = tempfile::tempdir().expect("the system has room for a folder");
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime starts");
        let capabilities = capabilities(&profile, script).expect("plain settings");
        let driver = runtime.block_on(async {
            let driver = WebDriver::new(format!("http://127.0.0.1:{port}"), capabilities).await?;
            driver.set_page_load_timeout(PATIENCE).await?;
            wide(&driver, WIDTH).await?;
            Ok::<_, WebDriverError>(driver)
        });
        Self {
            driver: Some(driver.expect("chromium starts")),
            runtime,
            chromedriver,
            _profile: profile,
        }
    }

    fn driver(&self) -> &WebDriver {
        self.driver.as_ref().expect("only dropping takes it")
    }

    /// Goes to an address.
    #[track_caller]
    pub fn open(&self, url: &str) {
        let went = self.runtime.block_on(self.driver().goto(url));
        went.expect("the page loads");
    }

    /// Taps the first element, and waits until the page that it leads to has loaded.
    #[track_caller]
    pub fn press(&self, selector: &str) {
        self.mark();
        self.touch(selector);
        self.left();
    }

    /// Taps the first element, which opens something on the same page.
    #[track_caller]
    pub fn touch(&self, selector: &str) {
        let element = self.find(selector);
        let pressed = self.runtime.block_on(async {
            element.scroll_into_view().await?;
            element.click().await
        });
        pressed.unwrap_or_else(|error| panic!("{selector} is pressed: {error}"));
    }

    /// What the first element says.
    #[track_caller]
    pub fn text(&self, selector: &str) -> String {
        let element = self.find(selector);
        let text = self.runtime.block_on(element.text());
        text.expect("it is still there").trim().to_owned()
    }

    /// How many there are.
    pub fn count(&self, selector: &str) -> usize {
        let found = self
            .runtime
            .block_on(self.driver().find_all(By::Css(selector)));
        found.expect("the page is there").len()
    }

    /// The path it stands at.
    pub fn path(&self) -> String {
        let url = self.runtime.block_on(self.driver().current_url());
        url.expect("it stands somewhere").path().to_owned()
    }

    /// Leaves a mark on the page, which goes when the page does.
    fn mark(&self) {
        self.ask("document.documentElement.dataset.before = 'here'");
    }

    /// Waits until the marked page is gone and the one behind it has loaded.
    #[track_caller]
    fn left(&self) {
        let there =
            "return document.readyState === 'complete' && !document.documentElement.dataset.before";
        let left = async {
            loop {
                // Between two pages there is nobody to ask.
                let told = self.driver().execute(there, vec![]).await;
                if told.is_ok_and(|told| told.json() == true) {
                    return;
                }
            }
        };
        let left = async { tokio::time::timeout(PATIENCE, left).await };
        let left = self.runtime.block_on(left);
        left.unwrap_or_else(|_| panic!("still at {}", self.path()));
    }

    /// Asks the page.
    #[track_caller]
    pub fn ask(&self, script: &str) -> serde_json::Value {
        let script = format!("return {script}");
        let told = self.runtime.block_on(self.driver().execute(script, vec![]));
        told.expect("the page answers").json().clone()
    }

    /// Shows pages in a window of another width from here on.
    pub fn widen(&self, width: u32) {
        let wide = self.runtime.block_on(wide(self.driver(), width));
        wide.expect("the window takes it");
    }

    /// Writes into a field, in the place of what stood there.
    #[track_caller]
    pub fn write(&self, selector: &str, text: &str) {
        let field = self.find(selector);
        let written = self.runtime.block_on(async {
            field.clear().await?;
            field.send_keys(text).await
        });
        written.expect("it takes letters");
    }

    /// Nothing hangs over the side, at this width and at the narrowest.
    #[track_caller]
    pub fn fits(&self) {
        for width in [WIDTH, NARROWEST] {
            let over = self.runtime.block_on(async {
                let driver = self.driver();
                wide(driver, width).await?;
                let script = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
                driver.execute(script, vec![]).await?.convert::<i64>()
            });
            let path = self.path();
            assert_eq!(
                over.expect("the page is measured"),
                0,
                "{path} at {width} px"
            );
        }
        let back = self.runtime.block_on(wide(self.driver(), WIDTH));
        back.expect("it is as wide as before");
    }

    /// Goes on by the tab key until the element has the focus.
    #[track_caller]
    pub fn tab_to(&self, selector: &str) {
        for _ in 0..60 {
            self.type_key(Key::Tab);
            let script = "return document.activeElement.matches(arguments[0])";
            let matches = self.runtime.block_on(async {
                let driver = self.driver();
                driver
                    .execute(script, vec![selector.into()])
                    .await?
                    .convert::<bool>()
            });
            if matches.expect("something has the focus") {
                return;
            }
        }
        panic!("{selector} is not reached by keyboard");
    }

    /// Presses the enter key, and waits until the page that it leads to has loaded.
    #[track_caller]
    pub fn enter(&self) {
        self.mark();
        self.type_key(Key::Enter);
        self.left();
    }

    fn type_key(&self, key: Key) {
        let typed = self.runtime.block_on(async {
            let keys = self.driver().action_chain().send_keys(key);
            keys.perform().await
        });
        typed.expect("a key is pressed");
    }

    #[track_caller]
    fn find(&self, selector: &str) -> WebElement {
        let found = self.runtime.block_on(async {
            let query = self.driver().query(By::Css(selector));
            let query = query.wait(PATIENCE, Duration::from_millis(50));
            query.first().await
        });
        found.unwrap_or_else(|_| panic!("{selector} at {}", self.path()))
    }
}

impl Drop for Phone {
    fn drop(&mut self) {
        if let Some(driver) = self.driver.take() {
            // It may have crashed; its process ends with the driver's anyway.
            let _ = self.runtime.block_on(driver.quit());
        }
        let _ = self.chromedriver.kill();
        let _ = self.chromedriver.wait();
    }
}

/// Shows pages as a phone of this width would: a window itself can't be so narrow.
async fn wide(driver: &WebDriver, width: u32) -> WebDriverResult<()> {
    let metrics =
        json!({ "width": width, "height": 740, "deviceScaleFactor": 1, "mobile": width < 600 });
    let cdp = driver.cdp();
    cdp.send_raw("Emulation.setDeviceMetricsOverride", metrics)
        .await?;
    Ok(())
}

fn capabilities(
    profile: &TempDir,
    script: bool,
) -> WebDriverResult<thirtyfour::ChromeCapabilities> {
    let mut chromium = DesiredCapabilities::chrome();
    for argument in [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--lang=nl",
    ] {
        chromium.add_arg(argument)?;
    }
    chromium.add_arg(&format!("--user-data-dir={}", profile.path().display()))?;
    if !script {
        let off = json!({ "profile.managed_default_content_settings.javascript": 2 });
        chromium.add_experimental_option("prefs", off)?;
    }
    Ok(chromium)
}

/// A driver on a port that was free, and which.
fn chromedriver() -> (Child, u16) {
    let mut child = Command::new("chromedriver")
        .arg("--port=0")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("chromedriver is installed: these tests need a browser");
    let output = child.stdout.take().expect("its output is read");
    let port = BufReader::new(output).lines().find_map(|line| {
        let line = line.expect("it says its port");
        let said = line.split_once("successfully on port ")?.1;
        said.trim_end_matches('.').parse().ok()
    });
    (child, port.expect("it says its port"))
}
