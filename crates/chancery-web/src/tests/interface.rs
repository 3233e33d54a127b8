//! The JSON interface answers as its document says, does what pages do, and what it does not do has its reason.

use std::collections::BTreeMap;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Reply, Small};
use crate::routes;

/// Whether a value is what a schema of ours says.
fn fits(schema: &Value, value: &Value, at: &str) {
    let types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
        _ => return,
    };
    let is = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(n) if n.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    assert!(
        types.contains(&is) || (is == "integer" && types.contains(&"number")),
        "{at}: {value} is no {types:?}"
    );
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        assert!(value.get(name).is_some(), "{at} lacks {name}");
    }
    for (name, inner) in value.as_object().into_iter().flatten() {
        match schema["properties"].get(name) {
            Some(schema) => fits(schema, inner, &format!("{at}.{name}")),
            None => assert_ne!(
                schema["additionalProperties"],
                Value::Bool(false),
                "{at}: {name} is not in the document"
            ),
        }
    }
    for (n, inner) in value.as_array().into_iter().flatten().enumerate() {
        fits(&schema["items"], inner, &format!("{at}[{n}]"));
    }
}

async fn document(small: &Small) -> Value {
    let document = small.with("", &Method::GET, "/api/v1/openapi.json", "").await;
    serde_json::from_str(&document.body).unwrap()
}

/// Asks as the document says, and holds the answer against it.
async fn asked(
    small: &Small,
    document: &Value,
    (token, id): (&str, &str),
    (name, value): (&str, &str),
    body: &Value,
) -> Reply {
    let (path, method, operation) = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, methods)| {
            methods.as_object().unwrap().iter().map(move |(m, o)| (path, m, o))
        })
        .find(|(_, _, operation)| operation["operationId"] == id)
        .unwrap();
    let path = path.replace(&format!("{{{name}}}"), value);
    let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
    let sent = if body.is_null() { String::new() } else { body.to_string() };
    let reply = small.by_token(token, &method, &path, &sent).await;
    let said: Value = serde_json::from_str(&reply.body).unwrap();
    let status = reply.status.as_u16().to_string();
    assert!(operation["responses"].get(&status).is_some(), "{id}: {status} is not in the document");
    if reply.status == StatusCode::OK {
        fits(&operation["responses"]["200"]["content"]["application/json"]["schema"], &said, id);
    } else {
        assert_eq!(reply.header("content-type"), "application/problem+json", "{id}");
        fits(&document["components"]["schemas"]["Problem"], &said, id);
    }
    reply
}

#[tokio::test(flavor = "current_thread")]
async fn the_interface_answers_as_its_document_says() {
    let small = Small::begin().await;
    let document = document(&small).await;
    let tokens: BTreeMap<&str, String> = BTreeMap::from([
        ("reader", small.token("pell", "northern", "Reader").await),
        ("drafter", small.token("marrack", "embassy", "Drafter").await),
        ("keeper", small.token("reed", "registry", "Keeper").await),
    ]);
    let mut ids = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for operation in methods.as_object().unwrap().values() {
            let id = operation["operationId"].as_str().unwrap();
            ids.push(id);
            let who = match operation["x-chancery-rule"].as_str().unwrap() {
                "Drafter" => "drafter",
                "Custodian" => "keeper",
                _ if id == "draft" => "drafter",
                _ => "reader",
            };
            let about =
                [("paper", "P1"), ("draft", "P2"), ("inquiry", "I1"), ("office", "northern")];
            let about = about.into_iter().find(|(name, _)| path.contains(&format!("{{{name}}}")));
            let body = &operation["requestBody"]["content"]["application/json"]["example"];
            let about = about.unwrap_or_default();
            let reply = asked(&small, &document, (&tokens[who], id), about, body).await;
            assert!(!reply.status.is_server_error(), "{id}: {}", reply.body);
            let refused = asked(&small, &document, ("00", id), about, body).await;
            assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{id}");
            if ["paper", "draft", "inquiry"].contains(&about.0) {
                let absent = (about.0, "P999");
                let missing = asked(&small, &document, (&tokens[who], id), absent, body).await;
                assert_eq!(missing.status, StatusCode::NOT_FOUND, "{id}");
            }
            if !body.is_null() {
                // Nothing is taken that the document does not name.
                let mut more = body.clone();
                more["custodian"] = json!(true);
                let more = asked(&small, &document, (&tokens[who], id), about, &more).await;
                let said = [StatusCode::UNPROCESSABLE_ENTITY, StatusCode::NOT_FOUND];
                assert!(said.contains(&more.status), "{id}: {} {}", more.status, more.body);
            }
        }
    }
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "every operation has a name of its own");
}

