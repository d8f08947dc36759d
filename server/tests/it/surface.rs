//! What holds for every operation, by walking the list.

use meshpilot::ops;
use meshpilot::transport::openapi;

use super::golden;

#[test]
fn the_openapi_document_is_the_committed_one() {
    let mut text = serde_json::to_string_pretty(&openapi::build(&ops::all())).unwrap();
    text.push('\n');
    golden::check("server/tests/snapshots/openapi.json", &text);
}
