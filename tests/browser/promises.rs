//! What every page promises: it fits the narrowest phone, is large enough to read and to tap, labels its fields, and
//! asks nobody else.

use super::phone::{NARROWEST, Phone, WIDTH};
use super::{enrols, server};
use crate::pages::world::{activity, code, session, volunteer};
use crate::support::house::House;
use meetellen_events::access::Role;
use meetellen_events::programme::Target;
use meetellen_events::tally::ShiftKind;
use serde_json::json;

/// A laptop's window, in CSS pixels.
const LAPTOP: u32 = 1280;

/// Every page with something on it, for the coordinator, who sees the most.
fn pages(house: &House<'_>) -> Vec<String> {
    let choir = activity(house, "Seniorenkoor van de Leidsebuurt en omstreken", false);
    let film = session(house, choir, -30, 60);
    let (ans, badge) = volunteer(house, "Willemien van der Heijden-Oosterbaan");
    house.records("coffee", json!({ "cups": 5 }));
    house.records("bar_revenue", json!({ "amount_cents": 182_500 }));
    house.records("check_in", json!({ "adults": 2, "session": film }));
    let shift = json!({ "volunteer": ans, "kind": ShiftKind::Bar });
    let shift = house.records("shift_start", shift);
    let shift = shift["id"].as_str().expect("an id").to_owned();
    let door = code(house, Target::Door, None);
    let coded = [Target::Activity(choir), Target::Coffee, Target::Gift];
    let mut pages: Vec<String> = coded
        .map(|target| format!("/c/{}", code(house, target, None)))
        .to_vec();
    pages.extend([
        format!("/c/{door}"),
        format!("/c/{door}/undone"),
        format!("/p/{badge}"),
        format!("/posters/{door}"),
        format!("/activities/{choir}"),
        format!("/people/{ans}"),
        format!("/people/{ans}/erase"),
        format!("/mend/sessions/{film}"),
        format!("/mend/shifts/{shift}"),
        format!("/mend/days/{}", super::today(house)),
        format!(
            "/bar/revenue?id={}&till=bar&amount=6250&expected=6400",
            uuid::Uuid::nil()
        ),
        format!("/month/{}", &super::today(house)[..7]),
        "/c/nowhere".to_owned(),
        "/problems/month-closed".to_owned(),
    ]);
    let named = [
        "today",
        "bar",
        "programme",
        "people",
        "posters",
        "devices",
        "settings",
        "standing",
        "entries",
        "tally-sheet",
        "welcome",
    ];
    pages.extend(named.map(|name| format!("/{name}")));
    pages
}

/// What is wrong with the page that is open, in words; nothing where all is well.
fn faults(browser: &Phone) -> Vec<String> {
    let told = browser.ask(CHECKS);
    let faults = told.as_array().expect("a list").iter();
    faults
        .map(|fault| fault.as_str().unwrap_or_default().to_owned())
        .collect()
}

/// Looks at everything with a box: nothing sticks out, words are 16 pixels high at least, what is tapped 48, every
/// field has a name, and what was loaded came from us.
const CHECKS: &str = r"(() => {
  const faults = [];
  const page = document.documentElement;
  if (page.scrollWidth > page.clientWidth) faults.push('sticks out by ' + (page.scrollWidth - page.clientWidth));
  document.querySelectorAll('details').forEach(it => { it.open = true; });
  if (page.scrollWidth > page.clientWidth) faults.push('unfolded, sticks out by ' + (page.scrollWidth - page.clientWidth));
  const tapped = 'button, .button, summary, input:not([type=hidden]):not([type=radio]):not([type=checkbox]), select, .pick, .nav a';
  for (const it of document.querySelectorAll(tapped)) {
    const box = it.getBoundingClientRect();
    if (box.height > 0 && box.height < 47.5) faults.push('small: ' + it.outerHTML.slice(0, 90) + ' ' + box.height);
  }
  for (const it of document.querySelectorAll('main *')) {
    const size = parseFloat(getComputedStyle(it).fontSize);
    if (it.childNodes.length && !it.closest('svg') && size < 16) faults.push('letters of ' + size + ': ' + it.tagName);
  }
  for (const it of document.querySelectorAll('input:not([type=hidden]), select')) {
    if (!it.labels.length) faults.push('without a label: ' + it.name);
  }
  for (const it of document.querySelectorAll('button, a')) {
    if (!it.textContent.trim() && !it.ariaLabel) faults.push('without a name: ' + it.outerHTML.slice(0, 90));
  }
  if (document.querySelectorAll('h1').length !== 1) faults.push('not one heading');
  if (document.querySelectorAll('script').length) faults.push('script');
  for (const it of performance.getEntriesByType('resource')) {
    if (!it.name.startsWith(location.origin) && !it.name.startsWith('data:')) faults.push('asks ' + it.name);
  }
  return faults;
})()";

#[test]
fn every_page_fits_and_can_be_read_and_tapped() {
    let server = server();
    let house = server.found("huis");
    let pages = pages(&house);
    let browser = Phone::new(true);
    enrols(&browser, &house, Role::Coordinator);
    let mut found = Vec::new();
    for width in [NARROWEST, WIDTH, LAPTOP] {
        browser.widen(width);
        for language in ["nl", "en"] {
            for page in &pages {
                let and = if page.contains('?') { '&' } else { '?' };
                browser.open(&format!("{}{page}{and}lang={language}", server.url));
                let faults = faults(&browser).into_iter();
                found.extend(faults.map(|fault| format!("{page} {language} {width}: {fault}")));
            }
        }
    }
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn a_visitors_pages_fit_in_every_language() {
    let server = server();
    let house = server.found("huis");
    let pages: Vec<String> = pages(&house)
        .into_iter()
        .filter(|page| page.starts_with("/c/") || page.starts_with("/problems/"))
        .collect();
    let browser = Phone::new(true);
    browser.widen(NARROWEST);
    let mut found = Vec::new();
    for language in ["ar", "tr", "uk", "pl"] {
        for page in &pages {
            browser.open(&format!("{}{page}?lang={language}", server.url));
            let faults = faults(&browser).into_iter();
            found.extend(faults.map(|fault| format!("{page} {language}: {fault}")));
        }
        let direction = browser.ask("document.documentElement.dir");
        assert_eq!(direction == "rtl", language == "ar", "{language}");
    }
    assert_eq!(found, Vec::<String>::new());
}
