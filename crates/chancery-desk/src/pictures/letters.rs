//! Text of pictures by tesseract, a program that may be installed: for pictures that show no page of this
//! archive, such as a page that was set anew or a photographed newspaper.
//!
//! Wording is all that is taken from it; letters that a program made out tell no kinds of blanks or quotation
//! marks. It depends on the picture alone, and the text is entered before any row is derived.

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use chancery_scan::{Plane, View};

/// After this long the program is killed.
const PATIENCE: Duration = Duration::from_secs(90);
/// Memory and processor time that it may take.
const MEMORY: u64 = 2 << 30;
const SECONDS: u64 = 80;
/// The most text that is taken.
const MOST_TEXT: u64 = 1 << 20;
/// Letters are brought to about this height of an x, in pixels, at most by this factor.
const LETTER: f32 = 24.0;
const LARGEST: f32 = 3.0;

/// The text that tesseract makes out in a picture; `None` where the program is missing, fails or is too slow.
pub(super) fn letters(view: &View) -> Option<String> {
    let scale = (LETTER / view.letter()).clamp(0.5, LARGEST);
    let picture = grey(&view.plane().scaled(scale));
    let mut child = Command::new("tesseract")
        .args(["stdin", "stdout", "-l", "eng", "--psm", "3"])
        .env_clear()
        .env("OMP_THREAD_LIMIT", "1")
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let confined = confine(&child);
    let (input, output) = (child.stdin.take(), child.stdout.take());
    let (done, answer) = mpsc::channel();
    if let (Some(mut input), Some(output), true) = (input, output, confined) {
        std::thread::spawn(move || {
            // A program that gives up closes the pipe.
            let _ = input.write_all(&picture);
        });
        std::thread::spawn(move || {
            let mut text = Vec::new();
            let _ = output.take(MOST_TEXT).read_to_end(&mut text);
            let _ = done.send(text);
        });
    } else {
        drop(done);
    }
    let text = answer.recv_timeout(PATIENCE).ok();
    if text.is_none() {
        // A program that is too slow is not left behind.
        let _ = child.kill();
    }
    let fine = child.wait().is_ok_and(|status| status.success());
    let text = String::from_utf8(text.filter(|_| fine)?).ok()?;
    let kept: String = text.chars().filter(|c| *c == '\n' || !c.is_control()).collect();
    (!kept.trim().is_empty()).then_some(kept)
}

/// Sets limits to the program before it is given anything to read.
#[cfg(target_os = "linux")]
fn confine(child: &std::process::Child) -> bool {
    use rustix::process::{Pid, Resource, Rlimit, prlimit};
    let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) else { return false };
    [(Resource::As, MEMORY), (Resource::Cpu, SECONDS), (Resource::Fsize, 0), (Resource::Core, 0)]
        .into_iter()
        .all(|(resource, most)| {
            let limit = Rlimit { current: Some(most), maximum: Some(most) };
            prlimit(Some(pid), resource, limit).is_ok()
        })
}

/// Elsewhere patience must do.
#[cfg(not(target_os = "linux"))]
fn confine(_: &std::process::Child) -> bool {
    true
}

/// The picture as a portable grey map.
fn grey(plane: &Plane) -> Vec<u8> {
    let mut bytes = format!("P5\n{} {}\n255\n", plane.width(), plane.height()).into_bytes();
    let light = |ink: &f32| (255.0 * (1.0 - ink.clamp(0.0, 1.0)) + 0.5) as u8;
    bytes.extend(plane.samples().iter().map(light));
    bytes
}
