//! Binding a label to data: the detached binding of ADatP-4778 as a file beside the data.
//!
//! Structure and namespace: ADatP-4778 edition A version 1, sections 4.3.2 to 4.3.7 and 4.5, schema
//! in 4.8 (`BindingInformation`, `MetadataBindingContainer`, `MetadataBinding`, `Metadata`,
//! `DataReference`); the sidecar file: ADatP-4778.2, chapter 9. The schema gives `DataReference` no
//! place for a digest. Digests stand in a `Manifest` of XML Signature (section 5.1 there;
//! ADatP-4778.2 annex A names the same data by the same URIs in one), as the foreign element that
//! the schema allows after the container. The binding is unsigned: the record vouches for it.
//!
//! What the label says is not asked here: [`Policy::read_label`](super::Policy::read_label) reads
//! [`Binding::label`].

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::exchange::LABEL_4774;
use super::xml::{Element, Malformed, document, escape, push_attribute};

const BINDING_4778: &str = "urn:nato:stanag:4778:bindinginformation:1:0";
const SIGNATURE: &str = "http://www.w3.org/2000/09/xmldsig#";
const MIME: &str = "http://www.w3.org/2005/05/xmlmime";
const SHA_256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";

/// One thing to which a label is bound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoundData {
    /// Where it is, relative to the binding or absolute.
    pub uri: String,
    /// Its media type; ADatP-4778.2 asks for it where the data are not XML.
    pub media_type: Option<String>,
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
}

/// A binding as read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// The label, as a document of its own.
    pub label: String,
    /// What it is bound to.
    pub data: Vec<BoundData>,
}

/// The binding of a label (ADatP-4774 XML) to data, as an XML document.
///
/// # Errors
/// When `label` is no ADatP-4774 label, when there are no data, or a URI is empty, repeated or has
/// blanks or control characters in it.
pub fn binding(label: &str, data: &[BoundData]) -> Result<String, Malformed> {
    let document = document(label)?;
    let root = Element::root(&document);
    label_root(root)?;
    if data.is_empty() {
        return Err(root.fault("there are no data to bind the label to"));
    }
    let mut seen: Vec<&str> = Vec::new();
    for item in data {
        let plain = !item.uri.contains(|c: char| c.is_whitespace() || c.is_control());
        if item.uri.is_empty() || !plain || seen.contains(&item.uri.as_str()) {
            let reason = format!("“{}” is no URI, or stands here twice", item.uri.escape_default());
            return Err(root.fault(reason));
        }
        seen.push(&item.uri);
    }
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<s4778:BindingInformation \
         xmlns:s4778=\"{BINDING_4778}\" xmlns:xmime=\"{MIME}\" xmlns:ds=\"{SIGNATURE}\">\
         <s4778:MetadataBindingContainer><s4778:MetadataBinding><s4778:Metadata>{}\
         </s4778:Metadata>",
        root.detached()
    );
    for item in data {
        out.push_str("<s4778:DataReference");
        push_attribute(&mut out, "URI", &item.uri);
        if let Some(media_type) = &item.media_type {
            push_attribute(&mut out, "xmime:contentType", media_type);
        }
        out.push_str("/>");
    }
    out.push_str("</s4778:MetadataBinding></s4778:MetadataBindingContainer><ds:Manifest>");
    for item in data {
        let (uri, digest) = (escape(&item.uri), STANDARD.encode(item.sha256));
        let written = write!(
            out,
            "<ds:Reference URI=\"{uri}\"><ds:DigestMethod Algorithm=\"{SHA_256}\"/>\
             <ds:DigestValue>{digest}</ds:DigestValue></ds:Reference>"
        );
        written.expect("a string takes all that is written to it");
    }
    out.push_str("</ds:Manifest></s4778:BindingInformation>\n");
    Ok(out)
}

fn label_root(root: Element<'_>) -> Result<(), Malformed> {
    if root.is(LABEL_4774, "originatorConfidentialityLabel") {
        return Ok(());
    }
    Err(root.fault(format!("this is no originatorConfidentialityLabel of {LABEL_4774}")))
}

