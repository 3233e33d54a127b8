//! Screens: a screenshot, and a camera before an LCD.

use crate::chance::Chance;
use crate::codec::jpeg;
use crate::page::{Page, WordBox};
use crate::photo::View;
use crate::plane::Plane;
use image::GrayImage;

/// An LCD and the camera before it.
#[derive(Clone, Copy, Debug)]
pub struct Screen {
    /// LCD pixels in an inch of the page.
    pub dpi: f32,
    /// Sensor pixels for each LCD pixel.
    pub sensor: f32,
    /// Tilt of the camera, in degrees.
    pub tilt: f32,
    /// Turn in the picture's plane, in degrees.
    pub roll: f32,
    /// Share of the page on the screen.
    pub share: f32,
}

impl Screen {
    /// A desk monitor of 110 dpi, photographed from half a metre.
    #[must_use]
    pub const fn monitor() -> Self {
        Self { dpi: 110.0, sensor: 2.37, tilt: 5.0, roll: 3.0, share: 0.57 }
    }
}

/// The part of the page that a window shows, and that at the zoom of the window.
fn window(page: &Page, dpi: f32, share: f32, chance: &mut Chance) -> Plane {
    let points = page.pixels_per_point();
    let (width, height) = (page.image.width() as f32 / points, page.image.height() as f32 / points);
    let top = chance.between(0.06, 0.9 - share).max(0.0) * height;
    let part = WordBox { left: 0.0, top, right: width, bottom: top + share * height };
    let scale = dpi / page.dpi;
    Plane::of(&page.cut(&part).image).scaled(scale, scale)
}

/// A screenshot at an unknown zoom: 88 to 128 dpi, 42 % of the page, JPEG 75.
#[must_use]
pub fn screenshot(page: &Page, chance: &mut Chance) -> GrayImage {
    let dpi = chance.between(88.0, 128.0);
    jpeg(&window(page, dpi, 0.42, chance).image(), 75)
}

/// Samples taken across each pixel of the sensor.
const ACROSS: usize = 3;

/// The page on an LCD as a camera sees it: stripes, dark matrix, Bayer sensor, moire.
#[must_use]
pub fn photograph_screen(page: &Page, screen: &Screen, chance: &mut Chance) -> GrayImage {
    let lcd = window(page, screen.dpi, screen.share, chance);
    let (lcd_w, lcd_h) = (lcd.width as f32, lcd.height as f32);
    let view = View::new(screen.tilt, screen.roll * chance.between(0.5, 1.0), chance);
    let points = 72.0 / screen.dpi;
    let (width, height) = ((lcd_w * screen.sensor) as usize, (lcd_h * screen.sensor) as usize);
    let mut bayer = Plane::new(width, height, 0.0);
    for v in 0..height {
        for u in 0..width {
            let colour = match (u % 2, v % 2) {
                (0, 0) => 0,
                (1, 1) => 2,
                _ => 1,
            };
            let mut sum = 0.0;
            for k in 0..ACROSS * ACROSS {
                // The lens smears over a little more than a pixel.
                let within = |k: usize| (k as f32 + 0.5) / ACROSS as f32 * 1.4 - 0.2;
                let (x, y) = (u as f32 + within(k % ACROSS), v as f32 + within(k / ACROSS));
                let (x, y) = (
                    (x / screen.sensor - lcd_w / 2.0) * points,
                    (y / screen.sensor - lcd_h / 2.0) * points,
                );
                let (x, y) = view.onto_page(x, y);
                sum += lit(&lcd, x / points + lcd_w / 2.0, y / points + lcd_h / 2.0, colour);
            }
            bayer.samples[v * width + u] = sum / (ACROSS * ACROSS) as f32;
        }
    }
    bayer.add_noise(4.0, chance);
    let mut grey = Plane::new(width, height, 255.0);
    for v in 0..height.saturating_sub(1) {
        for u in 0..width.saturating_sub(1) {
            // One red, two green and one blue in every square of four.
            let k = v * width + u;
            let s = &bayer.samples;
            grey.samples[k] = (s[k] + s[k + 1] + s[k + width] + s[k + width + 1]) / 4.0;
        }
    }
    jpeg(&grey.image(), 85)
}

/// The light of one colour at a place of the LCD, in its pixels.
fn lit(lcd: &Plane, x: f32, y: f32, colour: usize) -> f32 {
    let (i, j) = (libm::floorf(x), libm::floorf(y));
    if i < 0.0 || j < 0.0 || i >= lcd.width as f32 || j >= lcd.height as f32 {
        return 40.0;
    }
    let (fx, fy) = (x - i, y - j);
    let stripe = (fx * 3.0) as usize;
    let within = fx * 3.0 - stripe as f32;
    // The matrix covers a tenth of each stripe's width and an eighth of its height.
    if stripe != colour || within > 0.9 || fy > 0.875 {
        return 0.0;
    }
    // Only a third of the area has this colour.
    3.0 * lcd.samples[j as usize * lcd.width + i as usize] * 0.9
}
