//! The way in: the first run, a device's enrolment, the start for whoever is in, and the way out.

use super::form::Sent;
use super::{Frame, belongs_to, path, phone, read, see, show, show_mistake};
use crate::api::caller::{self, Caller};
use crate::api::house::{self, NewOrganisation};
use crate::i18n::Language;
use crate::node::Node;
use crate::problem::{Cause, Problem};
use crate::tokens::Bearer;
use crate::web::view::visitor::{Enrol, Setup, SetupDone, Stranger};
use crate::{secrets, session};
use actix_web::web::{self, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use meetellen_events::access::Role;
use meetellen_events::codec::Found;
use meetellen_events::organisation::Authority;
use meetellen_events::values::{Code, Locale, Name, SLUG_CHARS_MAX, Slug, Zone};

/// Where most who begin are.
const ZONE_DEFAULT: &str = "Europe/Amsterdam";

/// Parts of the world whose zones are offered: Europe, and the Dutch islands elsewhere. Any other can be typed.
const ZONES_OFFERED: [&str; 5] = [
    "Europe/",
    "America/Aruba",
    "America/Curacao",
    "America/Kralendijk",
    "America/Lower_Princes",
];

/// The routes of the way in.
pub fn routes(routes: &mut ServiceConfig) {
    routes
        .service(path("/").route(read().to(start)))
        .service(
            path("/setup/{code}")
                .route(read().to(setup))
                .route(web::post().to(set_up)),
        )
        .service(path("/welcome").route(read().to(welcome)))
        .service(
            path("/enrol/{code}")
                .route(read().to(invited))
                .route(web::post().to(enrol)),
        )
        .service(path("/sign-out").route(web::post().to(sign_out)));
}

/// `GET /`: where each role begins.
async fn start(node: Data<Node>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    match caller::find(&node, &request).await {
        Ok(Some(caller)) => Ok(see(home(caller.role))),
        Ok(None) => {
            let Frame { t, page } = Frame::team(&request);
            let stranger = Stranger {
                t,
                page,
                askable: String::new(),
            };
            show(&node, &request, &stranger)
        }
        Err(problem) => Err(problem),
    }
}

/// Where a role begins.
pub const fn home(role: Role) -> &'static str {
    match role {
        Role::Coordinator => "/today",
        Role::Volunteer | Role::Bar => "/bar",
        Role::Viewer => "/month",
    }
}

/// What the first run's form holds, as far as it was filled in.
#[derive(Default)]
struct Typed {
    name: String,
    slug: String,
    time_zone: Option<String>,
}

fn setup_page(request: &HttpRequest, code: String, typed: Typed, mistake: Option<&str>) -> Setup {
    let Frame { t, page } = Frame::team(request);
    Setup {
        t,
        page,
        code,
        mistake: mistake.map(|key| t.say(key)),
        name: typed.name,
        slug: typed.slug,
        time_zone: typed.time_zone.unwrap_or_else(|| ZONE_DEFAULT.to_owned()),
        zones: zones(),
    }
}

fn zones() -> Vec<String> {
    let names = jiff::tz::db().available();
    let mut zones: Vec<String> = names
        .map(|name| name.as_str().to_owned())
        .filter(|name| ZONES_OFFERED.iter().any(|part| name.starts_with(part)))
        .collect();
    zones.sort_unstable();
    zones
}

/// The setup link's code, while it is good.
fn setup_code(node: &Node, shown: &str) -> Result<Code, Problem> {
    let good = node
        .setup_code()
        .ok_or_else(|| Problem::from(Cause::SetupDone))?;
    let shown: Option<Code> = shown.parse().ok();
    shown
        .filter(|shown| *shown == good)
        .ok_or_else(|| Cause::UnknownCode.into())
}

/// `GET /setup/CODE`: the first run.
async fn setup(
    node: Data<Node>,
    request: HttpRequest,
    code: Path<String>,
) -> Result<HttpResponse, Problem> {
    let code = setup_code(&node, &code)?;
    let page = setup_page(&request, code.to_string(), Typed::default(), None);
    show(&node, &request, &page)
}

/// `POST /setup/CODE`: makes the organisation, and this phone its first coordinator.
async fn set_up(
    node: Data<Node>,
    request: HttpRequest,
    code: Path<String>,
    sent: Sent,
) -> Result<HttpResponse, Problem> {
    phone::not_foreign(&request)?;
    let code = setup_code(&node, &code)?;
    let t = Frame::team(&request).t;
    let typed = Typed {
        name: sent.given("name").unwrap_or_default().to_owned(),
        slug: sent.given("slug").unwrap_or_default().to_owned(),
        time_zone: sent.given("time_zone").map(ToOwned::to_owned),
    };
    let new = match founded(&typed, t) {
        Ok(new) => new,
        Err(mistake) => {
            let page = setup_page(&request, code.to_string(), typed, Some(mistake));
            return show_mistake(&node, &request, &page);
        }
    };
    let organisation = match house::found_first(&node, code, new).await {
        Ok(organisation) => organisation,
        Err(problem) if problem.cause() == Cause::SlugTaken => {
            let mistake = Some("setup-mistake-slug-taken");
            let page = setup_page(&request, code.to_string(), typed, mistake);
            return show_mistake(&node, &request, &page);
        }
        Err(problem) => return Err(problem),
    };
    let name =
        Name::new(&t.say("setup-first-device")).map_err(|error| Problem::internal(&error))?;
    let (_, code) = house::invitation(
        &node,
        organisation,
        Authority::Operator,
        name,
        Role::Coordinator,
    )
    .await?;
    session::enrol(&node, &request, code).await?;
    Ok(see("/welcome"))
}

