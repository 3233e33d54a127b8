//! Where a message may go: over TLS, and to nobody inside the house's own network unless the house allows it.
//!
//! The name in an address is looked up once, and what was looked up is judged and connected to: a name that
//! points elsewhere a moment later gains nothing. One address inside the network refuses the whole name.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// Why an address is not told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TargetError {
    /// It is no address.
    NoAddress,
    /// It is not reached over TLS.
    NotSecure,
    /// It is inside the house's own network.
    Inside,
}

impl std::fmt::Display for TargetError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::NoAddress => "Write a whole address without a name or password in it, such as https://news.example/chancery.",
            Self::NotSecure => "Messages go over TLS: write https://. Plain http:// is for localhost alone.",
            Self::Inside => "This address is inside this house’s own network. The rule “webhooks_inside” of the house would have to allow it.",
        })
    }
}

impl std::error::Error for TargetError {}

/// Whether messages may go to `address`, as far as it can be seen without looking its name up.
///
/// # Errors
/// When they may not.
pub fn check_target(address: &str, inside: bool) -> Result<(), TargetError> {
    let uri: Uri = address.parse().map_err(|_| TargetError::NoAddress)?;
    let authority = uri.authority().ok_or(TargetError::NoAddress)?;
    let host = authority.host();
    if host.is_empty() || authority.as_str().contains('@') {
        return Err(TargetError::NoAddress);
    }
    let local = host.eq_ignore_ascii_case("localhost");
    match uri.scheme_str() {
        Some("https") => {}
        Some("http") if local => {}
        Some("http") => return Err(TargetError::NotSecure),
        _ => return Err(TargetError::NoAddress),
    }
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let known_inside = local || bare.parse().is_ok_and(is_inside);
    if known_inside && !inside { Err(TargetError::Inside) } else { Ok(()) }
}

/// Whether an address is not one of the public network's.
fn is_inside(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_inside_v4(ip),
        IpAddr::V6(ip) => is_inside_v6(ip),
    }
}

/// RFC 6890 and its registry.
fn is_inside_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_multicast()
        || ip.is_documentation()
        || a == 0
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (18..20).contains(&b))
        || a >= 240
}

/// Only 2000::/3 is public; and what is wrapped in an address counts.
fn is_inside_v6(ip: Ipv6Addr) -> bool {
    if let Some(v4) = ip.to_ipv4_mapped() {
        return is_inside_v4(v4);
    }
    let [a, b, c, d, e, f, g, h] = ip.segments();
    let v4 = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match (a, b) {
        (0x64, 0xff9b) if [c, d, e, f] == [0; 4] => is_inside_v4(v4(g, h)),
        (0x2002, _) => is_inside_v4(v4(b, c)),
        // Teredo, benchmarking, ORCHID, documentation.
        (0x2001, 0 | 2 | 0x10..=0x2f | 0xdb8) | (0x3fff, 0..=0xfff) => true,
        _ => a & 0xe000 != 0x2000,
    }
}

/// Looks names up, and gives nothing that is inside unless that is allowed.
#[derive(Debug)]
pub(super) struct Judged {
    pub(super) inside: bool,
}

impl Resolver for Judged {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = DefaultResolver::default().resolve(uri, config, timeout)?;
        if !self.inside && found.iter().any(|address| is_inside(address.ip())) {
            return Err(ureq::Error::Other(Box::new(TargetError::Inside)));
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tls_and_only_outside_unless_the_house_allows() {
        let check = |address: &str| check_target(address, false);
        assert_eq!(check("https://news.example/x"), Ok(()));
        assert_eq!(check("https://93.184.216.34:8443/x"), Ok(()));
        assert_eq!(check("https://[2606:2800:220:1::1]/"), Ok(()));
        assert_eq!(check("http://news.example/x"), Err(TargetError::NotSecure));
        for address in [
            "",
            "news.example",
            "ftp://news.example",
            "https://",
            "https://a:b@news.example",
            "https://@news.example",
            "javascript:x",
        ] {
            assert_eq!(check(address), Err(TargetError::NoAddress), "{address}");
        }
        for address in [
            "https://localhost/x",
            "http://localhost:1/x",
            "https://10.0.0.1",
            "https://127.0.0.1",
            "https://[::1]/",
            "https://169.254.169.254/latest",
            "https://[::ffff:10.0.0.1]/",
        ] {
            assert_eq!(check(address), Err(TargetError::Inside), "{address}");
            assert_eq!(check_target(address, true), Ok(()), "{address}");
        }
        assert_eq!(check_target("http://10.0.0.1", true), Err(TargetError::NotSecure));
    }

    #[test]
    fn addresses_are_judged_by_what_they_reach() {
        for inside in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.9.9.9",
            "169.254.169.254",
            "172.31.0.1",
            "192.0.0.8",
            "192.168.1.1",
            "198.19.0.1",
            "203.0.113.9",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "ff02::1",
            "::ffff:192.168.0.1",
            "::10.0.0.1",
            "64:ff9b::a00:1",
            "2002:a00:1::",
            "2001:db8::1",
            "2001::1",
            "64:ff9b:1::1",
        ] {
            assert!(is_inside(inside.parse().unwrap()), "{inside}");
        }
        for outside in [
            "1.1.1.1",
            "100.63.0.1",
            "172.32.0.1",
            "2606:4700::1111",
            "64:ff9b::101:101",
            "2002:101:101::",
            "::ffff:1.1.1.1",
        ] {
            assert!(!is_inside(outside.parse().unwrap()), "{outside}");
        }
    }
}
