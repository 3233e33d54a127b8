//! Work shared among threads, with results that do not depend on how many there are.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Does `work` for every item on up to `cores` threads, the caller's own among them; who is done takes the
/// next item. Results come in the order of the items.
pub fn spread<T: Sync, R: Send>(
    items: &[T],
    cores: usize,
    work: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let take = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(at) else { return done };
            done.push((at, work(item)));
        }
    };
    let mut done = std::thread::scope(|scope| {
        let others: Vec<_> = (1..cores.min(items.len())).map(|_| scope.spawn(take)).collect();
        let mut done = take();
        for other in others {
            match other.join() {
                Ok(part) => done.extend(part),
                Err(panic) => resume_unwind(panic),
            }
        }
        done
    });
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_is_done_once_and_results_keep_their_order() {
        let items: Vec<u64> = (0..1_000).collect();
        for cores in [0, 1, 2, 7, 2_000] {
            assert_eq!(
                spread(&items, cores, |n| n * n),
                items.iter().map(|n| n * n).collect::<Vec<_>>()
            );
        }
        assert!(spread(&[] as &[u8], 3, |n| *n).is_empty());
    }
}