/// The organisation of the first run's form; else the key of what is wrong with it.
fn founded(typed: &Typed, t: Language) -> Result<NewOrganisation, &'static str> {
    let name = Name::new(&typed.name).map_err(|_| "setup-mistake-name")?;
    let slug = if typed.slug.is_empty() {
        slug_of(&typed.name)
    } else {
        typed.slug.clone()
    };
    let slug = Slug::new(&slug).map_err(|_| "setup-mistake-slug")?;
    let zone = typed.time_zone.as_deref().unwrap_or(ZONE_DEFAULT);
    Zone::new(zone).map_err(|_| "setup-mistake-zone")?;
    Ok(NewOrganisation::new(
        name,
        slug,
        Some(zone.to_owned()),
        locale(t),
    ))
}

const fn locale(t: Language) -> Locale {
    match t {
        Language::Dutch => Locale::Nl,
        Language::English => Locale::En,
        Language::Arabic => Locale::Ar,
        Language::Turkish => Locale::Tr,
        Language::Ukrainian => Locale::Uk,
        Language::Polish => Locale::Pl,
    }
}

/// A short name made of a name: its letters and digits without accents, hyphens between its words.
fn slug_of(name: &str) -> String {
    let mut slug = String::new();
    for letter in name.to_lowercase().chars() {
        let plain = match letter {
            'a'..='z' | '0'..='9' => letter,
            'à' | 'á' | 'â' | 'ä' | 'ã' | 'å' => 'a',
            'è' | 'é' | 'ê' | 'ë' => 'e',
            'ì' | 'í' | 'î' | 'ï' => 'i',
            'ò' | 'ó' | 'ô' | 'ö' | 'õ' | 'ø' => 'o',
            'ù' | 'ú' | 'û' | 'ü' => 'u',
            'ç' => 'c',
            'ñ' => 'n',
            '\'' | '’' => continue,
            _ => '-',
        };
        if plain != '-' || !(slug.is_empty() || slug.ends_with('-')) {
            slug.push(plain);
        }
    }
    slug.truncate(SLUG_CHARS_MAX);
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}

/// `GET /welcome`: after the first run.
async fn welcome(
    node: Data<Node>,
    request: HttpRequest,
    coordinator: caller::Coordinator,
) -> Result<HttpResponse, Problem> {
    let Frame { t, page } = Frame::of(&node, &request, &coordinator);
    show(&node, &request, &SetupDone { t, page })
}

/// `GET /enrol/CODE`: what this device would be.
async fn invited(
    node: Data<Node>,
    request: HttpRequest,
    code: Path<String>,
) -> Result<HttpResponse, Problem> {
    let unknown = || Problem::from(Cause::UnknownCode);
    let code: Code = code.parse().map_err(|_| unknown())?;
    let hash = secrets::hash(code.bytes());
    let organisation = node.find(&Found::Secret(hash)).ok_or_else(unknown)?;
    let live = node.open(organisation).await?;
    let live = live.read();
    let now = node.now();
    belongs_to(&request, &live, now);
    let device = live.organisation.access().by_invitation(&hash);
    let device = device.ok_or_else(unknown)?;
    if device.is_in() || device.revoked {
        return Err(Cause::CodeSpent.into());
    }
    if device.expires_at.is_some_and(|until| now >= until) {
        return Err(Cause::CodeExpired.into());
    }
    let Frame { t, page } = Frame::team(&request);
    let enrol = Enrol {
        t,
        page,
        code: code.to_string(),
        role: role_word(device.role).to_owned(),
        name: device.name.as_ref().map(ToString::to_string),
    };
    show(&node, &request, &enrol)
}

/// The word of the code for a role.
pub const fn role_word(role: Role) -> &'static str {
    match role {
        Role::Coordinator => "coordinator",
        Role::Volunteer => "volunteer",
        Role::Bar => "bar",
        Role::Viewer => "viewer",
    }
}

/// `POST /enrol/CODE`: lets this device in, by an invitation or by a volunteer's badge.
async fn enrol(
    node: Data<Node>,
    request: HttpRequest,
    code: Path<String>,
) -> Result<HttpResponse, Problem> {
    phone::not_foreign(&request)?;
    let code: Code = code
        .parse()
        .map_err(|_| Problem::from(Cause::UnknownCode))?;
    let session = session::enrol(&node, &request, code).await?;
    Ok(see(home(session.bearer.role)))
}

/// `POST /sign-out`: this device is out.
async fn sign_out(
    node: Data<Node>,
    request: HttpRequest,
    caller: Caller,
) -> Result<HttpResponse, Problem> {
    let bearer = Bearer {
        organisation: caller.organisation,
        device: caller.device,
        role: caller.role,
    };
    session::sign_out(&node, &request, bearer).await?;
    Ok(see("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_name_is_made_of_the_name() {
        for (name, slug) in [
            ("Het Badhuis", "het-badhuis"),
            ("Café ’t Hoekje", "cafe-t-hoekje"),
            ("  De  Sleutel! ", "de-sleutel"),
            ("Über & Co.", "uber-co"),
        ] {
            assert_eq!(slug_of(name), slug);
            assert!(Slug::new(slug).is_ok());
        }
        assert_eq!(slug_of("حارتنا"), "");
        let long = slug_of(&"abc ".repeat(30));
        assert_eq!(long.len(), SLUG_CHARS_MAX - 1, "cut before a hyphen");
        assert!(Slug::new(&long).is_ok());
    }

    #[test]
    fn the_zones_offered_are_zones() {
        let zones = zones();
        assert!(zones.iter().any(|zone| zone == ZONE_DEFAULT));
        assert!(zones.iter().all(|zone| Zone::new(zone).is_ok()));
    }
}