/// From the draft to the copy, without a page.
#[tokio::test(flavor = "current_thread")]
async fn programs_draft_clear_release_and_read() {
    let small = Small::begin().await;
    let document = document(&small).await;
    let drafter = small.token("marrack", "embassy", "Drafter").await;
    let clearer = small.token("voss", "visa-section", "Clearer").await;
    let reader = small.token("pell", "northern", "Reader").await;
    let draft = ("draft", "P3");
    let ask = async |token: &str, id: &str, body: Value| {
        asked(&small, &document, (token, id), draft, &body).await
    };
    let done = |reply: Reply| {
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.body);
        serde_json::from_str::<Value>(&reply.body).unwrap()
    };
    let text = "The {envoy|ambassador} arrived prior to the meeting, and it began to press for additional assistance regarding the harbour.";
    let new = json!({"from": "embassy", "subject": "Dues", "classification": "Confidential", "to": ["northern"], "text": text});
    assert_eq!(done(ask(&drafter, "draft", new.clone()).await)["paper"], "P3");
    let broken = json!({"from": "embassy", "subject": "Dues", "text": "One {word|."});
    assert_eq!(ask(&drafter, "draft", broken).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let elsewhere = json!({"from": "registry", "subject": "Dues", "text": text});
    assert_ne!(ask(&drafter, "draft", elsewhere).await.status, StatusCode::OK);
    let shown = done(ask(&drafter, "showDraft", Value::Null).await);
    let key = shown["places"][0]["key"].as_str().unwrap().to_owned();
    assert!(shown["readers"].as_u64().unwrap() >= 2 && shown["meter"].is_object());
    for choice in ["keep", "strike", "undo"] {
        done(ask(&drafter, "decidePlace", json!({"key": key, "choice": choice})).await);
    }
    done(
        ask(
            &drafter,
            "setDraftHeading",
            json!({"subject": "Harbour dues", "classification": "Confidential"}),
        )
        .await,
    );
    assert_eq!(ask(&clearer, "showDraft", Value::Null).await.status, StatusCode::NOT_FOUND);
    done(ask(&drafter, "askForClearance", json!({"offices": ["visa-section"]})).await);
    done(ask(&clearer, "refuseDraft", json!({"reason": "Which pier?"})).await);
    done(ask(&drafter, "setDraftText", json!({"text": text})).await);
    done(ask(&clearer, "clearDraft", Value::Null).await);
    assert_eq!(ask(&reader, "releaseDraft", Value::Null).await.status, StatusCode::NOT_FOUND);
    done(ask(&drafter, "approveDraft", Value::Null).await);
    assert_eq!(done(ask(&drafter, "releaseDraft", Value::Null).await)["paper"], "P3");
    assert_eq!(ask(&drafter, "withdrawDraft", Value::Null).await.status, StatusCode::FORBIDDEN);
    let copy = asked(&small, &document, (&reader, "openCopy"), ("paper", "P3"), &Value::Null).await;
    assert!(done(copy)["paragraphs"][0]["text"].as_str().unwrap().contains("harb"));
    let file = json!({"format": "pdf"});
    let file = asked(&small, &document, (&reader, "openCopyAsFile"), ("paper", "P3"), &file).await;
    let file = done(file);
    assert!(file["name"] == "P3.pdf" && file["base64"].as_str().unwrap().starts_with("JVBERi0"));
    small.web.archive.verify(|_, _| {}).await.unwrap();
}

