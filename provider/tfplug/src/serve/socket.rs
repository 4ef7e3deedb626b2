//! The socket that the client connects to.

use std::net::Ipv4Addr;
#[cfg(unix)]
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::net::TcpListener;
#[cfg(unix)]
use tokio::net::UnixListener;

use super::ServeError;
use super::connections::Io;
use super::environment::Environment;

/// Where the client connects to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Address {
    /// Path of a Unix socket. It is text, because the handshake is.
    #[cfg(unix)]
    Unix(String),
    /// Host and port.
    Tcp(String),
}

impl Address {
    /// The name of the network in the handshake and in `TF_REATTACH_PROVIDERS`.
    pub(super) fn network(&self) -> &'static str {
        match self {
            #[cfg(unix)]
            Self::Unix(_) => "unix",
            Self::Tcp(_) => "tcp",
        }
    }

    /// The path, or host and port.
    pub(super) fn location(&self) -> &str {
        match self {
            #[cfg(unix)]
            Self::Unix(path) => path,
            Self::Tcp(address) => address,
        }
    }
}

/// A listening socket. A Unix socket is removed from the file system when this is dropped, whoever still accepts
/// connections from it.
pub(super) struct Listener {
    address: Address,
    socket: Arc<Socket>,
    #[cfg(unix)]
    _file: Option<unix::SocketFile>,
}

/// Where connections come from.
pub(super) enum Socket {
    #[cfg(unix)]
    Unix(UnixListener),
    Tcp(TcpListener),
}

impl Listener {
    /// Starts to listen, on TCP or on a Unix socket.
    pub(super) async fn bind(tcp: bool, environment: &Environment) -> Result<Self, ServeError> {
        #[cfg(unix)]
        if !tcp {
            let (listener, file) = unix::bind(environment)?;
            let address = Address::Unix(file.path().display().to_string());
            return Ok(Self { address, socket: Arc::new(Socket::Unix(listener)), _file: Some(file) });
        }
        let _ = tcp;
        let listener = bind_tcp(environment).await?;
        let address =
            listener.local_addr().map_err(|source| ServeError::Listen { place: "TCP".to_owned(), source })?.to_string();
        Ok(Self {
            address: Address::Tcp(address),
            socket: Arc::new(Socket::Tcp(listener)),
            #[cfg(unix)]
            _file: None,
        })
    }

    pub(super) fn address(&self) -> &Address {
        &self.address
    }

    pub(super) fn socket(&self) -> Arc<Socket> {
        Arc::clone(&self.socket)
    }
}

impl Socket {
    /// Waits for the next connection.
    pub(super) async fn accept(&self) -> std::io::Result<Box<dyn Io>> {
        match self {
            #[cfg(unix)]
            Self::Unix(listener) => Ok(Box::new(listener.accept().await?.0)),
            Self::Tcp(listener) => {
                let stream = listener.accept().await?.0;
                stream.set_nodelay(true)?;
                Ok(Box::new(stream))
            }
        }
    }
}

/// Takes the first free port of the range in the environment, or any port if there is no range.
async fn bind_tcp(environment: &Environment) -> Result<TcpListener, ServeError> {
    let ports = match (&environment.min_port, &environment.max_port) {
        (Some(min), Some(max)) => match (min.parse::<u16>(), max.parse::<u16>()) {
            (Ok(first), Ok(last)) if first <= last => first..=last,
            _ => return Err(ServeError::PortRange { min: min.clone(), max: max.clone() }),
        },
        _ => 0..=0,
    };
    let place = format!("{} ports {} to {}", Ipv4Addr::LOCALHOST, ports.start(), ports.end());
    let mut last_error = None;
    for port in ports {
        match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
            Ok(listener) => return Ok(listener),
            Err(error) => last_error = Some(error),
        }
    }
    let source = last_error.unwrap_or_else(|| std::io::Error::other("no port to try"));
    Err(ServeError::Listen { place, source })
}

#[cfg(unix)]
mod unix {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;

    use super::{Environment, Path, PathBuf, ServeError, UnixListener};

    /// The operating system's limit for a socket path is 104 or 108 bytes with its terminator.
    const MAX_PATH_BYTES: usize = 100;
    const PREFIX: &str = "tf-plugin-";

    /// The file of a Unix socket, removed when dropped.
    pub(super) struct SocketFile {
        path: PathBuf,
        _directory: Option<tempfile::TempDir>,
    }

    impl SocketFile {
        pub(super) fn path(&self) -> &Path {
            &self.path
        }
    }

    impl Drop for SocketFile {
        fn drop(&mut self) {
            // It may be gone already; there is nobody left to tell.
            let _ = std::fs::remove_file(&self.path);
        }
    }

