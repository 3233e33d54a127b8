//! The command line of the reading room.

use std::net::SocketAddr;

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
    /// Prints a one-time code with which this person signs in, such as whoever keeps the house at the first
    /// start.
    #[arg(long, value_name = "PERSON")]
    pub(crate) invite: Option<Handle>,
    /// Serves figures for Prometheus at this address, under /metrics.
    #[arg(long, value_name = "ADDR")]
    pub(crate) metrics: Option<SocketAddr>,
}
