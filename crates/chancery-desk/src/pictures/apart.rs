//! Decoding of pictures in a process of its own: the program starts itself again, gives the child the
//! bytes and takes back plain grey rasters.
//!
//! The child has no files but its pipes, may open none, start nothing, and is limited in memory and time;
//! it is killed when it takes too long. What it sends back is believed as little as the picture was. A
//! program that does not offer itself as the child ([`picture_child`]) decodes within the counted limits
//! alone.

use std::io::{Read, Write};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::{OnceLock, mpsc};
use std::time::Duration;

use chancery_scan::GrayImage;
use chancery_scan::picture::{self, MOST_BYTES, MOST_PIXELS_IN_ALL};

use crate::DeskError;

/// The hidden word that makes the program the child.
const WORD: &str = "--decode-picture-apart";
/// After this long the child is killed.
const PATIENCE: Duration = Duration::from_secs(60);
/// Exit code of a child that refuses a picture; its reason stands on its standard error.
const REFUSED: u8 = 3;
/// The longest reason that is shown.
const LONGEST_REASON: u64 = 1_000;
/// Set in a program that can be started again as the child.
static OFFERED: OnceLock<()> = OnceLock::new();

/// Offers this program as the process that decodes pictures; `main` calls it before anything else. If the
/// program was started as that process: its whole life.
pub fn picture_child() -> Option<ExitCode> {
    let _ = OFFERED.set(());
    let mut args = std::env::args_os().skip(1);
    (args.next()? == WORD).then(|| match decode_standard_input() {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            // A parent that went away needs no reason.
            let _ = write!(std::io::stderr(), "{reason}");
            ExitCode::from(REFUSED)
        }
    })
}

fn decode_standard_input() -> Result<(), String> {
    confine().map_err(|e| format!("the decoding process could not be confined: {e}"))?;
    let mut bytes = Vec::new();
    let mut input = std::io::stdin().lock().take(MOST_BYTES as u64 + 1);
    input.read_to_end(&mut bytes).map_err(|e| e.to_string())?;
    let pictures = picture::decode(&bytes).map_err(|e| e.to_string())?;
    let mut out = std::io::stdout().lock();
    out.write_all(&picture::to_bytes(&pictures)).map_err(|e| e.to_string())
}

/// Gives up memory beyond what pictures need, processor time, and the right to open or write files.
#[cfg(unix)]
fn confine() -> std::io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    // The decoder's own memory, the file, the rasters of all pages twice, and the program.
    let memory = picture::MOST_MEMORY + MOST_BYTES as u64 + 2 * MOST_PIXELS_IN_ALL + (256 << 20);
    for (resource, most) in [
        (Resource::As, memory),
        (Resource::Cpu, PATIENCE.as_secs()),
        (Resource::Core, 0),
        (Resource::Fsize, 0),
        (Resource::Nofile, 3),
    ] {
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?;
    }
    Ok(())
}

/// Elsewhere the counted limits of the decoder and the parent's patience must do.
#[cfg(not(unix))]
fn confine() -> std::io::Result<()> {
    Ok(())
}

/// The grey pictures in a PNG, JPEG or TIFF file, decoded in a process of its own where the program offers
/// one.
///
/// # Errors
/// For files that are no such picture, damaged or beyond a limit, and when the process fails.
pub fn decode_pictures(bytes: &[u8]) -> Result<Vec<GrayImage>, DeskError> {
    let input = |e: picture::PictureError| DeskError::Input(e.to_string());
    if OFFERED.get().is_none() {
        return picture::decode(bytes).map_err(input);
    }
    let failed = |e: std::io::Error| DeskError::Input(format!("decoding the picture: {e}"));
    let mut child = Command::new(std::env::current_exe().map_err(failed)?)
        .arg(WORD)
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
        Some((_, reason)) if status.code() == Some(i32::from(REFUSED)) => {
            Err(DeskError::Input(reason))
        }
        Some((pictures, _)) => picture::from_bytes(&pictures).map_err(input),
        None => Err(DeskError::Input(format!(
            "the picture took longer than {} s to decode; send it as PNG",
            PATIENCE.as_secs()
        ))),
    }
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
        let (mut pictures, mut reason) = (Vec::new(), Vec::new());
        let most = MOST_PIXELS_IN_ALL + (1 << 20);
        let _ = output.take(most).read_to_end(&mut pictures);
        let _ = errors.take(LONGEST_REASON).read_to_end(&mut reason);
        let mut reason = String::from_utf8_lossy(&reason).into_owned();
        reason.retain(|c| !c.is_control());
        let _ = done.send((pictures, reason));
    });
    answer.recv_timeout(PATIENCE).ok()
}
