//! Commands about offices and persons.

use std::num::NonZeroU32;

use chancery_domain::Handle;
use chancery_domain::label::Engagement;
use clap::{Args, Subcommand};

use super::tenure::{OfficeTenure, PersonTenure};

#[derive(Debug, Subcommand)]
pub(crate) enum Office {
    /// Adds an office.
    Add {
        /// Short name.
        office: Handle,
        /// Title as written in lists.
        #[arg(long)]
        title: String,
        #[command(flatten)]
        about: AboutOffice,
    },
    /// Changes what is known of an office; what is not given stays.
    Set {
        /// Short name.
        office: Handle,
        /// Title as written in lists.
        #[arg(long)]
        title: Option<String>,
        #[command(flatten)]
        about: AboutOffice,
    },
    /// Lists all offices.
    List,
    #[command(flatten)]
    Tenure(OfficeTenure),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Person {
    /// Adds a person.
    Add {
        /// Short name.
        person: Handle,
        /// Name as written in lists.
        #[arg(long)]
        name: String,
        #[command(flatten)]
        about: AboutPerson,
    },
    /// Changes what is known of a person; what is not given stays.
    Set {
        /// Short name.
        person: Handle,
        /// Name as written in lists.
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        about: AboutPerson,
    },
    /// Lists all persons.
    List,
    #[command(flatten)]
    Tenure(PersonTenure),
}

#[derive(Debug, Args)]
pub(crate) struct AboutOffice {
    /// Sort of office: embassy, department...
    #[arg(long)]
    pub(crate) kind: Option<String>,
    /// The country whose office it is.
    #[arg(long)]
    pub(crate) country: Option<String>,
    /// The country or organisation that receives it.
    #[arg(long)]
    pub(crate) host: Option<String>,
    /// The office that appoints its holder.
    #[arg(long, value_name = "OFFICE")]
    pub(crate) parent: Option<Handle>,
    /// Most holders at a time, those acting aside.
    #[arg(long, value_name = "N")]
    pub(crate) seats: Option<NonZeroU32>,
}

#[derive(Debug, Args)]
pub(crate) struct AboutPerson {
    /// Nationality.
    #[arg(long)]
    pub(crate) nationality: Option<String>,
    /// How employed: home-based, or locally-engaged by a mission.
    #[arg(long, value_parser = engagement)]
    pub(crate) engagement: Option<Engagement>,
    /// What the person is cleared for, in the words of the label policy (text or JSON).
    #[arg(long)]
    pub(crate) clearance: Option<String>,
}

fn engagement(text: &str) -> Result<Engagement, String> {
    match text {
        "home-based" => Ok(Engagement::HomeBased),
        "locally-engaged" => Ok(Engagement::LocallyEngaged),
        _ => Err("one of: home-based, locally-engaged".to_owned()),
    }
}
