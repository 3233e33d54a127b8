//! Where copies may differ: channels and the stable numbers of sites.
//!
//! A site's number is the position of its byte in every row, so it must never be reused or shifted
//! between editions of a paper. The probabilities of a site's readings live in `law`.

use serde::{Deserialize, Serialize};

/// A way of carrying marks, each with its own range of site numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// Words and their order; survives retyping.
    Wording,
    /// Kinds of space, apostrophe, hyphen, quotation mark; survives paste.
    Characters,
    /// Word shifts on the page; survives print and photograph.
    Layout,
    /// Line shifts on the page.
    Lines,
}

impl Channel {
    /// Every channel, in the order of their site numbers.
    pub const ALL: [Self; 4] = [Self::Wording, Self::Characters, Self::Layout, Self::Lines];

    /// The number of the channel's first site.
    #[must_use]
    pub const fn base(self) -> u32 {
        match self {
            Self::Wording => 0,
            Self::Characters => 1 << 20,
            Self::Layout => 1 << 21,
            Self::Lines => 1 << 22,
        }
    }

    /// How many sites the channel has room for.
    #[must_use]
    pub const fn capacity(self) -> u32 {
        match self {
            Self::Wording | Self::Characters => 1 << 20,
            Self::Layout | Self::Lines => 1 << 21,
        }
    }

    /// The `index`-th site of this channel, or `None` beyond its capacity.
    #[must_use]
    pub const fn site(self, index: u32) -> Option<SiteId> {
        if index < self.capacity() { Some(SiteId(self.base() + index)) } else { None }
    }

    /// One byte that separates the channels in key derivations.
    pub(crate) const fn tag(self) -> u8 {
        match self {
            Self::Wording => 0,
            Self::Characters => 1,
            Self::Layout => 2,
            Self::Lines => 3,
        }
    }
}

/// The stable number of a site: its byte's offset in every row of the paper.
///
/// Invariant: below [`SiteId::LIMIT`], so that it belongs to exactly one channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct SiteId(u32);

impl SiteId {
    /// One more than the largest site number.
    pub const LIMIT: u32 = Channel::Lines.base() + Channel::Lines.capacity();

    /// The site with this number, or `None` at or beyond [`SiteId::LIMIT`].
    #[must_use]
    pub const fn new(number: u32) -> Option<Self> {
        if number < Self::LIMIT { Some(Self(number)) } else { None }
    }

    /// The number itself.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }

    /// The channel the site belongs to.
    #[must_use]
    pub const fn channel(self) -> Channel {
        if self.0 >= Channel::Lines.base() {
            Channel::Lines
        } else if self.0 >= Channel::Layout.base() {
            Channel::Layout
        } else if self.0 >= Channel::Characters.base() {
            Channel::Characters
        } else {
            Channel::Wording
        }
    }

    /// Position within the channel, from 0.
    #[must_use]
    pub const fn index(self) -> u32 {
        self.0 - self.channel().base()
    }
}

/// A number that is no site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not a site number; site numbers are below {limit}", limit = SiteId::LIMIT)]
pub struct NotASite(u32);

impl TryFrom<u32> for SiteId {
    type Error = NotASite;

    fn try_from(number: u32) -> Result<Self, NotASite> {
        Self::new(number).ok_or(NotASite(number))
    }
}

impl From<SiteId> for u32 {
    fn from(site: SiteId) -> Self {
        site.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_channel_owns_its_own_range() {
        for channel in Channel::ALL {
            let first = channel.site(0).unwrap();
            let last = channel.site(channel.capacity() - 1).unwrap();
            assert_eq!((first.channel(), first.index()), (channel, 0));
            assert_eq!((last.channel(), last.index()), (channel, channel.capacity() - 1));
            assert_eq!(channel.site(channel.capacity()), None);
        }
        assert_eq!(SiteId::new(SiteId::LIMIT), None);
        assert!(SiteId::try_from(u32::MAX).is_err());
    }
}
