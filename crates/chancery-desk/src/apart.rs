//! The one door for files from outside that are more than text: PDFs and pictures are read in a process of
//! their own. The program starts itself again, gives the child the bytes and takes back plain words, places
//! and grey rasters.
//!
//! The child has no files but its pipes, may open none, start nothing, and is limited in memory and
//! processor time; it is killed when it takes too long. What it sends back is believed as little as the
//! file was. A program that does not offer itself as the child ([`reading_child`]) reads within the counted
//! limits of the readers alone.

use std::io::{Read, Write};
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::sync::{OnceLock, mpsc};
use std::time::Duration;

use chancery_page::{
    Foreign, MAX_FILE, PagePicture, PdfError, PdfText, is_pdf, read_foreign, read_written,
};
use chancery_scan::GrayImage;
use chancery_scan::picture::{self, MOST_BYTES, MOST_PIXELS_IN_ALL};

use crate::DeskError;

/// The hidden word that makes the program the child, and the one after it that leaves pictures alone.
const WORD: &str = "--read-apart";
const WRITTEN: &str = "--written";
/// After this long the child is killed.
const PATIENCE: Duration = Duration::from_secs(120);
/// Processor time that it may take, in seconds.
const SECONDS: u64 = 20;
/// Exit code of a child that refuses a file; its reason stands on its standard error.
const REFUSED: u8 = 3;
/// The longest reason that is shown.
const LONGEST_REASON: u64 = 1_000;
/// Most bytes beside the pixels that come back: words and their places.
const MOST_BESIDE: u64 = 256 << 20;
/// Set in a program that can be started again as the child.
static OFFERED: OnceLock<()> = OnceLock::new();

/// What a PDF or a picture shows.
#[derive(Debug, Default)]
pub(crate) struct Outside {
    /// Pictures of pages, each with its number in the file, from 1.
    pub(crate) pictures: Vec<(usize, GrayImage)>,
    /// Words of a PDF with their places.
    pub(crate) pdf: Option<PdfText>,
    /// Text of a PDF that cannot be seen, laid under a scan by whatever program made out its letters.
    pub(crate) hidden: String,
}

/// Offers this program as the process that reads PDFs and pictures; `main` calls it before anything else. If
/// the program was started as that process: its whole life.
pub fn reading_child() -> Option<ExitCode> {
    let _ = OFFERED.set(());
    let mut args = std::env::args_os().skip(1);
    let called = args.next()? == WORD;
    let reader =
        if args.next().is_some_and(|arg| arg == WRITTEN) { read_written } else { read_foreign };
    called.then(|| match read_standard_input(reader) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            // A parent that went away needs no reason.
            let _ = write!(std::io::stderr(), "{reason}");
            ExitCode::from(REFUSED)
        }
    })
}

/// How a PDF is read.
type PdfReader = fn(&[u8]) -> Result<Foreign, PdfError>;

fn read_standard_input(read_pdf: PdfReader) -> Result<(), String> {
    confine().map_err(|e| format!("the reading process could not be confined: {e}"))?;
    let mut bytes = Vec::new();
    let most = MOST_BYTES.max(MAX_FILE) as u64;
    let mut input = std::io::stdin().lock().take(most + 1);
    input.read_to_end(&mut bytes).map_err(|e| e.to_string())?;
    let answer = if is_foreign_pdf(&bytes) {
        read_pdf(&bytes).map_err(|e| e.to_string())?.to_bytes()
    } else {
        picture::to_bytes(&picture::decode(&bytes).map_err(|e| e.to_string())?)
    };
    std::io::stdout().lock().write_all(&answer).map_err(|e| e.to_string())
}

/// Gives up memory beyond what files need, processor time, and the right to open files, write files or start
/// anything.
#[cfg(unix)]
fn confine() -> std::io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    // The decoder's own memory, the file, the rasters of all pages twice, and the program.
    let memory = picture::MOST_MEMORY + MOST_BYTES as u64 + 2 * MOST_PIXELS_IN_ALL + (256 << 20);
    for (resource, most) in [
        (Resource::As, memory),
        (Resource::Core, 0),
        (Resource::Fsize, 0),
        (Resource::Nofile, 3),
        (Resource::Nproc, 0),
    ] {
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?;
    }
    // The first limit says by its signal why the process ended; the second is for whoever ignores it.
    let time = Rlimit { current: Some(SECONDS), maximum: Some(SECONDS + 5) };
    Ok(setrlimit(Resource::Cpu, time)?)
}

/// Elsewhere the counted limits of the readers and the parent's patience must do.
#[cfg(not(unix))]
fn confine() -> std::io::Result<()> {
    Ok(())
}

/// Whether a file is a PDF; one that begins like a picture is a picture.
pub(crate) fn is_foreign_pdf(bytes: &[u8]) -> bool {
    !picture::is_picture(bytes) && is_pdf(bytes)
}