/// What a page does, and through which operation a program does it; or why none can.
const ACTS: [(&str, &str); 47] = [
    ("/sign-in", "- a program brings a token"),
    ("/sign-in/passkey/ask", "- a program brings a token"),
    ("/sign-in/passkey", "- a program brings a token"),
    ("/sign-in/as", "- a demonstration’s"),
    ("/sign-out", "- a token ends when it is revoked"),
    ("/office", "- a token is of one office"),
    ("/how-i-sign-in", "- gives a way in: a person does it"),
    ("/how-i-sign-in/ask", "- gives a way in: a person does it"),
    ("/how-i-sign-in/remove", "- takes a way in: a person does it"),
    ("/prove/ask", "- a person proves who he is"),
    ("/prove", "- a person proves who he is"),
    ("/programs", "- gives a way in: a person does it"),
    ("/programs/revoke", "- takes a way in: a person does it"),
    ("/search", "search"),
    ("/papers/{paper}/copy", "openCopy"),
    ("/papers/{paper}/pages", "openCopyAsFile"),
    ("/papers/{paper}/text", "openCopyAsFile"),
    ("/papers/{paper}/pdf", "openCopyAsFile"),
    ("/papers/{paper}/lost", "reportCopy"),
    ("/drafts", "draft"),
    ("/drafts/preview", "- keeps nothing: showDraft tells it of a draft"),
    ("/drafts/{draft}/text", "setDraftText"),
    ("/drafts/{draft}/heading", "setDraftHeading"),
    ("/drafts/{draft}/place", "decidePlace"),
    ("/drafts/{draft}/ask", "askForClearance"),
    ("/drafts/{draft}/clear", "clearDraft"),
    ("/drafts/{draft}/refuse", "refuseDraft"),
    ("/drafts/{draft}/approve", "approveDraft"),
    ("/drafts/{draft}/release", "releaseDraft"),
    ("/drafts/{draft}/withdraw", "withdrawDraft"),
    ("/inquiries", "- takes a proof of who opens it"),
    ("/inquiries/article", "lookIntoArticle"),
    ("/inquiries/{inquiry}/approve", "- takes a proof of who approves"),
    ("/inquiries/{inquiry}/run", "- takes a proof of who runs it"),
    ("/inquiries/{inquiry}/pack", "inquiry"),
    ("/findings/{inquiry}/pack", "contestPack"),
    ("/findings/{inquiry}/answer", "- cannot be taken back: a person gives it"),
    ("/offices/{office}/handover", "handOver"),
    ("/house/backups", "backUp"),
    ("/house/backups/try", "tryBackup"),
    ("/house/links", "- gives a way in: a person does it"),
    ("/house/links/remove", "- takes a way in: a person does it"),
    ("/house/invite", "- gives a way in: a person does it"),
    ("/house/persons", "addPerson"),
    ("/house/offices", "addOffice"),
    ("/house/postings", "startPosting"),
    ("/house/told", "- says who hears of releases: a person does it"),
];

#[test]
fn every_act_has_its_operation_or_a_reason() {
    let operations: Vec<&str> =
        routes::all().iter().filter_map(|route| route.operation).map(|o| o.id).collect();
    for (path, by) in ACTS {
        assert!(by.starts_with("- ") || operations.contains(&by), "{path}: there is no {by}");
    }
    let acts = routes::all();
    let acts = acts.iter().filter(|r| r.method == Method::POST && r.operation.is_none());
    for route in acts {
        let path = route.path.strip_prefix("/house/told/").map_or(route.path, |_| "/house/told");
        let known = ACTS.iter().any(|(act, _)| *act == path);
        assert!(known, "say in ACTS how a program does {path}, or why none can");
    }
}
