//! Typed ids that a person can say: a letter for the kind and a number.

macro_rules! ids {
    ($($(#[doc = $doc:literal])* $name:ident $prefix:literal;)*) => {$(
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                let number = text.strip_prefix($prefix).or_else(|| text.strip_prefix(&$prefix.to_ascii_lowercase()));
                number
                    .filter(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
                    .and_then(|digits| digits.parse().ok())
                    .map(Self)
                    .ok_or_else(|| format!(concat!("`{}` is no id such as `", $prefix, "42`"), text))
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'_, str>>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool { true }
            fn schema_name() -> std::borrow::Cow<'static, str> { stringify!($name).into() }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({"type": "string", "pattern": concat!("^", $prefix, "[0-9]{1,18}$")})
            }
        }
    )*};
}

ids! {
    /// A task, `T42`.
    TaskId "T";
    /// A comment on a task, `N7`.
    CommentId "N";
    /// A message in the shared chat, `C913`.
    ChatId "C";
    /// A lock on a path or glob, `L5`.
    LockId "L";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_as_it_is_written_and_nothing_else_does() {
        assert_eq!("T42".parse::<TaskId>().unwrap(), TaskId(42));
        assert_eq!("t42".parse::<TaskId>().unwrap(), TaskId(42));
        assert_eq!(TaskId(42).to_string(), "T42");
        for bad in ["", "T", "42", "T-1", "T4 2", "L42", "T99999999999999999999", "T+1"] {
            assert!(bad.parse::<TaskId>().is_err(), "{bad:?} was read as a task id");
        }
    }
}