/// What a PDF, PNG, JPEG or TIFF file shows, read in a process of its own where the program offers one.
///
/// # Errors
/// For files of other kinds, damaged or beyond a limit, and when the process fails.
pub(crate) fn read_apart(bytes: &[u8]) -> Result<Outside, DeskError> {
    if is_foreign_pdf(bytes) {
        return pdf_apart(bytes, read_foreign, &[WORD]).map(of_pdf);
    }
    let pictures = match OFFERED.get() {
        Some(()) => picture::from_bytes(&ask_child(bytes, &[WORD])?),
        None => picture::decode(bytes),
    };
    pictures.map(of_pictures).map_err(|e| DeskError::Input(e.to_string()))
}

/// The words of a PDF, read in the same way; its pictures are not decoded.
pub(crate) fn words_apart(bytes: &[u8]) -> Result<PdfText, DeskError> {
    pdf_apart(bytes, read_written, &[WORD, WRITTEN]).map(|file| file.text)
}

fn pdf_apart(bytes: &[u8], read: PdfReader, args: &[&str]) -> Result<Foreign, DeskError> {
    let file = match OFFERED.get() {
        Some(()) => Foreign::from_bytes(&ask_child(bytes, args)?),
        None => read(bytes),
    };
    file.map_err(|e| DeskError::Input(e.to_string()))
}

fn of_pictures(pictures: Vec<GrayImage>) -> Outside {
    Outside { pictures: (1..).zip(pictures).collect(), ..Outside::default() }
}

fn of_pdf(file: Foreign) -> Outside {
    let picture = |PagePicture { page, grey }| {
        let side = |side: usize| u32::try_from(side).ok();
        let (width, height) = (side(grey.width)?, side(grey.height)?);
        Some((page, GrayImage::from_raw(width, height, grey.pixels)?))
    };
    let pictures = file.pictures.into_iter().filter_map(picture).collect();
    Outside { pictures, pdf: Some(file.text), hidden: file.hidden }
}

/// The grey pictures in a PNG, JPEG or TIFF file or on the pages of a PDF, with their numbers in it.
///
/// # Errors
/// For files that are none of these, show no picture of a page, are damaged or beyond a limit, and when the
/// process that reads them fails.
pub fn decode_pictures(bytes: &[u8]) -> Result<Vec<(usize, GrayImage)>, DeskError> {
    let pictures = read_apart(bytes)?.pictures;
    if pictures.is_empty() {
        let reason = "no page of the PDF is a picture; its text is read as it stands";
        return Err(DeskError::Input(reason.to_owned()));
    }
    Ok(pictures)
}

/// The child's answer.
fn ask_child(bytes: &[u8], args: &[&str]) -> Result<Vec<u8>, DeskError> {
    let failed = |e: std::io::Error| DeskError::Input(format!("reading the file: {e}"));
    let mut child = Command::new(std::env::current_exe().map_err(failed)?)
        .args(args)
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    let answer = converse(&mut child, bytes.to_vec());
    if answer.is_none() {
        // A child that is too slow is not left behind.
        let _ = child.kill();
    }
    let status = child.wait().map_err(failed)?;
    match answer {
        Some((bytes, _)) if status.success() => Ok(bytes),
        Some((_, reason)) if status.code() == Some(i32::from(REFUSED)) => {
            Err(DeskError::Input(reason))
        }
        Some((_, reason)) => Err(DeskError::Input(broken_off(status, &reason))),
        None => Err(DeskError::Input(too_slow())),
    }
}

fn too_slow() -> String {
    format!(
        "reading the file took longer than {SECONDS} s; print its pages to a new PDF, or give them as PNG"
    )
}

/// Why a child came to no answer.
fn broken_off(status: ExitStatus, said: &str) -> String {
    // The signal of the limit on processor time is 24 wherever there is one.
    const TIME: i32 = 24;
    #[cfg(unix)]
    let signal = std::os::unix::process::ExitStatusExt::signal(&status);
    #[cfg(not(unix))]
    let signal: Option<i32> = None;
    if signal == Some(TIME) {
        return too_slow();
    }
    let why = if said.contains("memory allocation") || said.contains("capacity overflow") {
        "reading the file takes more memory than a file may"
    } else {
        "the process that reads the file broke off"
    };
    format!("{why} ({status}); print its pages to a new PDF, or give them as PNG")
}

/// Sends the bytes and takes what comes back on both pipes; `None` when the child is too slow.
fn converse(child: &mut Child, bytes: Vec<u8>) -> Option<(Vec<u8>, String)> {
    let (mut input, output, errors) =
        (child.stdin.take()?, child.stdout.take()?, child.stderr.take()?);
    let (done, answer) = mpsc::channel();
    std::thread::spawn(move || {
        // A child that refuses early closes the pipe; its reason is what counts.
        let _ = input.write_all(&bytes);
    });
    std::thread::spawn(move || {
        let (mut shown, mut reason) = (Vec::new(), Vec::new());
        let _ = output.take(MOST_PIXELS_IN_ALL + MOST_BESIDE).read_to_end(&mut shown);
        let _ = errors.take(LONGEST_REASON).read_to_end(&mut reason);
        let mut reason = String::from_utf8_lossy(&reason).into_owned();
        reason.retain(|c| !c.is_control());
        let _ = done.send((shown, reason));
    });
    answer.recv_timeout(PATIENCE).ok()
}
