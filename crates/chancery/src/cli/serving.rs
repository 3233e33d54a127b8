//! The command line of the reading room.

use std::net::SocketAddr;
use std::path::PathBuf;

use chancery_domain::Handle;
use chancery_web::Origin;
use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// Where to listen. Behind a proxy that ends TLS, this machine's own address is enough.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,
    /// The address under which people reach the reading room, such as <https://papers.example>. Without it
    /// nobody can have a passkey. Passkeys are bound to its host name for ever.
    #[arg(long, value_name = "URL")]
    pub(crate) origin: Option<Origin>,
    /// Where backups lie: the page about them lists, makes and tries them there.
    #[arg(long, value_name = "DIR")]
    pub(crate) backups: Option<PathBuf>,
    /// Notes each request on standard error as a line of JSON: route, status, time; nothing of a paper or a person.
    #[arg(long)]
    pub(crate) journal: bool,
    /// While the archive is sealed, officers may type their shares into the page /unseal. Whoever reads what passes
    /// through the proxy that ends TLS reads them.
    #[arg(long)]
    pub(crate) unseal_page: bool,
    /// The OpenID Connect issuer through which people may sign in. Whoever keeps the house links its subjects to
    /// persons; nobody else gets in.
    #[arg(long, value_name = "URL", requires_all = ["oidc_client", "oidc_secret", "origin"])]
    pub(crate) oidc_issuer: Option<String>,
    /// As what the issuer knows this house.
    #[arg(long, value_name = "ID", requires = "oidc_issuer")]
    pub(crate) oidc_client: Option<String>,
    /// A file with the secret that the issuer gave this house.
    #[arg(long, value_name = "FILE", requires = "oidc_issuer")]
    pub(crate) oidc_secret: Option<PathBuf>,
    /// Prints a one-time code with which this person signs in, such as whoever keeps the house at the first
    /// start.
    #[arg(long, value_name = "PERSON")]
    pub(crate) invite: Option<Handle>,
    /// Serves figures for Prometheus at this address, under /metrics.
    #[arg(long, value_name = "ADDR")]
    pub(crate) metrics: Option<SocketAddr>,
}
