//! XML from outside, read within limits and with the place of every fault; XML to outside, escaped.
//!
//! What the elements mean stands with their readers.

use roxmltree::{Document, Node, ParsingOptions};

/// Longest document, in bytes.
pub const MAX_XML_BYTES: usize = 4 << 20;
/// Most nodes (elements, texts, comments) in a document.
pub const MAX_XML_NODES: u32 = 200_000;
/// Deepest nesting of elements.
pub const MAX_XML_DEPTH: usize = 32;

const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// Why a document is refused, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {reason}")]
pub struct Malformed {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// What is wrong there.
    pub reason: String,
}

/// The document's tree. No DTD, and nothing beyond the limits.
pub(super) fn document(xml: &str) -> Result<Document<'_>, Malformed> {
    let refuse = |line, column, reason: String| Err(Malformed { line, column, reason });
    if xml.len() > MAX_XML_BYTES {
        return refuse(1, 1, format!("the document is longer than {MAX_XML_BYTES} bytes"));
    }
    let options =
        ParsingOptions { allow_dtd: false, nodes_limit: MAX_XML_NODES, entity_resolver: None };
    let document = match Document::parse_with_options(xml, options) {
        Ok(document) => document,
        Err(roxmltree::Error::DtdDetected) => {
            let before = xml.split("<!DOCTYPE").next().unwrap_or_default();
            let line = before.matches('\n').count().saturating_add(1);
            let column = before.rsplit('\n').next().unwrap_or_default().chars().count();
            let place = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
            let reason = "a document type declaration is not allowed; take it out".to_owned();
            return refuse(place(line), place(column.saturating_add(1)), reason);
        }
        Err(error) => {
            let pos = error.pos();
            let said = error.to_string();
            let reason = said.strip_suffix(&format!(" at {pos}")).unwrap_or(&said).to_owned();
            return refuse(pos.row, pos.col, format!("the XML is not well-formed: {reason}"));
        }
    };
    // Depth by walking, not by asking each node for its ancestors: deep input must stay cheap.
    let (mut node, mut depth) = (document.root_element(), 1_usize);
    loop {
        if depth > MAX_XML_DEPTH {
            let reason = format!("elements are nested deeper than {MAX_XML_DEPTH}");
            return Err(Element(node).fault(reason));
        }
        if let Some(child) = node.first_element_child() {
            node = child;
            depth = depth.saturating_add(1);
            continue;
        }
        loop {
            if let Some(next) = node.next_sibling_element() {
                node = next;
                break;
            }
            match node.parent_element() {
                Some(parent) => node = parent,
                None => return Ok(document),
            }
            depth = depth.saturating_sub(1);
        }
    }
}

/// One element of a document.
#[derive(Clone, Copy)]
pub(super) struct Element<'a>(Node<'a, 'a>);

impl<'a> Element<'a> {
    pub(super) fn root(document: &'a Document<'a>) -> Self {
        Self(document.root_element())
    }

