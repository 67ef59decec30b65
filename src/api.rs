//! The JSON routes of `api-spec/openapi.yaml`.

pub mod activities;
pub mod calendar;
pub mod caller;
pub mod client_time;
pub mod codes;
pub mod devices;
pub mod entries;
pub mod entry_body;
pub mod etag;
pub mod fields;
pub mod figures;
pub mod history;
pub mod house;
pub mod log;
pub mod months;
pub mod openapi;
pub mod people;
pub mod query;
pub mod rooms;
pub mod service;
pub mod session;
pub mod sessions;
pub mod settings;
pub mod standing;

use crate::problem::{self, unknown_method};
use actix_web::web::{self, ServiceConfig};

/// The routes below `/api/v1`.
pub fn routes(api: &mut ServiceConfig) {
    api.app_data(problem::json(problem::BODY_BYTES_MAX))
        .app_data(problem::path())
        .app_data(problem::query())
        .service(
            web::resource("/openapi.json")
                .route(web::get().to(openapi::serve))
                .default_service(web::to(unknown_method)),
        )
        .service(
            web::resource("/organisations")
                .route(web::post().to(house::make))
                .default_service(web::to(unknown_method)),
        )
        .service(
            web::resource("/organisations/{id}")
                .route(web::delete().to(house::end))
                .default_service(web::to(unknown_method)),
        )
        .service(
            web::resource("/organisations/{id}/invite")
                .route(web::post().to(house::invite_coordinator))
                .default_service(web::to(unknown_method)),
        )
        .service(
            web::resource("/setup")
                .route(web::post().to(house::set_up))
                .default_service(web::to(unknown_method)),
        )
        .service(
            web::resource("/entries")
                .app_data(problem::json(entries::ENTRIES_BYTES_MAX))
                .route(web::post().to(entries::record))
                .route(web::get().to(history::list))
                .default_service(web::to(unknown_method)),
        )
        .configure(session::routes)
        .configure(activities::routes)
        .configure(sessions::routes)
        .configure(codes::routes)
        .configure(standing::routes)
        .configure(settings::routes)
        .configure(calendar::routes)
        .configure(devices::routes)
        .configure(people::routes)
        .configure(figures::routes)
        .configure(months::routes)
        .configure(log::routes);
}
