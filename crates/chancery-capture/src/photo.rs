//! A camera above the paper.

use crate::chance::Chance;
use crate::page::Page;
use crate::plane::Plane;
use image::GrayImage;

/// How a photograph is taken.
#[derive(Clone, Copy, Debug)]
pub struct Camera {
    /// Resolution in the middle of the page.
    pub dpi: f32,
    /// Angle between the camera and the page's normal, in degrees, about an axis drawn by chance.
    pub tilt: f32,
    /// How far the middle of a curled sheet is displaced, in points.
    pub curl: f32,
    /// Radius of the defocus disc, in pixels of the photo.
    pub defocus: f32,
    /// Length of the motion, in pixels of the photo.
    pub motion: f32,
    /// Deviation of the noise, of 255.
    pub noise: f32,
}

impl Camera {
    /// A telephone held nearly straight, so near that the page has 280 dpi: a picture of about 8.65 megapixels.
    #[must_use]
    pub const fn telephone() -> Self {
        Self { dpi: 280.0, tilt: 8.0, curl: 2.0, defocus: 1.0, motion: 0.0, noise: 5.0 }
    }
}

/// Distance of the camera, in diagonals of an A4 page.
const DISTANCE: f32 = 1.3;
/// Diagonal of an A4 page in points.
const DIAGONAL: f32 = 1031.0;
/// Barrel distortion at the corner.
const LENS: f32 = 0.02;

/// The page as photographed: perspective, lens, curl, blur, uneven light, noise. Not yet compressed.
#[must_use]
pub fn photograph(paper: &Page, camera: &Camera, chance: &mut Chance) -> GrayImage {
    let points = paper.pixels_per_point();
    let (page_w, page_h) =
        (paper.image.width() as f32 / points, paper.image.height() as f32 / points);
    let view = View::new(camera.tilt, chance.between(-3.0, 3.0), chance);
    let scale = camera.dpi / 72.0;
    // A margin around the page, so that a tilted one fits.
    let margin = 24.0;
    let (width, height) = (page_w + 2.0 * margin, page_h + 2.0 * margin);
    let soft = 0.36 * points / scale;
    let source = Plane::of(&paper.image).blurred(soft, soft);
    let phase = chance.between(0.0, 0.6);
    let mut photo = source.seen((width * scale) as usize, (height * scale) as usize, |u, v| {
        let (x, y) = ((u + 0.5) / scale - width / 2.0, (v + 0.5) / scale - height / 2.0);
        let radius = (x * x + y * y) / (0.25 * DIAGONAL * DIAGONAL);
        let lens = 1.0 + LENS * radius;
        let (x, y) = view.onto_page(x * lens, y * lens);
        let wave = (x / page_w + phase) * core::f32::consts::PI;
        let (dx, dy) = (0.3 * libm::sinf(2.0 * wave), libm::sinf(wave));
        (
            (x + page_w / 2.0 + camera.curl * dx) * points - 0.5,
            (y + page_h / 2.0 + camera.curl * dy) * points - 0.5,
        )
    });
    if camera.motion > 1.0 {
        photo = photo.moved(camera.motion, chance.between(0.0, core::f32::consts::PI));
    }
    photo = photo.defocused(camera.defocus);
    light(&mut photo, chance);
    photo.add_noise(camera.noise, chance);
    photo.image()
}

/// Ink at 12 % and paper at 88 % of the range, light that falls off to 55 %, and a soft shadow edge.
fn light(photo: &mut Plane, chance: &mut Chance) {
    let (width, height) = (photo.width as f32, photo.height as f32);
    let towards = chance.between(0.0, core::f32::consts::TAU);
    let (cos, sin) = (libm::cosf(towards), libm::sinf(towards));
    let edge = chance.between(-0.3, 0.3);
    for j in 0..photo.height {
        for i in 0..photo.width {
            let (x, y) = (i as f32 / width - 0.5, j as f32 / height - 0.5);
            let along = x * cos + y * sin;
            let across = y * cos - x * sin;
            let fall = 0.775 + 0.32 * along;
            // A straight edge with a penumbra of 4 % of the page.
            let shadow = 1.0 - 0.25 * ((across - edge) / 0.04).clamp(0.0, 1.0);
            let sample = &mut photo.samples[j * photo.width + i];
            *sample = (30.0 + *sample * 0.76) * fall.clamp(0.5, 1.0) * shadow;
        }
    }
}

/// A pinhole camera over the middle of the page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View {
    /// Rows of the rotation from the camera's axes to the page's.
    turn: [[f32; 3]; 3],
}

impl View {
    /// Tilted by `tilt` degrees about an axis drawn by chance, turned in its own plane by `roll`.
    pub(crate) fn new(tilt: f32, roll: f32, chance: &mut Chance) -> Self {
        let axis = chance.between(0.0, core::f32::consts::TAU);
        let (ax, ay) = (libm::cosf(axis), libm::sinf(axis));
        let (s, c) = (libm::sinf(tilt.to_radians()), libm::cosf(tilt.to_radians()));
        // Rotation about (ax, ay, 0) by the formula of Rodrigues.
        let tilted = [
            [c + ax * ax * (1.0 - c), ax * ay * (1.0 - c), ay * s],
            [ax * ay * (1.0 - c), c + ay * ay * (1.0 - c), -ax * s],
            [-ay * s, ax * s, c],
        ];
        let (s, c) = (libm::sinf(roll.to_radians()), libm::cosf(roll.to_radians()));
        let turn = tilted.map(|[a, b, z]| [a * c + b * s, b * c - a * s, z]);
        Self { turn }
    }

    /// Where the ray through a point of the picture (points at the page's distance) meets the page.
    pub(crate) fn onto_page(&self, x: f32, y: f32) -> (f32, f32) {
        let far = DISTANCE * DIAGONAL;
        let ray = |row: &[f32; 3]| row[0] * x + row[1] * y + row[2] * far;
        let eye = |row: &[f32; 3]| -row[2] * far;
        let [rx, ry, rz] = &self.turn;
        let t = -eye(rz) / ray(rz);
        (eye(rx) + t * ray(rx), eye(ry) + t * ray(ry))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_straight_camera_sees_the_page_as_it_is() {
        let view = View::new(0.0, 0.0, &mut Chance::new(1));
        let (x, y) = view.onto_page(120.0, -40.0);
        assert!((x - 120.0).abs() < 1e-2 && (y + 40.0).abs() < 1e-2, "{x} {y}");
    }
}