    pub(super) fn name(self) -> &'a str {
        self.0.tag_name().name()
    }

    pub(super) fn namespace(self) -> Option<&'a str> {
        self.0.tag_name().namespace()
    }

    pub(super) fn is(self, namespace: &str, name: &str) -> bool {
        self.namespace() == Some(namespace) && self.name() == name
    }

    /// The elements in this one, of every name and namespace.
    pub(super) fn elements(self) -> impl Iterator<Item = Self> {
        self.0.children().filter(Node::is_element).map(Self)
    }

    /// The elements of that name in this one, of its own namespace.
    pub(super) fn children(self, name: &'static str) -> impl Iterator<Item = Self> {
        self.elements().filter(move |e| e.name() == name && e.namespace() == self.namespace())
    }

    /// The one element of that name in this one, if there is any.
    pub(super) fn optional(self, name: &'static str) -> Result<Option<Self>, Malformed> {
        let mut found = self.children(name);
        let first = found.next();
        match found.next() {
            Some(second) => Err(second.fault(format!("“{name}” stands here a second time"))),
            None => Ok(first),
        }
    }

    /// The one element of that name in this one.
    pub(super) fn child(self, name: &'static str) -> Result<Self, Malformed> {
        let missing = || self.fault(format!("“{}” has no “{name}”", self.name()));
        self.optional(name)?.ok_or_else(missing)
    }

    /// An attribute of no namespace.
    pub(super) fn attribute(self, name: &str) -> Option<&'a str> {
        self.0.attribute(name)
    }

    pub(super) fn attribute_of(self, namespace: &str, name: &str) -> Option<&'a str> {
        self.0.attribute((namespace, name))
    }

    /// Names of the attributes of that namespace.
    pub(super) fn attributes_of(self, namespace: &str) -> impl Iterator<Item = &'a str> {
        self.0.attributes().filter(move |a| a.namespace() == Some(namespace)).map(|a| a.name())
    }

    pub(super) fn language(self) -> Option<&'a str> {
        self.attribute_of(XML, "lang").filter(|l| !l.is_empty())
    }

    /// An attribute that must be there and say something.
    pub(super) fn required(self, name: &str) -> Result<&'a str, Malformed> {
        match self.attribute(name).map(str::trim) {
            Some(value) if !value.is_empty() => Ok(value),
            Some(_) => Err(self.fault_in(name, format!("“{name}” of “{}” is empty", self.name()))),
            None => Err(self.fault(format!("“{}” has no “{name}”", self.name()))),
        }
    }

    /// An attribute that must be a whole number.
    pub(super) fn number(self, name: &str) -> Result<u64, Malformed> {
        let text = self.required(name)?;
        let digits = text.bytes().all(|b| b.is_ascii_digit());
        let number = if digits { text.parse().ok() } else { None };
        number.ok_or_else(|| {
            self.fault_in(name, format!("“{name}” is “{text}”, not a whole number below 2^64"))
        })
    }

    /// An attribute that is true or false; false when it is not there.
    pub(super) fn truth(self, name: &str) -> Result<bool, Malformed> {
        match self.attribute(name) {
            None | Some("false" | "0") => Ok(false),
            Some("true" | "1") => Ok(true),
            Some(other) => {
                Err(self.fault_in(name, format!("“{name}” is “{other}”, neither true nor false")))
            }
        }
    }

    /// The text directly in the element, blanks collapsed.
    pub(super) fn text(self) -> String {
        let texts = self.0.children().filter(Node::is_text).filter_map(|n| n.text());
        texts.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// A fault at the element's beginning.
    pub(super) fn fault(self, reason: impl Into<String>) -> Malformed {
        self.fault_at(self.0.range().start, reason.into())
    }

    /// A fault at one of its attributes.
    pub(super) fn fault_in(self, attribute: &str, reason: impl Into<String>) -> Malformed {
        let start = self.0.attribute_node(attribute).map(|a| a.range().start);
        self.fault_at(start.unwrap_or_else(|| self.0.range().start), reason.into())
    }

    fn fault_at(self, position: usize, reason: String) -> Malformed {
        let at = self.0.document().text_pos_at(position);
        Malformed { line: at.row, column: at.col, reason }
    }

    /// The element as a document of its own: every namespace declared where it is used.
    pub(super) fn detached(self) -> String {
        let mut out = String::new();
        self.write_detached(None, &mut out);
        out
    }

    fn write_detached(self, around: Option<&str>, out: &mut String) {
        let namespace = self.namespace();
        out.push('<');
        out.push_str(self.name());
        if namespace != around {
            push_attribute(out, "xmlns", namespace.unwrap_or_default());
        }
        for (n, attribute) in self.0.attributes().enumerate() {
            match attribute.namespace() {
                None => push_attribute(out, attribute.name(), attribute.value()),
                Some(XML) => {
                    push_attribute(out, &format!("xml:{}", attribute.name()), attribute.value());
                }
                Some(uri) => {
                    push_attribute(out, &format!("xmlns:n{n}"), uri);
                    push_attribute(out, &format!("n{n}:{}", attribute.name()), attribute.value());
                }
            }
        }
        out.push('>');
        for child in self.0.children() {
            if child.is_element() {
                Self(child).write_detached(namespace, out);
            } else if child.is_text() {
                out.push_str(&escape(child.text().unwrap_or_default()));
            }
        }
        out.push_str(&format!("</{}>", self.name()));
    }
}

/// Writes ` name="value"`.
pub(super) fn push_attribute(out: &mut String, name: &str, value: &str) {
    out.push_str(&format!(" {name}=\"{}\"", escape(value)));
}

/// Text as it may stand in an element or between double quotes. What no XML document may hold
/// becomes U+FFFD.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push_str(&format!("&#{};", u32::from(c))),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            _ => out.push(c),
        }
    }
    out
}
