//! Generated files: whatever comments, line ends and commas are in them.

use proptest::prelude::*;

use super::*;

fn trivia(newline: &'static str) -> impl Strategy<Value = String> {
    prop::collection::vec(
        prop_oneof![
            4 => Just(" ".to_owned()),
            2 => Just("\t".to_owned()),
            3 => Just(newline.to_owned()),
            1 => "[a-z\"{},:é ]{0,6}".prop_map(|text| format!("/* {text} */")),
            1 => "[a-z\"{},:é ]{0,6}".prop_map(move |text| format!("// {text}{newline}")),
        ],
        0..4,
    )
    .prop_map(|pieces| pieces.concat())
}

/// An object's text: properties with distinct names, `below` as the value of `servers`.
fn object(
    newline: &'static str,
    names: &'static [&'static str],
    value: BoxedStrategy<String>,
) -> BoxedStrategy<String> {
    let property = (trivia(newline), trivia(newline), trivia(newline), value, trivia(newline));
    let subset = prop::sample::subsequence(names, 0..=names.len());
    (subset, prop::collection::vec(property, names.len()), any::<bool>(), trivia(newline))
        .prop_map(|(names, properties, trailing, end)| {
            let last = names.len().saturating_sub(1);
            let mut text = "{".to_owned();
            for (at, (name, (a, b, c, value, d))) in names.iter().zip(properties).enumerate() {
                let comma = if at < last || trailing { "," } else { "" };
                text += &format!("{a}\"{name}\"{b}:{c}{value}{d}{comma}");
            }
            text + &end + "}"
        })
        .boxed()
}

fn scalar() -> BoxedStrategy<String> {
    prop_oneof![
        Just("1".to_owned()),
        Just("-2.5e3".to_owned()),
        Just("null".to_owned()),
        Just("\"a // b \\\" } é\"".to_owned()),
        Just("[]".to_owned()),
        Just("[1, {\"x\": [2,],}]".to_owned()),
    ]
    .boxed()
}

fn file() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["\n", "\r\n"]).prop_flat_map(|newline| {
        let server = object(newline, &["command", "args", "disabled"], scalar());
        let servers = object(newline, &["a", "meshpilot", "größe"], server.clone());
        let value = prop_oneof![2 => scalar(), 1 => server].boxed();
        let root = (object(newline, &["x", "y"], value), servers, any::<bool>(), any::<bool>())
            .prop_map(|(mut text, servers, has, first)| {
                let body = text.trim_end_matches('}').trim_end_matches([' ', '\t', '\r', '\n']);
                let open = text == "{}" || body == "{" || body.ends_with(',');
                if has && first {
                    let rest = text.split_off(1);
                    let comma = if rest.contains('"') { "," } else { "" };
                    text = format!("{{\"mcpServers\": {servers}{comma}{rest}");
                } else if has && open {
                    text.pop();
                    text = format!("{text}\"mcpServers\": {servers}}}");
                }
                text
            });
        (prop::bool::weighted(0.1), trivia(newline), root, trivia(newline)).prop_map(
            |(mark, before, root, after)| {
                format!("{}{before}{root}{after}", if mark { "\u{feff}" } else { "" })
            },
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_file_is_connected_and_given_back(text in file()) {
        let client = super::super::client("cursor").expect("known");
        // A generated file may be broken; that has tests of its own.
        let readable = client.syntax.entry(&text, client.container);
        prop_assume!(readable.is_ok());
        let had_ours = readable.is_ok_and(|entry| entry.is_some());

        let machine = Machine::in_memory();
        let path = machine.env.project.join(".cursor/mcp.json");
        machine.put(&path, &text);
        machine.run(client, Scope::Project, Action::Connect);
        let after = fs::read_to_string(&path).expect("the file");
        prop_assert_eq!(without_ours(client, &text), without_ours(client, &after), "{}", after);
        prop_assert_eq!(&value(client, &after)["mcpServers"][NAME]["args"][0], "mcp");
        prop_assert!(had_ours || is_within(&text, &after), "{}", after);
        prop_assert!(!machine.plan(client, Scope::Project, Action::Connect).changed, "{}", after);

        machine.run(client, Scope::Project, Action::Disconnect);
        prop_assert_eq!(&fs::read_to_string(&path).expect("the file"), &text);

        fs::write(&path, &after).expect("written");
        machine.run(client, Scope::Project, Action::Disconnect);
        let cut = fs::read_to_string(&path).expect("the file");
        prop_assert_eq!(without_ours(client, &text), without_ours(client, &cut), "{}", cut);
        prop_assert_eq!(client.syntax.entry(&cut, client.container), Ok(None));
    }
}
