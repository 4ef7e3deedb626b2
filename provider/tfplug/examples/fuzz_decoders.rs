//! Feeds mutated and random bytes to the decoders of values and types: `fuzz_decoders [--inputs N] [--seed S]`.
//! A panic is a defect; so is accepting what cannot be encoded again.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, missing_docs, reason = "a tool for developers")]

#[path = "../tests/suite/decoders.rs"]
mod decoders;
#[path = "../tests/suite/random.rs"]
#[allow(dead_code, reason = "the test suite uses the rest")]
mod random;

use std::time::Instant;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let option = |name: &str| {
        let value = arguments.iter().skip_while(|a| *a != name).nth(1)?;
        Some(value.parse().unwrap_or_else(|e| panic!("{name} {value}: {e}")))
    };
    let inputs: u64 = option("--inputs").unwrap_or(100_000);
    let seed = option("--seed").unwrap_or(1);
    let started = Instant::now();
    let accepted = decoders::run(usize::try_from(inputs).unwrap(), seed);
    println!("{inputs} inputs with seed {seed} in {:.1?}: no panic, {accepted} accepted", started.elapsed());
}
