//! The environment variables that Terraform and go-plugin set for a provider.

use crate::log::Settings;

/// Proves that a go-plugin host for Terraform started the process. Not a secret.
const COOKIE: (&str, &str) =
    ("TF_PLUGIN_MAGIC_COOKIE", "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2");

/// What the environment says about how to serve.
#[derive(Clone, Debug, Default)]
pub(super) struct Environment {
    pub(super) cookie: Option<String>,
    /// Major protocol versions of the client, comma separated.
    pub(super) protocol_versions: Option<String>,
    /// The client's certificate as PEM. Absent if transport security is off.
    pub(super) client_certificate: Option<String>,
    pub(super) min_port: Option<String>,
    pub(super) max_port: Option<String>,
    /// Where to put the Unix socket.
    pub(super) socket_directory: Option<String>,
    /// Name or number of the group that may connect.
    pub(super) socket_group: Option<String>,
    /// Whether the client asks if broker connections can share one socket.
    pub(super) asks_for_multiplexing: bool,
    pub(super) log: Settings,
}

impl Environment {
    /// Reads the environment of the provider called `name`.
    #[expect(clippy::disallowed_methods, reason = "this is the place that reads the environment")]
    pub(super) fn read(name: &str) -> Self {
        Self::from_lookup(name, |variable| std::env::var(variable).ok())
    }

    fn from_lookup(name: &str, lookup: impl Fn(&str) -> Option<String>) -> Self {
        let set = |variable: &str| lookup(variable).filter(|value| !value.is_empty());
        let own_log_variable = format!("TF_LOG_PROVIDER_{}", name.to_uppercase().replace('-', "_"));
        Self {
            cookie: set(COOKIE.0),
            protocol_versions: set("PLUGIN_PROTOCOL_VERSIONS"),
            client_certificate: set("PLUGIN_CLIENT_CERT"),
            min_port: set("PLUGIN_MIN_PORT"),
            max_port: set("PLUGIN_MAX_PORT"),
            socket_directory: set("PLUGIN_UNIX_SOCKET_DIR"),
            socket_group: set("PLUGIN_UNIX_SOCKET_GROUP"),
            asks_for_multiplexing: set("PLUGIN_MULTIPLEX_GRPC").is_some(),
            log: Settings::from_variables(
                name,
                [own_log_variable.as_str(), "TF_LOG_PROVIDER", "TF_LOG"]
                    .iter()
                    .find_map(|variable| set(variable))
                    .as_deref(),
            ),
        }
    }

    pub(super) fn started_by_terraform(&self) -> bool {
        self.cookie.as_deref() == Some(COOKIE.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Environment {
        Environment::from_lookup("my-cloud", |wanted| {
            variables.iter().find(|(name, _)| *name == wanted).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn only_the_right_cookie_counts() {
        assert!(read(&[COOKIE]).started_by_terraform());
        assert!(!read(&[(COOKIE.0, "else")]).started_by_terraform());
        assert!(!read(&[]).started_by_terraform());
    }

    #[test]
    fn empty_is_absent() {
        assert_eq!(read(&[("PLUGIN_CLIENT_CERT", "")]).client_certificate, None);
        assert!(!read(&[("PLUGIN_MULTIPLEX_GRPC", "")]).asks_for_multiplexing);
        assert!(read(&[("PLUGIN_MULTIPLEX_GRPC", "true")]).asks_for_multiplexing);
    }

    #[test]
    fn the_narrowest_log_variable_wins() {
        use tracing::level_filters::LevelFilter;
        let all = [("TF_LOG", "error"), ("TF_LOG_PROVIDER", "WARN"), ("TF_LOG_PROVIDER_MY_CLOUD", "info")];
        assert_eq!(read(&all).log.level(), LevelFilter::INFO);
        assert_eq!(read(&all[..2]).log.level(), LevelFilter::WARN);
        assert_eq!(read(&all[..1]).log.level(), LevelFilter::ERROR);
        assert_eq!(read(&[]).log.level(), LevelFilter::OFF);
    }
}