    /// Listens in a directory of its own that only the user can enter. If the environment names a directory or a
    /// group, then directly in that directory, because a group could not enter a private one.
    pub(super) fn bind(environment: &Environment) -> Result<(UnixListener, SocketFile), ServeError> {
        let parent = match &environment.socket_directory {
            Some(directory) => PathBuf::from(directory),
            None => temporary_directory(),
        };
        let failed = |place: &Path| {
            let place = place.display().to_string();
            move |source| ServeError::Listen { place, source }
        };
        let mut builder = tempfile::Builder::new();
        builder.prefix(PREFIX);
        if environment.socket_directory.is_none() && environment.socket_group.is_none() {
            builder.permissions(Permissions::from_mode(0o700));
            let directory = builder.tempdir_in(&parent).map_err(failed(&parent))?;
            let path = directory.path().join("s");
            let listener = UnixListener::bind(&path).map_err(failed(&path))?;
            return Ok((listener, SocketFile { path, _directory: Some(directory) }));
        }
        let (listener, path) =
            builder.make_in(&parent, |path| UnixListener::bind(path)).map_err(failed(&parent))?.into_parts();
        // From here on SocketFile removes the file.
        let path = path.keep().map_err(|error| failed(&parent)(error.error))?;
        let file = SocketFile { path, _directory: None };
        let mode = match &environment.socket_group {
            Some(group) => {
                let gid = group_id(group).ok_or_else(|| ServeError::UnknownGroup(group.clone()))?;
                std::os::unix::fs::chown(file.path(), None, Some(gid)).map_err(failed(file.path()))?;
                0o660
            }
            None => 0o600,
        };
        std::fs::set_permissions(file.path(), Permissions::from_mode(mode)).map_err(failed(file.path()))?;
        Ok((listener, file))
    }

    /// The user's directory for temporary files, unless its name is too long for a socket in it.
    fn temporary_directory() -> PathBuf {
        let usual = std::env::temp_dir();
        let needed = "/".len() + PREFIX.len() + "xxxxxx/s".len();
        if usual.as_os_str().len() + needed <= MAX_PATH_BYTES { usual } else { PathBuf::from("/tmp") }
    }

    fn group_id(group: &str) -> Option<u32> {
        let named = std::fs::read_to_string("/etc/group").ok().and_then(|groups| {
            groups.lines().find_map(|line| {
                let mut fields = line.split(':');
                (fields.next()? == group).then(|| fields.nth(1)?.parse().ok())?
            })
        });
        named.or_else(|| group.parse().ok())
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn groups_are_names_or_numbers() {
            assert_eq!(group_id("root"), Some(0));
            assert_eq!(group_id("4711"), Some(4711));
            assert_eq!(group_id("no-such-group"), None);
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    use super::*;

    fn path(listener: &Listener) -> PathBuf {
        PathBuf::from(listener.address().location())
    }

    #[tokio::test]
    async fn socket_is_private_and_removed() {
        let listener = Listener::bind(false, &Environment::default()).await.unwrap();
        let path = path(&listener);
        let directory = path.parent().unwrap().to_owned();
        assert_eq!(directory.metadata().unwrap().permissions().mode() & 0o777, 0o700);
        assert!(path.exists());
        assert!(path.as_os_str().len() <= 100);
        drop(listener);
        assert!(!directory.exists());
    }

    #[tokio::test]
    async fn socket_goes_to_the_directory_and_group_asked_for() {
        let directory = tempfile::tempdir().unwrap();
        let gid = directory.path().metadata().unwrap().gid();
        let mut environment = Environment {
            socket_directory: Some(directory.path().display().to_string()),
            socket_group: Some(gid.to_string()),
            ..Environment::default()
        };
        let listener = Listener::bind(false, &environment).await.unwrap();
        let path = path(&listener);
        assert_eq!(path.parent().unwrap(), directory.path());
        let metadata = path.metadata().unwrap();
        assert_eq!((metadata.permissions().mode() & 0o777, metadata.gid()), (0o660, gid));
        drop(listener);
        assert!(!path.exists());

        environment.socket_group = Some("no-such-group".to_owned());
        let error = Listener::bind(false, &environment).await.err().expect("refused").to_string();
        assert!(error.contains("no-such-group"), "{error}");
        assert_eq!(directory.path().read_dir().unwrap().count(), 0, "the socket of the failed attempt is left");
    }

    #[tokio::test]
    async fn a_directory_that_does_not_exist_is_named() {
        let environment = Environment { socket_directory: Some("/no/such/place".to_owned()), ..Environment::default() };
        let error = Listener::bind(false, &environment).await.err().expect("refused").to_string();
        assert!(error.contains("/no/such/place"), "{error}");
    }

    #[tokio::test]
    async fn tcp_takes_the_first_free_port_of_the_range() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = taken.local_addr().unwrap().port();
        let range = |min: String, max: String| Environment {
            min_port: Some(min),
            max_port: Some(max),
            ..Environment::default()
        };
        let error = Listener::bind(true, &range(port.to_string(), port.to_string())).await.err().expect("port in use");
        assert!(error.to_string().contains(&port.to_string()), "{error}");
        let last = port.saturating_add(50);
        let listener = Listener::bind(true, &range(port.to_string(), last.to_string())).await.unwrap();
        let chosen: u16 = listener.address().location().rsplit(':').next().unwrap().parse().unwrap();
        assert!(chosen > port && chosen <= last, "{chosen}");
        assert!(Listener::bind(true, &range("9".to_owned(), "x".to_owned())).await.is_err());
    }
}
