//! PDFs as scanners and attackers write them: objects by hand, nothing packed.
#![allow(dead_code, reason = "each test uses its own part")]

/// A grey picture: width, height, one byte a pixel.
pub(crate) type Grey = (usize, usize, Vec<u8>);

/// A file of numbered objects; the first is the catalogue.
pub(crate) fn file(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut out = b"%PDF-1.5\n".to_vec();
    let mut places = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        places.push(out.len());
        out.extend(format!("{} 0 obj\n", at + 1).bytes());
        out.extend_from_slice(object);
        out.extend(b"\nendobj\n");
    }
    let start = out.len();
    out.extend(format!("xref\n0 {}\n0000000000 65535 f \n", places.len() + 1).bytes());
    for place in &places {
        out.extend(format!("{place:010} 00000 n \n").bytes());
    }
    let size = places.len() + 1;
    out.extend(
        format!("trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n").bytes(),
    );
    out
}

/// A stream with these entries in its dictionary.
pub(crate) fn stream(entries: &str, bytes: &[u8]) -> Vec<u8> {
    let mut out = format!("<<{entries}/Length {}>>\nstream\n", bytes.len()).into_bytes();
    out.extend_from_slice(bytes);
    out.extend(b"\nendstream");
    out
}

/// A picture whose samples stand in it as they are.
pub(crate) fn picture((width, height, samples): &Grey) -> Vec<u8> {
    encoded(*width, *height, "", samples)
}

/// A picture in whatever encoding `filter` names.
pub(crate) fn encoded(width: usize, height: usize, filter: &str, bytes: &[u8]) -> Vec<u8> {
    let entries = format!(
        "/Type/XObject/Subtype/Image/Width {width}/Height {height}/ColorSpace/DeviceGray/BitsPerComponent 8{filter}"
    );
    stream(&entries, bytes)
}

/// A page: sides in points, further entries, named objects, what is drawn.
pub(crate) struct Page {
    pub(crate) sides: (f64, f64),
    pub(crate) entries: &'static str,
    pub(crate) pictures: Vec<Vec<u8>>,
    pub(crate) drawn: String,
}

impl Page {
    /// One picture over the whole page.
    pub(crate) fn filled(sides: (f64, f64), picture: Vec<u8>) -> Self {
        let drawn = format!("q {} 0 0 {} 0 0 cm /P0 Do Q", sides.0, sides.1);
        Self { sides, entries: "", pictures: vec![picture], drawn }
    }
}

/// A file of pages; the pictures are `/P0`, `/P1` and so on.
pub(crate) fn pages(pages: &[Page]) -> Vec<u8> {
    lettered(pages, b"")
}

/// A file of pages on which `/F` is a TrueType font with letters 0.6 em wide.
pub(crate) fn lettered(pages: &[Page], font: &[u8]) -> Vec<u8> {
    let widths = "602 ".repeat(95);
    let mut objects: Vec<Vec<u8>> = vec![
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        Vec::new(),
        format!("<</Type/Font/Subtype/TrueType/BaseFont/Sample/FirstChar 32/LastChar 126/Widths[{widths}]/Encoding/WinAnsiEncoding/FontDescriptor 4 0 R>>").into_bytes(),
        b"<</Type/FontDescriptor/FontName/Sample/Flags 32/FontBBox[0 0 1000 1000]/ItalicAngle 0/Ascent 800/Descent -200/CapHeight 700/StemV 80/FontFile2 5 0 R>>".to_vec(),
        stream("", font),
    ];
    let mut kids = String::new();
    for page in pages {
        let first = objects.len() + 1;
        let names: String =
            (0..page.pictures.len()).map(|at| format!("/P{at} {} 0 R", first + at)).collect();
        objects.extend(page.pictures.iter().cloned());
        objects.push(stream("", page.drawn.as_bytes()));
        let (width, height) = page.sides;
        objects.push(
            format!(
                "<</Type/Page/Parent 2 0 R/MediaBox[0 0 {width} {height}]{}/Contents {} 0 R/Resources<</XObject<<{names}>>/Font<</F 3 0 R>>>>>>",
                page.entries,
                objects.len()
            )
            .into_bytes(),
        );
        kids.push_str(&format!("{} 0 R ", objects.len()));
    }
    objects[1] = format!("<</Type/Pages/Kids[{kids}]/Count {}>>", pages.len()).into_bytes();
    file(&objects)
}

/// Scans of A4 pages saved as a PDF.
pub(crate) fn scanned(pictures: &[Vec<u8>]) -> Vec<u8> {
    let page = |picture: &Vec<u8>| Page::filled((595.28, 841.89), picture.clone());
    pages(&pictures.iter().map(page).collect::<Vec<_>>())
}

/// A page whose drawing calls forms that call forms, `each` of them and `deep` levels down.
pub(crate) fn forms_upon_forms(each: usize, deep: usize) -> Vec<u8> {
    let mut objects: Vec<Vec<u8>> = vec![
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</XObject<</F 5 0 R>>>>>>".to_vec(),
        stream("", b"/F Do"),
    ];
    for level in 0..deep {
        let next = objects.len() + 2;
        let form = "/Type/XObject/Subtype/Form/BBox[0 0 595 842]";
        let last = level + 1 == deep;
        let calls = if last { "0 0 m".to_owned() } else { "/F Do ".repeat(each) };
        let names = if last { String::new() } else { format!("/XObject<</F {next} 0 R>>") };
        objects.push(stream(&format!("{form}/Resources<<{names}>>"), calls.as_bytes()));
    }
    file(&objects)
}

/// A page whose drawing unpacks from a few kB to many GB, by a filter that is none of those counted.
pub(crate) fn run_upon_run() -> Vec<u8> {
    // A run of 128 equal bytes is two bytes. Packed by the same filter again and again, runs of runs appear.
    let mut bytes = vec![b' '; 1 << 20];
    for _ in 0..3 {
        bytes = runs(&bytes);
    }
    let levels = "/RunLengthDecode ".repeat(3);
    let one = stream(&format!("/Filter[{levels}]"), &bytes);
    let many = (0..5_000).map(|_| "5 0 R ").collect::<String>();
    file(&[
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
        format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents[{many}]/Resources<<>>>>")
            .into_bytes(),
        b"null".to_vec(),
        one,
    ])
}

/// Run-length encoding (ISO 32000, 7.4.5) of runs alone.
fn runs(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = bytes;
    while let [first, ..] = rest {
        let same = rest.iter().take(128).take_while(|byte| *byte == first).count();
        if same >= 2 {
            out.extend([u8::try_from(257 - same).unwrap_or(0), *first]);
        } else {
            out.extend([0, *first]);
        }
        rest = &rest[same..];
    }
    out.push(128);
    out
}