impl Binding {
    /// Reads a binding of one label to data with SHA-256 digests, as [`binding`] writes it.
    ///
    /// # Errors
    /// The first fault with line and column: ill-formed XML, another structure, data without a
    /// digest or a digest without data, another algorithm. A binding with a signature is refused:
    /// nobody here has verified it.
    pub fn parse(xml: &str) -> Result<Self, Malformed> {
        let document = document(xml)?;
        let root = Element::root(&document);
        if !root.is(BINDING_4778, "BindingInformation") {
            return Err(root.fault(format!("this is no BindingInformation of {BINDING_4778}")));
        }
        let known = |e: &Element<'_>| {
            e.is(BINDING_4778, "MetadataBindingContainer") || e.is(SIGNATURE, "Manifest")
        };
        if let Some(other) = root.elements().find(|e| !known(e)) {
            return Err(other.fault(format!("“{}” is not understood in a binding", other.name())));
        }
        let bound = root.child("MetadataBindingContainer")?.child("MetadataBinding")?;
        let metadata = bound.child("Metadata")?;
        let mut inside = metadata.elements();
        let (Some(label), None) = (inside.next(), inside.next()) else {
            return Err(metadata.fault("“Metadata” has not exactly one label"));
        };
        label_root(label)?;
        let mut digests = digests(root)?;
        let mut data = Vec::new();
        for element in bound.elements() {
            match element.name() {
                "Metadata" if element.namespace() == Some(BINDING_4778) => {}
                "DataReference" if element.namespace() == Some(BINDING_4778) => {
                    let uri = element.required("URI")?.to_owned();
                    let at = digests.iter().position(|(digest_of, _, _)| *digest_of == uri);
                    let missing = || element.fault(format!("there is no digest of “{uri}”"));
                    let (_, sha256, _) = digests.swap_remove(at.ok_or_else(missing)?);
                    let media_type = element.attribute_of(MIME, "contentType").map(str::to_owned);
                    data.push(BoundData { uri, media_type, sha256 });
                }
                other => {
                    return Err(element.fault(format!("“{other}” is not understood in a binding")));
                }
            }
        }
        if let Some((uri, _, element)) = digests.first() {
            return Err(element.fault(format!("“{uri}” has a digest and is not bound")));
        }
        if data.is_empty() {
            return Err(bound.fault("the label is bound to no data"));
        }
        Ok(Self { label: label.detached(), data })
    }
}

type Digest<'a> = (String, [u8; 32], Element<'a>);

fn digests<'a>(root: Element<'a>) -> Result<Vec<Digest<'a>>, Malformed> {
    let mut manifests = root.elements().filter(|e| e.is(SIGNATURE, "Manifest"));
    let (Some(manifest), None) = (manifests.next(), manifests.next()) else {
        return Err(root.fault("the binding has not exactly one “Manifest” with digests"));
    };
    let mut out: Vec<Digest<'_>> = Vec::new();
    for reference in manifest.elements() {
        if reference.name() != "Reference" || reference.elements().count() != 2 {
            return Err(reference.fault("this is no “Reference” with method and value alone"));
        }
        let method = reference.child("DigestMethod")?;
        if method.required("Algorithm")? != SHA_256 {
            return Err(method.fault_in("Algorithm", format!("the digest is not {SHA_256}")));
        }
        let value = reference.child("DigestValue")?;
        let bytes = STANDARD.decode(value.text()).ok().and_then(|b| <[u8; 32]>::try_from(b).ok());
        let bytes = bytes.ok_or_else(|| value.fault("this is no SHA-256 digest in base64"))?;
        let uri = reference.required("URI")?.to_owned();
        if out.iter().any(|(other, _, _)| *other == uri) {
            return Err(reference.fault(format!("“{uri}” has two digests")));
        }
        out.push((uri, bytes, reference));
    }
    Ok(out)
}
