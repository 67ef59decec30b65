use super::{Bearer, Kind, OperatorToken, Refused, SigningError, TOKEN_BYTES_MAX, Tokens};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use meetellen_events::access::Role;
use meetellen_events::values::{DeviceId, OrganisationId, Timestamp};
use uuid::Uuid;

const BAR: Bearer = Bearer {
    organisation: OrganisationId::new(Uuid::from_u128(1)),
    device: DeviceId::new(Uuid::from_u128(2)),
    role: Role::Bar,
};

fn now() -> Timestamp {
    Timestamp::from_millis(1_800_000_000_000)
}

fn tokens() -> Tokens {
    Tokens::of(&[7; 32])
}

fn signed(header: &serde_json::Value, claims: &serde_json::Value) -> String {
    use ed25519_dalek::Signer;
    let part = |json: &serde_json::Value| URL_SAFE_NO_PAD.encode(json.to_string());
    let message = format!("{}.{}", part(header), part(claims));
    let signature = ed25519_dalek::SigningKey::from_bytes(&[7; 32]).sign(message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
}

fn claims(token: &str) -> serde_json::Value {
    let part = token.split('.').nth(1).expect("a token has three parts");
    let json = URL_SAFE_NO_PAD.decode(part).expect("a part is base64url");
    serde_json::from_slice(&json).expect("a part is JSON")
}

fn header() -> serde_json::Value {
    serde_json::json!({"alg": "EdDSA", "typ": Kind::Access.typ()})
}

#[test]
fn a_token_says_who_asks() {
    for kind in [Kind::Access, Kind::Api] {
        let token = tokens().issue(kind, BAR, now());
        assert_eq!(tokens().check(kind, &token, now()), Ok(BAR));
    }
}

#[test]
fn an_expired_token_is_refused_and_a_future_one_too() {
    for kind in [Kind::Access, Kind::Api] {
        let valid = i64::try_from(kind.valid().as_millis()).expect("it is months at most");
        let issued = |millis| {
            tokens().check(
                kind,
                &tokens().issue(kind, BAR, now().plus_millis(millis)),
                now(),
            )
        };
        assert_eq!(issued(30_000 - valid), Ok(BAR));
        assert_eq!(issued(-30_000 - valid), Err(Refused::Expired));
        assert_eq!(issued(60_000), Err(Refused::Foreign));
    }
}

#[test]
fn a_token_of_another_kind_is_refused() {
    let access = tokens().issue(Kind::Access, BAR, now());
    assert_eq!(
        tokens().check(Kind::Api, &access, now()),
        Err(Refused::Foreign)
    );
    let api = tokens().issue(Kind::Api, BAR, now());
    assert_eq!(
        tokens().check(Kind::Access, &api, now()),
        Err(Refused::Foreign)
    );
}

#[test]
fn a_token_of_another_installation_is_refused() {
    let foreign = Tokens::of(&[8; 32]).issue(Kind::Access, BAR, now());
    assert_eq!(
        tokens().check(Kind::Access, &foreign, now()),
        Err(Refused::Foreign)
    );
}

#[test]
fn a_changed_token_is_refused() {
    let token = tokens().issue(Kind::Access, BAR, now());
    let mut raised = claims(&token);
    raised["role"] = "coordinator".into();
    let raised = URL_SAFE_NO_PAD.encode(raised.to_string());
    let parts: Vec<_> = token.split('.').collect();
    let changed = format!("{}.{raised}.{}", parts[0], parts[2]);
    assert_eq!(
        tokens().check(Kind::Access, &changed, now()),
        Err(Refused::Foreign)
    );
}

#[test]
fn no_other_algorithm_is_taken() {
    let good = claims(&tokens().issue(Kind::Access, BAR, now()));
    assert_eq!(
        tokens().check(Kind::Access, &signed(&header(), &good), now()),
        Ok(BAR)
    );
    for algorithm in ["none", "HS256", "ES256", "RS256", "eddsa"] {
        let mut header = header();
        header["alg"] = algorithm.into();
        let refused = tokens().check(Kind::Access, &signed(&header, &good), now());
        assert_eq!(refused, Err(Refused::Foreign), "{algorithm}");
    }
}

#[test]
fn every_claim_is_required_and_holds() {
    let good = claims(&tokens().issue(Kind::Access, BAR, now()));
    for claim in ["exp", "nbf", "iss", "aud", "sub", "organisation", "role"] {
        let mut without = good.clone();
        without
            .as_object_mut()
            .expect("claims are an object")
            .remove(claim);
        let refused = tokens().check(Kind::Access, &signed(&header(), &without), now());
        assert_eq!(refused, Err(Refused::Foreign), "without {claim}");
    }
    for (claim, value) in [
        ("iss", "meetellen:0"),
        ("aud", "another"),
        ("role", "operator"),
    ] {
        let mut other = good.clone();
        other[claim] = value.into();
        let refused = tokens().check(Kind::Access, &signed(&header(), &other), now());
        assert_eq!(refused, Err(Refused::Foreign), "another {claim}");
    }
}

#[test]
fn what_is_no_token_is_refused() {
    for text in ["", ".", "..", "a.b.c", &"a".repeat(TOKEN_BYTES_MAX + 1)] {
        assert_eq!(
            tokens().check(Kind::Access, text, now()),
            Err(Refused::Foreign)
        );
    }
}

#[test]
fn tokens_outlive_a_restart_but_not_their_key() {
    let folder = tempfile::tempdir().expect("a folder to test in");
    let signing = folder.path().join("signing");
    let open = || Tokens::open(&signing).expect("the folder opens");
    let token = open().issue(Kind::Access, BAR, now());
    assert_eq!(open().check(Kind::Access, &token, now()), Ok(BAR));
    std::fs::write(signing.join("token.key"), [1; 31]).expect("the file is written");
    assert!(matches!(Tokens::open(&signing), Err(SigningError::Damaged)));
    std::fs::remove_file(signing.join("token.key")).expect("the file is there");
    assert_eq!(
        open().check(Kind::Access, &token, now()),
        Err(Refused::Foreign)
    );
}

#[test]
fn the_operator_is_known_by_the_file_alone() {
    let folder = tempfile::tempdir().expect("a folder to test in");
    let file = folder.path().join("operator.token");
    let open = || OperatorToken::open(folder.path());
    open().expect("the first start makes it");
    let text = std::fs::read_to_string(&file).expect("it is there");
    let operator = open().expect("it opens");
    assert!(operator.is(text.trim_end()));
    assert!(!operator.is("") && !operator.is("x") && !operator.is(&text));
    std::fs::write(&file, "\n").expect("it is emptied");
    assert!(matches!(open(), Err(SigningError::Damaged)));
    std::fs::remove_file(&file).expect("it is there");
    let anew = open().expect("it is made anew");
    assert!(!anew.is(text.trim_end()));
}
