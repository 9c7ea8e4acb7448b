//! What is set has its effect on events.

use std::time::Instant;

use serde_json::{Value, json};

use crate::app::App;
use crate::server;

/// Sends an event to a qualifier; says its state and its condition once it has run.
async fn outcome(app: &App, qualifier: &str) -> (String, Value) {
    let target = format!("/2015-03-31/functions/failing/invocations?Qualifier={qualifier}");
    let id = app.send_event(&target).await;
    let begun = Instant::now();
    loop {
        let status = app.get(&format!("/_lambent/v1/events/{id}")).await;
        let state = status.body["state"].as_str().unwrap_or_default();
        if !matches!(state, "queued" | "running") {
            return (state.to_owned(), status.body["condition"].clone());
        }
        assert!(begun.elapsed() < server::PATIENCE, "the event is {status:?}");
        tokio::task::yield_now().await;
    }
}

pub(crate) async fn an_event_is_tried_as_often_as_is_set_where_it_was_sent() {
    let app = App::start().await;
    let zip = server::zip_of("bootstrap", b"#!/bin/sh\nexit 1\n");
    app.create_with(&server::creation("failing", "provided.al2023", &zip)).await;
    app.publish("failing", 1).await;
    for alias in ["once", "often"] {
        let body = json!({"Name": alias, "FunctionVersion": "1"});
        assert_eq!(app.ask("POST", "/2015-03-31/functions/failing/aliases", body).await.status, 201);
    }
    for qualifier in ["$LATEST", "once"] {
        let target = format!("/2019-09-25/functions/failing/event-invoke-config?Qualifier={qualifier}");
        assert_eq!(app.ask("PUT", &target, json!({"MaximumRetryAttempts": 0})).await.status, 200);
    }
    for (qualifier, state, condition) in [
        ("$LATEST", "failed", json!("RetriesExhausted")),
        ("once", "failed", json!("RetriesExhausted")),
        // They have no settings of their own, so they are tried again in a minute.
        ("often", "delayed", Value::Null),
        ("1", "delayed", Value::Null),
    ] {
        assert_eq!(outcome(&app, qualifier).await, (state.to_owned(), condition), "{qualifier}");
    }
}
