//! From which address a request comes.

use crate::node::Node;
use actix_web::HttpRequest;
use actix_web::http::header::HeaderMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The header a proxy names its client in.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// Who sent a request; a proxy's word on it is believed only on this machine or where it is configured.
pub fn of(node: &Node, request: &HttpRequest) -> IpAddr {
    let peer = request.peer_addr().map(|peer| peer.ip());
    // A request without a peer was made by no network.
    let peer = peer.unwrap_or(Ipv4Addr::LOCALHOST.into());
    behind(peer, request.headers(), &node.trusted_proxies)
}

/// The last address in the chain that no proxy of ours has: whatever stands before it, its sender made up.
fn behind(peer: IpAddr, headers: &HeaderMap, proxies: &[IpAddr]) -> IpAddr {
    let is_proxy = |address: IpAddr| {
        address.is_loopback() || proxies.iter().any(|it| it.to_canonical() == address)
    };
    let peer = peer.to_canonical();
    if !is_proxy(peer) {
        return peer;
    }
    let values: Vec<_> = headers.get_all(FORWARDED_FOR).collect();
    let chain = values.iter().rev().flat_map(|value| {
        let value = value.to_str().unwrap_or_default();
        value.rsplit(',').map(str::trim)
    });
    let mut nearest = peer;
    for address in chain {
        let Some(address) = parsed(address) else {
            return nearest;
        };
        nearest = address;
        if !is_proxy(address) {
            return nearest;
        }
    }
    nearest
}

/// Some proxies add the port.
fn parsed(text: &str) -> Option<IpAddr> {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    let address: Option<IpAddr> = bare.parse().ok();
    let with_port = || text.parse().ok().map(|address: SocketAddr| address.ip());
    address
        .or_else(with_port)
        .map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::{HeaderName, HeaderValue};

    fn of(peer: &str, forwarded: &[&'static str], proxies: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            let name = HeaderName::from_static(FORWARDED_FOR);
            headers.append(name, HeaderValue::from_static(value));
        }
        let ip = |text: &&str| text.parse::<IpAddr>().expect("an address");
        let proxies: Vec<_> = proxies.iter().map(ip).collect();
        behind(ip(&peer), &headers, &proxies).to_string()
    }

    #[test]
    fn a_strangers_word_on_addresses_counts_for_nothing() {
        assert_eq!(of("203.0.113.9", &["198.51.100.1"], &[]), "203.0.113.9");
        assert_eq!(
            of("203.0.113.9", &["198.51.100.1"], &["203.0.113.8"]),
            "203.0.113.9"
        );
    }

    #[test]
    fn a_proxys_word_counts_as_far_as_proxies_go() {
        assert_eq!(of("127.0.0.1", &["198.51.100.1"], &[]), "198.51.100.1");
        assert_eq!(of("::1", &["198.51.100.1"], &[]), "198.51.100.1");
        assert_eq!(of("::ffff:127.0.0.1", &["2001:db8::1"], &[]), "2001:db8::1");
        assert_eq!(
            of("10.0.0.2", &["198.51.100.1"], &["10.0.0.2"]),
            "198.51.100.1"
        );
        // What the client itself sent stands before what the proxies saw.
        assert_eq!(
            of("127.0.0.1", &["10.9.9.9, 198.51.100.1"], &[]),
            "198.51.100.1"
        );
        assert_eq!(
            of(
                "127.0.0.1",
                &["10.9.9.9", "198.51.100.1, 10.0.0.2"],
                &["10.0.0.2"]
            ),
            "198.51.100.1"
        );
    }

    #[test]
    fn forms_of_addresses_are_read_and_others_end_the_chain() {
        assert_eq!(of("127.0.0.1", &["198.51.100.1:4711"], &[]), "198.51.100.1");
        assert_eq!(of("127.0.0.1", &["[2001:db8::1]:4711"], &[]), "2001:db8::1");
        assert_eq!(of("127.0.0.1", &["[2001:db8::1]"], &[]), "2001:db8::1");
        assert_eq!(
            of("127.0.0.1", &["198.51.100.1, unknown"], &[]),
            "127.0.0.1"
        );
        assert_eq!(of("127.0.0.1", &[""], &[]), "127.0.0.1");
        assert_eq!(of("127.0.0.1", &[], &[]), "127.0.0.1");
    }
}
