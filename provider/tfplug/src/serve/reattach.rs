//! Debug mode: what the user must set so that Terraform uses this process instead of starting one.

use serde_json::{Map, Value, json};

use super::socket::Address;
use crate::install::addresses;

/// The `TF_REATTACH_PROVIDERS` variable as a shell assignment.
pub(super) fn announcement(provider: &str, address: &Address) -> String {
    let here = json!({
        "Protocol": "grpc",
        "ProtocolVersion": 6,
        "Pid": std::process::id(),
        // Keeps Terraform from stopping the process at the end of its run.
        "Test": true,
        "Addr": { "Network": address.network(), "String": address.location() },
    });
    let value: Map<String, Value> = addresses(provider).into_iter().map(|address| (address, here.clone())).collect();
    // The shell takes everything but a single quote literally between single quotes.
    format!("TF_REATTACH_PROVIDERS='{}'", Value::Object(value).to_string().replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::install::HOSTS;

    fn announced(provider: &str) -> Map<String, Value> {
        let line = announcement(provider, &Address::Tcp("127.0.0.1:1".to_owned()));
        let value = line.strip_prefix("TF_REATTACH_PROVIDERS='").and_then(|rest| rest.strip_suffix('\'')).unwrap();
        serde_json::from_str(value).unwrap()
    }

    #[test]
    fn announcement_is_a_shell_assignment_of_json_for_either_registry() {
        let value = announced("registry.terraform.io/a/b");
        assert_eq!(value.len(), 2);
        for host in HOSTS {
            let entry = &value[&format!("{host}/a/b")];
            assert_eq!(entry["Protocol"], "grpc");
            assert_eq!(entry["ProtocolVersion"], 6);
            assert_eq!(entry["Pid"], std::process::id());
            assert_eq!(entry["Test"], true);
            assert_eq!(entry["Addr"], json!({ "Network": "tcp", "String": "127.0.0.1:1" }));
        }
        let own: Vec<_> = announced("example.org/a/b").into_iter().map(|(address, _)| address).collect();
        assert_eq!(own, ["example.org/a/b"]);
    }
}
