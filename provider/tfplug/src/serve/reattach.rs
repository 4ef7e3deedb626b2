//! Debug mode: what the user must set so that Terraform uses this process instead of starting one.

use serde_json::json;

use super::socket::Address;

/// The `TF_REATTACH_PROVIDERS` variable as a shell assignment.
pub(super) fn announcement(provider: &str, address: &Address) -> String {
    let value = json!({
        provider: {
            "Protocol": "grpc",
            "ProtocolVersion": 6,
            "Pid": std::process::id(),
            // Keeps Terraform from stopping the process at the end of its run.
            "Test": true,
            "Addr": { "Network": address.network(), "String": address.location() },
        }
    });
    // The shell takes everything but a single quote literally between single quotes.
    format!("TF_REATTACH_PROVIDERS='{}'", value.to_string().replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn announcement_is_a_shell_assignment_of_json() {
        let line = announcement("registry.terraform.io/a/b", &Address::Tcp("127.0.0.1:1".to_owned()));
        let value = line.strip_prefix("TF_REATTACH_PROVIDERS='").and_then(|rest| rest.strip_suffix('\'')).unwrap();
        let value: serde_json::Value = serde_json::from_str(value).unwrap();
        let entry = &value["registry.terraform.io/a/b"];
        assert_eq!(entry["Protocol"], "grpc");
        assert_eq!(entry["ProtocolVersion"], 6);
        assert_eq!(entry["Pid"], std::process::id());
        assert_eq!(entry["Test"], true);
        assert_eq!(entry["Addr"], json!({ "Network": "tcp", "String": "127.0.0.1:1" }));
    }
}
