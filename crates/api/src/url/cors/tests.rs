use proptest::prelude::*;

use super::*;

fn strings(items: &[&str]) -> Option<Vec<String>> {
    Some(items.iter().map(|item| (*item).to_owned()).collect())
}

fn full() -> UrlCors {
    UrlCors {
        allow_credentials: Some(true),
        allow_headers: strings(&["content-type", "x-mine"]),
        allow_methods: strings(&["GET", "PUT"]),
        allow_origins: strings(&["https://a.test", "http://localhost:3000"]),
        expose_headers: strings(&["x-shown", "date"]),
        max_age_secs: Some(300),
    }
}

fn wildcards() -> UrlCors {
    let any = || strings(&["*"]);
    UrlCors { allow_headers: any(), allow_methods: any(), allow_origins: any(), ..UrlCors::default() }
}

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    pairs.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect()
}

fn shown(headers: &HeaderMap) -> Vec<String> {
    let mut lines: Vec<_> =
        headers.iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect();
    lines.sort();
    lines
}

fn preflight(cors: &UrlCors, origin: &str) -> Vec<String> {
    let request = headers(&[
        ("origin", origin),
        ("access-control-request-method", "PUT"),
        ("access-control-request-headers", "authorization,x-mine"),
    ]);
    let answer = super::preflight(cors, &Method::OPTIONS, &request).unwrap();
    assert_eq!(answer.status(), 200);
    shown(answer.headers())
}

fn decorated(cors: &UrlCors, request: &[(&'static str, &str)], own: &[(&'static str, &str)]) -> Vec<String> {
    let mut answer = headers(own);
    decorate(cors, &headers(request), &mut answer);
    shown(&answer)
}

#[test]
fn a_preflight_of_an_allowed_origin_is_told_everything() {
    for origin in ["https://a.test", "HTTPS://A.TEST", "http://localhost:3000"] {
        assert_eq!(
            preflight(&full(), origin),
            [
                "access-control-allow-credentials: true".to_owned(),
                "access-control-allow-headers: content-type,x-mine".to_owned(),
                "access-control-allow-methods: GET,PUT".to_owned(),
                format!("access-control-allow-origin: {origin}"),
                "access-control-max-age: 300".to_owned(),
                "vary: Origin".to_owned(),
            ]
        );
    }
}

#[test]
fn wildcards_are_answered_with_what_was_asked_for() {
    assert_eq!(
        preflight(&wildcards(), "https://b.test"),
        [
            "access-control-allow-headers: authorization,x-mine",
            "access-control-allow-methods: PUT",
            "access-control-allow-origin: https://b.test",
            "vary: Origin",
        ]
    );
    let https = UrlCors { allow_origins: strings(&["https://*"]), ..UrlCors::default() };
    assert_eq!(
        preflight(&https, "https://b.test"),
        ["access-control-allow-origin: https://b.test", "vary: Origin"]
    );
    assert_eq!(preflight(&https, "http://b.test"), ["vary: Origin"]);
}

#[test]
fn other_origins_are_told_nothing() {
    for origin in
        ["https://b.test", "null", "http://a.test", "https://a.test:8443", "https://a.test.evil", "*"]
    {
        assert_eq!(preflight(&full(), origin), ["vary: Origin"], "{origin}");
        assert_eq!(decorated(&full(), &[("origin", origin)], &[]), ["vary: Origin"], "{origin}");
    }
    assert_eq!(preflight(&UrlCors::default(), "https://a.test"), ["vary: Origin"]);
}

#[test]
fn only_a_preflight_is_answered_without_the_function() {
    let asks = [("origin", "https://a.test"), ("access-control-request-method", "PUT")];
    assert!(super::preflight(&full(), &Method::OPTIONS, &headers(&asks)).is_some());
    assert!(super::preflight(&full(), &Method::GET, &headers(&asks)).is_none());
    assert!(super::preflight(&full(), &Method::OPTIONS, &headers(&asks[..1])).is_none());
    assert!(super::preflight(&full(), &Method::OPTIONS, &headers(&asks[1..])).is_none());
}

#[test]
fn answers_get_headers_beside_the_functions_own() {
    assert_eq!(
        decorated(
            &full(),
            &[("origin", "https://a.test")],
            &[("access-control-allow-origin", "*"), ("x-shown", "1")]
        ),
        [
            "access-control-allow-credentials: true",
            "access-control-allow-origin: *",
            "access-control-allow-origin: https://a.test",
            "access-control-expose-headers: x-shown,date",
            "vary: Origin",
            "x-shown: 1",
        ]
    );
    assert_eq!(decorated(&full(), &[], &[]), ["vary: Origin"]);
}

proptest! {
    #[test]
    fn any_configuration_and_origin_make_an_answer(
        items in prop::collection::vec("\\PC{0,20}", 0..4), origin in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let list = || Some(items.clone());
        let cors = UrlCors {
            allow_credentials: Some(true),
            allow_headers: list(),
            allow_methods: list(),
            allow_origins: list(),
            expose_headers: list(),
            max_age_secs: Some(u32::MAX),
        };
        let Ok(origin) = HeaderValue::from_bytes(&origin) else { return Ok(()) };
        let mut request = headers(&[("access-control-request-method", "GET")]);
        request.insert(ORIGIN, origin);
        prop_assert!(super::preflight(&cors, &Method::OPTIONS, &request).is_some());
        let mut answer = HeaderMap::new();
        decorate(&cors, &request, &mut answer);
        prop_assert!(answer.contains_key(VARY));
    }
}
